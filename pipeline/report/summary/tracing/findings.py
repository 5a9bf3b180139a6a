"""Sheet Prüfprotokoll: all findings of all files, then the checks that could not run, with the reason.

So the absence of a finding means "checked". No finding repeats a cell's value.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.definitions.foreign import escaped
from pipeline.definitions.messages import SEVERITY_WORDS, answer_text, german_date
from pipeline.definitions.model import Finding, Severity, State
from pipeline.definitions.words import STATE_WORDS, USE_WORDS, Tone, Word
from pipeline.report.rounding import rounded_finding
from pipeline.report.summary.writing.book import (
    Book,
    keep_header,
    lay_page,
    leave_gap,
    named_columns,
    write_section,
)
from pipeline.report.summary.writing.cells import Cell, StatusCell
from pipeline.report.summary.writing.fastsheet import FastSheet
from pipeline.report.summary.writing.growing import StreamedTable
from pipeline.report.summary.writing.record_table import TableColumn, count_column, printed, write_rows
from pipeline.selection import Submission, previous_of

COLUMNS = (
    TableColumn("Schweregrad", 10.5),
    TableColumn("Kommune", 15.5),
    TableColumn("Datei", 28),
    TableColumn("Blatt", 16),
    TableColumn("Zelle", 6),
    TableColumn("Spalte", 15),
    TableColumn("Befund", 49),
    count_column("Anzahl", 7),
    TableColumn("Antwort", 7),
    TableColumn("Regel", 6, aside=True),
    TableColumn("Abhilfe", 90, aside=True),
)
LINES = (
    "Fehler: Die Datei wird als Ganzes zurückgewiesen. Warnung und Hinweis: Die Datei wird übernommen. "
    "Was zu tun ist, steht rechts neben der Tabelle. Kein Befund wiederholt den Inhalt einer Zelle; was sich in einer Spalte wiederholt, steht einmal mit Anzahl und "
    "erster Zelle, in Blättern mit Personen ohne Zelle und mit gerundeter Anzahl.",
    "Eine Zelle mit Fehler wird in den folgenden Prüfungen nicht noch einmal beanstandet. Am Ende steht, was deshalb nicht "
    "geprüft werden konnte.",
)
NOT_CHECKED = Word("nicht geprüft", "–", Tone.UNKNOWN, "Diese Prüfung konnte nicht laufen.")
_TONES = {Severity.ERROR: Tone.BAD, Severity.WARNING: Tone.WARNING, Severity.NOTE: Tone.PENDING}
SEVERITY_MARKS = {s: Word(text, "", _TONES[s], "") for s, text in SEVERITY_WORDS.items()}
ONLY_FILE = "Nur die Datei selbst wurde geprüft, nicht ihr Inhalt."
NOTHING_CAME = "Es ging nichts ein; geprüft wurde nichts."
SEE_FIRST = "Befunde stehen bei der Datei mit demselben Inhalt und werden hier nicht wiederholt."
BROKEN_CELLS = "Fehler der Datei, siehe oben."
NO_COMPARISON = (
    "Der Vergleich mit einem früheren Berichtsstichtag lief nicht, weil die Datei zurückgewiesen ist."
)
NOT_COMPARED = "Kein Vergleich mit einem früheren Berichtsstichtag: Im Ordner liegt keine frühere gültige Abgabe ({n} von {total} gültigen Dateien)."


def write_findings(book: Book, sheet: FastSheet) -> None:
    title = f"Prüfprotokoll – {book.outcome.rules.project.short_title}"
    columns = named_columns(book, COLUMNS, "Befund")
    header = lay_page(book, sheet, title, LINES, (c.width for c in columns), printed(columns))
    keep_header(sheet, header, header)
    table = StreamedTable(book, sheet, header, columns)
    table.write(_findings(book) if any(_told(book)) else [_row(None, [None, None], what="Keine Befunde.")])
    end = table.close()
    book.areas["Prüfprotokoll"] = table.area
    _write_rest(book, columns, *table.room(leave_gap(table.sheet, end), _rows_of_rest(book)))


def _write_rest(book: Book, columns: Sequence[TableColumn], sheet: FastSheet, row: int) -> None:
    shown = printed(columns)
    row = write_section(book, sheet, row, "Prüfungen, die nicht laufen konnten", shown)
    row = write_rows(book, sheet, row, columns, _unchecked(book))
    if book.outcome.exemptions:
        row = write_section(book, sheet, leave_gap(sheet, row), "Ausnahmen von Prüfungen", shown)
        row = write_rows(book, sheet, row, columns, _exemptions(book))
    sheet.print_area(0, 0, row - 1, shown - 1)


def _rows_of_rest(book: Book) -> int:
    """Upper limit of the number of further rows, so that they begin on a sheet with room for them."""
    outcome = book.outcome
    not_run = sum(len(s.workbook.not_run) for s in outcome.submissions)
    return not_run + len(outcome.submissions) + len(outcome.missing) + len(outcome.exemptions) + 4


def _told(book: Book) -> Iterator[tuple[str, Submission | None, Finding]]:
    for submission in book.outcome.submissions:
        for one in submission.workbook.findings:
            yield escaped(submission.workbook.file), submission, one


def _findings(book: Book) -> Iterator[list[Cell]]:
    """By file, then in reading order; notes on files that are no submission at their file's place."""
    base = book.outcome.rules.project.parameters.rounding_base
    for file, found_in, full in sorted(_told(book), key=lambda t: t[0]):
        one = rounded_finding(full, base)
        yield _row(
            StatusCell(SEVERITY_MARKS[one.severity]),
            [_who(book, found_in) if found_in else None, file],
            sheet=one.sheet,
            cell=one.cell,
            column=one.column,
            what=one.message,
            count=one.count,
            remedy=one.remedy,
            answer=answer_text(one),
            rule=one.rule,
        )


