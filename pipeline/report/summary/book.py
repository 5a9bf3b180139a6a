"""The workbook in the making, and what its sheets share: titles, tables, print set-up, cells."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import Any

import xlsxwriter
from xlsxwriter.exceptions import XlsxWriterException
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pipeline.messages import day
from pipeline.report.summary.heights import lines, row_height
from pipeline.report.summary.proof import Area, Check
from pipeline.report.summary.styles import DATE, NUMBER, PERCENT, Styles
from pipeline.run import Outcome, Submission
from pipeline.sheets import LEAD_AGS
from pipeline.words import Word

A4 = 9
WHOLE_SHEET = "A1:XFD1048576"  # keys are texts on purpose: no green corners
TOO_LONG = -2  # what xlsxwriter answers to a text that Excel cannot hold
TEXT_LIMIT = 32767
CUT = " … [gekürzt: Eine Zelle fasst nicht mehr]"
TITLE_ROW, LEAD_ROW = 0, 1
FILTER_BUTTON = 2.5


@dataclass(frozen=True, slots=True)
class Formula:
    """A live formula with the result that the program has computed; None shows as empty."""

    text: str
    result: Fraction | int | str


@dataclass(frozen=True, slots=True)
class Status:
    """A status as a cell: the plain word, coloured by its tone; with its symbol where asked."""

    word: Word
    symbol: bool = False


Cell = str | int | Fraction | date | Formula | Status | None


@dataclass(frozen=True)
class Column:
    """One column of a table. ``number`` is Excel's number format for what is no text."""

    title: str
    width: float
    align: str = "left"
    number: str = NUMBER


def date_column(title: str) -> Column:
    return Column(title, 10.5, "center", DATE)


def count_column(title: str, width: float = 9) -> Column:
    return Column(title, width, "right", NUMBER)


@dataclass(frozen=True)
class Book:
    """The file being written, what it tells, and its formats."""

    file: xlsxwriter.Workbook
    outcome: Outcome
    styles: Styles
    sheets: dict[str, Worksheet] = field(default_factory=dict)
    areas: dict[str, Area] = field(default_factory=dict)  # where the sheets written so far have their records
    letters: dict[str, tuple[str, ...]] = field(default_factory=dict)  # columns that depend on the rules
    checks: list[Check] = field(default_factory=list)  # what must hold in the finished file

    @cached_property
    def names(self) -> dict[str, str]:
        """AGS → name, the project lead included."""
        rules = self.outcome.rules
        return {m.ags: m.name for m in (rules.lead, *rules.roster)}

    @cached_property
    def accepted(self) -> dict[str, Submission]:
        """AGS → the submission that counts."""
        found = {}
        for submission in self.outcome.submissions:
            ags = submission.workbook.ags
            if ags is not None and submission.state.value == "accepted":
                found[ags] = submission
        return found

    @property
    def municipalities(self) -> int:
        return sum(ags != LEAD_AGS for ags in self.names)


# --- page ---------------------------------------------------------------------------------------------


def lay_page(book: Book, sheet: Worksheet, title: str, texts: Sequence[str], widths: Iterable[float]) -> int:
    """Title in A1, lines of text below, widths, A4 landscape one page wide. Returns the next free row."""
    project, as_of = book.outcome.rules.project, day(book.outcome.as_of)
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width, book.styles.plain)
    sheet.set_row(TITLE_ROW, 26)
    put(sheet, TITLE_ROW, 0, title, book.styles.title)
    for row, text in enumerate(texts, LEAD_ROW):
        put(sheet, row, 0, text, book.styles.lead)
    sheet.set_paper(A4)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    name = project.short_title.replace("&", "&&")
    sheet.set_footer(f"&L&8 {name} · &A&C&8Stichtag {as_of}&R&8Seite &P von &N")
    sheet.hide_gridlines(2)
    sheet.ignore_errors({"number_stored_as_text": WHOLE_SHEET, "formula_differs": WHOLE_SHEET})
    return LEAD_ROW + len(texts)


def keep_header(sheet: Worksheet, first: int, last: int, columns: int = 0) -> None:
    """The header rows stay in sight on the screen and stand on each printed page."""
    sheet.freeze_panes(last + 1, columns)
    sheet.repeat_rows(first, last)


def write_section(book: Book, sheet: Worksheet, row: int, text: str, width: int) -> int:
    """A band across ``width`` columns; returns the next row."""
    sheet.set_row(row, 20)
    put(sheet, row, 0, text, book.styles.section)
    for column in range(1, width):
        sheet.write_blank(row, column, None, book.styles.section)
    return row + 1


# --- tables -------------------------------------------------------------------------------------------


