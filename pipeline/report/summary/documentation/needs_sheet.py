"""Sheet Bedarfe und Angebote: recorded needs against offers taken up, drop-outs, target groups.

Counts of persons (participations, drop-outs, target groups, needs by field) are rounded (``rounding``). The
needs of a municipality and of the project are the exact figures of Z1.3; offers are no persons.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from pipeline.definitions.messages import quoted
from pipeline.definitions.model import Status
from pipeline.definitions.palette import BAND
from pipeline.definitions.sheets import (
    FIELDS_OF_NEED,
    LEAD_AGS,
    MUNICIPALITY,
    PERSON_GROUP,
    PERSONS,
)
from pipeline.definitions.words import PROJECT, SUM, TARGET_WORDS
from pipeline.evaluate.needs import NeedsFigures, sum_counts
from pipeline.report.rounding import beside_exact, rounded, rounded_total
from pipeline.report.summary.documentation import persons
from pipeline.report.summary.documentation.needs_chart import CHART_ROWS, insert_needs_chart
from pipeline.report.summary.writing.book import Book, lay_page, leave_gap, write_section
from pipeline.report.summary.writing.cells import Cell, FormulaCell
from pipeline.report.summary.writing.fastsheet import FastSheet
from pipeline.report.summary.writing.growing import ReportedMunicipality
from pipeline.report.summary.writing.paper import break_before
from pipeline.report.summary.writing.record_table import (
    RowWriter,
    TableColumn,
    count_column,
    mark_table,
    write_header,
)

LABEL, NUMBER, NOTE = 34, 10.8, 33
LINES = (
    "Zusammengeführt aus allen angenommenen Abgaben; jede Zeile zählt ab ihrem Datum bis zum Tag der Daten. Ein Blatt, "
    "das leer ist und keine Leermeldung hat, zählt nicht als null.",
    "Zahlen von Personen sind auf Vielfache von {base} gerundet, jede für sich: Teilnahmen, Abbrüche, Personen und Bedarfe "
    "je Feld. Auch eine Summe ist für sich gerundet; ließe sich damit eine kleine Zahl errechnen, ist sie die Summe der "
    "gerundeten Zahlen. Genau sind Angebote und die Bedarfe je Kommune und im Projekt (Zielwert Z1.3).",
)
SUM_ABOVE = "Summe der Personen: siehe oben"
BY_FIELD = (
    TableColumn("Bedarfsfeld", LABEL),
    count_column("Bedarfe erfasst", NUMBER),
    count_column("davon adressiert", NUMBER),
    count_column("Anteil adressiert", NUMBER),
    count_column("Angebote bestehend", NUMBER),
    count_column("Angebote neu geschaffen", NUMBER),
    count_column("Angebote zusammen", NUMBER),
    count_column("Teilnahmen", NUMBER),
)
BY_REASON = (TableColumn("Abbruchgrund", LABEL), count_column("Abbrüche", NUMBER))
BY_GROUP = (
    TableColumn("Zielgruppe", LABEL),
    count_column("mit erfasstem Bedarf", NUMBER),
    count_column("noch ohne", NUMBER),
    count_column(SUM, NUMBER),
)
BY_MUNICIPALITY = (
    TableColumn("Kommune", LABEL),
    *BY_FIELD[1:],
    count_column("Abbrüche", NUMBER),
    TableColumn("Anmerkung", NOTE),
)
BEGINNING = 6  # rows that stay together where a table begins that goes on over pages
WIDTHS = [c.width for c in BY_MUNICIPALITY]


@dataclass(frozen=True)
class _Municipality:
    name: str
    figures: NeedsFigures | None


class NeedsSheet:
    """Collects the figures of all municipalities, one by one, before anything is written."""

    def __init__(self, book: Book, sheet: FastSheet) -> None:
        self._sheet = sheet
        self._municipalities: list[_Municipality] = []

    def add(self, municipality: ReportedMunicipality) -> None:
        result, details = municipality.result, municipality.details
        if result.ags != LEAD_AGS:
            figures = details.needs if details else None
            self._municipalities.append(_Municipality(f"{municipality.name} ({result.ags})", figures))

    def close(self, book: Book) -> None:
        _write_needs(book, self._sheet, self._municipalities)


def _write_needs(book: Book, sheet: FastSheet, municipalities: Sequence[_Municipality]) -> None:
    title = f"Bedarfe und Angebote – {book.outcome.rules.project.short_title}"
    base = book.outcome.rules.project.parameters.rounding_base
    lines = [line.format(base=base) for line in LINES]
    row = lay_page(book, sheet, title, lines, WIDTHS)
    sheet.freeze_panes(row, 1)
    figures = [m.figures for m in municipalities]
    known = [f for f in figures if f]
    taken = persons.rounded_participations(figures, base)
    left = persons.rounded_drop_outs([f.drop_outs if f else None for f in figures], base)
    needs = _needs(known, base)
    reported = f"{len(known)} von {len(municipalities)} Kommunen mit gültiger Abgabe"
    top = row
    row = write_section(book, sheet, row, f"Bedarfe und Angebote nach Bedarfsfeld ({reported})", len(WIDTHS))
    first = row + 1
    row = _write(book, sheet, row, "Felder", BY_FIELD, _by_field(known, needs, taken, first + 1))
    insert_needs_chart(book, sheet, row, first, needs)
    reasons = row + CHART_ROWS
    row = write_section(book, sheet, reasons, "Abbrüche nach Grund", len(WIDTHS))
    row = _write(book, sheet, row, "Abbruch", BY_REASON, _by_reason(left))
    head = "Personen nach Zielgruppe (alle Personen, die bis zum Tag der Daten zugegangen sind)"
    people = leave_gap(sheet, row)
    row = write_section(book, sheet, people, head, len(WIDTHS))
    row = _write(book, sheet, row, "Zielgruppen", BY_GROUP, _by_group(book, known, row + 2))
    each = leave_gap(sheet, row)
    row = write_section(book, sheet, each, "Je Kommune", len(WIDTHS))
    sheet.repeat_rows(row)  # the one table that may be longer than a page
    rows = _by_municipality(municipalities, taken, left, row + 2)
    end = _write(book, sheet, row, "Kommunen", BY_MUNICIPALITY, rows)
    break_before(
        sheet,
        [
            (top, reasons - 1),
            (reasons, people - 2),
            (people, each - 2),
            (each, min(end - 1, each + BEGINNING)),
        ],
    )


def _write(
    book: Book,
    sheet: FastSheet,
    row: int,
    name: str,
    columns: Sequence[TableColumn],
    rows: Sequence[Sequence[Cell]],
) -> int:
    """Header, records, and the sums below them; returns the next free row."""
    header, row = row, write_header(book, sheet, row, columns)
    charted = columns is BY_FIELD
    plain = RowWriter(book, sheet, columns, charted=charted)
    sums = RowWriter(book, sheet, columns, charted=charted, bg_color=BAND, bold=True)
    for position, cells in enumerate(rows, start=1):
        (sums if position == len(rows) else plain).write(row, cells)
        row += 1
    mark_table(sheet, f"Bedarfe_{name}", header, row - 1, columns)
    return row


# --- tables -------------------------------------------------------------------------------------------


def _needs(known: Sequence[NeedsFigures], base: int) -> list[Counter[str]]:
    """Recorded and addressed needs by field, rounded; their sums are exact elsewhere."""
    exact = [sum_counts(f.needs for f in known), sum_counts(f.addressed for f in known)]
    columns = beside_exact([[counts[field] for field in FIELDS_OF_NEED] for counts in exact], base)
    return [Counter(dict(zip(FIELDS_OF_NEED, column, strict=True))) for column in columns]


def _by_field(
    known: Sequence[NeedsFigures], needs: Sequence[Counter[str]], taken: persons.RoundedCounts, first: int
) -> list[list[Cell]]:
    """``first`` is the Excel row of the first field."""
    offers = [sum_counts(f.existing for f in known), sum_counts(f.new for f in known)]
    rows: list[list[Cell]] = []
    for position, field in enumerate(FIELDS_OF_NEED):
        recorded, addressed, existing, new = (counts[field] for counts in (*needs, *offers))
        row = first + position
        derived = _derived(recorded, addressed, existing, new, row)
        rows.append([field, recorded, addressed, *derived, taken.kinds[field]])
    last = first + len(rows) - 1
    exact = _exact(known)
    cells = [*exact, _share(*exact, last + 1), *_offer_sums(known, first, last), taken.total]
    return [*rows, [SUM, *cells]]


def _derived(needs: int, addressed: int, existing: int, new: int, row: int) -> list[Cell]:
    """Share addressed, offers by kind, and their sum."""
    return [_share(needs, addressed, row), existing, new, FormulaCell(f"=E{row}+F{row}", existing + new)]


def _share(needs: int, addressed: int, row: int) -> Cell:
    return FormulaCell(f"=C{row}/B{row}", Fraction(addressed, needs)) if needs else None


def _exact(known: Sequence[NeedsFigures]) -> tuple[int, int]:
    """The project's needs as in Z1.3: (recorded, addressed)."""
    return sum_counts(f.needs for f in known).total(), sum_counts(f.addressed for f in known).total()


