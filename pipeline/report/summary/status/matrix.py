"""Second part of the sheet Übersicht: municipalities × milestones, counts per status, chart, files.

Where the key figures and the matrix fit on one page, nothing else of the sheet is printed; otherwise all is. A long
matrix stands below the chart. Other sheets count in the matrix, so its position is known before it is written
(``first_row``).
"""

from __future__ import annotations

from pipeline.definitions.results import MilestoneResult
from pipeline.definitions.sheets import LEAD_AGS
from pipeline.definitions.words import MILESTONE_WORDS, REPORTED_WORDS
from pipeline.report.summary.status.chart import HEIGHT_ROWS, MOST_WITH_UNIT_AXIS, insert_milestone_chart
from pipeline.report.summary.tracing.proof import RecordRange
from pipeline.report.summary.tracing.submissions_sheet import FILE, STATE, column_range, files_with
from pipeline.report.summary.writing.book import Book, write_section
from pipeline.report.summary.writing.cells import Cell, FormulaCell, StatusCell, put, put_across
from pipeline.report.summary.writing.fastsheet import FastSheet
from pipeline.report.summary.writing.heights import row_height
from pipeline.report.summary.writing.links import MILESTONES, location
from pipeline.report.summary.writing.paper import break_before, fits_page
from pipeline.report.summary.writing.record_table import RowWriter, TableColumn, write_header
from pipeline.report.summary.writing.styles import NUMBER
from pipeline.rules import Info, Milestone, Target
from pipeline.xlsx.addresses import column_letters

TITLE = "Übersicht"
FIRST_COLUMNS = (TableColumn("AGS", 8.25), TableColumn("Kommune", 10.25))
MILESTONE = TableColumn("", 8.15, "center")
FACTS = 3  # lines at the top
HEADER_ROWS = 3
ROWS_KEPT_TOGETHER = 12  # rows of the matrix that stay together
COUNT_LINES = (
    "Zahl der Kommunen je Status (zugleich Legende; was die Wörter heißen, steht im Blatt Regelwerk). Ein Klick auf ein Feld "
    "der Matrix führt zu seinen Kriterien."
)
RECEIVED_COLUMNS = 3
CHART, RECEIVED = "Stand der Meilensteine", "Abgaben"
NO_DATE = "keine"


def widths_of(book: Book) -> list[float]:
    return [c.width for c in _columns(book)]


def due_milestones(book: Book) -> list[Milestone]:
    """Milestones with a deadline up to the as-of date."""
    rules = book.outcome.rules
    dues = ((m, rules.due(m)) for m in rules.milestones)
    return [m for m, due in dues if due is not None and due <= book.outcome.as_of]


def judged_targets(book: Book) -> list[tuple[int, Target]]:
    """Targets with a threshold, with their position among the project's targets."""
    return [(n, t) for n, t in _targets(book) if not isinstance(t.decide, Info)]


def surveys(book: Book) -> list[tuple[int, Target, Info]]:
    """Targets without a threshold, whose number is shown and not judged, with their position and decision."""
    return [(n, t, t.decide) for n, t in _targets(book) if isinstance(t.decide, Info)]


def _targets(book: Book) -> list[tuple[int, Target]]:
    return [(n, book.targets[t.nr]) for n, t in enumerate(book.outcome.project.targets)]


def end_of_figures(book: Book) -> int:
    """The row below the key figures, counted from 0."""
    targets = len(judged_targets(book)) + bool(surveys(book))
    return 1 + FACTS + 1 + max(1, len(due_milestones(book))) + 1 + targets


def _chart_first(book: Book) -> bool:
    return book.municipalities > MOST_WITH_UNIT_AXIS


def header_row(book: Book) -> int:
    """The first row of the matrix's header, counted from 0."""
    return end_of_figures(book) + (1 + HEIGHT_ROWS if _chart_first(book) else 0)


def first_row(book: Book) -> int:
    """The row of the first municipality, counted from 0."""
    return header_row(book) + HEADER_ROWS


def range_of(book: Book, position: int) -> str:
    """Range of the n-th milestone in the matrix."""
    letter, first = column_letters(len(FIRST_COLUMNS) + position + 1), first_row(book) + 1
    return f"{TITLE}!${letter}${first}:${letter}${first + max(1, book.municipalities) - 1}"


def write_matrix(book: Book, sheet: FastSheet) -> None:
    """The matrix, its counts, the chart; the matrix's header alone is repeated on further pages."""
    row, width = header_row(book), len(_columns(book))
    header = _write_milestones(book, sheet, row)
    sheet.repeat_rows(row, header)
    matrix = first_row(book)
    _write_matrix(book, sheet, matrix)
    end = matrix + max(1, book.municipalities)
    counts = write_section(book, sheet, end, COUNT_LINES, width)
    _write_counts(book, sheet, counts, matrix)
    last = counts + len(MILESTONE_WORDS) - 1
    top = end_of_figures(book) if _chart_first(book) else last + 1
    chart = write_section(book, sheet, top, CHART, width)
    pixels = sum(int(w * 7 + 5) for w in widths_of(book)[: -RECEIVED_COLUMNS - 1])
    if book.outcome.rules.milestones:
        insert_milestone_chart(book, sheet, chart, header - 1, counts, pixels)
    _write_received(book, sheet, chart)
    if fits_page(sheet, end - 1):
        sheet.print_area(0, 0, end - 1, width - 1)
        return
    second = end_of_figures(book)  # begins the second page
    beginning = (row, min(end, matrix + ROWS_KEPT_TOGETHER) - 1)
    blocks = sorted([(0, second - 1), (top, top + HEIGHT_ROWS), beginning, (end, last)])
    break_before(sheet, blocks, always=second, repeated=(row, header))


