"""Sheet Änderungen: every municipality against its previous reporting date, in one table to filter.

Figures before and now, changed statuses, records that changed or are gone (by sheet and row, never a value),
replaced submissions. The earlier submission is evaluated by today's rules as of its own reporting date.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from pipeline.definitions.foreign import escaped
from pipeline.definitions.model import Finding, State, Workbook
from pipeline.definitions.results import Result, TargetResult
from pipeline.definitions.sheets import OF_PERSONS
from pipeline.definitions.words import CRITERION_WORDS, MILESTONE_WORDS, TARGET_WORDS
from pipeline.evaluate.changes import FigureChange, StatusChange, compare_results
from pipeline.report.rounding import rounded_finding
from pipeline.report.summary.tracing.published_differences import write_published
from pipeline.report.summary.tracing.submissions_sheet import SUBSTITUTE_NOTE
from pipeline.report.summary.writing.book import Book, keep_header, lay_page, named_columns
from pipeline.report.summary.writing.cells import Cell, FormulaCell, StatusCell
from pipeline.report.summary.writing.fastsheet import FastSheet
from pipeline.report.summary.writing.growing import ReportedMunicipality, StreamedSheet, StreamedTable
from pipeline.report.summary.writing.record_table import TableColumn, date_column, printed
from pipeline.report.summary.writing.styles import POINTS
from pipeline.selection import Submission

TITLE = "Änderungen"
COLUMNS = (
    TableColumn("AGS", 8.25),
    TableColumn("Kommune", 19.75),
    date_column("Voriger Stichtag"),
    date_column("Daten bis"),
    TableColumn("Art", 12.5),
    TableColumn("Nr. oder Blatt", 10),
    TableColumn("Gegenstand", 18),
    TableColumn("Projektjahr", 10.25, "center"),
    TableColumn("damals", 11.5, "right"),
    TableColumn("jetzt", 11.5, "right"),
    TableColumn("Differenz", 16.25, "right"),
    TableColumn("Anmerkung", 19),
    TableColumn("Wortlaut", 90, aside=True),
)
LINES = (
    "Verglichen mit der letzten gültigen Abgabe zu einem früheren Stichtag, bewertet zu diesem nach den heutigen Regeln. "
    "Zahl: jeder gemessene Zielwert; Status: nur, was sich geändert hat. Differenz = jetzt − damals. Datensätze sind mit "
    "Blatt und Zeile genannt, nie mit ihrem Inhalt, in Blättern mit Personen nur mit gerundeter Anzahl. Unter der Tabelle "
    "steht, was ein früherer Bericht anders sagt.",
)
REMARK = 11  # column
FIGURE, STATUS, NOTHING = "Zahl", "Status", "Kein Vergleich"
REPLACED, SUBSTITUTED, CONSPICUOUS = "Ersetzte Abgabe", "Ersatzweise Abgabe", "Auffällig"
RECORDS = {
    "V01": "Datensatz entfallen",
    "V02": "Datum geändert",
    "V03": "Zahl gesunken",
    "V20": "Datensatz entfallen",
    "V21": "Kriterium nicht mehr erreicht",
}
NO_PREVIOUS_SUBMISSION = "keine frühere Abgabe"
NO_SUBMISSION = "keine gültige Abgabe"
STATUS_WORDS = {"target": TARGET_WORDS, "milestone": MILESTONE_WORDS, "criterion": CRITERION_WORDS}
KINDS = {"target": "Zielwert", "milestone": "Meilenstein", "criterion": "Kriterium"}


class DifferencesSheet(StreamedSheet):
    """The table, and below it the differences from the previously published report."""

    def close(self, book: Book) -> None:
        write_published(book, self._table, self._table.close())


def open_differences(book: Book, sheet: FastSheet) -> DifferencesSheet:
    title = f"{TITLE} seit dem vorigen Stichtag – {book.outcome.rules.project.short_title}"
    columns = named_columns(book, COLUMNS, COLUMNS[REMARK].title)
    header = lay_page(book, sheet, title, LINES, (c.width for c in columns), printed(columns))
    keep_header(sheet, header, header, 2)
    table = StreamedTable(book, sheet, header, columns, 2)
    replaced: dict[str, list[Workbook]] = {}
    for submission in book.outcome.submissions:
        if submission.state is State.SUPERSEDED:
            replaced.setdefault(submission.workbook.ags or "", []).append(submission.workbook)
    return DifferencesSheet(table, lambda municipality: _numbered(_rows(book, municipality, replaced), table))


def _numbered(rows: Iterator[list[Cell]], table: StreamedTable) -> Iterator[list[Cell]]:
    """Records with their Excel row, which the formula of the difference needs."""
    for cells in rows:
        row, before, now = table.next_row + 1, cells[8], cells[9]
        if isinstance(before, (int, Fraction)) and isinstance(now, (int, Fraction)):
            cells[10] = _difference(before, now, row)
        yield cells


def _difference(before: int | Fraction, now: int | Fraction, row: int) -> FormulaCell:
    """Formula; shares in percentage points, computed from the stored numbers to the last digit."""
    if isinstance(before, int) and isinstance(now, int):
        return FormulaCell(f"=J{row}-I{row}", now - before)
    return FormulaCell(f"=(J{row}-I{row})*100", Fraction((float(now) - float(before)) * 100), POINTS)


def _rows(
    book: Book, municipality: ReportedMunicipality, replaced: dict[str, list[Workbook]]
) -> Iterator[list[Cell]]:
    result, accepted, before = municipality.result, municipality.accepted, municipality.before
    if accepted is None:
        yield _row(book, result, None, NOTHING, None, NO_SUBMISSION)
        return
    if before is None:
        yield _row(book, result, None, NOTHING, None, NO_PREVIOUS_SUBMISSION)
    else:
        yield from _against(book, municipality, before)
    yield from _findings(book, result, accepted, before)
    yield from _submissions(book, result, accepted, replaced.get(result.ags, []))


def _row(
    book: Book, result: Result, before: date | None, kind: str, nr: str | None, what: str | None, *rest: Cell
) -> list[Cell]:
    """``rest``: project year, then, now, difference, remark, wording."""
    head: list[Cell] = [result.ags, book.names[result.ags], before, result.data_as_of, kind, nr, what]
    return [*head, *rest, *[None] * (len(COLUMNS) - len(head) - len(rest))]


# --- figures and statuses -----------------------------------------------------------------------------


def _against(book: Book, municipality: ReportedMunicipality, before: Workbook) -> Iterator[list[Cell]]:
    result, details = municipality.result, municipality.details
    assert before.stichtag is not None
    assert details is not None
    assert details.before is not None
    on = min(book.outcome.as_of, before.stichtag)
    changes = compare_results(details.before, result)
    texts = book.texts
    for figure in changes.figures:
        yield _figure(book, result, on, figure, texts)
    for status in changes.statuses:
        yield _status(book, result, on, status, texts)


def _figure(book: Book, result: Result, on: date, change: FigureChange, texts: dict[str, str]) -> list[Cell]:
    old, new = change.before, change.now
    year = new.year or "gesamt"
    values = (old.value if old else None, new.value, None, _counted(old, new))
    return _row(book, result, on, FIGURE, new.nr, KINDS["target"], year, *values, texts[new.nr])


def _counted(old: TargetResult | None, new: TargetResult) -> str | None:
    """``6 von 40 → 12 von 50``, or why there is nothing to compare."""
    if old is None:
        return "damals noch nicht erhoben"
    for target, when in ((old, "damals"), (new, "jetzt")):
        if target.value is None:
            return f"{when} {TARGET_WORDS[target.status].text}"
    if new.denominator is None or old.denominator is None:
        return None
    return f"{old.numerator} von {old.denominator} → {new.numerator} von {new.denominator}"


def _status(book: Book, result: Result, on: date, change: StatusChange, texts: dict[str, str]) -> list[Cell]:
    known = STATUS_WORDS[change.kind]
    year = change.year or ("gesamt" if change.kind == "target" else None)
    both = (StatusCell(known[change.before]), StatusCell(known[change.now]))
    words = (None, None, texts[change.nr])
    return _row(book, result, on, STATUS, change.nr, KINDS[change.kind], year, *both, *words)


# --- records and submissions --------------------------------------------------------------------------


def _findings(
    book: Book, result: Result, accepted: Submission, before: Workbook | None
) -> Iterator[list[Cell]]:
    on = before.stichtag if before else None
    base = book.outcome.rules.project.parameters.rounding_base
    for one in accepted.workbook.findings:
        if one.rule.startswith("V"):
            kind = RECORDS.get(one.rule, CONSPICUOUS)
            shown = rounded_finding(one, base)
            where = _place(shown)
            yield _row(book, result, on, kind, one.sheet, shown.message, None, None, None, None, where)


def _place(one: Finding) -> str | None:
    """``Zelle E5 (Datum), 3-mal``; in sheets of persons only ``rund 3-mal``."""
    about = "rund " if one.sheet in OF_PERSONS else ""
    column = f" ({one.column})" if one.column else ""
    where = f"Zelle {one.cell}{column}" if one.cell else ""
    often = f"{about}{one.count}-mal" if one.count > 1 else ""
    return ", ".join(filter(None, (where, often))) or None


def _submissions(
    book: Book, result: Result, accepted: Submission, replaced: list[Workbook]
) -> Iterator[list[Cell]]:
    own = accepted.workbook
    if accepted.substitute:
        yield _row(book, result, None, SUBSTITUTED, None, escaped(own.file), *[None] * 4, SUBSTITUTE_NOTE)
    for old in replaced:
        numbers = (f"Abgabe-Nr. {old.number}", f"Abgabe-Nr. {own.number}")
        remark = f"ersetzt durch {escaped(own.file)}"
        yield _row(book, result, None, REPLACED, None, escaped(old.file), None, *numbers, None, remark)
