"""What a check is given, and what several of them need."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from pipeline.messages import finding
from pipeline.model import Column, Finding, Sheet, Table, Workbook, WorkbookKind
from pipeline.rules import Rules


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


def at(rule: str, where: Table, row: int, column: Column, /, **words: object) -> Finding:
    """A finding at the cell of a column in an Excel row."""
    return finding(rule, where.sheet, where.cell(row, column.name), column.name, **words)


def first_values(records: Iterable[tuple[Any, Any]]) -> dict[Any, Any]:
    """Key → value of its first record: a repeat is told as such and speaks for nobody."""
    found: dict[Any, Any] = {}
    for key, value in records:
        found.setdefault(key, value)
    return found
