"""Compares two results of one municipality: which figures and statuses differ. Pure functions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.definitions.model import Status
from pipeline.definitions.results import MilestoneResult, Result, TargetResult


@dataclass(frozen=True, slots=True)
class FigureChange:
    """The figure of a measured target before and now; ``before`` is None for a new project year."""

    before: TargetResult | None
    now: TargetResult


@dataclass(frozen=True, slots=True)
class StatusChange:
    """A status before and now; ``kind`` is target, milestone or criterion, as in ergebnis.json."""

    kind: str
    nr: str
    year: str | None
    before: Status
    now: Status


@dataclass(frozen=True, slots=True)
class Changes:
    """The figures that both results have or that are new, and the statuses that differ."""

    figures: tuple[FigureChange, ...]
    statuses: tuple[StatusChange, ...]


def compare_results(before: Result, now: Result) -> Changes:
    """Compare two results of one municipality under the same rules; ``before`` is of the earlier Stichtag."""
    then = {(t.nr, t.year): t for t in before.targets}
    pairs = [(then.get((t.nr, t.year)), t) for t in now.targets]
    figures = (FigureChange(old, new) for old, new in pairs if _has_figure(old) or _has_figure(new))
    targets = (
        StatusChange("target", new.nr, new.year, old.status, new.status)
        for old, new in pairs
        if old is not None and old.status is not new.status
    )
    return Changes(tuple(figures), (*targets, *_milestones(before, now)))


def _has_figure(target: TargetResult | None) -> bool:
    return target is not None and target.value is not None


def _milestones(before: Result, now: Result) -> Iterator[StatusChange]:
    then = {m.nr: m for m in before.milestones}
    for new in now.milestones:
        old = then.get(new.nr)
        if old is None:
            continue
        if old.status is not new.status:
            yield StatusChange("milestone", new.nr, None, old.status, new.status)
        yield from _criteria(old, new)


def _criteria(before: MilestoneResult, now: MilestoneResult) -> Iterator[StatusChange]:
    then = {c.nr: c.status for c in before.criteria}
    for new in now.criteria:
        old = then.get(new.nr)
        if old is not None and old is not new.status:
            yield StatusChange("criterion", new.nr, None, old, new.status)
