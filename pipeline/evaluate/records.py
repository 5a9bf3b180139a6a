"""The records of one accepted workbook over time: which of them count on a date, and in which Excel rows."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from datetime import date
from functools import cached_property
from itertools import accumulate, compress, repeat
from typing import Any, NamedTuple

from pipeline.definitions.model import Table, Workbook
from pipeline.definitions.sheets import (
    CRITERIA,
    EVIDENCE,
    EVIDENCE_DATE,
    EVIDENCE_POINT,
    RULE_EVIDENCE,
    RULE_FULFILLED,
    RULE_NR,
    TARGETS,
    YES,
    nil_return_label,
)
from pipeline.rules import Count, Latest, Linked, Period, Rows, Rules, Share


class DateCounts:
    """Counts, for a list of dates, how many lie on or before a day."""

    def __init__(self, days: Iterable[date]) -> None:
        counts = Counter(days)
        self.days = sorted(counts)
        self._upto = [0, *accumulate(counts[day] for day in self.days)]

    def upto(self, day: date) -> int:
        return self._upto[bisect_right(self.days, day)]


class Span(NamedTuple):
    """A record that counts from ``start`` up to the day before ``end``; sorts by start, then Excel row."""

    start: date
    row: int
    end: date | None
    evidence: tuple[str, ...]


class Spans:
    """The records that match a rule, and how many of them count on a date.

    A ``Span`` is made only on access, as most records are merely counted.
    """

    def __init__(self, found: Iterable[tuple[date, int, date | None, tuple[str, ...]]]) -> None:
        self._found = list(found)
        self._starts = DateCounts(start for start, _, _, _ in self._found)
        self._ends = DateCounts(end for _, _, end, _ in self._found if end is not None)

    def on(self, day: date) -> int:
        """Return how many records count on that day."""
        return self._starts.upto(day) - self._ends.upto(day)

    def upto(self, day: date) -> list[Span]:
        """Return the records that began on or before that day, by start and row, ended ones included."""
        return self._spans[: self._starts.upto(day)]

    def present(self, day: date) -> list[Span]:
        """Return the records that ``on`` counts."""
        return [s for s in self.upto(day) if s.end is None or s.end > day]

    def rows(self, day: date) -> tuple[int, ...]:
        """Return the Excel rows of the records that ``on`` counts, in their order in the sheet."""
        return tuple(
            sorted(row for start, row, end, _ in self._found if start <= day and (end is None or end > day))
        )

    @cached_property
    def _spans(self) -> list[Span]:
        return list(map(Span._make, sorted(self._found)))

    @property
    def events(self) -> set[date]:
        """The days on which the number of records changes."""
        return {*self._starts.days, *self._ends.days}


class Stock:
    """An official number over time, from rows (date, number, Excel row)."""

    def __init__(self, rows: Iterable[tuple[date, int, int]]) -> None:
        self._known = sorted(rows)
        self._days = [day for day, _, _ in self._known]

    def on(self, day: date) -> int | None:
        """Return the latest number on or before that day; None before the first."""
        latest = self.latest(day)
        return latest[1] if latest else None

    def latest(self, day: date) -> tuple[date, int, int] | None:
        """Return (date, number, Excel row) of the latest number on or before that day; None before the first."""
        position = bisect_right(self._days, day)
        return self._known[position - 1] if position else None

    @property
    def events(self) -> set[date]:
        """The days for which there is a number."""
        return set(self._days)


class SubmissionRecords:
    """The records of one accepted workbook, queried with the values of the rules."""

    def __init__(self, workbook: Workbook, rules: Rules) -> None:
        self.workbook = workbook
        self.kind = rules.kinds[workbook.kind]
        self._spans: dict[Rows, Spans] = {}
        self._courses: dict[tuple[Rows, Rows | Latest], list[tuple[date, int, int]]] = {}

    def column(self, sheet: str, name: str) -> list[Any]:
        """Return a column's values, one per record."""
        return self.workbook.tables[sheet][name]

    def reported(self, sheets: Iterable[str]) -> bool:
        """Return False when one of the sheets is empty without its Leermeldung."""
        return all(len(self.workbook.tables[s]) or self._declared_empty(s) for s in sheets)

    def _declared_empty(self, sheet: str) -> bool:
        return self.workbook.form.get(nil_return_label(self.kind.table(sheet))) == YES

    def stock(self, latest: Latest) -> Stock:
        """Return the official numbers of a sheet over time."""
        rows = self.workbook.tables[latest.sheet].records(latest.date, latest.latest)
        return Stock(
            (day, number, row) for row, day, number in rows if day is not None and number is not None
        )

    def spans(self, rows: Rows) -> Spans:
        """Return the records that match ``rows``, with the days on which they count."""
        if rows not in self._spans:
            self._spans[rows] = Spans(self._find(rows))
        return self._spans[rows]

    def course(self, share: Share) -> list[tuple[date, int, int]]:
        """Return (day, numerator, denominator) of a share for each day on which one of them changes.

        Days without a denominator are left out. Several criteria ask for one share at several thresholds.
        """
        key = (share.numerator, share.denominator)
        if key not in self._courses:
            series = ShareSeries(self, share)
            days = sorted(series.top.events | series.bottom.events)
            counts = ((day, *series.on(day)) for day in days)
            self._courses[key] = [(day, top, bottom) for day, top, bottom in counts if bottom]
        return self._courses[key]

    def _find(self, rows: Rows) -> Iterable[tuple[date, int, date | None, tuple[str, ...]]]:
        """Yield the fields of a ``Span`` for each record that matches."""
        table = self.workbook.tables[rows.sheet]
        column = self.kind.table(rows.sheet).evidence_column
        ends = table[rows.until] if rows.until else repeat(None)
        evidence = table[column] if column else repeat(None)
        records = zip(self._starts(rows, table), table.rows, ends, evidence, strict=False)
        for start, row, end, numbers in compress(records, _selected(rows, table)):
            if start is not None and (end is None or end > start):
                yield start, row, end, numbers or ()

    def _starts(self, rows: Rows, table: Table) -> list[date | None]:
        """Return the day from which each record counts: its latest date, None where one is missing."""
        dates = [table[name] for name in rows.dates]
        if rows.linked:
            dates.append(self.linked_dates(rows.sheet, rows.linked))
        if len(dates) == 1:
            return dates[0]
        return [None if None in days else max(days) for days in zip(*dates, strict=True)]

    def linked_dates(self, sheet: str, linked: Linked) -> list[date | None]:
        """Return for each record the earliest date of a linked record, None where there is none."""
        dated = self.kind.table(linked.dated_sheet)
        day_of = dict(
            zip(self.column(dated.title, dated.key[0]), self.column(dated.title, linked.date), strict=True)
        )
        first: dict[str, date] = {}
        pairs = zip(
            self.column(linked.sheet, linked.column), self.column(linked.sheet, linked.dated_by), strict=True
        )
        for key, reference in pairs:
            day = day_of.get(reference)
            if day is not None:
                first[key] = min(first.get(key, day), day)
        return [first.get(key) for key in self.column(sheet, self.kind.table(sheet).key[0])]

    @cached_property
    def attested(self) -> dict[str, tuple[date | None, tuple[str, ...]]]:
        """Number of the requirement → (Erfüllt am, evidence numbers)."""
        found = {}
        for sheet in (CRITERIA, TARGETS):
            table = self.workbook.tables[sheet.title]
            for _, nr, on, evidence in table.records(RULE_NR.name, RULE_FULFILLED.name, RULE_EVIDENCE.name):
                found[nr] = (on, evidence or ())
        return found

    @cached_property
    def _register(self) -> list[tuple[date, int, tuple[str, ...]]]:
        """(Datum, Excel row, Nachweispunkte) of the evidence register, by date."""
        rows = self.workbook.tables[EVIDENCE.title].records(EVIDENCE_DATE.name, EVIDENCE_POINT.name)
        return sorted((on, row, points) for row, on, points in rows if on is not None and points is not None)

    def documents(self, point: str, upto: date) -> list[tuple[date, int]]:
        """Return (Datum, Excel row) of the documents that serve an evidence point, by date."""
        return [(on, row) for on, row, points in self._register if point in points and on <= upto]


