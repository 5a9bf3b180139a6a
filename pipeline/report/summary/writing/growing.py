"""Tables that grow with the municipalities, written in one pass; each one's details are loaded once.

``StreamedTable`` continues on a further sheet at the end of the workbook when one is full.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from pipeline.definitions.model import Workbook
from pipeline.definitions.results import Result
from pipeline.definitions.sheets import LEAD_AGS
from pipeline.evaluate.details import Details
from pipeline.report.summary.tracing.proof import RecordRange
from pipeline.report.summary.writing.book import LEAD_ROW, Book, keep_header, lay_page
from pipeline.report.summary.writing.cells import Cell, put
from pipeline.report.summary.writing.fastsheet import FastSheet
from pipeline.report.summary.writing.record_table import (
    RowWriter,
    TableColumn,
    frame_empty,
    mark_table,
    printed,
    write_header,
)
from pipeline.selection import Submission, previous_of

SHEET_ROWS = 1_048_576  # of Excel
GOES_ON, WENT_BEFORE = "Weiter im Blatt „{}“.", "Fortsetzung von Blatt „{}“."
FURTHER_HEADER = LEAD_ROW + 1  # below the title and one line
Record = Sequence[Cell]


@dataclass(frozen=True, slots=True)
class ReportedMunicipality:
    """A municipality, or the project lead, in the pass. ``details`` is None without a submission."""

    result: Result
    name: str
    accepted: Submission | None = None
    details: Details | None = None
    before: Workbook | None = None  # its previous valid submission


def municipalities(book: Book) -> Iterator[ReportedMunicipality]:
    """One after the other; details are released when the next one is asked for."""
    for result in book.outcome.results:
        accepted = book.accepted.get(result.ags)
        name = book.names[result.ags]
        if accepted is None:
            yield ReportedMunicipality(result, name)
            continue
        details = book.lead if result.ags == LEAD_AGS else book.outcome.details[result.ags]
        before = previous_of(accepted.workbook, book.valid[result.ags])
        yield ReportedMunicipality(result, name, accepted, details, before)


class StreamedTable:
    """Records below a header, with a filter. ``frozen``: number of columns that stay in sight."""

    def __init__(
        self,
        book: Book,
        sheet: FastSheet,
        header: int,
        columns: Sequence[TableColumn],
        frozen: int = 0,
    ) -> None:
        self._book, self.columns, self._frozen = book, columns, frozen
        self._name = str(sheet.get_name())
        self._parts: list[RecordRange] = []
        self._begin(sheet, header)

    def _begin(self, sheet: FastSheet, header: int) -> None:
        self.sheet, self._header = sheet, header
        self._row = write_header(self._book, sheet, header, self.columns)
        self._writer = RowWriter(self._book, sheet, self.columns, keep_empty=False)

    @property
    def next_row(self) -> int:
        """Row of the next record, from 0, on a new sheet when this one is full."""
        if self._row >= SHEET_ROWS - 1:
            self._go_on()
        return self._row

    def write(self, rows: Iterable[Record]) -> None:
        for cells in rows:
            row = self.next_row  # may change the sheet, and the writer with it
            self._writer.write(row, cells)
            self._row += 1

    def place(self, sheet: str, ags: str, nr: str, column: int) -> None:
        """Registers the next record as link target, the first of its number."""
        row = self.next_row
        self._book.places.setdefault((sheet, ags, nr), (self.sheet, row, column))

    def close(self) -> int:
        """Adds filter and frame; returns the next free row of the last sheet."""
        end, width = self._row, len(self.columns)
        frame_empty(self._book, self.sheet, self._header + 1, end, width)
        mark_table(self.sheet, str(self.sheet.get_name()), self._header, end, self.columns)
        if (shown := printed(self.columns)) < width:
            self.sheet.print_area(0, 0, max(self._header + 1, end - 1), shown - 1)
        first = self._header + 2
        self._parts.append(RecordRange(self.sheet.get_name(), first, max(first, end)))
        return end

    @property
    def area(self) -> RecordRange:
        """The range of the records, once the table is closed."""
        found: RecordRange | None = None
        for part in reversed(self._parts):
            found = RecordRange(part.sheet, part.first, part.last, found)
        assert found is not None
        return found

    def room(self, row: int, rows: int) -> tuple[FastSheet, int]:
        """Sheet and row for further rows below the closed table, or at the top of a further sheet."""
        if row + rows < SHEET_ROWS:
            return self.sheet, row
        title = _further(self._name, len(self._parts) + 1)
        return self._further_sheet(title), FURTHER_HEADER

    def _go_on(self) -> None:
        """Notes on the last row of a full sheet where its table continues."""
        before, book = self.sheet, self._book
        self.close()
        title = _further(self._name, len(self._parts) + 1)
        put(before, SHEET_ROWS - 1, 0, GOES_ON.format(title), book.styles.plain)
        sheet = self._further_sheet(title)
        self._begin(sheet, FURTHER_HEADER)
        keep_header(sheet, FURTHER_HEADER, FURTHER_HEADER, self._frozen)

    def _further_sheet(self, title: str) -> FastSheet:
        book, before = self._book, self.sheet
        sheet = book.add_sheet(title, streamed=bool(before.constant_memory))
        lines = (WENT_BEFORE.format(before.get_name()),)
        name = f"{title} – {book.outcome.rules.project.short_title}"
        lay_page(book, sheet, name, lines, (c.width for c in self.columns), printed(self.columns))
        return sheet


def _further(name: str, number: int) -> str:
    return f"{name} ({number})"


class StreamedSheet:
    """A long table, and the function that gives its rows per municipality; ``area``: its name for other
    sheets.
    """

    def __init__(
        self, table: StreamedTable, rows: Callable[[ReportedMunicipality], Iterable[Record]], area: str = ""
    ) -> None:
        self._table, self._rows, self._area = table, rows, area

    def add(self, municipality: ReportedMunicipality) -> None:
        self._table.write(self._rows(municipality))

    def close(self, book: Book) -> None:
        self._table.close()
        if self._area:
            book.areas[self._area] = self._table.area
