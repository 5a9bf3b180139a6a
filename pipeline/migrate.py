"""A filled workbook of an earlier template version → the current template, with nothing lost unsaid.

Cells are taken over as they stand, mistakes included: the municipality keeps what it typed, and the next
check tells what is wrong. What has no place in the current template is named cell by cell.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from openpyxl.utils import get_column_letter

from pipeline.fill import Content, Entry, fill
from pipeline.intake import RawSheet, RawWorkbook, Refused, read_raw
from pipeline.locate import Located, find_sheet, fold, form_lines, is_blank, is_data, locate, template_marks
from pipeline.messages import finding
from pipeline.model import Sheet, WorkbookKind
from pipeline.rules import Municipality, Rules
from pipeline.sheets import (
    FORM_AGS,
    FORM_IDENTITY,
    FORM_TITLE,
    LEAD_AGS,
    LIST_TEMPLATE,
    LIST_VERSION,
    NON_DATA_TITLES,
    RULE_EVIDENCE,
    RULE_FULFILLED,
    RULE_NOTE,
    RULE_NR,
)
from pipeline.template import template_bytes
from pipeline.values import parse


@dataclass(frozen=True, slots=True)
class Migrated:
    """The new workbook, the version of the old one, and what was left behind: one German line a place."""

    data: bytes
    version: str
    left: tuple[str, ...]


def migrate(data: bytes, rules: Rules) -> Migrated:
    """Refused (intake) when the file is no workbook of ours or a sheet's headers are not to be found."""
    raw = read_raw(data, is_data)
    marks = template_marks(raw)
    kind = rules.kinds.get(marks.get(LIST_TEMPLATE, ""))
    version = marks.get(LIST_VERSION, "")
    if kind is None or not version.isdecimal():
        raise Refused(finding("D07"))
    move = _Move(rules, kind, int(version))
    municipality = move.form(raw)
    for sheet in kind.tables:
        move.table(sheet, find_sheet(raw, sheet.title))
    move.foreign_sheets(raw)
    template = template_bytes(rules, kind, municipality)
    return Migrated(fill(template, kind, move.content), version, tuple(move.left))


class _Move:
    """Collects what goes into the new workbook and what has no place in it."""

    def __init__(self, rules: Rules, kind: WorkbookKind, version: int) -> None:
        self.rules, self.kind, self.version = rules, kind, version
        self.content = Content()
        self.left: list[str] = []

    def _leave(self, sheet: str, cell: str, why: str) -> None:
        self.left.append(f"{sheet}, Zelle {cell}: {why}")

    # --- Stammdaten ---

    def form(self, raw: RawWorkbook) -> Municipality | None:
        """Takes over the lines; returns the municipality whose prefilled copy the new workbook becomes."""
        source = find_sheet(raw, FORM_TITLE)
        lines = form_lines(self.kind.form, source) if source else {}
        municipality = self._municipality(lines.get(FORM_AGS.name, []))
        prefilled = (
            {c.name for c in FORM_IDENTITY} if municipality or self.kind.id == "projektleitung" else set()
        )
        for name, found in lines.items():
            for row, value in found[:1]:
                if source and self._readable(source, FORM_TITLE, row, 2) and name not in prefilled:
                    self._set(self.content.form, name, value)
            for row, value in found[1:]:
                if not is_blank(value):
                    self._leave(FORM_TITLE, f"B{row}", "Die Zeile steht doppelt; übernommen wurde die erste.")
        return municipality

    def _municipality(self, found: list[tuple[int, Any]]) -> Municipality | None:
        ags = parse(FORM_AGS, found[0][1])[0] if found else None
        return self.rules.by_ags.get(ags) if ags and ags != LEAD_AGS else None

    @staticmethod
    def _set(values: dict[str, Any], name: str, value: Any) -> None:
        if not is_blank(value):
            values[name] = plain(value)

    # --- tables ---

    def table(self, sheet: Sheet, raw: RawSheet | None) -> None:
        if raw is None:
            self.left.append(f"{sheet.title}: Das Blatt fehlt in der alten Mappe.")
            return
        found = locate(sheet, raw, self.version)
        if not found.usable:
            raise Refused(found.findings[0])
        rows = [self._record(sheet, found, p) for p in found.positions]
        for cell in found.unknown_cells():
            self._leave(sheet.title, cell, "Diese Spalte gibt es in der Vorlage nicht.")
        if sheet.prefill:
            self._entries(sheet, found, rows)
        else:
            self.content.tables[sheet.title] = rows

    def _record(self, sheet: Sheet, found: Located, position: int) -> dict[str, Any]:
        record: dict[str, Any] = {}
        for name, column in found.at.items():
            if self._readable(found.raw, sheet.title, position + 1, column + 1):
                self._set(record, name, found.raw.rows[position][column])
        return record

    def _readable(self, raw: RawSheet, sheet: str, row: int, column: int) -> bool:
        """False, and said, where the cell holds an error value or a formula without a result."""
        at = (row, column)
        if at not in raw.special.errors and at not in raw.special.without_result:
            return True
        self._leave(sheet, f"{get_column_letter(column)}{row}", "Fehlerwert oder Formel ohne Ergebnis.")
        return False

    def _entries(self, sheet: Sheet, found: Located, rows: list[dict[str, Any]]) -> None:
        """What was given for each rule; a rule that is no more leaves its entries behind."""
        known = {r.id for r in (*self.rules.criteria_of(self.kind.id), *self.rules.targets_of(self.kind.id))}
        inputs = (RULE_FULFILLED.name, RULE_EVIDENCE.name, RULE_NOTE.name)
        for row, record in zip(found.rows, rows, strict=True):
            given = [record.get(name) for name in inputs]
            if record.get(RULE_NR.name) in known:
                self.content.entries[record[RULE_NR.name]] = Entry(*given)
            else:
                for name in (n for n, value in zip(inputs, given, strict=True) if value is not None):
                    self._leave(
                        sheet.title, f"{found.letters[name]}{row}", "Diese Nummer gibt es im Regelwerk nicht."
                    )

    # --- sheets ---

    def foreign_sheets(self, raw: RawWorkbook) -> None:
        known = {fold(t) for t in (FORM_TITLE, *(t.title for t in self.kind.tables), *NON_DATA_TITLES)}
        self.left += [
            f"{name}: Dieses Blatt gibt es in der Vorlage nicht."
            for name in raw.names
            if fold(name) not in known
        ]


def plain(value: Any) -> Any:
    """A cell's value as it is typed: whole numbers without decimals, days without a time."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, datetime) and (value.hour, value.minute, value.second) == (0, 0, 0):
        return value.date()
    return value
