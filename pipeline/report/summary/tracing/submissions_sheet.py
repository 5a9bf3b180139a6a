"""Sheet Abgaben: the round, then every received file and every member without one."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.definitions.foreign import escaped
from pipeline.definitions.messages import german_date
from pipeline.definitions.model import RoundStatus, Severity, State
from pipeline.definitions.sheets import FORM_RELEASED_BY, FORM_RELEASED_ON
from pipeline.definitions.words import ROUND_WORDS, STATE_WORDS, SUBSTITUTE, Word
from pipeline.outcome import Outcome
from pipeline.report.summary.tracing.proof import RecordRange
from pipeline.report.summary.writing.book import Book, keep_header, lay_page
from pipeline.report.summary.writing.cells import Cell, FormulaCell, StatusCell
from pipeline.report.summary.writing.fastsheet import FastSheet
from pipeline.report.summary.writing.record_table import (
    TableColumn,
    count_column,
    date_column,
    mark_table,
    printed,
    write_header,
    write_rows,
)
from pipeline.report.summary.writing.styles import DATE
from pipeline.rules import Municipality
from pipeline.selection import Round, Submission
from pipeline.xlsx.addresses import column_letters

STATE = TableColumn("Stand", 13.25)
FILE = TableColumn("Datei", 25)
READ = count_column("Zeilen gelesen", 7.75)
TAKEN = count_column("Zeilen übernommen", 10.75)
NOT_TAKEN = count_column("Zeilen nicht übernommen", 10.75)
COUNT_COLUMNS = {
    Severity.ERROR: count_column("Fehler", 7),
    Severity.WARNING: count_column("Warnungen", 10),
    Severity.NOTE: count_column("Hinweise", 8.5),
}
COLUMNS = (
    TableColumn("AGS", 8.25),
    TableColumn("Kommune", 13.5),
    FILE,
    STATE,
    TableColumn("Anmerkung", 11),
    date_column("Stichtag"),
    count_column("Abgabe-Nr.", 7.5),
    READ,
    TAKEN,
    NOT_TAKEN,
    *COUNT_COLUMNS.values(),
    TableColumn("Freigabe", 9, "center"),
    TableColumn("Freigegeben am", 14, "center", DATE, aside=True),
    TableColumn("Runde", 14, aside=True),
    TableColumn("Vorlage", 10, "center", aside=True),
    TableColumn("Regeln", 10, "center", aside=True),
    TableColumn("SHA-256", 68, aside=True),
)
COLUMN_LETTERS = {column.title: column_letters(n) for n, column in enumerate(COLUMNS, start=1)}
LINES = (
    "Eine Datei wird ganz übernommen oder gar nicht: Gelesene Zeilen = übernommene + nicht übernommene Zeilen. "
    "Für jede Kommune zählt eine Abgabe; „ersatzweise“: weil eine andere zurückgewiesen ist. Tag der Freigabe, Stand "
    "in der Runde, Versionen und SHA-256 stehen rechts neben der Tabelle.",
    "Gezählt sind die Zeilen der Blätter ohne Personen. In den Blättern mit Personen geht die Rechnung ebenso auf; "
    "ihre Zahlen stehen nur in ergebnis.json.",
)
ROUND_LINES = 1 + len(RoundStatus)
HEADER_ROW = 1 + len(LINES) + ROUND_LINES
MOST_NAMED = 60  # members named in a line about the round; the others stand in the table
SUBSTITUTE_NOTE = f"{SUBSTITUTE}: Eine andere Abgabe ist zurückgewiesen."
NOTHING_NOTE = "nichts eingegangen"
GIVEN, NOT_GIVEN = "gegeben", "fehlt"


def write_submissions(book: Book, sheet: FastSheet) -> None:
    title = f"Abgaben – {book.outcome.rules.project.short_title}"
    lines = (*_round_lines(book.outcome.round), *LINES)
    header = lay_page(book, sheet, title, lines, (c.width for c in COLUMNS), printed(COLUMNS))
    write_header(book, sheet, header, COLUMNS)
    keep_header(sheet, header, header, 3)
    rows = _rows(book, header + 2)
    end = write_rows(book, sheet, header + 1, COLUMNS, rows)
    book.areas["Abgaben"] = RecordRange(sheet.get_name(), header + 2, max(header + 2, end))
    mark_table(sheet, "Abgaben", header, end, COLUMNS)
    sheet.print_area(0, 0, max(header + 1, end - 1), printed(COLUMNS) - 1)


def column_range(book: Book, column: TableColumn) -> str:
    """Range of a column's records, for formulas on other sheets."""
    count = len(book.outcome.submissions) + len(book.outcome.missing)
    first, letter = HEADER_ROW + 2, COLUMN_LETTERS[column.title]
    return f"Abgaben!${letter}${first}:${letter}${first + max(1, count) - 1}"


