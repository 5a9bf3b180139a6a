"""What a report shows of one accepted workbook beyond its result, so that nobody needs its tables again. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Any

from pipeline.definitions.model import Table, Workbook
from pipeline.definitions.results import CriterionResult, Result
from pipeline.definitions.sheets import (
    CRITERIA,
    EVENTS,
    EVIDENCE,
    LEAD_AGS,
    OFFERS,
    RULE_NOTE,
    RULE_NR,
    TRAININGS,
)
from pipeline.evaluate import evaluate, evaluate_records
from pipeline.evaluate.amif import Supported, supported
from pipeline.evaluate.contacts import contact_counts
from pipeline.evaluate.needs import NeedsFigures, needs_figures
from pipeline.evaluate.progress import quarters, threshold_paths
from pipeline.evaluate.provenance import (
    ShownRows,
    SourceRows,
    criterion_parts,
    evidence_part,
    share_course,
    shown_rows,
    target_parts,
    why_not_evaluable,
)
from pipeline.evaluate.records import SubmissionRecords
from pipeline.rules import Rules, quarter_end
from pipeline.rules.alternatives import other_readings

LISTED = (EVIDENCE, TRAININGS, EVENTS, OFFERS)
DetailParts = tuple[ShownRows, ...]
Stock = tuple[date | None, str | None]  # Stichtag and Quelle of a Bestand
NO_STOCK: Stock = (None, None)


@dataclass(frozen=True, slots=True)
class FigureRows:
    """The rows behind a figure, or in German why there is none."""

    parts: DetailParts
    reason: str | None = None

    @property
    def stock(self) -> Stock:
        """Of the Bestand in the denominator of a share."""
        return next((p.stock for p in self.parts if p.stock), NO_STOCK)


@dataclass(frozen=True, slots=True)
class Details:
    """The details of one municipality or of the project lead, of which some stay empty.

    ``targets`` and ``documents`` stand in the order of the result's targets and evidence points, ``criteria``
    by number; ``courses`` are each share of ``threshold_paths`` at the end of each quarter that has
    ended, ``supported`` the AMIF indicators. ``notes``: remarks by number of the criterion; ``attested``:
    evidence numbers by number of the requirement. ``before``: the result of the previous valid submission as
    of its own Stichtag; ``otherwise``: this one's under each of ``other_readings``. ``listed``: the tables
    whose records are shown one by one.
    """

    targets: tuple[FigureRows, ...]
    criteria: dict[str, FigureRows]
    documents: DetailParts
    courses: tuple[tuple[DetailParts, ...], ...]
    needs: NeedsFigures | None
    contacts: tuple[int, ...] | None
    supported: tuple[Supported | None, ...]
    notes: dict[str, str]
    attested: dict[str, tuple[str, ...]]
    before: Result | None
    otherwise: tuple[Result, ...]
    listed: Mapping[str, Table] = field(default_factory=dict)


class Evaluator:
    """Evaluates accepted workbooks as of one day. ``lead``: the project lead's accepted one, if any."""

    def __init__(self, rules: Rules, as_of: date, lead: Workbook | None) -> None:
        self._rules, self._as_of, self._lead_workbook = rules.at(as_of), as_of, lead
        self._lead = SubmissionRecords(lead, rules) if lead else None
        self._readings = [one.rules for one in other_readings(self._rules)]
        self._shares = [path.share for path in threshold_paths(self._rules)]
        ends = map(quarter_end, quarters(self._rules))
        self._ends = [end for end in ends if end <= as_of]
        self._targets = {t.id: t for t in self._rules.targets}
        self._criteria = {c.id: c for c in self._rules.criteria}

    def evaluate(self, workbook: Workbook, before: Workbook | None) -> tuple[Result, Details]:
        """Return result and details of a workbook; ``before`` is the previous valid one, if any."""
        data = SubmissionRecords(workbook, self._rules)
        result = evaluate_records(data, self._lead, self._rules, self._as_of)
        return result, self._details(data, result, before)

    def _details(self, data: SubmissionRecords, result: Result, before: Workbook | None) -> Details:
        on, tables = result.data_as_of, data.workbook.tables
        assert on is not None
        own = result.ags != LEAD_AGS
        amif = self._rules.amif.indicators if self._rules.amif and own else ()
        return Details(
            tuple(self._of_targets(data, result)),
            dict(self._of_criteria(data, result, on)),
            tuple(_documents(data, result, on)),
            tuple(self._courses(data, on)) if own else (),
            needs_figures(data, on) if own else None,
            contact_counts(data, on) if own else None,
            tuple(supported(data, indicator, on) for indicator in amif),
            {nr: text for _, nr, text in _notes(tables[CRITERIA.title]) if nr and text},
            {nr: evidence for nr, (_, evidence) in data.attested.items()},
            self._before(before) if before else None,
            tuple(evaluate_records(data, self._lead, rules, self._as_of) for rules in self._readings),
            {sheet.title: tables[sheet.title] for sheet in LISTED if sheet.title in tables},
        )

    def _of_targets(self, data: SubmissionRecords, result: Result) -> Iterator[FigureRows]:
        for found in result.targets:
            target, on = self._targets[found.nr], found.data_as_of
            parts = target_parts(data, target, found, self._rules)
            if parts or on is None:
                yield FigureRows(_shown(parts))
            else:
                started = next((y.start for y in self._rules.years if y.label == found.year), None)
                yield FigureRows((), why_not_evaluable(data, target, started, on))

    def _of_criteria(
        self, own: SubmissionRecords, result: Result, on: date
    ) -> Iterator[tuple[str, FigureRows]]:
        for found in _criteria(result):
            criterion = self._criteria[found.nr]
            data = self._lead if criterion.by_lead else own
            parts = criterion_parts(data, criterion, found, on) if data else ()
            reason = None if parts else why_not_evaluable(data, criterion, None, on)
            yield found.nr, FigureRows(_shown(parts), reason)

    def _courses(self, data: SubmissionRecords, until: date) -> Iterator[tuple[DetailParts, ...]]:
        days = [min(end, until) for end in self._ends]
        for share in self._shares:
            yield tuple(map(_shown, share_course(data, share, days)))

    def _before(self, before: Workbook) -> Result:
        assert before.stichtag is not None
        return evaluate(before, self._lead_workbook, self._rules, min(self._as_of, before.stichtag))


def _shown(parts: tuple[SourceRows, ...]) -> DetailParts:
    return tuple(map(shown_rows, parts))


def _notes(table: Table) -> Iterator[tuple[Any, ...]]:
    return table.records(RULE_NR.name, RULE_NOTE.name)


def _criteria(result: Result) -> Iterator[CriterionResult]:
    return (criterion for milestone in result.milestones for criterion in milestone.criteria)


def _documents(data: SubmissionRecords, result: Result, on: date) -> Iterator[ShownRows]:
    """Yield the documents of each evidence point, or of each of its deadlines."""
    for nr, group in groupby(result.evidence, key=lambda e: e.nr):
        for number, found in enumerate(group, 1):
            yield shown_rows(evidence_part(data, nr, on, number if found.due else None))
