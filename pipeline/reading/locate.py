"""Finds the records of a sheet: the header row by its texts, columns by name, rows with content."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Any

from pipeline.definitions.messages import finding, quoted
from pipeline.definitions.model import Finding
from pipeline.definitions.sheet_types import Sheet
from pipeline.definitions.sheets import FEEDBACK_TITLE, FORM_TITLE, LISTS_TITLE, NO, WORKBOOK_KINDS
from pipeline.definitions.spelling import comparable
from pipeline.reading.package import RawSheet, RawWorkbook
from pipeline.reading.record_rows import filled_down
from pipeline.reading.values import clean, tidy
from pipeline.xlsx.addresses import column_letters

HEADER_SEARCH_ROWS = 50


@dataclass
class Located:
    """The records of one sheet. Positions count from 0 in ``raw``; ``rows`` are Excel rows.

    ``usable``: False when a column is missing or double, which refuses the file. ``ignored``: positions of
    rows that contain nothing but "nein".
    """

    raw: RawSheet
    header: int = -1
    at: dict[str, int] = field(default_factory=dict)
    positions: list[int] = field(default_factory=list)
    ignored: list[int] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    usable: bool = False

    @property
    def letters(self) -> dict[str, str]:
        return {name: column_letters(p + 1) for name, p in self.at.items()}

    @cached_property
    def rows(self) -> list[int]:
        """To be asked for when ``positions`` are complete, as ``raws``."""
        return [p + 1 for p in self.positions]

    @cached_property
    def _columns(self) -> list[tuple[Any, ...]]:
        return list(zip(*(self.raw.rows[p] for p in self.positions), strict=True))

    def raws(self, name: str) -> list[Any]:
        """The cells of a column in the records."""
        return list(self._columns[self.at[name]]) if self.positions else []

    def unknown_cells(self) -> list[str]:
        """Addresses of filled cells, header included, in columns that the sheet does not have."""
        special, known = self.raw.special, set(self.at.values())
        at = {(r - 1, c - 1) for r, c in special.unread}
        at |= {(p, c) for p, row in enumerate(self.raw.rows) for c, v in enumerate(row) if not is_blank(v)}
        found = sorted((p, c) for p, c in at if p >= self.header and c not in known)
        return [f"{column_letters(c + 1)}{p + 1}" for p, c in found]


def fold(text: Any) -> str:
    """Comparable form of a title or header: no star, case, surplus or invisible characters."""
    return comparable(str(text)).rstrip("* ")


def is_blank(value: Any) -> bool:
    if not isinstance(value, str):
        return False
    return not value.strip() or (not value.isascii() and clean(value)[0] is None)


_DATA = frozenset(
    fold(title)
    for kind in WORKBOOK_KINDS.values()
    for title in (LISTS_TITLE, FEEDBACK_TITLE, FORM_TITLE, *(t.title for t in kind.tables))
)


def is_data(name: str) -> bool:
    """Whether a sheet of that name is read (Prüfung and Stand are not)."""
    return fold(name) in _DATA


def sheet_name(names: Collection[str], title: str) -> str | None:
    """Name of the sheet with that title, ignoring star and case; an exact match first."""
    if title in names:
        return title
    return next((name for name in names if fold(name) == fold(title)), None)


def find_sheet(raw: RawWorkbook, title: str) -> RawSheet | None:
    if title in raw.sheets:
        return raw.sheets[title]
    name = sheet_name(raw.sheets, title)
    return None if name is None else raw.sheets[name]


def template_marks(raw: RawWorkbook) -> dict[str, str]:
    """Labels and values on the hidden sheet Listen that identify the template."""
    lists = find_sheet(raw, LISTS_TITLE)
    return {str(row[0]): _plain(row[1]) for row in lists.rows if len(row) > 1} if lists else {}


def _plain(value: Any) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def form_lines(form: Sheet, raw: RawSheet) -> dict[str, list[tuple[int, Any]]]:
    """Label → (Excel row, value) of each line with that label."""
    lines: dict[str, list[tuple[int, Any]]] = {name: [] for name in form.names}
    names = {fold(name): name for name in form.names}
    for number, row in enumerate(raw.rows, start=1):
        name = names.get(fold(row[0])) if row else None
        if name is not None:
            lines[name].append((number, row[1] if len(row) > 1 else ""))
    return lines


def locate(sheet: Sheet, raw: RawSheet, version: int) -> Located:
    """Header, columns and records of a sheet; ``version``: that of the workbook's template.

    Columns of a later version may be missing.
    """
    found = Located(raw)
    header = _header_row(sheet, raw)
    if header is None:
        found.findings.append(finding("D10", sheet.title, columns=quoted(sheet.names)))
        return found
    found.header = header
    places, foreign = _places(sheet, raw.rows[header])
    found.at = {name: positions[0] for name, positions in places.items()}
    found.findings = _structure(sheet, places, header, version)
    found.usable = not found.findings
    if found.usable:
        found.findings = [
            *_mended_headers(sheet, found),
            *_moved(sheet, found.at, header),
            *(finding("M11", sheet.title, f"{column_letters(p + 1)}{header + 1}") for p in foreign),
        ]
        _find_records(sheet, found)
        found.findings += _headless(sheet, found)
    return found


def header_places(sheet: Sheet, raw: RawSheet) -> set[str]:
    """Headers of a table that stand in the row with most of them."""
    header = _header_row(sheet, raw)
    return set() if header is None else set(_places(sheet, raw.rows[header])[0])


def _header_row(sheet: Sheet, raw: RawSheet) -> int | None:
    """Position of the row with most of the sheet's headers; None without one."""
    names = {fold(n) for n in sheet.names}
    best, most = None, 0
    for position, row in enumerate(raw.rows[:HEADER_SEARCH_ROWS]):
        hits = len({fold(cell) for cell in row if isinstance(cell, str)} & names)
        if hits > most:
            best, most = position, hits
        if most == len(names):
            break
    return best


