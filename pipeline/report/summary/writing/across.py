"""Rows whose cells span several columns, for running text on a sheet with the columns of a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.report.summary.writing.cells import Cell, put_across, shown
from pipeline.report.summary.writing.fastsheet import FastSheet
from pipeline.report.summary.writing.heights import lines, row_height
from pipeline.report.summary.writing.paper import CELL_PADDING
from pipeline.report.summary.writing.styles import Style
from pipeline.xlsx.wrapped_text import POINTS_PER_UNIT


@dataclass(frozen=True, slots=True)
class Part:
    """A cell from column ``first`` to column ``last``, both included."""

    first: int
    last: int
    cell: Cell
    style: Style


def write_across(sheet: FastSheet, row: int, parts: Sequence[Part], widths: Sequence[float]) -> int:
    """Writes one row as tall as its tallest text; returns the next row."""
    tallest = 1
    for part in parts:
        put_across(sheet, row, part.first, part.last, part.cell, part.style)
        gaps = (part.last - part.first) * CELL_PADDING / POINTS_PER_UNIT
        tallest = max(tallest, lines(shown(part.cell), sum(widths[part.first : part.last + 1]) + gaps))
    sheet.set_row(row, row_height(tallest))
    return row + 1
