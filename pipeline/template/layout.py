"""Where everything stands in a template: rows, column letters, ranges and their names. Pure.

Rows and columns are counted from 0, as in xlsxwriter; texts such as ``$B5`` are Excel notation.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from xlsxwriter.utility import xl_col_to_name

from pipeline.definitions.sheet_types import Column, Kind, Prefill, Sheet, WorkbookKind
from pipeline.definitions.sheets import FORM_TITLE, LISTS_TITLE, REQUIRED_MARK
from pipeline.reading.record_rows import NOTE_WORDS, TOTAL_WORDS
from pipeline.rules import Criterion, Rules, Target

TITLE_ROW, HELP_ROW, LEGEND_ROW, HEADER_ROW = range(4)
FIRST_ROW = HEADER_ROW + 1
LABEL, VALUE, HINT = range(3)  # columns of the form
LEAST_ROWS = 2  # a range of one cell is no array to Excel
LIST_COLUMN = 3  # the choices stand in Listen from column D on
LATER = "Spaeter"  # name of the cell that counts the rows of all sheets that lie after the Berichtsstichtag
MEMBER_KEYS, MEMBER_NAMES = "Liste_AGS", "Liste_Kommunen"  # names of the columns with the roster
STICHTAGE = "Auswahl_Stammdaten_Berichtsstichtag"  # name of the planned ones


def label(column: Column) -> str:
    """The header as shown: required columns carry the mark."""
    return column.name + REQUIRED_MARK if column.required else column.name


def identifier(*parts: str) -> str:
    """A name that Excel and LibreOffice allow for a range."""
    return re.sub(r"\W+", "_", "_".join(parts)).strip("_")


def prefilled(rules: Rules, sheet: Sheet, kind: WorkbookKind) -> tuple[Criterion | Target, ...]:
    """The requirements that give a sheet its rows; none for a sheet that the user fills."""
    if sheet.prefill is Prefill.CRITERIA:
        return rules.criteria_of(kind.id)
    return rules.targets_of(kind.id) if sheet.prefill is Prefill.TARGETS else ()


@dataclass(frozen=True)
class Area:
    """The rows of one table: from FIRST_ROW on, ``rows`` of them. Most methods give names of defined ranges."""

    sheet: Sheet
    rows: int

    @property
    def last_row(self) -> int:
        return FIRST_ROW + self.rows - 1

    def index(self, column: str) -> int:
        return self.sheet.names.index(column)

    def letter(self, column: str) -> str:
        return str(xl_col_to_name(self.index(column)))

    def cell(self, column: str) -> str:
        """The column's first cell with a relative row: ``$B5``, as validations and conditional formats need
        it.
        """
        return f"${self.letter(column)}{FIRST_ROW + 1}"

    def whole(self, column: str) -> str:
        """All cells of the column, with the sheet: ``'Bestand'!$A$5:$A$504``."""
        letter = self.letter(column)
        return f"'{self.sheet.title}'!${letter}${FIRST_ROW + 1}:${letter}${self.last_row + 1}"

    @property
    def block(self) -> str:
        """All cells of the table, with the sheet."""
        first, last = self.sheet.names[0], self.sheet.names[-1]
        return f"{self.whole(first).split(':')[0]}:{self.whole(last).split(':')[1]}"

    def name(self, column: str) -> str:
        """Name of the column's cells down to the last row in use."""
        return identifier(self.sheet.title, column)

    def value(self, column: str) -> str:
        """Name of the column's repaired values (``cell_formulas``)."""
        return identifier("Wert", self.sheet.title, column)

    def odd(self, column: str) -> str:
        """Name of the cell with the number of cells in the column that need a repair."""
        return identifier("Anders", self.sheet.title, column)

    def parts(self, column: str) -> tuple[str, str]:
        """Names of the cells with the most parts in a cell of the column, and with the room for one part."""
        return identifier("Teile", self.sheet.title, column), identifier("Breite", self.sheet.title, column)

    @property
    def strays_name(self) -> str:
        """Name of the cell with the number of rows that are no records."""
        return identifier("Fremd", self.sheet.title)

    @property
    def stray_rows(self) -> str:
        """Name of the formula that finds rows that are no records."""
        return identifier("Fremde_Zeilen", self.sheet.title)

    @property
    def own_rows(self) -> str:
        """Name of the formula that leaves them out."""
        return identifier("Eigene_Zeilen", self.sheet.title)

    @property
    def later_name(self) -> str:
        """Name of the cell with the number of rows with a date after the reporting date."""
        return identifier("Spaeter", self.sheet.title)

    @property
    def gaps_name(self) -> str:
        """Name of the cell with the number of empty required cells."""
        return identifier("Luecken", self.sheet.title)

    @property
    def end_name(self) -> str:
        """Name of the cell with the number of rows down to the last one in use."""
        return identifier("Ende", self.sheet.title)

    @property
    def rows_name(self) -> str:
        """Name of the cell with the number of records."""
        return identifier("Zeilen", self.sheet.title)

    @property
    def missing_name(self) -> str:
        """Name of the cell that is 1 when the sheet is empty without its Leermeldung."""
        return identifier("Fehlt", self.sheet.title)

    def dynamic(self, column: str) -> str:
        """The formula behind ``name``: a range that grows with the entries."""
        first = self.whole(column).split(":")[0]
        return f"={first}:INDEX({self.whole(column)},{self.end_name})"


