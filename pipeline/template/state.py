"""Sheet Stand: how each target and criterion of this workbook stands on the Berichtsstichtag."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.model import WorkbookKind
from pipeline.rules import Criterion, Period, Rules, Target
from pipeline.sheets import MUNICIPALITY, STATE_HEADERS, STATE_TITLE
from pipeline.template.book import HEADER_HEIGHT, Book, lay_page, write_title
from pipeline.template.layout import FIRST_ROW, HEADER_ROW
from pipeline.template.styles import TAB_STATE

HELP = "Wo Sie am Berichtsstichtag stehen. Dieses Blatt füllt sich von selbst; hier ist nichts einzutragen."
WIDTHS = (10, 80, 13, 11, 11, 11, 18)


@dataclass(frozen=True)
class Row:
    """One line of the sheet; ``year`` only for yearly targets."""

    requirement: Target | Criterion
    year: Period | None = None


def state_rows(rules: Rules, kind: WorkbookKind) -> Iterator[Row]:
    """Targets and criteria in the source's order; of the project lead's a municipality sees the criteria."""
    for measure in rules.measures:
        for target in measure.targets:
            if target.reported_by == kind.id:
                years: tuple[Period | None, ...] = rules.years if target.per_year else (None,)
                yield from (Row(target, year) for year in years)
        for criterion in (c for milestone in measure.milestones for c in milestone.criteria):
            if kind.id in {criterion.reported_by, MUNICIPALITY.id}:
                yield Row(criterion)


def write_state(book: Book) -> None:
    sheet = book.sheets[STATE_TITLE]
    lay_page(book, sheet, TAB_STATE)
    write_title(book, sheet, STATE_TITLE, HELP)
    sheet.set_row(HEADER_ROW, HEADER_HEIGHT)
    for i, (header, width) in enumerate(zip(STATE_HEADERS, WIDTHS, strict=True)):
        sheet.set_column(i, i, width, book.styles.plain)
        sheet.write_string(HEADER_ROW, i, header, book.styles.header(required=True))
    for row, line in enumerate(state_rows(book.rules, book.kind), FIRST_ROW):
        texts = (line.requirement.id, line.requirement.text, line.year.label if line.year else "")
        for i, text in enumerate(texts):
            sheet.write_string(row, i, text, book.styles.wrapped)
