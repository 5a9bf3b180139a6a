"""Content of one cell of the report, and the only calls that let xlsxwriter write one.

xlsxwriter returns a number when it has not written something; here that raises CellNotWritten.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from xlsxwriter.worksheet import Worksheet

from pipeline.definitions.words import Word
from pipeline.report.summary.writing.styles import Style
from pipeline.report.summary.writing.texts import read_anew, storable


class CellNotWritten(Exception):  # noqa: N818  - our own fault, named for what it means
    """A cell lies outside the limits of a sheet, or comes too late; the report must not be published."""


@dataclass(frozen=True, slots=True)
class FormulaCell:
    """A live formula with its computed result; ``number``: its own number format."""

    text: str
    result: Fraction | int | str
    number: str = ""


@dataclass(frozen=True, slots=True)
class StatusCell:
    """A status: its word, coloured by its tone, with its symbol if wanted.

    ``link``: a place in this workbook, such as ``Meilensteine!C6``. It is written as a formula, as
    LibreOffice does not wrap the text of a cell with a hyperlink.
    """

    word: Word
    symbol: bool = False
    link: str = ""

    @property
    def text(self) -> str:
        return self.word.label if self.symbol else self.word.text

    @property
    def formula(self) -> str:
        return f'=HYPERLINK("#{self.link}","{self.text}")'


Cell = str | int | Fraction | date | FormulaCell | StatusCell | None


def shown(cell: Cell) -> str:
    """The text that must find room; empty for numbers and dates, which always do."""
    if isinstance(cell, StatusCell):
        return cell.text
    result = result_of(cell)
    return result if isinstance(result, str) else ""


def result_of(cell: Cell) -> str | int | Fraction | date | StatusCell | None:
    return cell.result if isinstance(cell, FormulaCell) else cell


def put(sheet: Worksheet, row: int, column: int, cell: Cell, style: Style) -> None:
    """Writes one cell by the type of its value; text never becomes a formula, number or link."""
    code: int | None
    if isinstance(cell, StatusCell) and cell.link:
        code = sheet.write_formula(row, column, cell.formula, style.format, cell.text)
    elif isinstance(cell, (str, StatusCell)):
        text = text_of(cell)
        code = sheet.write_string(row, column, text, style.quoted if read_anew(text) else style.format)
    elif cell is None:
        code = sheet.write_blank(row, column, None, style.format)
    elif isinstance(cell, FormulaCell):
        code = sheet.write_formula(row, column, cell.text, style.format, stored(cell.result))
    elif isinstance(cell, date):
        code = sheet.write_datetime(row, column, cell, style.format)
    else:
        code = sheet.write_number(row, column, float(cell), style.format)
    if code:
        raise not_written(sheet, row, code)


def put_across(sheet: Worksheet, row: int, first: int, last: int, cell: Cell, style: Style) -> None:
    """Writes one cell across several columns."""
    if last > first:
        code = sheet.merge_range(row, first, row, last, "", style.format)
        if code:
            raise not_written(sheet, row, code)
    put(sheet, row, first, cell, style)


def text_of(cell: str | StatusCell) -> str:
    """The text as a workbook can store it."""
    return storable(cell) if isinstance(cell, str) else cell.text


def stored(result: Fraction | int | str) -> float | str:
    """The result of a formula as a workbook stores it."""
    return float(result) if isinstance(result, Fraction) else result


def not_written(sheet: Worksheet, row: int, code: int) -> CellNotWritten:
    return CellNotWritten(f"{sheet.get_name()}, row {row + 1}: code {code}")
