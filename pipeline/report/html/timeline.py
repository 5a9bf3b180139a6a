"""The source's timeline: measures × quarters, each milestone in its quarter; in both where text and mark
differ.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from pipeline.definitions.messages import german_date
from pipeline.definitions.results import REACHED
from pipeline.evaluate.consolidate import ProjectMilestone
from pipeline.rules import Measure, Milestone, Rules
from pipeline.rules.wording.in_words import deadlines_disagree, quarter_of, quarter_words


@dataclass(frozen=True)
class TimelineMark:
    """A milestone in a quarter. ``due`` and ``reached`` are empty in the quarter that does not decide."""

    nr: str
    text: str
    due: str
    reached: str
    note: str


@dataclass(frozen=True)
class Timeline:
    """``rows``: measure and its marks per quarter. ``undated``: milestones without a deadline."""

    quarters: tuple[str, ...]
    titles: tuple[str, ...]
    now: str
    rows: list[tuple[Measure, list[list[TimelineMark]]]]
    undated: tuple[str, ...]


def timeline(rules: Rules, as_of: date, milestones: Sequence[ProjectMilestone]) -> Timeline:
    found = {m.nr: m for m in milestones}
    quarters = tuple(_quarters(rules.project.start, rules.project.end))
    rows = []
    for measure in rules.measures:
        marks = [mark for m in measure.milestones for mark in _marks(m, found[m.id], rules)]
        rows.append((measure, [[mark for q, mark in marks if q == wanted] for wanted in quarters]))
    undated = tuple(m.id for m in rules.milestones if rules.due(m) is None)
    return Timeline(quarters, tuple(quarter_words(q) for q in quarters), quarter_of(as_of), rows, undated)


def _quarters(start: date, end: date) -> Iterator[str]:
    on = start
    while on <= end:
        yield quarter_of(on)
        on = date(on.year + (on.month + 3 > 12), (on.month + 2) % 12 + 1, 1)


def _marks(
    milestone: Milestone, result: ProjectMilestone, rules: Rules
) -> Iterator[tuple[str, TimelineMark]]:
    """(quarter, mark): one, or two where the text of the source and its timeline differ."""
    due = rules.due(milestone)
    if due is None:
        return
    reached = f"erreicht {sum(result.counts.get(s, 0) for s in REACHED)} von {result.communes_total}"
    if not deadlines_disagree(milestone, rules) or milestone.quarter is None or milestone.months is None:
        yield quarter_of(due), TimelineMark(milestone.id, milestone.text, german_date(due), reached, "")
        return
    by_text = quarter_of(rules.month_end(milestone.months))
    places = {by_text: "laut Text", milestone.quarter: "laut Zeitschiene"}
    for place, source in places.items():
        decides = place == quarter_of(due)
        note = (
            f"≠ {source}, gilt"
            if decides
            else f"≠ {source}, gilt nicht: siehe {quarter_words(quarter_of(due))}"
        )
        shown = (german_date(due), reached) if decides else ("", "")
        yield place, TimelineMark(milestone.id, milestone.text, *shown, note)
