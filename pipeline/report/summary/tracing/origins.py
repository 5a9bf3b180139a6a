"""Sheet Herkunft: every figure of Zielwerte, Meilensteine, Nachweise and Zeitschiene, with file, sheet and
rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from pipeline.definitions.foreign import escaped
from pipeline.definitions.messages import german_date
from pipeline.definitions.model import Status
from pipeline.definitions.sheets import LEAD_AGS, OF_PERSONS
from pipeline.definitions.words import TARGET_WORDS
from pipeline.evaluate.details import Details, FigureRows
from pipeline.evaluate.progress import quarters, threshold_paths
from pipeline.evaluate.provenance import ShownRows
from pipeline.report.summary.status.targets import ALL_TIME
from pipeline.report.summary.writing.book import Book, keep_header, lay_page
from pipeline.report.summary.writing.cells import Cell
from pipeline.report.summary.writing.fastsheet import FastSheet
from pipeline.report.summary.writing.growing import ReportedMunicipality, StreamedSheet, StreamedTable
from pipeline.report.summary.writing.heights import pieces
from pipeline.report.summary.writing.paper import not_printed
from pipeline.report.summary.writing.record_table import TableColumn, count_column, date_column
from pipeline.rules import Attested, Criterion, Target, quarter_end

COLUMNS = (
    TableColumn("AGS", 9),
    TableColumn("Kommune", 15.5),
    TableColumn("Nr.", 8.5, linked=True),
    TableColumn("Projektjahr", 10.25, "center"),
    TableColumn("Zahl im Bericht", 12),
    TableColumn("Rolle der Zeilen", 11.5),
    date_column("Stand vom"),
    count_column("Beitrag", 9),
    TableColumn("Datei", 15),
    TableColumn("Blatt", 15),
    TableColumn("Zeilen in Excel", 15),
    date_column("Bestand vom"),
    TableColumn("Quelle des Bestands", 13),
)
TITLE = "Herkunft"
NR, ROWS = 2, 10  # columns
LINES = (
    "Aus welchen Zeilen welcher Datei jede Zahl der Blätter „Zielwerte“ (Wert), „Meilensteine“ (Ist, Erreicht am), "
    "„Nachweise“ (Dokumente) und „Zeitschiene“ (Verlauf) entstand. Dieses Blatt wird mit der ganzen Mappe nicht gedruckt; „Druckbereich ignorieren“ (Excel) druckt es. Wer die Datei öffnet und die Zeilen zählt, erhält den Beitrag; beim Bestand steht er in der Zeile.",
    "In Blättern mit Personen steht statt der Zeilen „siehe Regel“, damit sich nichts über Einzelne ablesen lässt: Welche "
    "Zeilen zählen, sagt das Blatt Regelwerk; „kisi explain“ nennt sie.",
    "Die Zahlen des Projekts sind Summen über die Kommunen im Blatt „Zielwerte“, die im Verlauf über die Zeilen „Verlauf“; "
    "„erreicht n von N“ der Zeitschiene zählt die Kommunen der Übersicht. „Verknüpfung“: Zeilen, ohne die eine "
    "gezählte Zeile nicht zählte. „Angabe“: Zeile mit Datum und Nachweis der berichtenden Stelle.",
)
DOCUMENTS, COURSE = "Dokumente", "Verlauf"
VALUE, CURRENT, REACHED, STATED = "Wert", "Ist", "Erreicht am", "Status"
NO_FIGURE = "keine Zahl"
ALL_NUMBERS = "alle"
CONTINUED = "(Fortsetzung)"
BY_RULE = "siehe Regel"  # rows of persons: a gap between them would be a person that does not count


def open_origins(book: Book, sheet: FastSheet) -> StreamedSheet:
    title = f"{TITLE} – {book.outcome.rules.project.short_title}"
    header = lay_page(book, sheet, title, LINES, (c.width for c in COLUMNS))
    keep_header(sheet, header, header, 3)
    not_printed(sheet, len(COLUMNS))
    table = StreamedTable(book, sheet, header, COLUMNS, 3)
    return StreamedSheet(table, partial(_rows, book, table))


def _rows(book: Book, table: StreamedTable, municipality: ReportedMunicipality) -> Iterator[list[Cell]]:
    details = municipality.details
    if details is None:
        words = TARGET_WORDS[Status.NO_SUBMISSION].text
        yield [*_head(municipality, ALL_NUMBERS), NO_FIGURE, *[None] * 5, words, None, None]
        return
    yield from _targets(book, table, municipality, details)
    yield from _criteria(book, table, municipality, details)
    yield from _documents(book, municipality, details)
    yield from _courses(book, municipality, details)


def _head(municipality: ReportedMunicipality, nr: str, year: str | None = None) -> list[Cell]:
    return [municipality.result.ags, municipality.name, nr, year]


def _targets(
    book: Book, table: StreamedTable, municipality: ReportedMunicipality, details: Details
) -> Iterator[list[Cell]]:
    file, result = _file(book, municipality.result.ags), municipality.result
    for found, rows in zip(result.targets, details.targets, strict=True):
        table.place(TITLE, result.ags, found.nr, NR)
        head = _head(municipality, found.nr, found.year or ALL_TIME)
        yield from _figure(head, rows, file, _measured(book.targets[found.nr], VALUE))


def _criteria(
    book: Book, table: StreamedTable, municipality: ReportedMunicipality, details: Details
) -> Iterator[list[Cell]]:
    own, lead = (_file(book, ags) for ags in (municipality.result.ags, LEAD_AGS))
    for nr, rows in details.criteria.items():
        table.place(TITLE, municipality.result.ags, nr, NR)
        criterion = book.criteria[nr]
        file = lead if criterion.by_lead else own
        yield from _figure(_head(municipality, nr), rows, file, _measured(criterion, CURRENT))


def _documents(book: Book, municipality: ReportedMunicipality, details: Details) -> Iterator[list[Cell]]:
    """The documents of each evidence point, or of each of its deadlines."""
    file, numbers = _file(book, municipality.result.ags), Counter[str]()
    for found, part in zip(municipality.result.evidence, details.documents, strict=True):
        numbers[found.nr] += 1
        word = f"{DOCUMENTS}, {numbers[found.nr]}. Frist" if found.due else DOCUMENTS
        yield from _parts(_head(municipality, found.nr), (part,), file, word)


def _courses(book: Book, municipality: ReportedMunicipality, details: Details) -> Iterator[list[Cell]]:
    """Each share of the Zeitschiene at each quarter's end; no numbers of persons in quarters that decided
    nothing.
    """
    rules, as_of = book.outcome.rules, book.outcome.as_of
    file = _file(book, municipality.result.ags)
    ends = [quarter_end(q) for q in quarters(rules) if quarter_end(q) <= as_of]
    for path, course in zip(threshold_paths(rules), details.courses, strict=False):
        head = _head(municipality, path.steps[-1].criterion.id)
        for end, parts in zip(ends, course, strict=False):
            shown = (replace(p, number=None) if p.sheet in OF_PERSONS else p for p in parts)
            yield from _parts(head, tuple(shown), file, f"{COURSE} {german_date(end)}")


def _file(book: Book, ags: str) -> str | None:
    """The file that counts for a municipality."""
    accepted = book.accepted.get(ags)
    return escaped(accepted.workbook.file) if accepted else None


def _measured(requirement: Target | Criterion, measured: str) -> str:
    return STATED if isinstance(requirement.decide, Attested) else measured


def _figure(head: list[Cell], rows: FigureRows, file: str | None, figure: str) -> Iterator[list[Cell]]:
    yield from _parts(head, rows.parts, file, figure)
    if rows.reason:
        yield [*head, NO_FIGURE, None, None, None, file, None, rows.reason, None, None]


def _parts(
    head: list[Cell], parts: Sequence[ShownRows], file: str | None, figure: str
) -> Iterator[list[Cell]]:
    """One row per part; long lists of rows continue in the next row."""
    for part in parts:
        rows = BY_RULE if part.sheet in OF_PERSONS else part.rows
        first, *more = pieces(rows, COLUMNS[ROWS].width)
        stock = part.stock or (None, None)
        word = REACHED if part.reached else figure
        yield [*head, word, part.role.value, part.day, part.number, file, part.sheet, first, *stock]
        for piece in more:
            yield [*head, word, CONTINUED, part.day, None, file, part.sheet, piece, None, None]
