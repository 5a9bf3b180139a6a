"""Sheet Zeitschiene: the source's timeline, measures × quarters, each milestone in its quarter.

Where the text of a milestone names another quarter than its mark in the timeline, both quarters are marked,
and both are quoted below. Then the project's shares over time against the thresholds of the milestones.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from pipeline.definitions.messages import german_date
from pipeline.definitions.model import Status
from pipeline.definitions.palette import BAND, FILLS, MUTED
from pipeline.definitions.words import MILESTONE_WORDS, Tone
from pipeline.evaluate.progress import QuarterShare, ShareOverTime, ThresholdPath, quarters, threshold_paths
from pipeline.report.summary.status.progress_chart import write_progress
from pipeline.report.summary.writing.across import Part, write_across
from pipeline.report.summary.writing.book import Book, lay_page, leave_gap, write_section
from pipeline.report.summary.writing.cells import Cell, FormulaCell, put, put_across, shown
from pipeline.report.summary.writing.counted import reached_of
from pipeline.report.summary.writing.fastsheet import FastSheet
from pipeline.report.summary.writing.growing import ReportedMunicipality
from pipeline.report.summary.writing.heights import lines, row_height
from pipeline.report.summary.writing.paper import break_before
from pipeline.report.summary.writing.styles import Style
from pipeline.rules import Milestone, Rules, quarter_end
from pipeline.rules.wording.in_words import deadlines_disagree, deciding_words, quarter_of, quarter_words

LABEL_WIDTH, QUARTER_WIDTH = 27.5, 10.4
LINES = (
    "Jeder Meilenstein steht im Quartal seiner Frist, wie auf den Folien der Quelle. „erreicht n von N“: so viele Kommunen "
    "haben ihn erreicht, verspätet erreichte eingeschlossen.",
)
CORNER, DUE, REACHED, LOST = "Projektmaßnahmen", "Frist", "Kommunen", "ohne Frist"
DIFFERENT = "≠ unten"
DEVIATIONS = "Wo Text und Zeitschiene der Quelle voneinander abweichen"
DEVIATION_TITLES = ("Meilenstein", "Text der Meilensteintabelle", "Markierung in der Zeitschiene", "Was gilt")


def name_of(milestone: Milestone) -> str:
    """As in the source's timeline: ``Meilenstein 1.2``."""
    return f"Meilenstein {milestone.id.removeprefix('MS')}"


def places(milestone: Milestone, rules: Rules) -> dict[str, str]:
    """Quarter → which part of the source names it: text of the table, mark in the timeline, or both."""
    found: dict[str, str] = {}
    if milestone.months is not None:
        found[quarter_of(rules.month_end(milestone.months))] = "Text"
    if milestone.quarter is not None:
        found[milestone.quarter] = "Text" if milestone.quarter in found else "Zeitschiene"
    return found


class TimelineSheet:
    """Sums the shares of the project, municipality by municipality."""

    def __init__(self, book: Book, sheet: FastSheet) -> None:
        rules, as_of = book.outcome.rules, book.outcome.as_of
        self._sheet = sheet
        self._courses = [(path, ShareOverTime(rules, as_of)) for path in threshold_paths(rules)]

    def add(self, municipality: ReportedMunicipality) -> None:
        result = municipality.result
        if municipality.details is None or result.data_as_of is None:
            return
        for (_, course), parts in zip(self._courses, municipality.details.courses, strict=False):
            course.add(parts, result.data_as_of)

    def close(self, book: Book) -> None:
        _write_timeline(book, self._sheet, [(path, course.points) for path, course in self._courses])


