"""Sheets Maßnahme 1, Maßnahme 2 …: one per measure, in the form of the source's slides.

Beschreibung, Zielwert, Nachweis zur Zielerreichung and Meilensteine as in the source, each requirement
verbatim, with the status of the project beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import partial

from pipeline.definitions.model import Status
from pipeline.definitions.palette import BAND
from pipeline.definitions.shares import percent
from pipeline.definitions.sheets import LEAD_AGS
from pipeline.definitions.words import CRITERION_WORDS, EVIDENCE_WORDS, MILESTONE_WORDS, TARGET_WORDS
from pipeline.report.summary.documentation.evidence import (
    EvidenceDeadline,
    counts_of,
    documents_of,
    provided_of,
    slots,
)
from pipeline.report.summary.status.targets import linked_cells
from pipeline.report.summary.writing.across import Part, write_across
from pipeline.report.summary.writing.book import Book, lay_page, leave_gap, write_section
from pipeline.report.summary.writing.cells import Cell, StatusCell
from pipeline.report.summary.writing.counted import in_words, met_of, reached_of
from pipeline.report.summary.writing.fastsheet import FastSheet
from pipeline.report.summary.writing.paper import break_before
from pipeline.report.summary.writing.record_table import (
    RowWriter,
    TableColumn,
    count_column,
    mark_table,
    write_header,
)
from pipeline.report.summary.writing.styles import DATE
from pipeline.rules import Attested, Criterion, Info, Measure, Milestone, Rules, Target
from pipeline.rules.wording.in_words import UNDEFINED, YEARS, deadlines_compared, deadlines_disagree

WIDTHS = (10.75, 73, 12, 10.25, 16, 35.75)
LAST = len(WIDTHS) - 1
DESCRIPTION = "Beschreibung, ohne Bewertung (wird nicht mitgedruckt)"
EVIDENCE_TITLE, MILESTONES_TITLE = "Nachweis zur Zielerreichung", "Meilensteine"
LEAD = "Wortlaut der Quelle mit dem Stand im Projekt; jede Kommune steht in den Blättern Zielwerte, Meilensteine und Nachweise."
COUNT_COLUMNS = (TableColumn("Kommunen", WIDTHS[4]), TableColumn("Stand im Einzelnen", WIDTHS[5]))
TARGET_COLUMNS = (
    TableColumn("Nr.", WIDTHS[0]),
    TableColumn("Zielwert", WIDTHS[1]),
    TableColumn("Status", WIDTHS[2]),
    count_column("Wert", WIDTHS[3]),
    COUNT_COLUMNS[0],
    TableColumn("Schwelle", WIDTHS[5]),
)
EVIDENCE_COLUMNS = (
    TableColumn("Nr.", WIDTHS[0]),
    TableColumn("Nachweis", WIDTHS[1]),
    count_column("Dokumente", WIDTHS[2]),
    TableColumn("Frist", WIDTHS[3], "center", DATE),
    *COUNT_COLUMNS,
)
MILESTONE_COLUMNS = (
    TableColumn("Nr.", WIDTHS[0]),
    TableColumn("Beschreibung", WIDTHS[1]),
    TableColumn("Erfüllt von", WIDTHS[2]),
    TableColumn("Zeitpunkt", WIDTHS[3], "center", DATE),
    *COUNT_COLUMNS,
)
NOT_MEASURED = {Attested: "Datum und Nachweis", Info: "ohne (Erhebung)"}
NO_SUBMISSION_LINE = " Ohne gültige Abgabe und hier nicht aufgeführt: {} von {} Kommunen."
NO_EVIDENCE = "Die Quelle nennt für diese Projektmaßnahme keinen Nachweis."
Write = Callable[[Book, FastSheet], None]


def measure_sheets(rules: Rules) -> tuple[tuple[str, Write], ...]:
    """Title and writer of one sheet for each measure of the rules."""
    return tuple((f"Maßnahme {m.number}", partial(write_measure, m)) for m in rules.measures)


def write_measure(measure: Measure, book: Book, sheet: FastSheet) -> None:
    title = f"Projektmaßnahme {measure.number}: {measure.title}"
    lines = [LEAD + _without(book), *filter(None, [measure.note])]
    row = lay_page(book, sheet, title, lines, WIDTHS)
    sheet.freeze_panes(row, 0)
    heading = f"Zielwert Projektmaßnahme {measure.number}"
    targets = row
    evidence = _write_table(book, sheet, row, heading, TARGET_COLUMNS, _targets(book, measure, heading))
    milestones = _write_table(
        book, sheet, evidence, EVIDENCE_TITLE, EVIDENCE_COLUMNS, _evidence(book, measure)
    )
    end = _write_milestones(book, sheet, milestones, measure)
    sheet.repeat_rows(milestones + 1)  # the last table may be longer than a page
    break_before(sheet, [(targets, evidence - 2), (evidence, milestones - 2), (milestones, end - 1)])
    sheet.print_area(0, 0, end - 1, LAST)
    _write_description(book, sheet, end + 1, measure)


def _without(book: Book) -> str:
    """How many municipalities the tables leave out, as a sentence; empty when none is."""
    missing = sum(r.data_as_of is None and r.ags != LEAD_AGS for r in book.outcome.results)
    return NO_SUBMISSION_LINE.format(missing, book.municipalities) if missing else ""


def _judged(counts: Mapping[Status, int]) -> dict[Status, int]:
    return {status: n for status, n in counts.items() if status is not Status.NO_SUBMISSION}


def _write_description(book: Book, sheet: FastSheet, row: int, measure: Measure) -> None:
    row = write_section(book, sheet, row, DESCRIPTION, len(WIDTHS))
    heading = book.styles.get(bold=True, text_wrap=True)
    bullet, text = book.styles.get(align="right"), book.styles.get(text_wrap=True)
    for passage in measure.description:
        row = write_across(sheet, row, [Part(0, LAST, passage.heading, heading)], WIDTHS)
        for statement in passage.statements:
            parts = [Part(0, 0, "–", bullet), Part(1, LAST, statement, text)]
            row = write_across(sheet, row, parts, WIDTHS)


def _write_table(
    book: Book,
    sheet: FastSheet,
    row: int,
    title: str,
    columns: Sequence[TableColumn],
    rows: Iterator[list[Cell]],
) -> int:
    row = write_section(book, sheet, row, title, len(WIDTHS))
    header, row = row, write_header(book, sheet, row, columns)
    writer = RowWriter(book, sheet, columns)
    for cells in rows:
        writer.write(row, cells)
        row += 1
    mark_table(sheet, f"{sheet.get_name()}_{title.split(maxsplit=1)[0]}", header, row, columns)
    return leave_gap(sheet, row)


# --- targets, evidence --------------------------------------------------------------------------------


def _targets(book: Book, measure: Measure, heading: str) -> Iterator[list[Cell]]:
    targets = {t.id: t for t in measure.targets}
    for position, found in enumerate(book.outcome.project.targets):
        target = targets.get(found.nr)
        if target is None:
            continue
        value, municipalities = linked_cells(book, position)
        nr = f"{target.id} {found.year}" if found.year else target.id
        status = StatusCell(TARGET_WORDS[found.status], symbol=True)
        yield [
            nr,
            book.texts[target.id],
            status,
            value,
            municipalities,
            threshold_in_words(target, book.outcome.rules),
        ]
        if target.heading.rstrip(":") != heading and target.interpretation and _last(book, position):
            yield [None, f"Auslegung zu {target.id}: {target.interpretation}", *[None] * 4]


def _last(book: Book, position: int) -> bool:
    """Whether this is the last row of its target: the interpretation stands once, below all years."""
    following = book.outcome.project.targets[position + 1 : position + 2]
    return not following or following[0].nr != book.outcome.project.targets[position].nr


def threshold_in_words(target: Target, rules: Rules) -> str:
    minimum = target.decide.minimum
    if minimum is None:
        return NOT_MEASURED[type(target.decide)]
    if isinstance(minimum, Fraction):
        return f"mindestens {percent(minimum)}"
    per = ["Kommune"] if not target.by_lead else []
    per += [YEARS[rules.project.parameters.year_basis]] if target.per_year else []
    return f"mindestens {minimum}" + (f" je {' und '.join(per)}" if per else "")


def _evidence(book: Book, measure: Measure) -> Iterator[list[Cell]]:
    own = {p.id for p in measure.evidence}
    for slot in slots(book):
        if slot.point.id in own:
            yield _evidence_cells(book, slot)
    if not own:
        yield [
            None,
            NO_EVIDENCE,
            None,
            None,
            None,
            StatusCell(MILESTONE_WORDS[Status.UNDEFINED], symbol=True),
        ]


def _evidence_cells(book: Book, slot: EvidenceDeadline) -> list[Cell]:
    nr = f"{slot.point.id} {slot.number}. Frist" if slot.due else slot.point.id
    counts = in_words(_judged(counts_of(book, slot)), EVIDENCE_WORDS)
    return [nr, slot.point.text, documents_of(book, slot), slot.due, provided_of(book, slot), counts]


# --- milestones ---------------------------------------------------------------------------------------


def _write_milestones(book: Book, sheet: FastSheet, row: int, measure: Measure) -> int:
    """Section and table of the milestones; returns the next free row."""
    row = write_section(book, sheet, row, MILESTONES_TITLE, len(WIDTHS))
    header, row = row, write_header(book, sheet, row, MILESTONE_COLUMNS)
    band = RowWriter(book, sheet, MILESTONE_COLUMNS, bg_color=BAND, bold=True)
    plain = RowWriter(book, sheet, MILESTONE_COLUMNS)
    for number, milestone in enumerate(measure.milestones, 1):
        band.write(row, _milestone(book, number, milestone))
        for below, criterion in enumerate(milestone.criteria, row + 1):
            plain.write(below, _criterion(book, criterion))
        row += 1 + len(milestone.criteria)
    mark_table(sheet, f"{sheet.get_name()}_{MILESTONES_TITLE}", header, row, MILESTONE_COLUMNS)
    return row


def _milestone(book: Book, number: int, milestone: Milestone) -> list[Cell]:
    rules = book.outcome.rules
    name = f"Meilenstein {number}"
    if milestone.undefined:
        state = StatusCell(MILESTONE_WORDS[Status.UNDEFINED], symbol=True)
        return [milestone.id, f"{name}: {UNDEFINED}", None, rules.due(milestone), None, state]
    found = next(m for m in book.outcome.project.milestones if m.nr == milestone.id)
    differing = f" ≠ {deadlines_compared(milestone, rules)}" if deadlines_disagree(milestone, rules) else ""
    return [
        milestone.id,
        f"{name}: {book.texts[milestone.id]}{differing}",
        None,
        rules.due(milestone),
        reached_of(book, milestone.id),
        in_words(_judged(found.counts), MILESTONE_WORDS),
    ]


def _criterion(book: Book, criterion: Criterion) -> list[Cell]:
    by = book.outcome.rules.lead.name if criterion.by_lead else "Kommune"
    counts = in_words(book.statuses[criterion.id], CRITERION_WORDS)
    return [criterion.id, book.texts[criterion.id], by, None, met_of(book, criterion.id), counts]
