"""One cause, told once: which of several findings on a cell stays, and in which order they are told."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipeline.definitions.messages import rank
from pipeline.definitions.model import Finding, Severity, WorkbookKind
from pipeline.definitions.sheets import FORM_TITLE
from pipeline.xlsx.addresses import column_number


def deduplicate_findings(findings: Iterable[Finding], kind: WorkbookKind | None) -> list[Finding]:
    """Findings in reading order, each cause once: a cell with errors keeps only the first of them."""
    distinct = list(dict.fromkeys(findings))
    first: dict[tuple[str | None, str], Finding] = {}
    for one in distinct:
        if one.cell is not None and one.severity is Severity.ERROR:
            place = (one.sheet, one.cell)
            first[place] = min(first.get(place, one), one, key=lambda f: rank(f.rule))
    kept = [f for f in distinct if f.cell is None or first.get((f.sheet, f.cell), f) is f]
    titles = (FORM_TITLE, *(t.title for t in kind.tables)) if kind else ()
    order = {title: position for position, title in enumerate(titles)}
    return sorted(
        kept, key=lambda f: (f.sheet is not None, order.get(f.sheet or "", 99), f.sheet or "", *_place(f))
    )


_CELL = re.compile(r"([A-Z]{1,3})([0-9]+)")


def _place(one: Finding) -> tuple[int, int, int]:
    match = _CELL.fullmatch(one.cell or "")
    if match is None:
        return 0, 0, rank(one.rule)
    return int(match[2]), column_number(match[1]), rank(one.rule)