def _write_milestones(book: Book, sheet: FastSheet, row: int) -> int:
    """Three header rows: measure, milestone, deadline. Returns the last of them."""
    header, centred = book.styles.header, book.styles.centred
    for below, text in ((row, None), (row + 1, "Meilenstein, Frist")):
        sheet.set_row(below, row_height(1))
        put_across(sheet, below, 0, len(FIRST_COLUMNS) - 1, text, header)
    write_header(book, sheet, row + 2, FIRST_COLUMNS)
    column = len(FIRST_COLUMNS)
    for measure in book.outcome.rules.measures:
        for position, milestone in enumerate(measure.milestones, column):
            due = book.outcome.rules.due(milestone)
            put(sheet, row + 1, position, milestone.id, centred)
            put(sheet, row + 2, position, f"{due:%d.%m.%y}" if due else NO_DATE, centred)
        last = column + len(measure.milestones) - 1
        if last >= column:
            put_across(sheet, row, column, last, f"{measure.number} {measure.title}", centred)
        column = last + 1
    sheet.set_row(row + 2, row_height(1))
    return row + 2


# --- counts, submissions, matrix ----------------------------------------------------------------------


def _columns(book: Book) -> list[TableColumn]:
    return [*FIRST_COLUMNS, *[MILESTONE] * len(book.outcome.rules.milestones)]


def _write_counts(book: Book, sheet: FastSheet, row: int, matrix: int) -> None:
    """A row per status: symbol and word, then the number of municipalities, counted in the matrix below."""
    last = matrix + max(1, book.municipalities)
    number = book.styles.cell(align="center", num_format="0;-0;–")
    name = sheet.get_name()
    book.areas["Übersicht: Zahlen"] = RecordRange(name, row + 1, row + len(MILESTONE_WORDS))
    book.areas["Übersicht: Kommunen"] = RecordRange(name, matrix + 1, last)
    book.letters["Übersicht: Meilensteine"] = tuple(
        column_letters(1 + c)
        for c in range(len(FIRST_COLUMNS), len(FIRST_COLUMNS) + len(book.outcome.project.milestones))
    )
    for position, (status, word) in enumerate(MILESTONE_WORDS.items(), row):
        style = book.styles.status(word.tone)
        put_across(sheet, position, 0, len(FIRST_COLUMNS) - 1, word.label, style)
        for column, milestone in enumerate(book.outcome.project.milestones, len(FIRST_COLUMNS)):
            letter = column_letters(1 + column)
            cells = f"{letter}${matrix + 1}:{letter}${last}"
            formula = f"=SUMPRODUCT(--({cells}=$A{position + 1}))"
            put(sheet, position, column, FormulaCell(formula, milestone.counts.get(status, 0)), number)
        sheet.set_row(position, row_height(1) + 1)


def _write_received(book: Book, sheet: FastSheet, row: int) -> None:
    """Beside the chart: files by state, counted in the sheet Abgaben."""
    first = max(len(FIRST_COLUMNS), len(_columns(book)) - RECEIVED_COLUMNS)
    rows: list[tuple[Cell, FormulaCell]] = [
        (
            "Dateien eingegangen",
            FormulaCell(f"=COUNTA({column_range(book, FILE)})", len(book.outcome.submissions)),
        )
    ]
    for word in REPORTED_WORDS:
        formula = f'=COUNTIF({column_range(book, STATE)},"{word.text}")'
        rows.append((StatusCell(word, symbol=True), FormulaCell(formula, files_with(book.outcome, word))))
    book.areas["Übersicht: Abgaben"] = RecordRange(sheet.get_name(), row + 2, row + 1 + len(rows))
    book.letters["Übersicht: Abgaben"] = (column_letters(1 + first), column_letters(1 + first + 2))
    head = book.styles.header
    put_across(sheet, row, first, first + 2, RECEIVED, head)
    for below, (label, count) in enumerate(rows, row + 1):
        tone = (
            book.styles.status(label.word.tone)
            if isinstance(label, StatusCell)
            else book.styles.cell(bold=True)
        )
        put_across(sheet, below, first, first + 1, label, tone)
        put(sheet, below, first + 2, count, book.styles.cell(align="right", num_format=NUMBER))


def _write_matrix(book: Book, sheet: FastSheet, row: int) -> None:
    """The matrix; each cell links to its rows in the sheet Meilensteine."""
    writer = RowWriter(book, sheet, _columns(book), valign="vcenter")
    for result in book.outcome.results:
        if result.ags == LEAD_AGS:
            continue
        cells = [_cell(book, m) for m in result.milestones]
        writer.write(row, [result.ags, book.names[result.ags], *cells])
        for column, milestone in enumerate(result.milestones, len(FIRST_COLUMNS)):
            book.places[TITLE, result.ags, milestone.nr] = (sheet, row, column)
        row += 1


def _cell(book: Book, milestone: MilestoneResult) -> StatusCell:
    place = book.places.get((MILESTONES, milestone.ags, milestone.nr))
    return StatusCell(MILESTONE_WORDS[milestone.status], symbol=True, link=location(place) if place else "")
