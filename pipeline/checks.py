"""Checks across rows and sheets of one workbook, in one visible list (``CHECKS``).

Each check has one shape: context in, findings out. Checks of a single cell or row stand in ``schema``;
checks against another submission in ``compare``. Contract: workbook.md, "Further checks".
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from openpyxl.utils import column_index_from_string

from pipeline.messages import day, either, finding, quoted, rank
from pipeline.model import Column, Finding, Kind, Severity, Sheet, Table, Workbook, WorkbookKind
from pipeline.rules import Attested, Criterion, Rules, Target
from pipeline.sheets import (
    ATTENDANCE_TRAINING,
    ATTENDANCES,
    CONTACTS,
    CRITERIA,
    EVIDENCE,
    EVIDENCE_KEY,
    EVIDENCE_POINT,
    FORM_STICHTAG,
    FORM_TITLE,
    NEED_PERSON,
    NEED_RECORDED,
    NEEDS,
    NO,
    PERSON_ARRIVED,
    PERSON_KEY,
    PERSON_LEFT,
    PERSON_PAPER,
    PERSON_RECORDED,
    PERSONS,
    RULE_EVIDENCE,
    RULE_FULFILLED,
    RULE_INPUTS,
    RULE_NR,
    STOCK,
    STOCK_DATE,
    STOCK_NUMBER,
    TARGETS,
    TRAINING_AUDIENCE,
    TRAINING_KEY,
    TRAINING_SIZE,
    TRAININGS,
    YES,
    nil_return_label,
)


@dataclass(frozen=True)
class Context:
    """One workbook under check. ``errors`` are the (sheet, cell) that already carry an error."""

    workbook: Workbook
    kind: WorkbookKind
    rules: Rules
    errors: frozenset[tuple[str | None, str | None]]

    def has(self, sheet: Sheet) -> bool:
        return self.kind.has(sheet.title)

    def table(self, sheet: Sheet) -> Table:
        return self.workbook.tables[sheet.title]

    def has_error(self, table: Table, row: int, column: Column) -> bool:
        return (table.sheet, table.cell(row, column.name)) in self.errors

    def broken(self, sheet: str, column: str) -> int:
        """How many cells of a column carry an error."""
        table = self.workbook.tables[sheet]
        return sum((sheet, table.cell(row, column)) in self.errors for row in table.rows)


Check = Callable[[Context], Iterable[Finding]]


def _at(rule: str, where: Table, row: int, column: Column, /, **words: object) -> Finding:
    return finding(rule, where.sheet, where.cell(row, column.name), column.name, **words)


# --- Stammdaten ---------------------------------------------------------------------------------------


def stichtag_within_project(context: Context) -> Iterator[Finding]:
    """P01."""
    project, stichtag = context.rules.project, context.workbook.stichtag
    if stichtag is not None and not project.start <= stichtag <= project.end:
        cell = context.workbook.form_cells[FORM_STICHTAG.name]
        words = {"start": day(project.start), "end": day(project.end)}
        yield finding("P01", FORM_TITLE, cell, FORM_STICHTAG.name, **words)


def nil_returns(context: Context) -> Iterator[Finding]:
    """P13 for a Leermeldung beside rows, P22 for an empty sheet without one."""
    workbook = context.workbook
    for sheet in context.kind.tables:
        if not sheet.nil_return:
            continue
        label = nil_return_label(sheet)
        declared = workbook.form[label] == YES
        if declared and len(context.table(sheet)):
            yield finding("P13", FORM_TITLE, workbook.form_cells[label], label, table=sheet.title)
        unread = (FORM_TITLE, workbook.form_cells[label]) in context.errors
        if not declared and not unread and not len(context.table(sheet)):
            yield finding("P22", sheet.title, label=label)


# --- references ---------------------------------------------------------------------------------------


def references(context: Context) -> Iterator[Finding]:
    """P07 for a reference to a record that is not there, P08 for one to a record of the wrong kind."""
    for sheet in context.kind.tables:
        for column in sheet.columns:
            if column.to:
                yield from _dangling(context, sheet, column)
                yield from _mismatched(context, sheet, column)


def _targets(context: Context, column: Column) -> tuple[Sheet, Column, Table]:
    to = context.kind.table(column.to)
    key = next(c for c in to.columns if c.kind is Kind.KEY)
    return to, key, context.table(to)


def _dangling(context: Context, sheet: Sheet, column: Column) -> Iterator[Finding]:
    """One broken key must not be told again at each reference to it: as many lost references as there
    are broken keys in the other sheet are taken to be their doing."""
    to, key, target = _targets(context, column)
    present = set(target[key.name])
    table = context.table(sheet)
    lost: dict[str, list[int]] = {}
    for row, value in table.records(column.name):
        for one in value if isinstance(value, tuple) else (value,):
            if one is not None and one not in present and _well_formed(column, one):
                lost.setdefault(one, []).append(row)
    if len(lost) <= context.broken(to.title, key.name):
        return
    for row in sorted({row for rows in lost.values() for row in rows}):
        yield _at("P07", table, row, column, table=to.title)


def _well_formed(column: Column, value: str) -> bool:
    return re.fullmatch(column.key_pattern, value) is not None


def _first(records: Iterable[tuple[Any, Any]]) -> dict[Any, Any]:
    """Key → value of its first record: a repeat is told as such and speaks for nobody."""
    found: dict[Any, Any] = {}
    for key, value in records:
        found.setdefault(key, value)
    return found


def _mismatched(context: Context, sheet: Sheet, column: Column) -> Iterator[Finding]:
    if column.to_where is None:
        return
    to, key, target = _targets(context, column)
    condition = column.to_where
    valid = to.column(condition.column).choices
    value_of = _first(zip(target[key.name], target[condition.column], strict=True))
    table = context.table(sheet)
    for row, value in table.records(column.name):
        found = value_of.get(value) if value is not None else None
        if found in valid and found not in condition.values:
            wanted = either(condition.values)
            yield _at("P08", table, row, column, table=to.title, other=condition.column, values=wanted)


# --- persons and needs --------------------------------------------------------------------------------


def papers_unchecked(context: Context) -> Iterator[Finding]:
    """P30."""
    if context.has(PERSONS):
        table = context.table(PERSONS)
        for row, checked in table.records(PERSON_PAPER.name):
            if checked == NO:
                yield _at("P30", table, row, PERSON_PAPER)


def needs_after_recording(context: Context) -> Iterator[Finding]:
    """P09 for a need older than its person's first recording, P10 for a person with needs and no date.

    A date of the person that carries an error of its own is not told again at each need.
    """
    if not context.has(NEEDS):
        return
    persons, needs = context.table(PERSONS), context.table(NEEDS)
    rows = persons.records(PERSON_KEY.name, PERSON_RECORDED.name)
    recorded = _first((key, (row, on)) for row, key, on in rows)
    without: set[int] = set()
    for row, person, on in needs.records(NEED_PERSON.name, NEED_RECORDED.name):
        if person is None or person not in recorded:
            continue
        person_row, first = recorded[person]
        if first is None:
            without.add(person_row)
        elif on is not None and on < first and not context.has_error(persons, person_row, PERSON_RECORDED):
            yield _at("P09", needs, row, NEED_RECORDED, other=PERSON_RECORDED.name)
    for row in sorted(without):
        yield _at("P10", persons, row, PERSON_RECORDED)


def stock_covers_persons(context: Context) -> Iterator[Finding]:
    """P11: on the date of a Bestand row, no more persons with checked paper than its number."""
    if not context.has(STOCK):
        return
    stock, persons = context.table(STOCK), context.table(PERSONS)
    stays = [
        (arrived, left)
        for _, paper, arrived, left in persons.records(
            PERSON_PAPER.name, PERSON_ARRIVED.name, PERSON_LEFT.name
        )
        if paper == YES and arrived is not None
    ]
    for row, on, number in stock.records(STOCK_DATE.name, STOCK_NUMBER.name):
        if on is not None and number is not None and _present(stays, on) > number:
            yield _at("P11", stock, row, STOCK_NUMBER, table=PERSONS.title)


def _present(stays: list[tuple[date, date | None]], on: date) -> int:
    return sum(arrived <= on and (left is None or left > on) for arrived, left in stays)


# --- trainings, contacts ------------------------------------------------------------------------------


def training_sizes(context: Context) -> Iterator[Finding]:
    """P12: a volunteer training has at least as many participants as Schulungsteilnahmen."""
    if not context.has(ATTENDANCES):
        return
    trainings = context.table(TRAININGS)
    pairs = {tuple(pair) for _, *pair in context.table(ATTENDANCES).records(*ATTENDANCES.key)}
    attended = Counter(pair[ATTENDANCES.key.index(ATTENDANCE_TRAINING.name)] for pair in pairs)
    audiences = ATTENDANCE_TRAINING.to_where
    assert audiences is not None
    for row, key, audience, size in trainings.records(
        TRAINING_KEY.name, TRAINING_AUDIENCE.name, TRAINING_SIZE.name
    ):
        if audience in audiences.values and size is not None and attended[key] > size:
            yield _at("P12", trainings, row, TRAINING_SIZE, table=ATTENDANCES.title)


def repeated_contacts(context: Context) -> Iterator[Finding]:
    """P32: identical rows each count, with a note at each repeat."""
    if not context.has(CONTACTS):
        return
    table = context.table(CONTACTS)
    seen: set[tuple[object, ...]] = set()
    for row, *values in table.records(*CONTACTS.names):
        if tuple(values) in seen:
            yield _at("P32", table, row, CONTACTS.columns[0])
        seen.add(tuple(values))


# --- rows that stand for rules ------------------------------------------------------------------------


def rule_rows(context: Context) -> Iterator[Finding]:
    """P14 and P15 for a number that the rules do not know, P24 for a missing row."""
    rules, kind = context.rules, context.kind.id
    yield from _rule_rows(context, CRITERIA, rules.criteria_of(kind))
    yield from _rule_rows(context, TARGETS, rules.targets_of(kind))


def _rule_rows(
    context: Context, sheet: Sheet, wanted: tuple[Criterion, ...] | tuple[Target, ...]
) -> Iterator[Finding]:
    table = context.table(sheet)
    known = {r.id for r in wanted}
    unknown = len(table) - len(known.intersection(table[RULE_NR.name]))  # repeated ones too
    for row, nr, *inputs in table.records(RULE_NR.name, *RULE_INPUTS):
        if nr is not None and nr not in known:
            yield _at("P14" if any(i is not None for i in inputs) else "P15", table, row, RULE_NR)
    attested = [r.id for r in wanted if isinstance(r.decide, Attested)]
    missing = [id_ for id_ in attested if id_ not in table[RULE_NR.name]]
    if len(missing) > unknown:
        yield finding("P24", sheet.title, ids=quoted(missing))


def attested_without_evidence(context: Context) -> Iterator[Finding]:
    """P21: without evidence, an attested date does not count as reached."""
    for sheet in (CRITERIA, TARGETS):
        table = context.table(sheet)
        for row, on, numbers in table.records(RULE_FULFILLED.name, RULE_EVIDENCE.name):
            if on is not None and numbers is None:
                yield _at("P21", table, row, RULE_EVIDENCE, table=EVIDENCE.title)


def unused_evidence(context: Context) -> Iterator[Finding]:
    """P31: a document that nobody refers to and that has no Nachweispunkt."""
    used: set[str] = set()
    for sheet in context.kind.tables:
        if sheet.evidence_column:
            for numbers in context.table(sheet)[sheet.evidence_column]:
                used.update(numbers or ())
    table = context.table(EVIDENCE)
    for row, key, points in table.records(EVIDENCE_KEY.name, EVIDENCE_POINT.name):
        if key is not None and key not in used and points is None:
            yield _at("P31", table, row, EVIDENCE_KEY)


CHECKS: tuple[Check, ...] = (
    stichtag_within_project,
    nil_returns,
    references,
    papers_unchecked,
    needs_after_recording,
    stock_covers_persons,
    training_sizes,
    repeated_contacts,
    rule_rows,
    attested_without_evidence,
    unused_evidence,
)


def check_workbook(workbook: Workbook, rules: Rules) -> list[Finding]:
    """All findings across rows and sheets; a refused workbook has none."""
    if workbook.refused:
        return []
    errors = frozenset((f.sheet, f.cell) for f in workbook.findings if f.severity is Severity.ERROR)
    context = Context(workbook, rules.kinds[workbook.kind], rules, errors)
    return [found for check in CHECKS for found in check(context)]


# --- one cause, told once -----------------------------------------------------------------------------


def settle(findings: Iterable[Finding], kind: WorkbookKind | None) -> list[Finding]:
    """Findings in reading order, each cause once: a cell with errors keeps only the first of them."""
    distinct = list(dict.fromkeys(findings))
    first: dict[tuple[str | None, str], Finding] = {}
    for one in distinct:
        if one.cell is not None and one.severity is Severity.ERROR:
            place = (one.sheet, one.cell)
            first[place] = min(first.get(place, one), one, key=lambda f: rank(f.rule))
    kept = [f for f in distinct if f.cell is None or first.get((f.sheet, f.cell), f) is f]
    titles = (FORM_TITLE, *(t.title for t in kind.tables)) if kind else ()
    order = {title: position for position, title in enumerate(titles)}
    return sorted(
        kept, key=lambda f: (f.sheet is not None, order.get(f.sheet or "", 99), f.sheet or "", *_place(f))
    )


def _place(one: Finding) -> tuple[int, int, int]:
    match = re.fullmatch(r"([A-Z]{1,3})([0-9]+)", one.cell or "")
    if match is None:
        return 0, 0, rank(one.rule)
    return int(match[2]), column_index_from_string(match[1]), rank(one.rule)
