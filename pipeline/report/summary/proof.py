"""Sums over the finished workbook: each is a formula for the reader and a question to the file itself.

So what the sheet Kontrollsummen shows can be computed again from the cells that were really written,
without the program that wrote them and without a spreadsheet program.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import python_calamine
from openpyxl.utils import column_index_from_string

Grid = list[list[Any]]
Where = tuple[tuple[str, str], ...]  # (letter of a column, text that it holds)


class ReportInconsistent(Exception):  # noqa: N818  - our own fault, named for what it means
    """The finished workbook does not say what was computed; it must not be published."""


@dataclass(frozen=True, slots=True)
class Area:
    """Rows of a sheet as Excel counts them, both included."""

    sheet: str
    first: int
    last: int

    def column(self, letter: str, to: str = "") -> str:
        return f"'{self.sheet}'!${letter}${self.first}:${to or letter}${self.last}"

    def rows(self, sheets: Mapping[str, Grid]) -> Grid:
        return sheets[self.sheet][self.first - 1 : self.last]


@dataclass(frozen=True, slots=True)
class Term:
    """``formula`` without its sign, and the same asked of the cells of the finished file."""

    formula: str
    ask: Callable[[Mapping[str, Grid]], float]


def total(area: Area, letter: str, where: Where = (), to: str = "") -> Term:
    """Sum of a column, or of those up to ``to``, over the rows that hold these texts."""
    first, last = _position(letter), _position(to or letter)

    def ask(sheets: Mapping[str, Grid]) -> float:
        rows = (r for r in area.rows(sheets) if _holds(r, where))
        return sum(v for row in rows for v in row[first : last + 1] if isinstance(v, (int, float)))

    cells = area.column(letter, to)
    return Term(f"SUMPRODUCT({_conditions(area, where)},{cells})" if where else f"SUM({cells})", ask)


def count(area: Area, where: Where) -> Term:
    """Rows that hold these texts."""
    return Term(
        f"SUMPRODUCT(1*{_conditions(area, where)})",
        lambda sheets: sum(_holds(row, where) for row in area.rows(sheets)),
    )


def filled(area: Area, letter: str) -> Term:
    """Cells of a column that hold anything."""
    at = _position(letter)
    return Term(
        f"COUNTA({area.column(letter)})",
        lambda sheets: sum(len(row) > at and row[at] != "" for row in area.rows(sheets)),
    )


def plus(first: Term, second: Term) -> Term:
    return Term(f"{first.formula}+{second.formula}", lambda sheets: first.ask(sheets) + second.ask(sheets))


def _conditions(area: Area, where: Where) -> str:
    return "*".join(f'({area.column(letter)}="{text}")' for letter, text in where)


def _holds(row: list[Any], where: Where) -> bool:
    return all(len(row) > _position(letter) and row[_position(letter)] == text for letter, text in where)


def _position(letter: str) -> int:
    return column_index_from_string(letter) - 1


@dataclass(frozen=True, slots=True)
class Check:
    """``left`` and, where there is one, ``right`` must give what ergebnis.json says: ``expected``."""

    group: str
    text: str
    left: Term
    right: Term | None
    expected: int


def prove(workbook: bytes, checks: Iterable[Check]) -> None:
    """ReportInconsistent when a sum over the cells of the finished workbook is not the expected one."""
    book = python_calamine.load_workbook(BytesIO(workbook))
    sheets = {n: book.get_sheet_by_name(n).to_python(skip_empty_area=False) for n in book.sheet_names}
    for check in checks:
        for term in filter(None, (check.left, check.right)):
            if term.ask(sheets) != check.expected:
                raise ReportInconsistent(f"{check.group}: {check.text}")
