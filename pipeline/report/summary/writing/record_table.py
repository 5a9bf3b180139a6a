"""Tables: a header and records below it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import ceil
from typing import Any, Protocol

from pipeline.definitions.palette import NAVY
from pipeline.report.summary.writing.cells import (
    Cell,
    FormulaCell,
    StatusCell,
    not_written,
    put,
    result_of,
    shown,
    stored,
    text_of,
)
from pipeline.report.summary.writing.fastsheet import FastSheet
from pipeline.report.summary.writing.heights import lines, points, row_height
from pipeline.report.summary.writing.styles import DATE, NUMBER, PERCENT, Style, Styles
from pipeline.report.summary.writing.texts import read_anew
from pipeline.xlsx.addresses import column_letters
from pipeline.xlsx.wrapped_text import MARGIN_POINTS as CELL_MARGIN
from pipeline.xlsx.wrapped_text import POINTS_PER_UNIT, SHORT

FILTER_BUTTON = 2.5
_KEPT = frozenset(
    (str, StatusCell, date, int)
)  # not Fraction: 1/1 is as good a key as 1, and looks otherwise
_MOST_KEPT = 20_000  # of one column, so that what comes again is measured and formatted once
_Xml = tuple[str, int, bool]  # a cell in any row, its lines, whether it is a text


@dataclass(frozen=True)
class TableColumn:
    """One column of a table. ``number``: Excel number format of values that are no text.

    ``aside``: on the screen only, right of the printed columns, each text on one line. ``linked``: its cells
    link to another sheet and look like it.
    """

    title: str
    width: float
    align: str = "left"
    number: str = NUMBER
    aside: bool = False
    linked: bool = False


def printed(columns: Sequence[TableColumn]) -> int:
    """Number of printed columns: those before the first ``aside`` one."""
    return sum(not column.aside for column in columns)


def date_column(title: str) -> TableColumn:
    return TableColumn(title, 9.25, "center", DATE)


def count_column(title: str, width: float = 9) -> TableColumn:
    return TableColumn(title, width, "right", NUMBER)


class Styled(Protocol):
    """The part of a book that a table needs."""

    @property
    def styles(self) -> Styles: ...


def write_header(book: Styled, sheet: FastSheet, row: int, columns: Sequence[TableColumn]) -> int:
    """Writes the header; returns the next row. Titles leave room for the button of the filter."""
    tallest = 1
    for position, column in enumerate(columns):
        put(sheet, row, position, column.title, book.styles.header)
        tallest = max(tallest, lines(column.title, column.width - FILTER_BUTTON))
    sheet.set_row(row, row_height(tallest) + 2)
    return row + 1


def mark_table(sheet: FastSheet, name: str, header: int, end: int, columns: Sequence[TableColumn]) -> None:
    """Makes header and records an Excel table with filter buttons; ``end`` is the row after the last record.

    It is named ``Tabelle_`` and ``name``.
    """
    plain = "".join(c if c.isalnum() else "_" for c in name)
    sheet.mark_table(f"Tabelle_{plain}", header, max(header + 2, end) - 1, [c.title for c in columns])


def first_width(names: Iterable[str], least: float, most: float) -> float:
    """Width of a column for these names, so that most stand on one line."""
    widest = max((points(name) for name in names), default=0.0)
    return min(most, max(least, ceil((widest + CELL_MARGIN) / POINTS_PER_UNIT * 4) / 4))


def write_rows(
    book: Styled, sheet: FastSheet, row: int, columns: Sequence[TableColumn], rows: Iterable[Sequence[Cell]]
) -> int:
    """Writes records below a header; returns the next free row. Empty cells are framed, but not stored."""
    writer, first = RowWriter(book, sheet, columns, keep_empty=False), row
    for cells in rows:
        writer.write(row, cells)
        row += 1
    frame_empty(book, sheet, first, row, len(columns))
    return row


def frame_empty(book: Styled, sheet: FastSheet, first: int, end: int, width: int) -> None:
    """Frames empty cells by a conditional format, so that they need not be stored."""
    if end > first:
        frame = {"type": "blanks", "format": book.styles.frame}
        sheet.conditional_format(first, 0, end - 1, width - 1, frame)


def _own_number(cell: Cell) -> str:
    return cell.number if isinstance(cell, FormulaCell) else ""


class RowWriter:
    """Writes records. Format and height are computed once per column and kind of value or text.

    ``charted``: writes cell by cell, as xlsxwriter reads the values that a chart shows from its cells.
    """

    def __init__(
        self,
        book: Styled,
        sheet: FastSheet,
        columns: Sequence[TableColumn],
        *,
        keep_empty: bool = True,
        charted: bool = False,
        **look: Any,
    ) -> None:
        self._keep_empty, self._charted = keep_empty, charted
        self._sheet, self._columns, self._styles, self._look = sheet, columns, book.styles, look
        self._known: dict[tuple[int, object], Style] = {}
        self._kept: list[dict[Cell, _Xml]] = [{} for _ in columns]
        self._places = tuple(enumerate(self._kept))

    def write(self, row: int, cells: Sequence[Cell]) -> None:
        tallest = self._put(row, cells) if self._charted else self._write(row, cells)
        self._sheet.set_row(row, row_height(tallest))

    def _put(self, row: int, cells: Sequence[Cell]) -> int:
        for column, cell in enumerate(cells):
            put(self._sheet, row, column, cell, self._style(column, cell))
        return max(self._lines(column, cell) for column, cell in enumerate(cells))

    def _write(self, row: int, cells: Sequence[Cell]) -> int:
        """Writes a record; returns the number of lines of its tallest cell."""
        tallest, again = 1, 0
        record = []
        for (column, kept), cell in zip(self._places, cells, strict=False):
            if cell is None and not self._keep_empty:
                continue
            found = kept.get(cell) if cell.__class__ in _KEPT else None
            if found is None:
                xml, count, _ = self._cell(column, cell)
            else:
                xml, count, is_text = found
                again += is_text
            if count > 1:
                tallest = max(tallest, count)
            record.append(xml)
        if code := self._sheet.write_record(row, record, again):
            raise not_written(self._sheet, row, code)
        return tallest

    def _cell(self, column: int, cell: Cell) -> _Xml:
        """A cell in any row, and how many lines it takes; short texts, days and counts come again."""
        is_text = isinstance(cell, str | StatusCell)
        xml = self._sheet.at(column_letters(column + 1), self._xml(cell, self._style(column, cell)))
        found = (xml, self._lines(column, cell), is_text)
        kept = self._kept[column]
        if cell.__class__ in _KEPT and len(shown(cell)) <= SHORT:
            if len(kept) >= _MOST_KEPT:
                kept.clear()
            kept[cell] = found
        return found

    def _xml(self, cell: Cell, style: Style) -> str:
        sheet, plain = self._sheet, style.format
        match cell:
            case StatusCell() if cell.link:
                return sheet.of_formula(cell.formula, cell.text, plain)
            case str() | StatusCell():
                text = text_of(cell)
                return sheet.of_text(text, style.quoted if read_anew(text) else plain)
            case None:
                return sheet.of_nothing(plain)
            case date():
                return sheet.of_date(cell, plain)
            case FormulaCell():
                return sheet.of_formula(cell.text, stored(cell.result), plain)
            case _:
                return sheet.of_number(float(cell), plain)

    def _lines(self, column: int, cell: Cell) -> int:
        text = shown(cell)
        if not text or self._columns[column].aside:
            return 1
        return lines(text, self._columns[column].width)

    def _style(self, column: int, cell: Cell) -> Style:
        kind = cell.word.tone if isinstance(cell, StatusCell) else (type(result_of(cell)), _own_number(cell))
        known = self._known.get((column, kind))
        if known is None:
            known = self._known[column, kind] = self._new_style(self._columns[column], cell)
        return known

    def _new_style(self, column: TableColumn, cell: Cell) -> Style:
        look = {"align": column.align, "text_wrap": not column.aside} | self._look
        if column.linked:
            look |= {"underline": 1, "font_color": NAVY}
        if isinstance(cell, StatusCell):
            return self._styles.status(cell.word.tone, **look)
        result = result_of(cell)
        if isinstance(result, (int, Fraction, date)):
            look["num_format"] = _own_number(cell) or (
                PERCENT if isinstance(result, Fraction) else column.number
            )
        elif column.align == "right":
            look["indent"] = 1
        return self._styles.cell(**look)
