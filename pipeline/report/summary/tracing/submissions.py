"""Sheet Abgaben: every received file and everyone from whom nothing came; then what was passed over."""

from __future__ import annotations

from pipeline.definitions.model import Severity, State
from pipeline.definitions.sheets import FORM_RELEASED_BY, FORM_RELEASED_ON
from pipeline.definitions.words import STATE_WORDS, SUBSTITUTE
from pipeline.report.summary.tracing.proof import Area
from pipeline.report.summary.writing.book import Book, keep_header, lay_page, write_section
from pipeline.report.summary.writing.cells import Cell, Formula, Status, put
from pipeline.report.summary.writing.fastsheet import FastSheet
from pipeline.report.summary.writing.table import Column, count_column, date_column, write_header, write_rows
from pipeline.rules import Municipality
from pipeline.run import Submission

COLUMNS = (
    Column("AGS", 10),
    Column("Kommune", 19),
    Column("Datei", 28),
    Column("Stand", 14),
    Column("Anmerkung", 17),
    date_column("Berichts-\nstichtag"),
    count_column("Abgabe-\nNr.", 8),
    Column("Vorlage", 8, "center"),
    count_column("Zeilen\ngelesen", 8.5),
    count_column("Zeilen\nüber-\nnommen", 8.5),
    count_column("Zeilen\nnicht über-\nnommen", 9),
    count_column("Fehler", 7.5),
    count_column("War-\nnungen", 8),
    count_column("Hin-\nweise", 7.5),
    Column("Freigegeben durch", 16),
    date_column("Frei-\ngegeben am"),
    Column("SHA-256", 24),
)
LINES = (
    "Eine Datei wird ganz übernommen oder gar nicht: Gelesene Zeilen = übernommene + nicht übernommene Zeilen. "
    "Für jede Kommune zählt eine Abgabe.",
)
HEADER_ROW = 1 + len(LINES)
SUBSTITUTE_NOTE = f"{SUBSTITUTE}: Eine spätere Abgabe wurde zurückgewiesen."
NOTHING_NOTE = "nichts eingegangen"


def write_submissions(book: Book, sheet: FastSheet) -> None:
    title = f"Abgaben – {book.outcome.rules.project.short_title}"
    header = lay_page(book, sheet, title, LINES, (c.width for c in COLUMNS))
    write_header(book, sheet, header, COLUMNS)
    keep_header(sheet, header, header, 3)
    rows = _rows(book, header + 2)
    end = write_rows(book, sheet, header + 1, COLUMNS, rows)
    book.areas["Abgaben"] = Area(sheet.get_name(), header + 2, max(header + 2, end))
    sheet.autofilter(header, 0, max(header + 1, end - 1), len(COLUMNS) - 1)
    if book.outcome.notes:
        _write_notes(book, sheet, end + 1)


def column_range(book: Book, letter: str) -> str:
    """The records of a column, for formulas on other sheets."""
    count = len(book.outcome.submissions) + len(book.outcome.missing)
    first = HEADER_ROW + 2
    return f"Abgaben!${letter}${first}:${letter}${first + max(1, count) - 1}"


def _rows(book: Book, first: int) -> list[list[Cell]]:
    """By AGS, then file; files of nobody on the list at the end. ``first`` is the first Excel row."""
    entries: list[tuple[str, str, Submission | Municipality]] = [
        (s.workbook.ags or "~", s.workbook.file, s) for s in book.outcome.submissions
    ]
    entries += [(m.ags, "", m) for m in book.outcome.missing]
    entries.sort(key=lambda e: e[:2])
    return [
        _received(book, entry, row) if isinstance(entry, Submission) else _missing(entry)
        for row, (_, _, entry) in enumerate(entries, first)
    ]


def _received(book: Book, submission: Submission, row: int) -> list[Cell]:
    workbook = submission.workbook
    read = workbook.rows_read
    taken = read if submission.state is State.ACCEPTED else 0
    return [
        workbook.ags,
        book.names.get(workbook.ags or "", workbook.municipality),
        workbook.file,
        Status(STATE_WORDS[submission.state]),
        SUBSTITUTE_NOTE if submission.substitute else None,
        workbook.stichtag,
        workbook.number,
        workbook.template_version,
        read,
        taken,
        Formula(f"=I{row}-J{row}", read - taken),
        *(workbook.count(severity) for severity in (Severity.ERROR, Severity.WARNING, Severity.NOTE)),
        workbook.form.get(FORM_RELEASED_BY.name),
        workbook.form.get(FORM_RELEASED_ON.name),
        workbook.sha256 or None,
    ]


def _missing(municipality: Municipality) -> list[Cell]:
    head: list[Cell] = [
        municipality.ags,
        municipality.name,
        None,
        Status(STATE_WORDS[State.MISSING]),
        NOTHING_NOTE,
    ]
    return [*head, *[None] * (len(COLUMNS) - len(head))]


def _write_notes(book: Book, sheet: FastSheet, row: int) -> None:
    """Lock files, hidden files, links and the like: no submissions, but named."""
    row = write_section(book, sheet, row, "Im Ordner gefunden und keine Abgabe", len(COLUMNS))
    book.areas["Abgaben: keine Abgabe"] = Area(sheet.get_name(), row + 1, row + len(book.outcome.notes))
    for name, note in book.outcome.notes:
        for column, text in ((0, name), (3, f"{note.message} {note.remedy}")):
            put(sheet, row, column, text, book.styles.plain)
        row += 1