def _write_timeline(
    book: Book, sheet: FastSheet, courses: Sequence[tuple[ThresholdPath, Sequence[QuarterShare]]]
) -> None:
    names = quarters(book.outcome.rules)
    widths = (LABEL_WIDTH, *[QUARTER_WIDTH] * len(names))
    title = f"Zeitschiene – {book.outcome.rules.project.short_title}"
    header = lay_page(book, sheet, title, LINES, widths)
    _write_header(book, sheet, header, names)
    sheet.freeze_panes(header + 2, 1)
    row = header + 2
    for measure in book.outcome.rules.measures:
        row = _write_measure(
            book, sheet, row, names, f"{measure.number}) {measure.title}", measure.milestones
        )
    row = _write_deviations(book, sheet, leave_gap(sheet, row), widths)
    blocks = []
    for path, known in courses:
        first, row = row, write_progress(book, sheet, row, path, known, widths)
        blocks.append((first, row - 1))  # a chart and its figures stay on one page
    break_before(sheet, blocks)


def _write_header(book: Book, sheet: FastSheet, row: int, names: Sequence[str]) -> None:
    """Years above quarters; the quarter of the reporting date is marked."""
    centred, as_of = book.styles.centred, quarter_of(book.outcome.as_of)
    put(sheet, row, 0, None, book.styles.header)
    put(sheet, row + 1, 0, CORNER, book.styles.header)
    for year, group in groupby(enumerate(names, 1), key=lambda pair: pair[1][:4]):
        columns = [column for column, _ in group]
        put_across(sheet, row, columns[0], columns[-1], year, centred)
    for column, name in enumerate(names, 1):
        mark = "\n▼ Stichtag" if name == as_of else ""
        put(sheet, row + 1, column, name[5:] + mark, centred)
    sheet.set_row(row, row_height(1) + 2)
    sheet.set_row(row + 1, row_height(2) + 2)


# --- a measure: name, deadline, municipalities --------------------------------------------------------


def _write_measure(
    book: Book, sheet: FastSheet, row: int, names: Sequence[str], title: str, milestones: Sequence[Milestone]
) -> int:
    """Three rows, and one more for milestones without a quarter; returns the next row."""
    styles = book.styles
    lost = [m for m in milestones if not places(m, book.outcome.rules)]
    placed = {name: [m for m in milestones if name in places(m, book.outcome.rules)] for name in names}
    labels = (
        (title, styles.cell(bold=True, valign="vcenter")),
        (DUE, styles.cell(indent=1, valign="vcenter")),
        (REACHED, styles.cell(indent=1, valign="vcenter")),
    )
    if len(lost) == len(milestones):
        return _write_undefined(book, sheet, row, title, lost, len(names))
    for below, (label, style) in enumerate(labels):
        put(sheet, row + below, 0, label, style)
    tallest = [lines(label, LABEL_WIDTH) for label, _ in labels]
    for column, name in enumerate(names, 1):
        style = _style(book, placed[name])
        for below, cell in enumerate(_place(book, placed[name], name)):
            put(sheet, row + below, column, cell, style)
            tallest[below] = max(tallest[below], lines(shown(cell), QUARTER_WIDTH))
    for below, count in enumerate(tallest):
        sheet.set_row(row + below, row_height(count))
    row += len(labels)
    return _write_undefined(book, sheet, row, LOST, lost, len(names)) if lost else row


def _style(book: Book, found: list[Milestone]) -> Style:
    look = {"align": "center", "valign": "vcenter"}
    if any(deadlines_disagree(m, book.outcome.rules) for m in found):
        return book.styles.cell(**look, bold=True, bg_color=FILLS[Tone.WARNING], border=8, border_color=MUTED)
    return book.styles.cell(**look, bold=True, bg_color=BAND) if found else book.styles.cell()


def _place(book: Book, found: list[Milestone], name: str) -> tuple[Cell, Cell, Cell]:
    """Name, deadline and municipalities of the milestones of one quarter."""
    if not found:
        return None, None, None
    marks = [
        name_of(m) + (f"\n{DIFFERENT}" if deadlines_disagree(m, book.outcome.rules) else "") for m in found
    ]
    deadlines = [_deadline(m, name, book.outcome.rules) for m in found]
    return "\n".join(marks), "\n".join(deadlines), _joined([_state(book, m, name) for m in found])


def _deadline(milestone: Milestone, name: str, rules: Rules) -> str:
    if not deadlines_disagree(milestone, rules):
        due = rules.due(milestone)
        return german_date(due) if due else ""
    place = places(milestone, rules)[name]
    return f"{place}:\n{german_date(_end(milestone, place, rules))}"


