"""Sheet Nachweise: evidence points × municipalities with status and number.

A point with deadlines of its own (N3.1) has a column for each, and a document counts for one of them. The
project's two rows count live: the municipalities in the matrix, the documents in the sheet Nachweisregister.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from pipeline.definitions.model import Status
from pipeline.definitions.results import EvidenceResult
from pipeline.definitions.sheets import LEAD_AGS
from pipeline.definitions.words import EVIDENCE_WORDS
from pipeline.report.summary.documentation.register import TITLE as REGISTER
from pipeline.report.summary.documentation.register import count_formula
from pipeline.report.summary.writing.book import LEAD_ROW, Book, keep_header, lay_page
from pipeline.report.summary.writing.cells import Cell, FormulaCell, StatusCell, merge, put
from pipeline.report.summary.writing.fastsheet import FastSheet
from pipeline.report.summary.writing.styles import BAND, NUMBER
from pipeline.report.summary.writing.table import RowWriter, TableColumn
from pipeline.rules import EvidencePoint
from pipeline.xlsx.addresses import column_letters
from pipeline.xlsx.formulas import substring_criterion

HEAD = (TableColumn("AGS", 8.5), TableColumn("Kommune", 12))
WIDTH = 7.55
LINES = (
    "Zahl der Dokumente je Kommune und Nachweispunkt mit Status; was die Nachweispunkte verlangen, steht in den "
    "Blättern „Maßnahme“, welche Dokumente es sind, im Blatt Nachweisregister.",
    "Bei mehreren Fristen dient das nach Datum erste Dokument der ersten Frist, das zweite der zweiten: Jedes Dokument "
    "zählt für eine Frist.",
)
HEADER_ROW = LEAD_ROW + len(LINES)
MUNICIPALITIES_ROW, DOCUMENTS_ROW, MATRIX_ROW = HEADER_ROW + 3, HEADER_ROW + 4, HEADER_ROW + 5
PROVIDED = (Status.PROVIDED, Status.PROVIDED_LATE)


@dataclass(frozen=True, slots=True)
class EvidenceDeadline:
    """A column of the matrix: an evidence point, or one of its deadlines (``number`` from 1)."""

    position: int
    point: EvidencePoint
    number: int
    due: date | None

    @property
    def letter(self) -> str:
        return column_letters(len(HEAD) + self.position + 1)

    @property
    def deadline(self) -> str:
        return f"{self.number}. Frist\n{self.due:%d.%m.%y}" if self.due else "ohne Frist"


def slots(book: Book) -> list[EvidenceDeadline]:
    """In the order of every municipality's evidence results."""
    rules = book.outcome.rules
    found: list[EvidenceDeadline] = []
    for point in rules.evidence:
        for number, months in enumerate(point.months or (0,), 1):
            found.append(
                EvidenceDeadline(len(found), point, number, rules.month_end(months) if months else None)
            )
    return found


def results_of(book: Book, slot: EvidenceDeadline) -> list[EvidenceResult]:
    return [r.evidence[slot.position] for r in book.outcome.results if r.ags != LEAD_AGS]


def provided_of(book: Book, slot: EvidenceDeadline) -> FormulaCell:
    """``3 von 8 Kommunen vorgelegt``, from the count in this sheet."""
    rest = f" von {book.municipalities} Kommunen {EVIDENCE_WORDS[Status.PROVIDED].text}"
    return FormulaCell(
        f'=Nachweise!${slot.letter}${MUNICIPALITIES_ROW + 1}&"{rest}"',
        f"{_provided(results_of(book, slot))}{rest}",
    )


def documents_of(book: Book, slot: EvidenceDeadline) -> FormulaCell:
    """The number of documents, from the count in this sheet."""
    return FormulaCell(
        f"=Nachweise!${slot.letter}${DOCUMENTS_ROW + 1}", _documents(slot, results_of(book, slot))
    )


def counts_of(book: Book, slot: EvidenceDeadline) -> Counter[Status]:
    return Counter(r.status for r in results_of(book, slot))


