"""Sheet Nachweise: evidence points × municipalities with status and number, then the register.

A point with deadlines of its own (N3.1) has a column for each. The project's two rows count live: the
municipalities in the matrix, the documents in the register below it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from pipeline.definitions.messages import day
from pipeline.definitions.model import Status as St
from pipeline.definitions.results import EvidenceResult
from pipeline.definitions.sheets import LEAD_AGS
from pipeline.definitions.words import EVIDENCE_WORDS
from pipeline.report.summary.documentation.register import Register, columns_of, register_rows
from pipeline.report.summary.tracing.proof import ReportInconsistent
from pipeline.report.summary.writing.book import LEAD_ROW, Book, keep_header, lay_page, write_section
from pipeline.report.summary.writing.cells import Cell, Formula, Status, merge, put
from pipeline.report.summary.writing.fastsheet import FastSheet
from pipeline.report.summary.writing.growing import ReportedMunicipality, Spool, StreamedTable
from pipeline.report.summary.writing.styles import BAND, NUMBER
from pipeline.report.summary.writing.table import Column, RowWriter
from pipeline.rules import EvidencePoint
from pipeline.xlsx.addresses import column_letters
from pipeline.xlsx.formulas import pattern

HEAD = (Column("AGS", 10), Column("Kommune", 21))
WIDTHS = (10.5, 14, 22, 10.5, 16, 12.5, 18)  # the register's columns; the matrix stands in them as well
WIDTH = 9.2
LINES = (
    "Oben: Zahl der Dokumente je Kommune und Nachweispunkt mit Status; was die Nachweispunkte verlangen, steht in den "
    "Blättern „Maßnahme“. Darunter: das Verzeichnis der Nachweise aller Kommunen.",
    "Bei mehreren Fristen dient das nach Datum erste Dokument der ersten Frist, das zweite der zweiten. „Zählt“: Das "
    "Dokument nennt einen Nachweispunkt und ist bis zum Tag der Daten datiert; die der Projektleitung zählen für keine Kommune.",
)
HEADER_ROW = LEAD_ROW + len(LINES)
MUNICIPALITIES_ROW, DOCUMENTS_ROW, MATRIX_ROW = HEADER_ROW + 3, HEADER_ROW + 4, HEADER_ROW + 5
PROVIDED = (St.PROVIDED, St.PROVIDED_LATE)
REGISTER = "Verzeichnis der Nachweise"


@dataclass(frozen=True, slots=True)
class Slot:
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
        return f"{self.number}. Frist\n{day(self.due)}" if self.due else "ohne Frist"


def slots(book: Book) -> list[Slot]:
    """In the order of every municipality's evidence results."""
    rules = book.outcome.rules
    found: list[Slot] = []
    for point in rules.evidence:
        for number, months in enumerate(point.months or (0,), 1):
            found.append(Slot(len(found), point, number, rules.month_end(months) if months else None))
    return found


def results_of(book: Book, slot: Slot) -> list[EvidenceResult]:
    return [r.evidence[slot.position] for r in book.outcome.results if r.ags != LEAD_AGS]


def provided_of(book: Book, slot: Slot) -> Formula:
    """``3 von 8 Kommunen vorgelegt``, from the count in this sheet."""
    rest = f" von {book.municipalities} Kommunen {EVIDENCE_WORDS[St.PROVIDED].text}"
    return Formula(
        f'=Nachweise!${slot.letter}${MUNICIPALITIES_ROW + 1}&"{rest}"',
        f"{_provided(results_of(book, slot))}{rest}",
    )


def documents_of(book: Book, slot: Slot) -> Formula:
    """The number of documents, from the count in this sheet."""
    return Formula(f"=Nachweise!${slot.letter}${DOCUMENTS_ROW + 1}", _documents(results_of(book, slot)))


def counts_of(book: Book, slot: Slot) -> Counter[St]:
    return Counter(r.status for r in results_of(book, slot))


