"""Reads one sheet into its table, with the findings of its cells. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from pipeline.definitions.messages import finding
from pipeline.definitions.model import Finding, Table
from pipeline.definitions.sheet_types import Column, Kind, Sheet
from pipeline.definitions.sheets import RULE_INPUTS, RULE_NR
from pipeline.reading.locate import Located, is_blank, locate
from pipeline.reading.package import RawSheet, ReadColumn, Special, accounted
from pipeline.reading.record_rows import strays
from pipeline.reading.values import parse_column

_MOST_COVERED = 2_000_000  # cells looked at under merged areas, which may overlap without end
_UNREAD = ("W", "D")  # rules of cells of which no value could be taken over


@dataclass(frozen=True, slots=True)
class ReadTable:
    """``table``: None where the columns are ambiguous; ``digest``: equal for equal content.

    ``ignored``: addresses of cells that are not read, whatever they contain.
    """

    table: Table | None
    findings: list[Finding]
    digest: bytes = b""
    ignored: Set[str] = frozenset()


def read_table(
    sheet: Sheet, raw: RawSheet, version: int, computed: Set[str], numbers: Mapping[str, str]
) -> ReadTable:
    """The records of a sheet. ``version``: that of the template; ``computed``: numbers of requirements that
    nobody fills in; ``numbers``: all of them, by their spelling in small letters.
    """
    found = locate(sheet, raw, version)
    if not found.usable:
        return ReadTable(None, found.findings)
    reading = _TableReading(sheet, found)
    findings = [*found.findings, *reading.cells(computed, numbers)]
    if not reading.complete():
        findings.append(finding("D21", sheet.title))
    return ReadTable(reading.table, findings, reading.digest(), reading.ignored)


@dataclass
class _TableReading:
    """A table while it is read.

    ``unread``: (column, position, cell) of unreadable cells; ``reported``: positions of a column's cells where a
    finding says why there is no value; ``gone``: rows that are no record, with the column of their finding;
    ``ignored``: cells of computed rows.
    """

    sheet: Sheet
    found: Located
    raws: dict[str, list[Any]] = field(default_factory=dict)
    values: dict[str, list[Any]] = field(default_factory=dict)
    unread: list[tuple[str, int, Any]] = field(default_factory=list)
    reported: dict[str, set[int]] = field(default_factory=dict)
    gone: dict[int, str] = field(default_factory=dict)
    ignored: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.all = Table(self.sheet.title, self.found.letters, self.found.rows, self.values)

    def cells(self, computed: Set[str], numbers: Mapping[str, str]) -> list[Finding]:
        """Parses every column; returns the findings of cells and rows."""
        groups = [self._special(), self._covered(), *map(self._column, self.sheet.columns)]
        ours = [one for group in groups for one in group]
        if self.sheet.prefill:
            ours = self._ignore_computed([*ours, *self._spelt(numbers)], computed)
        return self._without_strays(ours)

    def _column(self, column: Column) -> list[Finding]:
        if column.name not in self.found.at:  # came with a later template version
            self.values[column.name] = [None] * len(self.found.rows)
            return []
        raws = self.raws[column.name] = self.found.raws(column.name)
        self.values[column.name], found = parse_column(column, raws)
        self.reported[column.name] = {p for p, _ in found}
        self.unread += [(column.name, p, raws[p]) for p, rule in found if rule.startswith(_UNREAD)]
        rows = self.found.rows
        return [
            finding(rule, self.sheet.title, self.all.cell(rows[p], column.name), column.name)
            for p, rule in found
        ]

    @property
    def _names(self) -> dict[int, str]:
        """Column from 1 → header."""
        return {position + 1: name for name, position in self.found.at.items()}

    def _at(self, rule: str, row: int, name: str) -> Finding:
        return finding(rule, self.sheet.title, self.all.cell(row, name), name)

    def _special(self) -> list[Finding]:
        """Findings of cells with an error value or a formula."""
        special, names, records = self.found.raw.special, self._names, set(self.found.rows)
        return [
            self._at(rule, row, names[column])
            for row, column in sorted(special.unread | special.formulas)
            if row in records and column in names
            for rule in special_rules(special, row, column)
        ]

    def _covered(self) -> list[Finding]:
        """Findings of cells in a merged area, which shows only its first cell."""
        special, names, records = self.found.raw.special, self._names, set(self.found.rows)
        covered: set[tuple[int, int]] = set()
        left = _MOST_COVERED if records else 0
        for column, row, last_column, last_row in special.merged:
            columns = [c for c in range(column, last_column + 1) if c in names]
            last = min(last_row, self.found.rows[-1]) if records else 0
            left -= (last - row + 1) * max(len(columns), 1) + 1
            if left < 0:
                break
            area = {(r, c) for r in range(row, last + 1) if r in records for c in columns}
            covered |= area - {(row, column)}
        return [self._at("W24", row, names[column]) for row, column in sorted(covered)]

    def _without_strays(self, findings: list[Finding]) -> list[Finding]:
        """One finding for each row that is no record, instead of all others there."""
        if not self.raws:
            return findings
        rows, header = self.found.rows, self.found.raw.rows[self.found.header]
        position = {row: p for p, row in enumerate(rows)}
        unread = {position[r] for r, _ in self.found.raw.special.unread if r in position}
        headers = {name: header[p] for name, p in self.found.at.items()}
        self.gone = dict(strays(self.sheet, self.all, self.raws, headers, unread))
        if not self.gone:
            return findings
        lost = {rows[p] for p in self.gone}
        kept = [one for one in findings if _row(one) not in lost]
        return [*kept, *(self._at("W23", rows[p], name) for p, name in self.gone.items())]

    def _spelt(self, numbers: Mapping[str, str]) -> list[Finding]:
        """Replaces numbers of the rules in other letters by theirs; returns a note at each."""
        values, rows, found = self.values[RULE_NR.name], self.found.rows, []
        for p, number in enumerate(values):
            meant = numbers.get((number or "").casefold(), number)
            if meant != number:
                rule = "M04" if number == number.upper() else "M21"
                found.append(self._at(rule, rows[p], RULE_NR.name))
                values[p] = meant
        return found

    def _ignore_computed(self, findings: list[Finding], computed: Set[str]) -> list[Finding]:
        """Empties the input cells of "wird berechnet" rows: one warning per row."""
        rows = self.found.rows
        inputs = [name for name in RULE_INPUTS if name in self.raws]
        unseen, warned = self.found.raw.special.unread, []
        for p in (p for p, nr in enumerate(self.values[RULE_NR.name]) if nr in computed):
            given = [
                n
                for n in inputs
                if not is_blank(self.raws[n][p]) or (rows[p], self.found.at[n] + 1) in unseen
            ]
            if given:
                warned.append(self._at("P23", rows[p], given[0]))
            for name in inputs:
                self.values[name][p] = None
                self.reported[name].add(p)
                self.ignored.add(self.all.cell(rows[p], name))
        self.unread = [u for u in self.unread if self.all.cell(rows[u[1]], u[0]) not in self.ignored]
        return [*(one for one in findings if one.cell not in self.ignored), *warned]

    @property
    def table(self) -> Table:
        """The table of the records."""
        if not self.gone:
            return self.all
        kept = [p for p in range(len(self.all)) if p not in self.gone]
        columns = {name: [values[p] for p in kept] for name, values in self.values.items()}
        return replace(self.all, rows=[self.all.rows[p] for p in kept], columns=columns)

    def complete(self) -> bool:
        """Whether every value counted in the XML was read or reported."""
        found = self.found
        return accounted(
            found.raw.values,
            found.raw.rows,
            found.header,
            found.positions,
            [
                ReadColumn(found.at[n], raws, self.values[n], self.reported[n])
                for n, raws in self.raws.items()
            ],
            is_blank,
            set(found.ignored),
        )

    def digest(self) -> bytes:
        """The values as bytes, independent of cell formats."""
        table = self.table
        columns = [
            list(map(str, table[c.name])) if c.kind is Kind.INTEGER else table[c.name]
            for c in self.sheet.columns
        ]  # msgpack knows numbers of 64 bits only
        lost = [(name, p, str(raws[p])) for p in self.gone for name, raws in self.raws.items()]
        return msgspec.msgpack.encode((self.sheet.title, columns, [*self.unread, *lost]))


def special_rules(special: Special, row: int, column: int) -> tuple[str, ...]:
    """Rules of findings about a cell (from 1) that its value does not show."""
    at = (row, column)
    if at in special.pictures:
        return ("W21",)
    if at in special.linked:
        return ("W22",)
    if at in special.errors:
        return ("W01",)
    if at in special.unreadable:
        return ("W15",)
    if at in special.without_result:
        return ("W02",)
    return ("M08",) if at in special.formulas else ()


def _row(one: Finding) -> int:
    return int(re.sub(r"\D", "", one.cell or "0"))
