"""Sheet Nachweise: evidence points × municipalities with status and number of documents.

A point with several deadlines (N3.1) has a column for each, and a document counts for one of them. The
project's two rows below are live formulas: over the matrix, and over the sheet Nachweisregister.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from pipeline.definitions.model import Status
from pipeline.definitions.palette import BAND
from pipeline.definitions.results import EvidenceResult
from pipeline.definitions.sheets import LEAD_AGS
from pipeline.definitions.words import EVIDENCE_WORDS, PROJECT
from pipeline.report.summary.documentation.register import TITLE as REGISTER
from pipeline.report.summary.documentation.register import count_formula
from pipeline.report.summary.writing.book import LEAD_ROW, Book, keep_header, lay_page
from pipeline.report.summary.writing.cells import Cell, FormulaCell, StatusCell, put, put_across
from pipeline.report.summary.writing.fastsheet import FastSheet
from pipeline.report.summary.writing.record_table import RowWriter, TableColumn, mark_table, write_header
from pipeline.report.summary.writing.styles import NUMBER
from pipeline.rules import EvidencePoint
from pipeline.xlsx.addresses import column_letters
from pipeline.xlsx.formulas import substring_criterion

FIRST_COLUMNS = (TableColumn("AGS", 8.25), TableColumn("Kommune", 11.75))
WIDTH = 7.55
LINES = (
    "Zahl der Dokumente je Kommune und Nachweispunkt mit Status; was die Nachweispunkte verlangen, steht in den "
    "Blättern „Maßnahme“, welche Dokumente es sind, im Blatt Nachweisregister.",
    "Bei mehreren Fristen dient das nach Datum erste Dokument der ersten Frist, das zweite der zweiten: Jedes Dokument "
    "zählt für eine Frist.",
)
HEADER_ROW = LEAD_ROW + len(LINES)
MATRIX_ROW = HEADER_ROW + 2
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
        return column_letters(len(FIRST_COLUMNS) + self.position + 1)

    @property
    def title(self) -> str:
        """``N1.1``, or ``N3.1 1. Frist 30.09.26``."""
        return f"{self.point.id} {self.number}. Frist {self.due:%d.%m.%y}" if self.due else self.point.id


def slots(book: Book) -> list[EvidenceDeadline]:
    """The columns of the matrix, in the order of every municipality's evidence results."""
    rules = book.outcome.rules
    found: list[EvidenceDeadline] = []
    for point in rules.evidence:
        for number, months in enumerate(point.months or (0,), 1):
            found.append(
                EvidenceDeadline(len(found), point, number, rules.month_end(months) if months else None)
            )
    return found


def results_of(book: Book, slot: EvidenceDeadline) -> list[EvidenceResult]:
    """All municipalities' results of a column."""
    return [r.evidence[slot.position] for r in book.outcome.results if r.ags != LEAD_AGS]


def _sums_row(book: Book) -> int:
    """Row of the project: municipalities with a document; the row below counts documents."""
    return MATRIX_ROW + max(1, book.municipalities)


def provided_of(book: Book, slot: EvidenceDeadline) -> FormulaCell:
    """``3 von 8 vorgelegt``, counted in this sheet."""
    rest = f" von {book.municipalities} {EVIDENCE_WORDS[Status.PROVIDED].text}"
    return FormulaCell(
        f'=Nachweise!${slot.letter}${_sums_row(book) + 1}&"{rest}"',
        f"{_provided(results_of(book, slot))}{rest}",
    )


def documents_of(book: Book, slot: EvidenceDeadline) -> FormulaCell:
    """The number of documents, counted in this sheet."""
    return FormulaCell(
        f"=Nachweise!${slot.letter}${_sums_row(book) + 2}", _documents(slot, results_of(book, slot))
    )


def counts_of(book: Book, slot: EvidenceDeadline) -> Counter[Status]:
    return Counter(r.status for r in results_of(book, slot))


def _provided(results: list[EvidenceResult]) -> int:
    return sum(r.status in PROVIDED for r in results)


def _documents(slot: EvidenceDeadline, results: list[EvidenceResult]) -> int:
    """Number of documents: one per municipality for a deadline, all for a point without deadlines."""
    return _provided(results) if slot.due else sum(r.count or 0 for r in results)


# --- sheet --------------------------------------------------------------------------------------------


def write_evidence(book: Book, sheet: FastSheet) -> None:
    found = slots(book)
    columns = [*FIRST_COLUMNS, *(TableColumn(slot.title, WIDTH, "center", NUMBER) for slot in found)]
    title = f"Nachweise – {book.outcome.rules.project.short_title}"
    lay_page(book, sheet, title, LINES, (c.width for c in columns))
    _write_measures(book, sheet, found)
    write_header(book, sheet, HEADER_ROW + 1, columns)
    keep_header(sheet, HEADER_ROW, HEADER_ROW + 1, len(FIRST_COLUMNS))
    _write_matrix(book, sheet, columns)
    mark_table(sheet, "Nachweise", HEADER_ROW + 1, _sums_row(book), columns)
    _write_project(book, sheet, columns)


def _write_measures(book: Book, sheet: FastSheet, found: list[EvidenceDeadline]) -> None:
    """Header row with each measure above its evidence points."""
    by_point = {p.id: f"{m.number} {m.title}" for m in book.outcome.rules.measures for p in m.evidence}
    for column in range(len(FIRST_COLUMNS)):
        put(sheet, HEADER_ROW, column, None, book.styles.header)
    for measure, group in groupby(found, key=lambda s: by_point[s.point.id]):
        columns = [len(FIRST_COLUMNS) + s.position for s in group]
        put_across(sheet, HEADER_ROW, columns[0], columns[-1], measure, book.styles.centred)


def _write_project(book: Book, sheet: FastSheet, columns: list[TableColumn]) -> None:
    municipalities: list[Cell] = [PROJECT, f"Kommunen mit Nachweis (von {book.municipalities})"]
    documents: list[Cell] = [PROJECT, "Dokumente"]
    end = _sums_row(book)
    for slot in slots(book):
        results = results_of(book, slot)
        cells = f"{slot.letter}${MATRIX_ROW + 1}:{slot.letter}${end}"
        symbols = [substring_criterion(f"{EVIDENCE_WORDS[s].symbol} ", after="*") for s in PROVIDED]
        counts = [f"COUNTIF({cells},{symbol})" for symbol in symbols]
        provided = FormulaCell("=" + "+".join(counts), _provided(results))
        municipalities.append(provided)
        counted = FormulaCell(count_formula(book.areas[REGISTER], slot.point.id), _documents(slot, results))
        documents.append(provided if slot.due else counted)
    writer = RowWriter(book, sheet, columns, bg_color=BAND, bold=True)
    for row, cells_of_row in enumerate((municipalities, documents), end):
        writer.write(row, cells_of_row)


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