def _offer_sums(known: Sequence[NeedsFigures], first: int, last: int) -> list[Cell]:
    """Live sums over the rows above."""
    existing, new = (sum_counts(f.existing for f in known).total(), sum_counts(f.new for f in known).total())
    e, f, g = (f"=SUM({letter}{first}:{letter}{last})" for letter in "EFG")
    return [FormulaCell(e, existing), FormulaCell(f, new), FormulaCell(g, existing + new)]


def _by_reason(left: persons.RoundedCounts) -> list[list[Cell]]:
    rows: list[list[Cell]] = [[name, count] for name, count in left.kinds.items()]
    return [*rows, [SUM, left.total]]


def _by_group(book: Book, known: Sequence[NeedsFigures], first: int) -> list[list[Cell]]:
    """Each column with its total; sums across are those of the shown numbers. ``first``: Excel row."""
    rules = book.outcome.rules
    base = rules.project.parameters.rounding_base
    groups = rules.kinds[MUNICIPALITY.id].table(PERSONS.title).column(PERSON_GROUP.name).choices
    columns = [sum_counts(f.recorded for f in known), sum_counts(f.waiting for f in known)]
    shown = [[rounded(counts[group], base) for counts in columns] for group in groups]
    shown.append([rounded_total(c.total(), [[c[g] for g in groups]], base) for c in columns])
    return [
        [name, *pair, FormulaCell(f"=B{row}+C{row}", sum(pair))]
        for row, (name, pair) in enumerate(zip((*groups, SUM), shown, strict=True), first)
    ]


