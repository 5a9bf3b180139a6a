"""Sheet Meilensteine: every criterion of every municipality; a row too where there is none to judge."""

from __future__ import annotations

from collections.abc import Iterator

from xlsxwriter.worksheet import Worksheet

from pipeline.describe import LEAD
from pipeline.model import Status as St
from pipeline.model import Workbook
from pipeline.report.summary.book import (
    Book,
    Cell,
    Column,
    Status,
    count_column,
    date_column,
    keep_header,
    lay_page,
    write_header,
    write_rows,
)
from pipeline.report.summary.heights import pieces
from pipeline.report.summary.proof import Area
from pipeline.results import CriterionResult, MilestoneResult
from pipeline.rules import Attested, Criterion
from pipeline.sheets import CRITERIA, LEAD_AGS, RULE_NOTE, RULE_NR
from pipeline.words import CRITERION_WORDS, MILESTONE_WORDS

COLUMNS = (
    Column("AGS", 10),
    Column("Kommune", 20),
    Column("Meilen-\nstein", 8),
    date_column("Fällig am"),
    Column("Status des Meilensteins", 15),
    Column("Nr.", 8.5),
    Column("Kriterium", 42),
    count_column("Soll", 9.5),
    count_column("Ist", 9.5),
    Column("Status des Kriteriums", 14),
    date_column("Erreicht am"),
    Column("Nachweise", 13),
    Column("Erläuterung der Kommune", 30),
)
LINES = (
    "Soll und Ist sind Anteile oder Anzahlen am Tag der Daten. „Angabe“: Die Kommune gibt ein Datum und einen Nachweis an.",
    "Ein Kriterium, das einmal erfüllt war, bleibt erfüllt, auch wenn das Ist später sinkt.",
)
NOT_JUDGED = {
    St.UNDEFINED: "Kriterien und Frist sind nicht festgelegt; wird nicht bewertet.",
    St.NO_SUBMISSION: "Keine gültige Abgabe; wird nicht bewertet.",
}
CONTINUED = "(Fortsetzung der Erläuterung)"
BY_LEAD = " [von der Projektleitung zu erfüllen]"


def write_milestones(book: Book, sheet: Worksheet) -> None:
    title = f"Meilensteine – {book.outcome.rules.project.short_title}"
    header = lay_page(book, sheet, title, LINES, (c.width for c in COLUMNS))
    write_header(book, sheet, header, COLUMNS)
    keep_header(sheet, header, header, 3)
    end = write_rows(book, sheet, header + 1, COLUMNS, _rows(book))
    book.areas["Meilensteine"] = Area(sheet.get_name(), header + 2, max(header + 2, end))
    sheet.autofilter(header, 0, max(header + 1, end - 1), len(COLUMNS) - 1)


def _rows(book: Book) -> Iterator[list[Cell]]:
    criteria = {c.id: c for c in book.outcome.rules.criteria}
    lead_notes = _notes(book, LEAD_AGS)
    for result in book.outcome.results:
        notes = _notes(book, result.ags)
        for milestone in result.milestones:
            head = _head(book, milestone)
            if not milestone.criteria:
                yield [*head, None, NOT_JUDGED[milestone.status], *[None] * 6]
            for found in milestone.criteria:
                criterion = criteria[found.nr]
                note = (lead_notes if criterion.reported_by == LEAD else notes).get(found.nr)
                first, *more = pieces(note, COLUMNS[-1].width) if note else [None]
                yield [*head, *_criterion(criterion, found), first]
                for piece in more:
                    yield [*head, criterion.id, CONTINUED, *[None] * 5, piece]


def _head(book: Book, milestone: MilestoneResult) -> list[Cell]:
    status = Status(MILESTONE_WORDS[milestone.status])
    return [milestone.ags, book.names[milestone.ags], milestone.nr, milestone.due, status]


def _criterion(criterion: Criterion, found: CriterionResult) -> list[Cell]:
    return [
        criterion.id,
        criterion.text + (BY_LEAD if criterion.reported_by == LEAD else ""),
        "Angabe" if isinstance(criterion.decide, Attested) else found.threshold,
        found.value if found.status is not St.NOT_EVALUABLE else None,
        Status(CRITERION_WORDS[found.status]),
        found.reached_on,
        "; ".join(found.evidence) or None,
    ]


def _notes(book: Book, ags: str) -> dict[str, str]:
    """Number of the criterion → what the municipality says about it."""
    accepted = book.accepted.get(ags)
    return _texts(accepted.workbook) if accepted else {}


def _texts(workbook: Workbook) -> dict[str, str]:
    table = workbook.tables[CRITERIA.title]
    return {nr: text for _, nr, text in table.records(RULE_NR.name, RULE_NOTE.name) if nr and text}
