"""Sheet Übersicht: one page for a minister, with the matrix of municipalities and milestones.

The page: project, reporting date and round; what needs a decision; each milestone due so far; each target's
project value against its threshold; the matrix if it fits, else on a page of its own. Contract: results.md,
"Übersicht".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.definitions.foreign import escaped
from pipeline.definitions.messages import german_date
from pipeline.definitions.model import ExemptionState, Status
from pipeline.definitions.words import MILESTONE_WORDS, ROUND_WORDS, TARGET_WORDS
from pipeline.report.summary.status.matrix import (
    due_milestones,
    end_of_figures,
    judged_targets,
    surveys,
    widths_of,
    write_matrix,
)
from pipeline.report.summary.status.measures import threshold_in_words
from pipeline.report.summary.status.targets import linked_cells
from pipeline.report.summary.tracing.proof import ReportInconsistent
from pipeline.report.summary.tracing.submissions_sheet import round_title
from pipeline.report.summary.writing.across import Part, write_across
from pipeline.report.summary.writing.book import TITLE_ROW, Book, lay_page
from pipeline.report.summary.writing.cells import Cell, FormulaCell, StatusCell, put_across
from pipeline.report.summary.writing.counted import in_words, reached_of
from pipeline.report.summary.writing.fastsheet import FastSheet
from pipeline.report.summary.writing.styles import NUMBER, PERCENT, Style
from pipeline.rules import Milestone, Target
from pipeline.rules.wording.in_words import deadlines_disagree
from pipeline.selection import Round
from pipeline.xlsx.formulas import excel_text

MOST_NAMED = 6  # so many municipalities without a valid submission are named in the line at the top
TO_DECIDE = "Zu klären"
DUE_TITLES = ("Fälliger Meilenstein", "Fällig am", "Kommunen", "Im Einzelnen")
NOTHING_DUE = "noch keiner"
TARGET_TITLES = ("Nr.", "Zielwert des Projekts", "Wert", "Schwelle", "Kommunen", "Status")
# Last columns of the cells; the rest of the row is the last cell's.
DUE_ENDS, TARGET_ENDS = (1, 3, 5), (0, 9, 10, 14, 16)
RULES_FROM = 8  # column, beside the title
NO_NUMBER = "keine Angabe"
NONE = "keine"


def write_overview(book: Book, sheet: FastSheet) -> None:
    outcome = book.outcome
    title = f"{outcome.rules.project.short_title} – Bericht zum Stichtag {german_date(outcome.as_of)}"
    widths = widths_of(book)
    row = lay_page(book, sheet, title, (), widths)
    put_across(sheet, TITLE_ROW, RULES_FROM, len(widths) - 1, _rules(book), book.styles.get(align="right"))
    row = _write_facts(book, sheet, row, widths)
    row = _write_due(book, sheet, row, widths)
    row = _write_targets(book, sheet, row, widths)
    if row != end_of_figures(book):
        raise ReportInconsistent("Übersicht")
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
    period = f"{german_date(project.start)} bis {german_date(project.end)}"
    sample = "Muster: Wer teilnimmt, steht nicht in der Quelle" if project.roster_is_sample else "verbindlich"
    members = f"{len(rules.roster)} Kommunen ({sample}) und die Projektleitung"
    yield "Projekt", f"{project.title} ({project.fund}) · {period} · {members}"
    yield "Runde", f"{_round(outcome.round)} · {_without(book)}"
    yield TO_DECIDE, " · ".join(_decisions(book))


def _rules(book: Book) -> str:
    rules = book.outcome.rules
    return f"Regelwerk {rules.project.version} · SHA-256 {rules.sha256}"


def _round(of: Round) -> str:
    counts = ", ".join(f"{n} {ROUND_WORDS[status].text}" for status, n in of.counts.items())
    return f"{round_title(of)}: {counts}"


def _without(book: Book) -> str:
    without = [book.names[r.ags] for r in book.outcome.results if r.data_as_of is None]
    if not without:
        return "von allen liegt eine gültige Abgabe vor"
    shown = ", ".join(without) if len(without) <= MOST_NAMED else f"{len(without)} Stellen (Blatt Abgaben)"
    return f"ohne gültige Abgabe: {shown}"


def _decisions(book: Book) -> Iterator[str]:
    """Points to decide: undefined, contradictory, exempted or withdrawn."""
    outcome, rules = book.outcome, book.outcome.rules
    undefined = ", ".join(m.id for m in rules.milestones if m.undefined) or NONE
    differing = ", ".join(m.id for m in rules.milestones if deadlines_disagree(m, rules)) or NONE
    used = [e for e in outcome.exemptions if e.use is ExemptionState.USED]
    exempted = ", ".join(dict.fromkeys(book.names.get(e.exemption.ags, e.exemption.ags) for e in used))
    files = {f for w in outcome.withdrawals for f in w.files}
    withdrawn = (s.workbook for s in outcome.received if s.workbook.file in files)
    names = ", ".join(dict.fromkeys(book.names.get(w.ags or "", escaped(w.file)) for w in withdrawn))
    yield f"– Kriterien und Frist nicht festgelegt: {undefined}"
    yield f"≠ Text und Zeitschiene der Quelle weichen ab: {differing}"
    yield f"Ausnahmen von Prüfungen: {exempted or NONE}"
    yield f"Zurückgezogen: {names or NONE}"


# --- milestones due -----------------------------------------------------------------------------------


def _write_due(book: Book, sheet: FastSheet, row: int, widths: Sequence[float]) -> int:
    head, ends = book.styles.header, (*DUE_ENDS, len(widths) - 1)
    row = write_across(sheet, row, _parts(DUE_TITLES, ends, [head] * len(DUE_TITLES)), widths)
    due = due_milestones(book)
    if not due:
        return write_across(sheet, row, [Part(0, ends[-1], NOTHING_DUE, book.styles.cell())], widths)
    for milestone in due:
        row = write_across(sheet, row, _due_parts(book, milestone, ends), widths)
    return row


def _due_parts(book: Book, milestone: Milestone, ends: Sequence[int]) -> list[Part]:
    counts = next(m.counts for m in book.outcome.project.milestones if m.nr == milestone.id)
    status = _of_all(counts)
    plain, centred = book.styles.cell(), book.styles.cell(align="center", num_format="dd.mm.yyyy")
    shown = reached_of(book, milestone.id, symbol=MILESTONE_WORDS[status].symbol)
    tone = book.styles.status(MILESTONE_WORDS[status].tone, bold=True)
    cells = (milestone.id, book.outcome.rules.due(milestone), shown, in_words(counts, MILESTONE_WORDS))
    return _parts(cells, ends, [plain, centred, tone, plain])


def _of_all(counts: dict[Status, int]) -> Status:
    """Reached when all municipalities have, else the first status of what some lack."""
    lacking = (
        Status.OVERDUE,
        Status.EVIDENCE_MISSING,
        Status.NOT_EVALUABLE,
        Status.NO_SUBMISSION,
        Status.REACHED_LATE,
    )
    return next((s for s in lacking if counts.get(s)), Status.REACHED)


# --- targets ------------------------------------------------------------------------------------------


def _write_targets(book: Book, sheet: FastSheet, row: int, widths: Sequence[float]) -> int:
    head, ends = book.styles.header, (*TARGET_ENDS, len(widths) - 1)
    row = write_across(sheet, row, _parts(TARGET_TITLES, ends, [head] * len(TARGET_TITLES)), widths)
    for position, target in judged_targets(book):
        row = write_across(sheet, row, _target_parts(book, position, target, ends), widths)
    if surveys(book):
        plain = book.styles.cell()
        parts = _parts((TARGET_WORDS[Status.INFO].text, _surveyed(book)), (0, ends[-1]), [plain, plain])
        row = write_across(sheet, row, parts, widths)
    return row


def _surveyed(book: Book) -> FormulaCell:
    """The numbers of targets that are not judged, in one line: ``Z2.1 Ehrenamtliche: 22 · …``."""
    formulas, shown = [], []
    for position, target, decide in surveys(book):
        year = book.outcome.project.targets[position].year
        value, _ = linked_cells(book, position)
        detail = ", ".join(v for _, values in decide.rows.where for v in values)
        counted = f"{decide.rows.sheet} ({detail})" if detail else decide.rows.sheet
        before = f"{target.id}{f' ({year})' if year else ''} {counted}: "
        number = value.text.removeprefix("=") if value else excel_text(NO_NUMBER)
        formulas.append(f"{excel_text(before)}&{number}")
        shown.append(before + str(value.result if value else NO_NUMBER))
    return FormulaCell("=" + '&" · "&'.join(formulas), " · ".join(shown))


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
