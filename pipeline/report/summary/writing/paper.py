"""The printed page: A4 landscape at a fixed scale, so that no text is smaller than 8 points.

Excel passes over page breaks on a sheet that is fitted to a width, so each sheet has a scale of its own at
which its columns fill the page. ``break_before`` says where tables begin a page.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import ceil, floor

from pipeline.report.summary.writing.fastsheet import FastSheet
from pipeline.report.summary.writing.styles import FONT_SIZE
from pipeline.xlsx.wrapped_text import POINTS_PER_UNIT

RowRange = tuple[int, int]  # first and last, from 0

A4 = 9
SMALLEST_PRINT = 8  # points
POINTS_PER_INCH = 72
WIDTH, HEIGHT = 841.9, 595.3  # of the paper, in points
LEFT, RIGHT, TOP, BOTTOM = 0.25, 0.25, 0.2, 0.35  # margins in inches, as Excel takes them
FOOTER = 0.15  # from the edge of the paper to the footer
CELL_PADDING = 3.75  # 5 pixels more a column
SPARE = 0.94  # LibreOffice makes columns 5 to 6 % wider than Excel
LARGEST_SCALE = ceil(100 * SMALLEST_PRINT / FONT_SIZE)  # more would only take more pages
FOOTER_SPARE = 9  # points
DEFAULT_ROW = 15  # points of a row whose height is not set


def print_scale(widths: Iterable[float]) -> int:
    """Scale in percent at which columns of these widths fit side by side on the page, LARGEST_SCALE at most."""
    total = sum(width * POINTS_PER_UNIT + CELL_PADDING for width in widths)
    room = WIDTH - (LEFT + RIGHT) * POINTS_PER_INCH
    return min(LARGEST_SCALE, floor(100 * room * SPARE / total))


def width_of_page(widths: Sequence[float]) -> float:
    """Width left for one more column beside these, at the largest scale."""
    room = (WIDTH - (LEFT + RIGHT) * POINTS_PER_INCH) * SPARE * 100 / LARGEST_SCALE
    used = sum(width * POINTS_PER_UNIT + CELL_PADDING for width in widths) + CELL_PADDING
    return floor((room - used) / POINTS_PER_UNIT * 4) / 4


def set_paper(sheet: FastSheet, widths: Sequence[float]) -> None:
    """Sets paper, margins and scale of a sheet."""
    sheet.set_paper(A4)
    sheet.set_landscape()
    sheet.set_print_scale(print_scale(widths))
    sheet.set_margins(left=LEFT, right=RIGHT, top=TOP, bottom=BOTTOM)


def not_printed(sheet: FastSheet, columns: int) -> None:
    """Leaves a sheet out when the whole workbook is printed: its print area is one empty cell beside it."""
    sheet.print_area(0, columns + 1, 0, columns + 1)


def page_height(scale: int = LARGEST_SCALE) -> float:
    """Height in points of the rows on a page; less than the paper's, as LibreOffice needs more for the
    footer.
    """
    return (HEIGHT - (TOP + BOTTOM) * POINTS_PER_INCH - FOOTER_SPARE) * 100 / scale


def fits_page(sheet: FastSheet, last: int) -> bool:
    """Whether the rows to ``last`` find room on one page; their heights must be set."""
    return sum(_height(sheet, row) for row in range(last + 1)) <= page_height(sheet.print_scale)


def break_before(
    sheet: FastSheet,
    blocks: Sequence[RowRange],
    always: int | None = None,
    repeated: RowRange | None = None,
    first: int = 0,
) -> None:
    """Page breaks, so that each block of rows (first, last) stays on one page where a page holds it.

    Its row heights must be set. A block that no page holds, and the one that begins at ``always``, begins a new
    one. ``repeated``: the header rows that stand on each page after theirs. ``first``: the first row that is printed.
    """
    sheet.set_h_pagebreaks(list(_breaks(sheet, blocks, always, repeated, first)))


def _breaks(
    sheet: FastSheet, blocks: Sequence[RowRange], always: int | None, repeated: RowRange | None, row: int
) -> Iterator[int]:
    page = _Page(sheet, repeated)
    for first, last in blocks:
        page.add(row, first - 1)
        tall = sum(_height(sheet, n) for n in range(first, last + 1))
        if page.used and (page.used + tall > page.room or first == always):
            yield first
            page.begin(first)
        page.add(first, last)
        row = last + 1


class _Page:
    """How far the present page is filled, row by row, in points."""

    def __init__(self, sheet: FastSheet, repeated: RowRange | None) -> None:
        self._sheet, self._repeated = sheet, repeated
        self._header = sum(_height(sheet, n) for n in range(repeated[0], repeated[1] + 1)) if repeated else 0
        self.begin(0)

    def begin(self, row: int) -> None:
        after = self._repeated is not None and row > self._repeated[1]
        self.used, self.room = 0.0, page_height(self._sheet.print_scale) - (self._header if after else 0)

    def add(self, first: int, last: int) -> None:
        for row in range(first, last + 1):
            height = _height(self._sheet, row)
            if self.used + height > self.room:
                self.begin(row)
            self.used += height


def _height(sheet: FastSheet, row: int) -> float:
    """In points; xlsxwriter keeps pixels."""
    return sheet.row_sizes[row][0] * 0.75 if row in sheet.row_sizes else DEFAULT_ROW
