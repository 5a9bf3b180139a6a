"""A share of the project over time, against the path that the milestones set for it.

Several milestones ask for the same share at rising thresholds (MS1.1a 15 %, MS1.2b 25 %, …): these make a
path. Its points are Σ numerators ÷ Σ denominators (catalogue A4) at the quarter ends up to the as-of date.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from pipeline.evaluate.records import Data, ShareSeries
from pipeline.rules import Criterion, Rules, Share, quarter_end
from pipeline.rules.wording.in_words import quarter_of

FEWEST_STEPS = 2  # one threshold alone is no path


@dataclass(frozen=True, slots=True)
class Step:
    """A criterion on the path and the quarter of its milestone's deadline, such as ``2026-Q1``."""

    criterion: Criterion
    quarter: str
    threshold: Fraction


@dataclass(frozen=True, slots=True)
class Path:
    share: Share
    steps: tuple[Step, ...]

    def threshold(self, quarter: str) -> Fraction | None:
        """The highest that falls due in the quarter."""
        return max((s.threshold for s in self.steps if s.quarter == quarter), default=None)


@dataclass(frozen=True, slots=True)
class Point:
    """Sums at a quarter's end over ``municipalities``; None where there is none.

    A municipality whose data end before counts with its last figure, as in the targets; ``older`` of them do.
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
    """The quarters of the project, in order."""
    found = [quarter_of(rules.project.start)]
    while found[-1] != quarter_of(rules.project.end):
        found.append(quarter_of(quarter_end(found[-1]) + timedelta(days=1)))
    return tuple(found)


def paths(rules: Rules) -> tuple[Path, ...]:
    """Every share that two or more milestones ask for."""
    found: dict[tuple[object, object], list[Step]] = {}
    for step, share in _steps(rules):
        found.setdefault((share.numerator, share.denominator), []).append(step)
    several = (steps for steps in found.values() if len(steps) >= FEWEST_STEPS)
    return tuple(Path(_share(steps[0]), tuple(steps)) for steps in several)


def _steps(rules: Rules) -> Iterator[tuple[Step, Share]]:
    for milestone in rules.milestones:
        due = rules.due(milestone)
        for criterion in milestone.criteria:
            decide = criterion.decide
            if due and isinstance(decide, Share) and not criterion.by_lead:
                yield Step(criterion, quarter_of(due), decide.at_least), decide


def _share(step: Step) -> Share:
    assert isinstance(step.criterion.decide, Share)
    return step.criterion.decide


class Course:
    """The points of a path, added up municipality by municipality, for the quarters ended by ``as_of``."""

    def __init__(self, path: Path, rules: Rules, as_of: date) -> None:
        self._share = path.share
        ended = [q for q in quarters(rules) if quarter_end(q) <= as_of]
        self._points = {quarter: Point(quarter, 0) for quarter in ended}

    def add(self, data: Data, until: date) -> None:
        """``until``: the date that the municipality's data reach."""
        if not data.reported(self._share.sheets):
            return
        series = ShareSeries(data, self._share)
        for quarter, point in self._points.items():
            end = quarter_end(quarter)
            top, bottom = series.on(min(end, until))
            if bottom:
                sums = (top + (point.numerator or 0), bottom + (point.denominator or 0))
                older = point.older + (until < end)
                self._points[quarter] = Point(quarter, point.municipalities + 1, *sums, older)

    @property
    def points(self) -> tuple[Point, ...]:
        """One for each quarter."""
        return tuple(self._points.values())