def _provided(results: list[EvidenceResult]) -> int:
    return sum(r.status in PROVIDED for r in results)


def _documents(slot: EvidenceDeadline, results: list[EvidenceResult]) -> int:
    """A deadline has one document of each municipality, a point without deadlines all of them."""
    return _provided(results) if slot.due else sum(r.count or 0 for r in results)


# --- sheet --------------------------------------------------------------------------------------------


def write_evidence(book: Book, sheet: FastSheet) -> None:
    columns = [*HEAD, *[TableColumn("", WIDTH, "center", NUMBER)] * len(slots(book))]
    title = f"Nachweise – {book.outcome.rules.project.short_title}"
    lay_page(book, sheet, title, LINES, (c.width for c in columns))
    _write_header(book, sheet)
    keep_header(sheet, HEADER_ROW, HEADER_ROW + 2, len(HEAD))
    end = MATRIX_ROW + max(1, book.municipalities)
    _write_project(book, sheet, columns, end)
    _write_matrix(book, sheet, columns)


def _write_header(book: Book, sheet: FastSheet) -> None:
    """Three rows: measure, evidence point, deadline."""
    by_point = {p.id: f"{m.number} {m.title}" for m in book.outcome.rules.measures for p in m.evidence}
    found = slots(book)
    rows: tuple[list[str | None], ...] = ([None] * len(HEAD), [None] * len(HEAD), [*(c.title for c in HEAD)])
    texts: tuple[list[str | None], ...] = (
        [None] * len(found),
        [*(s.point.id for s in found)],
        [*(s.deadline for s in found)],
    )
    for row, (head, titles) in enumerate(zip(rows, texts, strict=True), HEADER_ROW):
        for column, text in enumerate(head):
            put(sheet, row, column, text, book.styles.header)
        for column, text in enumerate(titles, len(HEAD)):
            put(sheet, row, column, text, book.styles.centred)
        if row == HEADER_ROW:
            for measure, group in groupby(found, key=lambda s: by_point[s.point.id]):
                columns = [len(HEAD) + s.position for s in group]
                merge(sheet, row, columns[0], columns[-1], measure, book.styles.centred)
    sheet.set_row(HEADER_ROW + 2, 38)


def _write_project(book: Book, sheet: FastSheet, columns: list[TableColumn], end: int) -> None:
    municipalities: list[Cell] = ["Projekt", f"Kommunen mit Nachweis (von {book.municipalities})"]
    documents: list[Cell] = ["Projekt", "Dokumente"]
    for slot in slots(book):
        results = results_of(book, slot)
        cells = f"{slot.letter}${MATRIX_ROW + 1}:{slot.letter}${end}"
        symbols = [substring_criterion(f"{EVIDENCE_WORDS[s].symbol} ", after="*") for s in PROVIDED]
        counts = [f"COUNTIF({cells},{symbol})" for symbol in symbols]
        provided = FormulaCell("=" + "+".join(counts), _provided(results))
        municipalities.append(provided)
        told = FormulaCell(count_formula(book.areas[REGISTER], slot.point.id), _documents(slot, results))
        documents.append(provided if slot.due else told)
    writer = RowWriter(book, sheet, columns, bg_color=BAND, bold=True)
    writer.write(MUNICIPALITIES_ROW, municipalities)
    writer.write(DOCUMENTS_ROW, documents)


def _write_matrix(book: Book, sheet: FastSheet, columns: list[TableColumn]) -> None:
    writer = RowWriter(book, sheet, columns, valign="vcenter")
    municipal = [r for r in book.outcome.results if r.ags != LEAD_AGS]
    for row, result in enumerate(municipal, MATRIX_ROW):
        cells = [_cell(e) for e in result.evidence]
        writer.write(row, [result.ags, book.names[result.ags], *cells])


def _cell(result: EvidenceResult) -> StatusCell:
    """``✓ 2 vorgelegt``; the number only where there is one."""
    word = EVIDENCE_WORDS[result.status]
    if result.status in PROVIDED and result.due is None:
        word = replace(word, text=f"{result.count} {word.text}")
    return StatusCell(word, symbol=True)
