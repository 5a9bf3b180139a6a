"""Takes the content of a filled workbook, of this or an earlier template version, for a new one.

Cells are copied as they stand, mistakes included: the next check reports them. What has no place in the new
workbook is listed.
"""

from __future__ import annotations

import re
from datetime import datetime, time
from typing import Any

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from pipeline.definitions.messages import finding
from pipeline.definitions.model import Answer
from pipeline.definitions.sheet_types import LONGEST_TEXT, Column, Sheet, WorkbookKind
from pipeline.definitions.sheets import (
    FEEDBACK_TITLE,
    FORM_AGS,
    FORM_TITLE,
    LEAD_AGS,
    LIST_TEMPLATE,
    LIST_VERSION,
    NON_DATA_TITLES,
    RULE_INPUTS,
    RULE_NR,
    TEMPLATE_VERSION,
)
from pipeline.feedback import UNUSUAL, notes_of_others
from pipeline.reading.locate import (
    Located,
    find_sheet,
    fold,
    form_lines,
    is_blank,
    is_data,
    locate,
    template_marks,
)
from pipeline.reading.package import RawSheet, RawWorkbook, Refused, read_raw
from pipeline.reading.returned_answers import read_answers
from pipeline.reading.values import clean, parse
from pipeline.rules import Municipality, Rules
from pipeline.template.fill import Content, Entry, LinkedText, Literal
from pipeline.template.layout import HINT
from pipeline.template.sheet_extras import SheetExtras, address, first_cells, sheet_extras
from pipeline.template.template_book import known
from pipeline.xlsx.addresses import column_letters

LONGEST_LINK = 2_000  # characters; Excel holds 2,079

_SCRIPT = re.compile(r"\s*(?:javascript|vbscript|data):", re.IGNORECASE)


def take_over(data: bytes, rules: Rules, *, values_only: bool = False) -> Move:
    """The content of a filled workbook, for a new one.

    Raises Refused when the file is no workbook of ours, comes from a later version, or the headers of a sheet
    are not found. ``values_only``: content beside the values is not examined.
    """
    raw = read_raw(data, is_data)
    marks = template_marks(raw)
    kind = rules.kinds.get(marks.get(LIST_TEMPLATE, ""))
    version = marks.get(LIST_VERSION, "")
    if kind is None or not version.isdecimal():
        raise Refused(finding("D07"))
    if int(version) > int(TEMPLATE_VERSION):
        raise Refused(finding("D08", versions=" oder ".join(rules.project.accepted_templates)))
    move = Move(rules, kind, int(version))
    if not values_only:
        move.note_extras(data)
    move.form(find_sheet(raw, FORM_TITLE))
    for sheet in move.tables:
        move.table(sheet, find_sheet(raw, sheet.title))
    back = find_sheet(raw, FEEDBACK_TITLE)
    move.answers = read_answers(back) if back is not None else ()
    move.foreign_sheets(raw)
    move.note_remaining_extras()
    return move