def _row(status: Cell, who: list[Cell], **cells: Cell) -> list[Cell]:
    """Cells in the order of the columns; ``who`` is the municipality and the file."""
    names = ("sheet", "cell", "column", "what", "count", "answer", "rule", "remedy")
    assert set(cells) <= set(names)
    return [status, *who, *(cells.get(name) for name in names)]


def _who(book: Book, submission: Submission) -> str | None:
    workbook = submission.workbook
    return book.names.get(workbook.ags or "", escaped(workbook.municipality or "") or None)


def _unchecked(book: Book) -> Iterator[list[Cell]]:
    for submission in book.outcome.submissions:
        reason = _reason(submission)
        if reason:
            who: list[Cell] = [_who(book, submission), escaped(submission.workbook.file)]
            yield _row(StatusCell(NOT_CHECKED), who, what=reason, remedy=_because(submission))
        for line in submission.workbook.not_run:
            whom: list[Cell] = [_who(book, submission), escaped(submission.workbook.file)]
            yield _row(StatusCell(NOT_CHECKED), whom, what=line, remedy=BROKEN_CELLS)
    for municipality in book.outcome.missing:
        because = STATE_WORDS[State.MISSING].text
        yield _row(StatusCell(NOT_CHECKED), [municipality.name, None], what=NOTHING_CAME, remedy=because)
    if without := _without_previous(book):
        yield _row(StatusCell(NOT_CHECKED), [None, None], what=without)


def _exemptions(book: Book) -> Iterator[list[Cell]]:
    for use in book.outcome.exemptions:
        exemption = use.exemption
        who: list[Cell] = [book.names.get(exemption.ags), ", ".join(use.files) or None]
        reason = f"{exemption.reason} (entschieden: {exemption.decided_by}), bis {german_date(exemption.valid_until)}."
        yield _row(
            StatusCell(USE_WORDS[use.use]),
            who,
            sheet=exemption.sheet,
            column=exemption.column,
            what=reason,
            remedy=USE_WORDS[use.use].meaning,
            rule=exemption.rule,
        )


def _reason(submission: Submission) -> str | None:
    if submission.state is State.DUPLICATE:
        return SEE_FIRST
    if submission.workbook.refused:
        return ONLY_FILE
    return NO_COMPARISON if submission.state is State.REJECTED else None


def _because(submission: Submission) -> str:
    workbook = submission.workbook
    refusal = [f.rule for f in workbook.findings if f.severity is Severity.ERROR] if workbook.refused else []
    about = f" (Regel {', '.join(dict.fromkeys(refusal))})" if refusal else ""
    stichtag = f", Berichtsstichtag {german_date(workbook.stichtag)}" if workbook.stichtag else ""
    return f"{STATE_WORDS[submission.state].text}{about}{stichtag}"


def _without_previous(book: Book) -> str | None:
    """One line for all valid files without an earlier submission to compare with."""
    first = sum(previous_of(w, own) is None for own in book.valid.values() for w in own)
    total = sum(map(len, book.valid.values()))
    return NOT_COMPARED.format(n=first, total=total) if first else None
