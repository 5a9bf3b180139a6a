"""Sheet Herkunft: every figure of Zielwerte, Meilensteine, Nachweise and Zeitschiene, down to file, sheet and rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import partial
from itertools import groupby

from pipeline.definitions.foreign import escaped
from pipeline.definitions.messages import german_date
from pipeline.definitions.model import Status
from pipeline.definitions.results import CriterionResult, TargetResult
from pipeline.definitions.sheets import LEAD_AGS, OF_PERSONS
from pipeline.definitions.words import TARGET_WORDS
from pipeline.evaluate.progress import quarters, threshold_paths
from pipeline.evaluate.provenance import (
    SourceRows,
    criterion_parts,
    evidence_part,
    row_ranges,
    share_course,
    target_parts,
    why_not_evaluable,
)
from pipeline.evaluate.records import SubmissionRecords
from pipeline.report.summary.status.targets import ALL_TIME
from pipeline.report.summary.writing.book import Book, keep_header, lay_page
from pipeline.report.summary.writing.cells import Cell
from pipeline.report.summary.writing.fastsheet import FastSheet
from pipeline.report.summary.writing.growing import ReportedMunicipality, StreamedSheet, StreamedTable
from pipeline.report.summary.writing.heights import pieces
from pipeline.report.summary.writing.paper import not_printed
from pipeline.report.summary.writing.table import TableColumn, count_column, date_column
from pipeline.rules import Attested, Criterion, Rules, Target, quarter_end

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
    data, rules = municipality.data, book.outcome.rules
    if data is None:
        words = TARGET_WORDS[Status.NO_SUBMISSION].text
        yield [*_head(municipality, ALL_NUMBERS), NO_FIGURE, *[None] * 5, words, None, None]
        return
    ags = municipality.result.ags
    for target in municipality.result.targets:
        table.place(TITLE, ags, target.nr, NR)
        yield from _target(municipality, data, book.targets[target.nr], target, rules)
    for milestone in municipality.result.milestones:
        for criterion in milestone.criteria:
            table.place(TITLE, ags, criterion.nr, NR)
            yield from _criterion(municipality, data, book.lead, book.criteria[criterion.nr], criterion)
    if ags != LEAD_AGS and municipality.result.data_as_of:
        yield from _evidence(municipality, data, municipality.result.data_as_of)
        yield from _course(municipality, data, municipality.result.data_as_of, book)


def _head(municipality: ReportedMunicipality, nr: str, year: str | None = None) -> list[Cell]:
    return [municipality.result.ags, municipality.name, nr, year]


def _target(
    municipality: ReportedMunicipality,
    data: SubmissionRecords,
    target: Target,
    found: TargetResult,
    rules: Rules,
) -> Iterator[list[Cell]]:
    head = _head(municipality, target.id, found.year or ALL_TIME)
    parts = target_parts(data, target, found, rules)
    if parts:
        yield from _parts(head, parts, data, _figure(target, VALUE))
    elif found.data_as_of:
        started = next((y.start for y in rules.years if y.label == found.year), None)
        yield _without(head, data, why_not_evaluable(data, target, started, found.data_as_of))


def _criterion(
    municipality: ReportedMunicipality,
    own: SubmissionRecords,
    lead: SubmissionRecords | None,
    criterion: Criterion,
    found: CriterionResult,
) -> Iterator[list[Cell]]:
    on = municipality.result.data_as_of
    assert on is not None
    head = _head(municipality, criterion.id)
    data = lead if criterion.by_lead else own
    parts = criterion_parts(data, criterion, found, on) if data else ()
    if data and parts:
        yield from _parts(head, parts, data, _figure(criterion, CURRENT))
    else:
        yield _without(head, data, why_not_evaluable(data, criterion, None, on))


def _evidence(municipality: ReportedMunicipality, data: SubmissionRecords, on: date) -> Iterator[list[Cell]]:
    """The documents of each evidence point, or of each of its deadlines."""
    for nr, group in groupby(municipality.result.evidence, key=lambda e: e.nr):
        for number, found in enumerate(group, 1):
            deadline = number if found.due else None
            part = evidence_part(data, nr, on, deadline)
            word = f"{DOCUMENTS}, {number}. Frist" if deadline else DOCUMENTS
            yield from _parts(_head(municipality, nr), (part,), data, word)


def _course(
    municipality: ReportedMunicipality, data: SubmissionRecords, until: date, book: Book
) -> Iterator[list[Cell]]:
    """Each share of the Zeitschiene at each quarter's end. Of persons in quarters that decided nothing no number."""
    rules, as_of = book.outcome.rules, book.outcome.as_of
    ends = [quarter_end(q) for q in quarters(rules) if quarter_end(q) <= as_of]
    for path in threshold_paths(rules):
        nr = path.steps[-1].criterion.id
        courses = share_course(data, path.share, (min(end, until) for end in ends))
        for end, parts in zip(ends, courses, strict=False):
            shown = (replace(p, number=None) if p.sheet in OF_PERSONS else p for p in parts)
            yield from _parts(_head(municipality, nr), tuple(shown), data, f"{COURSE} {german_date(end)}")


def _figure(requirement: Target | Criterion, measured: str) -> str:
    return STATED if isinstance(requirement.decide, Attested) else measured


def _parts(
    head: list[Cell], parts: tuple[SourceRows, ...], data: SubmissionRecords, figure: str
) -> Iterator[list[Cell]]:
    """One row to a part; long lists of rows run on in the next."""
    file = escaped(data.workbook.file)
    for part in parts:
        rows = BY_RULE if part.sheet in OF_PERSONS else row_ranges(part.rows)
        first, *more = pieces(rows, COLUMNS[ROWS].width)
        stock = part.stock or (None, None)
        word = REACHED if part.reached else figure
        yield [*head, word, part.role.value, part.day, part.number, file, part.sheet, first, *stock]
        for piece in more:
            yield [*head, word, CONTINUED, part.day, None, file, part.sheet, piece, None, None]


def _without(head: list[Cell], data: SubmissionRecords | None, reason: str) -> list[Cell]:
    file = escaped(data.workbook.file) if data else None
    return [*head, NO_FIGURE, None, None, None, file, None, reason, None, None]
