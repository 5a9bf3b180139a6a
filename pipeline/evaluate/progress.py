"""Calculates the project's shares quarter by quarter, beside the rising thresholds that the milestones set.

Several milestones ask for the same share at rising thresholds (MS1.1a 15 %, MS1.2b 25 %, …). The share at
each quarter's end up to the as-of date is Σ numerators ÷ Σ denominators (catalogue A4).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from pipeline.evaluate.provenance import Role, ShownRows
from pipeline.rules import Criterion, Rules, Share, quarter_end
from pipeline.rules.wording.in_words import quarter_of

FEWEST_STEPS = 2  # one threshold alone is no path


@dataclass(frozen=True, slots=True)
class ThresholdStep:
    """A criterion, its threshold, and the quarter of its milestone's deadline, such as ``2026-Q1``."""

    criterion: Criterion
    quarter: str
    threshold: Fraction


@dataclass(frozen=True, slots=True)
class ThresholdPath:
    """A share and the criteria that ask for it at rising thresholds."""

    share: Share
    steps: tuple[ThresholdStep, ...]

    def threshold(self, quarter: str) -> Fraction | None:
        """Return the highest threshold due in the quarter; None where none is."""
        return max((s.threshold for s in self.steps if s.quarter == quarter), default=None)


@dataclass(frozen=True, slots=True)
class QuarterShare:
    """The sums of a share at a quarter's end over ``municipalities``; None where there are none.

    ``older``: how many of them are counted with their last figure because their data end before the quarter
    does.
    """

    quarter: str
    municipalities: int
    numerator: int | None = None
    denominator: int | None = None
    older: int = 0

    @property
    def value(self) -> Fraction | None:
        return Fraction(self.numerator or 0, self.denominator) if self.denominator else None


def quarters(rules: Rules) -> tuple[str, ...]:
    """Return the quarters of the project (``2026-Q1``), in order."""
    found = [quarter_of(rules.project.start)]
    while found[-1] != quarter_of(rules.project.end):
        found.append(quarter_of(quarter_end(found[-1]) + timedelta(days=1)))
    return tuple(found)


def threshold_paths(rules: Rules) -> tuple[ThresholdPath, ...]:
    """Return every share that two or more criteria ask for."""
    found: dict[tuple[object, object], list[ThresholdStep]] = {}
    for step, share in _steps(rules):
        found.setdefault((share.numerator, share.denominator), []).append(step)
    several = (steps for steps in found.values() if len(steps) >= FEWEST_STEPS)
    return tuple(ThresholdPath(_share(steps[0]), tuple(steps)) for steps in several)


def _steps(rules: Rules) -> Iterator[tuple[ThresholdStep, Share]]:
    for milestone in rules.milestones:
        due = rules.due(milestone)
        for criterion in milestone.criteria:
            decide = criterion.decide
            if due and isinstance(decide, Share) and not criterion.by_lead:
                yield ThresholdStep(criterion, quarter_of(due), decide.at_least), decide


def _share(step: ThresholdStep) -> Share:
    assert isinstance(step.criterion.decide, Share)
    return step.criterion.decide


class ShareOverTime:
    """Adds up a share, municipality by municipality, for each quarter ended by ``as_of``."""

    def __init__(self, rules: Rules, as_of: date) -> None:
        ended = [q for q in quarters(rules) if quarter_end(q) <= as_of]
        self._points = {quarter: QuarterShare(quarter, 0) for quarter in ended}

    def add(self, course: Iterable[Sequence[ShownRows]], until: date) -> None:
        """Add one municipality: its share at the end of each quarter; ``until``: how far its data reach."""
        for (quarter, point), parts in zip(self._points.items(), course, strict=False):
            numbers = {part.role: part.number or 0 for part in parts}
            if bottom := numbers.get(Role.DENOMINATOR):
                top = numbers[Role.NUMERATOR]
                sums = (top + (point.numerator or 0), bottom + (point.denominator or 0))
                older = point.older + (until < quarter_end(quarter))
                self._points[quarter] = QuarterShare(quarter, point.municipalities + 1, *sums, older)

    @property
    def points(self) -> tuple[QuarterShare, ...]:
        """The sums of each quarter, in order."""
        return tuple(self._points.values())