def files_with(outcome: Outcome, word: Word) -> int:
    """Number of rows of this sheet with that word as state."""
    if word == STATE_WORDS[State.MISSING]:
        return len(outcome.missing)
    return sum(s.word == word for s in outcome.submissions)


# --- the round ----------------------------------------------------------------------------------------


def _round_lines(of: Round) -> Iterator[str]:
    """Lines on the round; always the same number, so that the table has a fixed position."""
    yield round_title(of)
    for status in RoundStatus:
        names = [m.name for m in of.members(status)]
        more = f" und {len(names) - MOST_NAMED} weitere" if len(names) > MOST_NAMED else ""
        listed = f": {', '.join(names[:MOST_NAMED])}{more}" if names else ""
        yield f"{ROUND_WORDS[status].label} ({len(names)}){listed}"


def round_title(of: Round) -> str:
    if of.stichtag is None or of.due is None:
        return "Noch keine Runde: Der Stand des Berichts liegt vor dem ersten Stichtag des Berichtsplans."
    return f"Runde zum {german_date(of.stichtag)}, Abgabe bis {german_date(of.due)}"


# --- files --------------------------------------------------------------------------------------------


def _rows(book: Book, first: int) -> list[list[Cell]]:
    """By AGS, then file; files of nobody on the roster last. ``first``: the first Excel row."""
    standing = {d.member.ags: d.status for d in book.outcome.round.deliveries}
    entries: list[tuple[str, str, Submission | Municipality]] = [
        (s.workbook.ags or "~", s.workbook.file, s) for s in book.outcome.submissions
    ]
    entries += [(m.ags, "", m) for m in book.outcome.missing]
    entries.sort(key=lambda e: e[:2])
    return [
        _received(book, entry, standing.get(ags), row)
        if isinstance(entry, Submission)
        else _missing(entry, standing[entry.ags])
        for row, (ags, _, entry) in enumerate(entries, first)
    ]


def _received(book: Book, submission: Submission, standing: RoundStatus | None, row: int) -> list[Cell]:
    workbook = submission.workbook
    read = workbook.rows_shown
    taken = read if submission.state is State.ACCEPTED else 0
    released = workbook.form.get(FORM_RELEASED_ON.name)
    given = bool(workbook.form.get(FORM_RELEASED_BY.name)) and released is not None
    difference = f"={COLUMN_LETTERS[READ.title]}{row}-{COLUMN_LETTERS[TAKEN.title]}{row}"
    return [
        workbook.ags,
        book.names.get(workbook.ags or "", escaped(workbook.municipality or "") or None),
        escaped(workbook.file),
        StatusCell(submission.word),
        SUBSTITUTE if submission.substitute else None,
        workbook.stichtag,
        workbook.number,
        read,
        taken,
        FormulaCell(difference, read - taken),
        *(workbook.count(severity) for severity in COUNT_COLUMNS),
        None if workbook.refused else GIVEN if given else NOT_GIVEN,
        released,
        StatusCell(ROUND_WORDS[standing]) if standing else None,
        workbook.template_version,
        workbook.rules_version,
        workbook.sha256 or None,
    ]


def _missing(municipality: Municipality, standing: RoundStatus) -> list[Cell]:
    cells: dict[str, Cell] = {
        "AGS": municipality.ags,
        "Kommune": municipality.name,
        STATE.title: StatusCell(STATE_WORDS[State.MISSING]),
        "Anmerkung": NOTHING_NOTE,
        "Runde": StatusCell(ROUND_WORDS[standing]),
    }
    return [cells.get(column.title) for column in COLUMNS]
