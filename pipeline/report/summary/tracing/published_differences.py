"""Lower part of the sheet Änderungen: differences from the previously published report, read from its folder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date

from pipeline.definitions.messages import german_date
from pipeline.definitions.words import PROJECT
from pipeline.outcome import Outcome
from pipeline.report.published import PublishedReport, compare_reports, published_now
from pipeline.report.published.facts import Fact
from pipeline.report.summary.writing.book import Book, write_section
from pipeline.report.summary.writing.cells import Cell
from pipeline.report.summary.writing.growing import StreamedTable
from pipeline.report.summary.writing.record_table import printed, write_header, write_rows

SECTION = "Gegenüber dem veröffentlichten Bericht vom "
NO_DIFFERENCE, ABSENT = "Kein Unterschied.", "–"
THEN_COLUMN = "K"  # column of "damals": the last two are the widest
NO_RULE_VALUES = (
    "Neben dem früheren Bericht liegt keine lesbare manifest.json; einzelne Regeln sind nicht verglichen."
)
TITLES = (
    "AGS",
    "Kommune",
    "",
    "",
    "Art",
    "Nr. oder Datei",
    "Gegenstand",
    "Projektjahr",
    "",
    "",
    "damals",
    "jetzt",
)


def write_published(book: Book, table: StreamedTable, row: int) -> None:
    """Writes the section below the closed table, if there is an earlier report.

    For the screen only: it may be many times as long as the table above, so it lies outside the print area.
    """
    if book.previous is None:
        return
    rows = list(_rows(book, book.previous))
    sheet, row = table.room(row + 1, len(rows) + 2)
    titled = tuple(replace(c, title=t, align="left") for c, t in zip(table.columns, TITLES, strict=False))
    sheet.print_area(0, 0, row - 1, printed(table.columns) - 1)
    head = f"{SECTION}{german_date(book.previous.as_of)} (nur am Bildschirm, wird nicht mitgedruckt)"
    row = write_section(book, sheet, row, head, len(titled))
    row = write_header(book, sheet, row, titled)
    write_rows(book, sheet, row, titled, rows)


def _rows(book: Book, previous: PublishedReport) -> Iterator[list[Cell]]:
    found = compare_reports(previous, published_now(book.outcome))
    names = {**previous.names, **book.names}
    for one in found:
        fact = one.fact
        name = PROJECT if fact.group == PROJECT else names.get(fact.ags or "")
        head: list[Cell] = [fact.ags, name, None, None, fact.group]
        yield [*head, fact.nr, fact.subject, fact.year, None, None, one.before or ABSENT, one.now or ABSENT]
    if not found:
        yield [*[None] * 6, NO_DIFFERENCE, *[None] * 5]
    if not previous.has_rule_values:
        yield [*[None] * 6, NO_RULE_VALUES, *[None] * 5]


# --- without the earlier report -----------------------------------------------------------------------


def as_told(rows: Mapping[int, Mapping[str, str]], outcome: Outcome, as_of: date) -> PublishedReport:
    """Returns an earlier report as far as the section in a given workbook states it.

    ``rows``: the section's rows, column letter → text. Its "damals" is taken as it stands; its "jetzt" is
    computed, so a wrong "jetzt" is found even where the earlier report is not at hand.
    """
    now = published_now(outcome)
    facts = dict(now.facts)
    has_rule_values = True
    for cells in rows.values():
        if cells.get("G") in (NO_DIFFERENCE, NO_RULE_VALUES):
            has_rule_values = cells["G"] == NO_DIFFERENCE
            continue
        fact = Fact(cells.get("E", ""), cells.get("A"), cells.get("F"), cells.get("H"), cells.get("G", ""))
        before = cells.get(THEN_COLUMN, ABSENT)
        facts.pop(fact, None)
        if before != ABSENT:
            facts[fact] = before
    return PublishedReport(as_of, "", facts, now.names, has_rule_values)
