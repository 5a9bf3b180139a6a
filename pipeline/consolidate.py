"""All municipalities → the project's figures: sums over sums, never a mean of percentages.

Contract: catalogue.md A4; results.md, "Consolidated targets".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from pipeline.evaluate.calculations import years_of
from pipeline.model import Status
from pipeline.results import MilestoneResult, Result, TargetResult, Value
from pipeline.rules import Info, Milestone, Period, Rules, Share, Target
from pipeline.sheets import LEAD_AGS

SUMMED = (Status.MET, Status.OPEN, Status.MISSED, Status.INFO)
EVALUATED = (Status.MET, Status.OPEN, Status.MISSED)


@dataclass(frozen=True, slots=True)
class ProjectTarget:
    """A target over all municipalities; the three counts are None for the project lead's own."""

    nr: str
    year: str | None
    status: Status
    numerator: int | None = None
    denominator: int | None = None
    value: Value = None
    communes_met: int | None = None
    communes_evaluated: int | None = None
    communes_total: int | None = None


@dataclass(frozen=True, slots=True)
class ProjectMilestone:
    nr: str
    due: date | None
    counts: dict[Status, int]
    communes_total: int


@dataclass(frozen=True, slots=True)
class Project:
    targets: tuple[ProjectTarget, ...]
    milestones: tuple[ProjectMilestone, ...]


def consolidate(results: Sequence[Result], rules: Rules, as_of: date) -> Project:
    """Results of all municipalities of the roster and of the project lead → the project."""
    targets: dict[tuple[str, str | None], list[TargetResult]] = {}
    milestones: dict[str, list[MilestoneResult]] = {}
    for result in results:
        for t in result.targets:
            targets.setdefault((t.nr, t.year), []).append(t)
        for m in result.milestones:
            milestones.setdefault(m.nr, []).append(m)
    return Project(
        tuple(
            _target(target, year, targets.get((target.id, year.label if year else None), []), rules, as_of)
            for target in rules.targets
            for year in years_of(target, rules, as_of)
        ),
        tuple(_milestone(m, milestones.get(m.id, []), rules) for m in rules.milestones),
    )


def _milestone(milestone: Milestone, found: list[MilestoneResult], rules: Rules) -> ProjectMilestone:
    counts = Counter(m.status for m in found)
    ordered = {status: counts[status] for status in Status if counts[status]}
    return ProjectMilestone(milestone.id, rules.due(milestone), ordered, len(rules.roster))


def _target(
    target: Target, year: Period | None, found: list[TargetResult], rules: Rules, as_of: date
) -> ProjectTarget:
    label = year.label if year else None
    if target.by_lead:
        own = next(t for t in found if t.ags == LEAD_AGS)
        return ProjectTarget(target.id, label, own.status, own.numerator, own.denominator, own.value)
    summed = [t for t in found if t.status in SUMMED]
    numerator, denominator = _sum(t.numerator for t in summed), _sum(t.denominator for t in summed)
    value: Value = numerator
    if denominator:
        value = Fraction(numerator or 0, denominator)
    over = as_of >= (year.end if year else rules.project.end)
    evaluated = [t for t in found if t.status in EVALUATED]
    return ProjectTarget(
        target.id,
        label,
        _status(target, evaluated, value, over, len(rules.roster)),
        numerator,
        denominator,
        value,
        sum(t.status is Status.MET for t in evaluated),
        len(evaluated),
        len(rules.roster),
    )


def _sum(numbers: Iterable[int | None]) -> int | None:
    """Sum of what is there; None when nothing is, for nothing reported is not zero."""
    known = [n for n in numbers if n is not None]
    return sum(known) if known else None


def _status(target: Target, evaluated: list[TargetResult], value: Value, over: bool, total: int) -> Status:
    if isinstance(target.decide, Info):
        return Status.INFO
    if not evaluated:
        return Status.NOT_EVALUABLE
    if isinstance(target.decide, Share):
        met = value is not None and value >= target.decide.at_least
        return Status.MET if met else Status.MISSED if over else Status.OPEN
    found = [t.status for t in evaluated]
    if found.count(Status.MET) == total:
        return Status.MET
    if Status.MISSED in found:
        return Status.MISSED
    return Status.NOT_EVALUABLE if over else Status.OPEN
