"""The findings that a test expects of a workbook with changed cells; many such cases are checked in one batch."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, NamedTuple

import pytest
from openpyxl.utils import column_index_from_string

from pipeline.definitions.model import Finding, Workbook
from pipeline.engine.batch import examine_batch, finish
from pipeline.engine.read_batch import read
from pipeline.reading.read import ReadingRules
from pipeline.rules import Rules
from tests.builder import FORM_CELLS, NIL_RETURNS, RULE_HEADERS, VALID, rules, valid
from tests.cell_edits import Edits, edited, plain


class ExpectedFinding(NamedTuple):
    """A finding without its wording."""

    rule: str
    severity: str
    sheet: str | None
    cell: str | None
    column: str | None


def reported(found: Iterable[Finding]) -> list[ExpectedFinding]:
    return [ExpectedFinding(f.rule, f.severity.value, f.sheet, f.cell, f.column) for f in found]


def examine(data: bytes, with_rules: Rules | None = None, name: str = "abgabe.xlsx") -> Workbook:
    """One file, read and checked by itself."""
    return examine_batch([(name, data)], with_rules or rules())[0]


@cache
def valid_workbook() -> Workbook:
    """The valid municipal workbook as read and checked; to compare with, not to change."""
    return examine(valid())


def broken(edits: Edits, base: bytes | None = None) -> Workbook:
    """The valid workbook with some cells changed, read and checked."""
    return examine(edited(edits, base))


FORM_LINES = {v: k for k, v in FORM_CELLS.items()} | {
    f"Stammdaten!B{row}": f"Leermeldung: {title}" for row, title in enumerate(NIL_RETURNS, start=15)
}


def header_at(place: str) -> str:
    """The header over a cell of the valid workbook: ``Personen!F6`` → ``Bedarf erfasst am``."""
    if place in FORM_LINES:
        return FORM_LINES[place]
    sheet, cell = place.split("!")
    line = RULE_HEADERS.get(sheet) or VALID[sheet].strip().splitlines()[0]
    return line.split("|")[column_index_from_string(cell.rstrip("0123456789")) - 1].strip()


def at(rule: str, severity: str, place: str) -> ExpectedFinding:
    """The finding expected at a cell of the valid workbook: ``at("P04", "error", "Personen!F6")``."""
    sheet, cell = place.split("!")
    return ExpectedFinding(rule, severity, sheet, cell, header_at(place))


@dataclass(frozen=True)
class Case:
    """``edits`` to the valid workbook and the findings that must follow, no other."""

    name: str
    edits: Edits
    expected: tuple[ExpectedFinding, ...] = ()


class Cases:
    """Cases read and checked in one batch when the first of them is asked for: a batch costs little more
    than a single file. That a batch gives what single files give is tested in test_read.py."""

    def __init__(self, cases: Iterable[Case], base: Callable[[], bytes] = valid) -> None:
        self.cases = tuple(cases)
        self._base = base
        assert len({c.name for c in self.cases}) == len(self.cases), "two cases of one name"

    @cached_property
    def unchecked(self) -> tuple[Workbook, ...]:
        """What was read of each case, before any check; from a base without formulas."""
        base, known = plain(self._base()), ReadingRules.of(rules())
        return tuple(read((c.name, edited(c.edits, base)), known) for c in self.cases)

    @cached_property
    def _examined(self) -> dict[str, Workbook]:
        return {w.file: w for w in finish(self.unchecked, rules())}

    def __getitem__(self, case: Case) -> Workbook:
        return self._examined[case.name]

    @property
    def params(self) -> list[Any]:
        """For ``pytest.mark.parametrize``, with the names of the cases as ids."""
        return [pytest.param(c, id=c.name) for c in self.cases]
