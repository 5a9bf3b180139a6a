"""Reads one received file into its typed content and findings. Pure: depends on file and rules only.

Sheets are found by name, the header row by its texts, columns by name. A defect of the structure refuses the
file; everything else is reported by cell.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Self

from pipeline.definitions.messages import finding, quoted
from pipeline.definitions.model import Answer, Finding, Severity, Table, Workbook
from pipeline.definitions.sheet_types import Column, Sheet, WorkbookKind
from pipeline.definitions.sheets import (
    FEEDBACK_TITLE,
    FORM_AGS,
    FORM_NUMBER,
    FORM_STICHTAG,
    FORM_TITLE,
    LEAD_AGS,
    LIST_RULES,
    LIST_TEMPLATE,
    LIST_VERSION,
    NON_DATA_TITLES,
    OF_PERSONS,
    PROJECT_LEAD,
)
from pipeline.reading.locate import (
    find_sheet,
    fold,
    form_lines,
    is_data,
    sheet_name,
    template_marks,
)
from pipeline.reading.package import RawSheet, RawWorkbook, Refused, Special, read_raw
from pipeline.reading.renamed import missing_sheets
from pipeline.reading.returned_answers import read_answers
from pipeline.reading.table import read_table, special_rules
from pipeline.reading.values import parse, tidy
from pipeline.xlsx.addresses import column_letters

if TYPE_CHECKING:
    from pipeline.rules import Rules


@dataclass(frozen=True, slots=True)
class ReadingRules:
    """What reading needs of the rules, for a process that does not load them.

    ``templates``: accepted versions; ``computed``: numbers of requirements that nobody fills in; ``numbers``:
    all of them, by their spelling in small letters; ``members``: every accepted key → AGS and name.
    """

    kinds: Mapping[str, WorkbookKind]
    templates: tuple[str, ...]
    computed: frozenset[str]
    numbers: Mapping[str, str]
    members: Mapping[str, tuple[str, str]]

    @classmethod
    def of(cls, rules: Rules) -> Self:
        """What these rules say."""
        members = {key: (m.ags, m.name) for key, m in rules.by_ags.items()}
        lead = {LEAD_AGS: (rules.lead.ags, rules.lead.name)}
        templates = rules.project.accepted_templates
        return cls(rules.kinds, templates, rules.computed, rules.numbers, members | lead)


def read_workbook(file: str, data: bytes, rules: ReadingRules) -> Workbook:
    """Everything readable in one file, with all findings.

    ``file``: path for messages. A refused file keeps its key if readable, and no tables.
    """
    draft = _Draft()
    try:
        raw = read_raw(data, is_data)
        kind = _identify(draft, raw, rules)
        _read_content(draft, data, raw, kind, rules)
    except Refused as refused:
        draft.findings.append(refused.finding)
    return draft.workbook(file, hashlib.sha256(data).hexdigest())


@dataclass
class _Draft:
    """What has been read of a file so far; the fields are those of ``Workbook``."""

    kind: str = ""
    ags: str | None = None
    municipality: str | None = None
    stichtag: date | None = None
    number: int | None = None
    template_version: str | None = None
    rules_version: str | None = None
    form: dict[str, Any] = field(default_factory=dict)
    form_cells: dict[str, str] = field(default_factory=dict)
    tables: dict[str, Table] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    content: str = ""
    answers: tuple[Answer, ...] = ()

    def workbook(self, file: str, sha256: str) -> Workbook:
        """The workbook; with a structural defect (D) it is refused and keeps its errors, no tables."""
        refused = any(f.rule.startswith("D") for f in self.findings)
        found = tuple(f for f in self.findings if f.severity is Severity.ERROR or not refused)
        tables = {} if refused else self.tables
        shown = sum(len(table) for title, table in tables.items() if title not in OF_PERSONS)
        changed = {
            "findings": found,
            "tables": tables,
            "refused": refused,
            "rows_read": sum(map(len, tables.values())),
            "rows_shown": shown,
        }
        return Workbook(file, sha256, **vars(self) | changed)


# --- which template -----------------------------------------------------------------------------------


def _identify(workbook: _Draft, raw: RawWorkbook, rules: ReadingRules) -> WorkbookKind:
    marks = template_marks(raw)
    workbook.template_version = marks.get(LIST_VERSION)
    workbook.rules_version = marks.get(LIST_RULES)
    kind = rules.kinds.get(marks.get(LIST_TEMPLATE, ""))
    if kind is None:
        raise Refused(finding("D07"))
    workbook.kind = kind.id
    if workbook.template_version not in rules.templates:
        raise Refused(finding("D08", versions=" oder ".join(rules.templates)))
    return kind


# --- content ------------------------------------------------------------------------------------------


def _read_content(
    workbook: _Draft, data: bytes, raw: RawWorkbook, kind: WorkbookKind, rules: ReadingRules
) -> None:
    form = find_sheet(raw, FORM_TITLE)
    content = hashlib.sha256()
    if form is not None:
        _read_form(workbook, kind.form, form, content)
        _check_identity(workbook, kind, rules)
    version = int(workbook.template_version or 0)
    known = [t for t in kind.tables if t.since <= version]
    missing = [t for t in (kind.form, *known) if find_sheet(raw, t.title) is None]
    if missing:
        workbook.findings += missing_sheets(missing, raw.names, data)
    workbook.findings += _ignored_sheets(raw, (FORM_TITLE, *(t.title for t in known), *NON_DATA_TITLES))
    if raw.external_links:
        workbook.findings.append(finding("M14"))
    tables = {t.title: _empty(t) for t in kind.tables if t.since > version}
    ignored: set[tuple[str, str]] = set()
    for sheet in known:
        source = find_sheet(raw, sheet.title)
        if source is None:
            continue
        read = read_table(sheet, source, version, rules.computed, rules.numbers)
        workbook.findings += read.findings
        content.update(read.digest)
        ignored |= {(sheet.title, cell) for cell in read.ignored}
        if read.table is not None:
            tables[sheet.title] = read.table
    workbook.findings += _damaged(workbook, raw, ignored)
    workbook.tables = tables
    workbook.content = content.hexdigest()
    back = find_sheet(raw, FEEDBACK_TITLE)
    workbook.answers = read_answers(back) if back is not None else ()


def _empty(sheet: Sheet) -> Table:
    """The empty table of a sheet that came with a later template version."""
    return Table(sheet.title, {}, [], {name: [] for name in sheet.names})


def _ignored_sheets(raw: RawWorkbook, wanted: Iterable[str]) -> list[Finding]:
    """A note for each sheet that is not of the template, or repeats a title.

    By position, as a sheet's name may be a person's.
    """
    titles = {fold(title): title for title in wanted}
    read = {name for title in titles.values() if (name := sheet_name(raw.names, title)) is not None}
    return [finding("M12", place=n) for n, name in enumerate(raw.names, start=1) if name not in read]


def _damaged(workbook: _Draft, raw: RawWorkbook, ignored: set[tuple[str, str]]) -> list[Finding]:
    """Damaged cells outside of records: in titles, labels and ignored columns."""
    cells = [
        (name, f"{column_letters(column)}{row}")
        for name, sheet in raw.sheets.items()
        if fold(name) != fold(FEEDBACK_TITLE)  # ours, not the municipality's data
        for row, column in sorted(sheet.special.unreadable)
    ]
    reported = {*ignored, *((f.sheet, f.cell) for f in workbook.findings)} if cells else set()
    return [finding("W15", *place) for place in cells if place not in reported]


def _cell_findings(sheet: str, column: Column, cell: str, found: Iterable[str]) -> list[Finding]:
    return [finding(rule, sheet, cell, column.name) for rule in found]


# --- Stammdaten ---------------------------------------------------------------------------------------


def _read_form(workbook: _Draft, form: Sheet, raw: RawSheet, content: Any) -> None:
    lines = form_lines(form, raw)
    later = {c.name for c in form.columns if c.since > int(workbook.template_version or 0)}
    workbook.form = dict.fromkeys(later)
    bad = [c.name for c in form.columns if len(lines[c.name]) != 1 and c.name not in later]
    if bad:
        workbook.findings.append(finding("D12", form.title, labels=quoted(bad)))
    for column in form.columns:
        for row, value in lines[column.name][:1]:
            label = tidy(str(raw.rows[row - 1][0]))[1]
            workbook.findings += _cell_findings(FORM_TITLE, column, f"A{row}", label)
            _read_line(workbook, column, value, row, raw.special)
    given = {name: value for name, value in workbook.form.items() if name != FORM_AGS.name}  # the key has it
    content.update(repr(sorted(given.items(), key=lambda item: item[0])).encode())


def _read_line(workbook: _Draft, column: Column, raw: Any, row: int, special: Special) -> None:
    cell = f"B{row}"
    workbook.form_cells[column.name] = cell
    value, found = parse(column, raw)
    found = (*special_rules(special, row, 2), *found)
    workbook.form[column.name] = value
    key_rule = _KEY_FIELDS.get(column.name)
    if key_rule and value is None:
        found = (key_rule,)
    elif key_rule == "D15" and value < column.minimum:
        workbook.form[column.name], found = None, (key_rule,)
    workbook.findings += _cell_findings(FORM_TITLE, column, cell, found)


LEADS_OWN = f"hier steht {LEAD_AGS}"
NOT_THE_LEADS = f"{LEAD_AGS} steht nur bei der Projektleitung"
_KEY_FIELDS = {FORM_AGS.name: "D13", FORM_STICHTAG.name: "D14", FORM_NUMBER.name: "D15"}


def _check_identity(workbook: _Draft, kind: WorkbookKind, rules: ReadingRules) -> None:
    """Checks key and roster, and that the template is the right one for the municipality."""
    ags = workbook.form.get(FORM_AGS.name)
    workbook.stichtag = workbook.form.get(FORM_STICHTAG.name)
    workbook.number = workbook.form.get(FORM_NUMBER.name)
    if ags is None:
        return
    place = (FORM_TITLE, workbook.form_cells[FORM_AGS.name], FORM_AGS.name)
    is_lead = ags == LEAD_AGS
    if is_lead != (kind.id == PROJECT_LEAD.id):
        wanted = NOT_THE_LEADS if is_lead else LEADS_OWN
        workbook.findings.append(finding("D19", *place, wanted=wanted))
        return
    if ags not in rules.members:
        workbook.findings.append(finding("D16", *place))
        return
    workbook.ags, workbook.municipality = rules.members[ags]
    if workbook.ags != ags:
        workbook.findings.append(finding("M17", *place, ags=workbook.ags))
