"""Reads a sheet's XML in the form that nearly every program writes, by one regular expression.

It matches rows and cells with an address each, in order, of known types with fitting values, over the whole
of ``<sheetData>``, so a match leaves nothing that two readers could read differently. Other sheets are parsed
(``sheetwalk``). Content that values do not show is then found by searching.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from xml.parsers import expat

from pipeline.reading.package.preflight import plain_xml, sound
from pipeline.xlsx.addresses import column_number

# Ten times what the template holds, and room for columns of the municipality's own. Excel's grid is larger,
# but a library that is given a value in its last cell reserves memory for all cells before it.
MAX_ROW, MAX_COLUMN = 99_999, 104  # to column CZ
MAX_AREA = 3_000_000  # cells from A1 to the last one that holds something, all sheets together
MAX_MERGES = 10_000

# Named groups mark the last place of what most sheets have none of, so that only what lies before is searched.
_REST_OF_FORMULA = rb"(?: [^<>/]*+)?+(?:/>|>[^<]*+</f>)"
_FORMULA = rb"<f(?P<formula%d>)" + _REST_OF_FORMULA
_ARRAY = rb'(?: cm="[0-9]++")?+'  # mark of a formula that spills
_TEXT = rb"[^<\x00-\x08\x0b\x0c\x0e-\x1f]++"
_NUMBER = rb"-?+[0-9]{1,15}+(?:\.[0-9]++)?+(?:E[-+]?+[0-9]{1,2})?+"
_KNOWN_ERRORS = rb"#(?:REF!|N/A|DIV/0!|VALUE!|NAME\?|NULL!|NUM!)"


def _value(pattern: bytes, n: int) -> bytes:
    """A value, or a formula with or without one; ``n`` numbers the groups."""
    return rb"(?:%b(?:<v>(?:%b)?+</v>|<v ?+/>)?+|<v>%b</v>)" % (_FORMULA % n, pattern, pattern)


_CELL = (
    rb'<c r="(?:[A-Z]|[A-C][A-Z])(?P=row)"(?: s="[0-9]{1,5}+")?+(?: ?/>| t="(?:'
    rb'inlineStr">(?:<is>(?P<inline>)<t(?: xml:space="preserve")?+>%b</t></is>)?+|s"><v>[0-9]{1,8}+</v>|str"%b>%b|b"%b>%b|'
    rb'e"(?P<error>)%b>(?:%b)?+<v>%b</v>)</c>|(?: t="n")?+%b>%b?+</c>)'
) % (
    _TEXT,
    *(_ARRAY, _value(_TEXT, 1), _ARRAY, _value(rb"[01]", 2)),
    *(_ARRAY, _FORMULA % 3, _KNOWN_ERRORS, _ARRAY, _value(_NUMBER, 4)),
)
_ATTRIBUTES = rb'(?: (?!r=)(?:hidden="(?:1|true)"(?P<hidden%d>)|[A-Za-z0-9:]++="[^"<>]*+"))*+'
_ORDINARY = re.compile(
    rb'<sheetData>(?:<row r="(?=(?:[0-9]{5}|[5-9][0-9]{3})(?P<many>)|)(?P<row>[1-9][0-9]{0,4})"%b'
    rb"(?: ?/>|>(?:%b)*+</row>))*+</sheetData>" % (_ATTRIBUTES % 1, _CELL)
)
_EMPTY_CELL = re.compile(rb'<c r="[A-Z]{1,3}[0-9]{1,7}"(?: s="[0-9]++")?+(?: t="n")?+(?:/>|></c>)')
_EMPTY_ROW = re.compile(rb'<row r="[0-9]{1,7}"%b(?:/>|></row>)' % (_ATTRIBUTES % 1))
_NO_CELLS = (b"<sheetData/>", b"<sheetData />")

_CONTROL = re.compile(rb"&#(?:[0-9]{1,2};|x[0-9a-fA-F]{1,2};|x?0|6553[45];|x[fF]{3}[eEfF];)")
_NOT_IN_XML = bytes(set(range(32)) - set(b"\t\n\r"))
_LONE_AMPERSAND = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos|#[0-9]+|#x[0-9a-fA-F]+);)")
_ROOT = re.compile(rb"<[A-Za-z][^<>]*>")
_SHARED = 50_000  # bytes behind the cells, up to which what was found is kept

_ANY_FORMULA = re.compile(b"<f" + _REST_OF_FORMULA)
_FORMULA_CELL = re.compile(
    rb'<c r="([A-Z]{1,2})([0-9]{1,5})"([^<>]*+)><f%b(<v>[^<]|<v[ />])?+' % _REST_OF_FORMULA
)
_HIDDEN = re.compile(rb'<row r="([0-9]+)"[^<>]* hidden="(?:1|true)"')
_ROW = re.compile(rb'<row r="([0-9]+)')
_COLUMN = re.compile(rb'<c r="([A-Z]+)')
_ERROR_CELL = re.compile(rb'<c r="([A-Z]{1,3})([0-9]+)"[^<>]* t="e"')
_AREA = re.compile("([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})")


@dataclass(slots=True)
class Special:
    """Cells (row, column from 1) of one sheet with content that the values do not show.

    ``unreadable``: type and content do not match. ``merged``: areas as (first column, first row, last column,
    last row). ``rich``: cells among ``errors`` with a rich value, by its number; ``pictures`` and ``linked``:
    what that is. ``struck``: cells whose text is struck through.
    """

    errors: set[tuple[int, int]] = field(default_factory=set)
    formulas: set[tuple[int, int]] = field(default_factory=set)
    without_result: set[tuple[int, int]] = field(default_factory=set)
    unreadable: set[tuple[int, int]] = field(default_factory=set)
    hidden_rows: set[int] = field(default_factory=set)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    rich: dict[tuple[int, int], int] = field(default_factory=dict)
    pictures: set[tuple[int, int]] = field(default_factory=set)
    linked: set[tuple[int, int]] = field(default_factory=set)
    struck: set[tuple[int, int]] = field(default_factory=set)

    @property
    def unread(self) -> set[tuple[int, int]]:
        """Filled cells without a value."""
        return self.errors | self.without_result | self.unreadable


@dataclass(slots=True)
class SheetXml:
    """``<sheetData>`` of a sheet for the reading library, and what was counted in it.

    ``values``: number of cells whose value the library must return; ``area``: cells from A1 to the last in
    use.
    """

    body: bytes
    special: Special
    values: int
    area: int


def ordinary(xml: bytes) -> SheetXml | None:
    """The sheet as it is, unusual empty cells removed; None when it must be parsed."""
    split = _split(xml)
    if split is None:
        return None
    body, tail = split
    match = _ORDINARY.fullmatch(body)
    if match is None:
        body = _EMPTY_ROW.sub(b"", _EMPTY_CELL.sub(b"", body))
        match = _ORDINARY.fullmatch(body)
    cells = _cells(body) if match and match.start("many") >= 0 else 0
    if match is None or cells > MAX_AREA or _CONTROL.search(body):
        return None
    last = _last_formula(match)
    if last >= 0 and not _is_text(body):
        return None
    special = _picked(match)
    special.merged = merged_areas(tail)
    values = body.count(b"</v>") - len(special.errors)
    if match.start("inline") >= 0:
        values += body.count(b"</is></c>")
    if last >= 0:
        values -= body.count(b"<v></v>", 0, body.index(b"</c>", last))
        body = _ANY_FORMULA.sub(b"", body)  # the library would look through their text
    return SheetXml(body, special, values, cells)


def _is_text(body: bytes) -> bool:
    """True when XML allows all its characters and no "&" stands alone: nobody else looks at what is cut out."""
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    if len(body.translate(None, _NOT_IN_XML)) < len(body):
        return False
    return _LONE_AMPERSAND.search(body) is None


def _split(xml: bytes) -> tuple[bytes, bytes] | None:
    """``<sheetData>…</sheetData>`` and what follows; None unless it occurs once, and the rest is well-formed."""
    start = xml.find(b"<sheetData")
    if xml[start : start + 13].startswith(_NO_CELLS):
        end = xml.index(b">", start) + 1
        body = b"<sheetData></sheetData>"
    else:
        end = xml.rfind(b"</sheetData>") + len(b"</sheetData>")
        body = xml[start:end]
    head, tail = xml[: max(start, 0)], xml[end:]
    if not 0 < start < end or b"<!" in head or b"sheetData" in head or b"sheetData" in tail:
        return None
    return (body, tail) if _sound_around(plain_xml(head), tail) else None


def _sound_around(head: bytes, tail: bytes) -> bool:
    """Whether the XML around the cells is well-formed. Sheets of one template share what follows them."""
    root, end = _ROOT.search(head), tail[tail.rfind(b"</") :]
    if root is None or not sound(b"%b<sheetData/>%b" % (head, end)):
        return False
    return _sound_tail(root[0], tail) if len(tail) < _SHARED else sound(root[0] + tail)


@lru_cache(maxsize=256)
def _sound_tail(root: bytes, tail: bytes) -> bool:
    return sound(root + tail)


def _cells(body: bytes) -> int:
    """Number of cells from A1 to the last one in use."""
    columns = {column_number(c.decode()) for c in set(_COLUMN.findall(body))}
    return max(map(int, set(_ROW.findall(body))), default=0) * max(columns, default=0)


def merged_areas(tail: bytes) -> list[tuple[int, int, int, int]]:
    """The merged areas listed after the cells; invalid areas are ignored."""
    if b"mergeCell" not in tail:
        return []
    found: list[tuple[int, int, int, int]] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag.rpartition(":")[2] == "mergeCell" and len(found) < MAX_MERGES:
            place = area(attributes.get("ref", ""))
            found.extend([place] if place is not None else [])

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    with suppress(expat.ExpatError):  # its last tag closes the worksheet, whose start stands before the cells
        parser.Parse(b"<behind>" + tail, True)
    return found


def area(ref: str) -> tuple[int, int, int, int] | None:
    """``A1:B3`` → (1, 1, 2, 3): first column and row, last column and row."""
    match = _AREA.fullmatch(ref)
    if match is None:
        return None
    return column_number(match[1]), int(match[2]), column_number(match[3]), int(match[4])


def _picked(match: re.Match[bytes]) -> Special:
    body, special = match.string, Special()
    if (last := _last_formula(match)) >= 0:
        first = body.rfind(b"<c ", 0, body.index(b"<f"))
        for column, row, attributes, result in _FORMULA_CELL.findall(body, first, body.index(b"</c>", last)):
            at = _place(column, row)
            special.formulas.add(at)
            if len(result) < (3 if b't="str"' in attributes else 4):  # an empty text is a result, too
                special.without_result.add(at)
    for column, row in _ERROR_CELL.findall(body, 0, max(match.start("error"), 0)):
        special.errors.add(_place(column, row))
    if match.start("hidden1") >= 0:
        special.hidden_rows = {int(row) for row in _HIDDEN.findall(body)}
    special.without_result -= special.errors
    return special


def _last_formula(match: re.Match[bytes]) -> int:
    """Position where the last formula begins, or -1. Only a formula can have a value of no characters."""
    return max(match.start(f"formula{n}") for n in range(1, 5))


def _place(column: bytes, row: bytes) -> tuple[int, int]:
    return int(row), _number(column)


@lru_cache(maxsize=256)
def _number(column: bytes) -> int:
    return column_number(column.decode())
