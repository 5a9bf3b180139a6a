"""Where a figure comes from: sheet and Excel rows of the accepted workbook, without any value of them.

The rows are those that ``evaluate`` has counted (``SubmissionRecords``, ``Spans``, ``ShareSeries``). Pure
functions. Contract: results.md, "Herkunft".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import assert_never

from pipeline.definitions.messages import quoted
from pipeline.definitions.model import Status
from pipeline.definitions.results import CriterionResult, TargetResult
from pipeline.definitions.sheets import (
    CRITERIA,
    EVIDENCE,
    EVIDENCE_KEY,
    OF_PERSONS,
    RULE_NR,
    STOCK_SOURCE,
    TARGETS,
)
from pipeline.evaluate.records import (
    ShareSeries,
    Span,
    Stock,
    SubmissionRecords,
    counted_in_year,
    with_evidence,
)
from pipeline.rules import Attested, Count, Criterion, Every, Info, Rows, Rules, Share, Target


class Role(StrEnum):
    """What a group of rows is to a figure: numerator, denominator, linked rows, an entry or evidence."""

    NUMERATOR = "Zähler"
    DENOMINATOR = "Nenner"
    LINKED = "Verknüpfung"  # rows that a counted row needs in another sheet
    ENTRY = "Angabe"
    EVIDENCE = "Nachweis"


@dataclass(frozen=True, slots=True)
class SourceRows:
    """Rows of one sheet behind a figure as of the end of ``day``; ``number`` is their count or stock.

    ``reached``: the rows count for the day on which a criterion was reached, not for the figure shown.
    ``stock``: for an official number, the day for which it holds and its source as given in the workbook.
    """

    role: Role
    sheet: str
    rows: tuple[int, ...]
    day: date
    number: int | None = None
    reached: bool = False
    stock: tuple[date, str | None] | None = None


@dataclass(frozen=True, slots=True)
class ShownRows:
    """``SourceRows`` as the report shows them: ``rows`` in words (``5–10, 12``), of persons' sheets none."""

    role: Role
    sheet: str
    rows: str
    day: date
    number: int | None = None
    reached: bool = False
    stock: tuple[date, str | None] | None = None


def shown_rows(part: SourceRows) -> ShownRows:
    rows = "" if part.sheet in OF_PERSONS else row_ranges(part.rows)
    return ShownRows(part.role, part.sheet, rows, part.day, part.number, part.reached, part.stock)


# --- targets and criteria -----------------------------------------------------------------------------


def target_parts(
    data: SubmissionRecords, target: Target, result: TargetResult, rules: Rules
) -> tuple[SourceRows, ...]:
    """Return the rows behind a target's figure; none where there is no figure."""
    on = result.data_as_of
    if on is None or result.status is Status.NOT_EVALUABLE:
        return ()
    match target.decide:
        case Share() as share:
            return tuple(_share(data, share, on))
        case Count() as count:
            year = next((y for y in rules.years if y.label == result.year), None)
            spans = data.spans(count.rows)
            counted = _rows(counted_in_year(data, count, year, on)) if year else spans.rows(on)
            return tuple(_counted(data, count.rows, counted, on))
        case Info(rows=rows):
            return tuple(_counted(data, rows, data.spans(rows).rows(on), on))
        case Attested():
            _, evidence = data.attested.get(target.id, (None, ()))
            return _attested(data, target.id, TARGETS.title, evidence, on)


def criterion_parts(
    data: SubmissionRecords, criterion: Criterion, result: CriterionResult, on: date
) -> tuple[SourceRows, ...]:
    """Return the rows behind a criterion's figure on ``on``, and those on the day it was reached.

    ``data`` is the workbook that decides: the project lead's for the lead's own criteria.
    """
    if result.status is Status.NOT_EVALUABLE:
        return ()
    if isinstance(criterion.decide, Attested):
        _, evidence = data.attested.get(criterion.id, (None, ()))
        return _attested(data, criterion.id, CRITERIA.title, evidence, on)
    parts = list(_measured(data, criterion, on))
    if result.reached_on:
        reached = _measured(data, criterion, result.reached_on, reached=True)
        parts += (replace(p, reached=True) for p in reached)
    if result.evidence:
        parts.append(_register(data, result.evidence, on))
    return tuple(parts)


def _measured(
    data: SubmissionRecords, criterion: Criterion, on: date, *, reached: bool = False
) -> Iterator[SourceRows]:
    match criterion.decide:
        case Share() as share:
            yield from _share(data, share, on)
        case Count(rows=rows):
            spans = data.spans(rows)
            counted = _rows(with_evidence(data, rows, spans.present(on))) if reached else spans.rows(on)
            yield from _counted(data, rows, counted, on)
        case Every(sheet=sheet, date=column):
            records = list(data.workbook.tables[sheet].records(column))
            done = [row for row, day in records if day is not None and day <= on]
            yield SourceRows(Role.NUMERATOR, sheet, tuple(done), on, len(done))
            yield SourceRows(Role.DENOMINATOR, sheet, tuple(row for row, _ in records), on, len(records))
        case Attested():
            pass
        case other:
            assert_never(other)


def share_course(
    data: SubmissionRecords, share: Share, days: Iterable[date]
) -> Iterator[tuple[SourceRows, ...]]:
    """Yield the rows behind a share for each of the days: none for a day without a denominator."""
    if not data.reported(share.sheets):
        return
    series = ShareSeries(data, share)
    for day in days:
        yield tuple(_share_on(data, share, series, day)) if series.on(day)[1] else ()


