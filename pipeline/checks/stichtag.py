"""Reports many dates after the Berichtsstichtag as one finding: the Stichtag itself is probably wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from pipeline.definitions.messages import finding, number_of
from pipeline.definitions.model import Finding, Workbook
from pipeline.definitions.sheets import FORM_STICHTAG, FORM_TITLE

MANY_ROWS = 5


def one_for_many_later(workbook: Workbook, found: Iterable[Finding]) -> list[Finding]:
    """What was found; P02 of five rows or more as one P40 at the Stichtag, with their number per sheet."""
    known = list(found)
    later = [one for one in known if one.rule == "P02"]
    rows = dict.fromkeys((one.sheet, (one.cell or "").lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) for one in later)
    if len(rows) < MANY_ROWS:
        return known
    per_sheet = Counter(sheet for sheet, _ in rows)
    counts = ", ".join(f"{sheet} {number_of(n, 'Zeile', 'Zeilen')}" for sheet, n in per_sheet.items())
    cell = workbook.form_cells.get(FORM_STICHTAG.name)
    slip = finding("P40", FORM_TITLE, cell, FORM_STICHTAG.name, counts=counts)
    return [one for one in known if one.rule != "P02"] + [slip]
