"""Sheet Dokumentation: lists of the records that the source wants documented.

Trainings (N2.2, N3.5), offers with visits and modifications (N1.3, N2.4), contacts by form and occasion
(N1.5, N3.2), events (N1.6), measures taken up and broken off (N1.4, MS1.4b, MS1.4c). Numbers of participants
decide nothing, so they are rounded.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pipeline.definitions.model import Table
from pipeline.definitions.sheet_types import Sheet as TableSheet
from pipeline.definitions.sheets import EVENTS, LEAD_AGS, OFFERS, TRAININGS
from pipeline.definitions.words import PROJECT, SUM
from pipeline.evaluate.contacts import FORMS, OCCASIONS
from pipeline.evaluate.needs import NeedsFigures
from pipeline.report.rounding import rounded
from pipeline.report.summary.documentation import persons
from pipeline.report.summary.documentation.paged import (
    ROWS_KEPT_TOGETHER,
    WIDTHS,
    PagedTable,
    write_in_pages,
    write_part,
)
from pipeline.report.summary.writing.book import TITLE_ROW, Book, lay_page
from pipeline.report.summary.writing.cells import Cell
from pipeline.report.summary.writing.fastsheet import FastSheet
from pipeline.report.summary.writing.growing import ReportedMunicipality
from pipeline.report.summary.writing.paper import break_before
from pipeline.report.summary.writing.record_table import TableColumn
from pipeline.report.summary.writing.styles import DATE, NUMBER

TITLE = "Dokumentation"
SEPARATOR = "; "
LINES = (
    "Was nach der Quelle zu dokumentieren ist, aus allen angenommenen Abgaben, jeweils bis zum Tag der Daten. Die Dokumente "
    "selbst stehen im Blatt Nachweisregister; wo welcher Satz der Quelle steht, sagt docs/dokumentation.md (beim Programm).",
    "Zahlen von Personen sind auf Vielfache von {base} gerundet: Teilnehmende, Teilnahmen und Abbrüche. Gedruckt wird ab den "
    "Kontakten; Teilnahmen und Abbrüche druckt das Blatt Bedarfe und Angebote.",
)


@dataclass(frozen=True, slots=True)
class List:
    """A list of records: ``columns`` of the workbook's sheet, from the second column on; sorted by column
    ``day``.
    """

    sheet: TableSheet
    title: str
    day: str
    columns: tuple[str, ...]

    def rows(self, name: str, table: Table, on: date, base: int) -> Iterator[list[Cell]]:
        """The municipality's records up to the end of ``on``, by date."""
        found: list[tuple[date, int, list[Cell]]] = []
        for row, when, *values in table.records(self.day, *self.columns):
            if when is not None and when <= on:
                cells = [_cell(n, v, base) for n, v in zip(self.columns, values, strict=True)]
                found.append((when, row, [name, *cells]))
        return (cells for _, _, cells in sorted(found, key=lambda f: f[:2]))


def _cell(name: str, value: Any, base: int) -> Cell:
    if name == SIZE and value is not None:
        return rounded(value, base)
    cell: Cell = SEPARATOR.join(value) if isinstance(value, tuple) else value
    return cell


LISTS = (
    List(
        TRAININGS,
        "Schulungen mit Thema und Teilnehmendenzahl (N2.2, N3.5)",
        "Datum",
        (
            "Schulung-Nr.",
            "Datum",
            "Zielgruppe",
            "Schwerpunkt",
            "Teilnehmendenzahl",
            "Thema",
            "Anbieter",
            "Nachweis-Nr.",
        ),
    ),
    List(
        EVENTS,
        "Veranstaltungen und Vernetzungsformate (N1.6)",
        "Datum",
        (
            "Veranstaltung-Nr.",
            "Datum",
            "Politische Spitze beteiligt",
            "Art",
            "Teilnehmendenzahl",
            "Titel",
            "Nachweis-Nr.",
        ),
    ),
    List(
        OFFERS,
        "Bestehende und neu geschaffene Angebote, Besuche und Modifikationen (N1.3, N2.4)",
        "Beginn",
        (
            "Angebot-Nr.",
            "Beginn",
            "Art",
            "Bedarfsfeld",
            "Trägerschaft",
            "Bezeichnung",
            "Modifikation",
            "Besucht am",
            "Nachweis-Nr.",
        ),
    ),
)
SIZE = "Teilnehmendenzahl"  # a number of persons
HEADS = {SIZE: f"{SIZE} (gerundet)", "Veranstaltung-Nr.": "Nr.", "Schulung-Nr.": "Nr.", "Angebot-Nr.": "Nr."}


