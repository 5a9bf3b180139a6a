"""Sheet Meilensteine: every criterion of every municipality; one row for a milestone without criteria.

Consecutive milestones that the source leaves undefined share one row: MS4.1–4.4.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from itertools import groupby

from pipeline.definitions.messages import german_date
from pipeline.definitions.model import Status
from pipeline.definitions.results import CriterionResult, MilestoneResult
from pipeline.definitions.words import CRITERION_WORDS, MILESTONE_WORDS
from pipeline.evaluate.details import NO_STOCK, Details, Stock
from pipeline.report.summary.writing.book import Book, keep_header, lay_page, named_columns
from pipeline.report.summary.writing.cells import Cell, StatusCell
from pipeline.report.summary.writing.fastsheet import FastSheet
from pipeline.report.summary.writing.growing import ReportedMunicipality, StreamedSheet, StreamedTable
from pipeline.report.summary.writing.heights import pieces
from pipeline.report.summary.writing.record_table import TableColumn, count_column, date_column, printed
from pipeline.rules import Attested, Criterion

AREA = "Meilensteine"
COLUMNS = (
    TableColumn("AGS", 8.25),
    TableColumn("Kommune", 19),
    TableColumn("Meilenstein", 11.25, linked=True),
    date_column("Fällig am"),
    TableColumn("Status des Meilensteins", 17),
    TableColumn("Kriterium", 9.25, linked=True),
    count_column("Soll", 8),
    count_column("Ist", 8),
    TableColumn("Status des Kriteriums", 12.75),
    date_column("Erreicht am"),
    TableColumn("Nachweise", 10.5),
    date_column("Bestand vom"),
    TableColumn("Erläuterung", 18),
    TableColumn("Quelle des Bestands", 24, aside=True),
    TableColumn("Wortlaut des Kriteriums", 90, aside=True),
)
LINES = (
    "Der Wortlaut jedes Kriteriums steht rechts neben der Tabelle und in den Blättern „Maßnahme“. „PL“: von der "
    "Projektleitung zu erfüllen, und von ihr die Nachweise.",
    "Soll und Ist sind Anteile oder Anzahlen am Tag der Daten. „Angabe“: Die Kommune gibt ein Datum und einen Nachweis an. "
    "„Bestand vom“: Stichtag des Bestands, an dem der Anteil gemessen ist; seine Quelle steht rechts.",
    "Ein Kriterium, das einmal erfüllt war, bleibt erfüllt, auch wenn das Ist später sinkt.",
)
BY_LEAD = "PL: "  # before the numbers of the project lead's documents, and beside its criteria
NOT_JUDGED = {
    Status.UNDEFINED: "Kriterien und Frist sind nicht festgelegt; wird nicht bewertet.",
    Status.NO_SUBMISSION: "Keine gültige Abgabe; wird nicht bewertet.",
}
MILESTONE, NR, NOTE = 2, 5, 12  # columns
CONTINUED = "(Fortsetzung der Erläuterung)"


def open_milestones(book: Book, sheet: FastSheet) -> StreamedSheet:
    title = f"Meilensteine – {book.outcome.rules.project.short_title}"
    columns = named_columns(book, COLUMNS, COLUMNS[NOTE].title)
    header = lay_page(book, sheet, title, LINES, (c.width for c in columns), printed(columns))
    keep_header(sheet, header, header, 3)
    table = StreamedTable(book, sheet, header, columns, 3)
    return StreamedSheet(table, partial(_rows, book, table, book.lead.notes if book.lead else {}), AREA)


def _rows(
    book: Book,
    table: StreamedTable,
    lead_notes: dict[str, str],
    municipality: ReportedMunicipality,
) -> Iterator[list[Cell]]:
    details = municipality.details
    notes = details.notes if details else {}
    for milestones in _together(municipality.result.milestones):
        milestone, last = milestones[0], milestones[-1]
        name = milestone.nr if milestone is last else f"{milestone.nr}–{last.nr.removeprefix('MS')}"
        status = StatusCell(MILESTONE_WORDS[milestone.status])
        head: list[Cell] = [milestone.ags, municipality.name, name, milestone.due, status]
        for one in milestones:
            table.place(AREA, one.ags, one.nr, MILESTONE)
        if not milestone.criteria:
            yield [*head, *[None] * 9, NOT_JUDGED[milestone.status]]
        joined = _joined_late(book, milestone)
        for position, found in enumerate(milestone.criteria):
            criterion = book.criteria[found.nr]
            table.place(AREA, milestone.ags, criterion.id, NR)
            note = (lead_notes if criterion.by_lead else notes).get(found.nr)
            if criterion.by_lead:
                note = BY_LEAD + (note or "von ihr zu erfüllen")
            if joined and position == 0:
                note = f"{joined} {note or ''}".rstrip()
            first, *more = pieces(note, table.columns[NOTE].width) if note else [None]
            day, source = _stock(details, criterion, found)
            yield [*head, *_criterion(criterion, found), day, first, source, book.texts[criterion.id]]
            for piece in more:
                yield [*head, criterion.id, *[None] * 6, piece, None, CONTINUED]


def _joined_late(book: Book, milestone: MilestoneResult) -> str | None:
    """What stands beside an overdue milestone of a municipality that joined after its deadline (reading A14)."""
    joined = book.outcome.rules.by_ags[milestone.ags].joined
    if milestone.status is not Status.OVERDUE or joined is None or milestone.due is None:
        return None
    return f"Beitritt {german_date(joined)}, nach der Frist." if joined > milestone.due else None


def _together(milestones: Iterable[MilestoneResult]) -> Iterator[list[MilestoneResult]]:
    """Each by itself, but undefined ones that follow each other together."""
    for undefined, group in groupby(milestones, lambda m: m.status is Status.UNDEFINED):
        if undefined:
            yield list(group)
        else:
            yield from ([one] for one in group)


def _stock(details: Details | None, criterion: Criterion, found: CriterionResult) -> Stock:
    """Date and source of the Bestand that a share is measured against on the day of the data."""
    if details is None or found.value is None or criterion.by_lead:
        return NO_STOCK
    return details.criteria[found.nr].stock


def _criterion(criterion: Criterion, found: CriterionResult) -> list[Cell]:
    return [
        criterion.id,
        "Angabe" if isinstance(criterion.decide, Attested) else found.threshold,
        found.value if found.status is not Status.NOT_EVALUABLE else None,
        StatusCell(CRITERION_WORDS[found.status]),
        found.reached_on,
        "; ".join(lead_number(e) if criterion.by_lead else e for e in found.evidence) or None,
    ]


def lead_number(number: str) -> str:
    """``PL: NW-001``: project lead and municipalities both number from NW-001."""
    return BY_LEAD + number
