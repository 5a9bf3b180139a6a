"""Sheet AMIF: persons supported and participants of language offers, by age bracket and gender.

These counts decide nothing, so each is rounded, also the number with both answers; other sums are those of
the shown numbers. An addition to the source, from rules/amif.yaml.
"""

from __future__ import annotations

from collections import Counter

from pipeline.definitions.palette import BAND
from pipeline.definitions.sheets import PERSON_AGE, PERSON_GENDER
from pipeline.definitions.words import SUM
from pipeline.evaluate.amif import Supported
from pipeline.report.rounding import rounded, rounded_total
from pipeline.report.summary.writing.across import Part, write_across
from pipeline.report.summary.writing.book import Book, keep_header, lay_page, write_section
from pipeline.report.summary.writing.cells import Cell, FormulaCell
from pipeline.report.summary.writing.fastsheet import FastSheet
from pipeline.report.summary.writing.growing import ReportedMunicipality
from pipeline.report.summary.writing.record_table import (
    RowWriter,
    TableColumn,
    count_column,
    mark_table,
    write_header,
)
from pipeline.rules import AmifIndicator
from pipeline.xlsx.addresses import column_letters

TITLE = "AMIF"
AGES, GENDERS = PERSON_AGE.choices, PERSON_GENDER.choices
COLUMNS = (
    TableColumn(PERSON_AGE.name, 44),
    *(count_column(gender, 20) for gender in GENDERS),
    count_column(SUM, 20),
)
REASONS = (TableColumn("Nicht gezählt, weil …", 44), count_column("Personen", 20))
ROUNDED = (
    "Alle Zahlen sind auf Vielfache von {base} gerundet, jede für sich; auch die Zahl mit beiden Angaben ist für sich gerundet "
    "und kann von der Summe der Felder abweichen. Altersgruppe und Geschlecht sind freiwillige Angaben im Blatt Personen."
)
NO_AGE, NO_GENDER = f"{PERSON_AGE.name} fehlt", f"{PERSON_GENDER.name} fehlt"
NOT_TOLD = "keine gültige Abgabe, oder das Blatt Personen oder Teilnahmen ist leer ohne Leermeldung"
NO_ANSWER, NO_PAPER = "beide Angaben fehlen", "Aufenthaltspapier nicht geprüft"


class AmifSheet:
    """Sums the persons of all municipalities, one by one, before anything is written."""

    def __init__(self, book: Book, sheet: FastSheet) -> None:
        assert book.outcome.rules.amif is not None
        self._sheet, self._rules = sheet, book.outcome.rules.amif
        self._found: list[list[Supported]] = [[] for _ in self._rules.indicators]

    def add(self, municipality: ReportedMunicipality) -> None:
        if municipality.details is None:
            return
        for one, found in zip(municipality.details.supported, self._found, strict=False):
            if one is not None:
                found.append(one)

    def close(self, book: Book) -> None:
        base = book.outcome.rules.project.parameters.rounding_base
        title = f"{TITLE} – {book.outcome.rules.project.short_title}"
        lines = (f"{self._rules.note} Indikatoren nach: {self._rules.source}.", ROUNDED.format(base=base))
        row = lay_page(book, self._sheet, title, lines, (c.width for c in COLUMNS))
        keep_header(self._sheet, 0, 0)
        for indicator, found in zip(self._rules.indicators, self._found, strict=True):
            row = _write(book, self._sheet, row, indicator, found)


def _write(book: Book, sheet: FastSheet, row: int, indicator: AmifIndicator, found: list[Supported]) -> int:
    """Section, table, and the persons not in it; returns the next free row."""
    base = book.outcome.rules.project.parameters.rounding_base
    persons: Counter[tuple[str | None, str | None]] = Counter()
    for one in found:
        persons.update(dict(one.persons))
    row = write_section(book, sheet, row, f"{indicator.id} {indicator.text}", len(COLUMNS))
    row = _text(book, sheet, row, indicator.reading)
    row = write_header(book, sheet, row, COLUMNS)
    first, complete = row + 1, _with_answers(persons, base)
    for age in AGES:
        counts = [rounded(persons[age, gender], base) for gender in GENDERS]
        row = _record(book, sheet, row, age, counts)
    mark_table(sheet, f"AMIF_{indicator.id}", first - 2, row, COLUMNS)
    row = _sums(book, sheet, row, first, persons, base)
    reasons = _reasons(persons, sum(one.unchecked for one in found), base)
    asked = complete + sum(count for reason, count in reasons if reason != NO_PAPER)
    without = book.municipalities - len(found)
    text = (
        f"{complete} von {asked} Personen mit beiden Angaben (gerundet). Ohne {without} von {book.municipalities} Kommunen: "
        f"{NOT_TOLD}."
    )
    row = _text(book, sheet, row, text)
    header, row = row, write_header(book, sheet, row, REASONS)
    writer = RowWriter(book, sheet, REASONS)
    for reason, count in reasons:
        writer.write(row, [reason, count])
        row += 1
    mark_table(sheet, f"AMIF_{indicator.id}_nicht_gezählt", header, row, REASONS)
    return row + 1


def _text(book: Book, sheet: FastSheet, row: int, text: str) -> int:
    part = Part(0, len(COLUMNS) - 1, text, book.styles.lead)
    return write_across(sheet, row, [part], [c.width for c in COLUMNS])


def _record(book: Book, sheet: FastSheet, row: int, age: str, counts: list[int]) -> int:
    last = column_letters(len(GENDERS) + 1)
    total = FormulaCell(f"=SUM(B{row + 1}:{last}{row + 1})", sum(counts))
    RowWriter(book, sheet, COLUMNS).write(row, [age, *counts, total])
    return row + 1


def _sums(
    book: Book,
    sheet: FastSheet,
    row: int,
    first: int,
    persons: Counter[tuple[str | None, str | None]],
    base: int,
) -> int:
    """Sums of the shown numbers, and last the number with both answers, rounded by itself."""
    cells: list[Cell] = [SUM]
    for at, gender in enumerate(GENDERS, 2):
        letter = column_letters(at)
        number = sum(rounded(persons[age, gender], base) for age in AGES)
        cells.append(FormulaCell(f"=SUM({letter}{first}:{letter}{row})", number))
    RowWriter(book, sheet, COLUMNS, bg_color=BAND, bold=True).write(
        row, [*cells, _with_answers(persons, base)]
    )
    return row + 1


def _with_answers(persons: Counter[tuple[str | None, str | None]], base: int) -> int:
    parts = [persons[age, gender] for age in AGES for gender in GENDERS]
    return rounded_total(sum(parts), [parts], base)


def _reasons(
    persons: Counter[tuple[str | None, str | None]], unchecked: int, base: int
) -> list[tuple[str, int]]:
    no_age = sum(n for (age, gender), n in persons.items() if age is None and gender is not None)
    no_gender = sum(n for (age, gender), n in persons.items() if gender is None and age is not None)
    counts = {
        NO_AGE: no_age,
        NO_GENDER: no_gender,
        NO_ANSWER: persons[None, None],
        NO_PAPER: unchecked,
    }
    return [(reason, rounded(count, base)) for reason, count in counts.items()]
