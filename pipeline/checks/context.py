"""The input of a check, and functions that several checks use."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from pipeline.definitions.messages import finding
from pipeline.definitions.model import Finding, Severity, Table, Workbook
from pipeline.definitions.sheet_types import Column, Sheet, WorkbookKind
from pipeline.rules import Rules


@dataclass(frozen=True)
class CheckContext:
    """One workbook to check; ``found`` are the findings of reading it and of its single rows."""

    workbook: Workbook
    kind: WorkbookKind
    rules: Rules
    found: tuple[Finding, ...]

    @cached_property
    def _errors(self) -> list[Finding]:
        return [f for f in self.found if f.severity is Severity.ERROR]

    @cached_property
    def errors(self) -> frozenset[tuple[str | None, str | None]]:
        """The (sheet, cell) that already carry an error."""
        return frozenset((f.sheet, f.cell) for f in self._errors)

    @cached_property
    def _broken(self) -> dict[tuple[str | None, str | None], set[int]]:
        rows: dict[tuple[str | None, str | None], set[int]] = {}
        for one in self._errors:
            for cell in one.addresses():
                rows.setdefault((one.sheet, one.column), set()).add(int(cell.lstrip(_LETTERS)))
        return rows

    @property
    def stichtag(self) -> date | None:
        """The reporting date, None unless it lies within the project (P01)."""
        stichtag, project = self.workbook.stichtag, self.rules.project
        return stichtag if stichtag and project.start <= stichtag <= project.end else None

    def has(self, sheet: Sheet) -> bool:
        return self.kind.has(sheet.title)

    def table(self, sheet: Sheet) -> Table:
        return self.workbook.tables[sheet.title]

    def has_error(self, table: Table, row: int, column: Column) -> bool:
        return (table.sheet, table.cell(row, column.name)) in self.errors

    def broken(self, sheet: str, *columns: str) -> set[int]:
        """Return the Excel rows in which a cell of one of the columns has an error."""
        return set().union(*(self._broken.get((sheet, c), ()) for c in columns))

    def unread(self, sheet: str, column: str) -> set[int]:
        """Return the Excel rows in which a cell of the column is filled but could not be read."""
        return {
            int((f.cell or "").lstrip(_LETTERS))
            for f in self._errors
            if f.sheet == sheet and f.column == column and f.rule[0] == "W" and f.rule != _COVERED
        }


_COVERED = "W24"  # a cell below another one is empty
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
Check = Callable[[CheckContext], Iterable[Finding]]


def finding_at(rule: str, where: Table, row: int, column: Column, /, **words: object) -> Finding:
    """Return a finding at the cell of a column in an Excel row."""
    return finding(rule, where.sheet, where.cell(row, column.name), column.name, **words)


def first_values(records: Iterable[tuple[Any, Any]]) -> dict[Any, Any]:
    """Key → value of its first record; repeated keys are reported by another check."""
    return dict(reversed(list(records)))