def _by_municipality(
    municipalities: Sequence[_Municipality],
    taken: persons.RoundedCounts,
    left: persons.RoundedCounts,
    first: int,
) -> list[list[Cell]]:
    """``first`` is the Excel row of the first municipality."""
    rows: list[list[Cell]] = []
    for position, one in enumerate(municipalities):
        cells = _municipality_cells(one.figures, first + position)
        counts = (taken.municipalities[position], left.municipalities[position])
        rows.append([one.name, *cells, *counts, _note(one.figures)])
    known = [m.figures for m in municipalities if m.figures]
    last = first + len(rows) - 1
    exact = _exact(known)
    needs = [FormulaCell(f"=SUM({c}{first}:{c}{last})", n) for c, n in zip("BC", exact, strict=True)]
    share = _share(*exact, last + 1)
    note = SUM_ABOVE if None in (taken.project, left.project) else None
    return [
        *rows,
        [PROJECT, *needs, share, *_offer_sums(known, first, last), taken.project, left.project, note],
    ]


def _municipality_cells(figures: NeedsFigures | None, row: int) -> list[Cell]:
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
    return [*cells, existing, new, FormulaCell(f"=E{row}+F{row}", existing + new)]


def _note(figures: NeedsFigures | None) -> str | None:
    if figures is None:
        return TARGET_WORDS[Status.NO_SUBMISSION].text
    return f"leer ohne Leermeldung: Blatt {quoted(figures.unreported)}" if figures.unreported else None