def _places(sheet: Sheet, header: list[Any]) -> tuple[dict[str, list[int]], list[int]]:
    """(header → all its positions; positions of unknown headers)."""
    by_fold = {fold(n): n for n in sheet.names}
    places: dict[str, list[int]] = {}
    foreign = []
    for position, cell in enumerate(header):
        name = by_fold.get(fold(cell))
        if name is not None:
            places.setdefault(name, []).append(position)
        elif not is_blank(str(cell)):
            foreign.append(position)
    return places, foreign


def _structure(sheet: Sheet, places: dict[str, list[int]], header: int, version: int) -> list[Finding]:
    """Missing and double columns; a header in the place of another is one finding at that cell."""
    missing = [c.name for c in sheet.columns if c.name not in places and c.since <= version]
    double = [n for n, at in places.items() if len(at) > 1]
    if len(missing) == 1 and len(double) == 1 and len(places[double[0]]) == 2:
        place = _wrong_one(sheet, places, missing[0], double[0])
        cell = f"{column_letters(place + 1)}{header + 1}"
        return [finding("D25", sheet.title, cell, double=double[0], missing=missing[0])]
    found = []
    if missing:
        found.append(finding("D10", sheet.title, columns=quoted(missing)))
    if double:
        found.append(finding("D11", sheet.title, columns=quoted(double)))
    return found


def _wrong_one(sheet: Sheet, places: dict[str, list[int]], missing: str, double: str) -> int:
    """Position of the misplaced one of two equal headers, by its neighbours."""
    order = {name: position for position, name in enumerate(sheet.names)}
    known = [n for n in places if n != double]
    nearest = min(known, key=lambda n: abs(order[n] - order[missing]), default=double)
    wanted = places[nearest][0] + order[missing] - order[nearest]
    first, second = places[double]
    return first if abs(first - wanted) < abs(second - wanted) else second


def _mended_headers(sheet: Sheet, found: Located) -> list[Finding]:
    """A note at each header that matched only without invisible characters or line breaks."""
    cells = found.raw.rows[found.header]
    return [
        finding(rule, sheet.title, f"{column_letters(position + 1)}{found.header + 1}", name)
        for name, position in found.at.items()
        for rule in tidy(str(cells[position]))[1]
    ]


def _moved(sheet: Sheet, at: dict[str, int], header: int) -> list[Finding]:
    """One note at the first header out of the template's order."""
    present = [n for n in sheet.names if n in at]
    in_row = sorted(present, key=lambda n: at[n])
    first = next((found for wanted, found in zip(present, in_row, strict=True) if wanted != found), None)
    if first is None:
        return []
    return [finding("M10", sheet.title, f"{column_letters(at[first] + 1)}{header + 1}", first)]


def _find_records(sheet: Sheet, found: Located) -> None:
    """Fills ``positions``; notes the first row of each gap between records, and hidden records."""
    special, rows = found.raw.special, found.raw.rows
    used = [found.at[name] for name in sheet.names if name in found.at]
    unseen = {r - 1 for r, c in special.unread if c - 1 in used}
    first = used[0]
    found.positions = [
        p
        for p in range(found.header + 1, len(rows))
        if not is_blank(rows[p][first]) or p in unseen or any(not is_blank(rows[p][c]) for c in used)
    ]
    letter = column_letters(first + 1)
    _ignore_filled_down(sheet, found, used, unseen)
    ignored = set(found.ignored)
    apart = ((a, b) for a, b in pairwise([found.header, *found.positions]) if b > a + 1)
    for previous, p in apart:
        gap = next((q for q in range(previous + 1, p) if q not in ignored), None)
        if gap is not None:
            found.findings.append(finding("M09", sheet.title, f"{letter}{gap + 1}"))
    if hidden := [row for row in found.rows if row in special.hidden_rows]:
        found.findings.append(finding("M13", sheet.title, f"{letter}{hidden[0]}"))
    records = set(found.rows)
    struck = (at for at in sorted(special.struck) if at[0] in records and at[1] - 1 in used)
    cell = next((at for at in struck if not is_blank(rows[at[0] - 1][at[1] - 1])), None)
    if cell is not None:
        found.findings.append(finding("M25", sheet.title, f"{column_letters(cell[1])}{cell[0]}"))


def _ignore_filled_down(sheet: Sheet, found: Located, used: list[int], unseen: set[int]) -> None:
    """Removes rows with nothing but "nein" or an empty checkbox from the records."""
    answers = [found.at[c.name] for c in sheet.columns if NO in c.choices and c.name in found.at]
    seen = (p for p in found.positions if p not in unseen)
    cells = filled_down(found.raw.rows, seen, used, answers) if answers else []
    if not cells:
        return
    found.ignored = sorted({row - 1 for _, row in cells})
    found.positions = sorted(set(found.positions) - set(found.ignored))
    found.findings += (finding("W20", sheet.title, f"{column_letters(c)}{row}") for c, row in sorted(cells))


def _headless(sheet: Sheet, found: Located) -> list[Finding]:
    """A note at the empty header of each column with content but no header."""
    raw, known = found.raw, set(found.at.values())
    header, below = raw.rows[found.header], raw.rows[found.header + 1 :]
    unread = {c - 1 for r, c in raw.special.unread if r - 1 > found.header}
    empty = [c for c, cell in enumerate(header) if c not in known and is_blank(cell)]  # all rows are as wide
    return [
        finding("M11", sheet.title, f"{column_letters(c + 1)}{found.header + 1}")
        for c in empty
        if c in unread or any(not is_blank(cells[c]) for cells in below)
    ]
