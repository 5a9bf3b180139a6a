"""The result of evaluating one municipality, as frozen values: targets, criteria, milestones, evidence
points.

Shares are ``Fraction``, counts ``int``; None means that there is no figure.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from pipeline.definitions.model import Status

Value = Fraction | int | None
REACHED = (Status.REACHED, Status.REACHED_LATE)


@dataclass(frozen=True, slots=True)
class TargetResult:
    """A target as of ``data_as_of``; ``year`` is the label of its project year, None for the whole project."""

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
    """A criterion of a milestone; ``value`` is its figure as of data_as_of, ``evidence`` the evidence
    numbers.
    """

    nr: str
    status: Status
    threshold: Value
    reached_on: date | None = None
    value: Value = None
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MilestoneResult:
    """A milestone with its criteria; ``due`` is None while no deadline is set."""

    ags: str
    nr: str
    due: date | None
    status: Status
    reached_on: date | None = None
    criteria: tuple[CriterionResult, ...] = ()


@dataclass(frozen=True, slots=True)
class EvidenceResult:
    """An evidence point at one deadline; ``count`` is the number of documents in the register."""

    ags: str
    nr: str
    due: date | None
    count: int | None
    status: Status


@dataclass(frozen=True, slots=True)
class Result:
    """The results of one municipality, in the order of the source."""

    ags: str
    data_as_of: date | None
    targets: tuple[TargetResult, ...]
    milestones: tuple[MilestoneResult, ...]
    evidence: tuple[EvidenceResult, ...]
