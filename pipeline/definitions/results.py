"""What the evaluation finds, as frozen values: targets, criteria, milestones, evidence points of one municipality."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from pipeline.definitions.model import Status

Value = Fraction | int | None


@dataclass(frozen=True, slots=True)
class TargetResult:
    """A figure as of ``data_as_of``. ``year`` is the label of a project year, None for the project."""

    ags: str
    nr: str
    year: str | None
    status: Status
    threshold: Value
    data_as_of: date | None
    numerator: int | None = None
    denominator: int | None = None
    value: Value = None


@dataclass(frozen=True, slots=True)
class CriterionResult:
    nr: str
    status: Status
    threshold: Value
    reached_on: date | None = None
    value: Value = None
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MilestoneResult:
    ags: str
    nr: str
    due: date | None
    status: Status
    reached_on: date | None = None
    criteria: tuple[CriterionResult, ...] = ()


@dataclass(frozen=True, slots=True)
class EvidenceResult:
    ags: str
    nr: str
    due: date | None
    count: int | None
    status: Status


@dataclass(frozen=True, slots=True)
class Result:
    """Everything the rules ask of one municipality, in the source's order."""

    ags: str
    data_as_of: date | None
    targets: tuple[TargetResult, ...]
    milestones: tuple[MilestoneResult, ...]
    evidence: tuple[EvidenceResult, ...]
