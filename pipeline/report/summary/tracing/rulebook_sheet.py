"""Sheet Regelwerk: every rule with its wording in the source, its interpretation and how it is decided."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from pipeline.definitions.messages import german_date
from pipeline.definitions.words import USE_WORDS, WORDS, Word
from pipeline.evaluate.effects import ReadingEffects
from pipeline.report.summary.tracing.reading_effects import EFFECT_TITLES, EFFECTS, effect_rows
from pipeline.report.summary.writing.book import Book, lay_page, write_section
from pipeline.report.summary.writing.cells import Cell
from pipeline.report.summary.writing.fastsheet import FastSheet
from pipeline.report.summary.writing.growing import ReportedMunicipality
from pipeline.report.summary.writing.record_table import TableColumn, write_header, write_rows
from pipeline.rules import Rules
from pipeline.rules.wording.in_words import exemption_place, withdrawn_file
from pipeline.rules.wording.rulebook import (
    RuleLine,
    constant_lines,
    group_lines,
    measure_lines,
    reading_lines,
)

COLUMNS = (
    TableColumn("Nr.", 7.5),
    TableColumn("Art", 11),
    TableColumn("Wortlaut der Quelle", 50),
    TableColumn("Fundstelle", 18),
    TableColumn("Wie entschieden wird", 72),
    TableColumn("Parameter", 24),
    TableColumn("Auslegung", 40),
)
PRINTED_COLUMNS = 5  # columns, of "Auslegung und Klärungsbedarf"
LINES = (
    "Jeder Wortlaut ist aus der Quelle übernommen (Foliensatz „Projektmaßnahmen- & Meilensteine“). "
    "Der Bericht folgt den Regeldateien; eine Änderung dort ändert Vorlage, Prüfung und Bericht.",
    "Gedruckt wird mit der ganzen Mappe nur „Auslegung und Klärungsbedarf“; „Druckbereich ignorieren“ (Excel) druckt alles.",
)


def _titled(*titles: str) -> tuple[TableColumn, ...]:
    """The columns of the sheet, with the titles of a further table."""
    return tuple(replace(c, title=t) for c, t in zip(COLUMNS, titles, strict=True))


READING = "Auslegung und Klärungsbedarf"
READING_COLUMNS = _titled(
    "Nr.", "Art", "Wortlaut der Quelle", "Offene Frage", "So wird gelesen", "Parameter", ""
)
EFFECT_COLUMNS = _titled(*EFFECT_TITLES)
EXEMPTIONS = "Ausnahmen von Prüfungen (ausnahmen.yaml)"
NO_EXEMPTIONS = "Keine Ausnahmen."
EXEMPTION_COLUMNS = _titled(
    "Prüf-\nregel", "AGS", "Begründung", "Wo sie gilt", "Entschieden von", "Gilt bis", "Was daraus wurde"
)
WITHDRAWALS = "Rücknahmen von Abgaben (ruecknahmen.yaml)"
NO_WITHDRAWALS = "Keine Rücknahmen."
WITHDRAWAL_COLUMNS = _titled("", "AGS", "Begründung", "Welche Abgabe", "Zurückgezogen von", "Am", "Dateien")
NO_FILE = "keine Datei im Ordner"
GROUPS, CONSTANTS, MEANINGS = "Zielgruppen", "Projekt und Parameter", "Bedeutung der Statuswörter"
RuleRows = Iterator[list[Cell]]


class RulebookSheet:
    """Collects the effects of other readings, municipality by municipality."""

    def __init__(self, book: Book, sheet: FastSheet) -> None:
        self._sheet = sheet
        self._effects = ReadingEffects(book.outcome.rules, book.outcome.as_of)

    def add(self, municipality: ReportedMunicipality) -> None:
        details = municipality.details
        self._effects.add(municipality.result, details.otherwise if details else None)

    def close(self, book: Book) -> None:
        _write(book, self._sheet, self._effects)


def _write(book: Book, sheet: FastSheet, effects: ReadingEffects) -> None:
    rules = book.outcome.rules
    project = rules.project
    title = f"Regelwerk – {project.short_title}, Version {project.version}"
    lines = (*LINES, f"SHA-256 aller Regeldateien: {rules.sha256}")
    row = lay_page(book, sheet, title, lines, (c.width for c in COLUMNS), PRINTED_COLUMNS)
    sheet.freeze_panes(row + 1, 1)
    row = write_header(book, sheet, row, COLUMNS)
    sections: list[tuple[str, RuleRows]] = [
        (f"Projektmaßnahme {m.number}: {m.title}", _cells(measure_lines(m, rules))) for m in rules.measures
    ]
    sections += [(GROUPS, _cells(group_lines(project))), (CONSTANTS, _constants(rules)), (MEANINGS, _words())]
    for text, rows in sections:
        row = write_section(book, sheet, row, text, len(COLUMNS))
        row = write_rows(book, sheet, row, COLUMNS, rows)
    reading = row
    row = write_section(book, sheet, row, READING, len(COLUMNS))
    row = write_header(book, sheet, row, READING_COLUMNS)
    row = write_rows(book, sheet, row, COLUMNS, _readings(rules))
    sheet.print_area(reading, 0, row - 1, PRINTED_COLUMNS - 1)
    sheet.repeat_rows(reading + 1)
    row = write_section(book, sheet, row, EFFECTS, len(COLUMNS))
    row = write_header(book, sheet, row, EFFECT_COLUMNS)
    row = write_rows(book, sheet, row, COLUMNS, effect_rows(book, effects, len(COLUMNS)))
    row = write_section(book, sheet, row, EXEMPTIONS, len(COLUMNS))
    row = write_header(book, sheet, row, EXEMPTION_COLUMNS)
    row = write_rows(book, sheet, row, COLUMNS, _exemptions(book))
    row = write_section(book, sheet, row, WITHDRAWALS, len(COLUMNS))
    row = write_header(book, sheet, row, WITHDRAWAL_COLUMNS)
    write_rows(book, sheet, row, COLUMNS, _withdrawals(book))


def _cells(lines: Iterable[RuleLine]) -> RuleRows:
    for line in lines:
        yield [line.nr, line.kind, line.text, line.place, line.decided, line.parameter, line.reading]


def _readings(rules: Rules) -> RuleRows:
    """The question and its answer side by side; what changes the answer is for the screen."""
    for line in reading_lines(rules):
        yield [line.nr, line.kind, line.text, line.decided, line.reading, line.parameter, None]


def _constants(rules: Rules) -> RuleRows:
    yield from _cells(constant_lines(rules))
    for file, sha256 in rules.files:
        yield [None, "Regeldatei", None, None, f"{file}: SHA-256 {sha256}", None, None]


def _words() -> RuleRows:
    for kind, words in WORDS.items():
        for word in words.values():
            yield _word(kind, word)


def _word(kind: str, word: Word) -> list[Cell]:
    return [None, kind, None, None, word.meaning, word.label, None]


def _exemptions(book: Book) -> RuleRows:
    for use in book.outcome.exemptions:
        exemption, word = use.exemption, USE_WORDS[use.use]
        state = ": ".join(filter(None, (word.label, ", ".join(use.files))))
        until = f"Berichtsstichtag {german_date(exemption.valid_until)}"
        yield [
            exemption.rule,
            exemption.ags,
            exemption.reason,
            exemption_place(exemption),
            exemption.decided_by,
            until,
            state,
        ]
    if not book.outcome.exemptions:
        yield [None, None, NO_EXEMPTIONS, None, None, None, None]


def _withdrawals(book: Book) -> RuleRows:
    """The withdrawals; a file with a later reporting date is not in this report, nor counted as found."""
    for use in book.outcome.withdrawals:
        one = use.withdrawal
        files = ", ".join(use.files) or NO_FILE
        yield [None, one.ags, one.reason, withdrawn_file(one), one.by, german_date(one.on), files]
    if not book.outcome.withdrawals:
        yield [None, None, NO_WITHDRAWALS, None, None, None, None]
