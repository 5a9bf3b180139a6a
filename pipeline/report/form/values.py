"""What a named figure is in an outcome: a date, a number, a German word, or nothing."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

from pipeline.definitions.model import State, Status
from pipeline.definitions.words import CRITERION_WORDS, MILESTONE_WORDS, TARGET_WORDS, Word
from pipeline.rules.wording.figure_names import FigureKind, FigureName
from pipeline.run import Outcome

Shown = date | Fraction | int | str | None


def value_of(name: FigureName, outcome: Outcome, ags: str | None = None) -> Shown:
    """The figure; ``ags`` is the municipality of a table's row. None where the report has no value."""
    commune = name.ags or ags
    match name.kind:
        case FigureKind.PLAIN:
            return _of_municipality(name, outcome, commune) if commune else _of_project(name, outcome)
        case FigureKind.TARGET:
            return _field(_target(name, outcome, commune), name.field, TARGET_WORDS)
        case FigureKind.MILESTONE:
            return _milestone(name, outcome, commune)
        case FigureKind.CRITERION:
            return _criterion(name, outcome, commune)


def _field(found: Any, field: str, words: dict[Status, Word]) -> Shown:
    value = getattr(found, field) if found is not None else None
    return words[value].text if isinstance(value, Status) else value


def _of_project(name: FigureName, outcome: Outcome) -> Shown:
    rules = outcome.rules
    if name.field.startswith("submissions."):
        return outcome.count(State(name.field.removeprefix("submissions.")))
    values: dict[str, Shown] = {
        "as_of": outcome.as_of,
        "rules_version": rules.project.version,
        "rules_sha256": rules.sha256,
        "project_start": rules.project.start,
        "project_end": rules.project.end,
        "communes_total": len(rules.roster),
    }
    return values[name.field]


def _of_municipality(name: FigureName, outcome: Outcome, ags: str) -> Shown:
    if name.field == "data_as_of":
        return next(r.data_as_of for r in outcome.results if r.ags == ags)
    value: Shown = getattr(outcome.rules.by_ags[ags], name.field)
    return value


def _target(name: FigureName, outcome: Outcome, ags: str | None) -> Any:
    """None for a project year that has not begun."""
    if ags is None:
        found: Any = outcome.project.targets
    else:
        found = next(r.targets for r in outcome.results if r.ags == ags)
    return next((t for t in found if (t.nr, t.year) == (name.nr, name.year)), None)


def _milestone(name: FigureName, outcome: Outcome, ags: str | None) -> Shown:
    if ags is not None:
        found = next(r.milestones for r in outcome.results if r.ags == ags)
        return _field(next(m for m in found if m.nr == name.nr), name.field, MILESTONE_WORDS)
    milestone = next(m for m in outcome.project.milestones if m.nr == name.nr)
    if name.field.startswith("counts."):
        return milestone.counts.get(Status(name.field.removeprefix("counts.")), 0)
    return _field(milestone, name.field, {})


def _criterion(name: FigureName, outcome: Outcome, ags: str | None) -> Shown:
    milestones = next(r.milestones for r in outcome.results if r.ags == ags)
    found = next((c for m in milestones for c in m.criteria if c.nr == name.nr), None)
    if found is not None and name.field == "evidence":
        return "; ".join(found.evidence)
    return _field(found, name.field, CRITERION_WORDS)
