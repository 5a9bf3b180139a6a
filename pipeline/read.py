"""Bytes of one received file → its typed content and findings. Pure: nothing but file and rules counts.

Sheets are found by name, the header row by its texts, columns by name. A defect of the structure refuses
the file; everything else is told cell by cell.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable
from typing import Any

from openpyxl.utils import column_index_from_string, get_column_letter

from pipeline.intake import RawSheet, RawWorkbook, Refused, Special, read_raw
from pipeline.messages import finding, quoted
from pipeline.model import Column, Finding, Severity, Sheet, Table, Workbook, WorkbookKind
from pipeline.rules import Rules
from pipeline.sheets import (
    FORM_AGS,
    FORM_NUMBER,
    FORM_STICHTAG,
    FORM_TITLE,
    LEAD_AGS,
    LIST_RULES,
    LIST_TEMPLATE,
    LIST_VERSION,
    LISTS_TITLE,
    NON_DATA_TITLES,
    RULE_INPUTS,
    RULE_NR,
    WORKBOOK_KINDS,
)
from pipeline.values import clean, parse, parse_column

HEADER_SEARCH_ROWS = 50


def read_workbook(file: str, data: bytes, rules: Rules) -> Workbook:
    """Everything that can be read of one file, with all that was found on the way.

    ``file`` is the path to be shown. A refused file keeps the key if that could be read, and no tables.
    """
    workbook = Workbook(file, hashlib.sha256(data).hexdigest())
    try:
        raw = read_raw(data, lambda name: _fold(name) in READ)
        kind = _identify(workbook, raw, rules)
        _read_content(workbook, raw, kind, rules)
    except Refused as refused:
        workbook.findings.append(refused.finding)
    if any(f.rule.startswith("D") for f in workbook.findings):
        workbook.refused = True
        workbook.tables = {}
        workbook.findings = [f for f in workbook.findings if f.severity is Severity.ERROR]
    return workbook


# --- which template -----------------------------------------------------------------------------------


def _fold(text: Any) -> str:
    return " ".join(unicodedata.normalize("NFC", str(text)).rstrip("* ").split()).casefold()


READ = frozenset(
    _fold(title)
    for kind in WORKBOOK_KINDS.values()
    for title in (LISTS_TITLE, FORM_TITLE, *(t.title for t in kind.tables))
)


def _find(raw: RawWorkbook, title: str) -> RawSheet | None:
    if title in raw.sheets:
        return raw.sheets[title]
    return next((sheet for name, sheet in raw.sheets.items() if _fold(name) == _fold(title)), None)


def _identify(workbook: Workbook, raw: RawWorkbook, rules: Rules) -> WorkbookKind:
    lists = _find(raw, LISTS_TITLE)
    pairs = {str(r[0]): _number_text(r[1]) for r in lists.rows if len(r) > 1} if lists else {}
    workbook.template_version = pairs.get(LIST_VERSION)
    workbook.rules_version = pairs.get(LIST_RULES)
    kind = rules.kinds.get(pairs.get(LIST_TEMPLATE, ""))
    if kind is None:
        raise Refused(finding("D07"))
    workbook.kind = kind.id
    accepted = rules.project.accepted_templates
    if workbook.template_version not in accepted:
        raise Refused(finding("D08", versions=" oder ".join(accepted)))
    return kind


def _number_text(value: Any) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


# --- content ------------------------------------------------------------------------------------------


def _read_content(workbook: Workbook, raw: RawWorkbook, kind: WorkbookKind, rules: Rules) -> None:
    wanted = {_fold(t): t for t in (FORM_TITLE, *(t.title for t in kind.tables), *NON_DATA_TITLES)}
    form = _find(raw, FORM_TITLE)
    content = hashlib.sha256()
    if form is not None:
        _read_form(workbook, kind.form, form, content)
        _check_identity(workbook, kind, rules)
    missing = [t for t in (FORM_TITLE, *(t.title for t in kind.tables)) if _find(raw, t) is None]
    if missing:
        workbook.findings.append(finding("D09", sheets=quoted(missing)))
    workbook.findings += [finding("M12", name) for name in raw.names if _fold(name) not in wanted]
    if raw.external_links:
        workbook.findings.append(finding("M14"))
    for sheet in kind.tables:
        source = _find(raw, sheet.title)
        if source is not None:
            _read_table(workbook, sheet, source, content, rules)
    workbook.content = content.hexdigest()


def _cell_findings(sheet: str, column: Column, cell: str, found: Iterable[str]) -> list[Finding]:
    return [finding(rule, sheet, cell, column.name) for rule in found]


def _special_rules(special: Special, row: int, column: int) -> tuple[str, ...]:
    at = (row, column)
    if at in special.errors:
        return ("W01",)
    if at in special.without_result:
        return ("W02",)
    return ("M08",) if at in special.formulas else ()


# --- Stammdaten ---------------------------------------------------------------------------------------


def _read_form(workbook: Workbook, form: Sheet, raw: RawSheet, content: Any) -> None:
    lines: dict[str, list[int]] = {}
    for position, row in enumerate(raw.rows):
        lines.setdefault(_fold(row[0]) if row else "", []).append(position)
    bad = [c.name for c in form.columns if len(lines.get(_fold(c.name), ())) != 1]
    if bad:
        workbook.findings.append(finding("D12", form.title, labels=quoted(bad)))
    for column in form.columns:
        for position in lines.get(_fold(column.name), [])[:1]:
            row = raw.rows[position]
            _read_line(workbook, column, row[1] if len(row) > 1 else "", position + 1, raw.special)
    content.update(repr(sorted(workbook.form.items(), key=lambda item: item[0])).encode())


def _read_line(workbook: Workbook, column: Column, raw: Any, row: int, special: Special) -> None:
    cell = f"B{row}"
    workbook.form_cells[column.name] = cell
    value, found = parse(column, raw)
    found = (*_special_rules(special, row, 2), *found)
    workbook.form[column.name] = value
    key_rule = _KEY_FIELDS.get(column.name)
    if key_rule and value is None:
        found = (key_rule,)
    elif key_rule == "D15" and value < column.minimum:
        workbook.form[column.name], found = None, (key_rule,)
    workbook.findings += _cell_findings(FORM_TITLE, column, cell, found)


_KEY_FIELDS = {FORM_AGS.name: "D13", FORM_STICHTAG.name: "D14", FORM_NUMBER.name: "D15"}


def _check_identity(workbook: Workbook, kind: WorkbookKind, rules: Rules) -> None:
    """Whose submission it is: the key, the roster, and that the template is the right one for it."""
    ags = workbook.form.get(FORM_AGS.name)
    workbook.stichtag = workbook.form.get(FORM_STICHTAG.name)
    workbook.number = workbook.form.get(FORM_NUMBER.name)
    if ags is None:
        return
    place = (FORM_TITLE, workbook.form_cells[FORM_AGS.name], FORM_AGS.name)
    is_lead = ags == LEAD_AGS
    if is_lead != (kind.id == "projektleitung"):
        wanted = f"hier steht {LEAD_AGS}" if not is_lead else f"{LEAD_AGS} steht nur bei der Projektleitung"
        workbook.findings.append(finding("D19", *place, wanted=wanted))
        return
    municipality = rules.lead if is_lead else rules.by_ags.get(ags)
    if municipality is None:
        workbook.findings.append(finding("D16", *place))
        return
    workbook.ags, workbook.commune = municipality.ags, municipality.name
    if municipality.ags != ags:
        workbook.findings.append(finding("M17", *place, ags=municipality.ags))


# --- tables -------------------------------------------------------------------------------------------


def _header_row(sheet: Sheet, raw: RawSheet) -> int | None:
    """Position of the row that holds most of the sheet's headers."""
    names = {_fold(n) for n in sheet.names}
    best, most = None, 0
    for position, row in enumerate(raw.rows[:HEADER_SEARCH_ROWS]):
        hits = len({_fold(cell) for cell in row if isinstance(cell, str)} & names)
        if hits > most:
            best, most = position, hits
    return best


