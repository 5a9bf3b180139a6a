"""Value of a named figure in an outcome: a date, number, German word or nothing; and its text."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

from pipeline.definitions.model import State, Status
from pipeline.definitions.results import MilestoneResult
from pipeline.definitions.shares import percent, rounded_percent
from pipeline.definitions.words import (
    CRITERION_WORDS,
    EVIDENCE_WORDS,
    MILESTONE_WORDS,
    STATE_WORDS,
    TARGET_WORDS,
    Word,
)
from pipeline.outcome import Outcome
from pipeline.rules import Rules
from pipeline.rules.wording.figure_names import AS_TEXT, FigureKind, FigureName

FigureValue = date | Fraction | int | str | None


def value_of(name: FigureName, outcome: Outcome, ags: str | None = None) -> FigureValue:
    """The value; ``ags``: municipality of the row or form. None where the report has none."""
    if name.field.endswith(AS_TEXT):
        plain = value_of(replace(name, field=name.field.removesuffix(AS_TEXT)), outcome, ags)
        return None if plain is None else figure_text(plain)
    commune = None if name.project else name.ags or ags
    if name.field in ("nr", "text", "year", "milestone"):
        return _wording(name, outcome.rules)
    match name.kind:
        case FigureKind.PLAIN:
            return _of_municipality(name, outcome, commune) if commune else _of_project(name, outcome)
        case FigureKind.TARGET if name.field == "threshold":
            return next(t.decide.minimum for t in outcome.rules.targets if t.id == name.nr)
        case FigureKind.TARGET:
            return _field(_target(name, outcome, commune), name.field, TARGET_WORDS)
        case FigureKind.MILESTONE:
            return _milestone(name, outcome, commune)
        case FigureKind.CRITERION:
            return _criterion(name, outcome, commune)
        case FigureKind.EVIDENCE:
            return _evidence(name, outcome, commune)


def figure_text(value: FigureValue) -> str:
    """A value as text: ``24,38 %``, ``1.234``, ``30.09.2026``, ``–`` for nothing."""
    if value is None:
        return "–"
    if isinstance(value, date):
        return f"{value:%d.%m.%Y}"
    if isinstance(value, Fraction):
        return percent(value) if (value * 10**4).denominator == 1 else rounded_percent(value)
    return f"{value:,}".replace(",", ".") if isinstance(value, int) else value


def _wording(name: FigureName, rules: Rules) -> FigureValue:
    """What the rules say about a requirement, independent of the data."""
    if name.field == "nr":
        return name.nr
    if name.field == "year":
        return name.year
    if name.field == "milestone":
        return rules.milestone_of[name.nr].id
    texts = {r.id: r.text for r in (*rules.targets, *rules.criteria)}
    texts |= {r.id: r.text for r in rules.milestones} | {r.id: r.text for r in rules.evidence}
    return texts[name.nr]


def _field(found: Any, field: str, words: dict[Status, Word]) -> FigureValue:
    value = getattr(found, field) if found is not None else None
    return words[value].text if isinstance(value, Status) else value


def _of_project(name: FigureName, outcome: Outcome) -> FigureValue:
    rules = outcome.rules
    if name.field.startswith("submissions."):
        return outcome.count(State(name.field.removeprefix("submissions.")))
    values: dict[str, FigureValue] = {
        "as_of": outcome.as_of,
        "rules_version": rules.project.version,
        "rules_sha256": rules.sha256,
        "project_start": rules.project.start,
        "project_end": rules.project.end,
        "communes_total": len(rules.roster),
    }
    return values[name.field]


def _of_municipality(name: FigureName, outcome: Outcome, ags: str) -> FigureValue:
    if name.field == "data_as_of":
        return outcome.result(ags).data_as_of
    if name.field == "submission":
        counts = outcome.accepted(ags) is not None
        return STATE_WORDS[State.ACCEPTED].text if counts else MILESTONE_WORDS[Status.NO_SUBMISSION].text
    value: FigureValue = getattr(outcome.rules.by_ags[ags], name.field)
    return value


def _target(name: FigureName, outcome: Outcome, ags: str | None) -> Any:
    """The result; None for a project year that has not begun."""
    found: Any = outcome.project.targets if ags is None else outcome.result(ags).targets
    return next((t for t in found if (t.nr, t.year) == (name.nr, name.year)), None)


def _milestone(name: FigureName, outcome: Outcome, ags: str | None) -> FigureValue:
    if ags is not None:
        return _field(_reached(outcome, ags, name.nr), name.field, MILESTONE_WORDS)
    milestone = next(m for m in outcome.project.milestones if m.nr == name.nr)
    if name.field.startswith("counts."):
        return milestone.counts.get(Status(name.field.removeprefix("counts.")), 0)
    return _field(milestone, name.field, {})


def _reached(outcome: Outcome, ags: str, nr: str) -> MilestoneResult:
    return next(m for m in outcome.result(ags).milestones if m.nr == nr)


def _criterion(name: FigureName, outcome: Outcome, ags: str | None) -> FigureValue:
    above = outcome.rules.milestone_of[name.nr]
    if name.field == "due":
        return outcome.rules.due(above)
    assert ags is not None  # the project has no names for the rest
    milestone = _reached(outcome, ags, above.id)
    if name.field == "status" and milestone.status is Status.NO_SUBMISSION:
        return MILESTONE_WORDS[milestone.status].text  # the milestone has no criteria then
    found = next((c for c in milestone.criteria if c.nr == name.nr), None)
    if found is not None and name.field == "evidence":
        return "; ".join(found.evidence) or None
    return _field(found, name.field, CRITERION_WORDS)


def _evidence(name: FigureName, outcome: Outcome, ags: str | None) -> FigureValue:
    assert ags is not None
    found = [e for e in outcome.result(ags).evidence if e.nr == name.nr]
    return _field(found[int(name.year or 1) - 1], name.field, EVIDENCE_WORDS)
