"""Fills a blank template as a person would: values into the cells under the headers.

Used by migrating and merging, and by the demo, the tests and the benchmarks for their inputs.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Any

import openpyxl
from openpyxl.cell import Cell, MergedCell
from openpyxl.styles.numbers import is_date_format
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.definitions.sheet_types import Sheet, WorkbookKind
from pipeline.definitions.sheets import FORM_TITLE, RULE_EVIDENCE, RULE_FULFILLED, RULE_NOTE, RULE_NR

Row = Mapping[str, Any]


class Literal(str):
    """A text that is written as text even if it looks like a formula or an error value."""

    __slots__ = ()


class LinkedText(Literal):
    """A text with a hyperlink to ``target``."""

    __slots__ = ("target",)
    target: str

    def __new__(cls, text: str, target: str) -> LinkedText:
        self = super().__new__(cls, text)
        self.target = target
        return self


@dataclass
class Entry:
    """The input cells of a prefilled row: Erfüllt am, Nachweis-Nr., Erläuterung."""

    on: Any = None
    evidence: Any = None
    note: Any = None


@dataclass
class Content:
    """Content of a workbook: form values by label, records by sheet, entries by rule number."""

    form: dict[str, Any] = field(default_factory=dict)
    tables: dict[str, Sequence[Row]] = field(default_factory=dict)
    entries: dict[str, Entry] = field(default_factory=dict)


def fill(template: bytes, kind: WorkbookKind, content: Content) -> bytes:
    """The template with the content in its cells. Raises KeyError for a missing header (a fault of ours)."""
    book = openpyxl.load_workbook(io.BytesIO(template))
    _fill_form(book[FORM_TITLE], content.form)
    for title, rows in content.tables.items():
        _fill_table(book[title], kind.table(title), rows)
    for sheet in kind.tables:
        if sheet.prefill:
            _fill_entries(book[sheet.title], sheet, content.entries)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _plain(value: Any) -> str:
    return str(value or "").rstrip("*").strip()


def _fill_form(sheet: Worksheet, values: Mapping[str, Any]) -> None:
    rows = {_plain(cell.value): cell.row for cell in sheet["A"]}
    for label, value in values.items():
        _put(sheet, rows[label], 2, value)


def find_header(sheet: Worksheet, names: Iterable[str]) -> tuple[int, dict[str, int]]:
    """(Excel row, header → column number) of the row that holds these headers."""
    wanted = set(names)
    for row in sheet.iter_rows(max_row=50):
        found = {_plain(cell.value): cell.column for cell in row if _plain(cell.value) in wanted}
        if found.keys() == wanted and row[0].row:
            return row[0].row, {name: column for name, column in found.items() if column}
    raise KeyError(sheet.title)


def _fill_table(sheet: Worksheet, definition: Sheet, rows: Iterable[Row]) -> None:
    header, columns = find_header(sheet, definition.names)
    for position, row in enumerate(rows, start=header + 1):
        for name, value in row.items():
            _put(sheet, position, columns[name], value)


def _fill_entries(sheet: Worksheet, definition: Sheet, entries: Mapping[str, Entry]) -> None:
    header, columns = find_header(sheet, definition.names)
    for row in range(header + 1, sheet.max_row + 1):
        entry = entries.get(str(sheet.cell(row, columns[RULE_NR.name]).value))
        if entry:
            _put(sheet, row, columns[RULE_FULFILLED.name], entry.on)
            _put(sheet, row, columns[RULE_EVIDENCE.name], entry.evidence)
            _put(sheet, row, columns[RULE_NOTE.name], entry.note)


def _put(sheet: Worksheet, row: int, column: int, value: Any) -> None:
    if value is None:
        return
    cell = sheet.cell(row, column)
    assert not isinstance(cell, MergedCell)
    if not cell.has_style:
        _format_like_column(sheet, cell)
    looks = cell.number_format
    cell.value = value
    if isinstance(value, Literal):
        cell.data_type = "s"
    if isinstance(value, LinkedText):
        cell.hyperlink = value.target
    cell.number_format = _number_format(looks, cell.number_format, value)


def _number_format(template: str, own: str, value: Any) -> str:
    """The template's number format, unless it would show a date as a number or a number as a date.

    ``own``: the format that openpyxl gave the cell for this kind of value.
    """
    if template == "General" or isinstance(value, time | timedelta):
        return own
    if isinstance(value, date) and not is_date_format(template):
        return own
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return "General" if is_number and is_date_format(template) else template


def _format_like_column(sheet: Worksheet, cell: Cell) -> None:
    """Gives a new cell the format of its column, as a spreadsheet program does and openpyxl does not.

    Neighbouring columns of one format share an entry. There is no public way to take a whole format, and
    copying it aspect by aspect costs a millisecond a cell.
    """
    for column in sheet.column_dimensions.values():
        if column.min and column.max and column.min <= cell.column <= column.max:
            cell._style = copy(column._style)  # type: ignore[attr-defined]