@dataclass(frozen=True)
class Layout:
    """Where the parts of one kind of workbook stand."""

    kind: WorkbookKind
    rules: Rules

    @cached_property
    def areas(self) -> dict[str, Area]:
        """Sheet title → its records, in the order of the tabs."""
        found = {}
        for sheet in self.kind.tables:
            rows = len(prefilled(self.rules, sheet, self.kind)) if sheet.prefill else sheet.capacity
            found[sheet.title] = Area(sheet, max(LEAST_ROWS, rows))
        return found

    @cached_property
    def form_rows(self) -> dict[str, int]:
        """Label → row in Stammdaten. A heading precedes the first Leermeldung."""
        fields = [c.name for c in self.kind.form.columns if c.kind is not Kind.CHOICE]
        nil_returns = [c.name for c in self.kind.form.columns if c.kind is Kind.CHOICE]
        start = FIRST_ROW - 1
        after = start + len(fields) + 2
        return {n: start + i for i, n in enumerate(fields)} | {
            n: after + i for i, n in enumerate(nil_returns)
        }

    def form_address(self, name: str) -> str:
        """Address of a value in Stammdaten: ``B7``."""
        return f"B{self.form_rows[name] + 1}"

    def form_cell(self, name: str) -> str:
        """Absolute address of a value in Stammdaten, with the sheet."""
        return f"'{FORM_TITLE}'!$B${self.form_rows[name] + 1}"

    def form_value(self, name: str) -> str:
        """Name of the repaired value of a line in Stammdaten."""
        return identifier("Wert", FORM_TITLE, name)

    @cached_property
    def choices(self) -> dict[tuple[str, ...], str]:
        """Every list of choices or allowed values, each once → its name, in the order of the tabs."""
        found: dict[tuple[str, ...], str] = {}
        for sheet in (self.kind.form, *self.kind.tables):
            for column in sheet.columns:
                if column.choices:
                    found.setdefault(column.choices, identifier("Auswahl", sheet.title, column.name))
                if column.to_where:
                    found.setdefault(column.to_where.values, identifier("Passend", sheet.title, column.name))
            if sheet.prefill:
                found.setdefault(self.numbers(sheet), identifier("Auswahl", sheet.title, sheet.names[0]))
        return found | {TOTAL_WORDS: "Woerter_Summe", NOTE_WORDS: "Woerter_Notiz"}

    @cached_property
    def stichtage(self) -> tuple[date, ...]:
        """The reporting dates of the Berichtsplan."""
        return tuple(d.stichtag for d in self.rules.reporting_dates)

    @property
    def stichtage_column(self) -> int:
        """Column in Listen, behind the choices."""
        return LIST_COLUMN + len(self.choices)

    @property
    def stichtage_range(self) -> str:
        letter = xl_col_to_name(self.stichtage_column)
        return f"='{LISTS_TITLE}'!${letter}$2:${letter}${len(self.stichtage) + 1}"

    @cached_property
    def members(self) -> tuple[tuple[str, str], ...]:
        """(AGS, name) of everyone who must submit, former keys included."""
        lead = self.rules.lead
        return ((lead.ags, lead.name), *((ags, m.name) for ags, m in sorted(self.rules.by_ags.items())))

    def members_range(self, name: str) -> str:
        letter = xl_col_to_name(self.members_column + (name == MEMBER_NAMES))
        return f"='{LISTS_TITLE}'!${letter}$2:${letter}${len(self.members) + 1}"

    @property
    def members_column(self) -> int:
        """Column in Listen, behind the Stichtage."""
        return self.stichtage_column + 1

    @property
    def block_column(self) -> int:
        """Column in Listen where the lines of Prüfung begin, behind the roster."""
        return self.members_column + 3

    def numbers(self, sheet: Sheet) -> tuple[str, ...]:
        """Numbers of the requirements with a row in this sheet."""
        return tuple(r.id for r in prefilled(self.rules, sheet, self.kind))

    def choices_range(self, choices: tuple[str, ...]) -> str:
        """Range of a list of choices in Listen."""
        letter = xl_col_to_name(LIST_COLUMN + list(self.choices).index(choices))
        return f"='{LISTS_TITLE}'!${letter}$2:${letter}${len(choices) + 1}"
