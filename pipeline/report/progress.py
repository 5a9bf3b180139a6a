"""A share of the project over time, against the path that the milestones set for it.

Several milestones ask for the same share at rising thresholds (MS1.1a 15 %, MS1.2b 25 %, …): these make a
path. Its points are Σ numerators ÷ Σ denominators (catalogue A4) at the quarter ends up to the as-of date.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from pipeline.describe import quarter_of
from pipeline.evaluate.timeline import Data, ShareSeries
from pipeline.rules import Criterion, Rules, Share, quarter_end
from pipeline.run import Outcome
from pipeline.sheets import LEAD_AGS

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
    """Sums at a quarter's end over the ``communes`` whose data reach it; None where there is none."""

    quarter: str
    communes: int
    numerator: int | None = None
    denominator: int | None = None

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
            if due and isinstance(decide, Share) and criterion.reported_by == "kommune":
                yield Step(criterion, quarter_of(due), decide.at_least), decide


def _share(step: Step) -> Share:
    assert isinstance(step.criterion.decide, Share)
    return step.criterion.decide


def points(path: Path, outcome: Outcome) -> tuple[Point, ...]:
    """One for each quarter that has ended by the as-of date."""
    series = _series(path.share, outcome)
    ended = [q for q in quarters(outcome.rules) if quarter_end(q) <= outcome.as_of]
    return tuple(_point(quarter, series) for quarter in ended)


def _series(share: Share, outcome: Outcome) -> list[tuple[ShareSeries, date]]:
    """Of each municipality that counts: its share on any date, and the date its data reach."""
    found = []
    for result in outcome.results:
        accepted = outcome.accepted(result.ags)
        if accepted is None or result.data_as_of is None or result.ags == LEAD_AGS:
            continue
        data = Data(accepted.workbook, outcome.rules)
        if data.reported(share.sheets):
            found.append((ShareSeries(data, share), result.data_as_of))
    return found


def _point(quarter: str, series: list[tuple[ShareSeries, date]]) -> Point:
    end = quarter_end(quarter)
    known = [s.on(end) for s, until in series if until >= end]
    counted = [(top, bottom) for top, bottom in known if bottom]
    if not counted:
        return Point(quarter, 0)
    return Point(quarter, len(counted), sum(t for t, _ in counted), sum(b for _, b in counted))
