"""Sheet Zielwerte: first the project, then every municipality, in the same columns.

Values, shortfalls and the project's sums are live formulas over the rows below. The sums select by number and
year of the target, so sorting or filtering the municipalities changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import partial

from pipeline.definitions.model import Status
from pipeline.definitions.palette import BAND
from pipeline.definitions.results import TargetResult
from pipeline.definitions.words import PROJECT, TARGET_WORDS
from pipeline.evaluate.consolidate import ProjectTarget
from pipeline.evaluate.details import NO_STOCK, FigureRows, Stock
from pipeline.evaluate.shortfall import shortfall_of, shortfall_words, target_remark
from pipeline.report.summary.tracing.proof import RecordRange
from pipeline.report.summary.writing.book import (
    LEAD_ROW,
    Book,
    keep_header,
    lay_page,
    named_columns,
    write_section,
)
from pipeline.report.summary.writing.cells import Cell, FormulaCell, StatusCell
from pipeline.report.summary.writing.fastsheet import FastSheet
from pipeline.report.summary.writing.growing import ReportedMunicipality, StreamedSheet, StreamedTable
from pipeline.report.summary.writing.paper import break_before
from pipeline.report.summary.writing.record_table import (
    RowWriter,
    TableColumn,
    count_column,
    date_column,
    mark_table,
    printed,
    write_header,
)
from pipeline.report.summary.writing.styles import DATE
from pipeline.rules import Attested, Info, Share, Target

TITLE, AREA = "Zielwerte", "Zielwerte: Kommunen"
NR, WORDS = 2, 10  # columns
COLUMNS = (
    TableColumn("AGS", 8.25),
    TableColumn("Kommune", 19),
    TableColumn("Nr.", 5.5, linked=True),
    date_column("Bestand vom"),
    TableColumn("Projektjahr", 9.75, "center"),
    count_column("Zähler", 7),
    count_column("Nenner", 7.75),
    count_column("Wert", 8.25),
    count_column("Schwelle", 9.5),
    count_column("Abstand", 8.5),
    TableColumn("Abstand in Worten", 32),
    TableColumn("Status", 16.9),
    TableColumn("Daten bis", 15.25, "center", DATE),
    TableColumn("Quelle des Bestands", 24, aside=True),
    TableColumn("Wortlaut des Zielwerts", 90, aside=True),
)
LINES = (
    "Der Wortlaut jedes Zielwerts steht rechts neben der Tabelle und in den Blättern „Maßnahme“. „Bestand vom“: Stichtag "
    "des Bestands, der im Nenner steht; seine Quelle steht ebenfalls rechts. „Daten bis“ nennt bei Summen den frühesten "
    "und den spätesten Tag, wenn die Daten der Kommunen verschieden weit reichen.",
    "Wert = Zähler ÷ Nenner, bei Anzahlen der Zähler. Die Zeilen „Projekt“ sind Summen über die Kommunen (Summe der "
    "Zähler ÷ Summe der Nenner), nie Mittelwerte von Prozenten.",
    "Eine Kommune ohne gültige Abgabe oder ohne bewertbare Zahl geht in keine Summe ein. Ob eine Schwelle erreicht ist, "
    "wird ohne Rundung entschieden. „gesamt“: die ganze Laufzeit. „Angabe“: Datum und Nachweis der Kommune statt einer "
    "Schwelle.",
)
ROWS_KEPT_TOGETHER = 8  # rows of the municipalities that must find room below the project
MUNICIPALITIES, ALL_TIME = "Kommunen", "gesamt"
NO_ROWS = FigureRows(())
NOT_MEASURED = {Attested: "Angabe", Info: "ohne"}


@dataclass(frozen=True)
class _Area:
    """Excel rows (from 1) of the municipalities, for the project's formulas."""

    first: int
    last: int

    def column(self, letter: str) -> str:
        return f"${letter}${self.first}:${letter}${self.last}"

    def same(self, row: int) -> str:
        """Array formula: 1 for the rows with the target and the year of ``row``."""
        return f"({self.column('C')}=$C{row})*({self.column('E')}=$E{row})"

    def sum(self, letter: str, row: int) -> str:
        return f"=SUMPRODUCT({self.same(row)},{self.column(letter)})"

    def municipalities(self, row: int, word: str, rest: str) -> str:
        return f'=SUMPRODUCT({self.same(row)}*({self.column("L")}="{word}"))&"{rest}"'


def open_targets(book: Book, sheet: FastSheet) -> StreamedSheet:
    outcome = book.outcome
    title = f"Zielwerte – {outcome.rules.project.short_title}"
    columns = named_columns(book, COLUMNS, COLUMNS[WORDS].title)
    header = lay_page(book, sheet, title, LINES, (c.width for c in columns), printed(columns))
    top = write_header(book, sheet, write_section(book, sheet, header, PROJECT, printed(columns)), columns)
    section = top + len(outcome.project.targets)
    filters = section + 1
    results = sum(len(r.targets) for r in outcome.results)
    area = _Area(filters + 2, filters + 1 + max(1, results))
    book.areas["Zielwerte: Projekt"] = RecordRange(sheet.get_name(), top + 1, max(top + 1, section))
    mark_table(sheet, "Zielwerte_Projekt", top - 1, section, columns)
    writer = RowWriter(book, sheet, columns, bg_color=BAND)
    for row, project_target in enumerate(outcome.project.targets, top):
        writer.write(row, _project_cells(book, project_target, row + 1, area))
    break_before(sheet, [(section, section + ROWS_KEPT_TOGETHER)])
    write_section(book, sheet, section, MUNICIPALITIES, printed(columns))
    keep_header(sheet, filters, filters)
    table = StreamedTable(book, sheet, filters, columns)
    return StreamedSheet(table, partial(_municipal_rows, book, table), AREA)


