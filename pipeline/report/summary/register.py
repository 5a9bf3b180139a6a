"""The register of evidence in the sheet Nachweise: every document of every accepted submission."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from pipeline.evaluate.timeline import Data
from pipeline.report.summary.book import Book, Cell, Column, write_header, write_rows
from pipeline.report.summary.styles import DATE
from pipeline.results import CriterionResult, Result
from pipeline.sheets import EVIDENCE, EVIDENCE_DATE, EVIDENCE_POINT, LEAD_AGS

TITLES = ("AGS", "Kommune", *EVIDENCE.names, "Belegt", "Zählt")
COUNTS = ("ja", "nein")
SEPARATOR = "; "
POINT, COUNTED = TITLES.index(EVIDENCE_POINT.name), TITLES.index("Zählt")


@dataclass(frozen=True, slots=True)
class Register:
    """Excel rows (from 1) of the documents."""

    first: int
    last: int

    def count_formula(self, point: str) -> str:
        """Documents that count and name the evidence point."""
        points, counted = self._cells(POINT), self._cells(COUNTED)
        framed = f'";"&SUBSTITUTE({points}," ","")&";"'
        return f'=SUMPRODUCT(ISNUMBER(FIND(";{point};",{framed}))*({counted}="{COUNTS[0]}"))'

    def _cells(self, column: int) -> str:
        letter = xl_col_to_name(column)
        return f"${letter}${self.first}:${letter}${self.last}"


def write_register(book: Book, sheet: Worksheet, row: int, grid: Sequence[Column]) -> Register:
    """``grid`` gives the widths, which the sheet's other table set."""
    columns = [
        replace(column, title=title, align="left", number=DATE)
        for column, title in zip(grid, TITLES, strict=False)
    ]
    first = write_header(book, sheet, row, columns)
    end = write_rows(book, sheet, first, columns, _rows(book))
    sheet.autofilter(row, 0, max(first, end - 1), len(columns) - 1)
    return Register(first + 1, max(first + 1, end))


def _rows(book: Book) -> Iterator[list[Cell]]:
    for result in book.outcome.results:
        accepted = book.accepted.get(result.ags)
        if accepted is None:
            continue
        data = Data(accepted.workbook, book.outcome.rules)
        proves = _proves(book, result, data)
        for _, *values in accepted.workbook.tables[EVIDENCE.title].records(*EVIDENCE.names):
            cells: list[Cell] = [SEPARATOR.join(v) if isinstance(v, tuple) else v for v in values]
            numbers = SEPARATOR.join(sorted(proves.get(str(values[0]), ()))) or None
            counted = COUNTS[0] if _counts(result, values) else COUNTS[1]
            yield [result.ags, book.names[result.ags], *cells, numbers, counted]


def _counts(result: Result, values: Sequence[Any]) -> bool:
    """Dated by the day of the data and of use for a point; the project lead's serve no municipality."""
    record = dict(zip(EVIDENCE.names, values, strict=True))
    on, until = record[EVIDENCE_DATE.name], result.data_as_of
    in_time = on is not None and until is not None and on <= until
    return result.ags != LEAD_AGS and in_time and bool(record[EVIDENCE_POINT.name])


def _proves(book: Book, result: Result, data: Data) -> dict[str, set[str]]:
    """Evidence number → the criteria and targets that name it, attested or by their rows."""
    found: dict[str, set[str]] = {}
    for nr, (_, evidence) in data.attested.items():
        for number in evidence:
            found.setdefault(number, set()).add(nr)
    own = {c.id for c in book.outcome.rules.criteria_of(data.kind.id)}
    for criterion in _criteria(book, result):
        for number in criterion.evidence if criterion.nr in own else ():
            found.setdefault(number, set()).add(criterion.nr)
    return found


def _criteria(book: Book, result: Result) -> Iterator[CriterionResult]:
    """Those of the municipality; the project lead's stand in the milestones of the municipalities."""
    of = book.outcome.results if result.ags == LEAD_AGS else (result,)
    return (c for r in of for m in r.milestones for c in m.criteria)