def _columns(sheet: Sheet, header: list[Any]) -> tuple[dict[str, int], list[Finding]]:
    """Header name → position in the row; findings where one is missing, double, moved or foreign."""
    by_fold = {_fold(n): n for n in sheet.names}
    places: dict[str, list[int]] = {}
    foreign = []
    for position, cell in enumerate(header):
        name = by_fold.get(_fold(cell))
        if name is not None:
            places.setdefault(name, []).append(position)
        elif clean(str(cell))[0] is not None:
            foreign.append(position)
    found = []
    if missing := [n for n in sheet.names if n not in places]:
        found.append(finding("D10", sheet.title, columns=quoted(missing)))
    if double := [n for n, at in places.items() if len(at) > 1]:
        found.append(finding("D11", sheet.title, columns=quoted(double)))
    at = {n: p[0] for n, p in places.items()}
    return at, found + _moved(sheet, at) + [
        finding("M11", sheet.title, get_column_letter(p + 1)) for p in foreign
    ]


def _moved(sheet: Sheet, at: dict[str, int]) -> list[Finding]:
    """One note at the first header that does not stand in the template's order."""
    present = [n for n in sheet.names if n in at]
    in_row = sorted(present, key=lambda n: at[n])
    first = next((found for wanted, found in zip(present, in_row, strict=True) if wanted != found), None)
    return [finding("M10", sheet.title, get_column_letter(at[first] + 1), first)] if first else []