def write_header(book: Book, sheet: Worksheet, row: int, columns: Sequence[Column]) -> int:
    """Returns the next row. Beside each title there is room for the button of the filter."""
    tallest = 1
    for position, column in enumerate(columns):
        put(sheet, row, position, column.title, book.styles.header)
        tallest = max(tallest, lines(column.title, column.width - FILTER_BUTTON))
    sheet.set_row(row, row_height(tallest) + 4)
    return row + 1


def write_rows(
    book: Book, sheet: Worksheet, row: int, columns: Sequence[Column], rows: Iterable[Sequence[Cell]]
) -> int:
    """Records below a header; returns the next free row. Empty cells are framed, but not stored."""
    writer, first = RowWriter(book, sheet, columns, keep_empty=False), row
    for cells in rows:
        writer.write(row, cells)
        row += 1
    if row > first:
        frame = {"type": "blanks", "format": book.styles.frame}
        sheet.conditional_format(first, 0, row - 1, len(columns) - 1, frame)
    return row


class RowWriter:
    """Writes records with formats chosen by column and kind of value, each looked up once."""

    def __init__(
        self, book: Book, sheet: Worksheet, columns: Sequence[Column], *, keep_empty: bool = True, **look: Any
    ) -> None:
        self._keep_empty = keep_empty
        self._sheet, self._columns, self._styles, self._look = sheet, columns, book.styles, look
        self._formats: dict[tuple[int, object], Format] = {}

    def write(self, row: int, cells: Sequence[Cell]) -> None:
        tallest = 1
        for column, cell in enumerate(cells):
            if cell is None and not self._keep_empty:
                continue
            put(self._sheet, row, column, cell, self._format(column, cell))
            if isinstance(cell, (str, Status, Formula)):
                tallest = max(tallest, lines(shown(cell), self._columns[column].width))
        self._sheet.set_row(row, row_height(tallest))

    def _format(self, column: int, cell: Cell) -> Format:
        kind = cell.word.tone if isinstance(cell, Status) else type(_result(cell))
        known = self._formats.get((column, kind))
        if known is None:
            known = self._formats[column, kind] = self._new_format(self._columns[column], cell)
        return known

    def _new_format(self, column: Column, cell: Cell) -> Format:
        look = {"align": column.align} | self._look
        if isinstance(cell, Status):
            return self._styles.status(cell.word.tone, **look)
        result = _result(cell)
        if isinstance(result, (int, Fraction, date)):
            look["num_format"] = PERCENT if isinstance(result, Fraction) else column.number
        elif column.align == "right":
            look["indent"] = 1
        return self._styles.cell(**look)


def shown(cell: Cell) -> str:
    """The text that must find room; a number or a date always does."""
    if isinstance(cell, Status):
        return cell.word.label
    result = cell.result if isinstance(cell, Formula) else cell
    return result if isinstance(result, str) else ""


def _result(cell: Cell) -> str | int | Fraction | date | Status | None:
    return cell.result if isinstance(cell, Formula) else cell


# --- cells --------------------------------------------------------------------------------------------


def put(sheet: Worksheet, row: int, column: int, cell: Cell, style: Format) -> None:
    """Writes one cell by the kind of its value; a text is never read as a formula, number or link."""
    code: int | None = 0
    if isinstance(cell, Status):
        code = sheet.write_string(row, column, cell.word.label if cell.symbol else cell.word.text, style)
    elif isinstance(cell, str):
        code = _put_text(sheet, row, column, cell, style)
    elif cell is None:
        code = sheet.write_blank(row, column, None, style)
    elif isinstance(cell, Formula):
        result = float(cell.result) if isinstance(cell.result, Fraction) else cell.result
        code = sheet.write_formula(row, column, cell.text, style, result)
    elif isinstance(cell, date):
        code = sheet.write_datetime(row, column, cell, style)
    else:
        code = sheet.write_number(row, column, float(cell) if isinstance(cell, Fraction) else cell, style)
    if code:
        raise XlsxWriterException(f"{sheet.get_name()}, row {row + 1}, column {column + 1}: code {code}")


def _put_text(sheet: Worksheet, row: int, column: int, text: str, style: Format) -> int | None:
    """Parts of a file name that are no text, and what a cell cannot hold, are shown as such."""
    clean = _storable(text)
    code: int | None = sheet.write_string(row, column, clean, style)
    if code == TOO_LONG:
        code = sheet.write_string(row, column, clean[: TEXT_LIMIT - len(CUT)] + CUT, style)
    return code


def _storable(text: str) -> str:
    """Lone surrogates (file names in an unknown encoding) and non-characters cannot stand in XML."""
    if text.isascii():
        return text
    shown = text.encode("utf-8", "backslashreplace").decode()
    return shown.replace("\ufffe", "�").replace("\uffff", "�")