def _selected(rows: Rows, table: Table) -> list[bool]:
    """Return for each record whether its values are among those that ``rows.where`` allows."""
    holds = [True] * len(table)
    for name, allowed in rows.where:
        holds = [held and value in allowed for held, value in zip(holds, table[name], strict=True)]
    return holds


class ShareSeries:
    """The numerator and the denominator of a share on any date."""

    def __init__(self, data: SubmissionRecords, share: Share) -> None:
        self._data, self._share = data, share
        self.top = data.spans(share.numerator)
        below = share.denominator
        self.bottom = data.stock(below) if isinstance(below, Latest) else data.spans(below)

    def on(self, day: date) -> tuple[int, int | None]:
        """Return numerator and denominator on that day; the latter is None before the first stock."""
        return self.top.on(day), self.bottom.on(day)

    def holds(self, day: date) -> bool:
        """Return whether the share reaches its threshold on that day, compared exactly."""
        top, bottom = self.on(day)
        least = self._share.at_least
        return bool(bottom) and top * least.denominator >= least.numerator * (bottom or 0)

    def first_held(self, until: date) -> date | None:
        """Return the first day up to ``until`` on which the share reached its threshold; None if never."""
        least = self._share.at_least
        for day, top, bottom in self._data.course(self._share):
            if day > until:
                break
            if top * least.denominator >= least.numerator * bottom:
                return day
        return None


def with_evidence(data: SubmissionRecords, rows: Rows, spans: Iterable[Span]) -> list[Span]:
    """Return the records that name evidence; all of them where the sheet has no column for it."""
    needs_evidence = data.kind.table(rows.sheet).evidence_column is not None
    return [s for s in spans if s.evidence or not needs_evidence]


def counted_in_year(data: SubmissionRecords, count: Count, year: Period, on: date) -> list[Span]:
    """Return the records that a yearly target counts: begun within the year, up to ``on``."""
    return [s for s in data.spans(count.rows).upto(on) if year.start <= s.start <= year.end]
