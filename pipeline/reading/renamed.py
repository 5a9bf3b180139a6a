"""Missing sheets that another sheet of the workbook may be, under another name."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

from pipeline.definitions.messages import finding, quoted
from pipeline.definitions.model import Finding
from pipeline.definitions.sheet_types import Sheet
from pipeline.definitions.sheets import FORM_TITLE, NON_DATA_TITLES
from pipeline.reading.locate import fold, form_lines, header_places, is_data
from pipeline.reading.package import RawSheet, Refused, read_raw

_ALMOST = 0.75  # Kontakt ~ Kontakte, Persoen ~ Personen; Schulungen is not Schulungsteilnahmen


def _foreign_sheets(data: bytes) -> dict[str, RawSheet]:
    """The readable sheets that are not of the template."""
    known = {fold(title) for title in NON_DATA_TITLES}
    try:
        return read_raw(data, lambda name: not is_data(name) and fold(name) not in known).sheets
    except Refused:
        return {}


def missing_sheets(missing: Sequence[Sheet], names: Sequence[str], data: bytes) -> list[Finding]:
    """D24 for each missing sheet that only has another name, D09 for all others.

    ``names`` of all sheets in the order of their tabs. A foreign name is never repeated, its position is.
    """
    left = _foreign_sheets(data)
    found, lost = [], []
    for sheet in missing:
        name = next((n for n in left if _has_headers(sheet, left[n])), None)
        name = name or next((n for n in left if _almost(n, sheet.title)), None)
        if name is None:
            lost.append(sheet.title)
            continue
        del left[name]
        found.append(finding("D24", sheet=sheet.title, position=names.index(name) + 1))
    return [*([finding("D09", sheets=quoted(lost))] if lost else []), *found]


def _has_headers(sheet: Sheet, raw: RawSheet) -> bool:
    if sheet.title == FORM_TITLE:
        return all(form_lines(sheet, raw).values())
    return header_places(sheet, raw) >= {c.name for c in sheet.columns if c.since == 1}


def _almost(name: str, title: str) -> bool:
    """Whether a name resembles a title: Personen (2), Personen_neu, Persoen."""
    one, other = fold(name), fold(title)
    rest = one.removeprefix(other)
    added = rest != one and not rest[:1].isalpha()
    return added or SequenceMatcher(None, one, other, autojunk=False).ratio() >= _ALMOST