class RecordsSheet:
    """Collects the records of all municipalities, one by one, as the tables stand below each other."""

    def __init__(self, book: Book, sheet: FastSheet) -> None:
        self._sheet = sheet
        self._base = book.outcome.rules.project.parameters.rounding_base
        self._records: list[list[list[Cell]]] = [[] for _ in LISTS]
        self._contacts: list[tuple[str, tuple[int, ...] | None]] = []
        self._figures: list[NeedsFigures | None] = []

    def add(self, municipality: ReportedMunicipality) -> None:
        details, on, name = municipality.details, municipality.result.data_as_of, municipality.name
        for one, records in zip(LISTS, self._records, strict=True):
            table = details.listed.get(one.sheet.title) if details else None
            if table and on:
                records.extend(one.rows(name, table, on, self._base))
        if municipality.result.ags != LEAD_AGS:
            self._contacts.append((name, details.contacts if details else None))
            self._figures.append(details.needs if details else None)

    def close(self, book: Book) -> None:
        lines = [line.format(base=self._base) for line in LINES]
        title = f"{TITLE} – {book.outcome.rules.project.short_title}"
        row = lay_page(book, self._sheet, title, lines, WIDTHS)
        self._sheet.freeze_panes(row, 1)
        first, _ = write_in_pages(book, self._sheet, row, self._counted())
        *others, longest = self._tables()
        row, blocks = write_in_pages(book, self._sheet, first, others)
        header = row + 1 if longest.records else TITLE_ROW
        self._sheet.repeat_rows(header)
        end = write_part(book, self._sheet, row, longest)
        blocks.append((row, min(end - 2, row + ROWS_KEPT_TOGETHER)))
        break_before(self._sheet, blocks, first=first, repeated=(header, header))
        self._sheet.print_area(first, 0, end - 2, len(WIDTHS) - 1)

    def _counted(self) -> Iterator[PagedTable]:
        """What the sheet Bedarfe und Angebote shows too, and prints."""
        taken = persons.rounded_participations(self._figures, self._base)
        left = persons.rounded_drop_outs([f.drop_outs if f else None for f in self._figures], self._base)
        yield PagedTable(
            "Angenommene Maßnahmen: Teilnahmen nach Bedarfsfeld (MS1.4b, MS1.4c; mit den Bedarfen im Blatt Bedarfe und Angebote)",
            [_column(name, at) for at, name in enumerate(("Bedarfsfeld", "Teilnahmen"))],
            _counts(taken),
            has_sum=True,
        )
        yield PagedTable(
            "Abgebrochene Maßnahmen: Abbrüche nach Grund (N1.4, MS1.4b)",
            [_column(name, at) for at, name in enumerate(("Abbruchgrund", "Abbrüche"))],
            _counts(left),
            has_sum=True,
        )

    def _tables(self) -> Iterator[PagedTable]:
        """All tables; the longest last, as its header is repeated on each further page."""
        names = ("Kommune", *FORMS.choices, *OCCASIONS.choices)
        yield PagedTable(
            "Kontakte nach Kontaktform und Anlass (N1.5, N3.2)",
            [_column(name, at) for at, name in enumerate(names)],
            _contact_rows(self._contacts),
            has_sum=True,
        )
        for one, records in zip(LISTS, self._records, strict=True):
            yield PagedTable(one.title, _columns(one), records)


def _columns(one: List) -> list[TableColumn]:
    return [_column(name, at) for at, name in enumerate(("Kommune", *one.columns))]


def _column(name: str, at: int) -> TableColumn:
    """A column as wide as that of the sheet; dates and numbers fit into each of them."""
    dated = name in ("Datum", "Beginn", "Besucht am")
    number = name in (SIZE, "Teilnahmen", "Abbrüche", *FORMS.choices, *OCCASIONS.choices)
    align = "center" if dated else "right" if number else "left"
    return TableColumn(HEADS.get(name, name), WIDTHS[at], align, DATE if dated else NUMBER)


def _contact_rows(contacts: Sequence[tuple[str, tuple[int, ...] | None]]) -> list[list[Cell]]:
    width = len(FORMS.choices) + len(OCCASIONS.choices)
    rows: list[list[Cell]] = [
        [name, *counts] if counts else [name, *[None] * width] for name, counts in contacts
    ]
    known = [counts for _, counts in contacts if counts]
    return [*rows, [PROJECT, *(sum(column) for column in zip([0] * width, *known, strict=True))]]


def _counts(shown: persons.RoundedCounts) -> list[list[Cell]]:
    rows: list[list[Cell]] = [[name, count] for name, count in shown.kinds.items()]
    return [*rows, [SUM, shown.total]]
