"""Checks of references from one sheet to the records of another."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from pipeline.checks.context import CheckContext, finding_at, first_values
from pipeline.definitions.messages import either
from pipeline.definitions.model import Finding, Table
from pipeline.definitions.sheet_types import Column, Kind, Sheet


def references(context: CheckContext) -> Iterator[Finding]:
    """P07 for a reference to a missing record, P08 for one to a record of the wrong kind."""
    for to in context.kind.tables:
        lost = lost_references(context, to)
        for one in lost.reported:
            yield finding_at("P07", one.table, one.row, one.column, table=to.title)
    for sheet, column in _referring(context):
        yield from _mismatched(context, sheet, column)


def _referring(context: CheckContext) -> Iterator[tuple[Sheet, Column]]:
    return ((sheet, column) for sheet in context.kind.tables for column in sheet.columns if column.to)


def key_column(sheet: Sheet) -> Column | None:
    """The column that references of other sheets name; None without one."""
    return next((c for c in sheet.columns if c.kind is Kind.KEY), None)


# --- lost references ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reference:
    """One reference in a cell."""

    table: Table
    row: int
    column: Column


@dataclass(frozen=True, slots=True)
class LostReferences:
    """References to missing records, and whether a broken key may be the cause of some."""

    reported: tuple[Reference, ...] = ()
    undecided: bool = False


def lost_references(context: CheckContext, to: Sheet) -> LostReferences:
    """References to missing records of ``to``.

    A broken key is reported at its own cell and not at each reference to it. Its intended number follows from
    its neighbours where these are consecutive (P-0001, ?, P-0003); otherwise as many lost numbers as there
    are broken keys are left undecided, those with the most references first.
    """
    key = key_column(to)
    if key is None:
        return LostReferences()
    lost = _lost(context, to, key)
    if not lost:
        return LostReferences()
    broken = _broken_positions(context, to, key)
    table = context.table(to)
    numbers = [None if i in broken else value for i, value in enumerate(table[key.name])]
    expected = {i: _expected(numbers, i) for i in broken}
    explained = {v for values in expected.values() for v in values if v in lost}
    open_keys = [i for i, values in expected.items() if not values & lost.keys()]
    doubtful = [] if _counts_on(numbers) else _most_referred(lost, explained)[: len(open_keys)]
    kept = lost.keys() - explained - set(doubtful)
    reported = {(r.table.sheet, r.column.name, r.row): r for v in lost if v in kept for r in lost[v]}
    return LostReferences(tuple(reported.values()), bool(doubtful))


def _lost(context: CheckContext, to: Sheet, key: Column) -> dict[str, list[Reference]]:
    """Number → its references in all sheets, where no record has that number."""
    present = {None, *context.table(to)[key.name]}
    lost: dict[str, list[Reference]] = {}
    for sheet, column in _referring(context):
        table = context.table(sheet)
        if column.to != to.title or present.issuperset(table[column.name]):
            continue
        form = re.compile(column.key_pattern)
        for row, value in table.records(column.name):
            for one in value if isinstance(value, tuple) else (value,):
                if one not in present and form.fullmatch(one):
                    lost.setdefault(one, []).append(Reference(table, row, column))
    return lost


def _broken_positions(context: CheckContext, to: Sheet, key: Column) -> list[int]:
    table, rows = context.table(to), context.broken(to.title, key.name)
    return [
        i for i, (row, v) in enumerate(zip(table.rows, table[key.name], strict=True)) if row in rows or not v
    ]


@cache
def _parts(key: str) -> tuple[str, str] | None:
    match = re.fullmatch(r"([A-Z]+)-([0-9]+)", key)
    return (match[1], match[2]) if match else None


def _shifted(key: str, by: int) -> str | None:
    parts = _parts(key)
    if parts is None or int(parts[1]) + by < 0:
        return None
    return f"{parts[0]}-{int(parts[1]) + by:0{len(parts[1])}d}"


def _expected(numbers: list[str | None], position: int) -> set[str]:
    """Numbers that a broken key may stand for, continuing from the nearest sound key before or after it."""
    found = set()
    for way in (range(position - 1, -1, -1), range(position + 1, len(numbers))):
        near = next((i for i in way if numbers[i] is not None), None)
        shifted = None if near is None else _shifted(numbers[near] or "", position - near)
        found |= {shifted} if shifted else set()
    return found


def _counts_on(numbers: list[str | None]) -> bool:
    """Whether the sound keys of a sheet are consecutive but for the broken ones."""
    sound = [(i, number) for i, number in enumerate(numbers) if number is not None]
    return len(sound) > 1 and all(_shifted(a, j - i) == b for (i, a), (j, b) in pairwise(sound))


def _most_referred(lost: dict[str, list[Reference]], explained: set[str]) -> list[str]:
    return sorted(lost.keys() - explained, key=lambda v: (-len(lost[v]), v))


# --- of the wrong kind --------------------------------------------------------------------------------


def _mismatched(context: CheckContext, sheet: Sheet, column: Column) -> Iterator[Finding]:
    if column.to_where is None:
        return
    to = context.kind.table(column.to)
    key = key_column(to)
    assert key is not None
    target, condition = context.table(to), column.to_where
    valid = to.column(condition.column).choices
    value_of = first_values(zip(target[key.name], target[condition.column], strict=True))
    table = context.table(sheet)
    for row, value in table.records(column.name):
        found = value_of.get(value) if value is not None else None
        if found in valid and found not in condition.values:
            wanted = either(condition.values)
            yield finding_at("P08", table, row, column, table=to.title, other=condition.column, values=wanted)
