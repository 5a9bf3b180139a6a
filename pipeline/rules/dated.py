"""Values with a history: each is in force from a day on, with its reason and reference.

The as-of date of a report decides which value holds; ``Rules.at`` gives the rules of a day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from pipeline.rules.fields import StrictModel
from pipeline.rules.requirements import Criterion, Measure, Milestone, Project, Target

R = TypeVar("R", Target, Criterion)


@dataclass(frozen=True, slots=True)
class ValueInForce:
    """One value of a history: from ``since`` on, why, and where that was decided."""

    since: date
    value: Any
    reason: str
    reference: str


@dataclass(frozen=True, slots=True)
class DatedValue:
    """A field with a history, the earliest value first.

    ``nr`` is the target, criterion or milestone whose field it is, empty for a parameter of the project.
    """

    nr: str
    field: str
    values: tuple[ValueInForce, ...]

    def on(self, day: date) -> ValueInForce:
        """Return the value in force on a day; before the first one, the first."""
        return next((v for v in reversed(self.values) if v.since <= day), self.values[0])

    def changed(self, day: date) -> tuple[tuple[ValueInForce, ValueInForce], ...]:
        """Return (value before, value after) of each change up to a day."""
        pairs = zip(self.values, self.values[1:], strict=False)
        return tuple((before, after) for before, after in pairs if after.since <= day)


def values_on(
    project: Project, measures: Sequence[Measure], dated: Sequence[DatedValue], day: date
) -> tuple[Project, tuple[Measure, ...]]:
    """Return project and measures with each dated value as it is in force on a day."""
    found: dict[str, dict[str, Any]] = {}
    for one in dated:
        found.setdefault(one.nr, {})[one.field] = one.on(day).value
    parameters = project.parameters.model_copy(update=found.get("", {}))
    return project.model_copy(update={"parameters": parameters}), tuple(_measure(m, found) for m in measures)


def _measure(measure: Measure, found: dict[str, dict[str, Any]]) -> Measure:
    targets = tuple(_decided(t, found) for t in measure.targets)
    milestones = tuple(_milestone(m, found) for m in measure.milestones)
    return measure.model_copy(update={"targets": targets, "milestones": milestones})


def _milestone(milestone: Milestone, found: dict[str, dict[str, Any]]) -> Milestone:
    criteria = tuple(_decided(c, found) for c in milestone.criteria)
    return milestone.model_copy(update={"criteria": criteria, **found.get(milestone.id, {})})


def _decided(requirement: R, found: dict[str, dict[str, Any]]) -> R:
    if requirement.id not in found:
        return requirement
    decide: StrictModel = requirement.decide
    return requirement.model_copy(update={"decide": decide.model_copy(update=found[requirement.id])})
