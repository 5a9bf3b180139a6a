"""Compares the cells of two sheets: values, formulas, and their appearance on screen and paper."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator

from pipeline.audit.verify.appearance import (
    NotComparable,
    format_difference,
    look_differences,
    run_differences,
)
from pipeline.audit.verify.cellwalk import EMPTY, ReportCell
from pipeline.audit.verify.formatting import CellFormat, Formatting
from pipeline.audit.verify.opened_report import normal
from pipeline.audit.verify.opened_sheet import MERGED, OpenedSheet
from pipeline.audit.verify.remarks import Remark, Remarks, instead, quoted_value, reading_order, short
from pipeline.definitions.messages import number_of
from pipeline.xlsx.addresses import column_letters, column_number

TOLERANCE = 1e-13  # programs write a number with 15 to 17 digits
_ADDRESS = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_MERGED = re.compile(r"([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})")
Free = Callable[[str, str], bool]


class CellComparison:
    """Compares a given sheet with the computed one. ``free`` tells which cells people may fill in."""

    def __init__(
        self, given: OpenedSheet, styles: Formatting, computed: OpenedSheet, own: Formatting, free: Free
    ) -> None:
        self._given, self._styles = given, styles
        self._computed, self._own = computed, own
        self._free = free
        self._covered = set(_covered(given, computed))
        self._without_result: list[str] = []

    def compare(self, remarks: Remarks) -> None:
        """Adds a remark for each cell that differs."""
        for address in sorted(self._given.cells.keys() | self._computed.cells.keys(), key=reading_order):
            is_ = self._given.cells.get(address, EMPTY)
            should = self._computed.cells.get(address, EMPTY)
            if self._free(self._computed.name, address) and should.value is None and is_.formula is None:
                continue
            self._cell(address, is_, should, remarks)
        if self._without_result:
            count = number_of(len(self._without_result), "Zelle", "Zellen")
            remarks.differences.append(
                Remark(
                    f"In {count} mit Formel fehlt der gespeicherte Wert (die erste ist {self._without_result[0]}).",
                    self._computed.name,
                )
            )

    def _cell(self, address: str, is_: ReportCell, should: ReportCell, remarks: Remarks) -> None:
        differ = self._content(address, is_, should)
        if differ:
            remarks.differences.append(Remark(differ, self._computed.name, address))
            return
        if address in self._covered:
            return
        look = self._look(self._given, self._styles, address, is_)
        expected = self._look(self._computed, self._own, address, should)
        filled = should.value is not None
        texts = [*look_differences(look, expected, filled=filled)]
        texts += run_differences(is_, look, self._styles, should, expected, self._own)
        if is_.extra != should.extra:
            texts.append(
                f"zeigt {is_.extra or 'nichts weiter'}, nachgerechnet {should.extra or 'nichts weiter'}"
            )
        remarks.differences += (Remark(text, self._computed.name, address) for text in texts)
        self._format(address, look, expected, should.value, remarks)

    def _format(
        self,
        address: str,
        look: CellFormat,
        expected: CellFormat,
        value: str | float | None,
        remarks: Remarks,
    ) -> None:
        group = f"format {look.format} {expected.format}"
        try:
            if text := format_difference(look, expected, value):
                remarks.differences.append(Remark(text, self._computed.name, address, group))
        except NotComparable:
            text = f"das Zahlenformat „{short(look.format)}“ lässt sich nicht vergleichen"
            remarks.uncompared.append(Remark(text, self._computed.name, address, group))

    def _content(self, address: str, is_: ReportCell, should: ReportCell) -> str:
        """German text of the difference in formula or value; empty where both are the same."""
        if not _same_formula(is_, should):
            return f"Formel im Bericht {_formula(is_)}, nachgerechnet {_formula(should)}"
        if is_.formula is not None and is_.value is None and should.value is not None:
            self._without_result.append(address)
            return ""
        return "" if _same_value(is_.value, should.value) else instead(is_.value, should.value)

    @staticmethod
    def _look(sheet: OpenedSheet, styles: Formatting, address: str, cell: ReportCell) -> CellFormat:
        """Format of a cell; of an unwritten one that of its row or column."""
        if cell is not EMPTY:
            return styles.look(cell.style)
        match = _ADDRESS.fullmatch(address)
        if match is None:
            return styles.look(0)
        row = sheet.rows.get(int(match[2]))
        if row is not None and row.style is not None:
            return styles.look(row.style)
        column = column_number(match[1])
        found = next((b.style for b in sheet.columns if b.first <= column <= b.last), None)
        return styles.look(found or 0)


def _covered(given: OpenedSheet, computed: OpenedSheet) -> Iterator[str]:
    """Cells hidden under the first cell of a merged area: their appearance does not matter."""
    both = given.items.get(MERGED, {}).keys() & computed.items.get(MERGED, {}).keys()
    for match in filter(None, map(_MERGED.fullmatch, both)):
        left, right = column_number(match[1]), column_number(match[3])
        for row in range(int(match[2]), int(match[4]) + 1):
            for column in range(left, right + 1):
                if (row, column) != (int(match[2]), left):
                    yield f"{column_letters(column)}{row}"


def _same_formula(is_: ReportCell, should: ReportCell) -> bool:
    if is_.formula is None or should.formula is None:
        return is_.formula == should.formula
    return is_.formula == should.formula or normal(is_.formula) == normal(should.formula)


def _same_value(is_: str | float | None, should: str | float | None) -> bool:
    if isinstance(is_, float) and isinstance(should, float):
        return math.isclose(is_, should, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    return (is_ or None) == (should or None) if not isinstance(is_, float) else False


def _formula(cell: ReportCell) -> str:
    return (
        f"„={short(cell.formula)}“"
        if cell.formula is not None
        else f"keine, sondern {quoted_value(cell.value)}"
    )
