"""Control sums over the finished workbook: each is a formula for the reader and a query of the file itself.

So the sheet Kontrollsummen can be recomputed from the cells that were actually written, without the program
that wrote them and without a spreadsheet program. Each sheet concerned is read once, row by row.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Any

import python_calamine

from pipeline.xlsx.addresses import column_number
from pipeline.xlsx.formulas import excel_text

Row = Sequence[Any]
Where = tuple[tuple[str, str], ...]  # (letter of a column, text that it holds)


class ReportInconsistent(Exception):  # noqa: N818  - our own fault, named for what it means
    """The finished workbook does not hold what was computed; it must not be published."""


@dataclass(frozen=True, slots=True)
class RecordRange:
    """Excel rows of a sheet, both included. ``beyond``: where the same table continues."""

    sheet: str
    first: int
    last: int
    beyond: RecordRange | None = None

    def column(self, letter: str, to: str = "") -> str:
        return f"'{self.sheet}'!${letter}${self.first}:${to or letter}${self.last}"

    def parts(self) -> Iterator[RecordRange]:
        """The range on each sheet by itself."""
        yield replace(self, beyond=None)
        if self.beyond:
            yield from self.beyond.parts()


@dataclass(frozen=True, slots=True)
class Tally:
    """Sums over the rows of one range, separately for each combination of texts in ``by``.

    ``first`` to ``last``: columns from 0. ``adds``: what a row adds: its numbers, 1, or the number of its
    filled cells.
    """

    area: RecordRange
    adds: str
    first: int
    last: int
    by: tuple[int, ...] = ()

    def amount(self, row: Row) -> float:
        if self.adds == "rows":
            return 1
        cells = row[self.first : self.last + 1]
        if self.adds == "filled":
            return len([cell for cell in cells if cell != ""])
        return sum(float(cell) for cell in cells if isinstance(cell, (int, float)))


@dataclass(frozen=True, slots=True)
class Question:
    """One sum of a tally: that of the rows whose columns hold these texts."""

    tally: Tally
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Term:
    """``formula`` without its sign, and the same as queries of the finished file."""

    formula: str
    questions: tuple[Question, ...]


def total(area: RecordRange, letter: str, where: Where = (), to: str = "") -> Term:
    """Sum of a column, or of those up to ``to``, over the rows with these texts."""

    def formula(part: RecordRange) -> str:
        cells = part.column(letter, to)
        return f"SUMPRODUCT({_conditions(part, where)},{cells})" if where else f"SUM({cells})"

    first, last = _position(letter), _position(to or letter)
    return Term("+".join(map(formula, area.parts())), tuple(_questions(area, "numbers", first, last, where)))


def count(area: RecordRange, where: Where) -> Term:
    """Number of rows with these texts."""
    formulas = (f"SUMPRODUCT({_conditions(part, where)})" for part in area.parts())
    return Term("+".join(formulas), tuple(_questions(area, "rows", 0, 0, where)))


def filled(area: RecordRange, letter: str) -> Term:
    """Number of filled cells in a column."""
    formulas = (f"COUNTA({part.column(letter)})" for part in area.parts())
    at = _position(letter)
    return Term("+".join(formulas), tuple(_questions(area, "filled", at, at, ())))


def plus(first: Term, second: Term) -> Term:
    return Term(f"{first.formula}+{second.formula}", first.questions + second.questions)


def _conditions(area: RecordRange, where: Where) -> str:
    """Arrays of 1 and 0: SUMPRODUCT ignores the bare TRUE of a comparison."""
    return ",".join(f"--({area.column(letter)}={excel_text(text)})" for letter, text in where)


def _questions(area: RecordRange, adds: str, first: int, last: int, where: Where) -> Iterator[Question]:
    by, texts = tuple(_position(letter) for letter, _ in where), tuple(text for _, text in where)
    for part in area.parts():
        yield Question(Tally(part, adds, first, last, by), texts)


def _position(letter: str) -> int:
    return column_number(letter) - 1


@dataclass(frozen=True, slots=True)
class ControlCheck:
    """``left`` and, if given, ``right`` must equal ``expected``, the value in ergebnis.json."""

    group: str
    text: str
    left: Term
    right: Term | None
    expected: int


def prove(workbook: bytes | Path, checks: Iterable[ControlCheck]) -> None:
    """Raises ReportInconsistent when a sum over the cells of the finished workbook is not the expected one."""
    asked = [(check, term) for check in checks for term in (check.left, check.right) if term]
    tallies = {q.tally for _, term in asked for q in term.questions}
    found = _add_up(workbook, tallies)
    for check, term in asked:
        if sum(found[q.tally][q.texts] for q in term.questions) != check.expected:
            raise ReportInconsistent(f"{check.group}: {check.text}")


def _add_up(workbook: bytes | Path, tallies: set[Tally]) -> Mapping[Tally, Mapping[tuple[Any, ...], float]]:
    source = BytesIO(workbook) if isinstance(workbook, bytes) else workbook
    book = python_calamine.load_workbook(source)
    found: dict[Tally, dict[tuple[Any, ...], float]] = {t: defaultdict(int) for t in tallies}
    for name in sorted({t.area.sheet for t in tallies}):
        here = [(t, found[t]) for t in tallies if t.area.sheet == name]
        for number, row in enumerate(book.get_sheet_by_name(name).iter_rows(), 1):
            for tally, sums in here:
                if tally.area.first <= number <= tally.area.last:
                    sums[tuple(row[at] if at < len(row) else "" for at in tally.by)] += tally.amount(row)
    return found
