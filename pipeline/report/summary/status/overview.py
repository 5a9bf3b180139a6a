"""Sheet Übersicht: one page to hand to a minister, then the matrix of municipalities and milestones.

The page: project, Stichtag and round; each milestone due so far; each target's project value against its
threshold; what needs a decision. Contract: results.md, "Übersicht".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest

from pipeline.definitions.foreign import escaped
from pipeline.definitions.messages import german_date, number_of
from pipeline.definitions.model import ExemptionState, State, Status
from pipeline.definitions.words import MILESTONE_WORDS, REPORTED_WORDS, ROUND_WORDS, STATE_WORDS, TARGET_WORDS
from pipeline.report.summary.status.matrix import (
    DECISIONS,
    due_milestones,
    judged_targets,
    matrix_row,
    top_row,
    widths_of,
    write_matrix,
)
from pipeline.report.summary.status.measures import threshold_in_words
from pipeline.report.summary.status.targets import linked_cells
from pipeline.report.summary.tracing.proof import ReportInconsistent
from pipeline.report.summary.tracing.submissions import files_with, round_title
from pipeline.report.summary.writing.across import Part, write_across
from pipeline.report.summary.writing.book import Book, lay_page, write_section
from pipeline.report.summary.writing.cells import Cell, StatusCell
from pipeline.report.summary.writing.counted import in_words, reached_of
from pipeline.report.summary.writing.fastsheet import FastSheet
from pipeline.report.summary.writing.styles import NUMBER, PERCENT, Style
from pipeline.rules import Milestone, Target
from pipeline.rules.wording.in_words import deadlines_disagree
from pipeline.selection import Round

NAMED = 6  # so many municipalities without a valid submission are named in the line at the top
DUE, TO_DECIDE, TARGETS = "Fällige Meilensteine", "Zu entscheiden oder zu klären", "Zielwerte des Projekts"
DUE_TITLES = ("Nr.", "Fällig am", "Kommunen", "Im Einzelnen")
TARGET_TITLES = ("Nr.", "Zielwert", "Wert", "Schwelle", "Kommunen", "Status")
# Last columns of the cells; the rest of the row is the last cell's.
DUE_ENDS, TARGET_ENDS = (0, 1, 3, 10), (0, 8, 9, 12, 15)
NONE = "keine"


def write_overview(book: Book, sheet: FastSheet) -> None:
    outcome = book.outcome
    title = f"{outcome.rules.project.short_title} – Bericht zum Stichtag {german_date(outcome.as_of)}"
    widths = widths_of(book)
    row = lay_page(book, sheet, title, (), widths)
    row = _write_facts(book, sheet, row, widths)
    row = _write_due(book, sheet, row, widths)
    row = _write_targets(book, sheet, row, widths)
    if row + 1 != top_row(book):
        raise ReportInconsistent("Übersicht")
    write_across(sheet, matrix_row(book) + 1, _line(book, "Regelwerk", _rules(book), len(widths)), widths)
    write_matrix(book, sheet)


# --- facts --------------------------------------------------------------------------------------------


def _write_facts(book: Book, sheet: FastSheet, row: int, widths: Sequence[float]) -> int:
    for name, text in _facts(book):
        row = write_across(sheet, row, _line(book, name, text, len(widths)), widths)
    return row


def _line(book: Book, name: str, text: str, width: int) -> list[Part]:
    label, plain = book.styles.get(bold=True), book.styles.get(text_wrap=True)
    return [Part(0, 0, name, label), Part(1, width - 1, text, plain)]


def _facts(book: Book) -> Iterator[tuple[str, str]]:
    outcome = book.outcome
    rules, project = outcome.rules, outcome.rules.project
    period = f"Laufzeit {german_date(project.start)} bis {german_date(project.end)}"
    sample = "Muster: Wer teilnimmt, steht nicht in der Quelle" if project.roster_is_sample else "verbindlich"
    members = f"{len(rules.roster)} Kommunen ({sample}) und die Projektleitung"
    yield "Projekt", f"{project.title} ({project.fund}) · {period} · {project.ministry} · {members}"
    yield "Runde", _round(outcome.round)
    yield "Abgaben", f"{_received(book)} · {_without(book)}"


def _rules(book: Book) -> str:
    rules = book.outcome.rules
    return f"Version {rules.project.version} · SHA-256 {rules.sha256}. Ein Klick auf ein Feld führt zu seinen Kriterien."


def _round(of: Round) -> str:
    counts = ", ".join(f"{n} {ROUND_WORDS[status].text}" for status, n in of.counts.items())
    return f"{round_title(of)}: {counts}"


def _received(book: Book) -> str:
    outcome = book.outcome
    counts = [(files_with(outcome, w), w) for w in REPORTED_WORDS if w != STATE_WORDS[State.MISSING]]
    parts = ", ".join(f"{n} {word.text}" for n, word in counts if n)
    files = number_of(len(outcome.submissions), "Datei", "Dateien")
    return f"{files} eingegangen: {parts}" if parts else f"{files} eingegangen"


def _without(book: Book) -> str:
    without = [book.names[r.ags] for r in book.outcome.results if r.data_as_of is None]
    if not without:
        return "von allen liegt eine gültige Abgabe vor"
    shown = ", ".join(without) if len(without) <= NAMED else f"{len(without)} Stellen (Blatt Abgaben)"
    return f"ohne gültige Abgabe: {shown}"


# --- milestones due, what needs a decision ------------------------------------------------------------


def _write_due(book: Book, sheet: FastSheet, row: int, widths: Sequence[float]) -> int:
    """Milestones at the left, decisions at the right of the same rows."""
    row = write_section(book, sheet, row, f"{DUE}, dazu rechts: {TO_DECIDE}", len(widths))
    head = book.styles.header
    titles = [
        *_parts(DUE_TITLES, DUE_ENDS, [head] * 4),
        Part(DUE_ENDS[-1] + 1, len(widths) - 1, TO_DECIDE, head),
    ]
    row = write_across(sheet, row, titles, widths)
    plain = book.styles.cell()
    for milestone, decision in zip_longest(due_milestones(book), _decisions(book)):
        parts = _due_parts(book, milestone) if milestone else []
        if decision:
            parts = [*parts, Part(DUE_ENDS[-1] + 1, len(widths) - 1, decision, plain)]
        row = write_across(sheet, row, parts, widths)
    return row


def _due_parts(book: Book, milestone: Milestone) -> list[Part]:
    counts = next(m.counts for m in book.outcome.project.milestones if m.nr == milestone.id)
    status = _of_all(counts)
    plain, centred = book.styles.cell(), book.styles.cell(align="center", num_format="dd.mm.yyyy")
    shown = reached_of(book, milestone.id, symbol=MILESTONE_WORDS[status].symbol)
    tone = book.styles.status(MILESTONE_WORDS[status].tone, bold=True)
    cells = (milestone.id, book.outcome.rules.due(milestone), shown, in_words(counts, MILESTONE_WORDS))
    return _parts(cells, DUE_ENDS, [plain, centred, tone, plain])


def _of_all(counts: dict[Status, int]) -> Status:
    """Reached when all have, else the first of what some lack."""
    lacking = (
        Status.OVERDUE,
        Status.EVIDENCE_MISSING,
        Status.NOT_EVALUABLE,
        Status.NO_SUBMISSION,
        Status.REACHED_LATE,
    )
    return next((s for s in lacking if counts.get(s)), Status.REACHED)


def _decisions(book: Book) -> list[str]:
    """Always DECISIONS lines."""
    outcome, rules = book.outcome, book.outcome.rules
    undefined = ", ".join(m.id for m in rules.milestones if m.undefined) or NONE
    differing = ", ".join(m.id for m in rules.milestones if deadlines_disagree(m, rules)) or NONE
    used = [e for e in outcome.exemptions if e.use is ExemptionState.USED]
    exempted = ", ".join(dict.fromkeys(book.names.get(e.exemption.ags, e.exemption.ags) for e in used))
    files = ", ".join(escaped(f) for w in outcome.withdrawals for f in w.files)
    lines = [
        f"– Kriterien und Frist nicht festgelegt: {undefined}",
        f"≠ Text und Zeitschiene der Quelle weichen ab: {differing} (Blatt Zeitschiene)",
        f"Ausnahmen von Prüfungen angewendet: {exempted or NONE} (Blatt Regelwerk)",
        f"Zurückgezogene Abgaben: {files or NONE} (Blatt Regelwerk)",
    ]
    assert len(lines) == DECISIONS
    return lines


# --- targets ------------------------------------------------------------------------------------------


def _write_targets(book: Book, sheet: FastSheet, row: int, widths: Sequence[float]) -> int:
    row = write_section(book, sheet, row, TARGETS, len(widths))
    head, ends = book.styles.header, (*TARGET_ENDS, len(widths) - 1)
    row = write_across(sheet, row, _parts(TARGET_TITLES, ends, [head] * len(TARGET_TITLES)), widths)
    for position, target in judged_targets(book):
        row = write_across(sheet, row, _target_parts(book, position, target, ends), widths)
    return row


def _target_parts(book: Book, position: int, target: Target, ends: Sequence[int]) -> list[Part]:
    found = book.outcome.project.targets[position]
    value, municipalities = linked_cells(book, position)
    status = StatusCell(TARGET_WORDS[found.status], symbol=True)
    plain, right = book.styles.cell(), book.styles.cell(align="right", num_format=_number(found.value))
    text = book.texts[target.id]
    text = f"{text} ({found.year})" if found.year else text
    cells = (target.id, text, value, threshold_in_words(target, book.outcome.rules), municipalities, status)
    styles = [plain, plain, right, plain, plain, book.styles.status(status.word.tone)]
    return _parts(cells, ends, styles)


def _number(value: object) -> str:
    return NUMBER if isinstance(value, int) else PERCENT


def _parts(cells: Sequence[Cell], ends: Sequence[int], styles: Sequence[Style]) -> list[Part]:
    """Cells side by side, up to the columns ``ends``."""
    firsts = [0, *(end + 1 for end in ends)]
    return [Part(*place) for place in zip(firsts, ends, cells, styles, strict=False)]
