"""Rows whose cells reach across several columns: running text on a sheet whose columns serve a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pipeline.report.summary.book import Cell, put, shown
from pipeline.report.summary.heights import lines, row_height


@dataclass(frozen=True, slots=True)
class Part:
    """A cell from column ``first`` to column ``last``, both included."""

    first: int
    last: int
    cell: Cell
    style: Format


def write_across(sheet: Worksheet, row: int, parts: Sequence[Part], widths: Sequence[float]) -> int:
    """Writes one row, as tall as its tallest text; returns the next row."""
    tallest = 1
    for part in parts:
        if part.last > part.first:
            sheet.merge_range(row, part.first, row, part.last, "", part.style)
        put(sheet, row, part.first, part.cell, part.style)
        tallest = max(tallest, lines(shown(part.cell), sum(widths[part.first : part.last + 1])))
    sheet.set_row(row, row_height(tallest))
    return row + 1
