"""Several tables on the sheet Dokumentation, each with its own header on every printed page.

A sheet repeats one header when printed. So the longest table stands last and has its header repeated; the
others are written in parts of one page each.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from pipeline.definitions.palette import BAND
from pipeline.definitions.words import PROJECT
from pipeline.report.summary.writing.book import Book, leave_gap, write_section
from pipeline.report.summary.writing.cells import Cell, FormulaCell, put, shown
from pipeline.report.summary.writing.fastsheet import FastSheet
from pipeline.report.summary.writing.heights import lines, row_height
from pipeline.report.summary.writing.paper import RowRange, page_height
from pipeline.report.summary.writing.record_table import RowWriter, TableColumn, mark_table, write_header
from pipeline.xlsx.addresses import column_letters

WIDTHS = (19.75, 10.75, 10.75, 13.5, 18, 17.75, 23.5, 20, 10.25, 10.25)
NO_RECORDS, GOES_ON = "keine Einträge", "Fortsetzung"
SECTION_AND_HEADER = 60  # points, at most
ROWS_KEPT_TOGETHER = 6  # rows that stay together where a table begins that goes on over pages


@dataclass(frozen=True, slots=True)
class PagedTable:
    """A table. ``has_sum``: its last record holds sums. ``part``: number of this part, from 1."""

    title: str
    columns: Sequence[TableColumn]
    records: Sequence[Sequence[Cell]]
    has_sum: bool = False
    part: int = 1

    @property
    def heading(self) -> str:
        return self.title if self.part == 1 else f"{self.title} – {GOES_ON}"

    @property
    def name(self) -> str:
        """``Dokumentation_Kontakte``, with a number from the second part on."""
        more = f"_{self.part}" if self.part > 1 else ""
        return f"Dokumentation_{self.title.split()[0]}{more}"


def write_in_pages(
    book: Book, sheet: FastSheet, row: int, tables: Iterable[PagedTable]
) -> tuple[int, list[RowRange]]:
    """Writes the tables in parts that fit a page; returns the next free row and the rows of each part."""
    blocks: list[RowRange] = []
    for table in tables:
        first = row
        for part in _parts(table):
            end = write_part(book, sheet, row, part, first)
            blocks.append((row, end - 2))
            row = end
    return row, blocks


def _parts(table: PagedTable) -> Iterator[PagedTable]:
    """The table in parts of one page; only the last has the sums."""
    room, part, used = page_height() - SECTION_AND_HEADER, 1, 0.0
    found: list[Sequence[Cell]] = []
    for cells in table.records:
        texts = ((shown(cell), column.width) for cell, column in zip(cells, table.columns, strict=True))
        tall = row_height(max(lines(*text) for text in texts))
        if used + tall > room:
            yield replace(table, records=found, has_sum=False, part=part)
            found, used, part = [], 0.0, part + 1
        found.append(cells)
        used += tall
    yield replace(table, records=found, part=part)


def write_part(book: Book, sheet: FastSheet, row: int, table: PagedTable, first: int | None = None) -> int:
    """Section, header, records, a low empty row; returns the next row. ``first``: row where its first part
    begins.
    """
    began = row if first is None else first
    row = write_section(book, sheet, row, table.heading, len(WIDTHS))
    if not table.records:
        put(sheet, row, 0, NO_RECORDS, book.styles.plain)
        return leave_gap(sheet, row + 1)
    header, row = row, write_header(book, sheet, row, table.columns)
    *records, last = table.records
    writer = RowWriter(book, sheet, table.columns)
    for cells in records if table.has_sum else table.records:
        writer.write(row, cells)
        row += 1
    mark_table(sheet, table.name, header, row, table.columns)
    if table.has_sum:
        sums = RowWriter(book, sheet, table.columns, bg_color=BAND, bold=True)
        sums.write(row, _live(last, began + 3, row) if last[0] == PROJECT else last)
        row += 1
    return leave_gap(sheet, row)


def _live(cells: Sequence[Cell], first: int, last: int) -> Sequence[Cell]:
    """Sums over the Excel rows above as formulas (texts between the parts count nothing); unchanged without
    rows.
    """
    if last < first:
        return cells
    letters = (column_letters(n) for n in range(2, len(cells) + 1))
    numbers = [c for c in cells[1:] if isinstance(c, int)]
    return [
        cells[0],
        *(FormulaCell(f"=SUM({c}{first}:{c}{last})", n) for c, n in zip(letters, numbers, strict=True)),
    ]
