"""Sheet Nachweisregister: every document of every accepted submission; the sheet Nachweise counts in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import product
from typing import Any

from pipeline.definitions.results import CriterionResult, Result
from pipeline.definitions.sheets import (
    EVIDENCE,
    EVIDENCE_DATE,
    EVIDENCE_KEY,
    EVIDENCE_POINT,
    LEAD_AGS,
    MUNICIPALITY,
    PROJECT_LEAD,
    YES_NO,
)
from pipeline.evaluate.details import Details
from pipeline.report.summary.status.milestones import lead_number
from pipeline.report.summary.tracing.proof import RecordRange
from pipeline.report.summary.writing.book import Book, keep_header, lay_page
from pipeline.report.summary.writing.cells import Cell
from pipeline.report.summary.writing.fastsheet import FastSheet
from pipeline.report.summary.writing.growing import ReportedMunicipality, StreamedSheet, StreamedTable
from pipeline.report.summary.writing.paper import not_printed
from pipeline.report.summary.writing.record_table import TableColumn
from pipeline.report.summary.writing.styles import DATE
from pipeline.xlsx.addresses import column_letters
from pipeline.xlsx.formulas import excel_text, substring_criterion

TITLE = "Nachweisregister"
WIDTHS = {
    EVIDENCE_KEY.name: 13,
    "Art": 15,
    "Titel": 28,
    EVIDENCE_DATE.name: 10.5,
    "Ablage": 24,
    EVIDENCE_POINT.name: 14,
}
COLUMNS = (
    TableColumn("AGS", 9),
    TableColumn("Kommune", 18),
    *(TableColumn(name, WIDTHS[name], "left", DATE) for name in EVIDENCE.names),
    TableColumn("Belegt", 14),
    TableColumn("Zählt", 8),
)
TITLES = [c.title for c in COLUMNS]
LINES = (
    "Alle Dokumente, die die Kommunen und die Projektleitung („PL:“) nennen. „Belegt“: Kriterien und Zielwerte, die das "
    "Dokument nennen. „Zählt“: Es nennt einen Nachweispunkt und ist bis zum Tag der Daten datiert; die der Projektleitung "
    "zählen für keine Kommune.",
    "Dieses Blatt wird mit der ganzen Mappe nicht gedruckt; „Druckbereich ignorieren“ (Excel) druckt es.",
)
SEPARATOR = "; "
POINT, COUNTED = TITLES.index(EVIDENCE_POINT.name), TITLES.index("Zählt")


def open_register(book: Book, sheet: FastSheet) -> StreamedSheet:
    title = f"{TITLE} – {book.outcome.rules.project.short_title}"
    header = lay_page(book, sheet, title, LINES, (c.width for c in COLUMNS))
    keep_header(sheet, header, header, 3)
    not_printed(sheet, len(COLUMNS))
    return StreamedSheet(StreamedTable(book, sheet, header, COLUMNS, 3), partial(register_rows, book), TITLE)


def count_formula(register: RecordRange, point: str) -> str:
    """Formula: number of documents that count and name the evidence point."""
    return "=" + "+".join(count for area in register.parts() for count in _counts_of(area, point))


def _counts_of(area: RecordRange, point: str) -> Iterator[str]:
    """Criteria of COUNTIFS: the point alone, first, last and in the middle; a cell names each point once."""
    points, counted = (area.column(column_letters(1 + at)) for at in (POINT, COUNTED))
    for before, after in product(("", f"*{SEPARATOR}"), ("", f"{SEPARATOR}*")):
        wanted = substring_criterion(point, before=before, after=after)
        yield f"COUNTIFS({points},{wanted},{counted},{excel_text(YES_NO[0])})"


def register_rows(book: Book, municipality: ReportedMunicipality) -> Iterator[list[Cell]]:
    """A row for each document of the municipality."""
    result, details = municipality.result, municipality.details
    if details is None:
        return
    proves = _proves(book, result, details)
    for _, *values in details.listed[EVIDENCE.title].records(*EVIDENCE.names):
        cells: list[Cell] = [SEPARATOR.join(v) if isinstance(v, tuple) else v for v in values]
        numbers = SEPARATOR.join(sorted(proves.get(str(values[0]), ()))) or None
        counted = YES_NO[0] if _counts(result, values) else YES_NO[1]
        if result.ags == LEAD_AGS:
            cells[0] = lead_number(str(values[0]))
        yield [result.ags, municipality.name, *cells, numbers, counted]


def _counts(result: Result, values: Sequence[Any]) -> bool:
    """Whether a document counts: dated up to the day of the data, for a point; the project lead's count for
    no municipality.
    """
    record = dict(zip(EVIDENCE.names, values, strict=True))
    on, until = record[EVIDENCE_DATE.name], result.data_as_of
    in_time = on is not None and until is not None and on <= until
    return result.ags != LEAD_AGS and in_time and bool(record[EVIDENCE_POINT.name])


def _proves(book: Book, result: Result, details: Details) -> dict[str, set[str]]:
    """Evidence number → criteria and targets that name it, attested or in their rows."""
    found: dict[str, set[str]] = {}
    for nr, evidence in details.attested.items():
        for number in evidence:
            found.setdefault(number, set()).add(nr)
    kind = PROJECT_LEAD if result.ags == LEAD_AGS else MUNICIPALITY
    own = {c.id for c in book.outcome.rules.criteria_of(kind.id)}
    for criterion in _criteria(book, result):
        for number in criterion.evidence if criterion.nr in own else ():
            found.setdefault(number, set()).add(criterion.nr)
    return found


def _criteria(book: Book, result: Result) -> Iterator[CriterionResult]:
    """The municipality's criteria; the project lead's are in the milestones of the municipalities."""
    of = book.outcome.results if result.ags == LEAD_AGS else (result,)
    return (c for r in of for m in r.milestones for c in m.criteria)
