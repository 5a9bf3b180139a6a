"""Sheet Übersicht: project and submissions in a few lines, counts per status with a chart, the matrix.

One header of milestones serves the counts, the chart above them and the matrix: it stays in sight.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.definitions.messages import day
from pipeline.definitions.model import State
from pipeline.definitions.sheets import LEAD_AGS
from pipeline.definitions.words import MILESTONE_WORDS, REPORTED_WORDS, ROUND_WORDS, STATE_WORDS
from pipeline.report.summary.status.chart import HEIGHT_ROWS, insert_chart
from pipeline.report.summary.tracing.proof import Area
from pipeline.report.summary.tracing.submissions import FILE, STATE, column_range, files_with, round_title
from pipeline.report.summary.writing.book import Book, keep_header, lay_page, write_section
from pipeline.report.summary.writing.cells import Cell, Formula, Status, merge, put
from pipeline.report.summary.writing.fastsheet import FastSheet
from pipeline.report.summary.writing.styles import NUMBER
from pipeline.report.summary.writing.table import Column, RowWriter, write_header
from pipeline.selection import Round
from pipeline.xlsx.addresses import column_letters

HEAD = (Column("AGS", 10), Column("Kommune", 21))
MILESTONE = Column("", 10.5, "center")
NAMED = 6  # so many municipalities without a valid submission are named in the line at the top
COUNTS = "Zahl der Kommunen je Status (zugleich Legende; was die Wörter heißen, steht im Blatt Regelwerk)"
RECEIVED_COLUMNS = 3
CHART, MATRIX, RECEIVED = "Stand der Meilensteine", "Stand jeder Kommune", "Abgaben"


def write_overview(book: Book, sheet: FastSheet) -> None:
    outcome = book.outcome
    project = outcome.rules.project
    milestones = outcome.rules.milestones
    widths = [*(c.width for c in HEAD), *[MILESTONE.width] * len(milestones)]
    title = f"{project.short_title} – Bericht zum Stichtag {day(outcome.as_of)}"
    row = lay_page(book, sheet, title, (), widths)
    row = _write_facts(book, sheet, row)
    header = _write_milestones(book, sheet, row)
    keep_header(sheet, row, header, len(HEAD))
    counts = write_section(book, sheet, header + 1, COUNTS, len(widths))
    chart = counts + len(MILESTONE_WORDS)
    matrix = chart + 1 + HEIGHT_ROWS + 1
    _write_counts(book, sheet, counts, matrix)
    write_section(book, sheet, chart, CHART, len(widths))
    width = sum(int(w * 7 + 5) for w in widths[: -RECEIVED_COLUMNS - 1])
    if milestones:
        insert_chart(book, sheet, chart + 1, header - 1, counts, width)
    _write_received(book, sheet, chart + 1)
    write_section(book, sheet, matrix - 1, MATRIX, len(widths))
    _write_matrix(book, sheet, matrix)


# --- top ----------------------------------------------------------------------------------------------


def _write_facts(book: Book, sheet: FastSheet, row: int) -> int:
    label = book.styles.get(bold=True)
    for name, text in _facts(book):
        put(sheet, row, 0, name, label)
        put(sheet, row, 1, text, book.styles.plain)
        row += 1
    return row


def _facts(book: Book) -> Iterator[tuple[str, str]]:
    outcome = book.outcome
    rules, project = outcome.rules, outcome.rules.project
    period = f"Laufzeit {day(project.start)} bis {day(project.end)}"
    yield "Projekt", f"{project.title} ({project.fund}) · {period} · {project.ministry}"
    yield "Regelwerk", f"Version {project.version} · SHA-256 {rules.sha256}"
    sample = "Muster: Wer teilnimmt, steht nicht in der Quelle" if project.roster_is_sample else "verbindlich"
    yield "Kommunen", f"{len(rules.roster)} auf der Liste ({sample}), dazu die Projektleitung"
    yield "Runde", _round(outcome.round)
    yield "Abgaben", f"{_received(book)} · {_without(book)}"


def _round(of: Round) -> str:
    counts = ", ".join(f"{n} {ROUND_WORDS[status].text}" for status, n in of.counts.items())
    return f"{round_title(of)}: {counts}"


def _received(book: Book) -> str:
    outcome = book.outcome
    counts = [(files_with(outcome, w), w) for w in REPORTED_WORDS if w != STATE_WORDS[State.MISSING]]
    parts = ", ".join(f"{n} {word.text}" for n, word in counts if n)
    total = len(outcome.submissions)
    files = "1 Datei" if total == 1 else f"{total} Dateien"
    return f"{files} eingegangen: {parts}" if parts else f"{files} eingegangen"


def _without(book: Book) -> str:
    without = [book.names[r.ags] for r in book.outcome.results if r.data_as_of is None]
    if not without:
        return "von allen liegt eine gültige Abgabe vor"
    shown = ", ".join(without) if len(without) <= NAMED else f"{len(without)} Stellen (Blatt Abgaben)"
    return f"ohne gültige Abgabe: {shown}"


def _write_milestones(book: Book, sheet: FastSheet, row: int) -> int:
    """Three header rows: measure, milestone, deadline. Returns the last of them."""
    header, centred = book.styles.header, book.styles.centred
    for below in (row, row + 1):
        for column in range(len(HEAD)):
            put(sheet, below, column, None, header)
    write_header(book, sheet, row + 2, HEAD)
    column = len(HEAD)
    for measure in book.outcome.rules.measures:
        for position, milestone in enumerate(measure.milestones, column):
            due = book.outcome.rules.due(milestone)
            deadline = f"fällig\n{day(due)}" if due else "Frist nicht\nfestgelegt"
            put(sheet, row + 1, position, milestone.id, centred)
            put(sheet, row + 2, position, deadline, centred)
        last = column + len(measure.milestones) - 1
        if last >= column:
            merge(sheet, row, column, last, f"{measure.number} {measure.title}", centred)
        column = last + 1
    sheet.set_row(row + 2, 26)
    return row + 2


# --- counts, submissions, matrix ----------------------------------------------------------------------


def _columns(book: Book) -> list[Column]:
    return [*HEAD, *[MILESTONE] * len(book.outcome.rules.milestones)]


def _write_counts(book: Book, sheet: FastSheet, row: int, matrix: int) -> None:
    """A row per status: symbol and word, then how many municipalities, counted in the matrix below."""
    last = matrix + max(1, book.municipalities)
    number = book.styles.cell(align="center", num_format="0;-0;–")
    name = sheet.get_name()
    book.areas["Übersicht: Zahlen"] = Area(name, row + 1, row + len(MILESTONE_WORDS))
    book.areas["Übersicht: Kommunen"] = Area(name, matrix + 1, last)
    book.letters["Übersicht: Meilensteine"] = tuple(
        column_letters(1 + c) for c in range(len(HEAD), len(HEAD) + len(book.outcome.project.milestones))
    )
    for position, (status, word) in enumerate(MILESTONE_WORDS.items(), row):
        style = book.styles.status(word.tone)
        merge(sheet, position, 0, len(HEAD) - 1, word.label, style)
        for column, milestone in enumerate(book.outcome.project.milestones, len(HEAD)):
            letter = column_letters(1 + column)
            cells = f"{letter}${matrix + 1}:{letter}${last}"
            formula = f"=SUMPRODUCT(--({cells}=$A{position + 1}))"
            put(sheet, position, column, Formula(formula, milestone.counts.get(status, 0)), number)


def _write_received(book: Book, sheet: FastSheet, row: int) -> None:
    """Beside the chart: files by state, counted in sheet Abgaben."""
    first = max(len(HEAD), len(_columns(book)) - RECEIVED_COLUMNS)
    rows: list[tuple[Cell, Formula]] = [
        (
            "Dateien eingegangen",
            Formula(f"=COUNTA({column_range(book, FILE)})", len(book.outcome.submissions)),
        )
    ]
    for word in REPORTED_WORDS:
        formula = f'=COUNTIF({column_range(book, STATE)},"{word.text}")'
        rows.append((Status(word, symbol=True), Formula(formula, files_with(book.outcome, word))))
    book.areas["Übersicht: Abgaben"] = Area(sheet.get_name(), row + 2, row + 1 + len(rows))
    book.letters["Übersicht: Abgaben"] = (column_letters(1 + first), column_letters(1 + first + 2))
    head = book.styles.header
    merge(sheet, row, first, first + 2, RECEIVED, head)
    for below, (label, count) in enumerate(rows, row + 1):
        tone = (
            book.styles.status(label.word.tone) if isinstance(label, Status) else book.styles.cell(bold=True)
        )
        merge(sheet, below, first, first + 1, label, tone)
        put(sheet, below, first + 2, count, book.styles.cell(align="right", num_format=NUMBER))


def _write_matrix(book: Book, sheet: FastSheet, row: int) -> None:
    writer = RowWriter(book, sheet, _columns(book), valign="vcenter")
    for result in book.outcome.results:
        if result.ags == LEAD_AGS:
            continue
        cells = [Status(MILESTONE_WORDS[m.status], symbol=True) for m in result.milestones]
        writer.write(row, [result.ags, book.names[result.ags], *cells])
        row += 1
