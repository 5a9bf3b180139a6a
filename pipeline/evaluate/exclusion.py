"""Why records of a sheet are not in a figure: the first reason that applies to each, without any value of it.

The counterpart of ``provenance``: counted and not counted rows together are all records of the sheet. Issue:
``kisi explain`` says of each row why it does not count.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from pipeline.definitions.messages import german_date
from pipeline.definitions.model import Table
from pipeline.evaluate.records import SubmissionRecords
from pipeline.rules import Attested, Count, Criterion, Every, Info, Period, Rows, Share, Target


@dataclass(frozen=True, slots=True)
class NotCounted:
    """Excel rows of one sheet with the same reason, in German: ``„Bedarf erfasst am“ leer ist``."""

    sheet: str
    reason: str
    rows: tuple[int, ...]


def not_counted(
    data: SubmissionRecords, requirement: Target | Criterion, on: date, year: Period | None = None
) -> tuple[NotCounted, ...]:
    """Return the records that the figure as of the end of ``on`` leaves out; for a share those of its numerator.

    ``year``: the project year of a yearly target. The reasons come in the order of their first row.
    """
    match requirement.decide:
        case Share(numerator=rows) | Count(rows=rows) | Info(rows=rows):
            return _grouped(rows.sheet, _reasons(data, rows, on, year))
        case Every(sheet=sheet, date=column):
            records = data.workbook.tables[sheet].records(column)
            return _grouped(sheet, ((row, _of_a_date(column, day, on)) for row, day in records))
        case Attested():
            return ()


def _grouped(sheet: str, reasons: Iterator[tuple[int, str | None]]) -> tuple[NotCounted, ...]:
    found: dict[str, list[int]] = {}
    for row, reason in reasons:
        if reason is not None:
            found.setdefault(reason, []).append(row)
    return tuple(NotCounted(sheet, reason, tuple(rows)) for reason, rows in found.items())


def _of_a_date(column: str, day: date | None, on: date) -> str | None:
    if day is None:
        return f"„{column}“ leer ist"
    return f"„{column}“ nach dem {german_date(on)} liegt" if day > on else None


def _reasons(
    data: SubmissionRecords, rows: Rows, on: date, year: Period | None
) -> Iterator[tuple[int, str | None]]:
    """Each record with its reason; None for one that counts."""
    table = data.workbook.tables[rows.sheet]
    linked = data.linked_dates(rows.sheet, rows.linked) if rows.linked else None
    for position, row in enumerate(table.rows):
        days = {name: table[name][position] for name in rows.dates}
        reason = _of_values(rows, table, position) or _of_dates(days, on)
        if reason is None and rows.linked is not None and linked is not None:
            reason = _of_link(rows, linked[position], on)
            days[rows.linked.date] = linked[position]
        yield row, reason or _of_time(rows, table, position, max(days.values()), on, year)


def _of_values(rows: Rows, table: Table, position: int) -> str | None:
    for name, allowed in rows.where:
        if table[name][position] not in allowed:
            return f"„{name}“ nicht {' oder '.join(f'„{value}“' for value in allowed)} ist"
    return None


def _of_dates(days: dict[str, date | None], on: date) -> str | None:
    """The first date that is missing, else the first that lies after the day of the data."""
    missing = (_of_a_date(name, None, on) for name, day in days.items() if day is None)
    late = (_of_a_date(name, day, on) for name, day in days.items() if day is not None)
    return next(missing, None) or next((reason for reason in late if reason), None)


def _of_link(rows: Rows, day: date | None, on: date) -> str | None:
    link = rows.linked
    assert link is not None
    if day is None:
        return f"in „{link.sheet}“ keine Zeile sie mit einem Datum in „{link.dated_sheet}“ verbindet"
    if day > on:
        return f"„{link.date}“ im Blatt {link.dated_sheet} nach dem {german_date(on)} liegt"
    return None


def _of_time(
    rows: Rows, table: Table, position: int, start: date, on: date, year: Period | None
) -> str | None:
    """An end that was reached, or another project year; a yearly target counts what has ended as well."""
    if year is not None and not year.start <= start <= year.end:
        return f"sie nicht im Projektjahr {year.label} begann"
    end = table[rows.until][position] if rows.until else None
    if end is not None and (end <= start or (year is None and end <= on)):
        return f"„{rows.until}“ bis zum {german_date(on)} erreicht war"
    return None
