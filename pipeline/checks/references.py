"""Checks of what one sheet says of the records of another."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.checks.context import Context, at, first_values
from pipeline.definitions.messages import either
from pipeline.definitions.model import Column, Finding, Kind, Sheet, Table


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
    present = {None, *target[key.name]}
    table = context.table(sheet)
    if present.issuperset(table[column.name]):
        return
    lost: dict[str, list[int]] = {}
    form = re.compile(column.key_pattern)
    for row, value in table.records(column.name):
        for one in value if isinstance(value, tuple) else (value,):
            if one not in present and form.fullmatch(one):
                lost.setdefault(one, []).append(row)
    if len(lost) <= context.broken(to.title, key.name):
        return
    for row in sorted({row for rows in lost.values() for row in rows}):
        yield at("P07", table, row, column, table=to.title)


def _mismatched(context: Context, sheet: Sheet, column: Column) -> Iterator[Finding]:
    if column.to_where is None:
        return
    to, key, target = _targets(context, column)
    condition = column.to_where
    valid = to.column(condition.column).choices
    value_of = first_values(zip(target[key.name], target[condition.column], strict=True))
    table = context.table(sheet)
    for row, value in table.records(column.name):
        found = value_of.get(value) if value is not None else None
        if found in valid and found not in condition.values:
            wanted = either(condition.values)
            yield at("P08", table, row, column, table=to.title, other=condition.column, values=wanted)
