"""Consolidates the results of all municipalities: sums of numerators and denominators, never a mean of
shares.

Contract: catalogue.md A4; results.md, "Consolidated targets".
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from pipeline.definitions.model import Status
from pipeline.definitions.results import Result, TargetResult, Value
from pipeline.evaluate.calculations import years_of
from pipeline.rules import Info, Milestone, Period, Rules, Share, Target

SUMMED = (Status.MET, Status.OPEN, Status.MISSED, Status.INFO)
EVALUATED = (Status.MET, Status.OPEN, Status.MISSED)


@dataclass(frozen=True, slots=True)
class ProjectTarget:
    """A target over all municipalities; the three ``communes_`` counts are None for the project lead's own.

    ``oldest`` and ``youngest``: first and last ``data_as_of`` among the summed results; None where nothing is
    summed.
    """

    nr: str
    year: str | None
    status: Status
    numerator: int | None = None
    denominator: int | None = None
    value: Value = None
    communes_met: int | None = None
    communes_evaluated: int | None = None
    communes_total: int | None = None
    oldest: date | None = None
    youngest: date | None = None


@dataclass(frozen=True, slots=True)
class ProjectMilestone:
    """A milestone over all municipalities: how many have which status."""

    nr: str
    due: date | None
    counts: dict[Status, int]
    communes_total: int


@dataclass(frozen=True, slots=True)
class ProjectResult:
    """The consolidated targets and milestones, in the order of the rules."""

    targets: tuple[ProjectTarget, ...]
    milestones: tuple[ProjectMilestone, ...]


@dataclass(slots=True)
class _TargetSums:
    """The sums and status counts of one target over the municipalities added so far."""

    statuses: Counter[Status] = field(default_factory=Counter)
    numerator: int | None = None
    denominator: int | None = None
    last: TargetResult | None = None
    oldest: date | None = None
    youngest: date | None = None

    def add(self, one: TargetResult) -> None:
        self.last = one
        self.statuses[one.status] += 1
        if one.status in SUMMED:
            self.numerator = _sum(self.numerator, one.numerator)
            self.denominator = _sum(self.denominator, one.denominator)
            if one.data_as_of is not None:
                self.oldest = min(self.oldest or one.data_as_of, one.data_as_of)
                self.youngest = max(self.youngest or one.data_as_of, one.data_as_of)

    @property
    def evaluated(self) -> int:
        return sum(self.statuses[status] for status in EVALUATED)


def consolidate(results: Iterable[Result], rules: Rules, as_of: date) -> ProjectResult:
    """Consolidate the results of all municipalities of the roster and of the project lead.

    ``results`` is read once, one result at a time, so that they need not all be in memory.
    """
    targets: defaultdict[tuple[str, str | None], _TargetSums] = defaultdict(_TargetSums)
    milestones: defaultdict[str, Counter[Status]] = defaultdict(Counter)
    for result in results:
        for t in result.targets:
            targets[t.nr, t.year].add(t)
        for m in result.milestones:
            milestones[m.nr][m.status] += 1
    return ProjectResult(
        tuple(
            _target(target, year, targets[target.id, year.label if year else None], rules, as_of)
            for target in rules.targets
            for year in years_of(target, rules, as_of)
        ),
        tuple(_milestone(m, milestones[m.id], rules) for m in rules.milestones),
    )


def _sum(one: int | None, other: int | None) -> int | None:
    """Add two numbers, either of which may be None; None when both are, as "not reported" is not zero."""
    return other if one is None else one if other is None else one + other


def _milestone(milestone: Milestone, counts: Counter[Status], rules: Rules) -> ProjectMilestone:
    ordered = {status: counts[status] for status in Status if counts[status]}
    return ProjectMilestone(milestone.id, rules.due(milestone), ordered, len(rules.roster))


def _target(
    target: Target, year: Period | None, tally: _TargetSums, rules: Rules, as_of: date
) -> ProjectTarget:
    label = year.label if year else None
    if target.by_lead:
        own = tally.last
        assert own is not None
        return ProjectTarget(
            target.id,
            label,
            own.status,
            own.numerator,
            own.denominator,
            own.value,
            oldest=tally.oldest,
            youngest=tally.youngest,
        )
    value: Value = tally.numerator
    if tally.denominator:
        value = Fraction(tally.numerator or 0, tally.denominator)
    over = as_of >= (year.end if year else rules.project.end)
    return ProjectTarget(
        target.id,
        label,
        _status(target, tally, value, over, len(rules.roster)),
        tally.numerator,
        tally.denominator,
        value,
        tally.statuses[Status.MET],
        tally.evaluated,
        len(rules.roster),
        tally.oldest,
        tally.youngest,
    )


def _status(target: Target, tally: _TargetSums, value: Value, over: bool, total: int) -> Status:
    if isinstance(target.decide, Info):
        return Status.INFO
    if not tally.evaluated:
        return Status.NOT_EVALUABLE
    if isinstance(target.decide, Share):
        met = value is not None and value >= target.decide.at_least
        return Status.MET if met else Status.MISSED if over else Status.OPEN
    if tally.statuses[Status.MET] == total:
        return Status.MET
    if tally.statuses[Status.MISSED]:
        return Status.MISSED
    return Status.NOT_EVALUABLE if over else Status.OPEN
