"""The report workbook being written, and what its sheets share: titles, print set-up, sections."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import xlsxwriter

from pipeline.definitions.messages import german_date
from pipeline.definitions.model import VALID_STATES, State, Status, Workbook
from pipeline.definitions.palette import NAVY
from pipeline.definitions.sheets import LEAD_AGS
from pipeline.evaluate.details import Details
from pipeline.outcome import Outcome
from pipeline.report.published import PublishedReport
from pipeline.report.summary.tracing.proof import ControlCheck, RecordRange
from pipeline.report.summary.writing.across import Part, write_across
from pipeline.report.summary.writing.cells import put
from pipeline.report.summary.writing.fastsheet import FastSheet
from pipeline.report.summary.writing.paper import FOOTER, set_paper, width_of_page
from pipeline.report.summary.writing.record_table import TableColumn, first_width
from pipeline.report.summary.writing.styles import Styles
from pipeline.rules import Criterion, Milestone, Target
from pipeline.rules.wording.history import requirement_text
from pipeline.selection import Submission

WHOLE_SHEET = "A1:XFD1048576"  # keys are texts on purpose: no green corners
TITLE_ROW, LEAD_ROW = 0, 1
GAP_POINTS = 6
NAME_WIDTHS = (15.5, 19.75)  # least and most of a column of municipalities
STREAMED_FROM = 300  # municipalities; from then on rows of long tables go to the disk as they are written


TablePlace = tuple[FastSheet, int, int]  # row and column from 0


@dataclass(frozen=True)
class Book:
    """The file being written, the outcome, the cell styles, and what the sheets written so far offer to
    others.
    """

    file: xlsxwriter.Workbook
    outcome: Outcome
    styles: Styles
    previous: PublishedReport | None = None  # the report before this one, as it was handed on
    sheets: dict[str, FastSheet] = field(default_factory=dict)
    areas: dict[str, RecordRange] = field(
        default_factory=dict
    )  # where the sheets written so far have their records
    letters: dict[str, tuple[str, ...]] = field(default_factory=dict)  # columns that depend on the rules
    # sheet, AGS and number → cell
    places: dict[tuple[str, str, str], TablePlace] = field(default_factory=dict)
    checks: list[ControlCheck] = field(default_factory=list)  # what must hold in the finished file

    def add_sheet(self, title: str, *, streamed: bool = False) -> FastSheet:
        """Adds a sheet. Rows of a streamed one are written in order and not kept."""
        self.file.constant_memory = streamed
        sheet: FastSheet = self.file.add_worksheet(title, FastSheet)
        self.sheets[title] = sheet
        sheet.set_tab_color(NAVY)
        return sheet

    # --- what the sheets show, by municipality ---

    @cached_property
    def names(self) -> dict[str, str]:
        """AGS → name, the project lead included."""
        rules = self.outcome.rules
        return {m.ags: m.name for m in (rules.lead, *rules.roster)}

    @cached_property
    def accepted(self) -> dict[str, Submission]:
        """AGS → the submission that counts."""
        submissions = self.outcome.submissions
        return {s.workbook.ags: s for s in submissions if s.workbook.ags and s.state is State.ACCEPTED}

    @cached_property
    def valid(self) -> dict[str, list[Workbook]]:
        """AGS → its valid submissions, by file."""
        found: dict[str, list[Workbook]] = {}
        for submission in self.outcome.submissions:
            if submission.state in VALID_STATES:
                found.setdefault(submission.workbook.ags or "", []).append(submission.workbook)
        return found

    @cached_property
    def lead(self) -> Details | None:
        """Details of the project lead, who decides some criteria of all municipalities."""
        return self.outcome.details[LEAD_AGS] if LEAD_AGS in self.accepted else None

    @cached_property
    def targets(self) -> dict[str, Target]:
        return {t.id: t for t in self.outcome.rules.targets}

    @cached_property
    def criteria(self) -> dict[str, Criterion]:
        return {c.id: c for c in self.outcome.rules.criteria}

    @cached_property
    def texts(self) -> dict[str, str]:
        """Number of a target, milestone or criterion → its wording, with changes by the rules' history."""
        rules = self.outcome.rules
        asked: tuple[Target | Criterion | Milestone, ...] = (
            *rules.targets,
            *rules.milestones,
            *rules.criteria,
        )
        return {r.id: requirement_text(r, rules) for r in asked}

    @cached_property
    def statuses(self) -> dict[str, Counter[Status]]:
        """Criterion → municipalities by its status."""
        found: dict[str, Counter[Status]] = {c.id: Counter() for c in self.outcome.rules.criteria}
        for result in self.outcome.results:
            for milestone in result.milestones:
                for criterion in milestone.criteria:
                    found[criterion.nr][criterion.status] += 1
        return found

    @property
    def municipalities(self) -> int:
        return sum(ags != LEAD_AGS for ags in self.names)


# --- page ---------------------------------------------------------------------------------------------


def lay_page(
    book: Book,
    sheet: FastSheet,
    title: str,
    texts: Sequence[str],
    widths: Iterable[float],
    printed: int | None = None,
) -> int:
    """Title in A1, texts below across the columns ``widths``, A4 landscape; returns the next free row.

    ``printed``: number of columns to print, all by default.
    """
    widths = list(widths)
    project, as_of = book.outcome.rules.project, german_date(book.outcome.as_of)
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width, book.styles.plain.format)
    sheet.set_row(TITLE_ROW, 22)
    put(sheet, TITLE_ROW, 0, title, book.styles.title)
    widths, row = widths[:printed], LEAD_ROW
    for text in texts:
        row = write_across(sheet, row, [Part(0, len(widths) - 1, text, book.styles.lead)], widths)
    set_paper(sheet, widths)
    name = project.short_title.replace("&", "&&")
    sheet.set_footer(f"&L&8 {name} · &A&C&8Stichtag {as_of}&R&8Seite &P von &N", margin=FOOTER)
    sheet.hide_gridlines(2)
    sheet.ignore_errors({"number_stored_as_text": WHOLE_SHEET, "formula_differs": WHOLE_SHEET})
    return row


def keep_header(sheet: FastSheet, first: int, last: int, columns: int = 0) -> None:
    """Freezes the header rows and repeats them on each printed page."""
    sheet.freeze_panes(last + 1, columns)
    sheet.repeat_rows(first, last)


def named_columns(book: Book, columns: Sequence[TableColumn], rest: str) -> tuple[TableColumn, ...]:
    """The columns, that of the municipality fitted to its names; ``rest`` gets the remaining width of the
    page.
    """
    names = first_width(book.names.values(), *NAME_WIDTHS)
    found = [replace(c, width=names) if c.title == "Kommune" else c for c in columns]
    left = width_of_page([c.width for c in found if not c.aside and c.title != rest])
    return tuple(replace(c, width=left) if c.title == rest else c for c in found)


def leave_gap(sheet: FastSheet, row: int) -> int:
    """A low empty row between two tables; returns the next row."""
    sheet.set_row(row, GAP_POINTS)
    return row + 1


def write_section(book: Book, sheet: FastSheet, row: int, text: str, width: int) -> int:
    """A band across ``width`` columns; returns the next row."""
    sheet.set_row(row, 16)
    put(sheet, row, 0, text, book.styles.section)
    for column in range(1, width):
        put(sheet, row, column, None, book.styles.section)
    return row + 1