def _read_table(workbook: Workbook, sheet: Sheet, raw: RawSheet, content: Any, rules: Rules) -> None:
    position = _header_row(sheet, raw)
    if position is None:
        workbook.findings.append(finding("D10", sheet.title, columns=quoted(sheet.names)))
        return
    at, found = _columns(sheet, raw.rows[position])
    # header findings carry the column letter; the row is known only here
    workbook.findings += [_with_row(f, position + 1) for f in found]
    if any(f.rule in ("D10", "D11") for f in found):
        return
    letters = {name: get_column_letter(p + 1) for name, p in at.items()}
    first_letter = letters[sheet.names[0]]
    positions, blank = _records(sheet, raw, position, at)
    workbook.findings += [finding("M09", sheet.title, f"{first_letter}{row}") for row in blank]
    table = Table(sheet.title, letters, [p + 1 for p in positions], {})
    if hidden := [r for r in table.rows if r in raw.special.hidden_rows]:
        workbook.findings.append(finding("M13", sheet.title, f"{first_letter}{hidden[0]}"))
    for column in sheet.columns:
        raws = [raw.rows[p][at[column.name]] for p in positions]
        unread = _read_column(workbook, table, column, raws, raw.special)
        content.update(repr(unread).encode())
    workbook.findings += _foreign_values(sheet, raw, position, at, positions)
    if sheet.prefill:
        workbook.findings += _ignore_computed(table, rules)
    content.update(repr((sheet.title, table.columns)).encode())
    workbook.tables[sheet.title] = table


def _with_row(found: Finding, row: int) -> Finding:
    if found.cell is None:
        return found
    return finding(found.rule, found.sheet, f"{found.cell}{row}", found.column)


def _is_blank(value: Any) -> bool:
    return value == "" or (isinstance(value, str) and clean(value)[0] is None)


def _records(sheet: Sheet, raw: RawSheet, header: int, at: dict[str, int]) -> tuple[list[int], list[int]]:
    """Positions of the rows with a record, and the Excel row at which each gap between them starts."""
    used = [at[name] for name in sheet.names]
    unseen = {r for r, c in raw.special.errors | raw.special.without_result if c - 1 in set(used)}
    positions: list[int] = []
    gaps: list[int] = []
    first = used[0]
    for p in range(header + 1, len(raw.rows)):
        row = raw.rows[p]
        if _is_blank(row[first]) and all(_is_blank(row[c]) for c in used) and p + 1 not in unseen:
            continue
        previous = positions[-1] if positions else header
        if p - previous > 1:
            gaps.append(previous + 2)
        positions.append(p)
    return positions, gaps


def _read_column(
    workbook: Workbook, table: Table, column: Column, raws: list[Any], special: Special
) -> list[Any]:
    """Fills the column of the table; returns what could not be taken over, as it stood in the cells."""
    values, found = parse_column(column, raws)
    table.columns[column.name] = values
    for position, rule in found:
        cell = table.cell(table.rows[position], column.name)
        workbook.findings.append(finding(rule, table.sheet, cell, column.name))
    if special.errors or special.formulas:
        workbook.findings += _special_findings(table, column, special)
    return [(position, raws[position]) for position, rule in found if rule.startswith("W")]


def _special_findings(table: Table, column: Column, special: Special) -> list[Finding]:
    index = column_index_from_string(table.letters[column.name])
    return [
        finding(rule, table.sheet, table.cell(row, column.name), column.name)
        for row in table.rows
        for rule in _special_rules(special, row, index)
    ]


def _foreign_values(
    sheet: Sheet, raw: RawSheet, header: int, at: dict[str, int], positions: list[int]
) -> list[Finding]:
    """A note at the empty header of each column that has values beside the records but no header."""
    width = max((len(raw.rows[p]) for p in positions), default=0)
    known = set(at.values())
    empty_headers = [
        c
        for c in range(width)
        if c not in known and (c >= len(raw.rows[header]) or _is_blank(raw.rows[header][c]))
    ]
    return [
        finding("M11", sheet.title, f"{get_column_letter(c + 1)}{header + 1}")
        for c in empty_headers
        if any(c < len(raw.rows[p]) and not _is_blank(raw.rows[p][c]) for p in positions)
    ]


def _ignore_computed(table: Table, rules: Rules) -> list[Finding]:
    """Empties what stands in "wird berechnet" rows, each with a warning."""
    computed = rules.computed
    found = []
    for position, nr in enumerate(table[RULE_NR.name]):
        if nr not in computed:
            continue
        for name in RULE_INPUTS:
            if table[name][position] is not None:
                table[name][position] = None
                found.append(finding("P23", table.sheet, table.cell(table.rows[position], name), name))
    return found