def _share(data: SubmissionRecords, share: Share, on: date) -> Iterator[SourceRows]:
    yield from _share_on(data, share, ShareSeries(data, share), on)


def _share_on(data: SubmissionRecords, share: Share, series: ShareSeries, on: date) -> Iterator[SourceRows]:
    yield from _counted(data, share.numerator, series.top.rows(on), on)
    sheet = share.denominator.sheet
    if isinstance(series.bottom, Stock):
        latest = series.bottom.latest(on)
        if latest is None:
            yield SourceRows(Role.DENOMINATOR, sheet, (), on)
            return
        day, number, row = latest
        sources = dict(data.workbook.tables[sheet].records(STOCK_SOURCE.name))
        yield SourceRows(Role.DENOMINATOR, sheet, (row,), on, number, stock=(day, sources.get(row)))
    else:
        rows = series.bottom.rows(on)
        yield SourceRows(Role.DENOMINATOR, sheet, rows, on, len(rows))


def _counted(data: SubmissionRecords, rows: Rows, counted: tuple[int, ...], on: date) -> Iterator[SourceRows]:
    yield SourceRows(Role.NUMERATOR, rows.sheet, counted, on, len(counted))
    yield from _linked(data, rows, frozenset(counted), on)


def _rows(spans: Iterable[Span]) -> tuple[int, ...]:
    return tuple(sorted(s.row for s in spans))


def _linked(data: SubmissionRecords, rows: Rows, counted: frozenset[int], on: date) -> Iterator[SourceRows]:
    """Yield the rows of other sheets that make the counted rows count."""
    link = rows.linked
    if link is None:
        return
    tables = data.workbook.tables
    key, dated = data.kind.table(rows.sheet).key[0], data.kind.table(link.dated_sheet)
    keys = {value for row, value in tables[rows.sheet].records(key) if row in counted}
    days = {nr: (row, day) for row, nr, day in tables[dated.title].records(dated.key[0], link.date)}
    found, bases = [], set()
    for row, value, reference in tables[link.sheet].records(link.column, link.dated_by):
        base, day = days.get(reference, (0, None))
        if value in keys and day is not None and day <= on:
            found.append(row)
            bases.add(base)
    yield SourceRows(Role.LINKED, link.sheet, tuple(found), on)
    yield SourceRows(Role.LINKED, dated.title, tuple(sorted(bases)), on)


# --- entries and evidence -----------------------------------------------------------------------------


def _attested(
    data: SubmissionRecords, nr: str, sheet: str, evidence: tuple[str, ...], on: date
) -> tuple[SourceRows, ...]:
    rows = tuple(row for row, found in data.workbook.tables[sheet].records(RULE_NR.name) if found == nr)
    entry = SourceRows(Role.ENTRY, sheet, rows, on)
    return (entry, _register(data, evidence, on)) if evidence else (entry,)


def _register(data: SubmissionRecords, numbers: Iterable[str], on: date) -> SourceRows:
    """Return the rows of the evidence register with these evidence numbers."""
    wanted = set(numbers)
    records = data.workbook.tables[EVIDENCE.title].records(EVIDENCE_KEY.name)
    return SourceRows(
        Role.EVIDENCE, EVIDENCE.title, tuple(row for row, number in records if number in wanted), on
    )


def evidence_part(data: SubmissionRecords, point: str, on: date, deadline: int | None = None) -> SourceRows:
    """Return the rows of the evidence register that serve an evidence point, or its n-th ``deadline`` (from 1)."""
    found = data.documents(point, on)
    rows = sorted(row for _, row in (found if deadline is None else found[deadline - 1 : deadline]))
    return SourceRows(Role.EVIDENCE, EVIDENCE.title, tuple(rows), on, len(rows))


# --- in words -----------------------------------------------------------------------------------------


NO_LEAD = "von der Projektleitung liegt keine gültige Abgabe vor"
LEAD_TOO_EARLY = "Berichtsstichtag der Projektleitung liegt vor dem Tag der Daten der Kommune"


def why_not_evaluable(
    data: SubmissionRecords | None, requirement: Target | Criterion, started: date | None, on: date
) -> str:
    """Return in German why there is no figure; ``started`` is the first day of the project year, if any.

    ``data`` is the workbook that decides; None when the project lead's is missing.
    """
    if data is None:
        return NO_LEAD
    unreported = [s for s in dict.fromkeys(requirement.decide.sheets) if not data.reported((s,))]
    if unreported:
        return f"leer ohne Leermeldung: Blatt {quoted(unreported)}"
    if started is not None and started > on:
        return "Projektjahr hatte am Tag der Daten noch nicht begonnen"
    stichtag = data.workbook.stichtag
    return LEAD_TOO_EARLY if stichtag and stichtag < on else "Nenner fehlt oder ist 0"


def row_ranges(rows: Iterable[int]) -> str:
    """Return rows as text: ``5–10, 12``; ``keine`` without rows."""
    found: list[list[int]] = []
    for row in sorted(set(rows)):
        if found and row == found[-1][1] + 1:
            found[-1][1] = row
        else:
            found.append([row, row])
    return ", ".join(f"{a}" if a == b else f"{a}–{b}" for a, b in found) or "keine"