def _end(milestone: Milestone, place: str, rules: Rules) -> object:
    if place == "Text" and milestone.months is not None:
        return rules.month_end(milestone.months)
    assert milestone.quarter is not None
    return quarter_end(milestone.quarter)


def _state(book: Book, milestone: Milestone, name: str) -> str | FormulaCell:
    """``erreicht 3 von 8`` in the quarter of the deadline; in the other of two quarters a reference to it."""
    due = book.outcome.rules.due(milestone)
    if due is not None and quarter_of(due) != name:
        return f"siehe {quarter_of(due)[5:]} {due.year}"
    if milestone.undefined:
        return MILESTONE_WORDS[Status.UNDEFINED].label
    return reached_of(book, milestone.id)


def _joined(states: list[str | FormulaCell]) -> str | FormulaCell:
    """Several texts in one cell, formulas kept live."""
    if not any(isinstance(s, FormulaCell) for s in states):
        return "\n".join(str(s) for s in states)
    texts = [s.text.removeprefix("=") if isinstance(s, FormulaCell) else f'"{s}"' for s in states]
    results = [str(s.result) if isinstance(s, FormulaCell) else s for s in states]
    return FormulaCell("=" + "&CHAR(10)&".join(texts), "\n".join(results))


def _write_undefined(
    book: Book, sheet: FastSheet, row: int, label: str, lost: list[Milestone], width: int
) -> int:
    word = MILESTONE_WORDS[Status.UNDEFINED]
    style = book.styles.status(word.tone, align="center", valign="vcenter")
    text = f"{word.label}: {', '.join(name_of(m) for m in lost)}. {word.meaning}"
    put(sheet, row, 0, label, book.styles.cell(bold=label != LOST, valign="vcenter"))
    put_across(sheet, row, 1, width, text, style)
    sheet.set_row(row, row_height(2))
    return row + 1


# --- where text and timeline disagree -----------------------------------------------------------------


def _write_deviations(book: Book, sheet: FastSheet, row: int, widths: Sequence[float]) -> int:
    rules = book.outcome.rules
    found = [m for m in rules.milestones if deadlines_disagree(m, rules)]
    if not found:
        return row
    spans = _spans(len(widths))
    row = write_section(book, sheet, row, DEVIATIONS, len(widths))
    rows: list[tuple[tuple[str, ...], Style]] = [(DEVIATION_TITLES, book.styles.header)]
    rows += [(tuple(_deviation(m, rules)), book.styles.cell()) for m in found]
    for cells, style in rows:
        parts = [Part(*span, cell, style) for span, cell in zip(spans, cells, strict=True)]
        row = write_across(sheet, row, parts, widths)
    for text in _quotes(rules):
        style = book.styles.get(text_wrap=True, italic=True)
        row = write_across(sheet, row, [Part(0, len(widths) - 1, text, style)], widths)
    return row


def _spans(columns: int) -> list[tuple[int, int]]:
    """Column ranges: the label's column, then the quarters in three parts."""
    third = (columns - 1) // 3
    return [(0, 0), (1, third), (third + 1, 2 * third), (2 * third + 1, columns - 1)]


def _deviation(milestone: Milestone, rules: Rules) -> Iterator[str]:
    assert milestone.months is not None
    assert milestone.quarter is not None
    by_text = rules.month_end(milestone.months)
    yield name_of(milestone)
    yield f"„{milestone.text}“: {german_date(by_text)}"
    yield f"{quarter_words(milestone.quarter)}: bis {german_date(quarter_end(milestone.quarter))}"
    yield deciding_words(milestone, rules)


def _quotes(rules: Rules) -> Iterator[str]:
    """Quotations of the source about the marks, and where the interpretation of the question is found."""
    for reading in rules.readings:
        if reading.parameter == "deadline_basis":
            quotes = " · ".join(f"„{q}“" for q in reading.quotes)
            yield f"Die Quelle sagt: {quotes}. Wie das gelesen wird, steht im Blatt Regelwerk unter {reading.id}."
