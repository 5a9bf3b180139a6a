"""Reduces findings to one per cause: per cell, and per column where the same finding repeats."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from pipeline.definitions.messages import rank
from pipeline.definitions.model import Finding, Severity
from pipeline.definitions.sheet_types import WorkbookKind
from pipeline.definitions.sheets import FORM_TITLE
from pipeline.xlsx.addresses import cell_ranges, column_number

_ON_ITS_OWN = frozenset(("P06",))  # true of the cell whatever stands in it


def each_cell(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield the findings, those for several cells split into one per cell."""
    for one in findings:
        if len(one.cells) == one.count == 1 or not one.cells:
            yield one
        else:
            for cell in one.addresses():
                yield replace(one, cell=cell, cells=(cell,), count=1)


def deduplicate_findings(findings: Iterable[Finding], kind: WorkbookKind | None) -> list[Finding]:
    """Findings of single cells in reading order, one error per cell.

    A finding of ``_ON_ITS_OWN`` stays besides an error, and a note on a repair beside an error of the
    repaired value.
    """
    distinct = list(dict.fromkeys(findings))
    first: dict[tuple[str | None, str], Finding] = {}
    for one in distinct:
        if one.cell is not None and one.severity is Severity.ERROR and one.rule not in _ON_ITS_OWN:
            place = (one.sheet, one.cell)
            first[place] = min(first.get(place, one), one, key=lambda f: rank(f.rule))
    kept = [f for f in distinct if f.cell is None or f.rule in _ON_ITS_OWN or _stays(f, first)]
    return in_reading_order(kept, kind)


def _stays(one: Finding, first: dict[tuple[str | None, str], Finding]) -> bool:
    error = first.get((one.sheet, one.cell or ""), one)
    return error is one or (one.rule.startswith("M") and not error.rule.startswith("W"))


def in_reading_order(findings: Iterable[Finding], kind: WorkbookKind | None) -> list[Finding]:
    """Findings about the file first, then by sheet in the order of the tabs, then by row."""
    titles = (FORM_TITLE, *(t.title for t in kind.tables)) if kind else ()
    order = {title: position for position, title in enumerate(titles)}
    return sorted(
        findings, key=lambda f: (f.sheet is not None, order.get(f.sheet or "", 99), f.sheet or "", *_place(f))
    )


_CELL = re.compile(r"([A-Z]{1,3})([0-9]+)")


def _place(one: Finding) -> tuple[int, int, int]:
    match = _CELL.fullmatch(one.cell or "")
    if match is None:
        return 0, 0, rank(one.rule)
    return int(match[2]), column_number(match[1]), rank(one.rule)


# --- repeated in a column -----------------------------------------------------------------------------


def group_findings(findings: Iterable[Finding]) -> list[Finding]:
    """Combine findings that repeat in a column into one, at the place of the first cell."""
    groups: dict[object, list[Finding]] = {}
    for number, one in enumerate(findings):
        letters = (one.cell or "").rstrip("0123456789")
        same = replace(one, cell=letters, cells=(), count=1)
        groups.setdefault(same if one.cell else number, []).append(one)
    return [_as_one(group) for group in groups.values()]


def _as_one(group: Sequence[Finding]) -> Finding:
    if len(group) == 1:
        return group[0]
    cells = [one.cell for one in group if one.cell]
    return replace(group[0], cells=tuple(cell_ranges(cells)), count=len(cells))