# --- municipalities -----------------------------------------------------------------------------------


def _municipal_rows(
    book: Book, table: StreamedTable, municipality: ReportedMunicipality
) -> Iterator[list[Cell]]:
    results, details = municipality.result.targets, municipality.details
    known = details.targets if details else (NO_ROWS,) * len(results)
    for result, rows in zip(results, known, strict=True):
        target = book.targets[result.nr]
        words = target_remark(target, result, rows.reason)
        table.place(TITLE, result.ags, result.nr, NR)
        stock = rows.stock if result.value is not None else NO_STOCK
        yield _municipal_cells(
            municipality.name, book.texts[target.id], target, result, stock, words, table.next_row + 1
        )


def _municipal_cells(
    name: str, text: str, target: Target, result: TargetResult, stock: Stock, words: str, row: int
) -> list[Cell]:
    day, source = stock
    return [
        result.ags,
        name,
        target.id,
        day,
        result.year or ALL_TIME,
        result.numerator,
        result.denominator,
        value_formula(result.value, row),
        _threshold(target),
        shortfall_formula(target, result.numerator, result.denominator, row),
        words,
        StatusCell(TARGET_WORDS[result.status]),
        result.data_as_of,
        source,
        text,
    ]


def value_formula(value: Fraction | int | None, row: int) -> FormulaCell | None:
    """Formula for the share, or for the number itself."""
    if value is None:
        return None
    return FormulaCell(f"=F{row}/G{row}" if isinstance(value, Fraction) else f"=F{row}", value)


def shortfall_formula(
    target: Target, numerator: int | None, denominator: int | None, row: int
) -> FormulaCell | None:
    """Formula for the missing units. The product is rounded to six places, more than a threshold has."""
    gap = shortfall_of(target, numerator, denominator)
    if gap is None:
        return None
    wanted = f"ROUNDUP(ROUND(I{row}*G{row},6)-F{row},0)" if denominator is not None else f"I{row}-F{row}"
    return FormulaCell(f"=MAX(0,{wanted})", gap)


def _threshold(target: Target) -> Cell:
    minimum = target.decide.minimum
    return NOT_MEASURED[type(target.decide)] if minimum is None else minimum


# --- project ------------------------------------------------------------------------------------------


def _project_cells(book: Book, found: ProjectTarget, row: int, area: _Area) -> list[Cell]:
    target = book.targets[found.nr]
    share = isinstance(target.decide, Share)
    own = found.communes_total is None
    return [
        PROJECT,
        book.outcome.rules.lead.name if own else _municipalities(book, found, row, area),
        target.id,
        None,
        found.year or ALL_TIME,
        None if found.numerator is None else FormulaCell(area.sum("F", row), found.numerator),
        None if found.denominator is None else FormulaCell(area.sum("G", row), found.denominator),
        value_formula(found.value, row),
        _threshold(target) if share or own else _per_municipality(target),
        shortfall_formula(target, found.numerator, found.denominator, row) if share or own else None,
        _project_words(target, found, own),
        StatusCell(TARGET_WORDS[found.status]),
        _data_until(found),
        None,
        book.texts[target.id],
    ]


def _data_until(found: ProjectTarget) -> Cell:
    """Date of the data behind the sum; first and last where they differ."""
    if found.oldest is None or found.youngest is None or found.oldest == found.youngest:
        return found.oldest
    return f"{found.oldest:%d.%m.%y}–{found.youngest:%d.%m.%y}"


def _municipalities(book: Book, found: ProjectTarget, row: int, area: _Area) -> FormulaCell:
    """``3 von 8 erreicht``, counted over the rows below."""
    number, word, rest = _municipalities_words(book, found)
    return FormulaCell(area.municipalities(row, word, rest), f"{number}{rest}")


def _municipalities_words(book: Book, found: ProjectTarget) -> tuple[int | None, str, str]:
    """(number of municipalities, status word to count, rest of the sentence)."""
    info = found.status is Status.INFO
    word = TARGET_WORDS[Status.INFO if info else Status.MET].text
    number = _with_figure(book, found) if info else found.communes_met
    return number, word, f" von {found.communes_total} {'mit Zahl' if info else word}"


def linked_cells(book: Book, position: int) -> tuple[FormulaCell | None, FormulaCell]:
    """Links to the project's n-th value, if it has one, and to its municipalities, for other sheets."""
    found = book.outcome.project.targets[position]
    row = LEAD_ROW + len(LINES) + 3 + position
    value = None if found.value is None else FormulaCell(f"=Zielwerte!$H${row}", found.value)
    number, _, rest = _municipalities_words(book, found)
    text = book.outcome.rules.lead.name if found.communes_total is None else f"{number}{rest}"
    return value, FormulaCell(f"=Zielwerte!$B${row}", text)


def _with_figure(book: Book, found: ProjectTarget) -> int:
    results = (t for r in book.outcome.results for t in r.targets)
    return sum(t.nr == found.nr and t.year == found.year and t.status is Status.INFO for t in results)


def _per_municipality(target: Target) -> Cell:
    threshold = _threshold(target)
    return f"{threshold} je Kommune" if isinstance(threshold, int) else threshold


def _project_words(target: Target, found: ProjectTarget, own: bool) -> str:
    gap = shortfall_of(target, found.numerator, found.denominator)
    share_or_own = own or isinstance(target.decide, Share)
    parts = [shortfall_words(target, gap)] if gap is not None and share_or_own else []
    if not own and found.status is not Status.INFO:
        parts.append(f"bewertet: {found.communes_evaluated} von {found.communes_total}")
    return "; ".join(parts)