def _provided(results: list[EvidenceResult]) -> int:
    return sum(r.status in PROVIDED for r in results)


def _documents(results: list[EvidenceResult]) -> int:
    return sum(r.count or 0 for r in results)


# --- sheet --------------------------------------------------------------------------------------------


class EvidenceSheet:
    """The documents are counted above the register, so they wait until the last municipality has been."""

    def __init__(self, book: Book, sheet: FastSheet) -> None:
        self._book, self._sheet, self._documents = book, sheet, Spool()

    def add(self, municipality: ReportedMunicipality) -> None:
        self._documents.add(register_rows(self._book, municipality))

    def close(self, book: Book) -> None:
        _write_evidence(book, self._sheet, self._documents)


def _write_evidence(book: Book, sheet: FastSheet, documents: Spool) -> None:
    columns = [*HEAD, *_columns(max(len(slots(book)), len(WIDTHS)))]
    title = f"Nachweise – {book.outcome.rules.project.short_title}"
    lay_page(book, sheet, title, LINES, (c.width for c in columns))
    _write_header(book, sheet)
    keep_header(sheet, HEADER_ROW, HEADER_ROW + 2, len(HEAD))
    end = MATRIX_ROW + max(1, book.municipalities)
    register = Register(StreamedTable.plan(sheet.get_name(), end + 2, documents.count))
    _write_project(book, sheet, columns, end, register)
    _write_matrix(book, sheet, columns)
    sheet.set_h_pagebreaks([end + 1])  # the register begins a page, where the program heeds it
    row = write_section(book, sheet, end + 1, REGISTER, len(columns))
    table = StreamedTable(book, sheet, row, columns_of(columns))
    table.write(documents)
    table.close()
    if tuple(table.area.parts()) != register.areas:
        raise ReportInconsistent(REGISTER)


def _columns(count: int) -> list[Column]:
    widths = (*WIDTHS, *[WIDTH] * (count - len(WIDTHS)))
    return [Column("", width, "center", NUMBER) for width in widths]


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
    sheet.set_row(HEADER_ROW + 2, 26)


def _write_project(book: Book, sheet: FastSheet, columns: list[Column], end: int, register: Register) -> None:
    municipalities: list[Cell] = ["Projekt", f"Kommunen mit Nachweis (von {book.municipalities})"]
    documents: list[Cell] = ["Projekt", "Dokumente"]
    for slot in slots(book):
        results = results_of(book, slot)
        cells = f"{slot.letter}${MATRIX_ROW + 1}:{slot.letter}${end}"
        symbols = [pattern(f"{EVIDENCE_WORDS[s].symbol} ", after="*") for s in PROVIDED]
        counts = [f"COUNTIF({cells},{symbol})" for symbol in symbols]
        municipalities.append(Formula("=" + "+".join(counts), _provided(results)))
        documents.append(Formula(register.count_formula(slot.point.id), _documents(results)))
    writer = RowWriter(book, sheet, columns, bg_color=BAND, bold=True)
    writer.write(MUNICIPALITIES_ROW, municipalities)
    writer.write(DOCUMENTS_ROW, documents)


def _write_matrix(book: Book, sheet: FastSheet, columns: list[Column]) -> None:
    writer = RowWriter(book, sheet, columns, valign="vcenter")
    municipal = [r for r in book.outcome.results if r.ags != LEAD_AGS]
    for row, result in enumerate(municipal, MATRIX_ROW):
        cells = [_cell(e) for e in result.evidence]
        writer.write(row, [result.ags, book.names[result.ags], *cells])


def _cell(result: EvidenceResult) -> Status:
    """``✓ 2 vorgelegt``; the number only where there is one."""
    word = EVIDENCE_WORDS[result.status]
    if result.status in PROVIDED and result.due is None:
        word = replace(word, text=f"{result.count} {word.text}")
    return Status(word, symbol=True)
