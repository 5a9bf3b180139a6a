"""What a check looks at, made without a file: rows, lines of Stammdaten, and findings of earlier stages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pipeline.checks.context import CheckContext
from pipeline.definitions.messages import MESSAGES, finding
from pipeline.definitions.model import Finding, Table
from tests import builder


def context(
    tables: Mapping[str, Any] | None = None,
    *errors: str,
    kind: str = "kommune",
    stichtag: str = "2026-06-30",
    form: Mapping[str, Any] | None = None,
    entries: Mapping[str, tuple[str | None, str | None]] | None = None,
    silent: Iterable[str] = (),
    found: Iterable[Finding] = (),
    requirements: Mapping[str, str] | None = None,
) -> CheckContext:
    """``errors``: cells that could not be read, as ``Personen!B7``; each carries W05 and is empty in its table.

    ``requirements``: text tables for Meilensteine and Zielwerte, in the place of ``entries``.
    """
    book = builder.built(kind, stichtag, tables, entries, silent)
    definition = builder.rules().kinds[kind]
    book.form.update(
        {name: None for name in definition.form.names if name not in book.form} | dict(form or {})
    )
    book.form_cells.update({name: f"B{row}" for row, name in enumerate(definition.form.names, start=4)})
    for title, text in (requirements or {}).items():
        rows, table = builder.rows_of(text), book.tables[title]
        columns = {name: [row.get(name) for row in rows] for name in table.columns}
        book.tables[title] = Table(title, table.letters, list(range(5, 5 + len(rows))), columns)
    broken = [unread(book.tables[place.split("!")[0]], place.split("!")[1]) for place in errors]
    return CheckContext(book, definition, builder.rules(), (*broken, *found))


def unread(table: Table, cell: str) -> Finding:
    letters = cell.rstrip("0123456789")
    column = next(name for name, at in table.letters.items() if at == letters)
    table.columns[column][table.rows.index(int(cell[len(letters) :]))] = None
    return finding("W05", table.sheet, cell, column)


def places(found: Iterable[Finding]) -> list[tuple[str, str]]:
    """(rule, place) of each finding; the column is the one of that cell."""
    findings = []
    for one in found:
        assert one.rule in MESSAGES
        findings.append((one.rule, f"{one.sheet}!{one.cell}"))
    return findings
