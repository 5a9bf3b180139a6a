"""The printed page: A4 landscape at a fixed scale, so that no text is smaller than 8 points.

Excel passes over page breaks on a sheet that is fitted to a width, so each sheet has a scale of its own at
which its columns fill the page. ``break_before`` says where tables begin a page.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import floor

from pipeline.report.summary.writing.fastsheet import FastSheet
from pipeline.xlsx.heights import POINTS_PER_UNIT

A4 = 9
POINTS_PER_INCH = 72
WIDTH, HEIGHT = 841.9, 595.3  # of the paper, in points
LEFT, RIGHT, TOP, BOTTOM = 0.25, 0.25, 0.3, 0.45  # margins in inches, as Excel takes them
CELL_PADDING = 3.75  # 5 pixels more a column
SPARE = 0.945  # LibreOffice makes columns 5 % wider than Excel
DEFAULT_ROW = 15  # points of a row whose height is not set


def print_scale(widths: Iterable[float]) -> int:
    """Per cent at which columns of these widths stand side by side on the page, 100 at most."""
    total = sum(width * POINTS_PER_UNIT + CELL_PADDING for width in widths)
    room = WIDTH - (LEFT + RIGHT) * POINTS_PER_INCH
    return min(100, floor(100 * room * SPARE / total))


def set_paper(sheet: FastSheet, widths: Sequence[float]) -> None:
    sheet.set_paper(A4)
    sheet.set_landscape()
    sheet.set_print_scale(print_scale(widths))
    sheet.set_margins(left=LEFT, right=RIGHT, top=TOP, bottom=BOTTOM)


def not_printed(sheet: FastSheet, columns: int) -> None:
    """Leaves a sheet out when the whole workbook is printed: its print area is one empty cell beside it."""
    sheet.print_area(0, columns + 1, 0, columns + 1)


def break_before(sheet: FastSheet, blocks: Sequence[tuple[int, int]], always: int | None = None) -> None:
    """Page breaks, so that each block of rows (first, last) stays on one page where a page holds it.

    Its row heights must be set. A block that no page holds, and the one that begins at ``always``, begins a new one.
    """
    sheet.set_h_pagebreaks(list(_breaks(sheet, blocks, always)))


def _breaks(sheet: FastSheet, blocks: Sequence[tuple[int, int]], always: int | None) -> Iterator[int]:
    page = (HEIGHT - (TOP + BOTTOM) * POINTS_PER_INCH) * SPARE * 100 / sheet.print_scale
    used, row = 0.0, 0
    for first, last in blocks:
        for before in range(row, first):
            used = _after(used, _height(sheet, before), page)
        tall = sum(_height(sheet, n) for n in range(first, last + 1))
        if used and (used + tall > page or first == always):
            yield first
            used = 0.0
        for within in range(first, last + 1):
            used = _after(used, _height(sheet, within), page)
        row = last + 1


def _after(used: float, height: float, page: float) -> float:
    return height if used + height > page else used + height


def _height(sheet: FastSheet, row: int) -> float:
    """In points; xlsxwriter keeps pixels."""
    return sheet.row_sizes[row][0] * 0.75 if row in sheet.row_sizes else DEFAULT_ROW
