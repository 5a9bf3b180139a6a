"""Sheet Bedarfe und Angebote: recorded needs against offers taken up, drop-outs, target groups.

Counts of persons (participations, drop-outs, target groups) are protected by ``disclosure``: a count of 1 or
2 cannot be read and cannot be computed back. Needs and offers are no persons and stand as they are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from pipeline.definitions.messages import quoted
from pipeline.definitions.model import Status as St
from pipeline.definitions.sheets import (
    DROP_OUT_REASON,
    FIELDS_OF_NEED,
    LEAD_AGS,
    MUNICIPALITY,
    PERSON_GROUP,
    PERSONS,
)
from pipeline.definitions.words import TARGET_WORDS
from pipeline.evaluate.needs import Counts, Figures, figures_of, total
from pipeline.report.disclosure import Mark, Shown, suppress
from pipeline.report.summary.documentation.needs_chart import CHART_ROWS, insert_chart
from pipeline.report.summary.writing.book import Book, keep_header, lay_page, write_section
from pipeline.report.summary.writing.cells import Cell, Formula
from pipeline.report.summary.writing.fastsheet import FastSheet
from pipeline.report.summary.writing.growing import ReportedMunicipality
from pipeline.report.summary.writing.styles import BAND
from pipeline.report.summary.writing.table import Column, RowWriter, count_column, write_header

LABEL, NUMBER, NOTE = 34, 10.8, 33
LINES = (
    "Zusammengeführt aus allen angenommenen Abgaben; jede Zeile zählt ab ihrem Datum bis zum Tag der Daten. Ein Blatt, "
    "das leer ist und keine Leermeldung hat, zählt nicht als null.",
    f"Zahlen von Personen sind geschützt: „{Mark.SMALL.value}“ heißt 1 oder 2; „{Mark.HIDDEN.value}“ heißt nicht gezeigt, "
    f"damit sich „{Mark.SMALL.value}“ nicht zurückrechnen lässt. Das gilt für Teilnahmen, Abbrüche und Personen.",
)
PROJECT, SUM = "Projekt", "Zusammen"
BY_FIELD = (
    Column("Bedarfsfeld", LABEL),
    count_column("Bedarfe erfasst", NUMBER),
    count_column("davon adressiert", NUMBER),
    count_column("Anteil adressiert", NUMBER),
    count_column("Angebote bestehend", NUMBER),
    count_column("Angebote neu geschaffen", NUMBER),
    count_column("Angebote zusammen", NUMBER),
    count_column("Teilnahmen", NUMBER),
)
BY_REASON = (Column("Abbruchgrund", LABEL), count_column("Abbrüche", NUMBER))
BY_GROUP = (
    Column("Zielgruppe", LABEL),
    count_column("mit erfasstem Bedarf", NUMBER),
    count_column("noch ohne", NUMBER),
    count_column(SUM, NUMBER),
)
BY_MUNICIPALITY = (
    Column("Kommune", LABEL),
    *BY_FIELD[1:],
    count_column("Abbrüche", NUMBER),
    Column("Anmerkung", NOTE),
)
WIDTHS = [c.width for c in BY_MUNICIPALITY]


@dataclass(frozen=True)
class _Municipality:
    name: str
    figures: Figures | None


class NeedsSheet:
    """The figures of all municipalities are added up first, one by one."""

    def __init__(self, book: Book, sheet: FastSheet) -> None:
        self._sheet = sheet
        self._municipalities: list[_Municipality] = []

    def add(self, municipality: ReportedMunicipality) -> None:
        result, data = municipality.result, municipality.data
        if result.ags != LEAD_AGS:
            figures = figures_of(data, result.data_as_of) if data and result.data_as_of else None
            self._municipalities.append(_Municipality(f"{municipality.name} ({result.ags})", figures))

    def close(self, book: Book) -> None:
        _write_needs(book, self._sheet, self._municipalities)


def _write_needs(book: Book, sheet: FastSheet, municipalities: Sequence[_Municipality]) -> None:
    title = f"Bedarfe und Angebote – {book.outcome.rules.project.short_title}"
    row = lay_page(book, sheet, title, LINES, WIDTHS)
    keep_header(sheet, 0, 0)
    known = [c.figures for c in municipalities if c.figures]
    told = f"{len(known)} von {len(municipalities)} Kommunen mit gültiger Abgabe"
    row = write_section(book, sheet, row, f"Bedarfe und Angebote nach Bedarfsfeld ({told})", len(WIDTHS))
    first = row + 1
    row = _write(book, sheet, row, BY_FIELD, _by_field(known, first + 1))
    insert_chart(book, sheet, row, first, [total(f.needs for f in known), total(f.addressed for f in known)])
    row = write_section(book, sheet, row + CHART_ROWS, "Abbrüche nach Grund", len(WIDTHS))
    row = _write(book, sheet, row, BY_REASON, _by_reason(known))
    head = "Personen nach Zielgruppe (alle Personen, die bis zum Tag der Daten zugegangen sind)"
    sheet.set_h_pagebreaks([row + 1])
    row = write_section(book, sheet, row + 1, head, len(WIDTHS))
    row = _write(book, sheet, row, BY_GROUP, _by_group(book, known))
    row = write_section(book, sheet, row + 1, "Je Kommune", len(WIDTHS))
    _write(book, sheet, row, BY_MUNICIPALITY, _by_municipality(municipalities, row + 2))


def _write(
    book: Book, sheet: FastSheet, row: int, columns: Sequence[Column], rows: Sequence[Sequence[Cell]]
) -> int:
    """Header, records, and the sums as the last record; returns the next free row."""
    row = write_header(book, sheet, row, columns)
    charted = columns is BY_FIELD
    plain = RowWriter(book, sheet, columns, charted=charted)
    sums = RowWriter(book, sheet, columns, charted=charted, bg_color=BAND, bold=True)
    for position, cells in enumerate(rows, start=1):
        (sums if position == len(rows) else plain).write(row, cells)
        row += 1
    return row


# --- tables -------------------------------------------------------------------------------------------


def _cell(shown: Shown) -> Cell:
    return shown.value if isinstance(shown, Mark) else shown


def _list(counts: Counter[str], names: Sequence[str]) -> list[Cell]:
    """A protected column with its total at the end; the total stands in other tables, too."""
    found = suppress([[counts[name]] for name in names], keep_totals=True)
    return [_cell(shown) for (shown,) in found]


def _by_field(known: Sequence[Figures], first: int) -> list[list[Cell]]:
    """``first`` is the Excel row of the first field."""
    participations = _list(total(f.participations for f in known), FIELDS_OF_NEED)
    kinds = [
        total(f.needs for f in known),
        total(f.addressed for f in known),
        total(f.existing for f in known),
        total(f.new for f in known),
    ]
    rows = []
    for position, field in enumerate(FIELDS_OF_NEED):
        needs, addressed, existing, new = (counts[field] for counts in kinds)
        row = first + position
        cells: list[Cell] = [needs, addressed, *_derived(needs, addressed, existing, new, row)]
        rows.append([field, *cells, participations[position]])
    sums = [counts.total() for counts in kinds]
    return [*rows, [SUM, *_sums(sums, first, first + len(rows) - 1), participations[-1]]]


def _derived(needs: int, addressed: int, existing: int, new: int, row: int) -> list[Cell]:
    """Share addressed, offers by kind, and their sum."""
    return [_share(needs, addressed, row), existing, new, Formula(f"=E{row}+F{row}", existing + new)]


def _share(needs: int, addressed: int, row: int) -> Cell:
    return Formula(f"=C{row}/B{row}", Fraction(addressed, needs)) if needs else None


def _sums(sums: Sequence[int], first: int, last: int) -> list[Cell]:
    """Live sums over the rows above."""
    needs, addressed, existing, new = sums
    b, c, e, f, g = (f"=SUM({letter}{first}:{letter}{last})" for letter in "BCEFG")
    return [
        Formula(b, needs),
        Formula(c, addressed),
        _share(needs, addressed, last + 1),
        Formula(e, existing),
        Formula(f, new),
        Formula(g, existing + new),
    ]


def _by_reason(known: Sequence[Figures]) -> list[list[Cell]]:
    reasons = DROP_OUT_REASON.choices
    counts = _list(total(f.drop_outs for f in known), reasons)
    return [[name, count] for name, count in zip((*reasons, SUM), counts, strict=True)]


def _by_group(book: Book, known: Sequence[Figures]) -> list[list[Cell]]:
    groups = book.outcome.rules.kinds[MUNICIPALITY.id].table(PERSONS.title).column(PERSON_GROUP.name).choices
    recorded, waiting = total(f.recorded for f in known), total(f.waiting for f in known)
    shown = suppress([[recorded[g], waiting[g]] for g in groups])
    return [[name, *map(_cell, cells)] for name, cells in zip((*groups, SUM), shown, strict=True)]


def _by_municipality(municipalities: Sequence[_Municipality], first: int) -> list[list[Cell]]:
    """``first`` is the Excel row of the first municipality. Persons are protected column by column."""
    participations = _column(
        municipalities, [f.participations if f else None for f in _figures(municipalities)]
    )
    drop_outs = _column(municipalities, [f.drop_outs if f else None for f in _figures(municipalities)])
    rows: list[list[Cell]] = []
    for position, municipality in enumerate(municipalities):
        cells = _municipality_cells(municipality.figures, first + position)
        rows.append(
            [
                municipality.name,
                *cells,
                participations[position],
                drop_outs[position],
                _note(municipality.figures),
            ]
        )
    known = [f for f in _figures(municipalities) if f]
    sums = [
        total(f.needs for f in known).total(),
        total(f.addressed for f in known).total(),
        total(f.existing for f in known).total(),
        total(f.new for f in known).total(),
    ]
    last = first + len(rows) - 1
    return [*rows, [PROJECT, *_sums(sums, first, last), participations[-1], drop_outs[-1], None]]


def _figures(municipalities: Sequence[_Municipality]) -> list[Figures | None]:
    return [c.figures for c in municipalities]


def _column(municipalities: Sequence[_Municipality], counts: Sequence[Counts]) -> list[Cell]:
    """Protected numbers of those who reported, None for the others, and the total."""
    known = {c.name: n.total() for c, n in zip(municipalities, counts, strict=True) if n is not None}
    *cells, whole = suppress([[n] for n in known.values()], keep_totals=True) or [[0]]
    shown = dict(zip(known, (_cell(cell) for (cell,) in cells), strict=True))
    return [*(shown.get(c.name) for c in municipalities), _cell(whole[0])]


def _municipality_cells(figures: Figures | None, row: int) -> list[Cell]:
    """Needs and offers; empty where nothing was reported."""
    if figures is None:
        return [None] * 6
    cells: list[Cell] = [None, None, None]
    if figures.needs is not None and figures.addressed is not None:
        needs, addressed = figures.needs.total(), figures.addressed.total()
        cells = [needs, addressed, _share(needs, addressed, row)]
    if figures.existing is None or figures.new is None:
        return [*cells, None, None, None]
    existing, new = figures.existing.total(), figures.new.total()
    return [*cells, existing, new, Formula(f"=E{row}+F{row}", existing + new)]


def _note(figures: Figures | None) -> str | None:
    if figures is None:
        return TARGET_WORDS[St.NO_SUBMISSION].text
    return f"leer ohne Leermeldung: Blatt {quoted(figures.unreported)}" if figures.unreported else None
