"""Drops stored results of formulas that depend on filled cells, so that no outdated result is shown.

A program that opens the form recalculates them; one that cannot calculate shows nothing. Results of other
formulas are kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token

from pipeline.report.ministry_form.form_workbook import Box, FormPlace, FormWorkbook, box_of
from pipeline.xlsx.package import Element, Package, local_name, remove_element
from pipeline.xlsx.sheet_cells import split_address

_LAST = 10**7
_REF = re.compile(
    r"(?:(?:'((?:[^']|'')+)'|([^'!]+))!)?\$?([A-Z]{0,3})\$?([0-9]*)(?::\$?([A-Z]{0,3})\$?([0-9]*))?"
)
_ANYWHERE = ("INDIRECT(", "OFFSET(")


@dataclass(frozen=True)
class Ranges:
    """The cells that a formula reads; ``anywhere`` where its text does not tell."""

    boxes: tuple[tuple[str, Box], ...]
    anywhere: bool


@dataclass(frozen=True)
class FormFormula:
    """A formula; ``covers``: its own cell, or the cells of an array formula."""

    sheet: str
    covers: Box
    reads: Ranges
    cells: tuple[str, ...]


def stale_cells(form: FormWorkbook, filled: Sequence[FormPlace]) -> frozenset[tuple[str, str]]:
    """(sheet, cell) of every result that depends on the filled cells, whatever their values."""
    formulas = [f for title in form.book.names for f in _formulas(form, title)]
    dirty: list[tuple[str, Box]] = [(p.sheet, p.box) for p in filled]
    stale: list[FormFormula] = []
    while found := [f for f in formulas if _rests_on(f, dirty)]:
        stale += found
        dirty = [(f.sheet, f.covers) for f in found]
        known = set(map(id, found))
        formulas = [f for f in formulas if id(f) not in known]
    return frozenset((f.sheet, cell) for f in stale for cell in f.cells)


def drop_results(package: Package, form: FormWorkbook, stale: frozenset[tuple[str, str]]) -> None:
    """Removes the results of these cells."""
    for title in sorted({sheet for sheet, _ in stale}):
        for cell in package.xml(form.book.part(title) or "").iter():
            if local_name(cell) == "c" and (title, cell.get("r")) in stale:
                _forget(cell)


def _rests_on(formula: FormFormula, dirty: list[tuple[str, Box]]) -> bool:
    if formula.reads.anywhere:
        return True
    return any(s == t and _meet(a, b) for s, a in formula.reads.boxes for t, b in dirty)


def _meet(a: Box, b: Box) -> bool:
    return a[0] <= b[2] and b[0] <= a[2] and a[1] <= b[3] and b[1] <= a[3]


def _forget(cell: Element) -> None:
    for child in [c for c in cell if local_name(c) == "v"]:
        remove_element(child)
    if "t" in cell.attrib:
        del cell.attrib["t"]


def _formulas(form: FormWorkbook, title: str) -> Iterator[FormFormula]:
    cells = {address: (box_of(address), cell) for address, cell in form.cells(title).items()}
    for address, (box, cell) in cells.items():
        text = next((e for e in cell if local_name(e) == "f"), None)
        if text is None:
            continue
        covers, own = box, [address]
        if text.get("t") in ("array", "dataTable") and text.get("ref"):
            covers = box_of(text.get("ref", ""))
            own = own if covers == box else [a for a, (b, _) in cells.items() if _meet(covers, b)]
        yield FormFormula(title, covers, _reads(text.text, title, form), tuple(own))


def _reads(text: str | None, title: str, form: FormWorkbook) -> Ranges:
    """Ranges of a formula; one without text of its own (shared formula, data table) may read anything."""
    if not text or any(f in text.upper() for f in _ANYWHERE):
        return Ranges((), anywhere=True)
    operands = [
        t.value for t in Tokenizer("=" + text).items if t.type == Token.OPERAND and t.subtype == Token.RANGE
    ]
    boxes = [_range(o, title, form) for o in operands]
    return Ranges(tuple(b for b in boxes if b is not None), anywhere=None in boxes)


def _range(operand: str, title: str, form: FormWorkbook) -> tuple[str, Box] | None:
    """Sheet and box of a reference or a defined name; None for anything else."""
    meant = form.names.get(operand, [operand])
    match = _REF.fullmatch(meant[0]) if len(meant) == 1 else None
    if match is None or not (match[3] or match[4]):
        return None
    sheet = match[1].replace("''", "'") if match[1] else match[2] or title
    whole = match[5] is None and match[6] is None
    last = (match[3], match[4]) if whole else (match[5] or "", match[6] or "")
    if whole and not (match[3] and match[4]):
        return None  # a bare word that looks like a column
    left, top = _column(match[3], 1), int(match[4] or 1)
    return sheet, (left, top, _column(last[0], _LAST), int(last[1] or _LAST))


def _column(letters: str, default: int) -> int:
    return split_address(f"{letters}1")[1] if letters else default