class Move:
    """Collects the content for the new workbook, and what has no place in it.

    Rows above a table's header and the hints in Stammdaten are the template's own and not copied.
    ``located``: where the records of each sheet are in the old workbook; ``form_rows``: the lines of
    Stammdaten.
    """

    def __init__(self, rules: Rules, kind: WorkbookKind, version: int) -> None:
        self.rules, self.kind, self.version = rules, kind, version
        self.tables = [t for t in kind.tables if t.since <= version]
        self.content = Content()
        self.left: list[str] = []
        self.municipality: Municipality | None = None
        self.located: dict[str, Located] = {}
        self.form_rows: dict[str, int] = {}
        self.titles = {fold(t): t for t in (FORM_TITLE, *(t.title for t in self.tables))}
        self.beside: dict[str, SheetExtras] = {}
        self.noted: list[tuple[str, str]] = []
        self.answers: tuple[Answer, ...] = ()

    def _leave(self, sheet: str, cell: str, why: str) -> None:
        self.left.append(f"{sheet}, Zelle {cell}: {why}")

    def _take(self, raw: RawSheet, sheet: str, row: int, column: int) -> Any:
        """Value of a cell for the new workbook; None where it cannot be taken, which is listed."""
        at, cell = (row, column), f"{column_letters(column)}{row}"
        values = raw.rows[row - 1]
        value = values[column - 1] if column <= len(values) else ""
        if at in raw.special.unread:
            self._leave(sheet, cell, "Fehlerwert oder Formel ohne Ergebnis.")
            return None
        if is_blank(value):
            return None
        if isinstance(value, str) and (len(value) > LONGEST_TEXT or ILLEGAL_CHARACTERS_RE.search(value)):
            self._leave(sheet, cell, "Der Text ist zu lang oder enthält Steuerzeichen.")
            return None
        if at in raw.special.formulas:
            self._leave(sheet, cell, "Die Formel selbst; ihr Ergebnis steht in der neuen Mappe.")
        return self._with_link(plain(value), sheet, at)

    def _with_link(self, value: Any, sheet: str, at: tuple[int, int]) -> Any:
        """A text with its hyperlink, as the workbook stays with its owner; not for a link to a script."""
        links = self.beside[sheet].links if sheet in self.beside else {}
        target = links.get(at, "")
        if (
            not isinstance(value, Literal)
            or target[:1] in ("", "#")
            or _SCRIPT.match(target)
            or len(target) > LONGEST_LINK
        ):
            return value
        del links[at]
        return LinkedText(value, target)

    # --- Stammdaten ---

    def form(self, raw: RawSheet | None) -> None:
        """Copies the lines of Stammdaten; finds the municipality whose prefilled copy the new workbook
        becomes.
        """
        if raw is None:
            self.left.append(f"{FORM_TITLE}: Das Blatt fehlt in der alten Mappe.")
            return
        lines = form_lines(self.kind.form, raw)
        self.municipality = self._municipality(lines[FORM_AGS.name])
        self.form_rows = {name: found[0][0] for name, found in lines.items() if found}
        fixed = known(self.kind, self.municipality)
        for column in self.kind.form.columns:
            for row, _ in lines[column.name][:1]:
                self._line(raw, column, row, fixed.get(column.name))
            for row, value in lines[column.name][1:]:
                if not is_blank(value):
                    self._leave(FORM_TITLE, f"B{row}", "Die Zeile steht doppelt; übernommen ist die erste.")
        self._beside_lines(raw, {row for found in lines.values() for row, _ in found})

    def _municipality(self, found: list[tuple[int, Any]]) -> Municipality | None:
        ags = parse(FORM_AGS, found[0][1])[0] if found else None
        return self.rules.by_ags.get(ags) if ags and ags != LEAD_AGS else None

    def _line(self, raw: RawSheet, column: Column, row: int, fixed: str | None) -> None:
        value = self._take(raw, FORM_TITLE, row, 2)
        if value is None:
            return
        if fixed is None:
            self.content.form[column.name] = value
        elif parse(column, value)[0] != fixed:
            self._leave(FORM_TITLE, f"B{row}", "Hier steht jetzt, was die Liste der Kommunen nennt.")

    def _beside_lines(self, raw: RawSheet, known_rows: set[int]) -> None:
        """Lists values of lines that the form does not have, and cells right of the hints.

        A formula in the first row is the template's own link to Prüfung.
        """
        for number, row in enumerate(raw.rows, start=1):
            for column, value in enumerate(row, start=1):
                foreign = column > HINT + 1 or (column == 2 and number not in known_rows)
                own = number == 1 and (number, column) in raw.special.formulas
                if foreign and not own and not is_blank(value):
                    cell = f"{column_letters(column)}{number}"
                    self._leave(FORM_TITLE, cell, "Diese Angabe gibt es in der Vorlage nicht.")

    # --- tables ---

    def table(self, sheet: Sheet, raw: RawSheet | None) -> None:
        """Copies the records of a table."""
        if raw is None:
            self.left.append(f"{sheet.title}: Das Blatt fehlt in der alten Mappe.")
            return
        found = locate(sheet, raw, self.version)
        if not found.usable:
            raise Refused(found.findings[0])
        self.located[sheet.title] = found
        rows = [self._record(sheet, found, row) for row in found.rows]
        for cell in found.unknown_cells():
            self._leave(sheet.title, cell, "Diese Spalte gibt es in der Vorlage nicht.")
        if sheet.prefill:
            self._entries(sheet, found, rows)
        else:
            self.content.tables[sheet.title] = rows

    def _record(self, sheet: Sheet, found: Located, row: int) -> dict[str, Any]:
        values = {n: self._take(found.raw, sheet.title, row, c + 1) for n, c in found.at.items()}
        return {name: value for name, value in values.items() if value is not None}

    def _entries(self, sheet: Sheet, found: Located, rows: list[dict[str, Any]]) -> None:
        """Copies the entries of prefilled rows; those of a rule that no longer exists, or stands twice, are
        listed.
        """
        numbers = {
            r.id for r in (*self.rules.criteria_of(self.kind.id), *self.rules.targets_of(self.kind.id))
        }
        for row, record in zip(found.rows, rows, strict=True):
            given = {name: record[name] for name in RULE_INPUTS if name in record}
            number = clean(str(record.get(RULE_NR.name, "")))[0] or ""
            if number in numbers and number not in self.content.entries:
                if given:
                    self.content.entries[number] = Entry(*(given.get(name) for name in RULE_INPUTS))
                continue
            why = (
                "steht doppelt; übernommen ist die erste"
                if number in numbers
                else "gibt es im Regelwerk nicht"
            )
            for name in given:
                self._leave(sheet.title, f"{found.letters[name]}{row}", f"Diese Nummer {why}.")

    # --- what no table holds ---

    def foreign_sheets(self, raw: RawWorkbook) -> None:
        """Lists sheets that the template does not have, by position: their names may be those of persons."""
        titles = {*self.titles, *map(fold, NON_DATA_TITLES)}
        self.left += [
            f"Das {place}. Blatt: Dieses Blatt gibt es in der Vorlage nicht."
            for place, name in enumerate(raw.names, start=1)
            if fold(name) not in titles
        ]

    def note_extras(self, data: bytes) -> None:
        """Reads links, threads, pictures … of the template's sheets; other sheets are listed as a whole."""
        known = {**self.titles, **{fold(t): t for t in NON_DATA_TITLES}}
        try:
            found = {known[fold(t)]: b for t, b in sheet_extras(data).items() if fold(t) in known}
            self.noted = [(known[fold(t)], c) for t, c in notes_of_others(data) if fold(t) in known]
            self.beside = found
        except UNUSUAL:
            self.left.append("Ob es Links, Notizen oder Zeichnungen gab, ließ sich nicht feststellen.")

    def note_remaining_extras(self) -> None:
        """Lists all of them that no cell has taken along."""
        for title, beside in self.beside.items():
            if title in self.titles.values():
                for at, target in beside.links.items():
                    if not target.startswith("#"):  # those are the template's own, between its sheets
                        self._leave(title, address(at), "Der Link an der Zelle.")
                if beside.struck:
                    self._leave(
                        title,
                        first_cells(beside.struck),
                        "Die Durchstreichung; der Text selbst ist übernommen.",
                    )
            for cell in beside.threads:
                self._leave(title, cell, "Die Kommentare an der Zelle.")
            if beside.objects:
                self.left.append(f"{title}: {beside.objects} neben den Zellen.")
        for title, cell in self.noted:
            if title not in self.beside or cell not in self.beside[title].threads:
                self._leave(title, cell, "Die Notiz an der Zelle.")


def plain(value: Any) -> Any:
    """A cell's value as typed: whole numbers without decimals, dates without a time, texts unchanged."""
    if isinstance(value, str):
        return Literal(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, datetime) and value.time() == time():
        return value.date()
    return value
