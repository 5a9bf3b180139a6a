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
_FORMULA = b"<f/>"  # stands for every formula while the cells are matched
_ARRAY = rb'(?: cm="[0-9]++")?+'  # mark of a formula that spills
_TEXT = rb"[^<\x00-\x08\x0b\x0c\x0e-\x1f]++"
_NUMBER = rb"-?+[0-9]{1,15}+(?:\.[0-9]++)?+(?:E[-+]?+[0-9]{1,2})?+"
_KNOWN_ERRORS = rb"#(?:REF!|N/A|DIV/0!|VALUE!|NAME\?|NULL!|NUM!)"


def _value(pattern: bytes) -> bytes:
    """A value, or a formula with or without one."""
    return rb"(?:%b(?:<v>(?:%b)?+</v>|<v ?+/>)?+|<v>%b</v>)" % (_FORMULA, pattern, pattern)


_CELL = (
    rb'<c r="(?:[A-Z]|[A-C][A-Z])(?P=row)"(?: s="[0-9]{1,5}+")?+(?: ?/>| t="(?:'
    rb'inlineStr">(?:<is>(?P<inline>)<t(?: xml:space="preserve")?+>%b</t></is>)?+|s"><v>[0-9]{1,8}+</v>|str"%b>%b|b"%b>%b|'
    rb'e"(?P<error>)%b>(?:%b)?+<v>%b</v>)</c>|(?: t="n")?+%b>%b?+</c>)'
) % (
    _TEXT,
    *(_ARRAY, _value(_TEXT), _ARRAY, _value(rb"[01]")),
    *(_ARRAY, _FORMULA, _KNOWN_ERRORS, _ARRAY, _value(_NUMBER)),
)
_ATTRIBUTES = rb'(?: (?!r=)(?:hidden="(?:1|true)"(?P<hidden>)|[A-Za-z0-9:]++="[^"<>\x00-\x1f\x7f-\xff]*+"))*+'
_ORDINARY = re.compile(
    rb'<sheetData>(?:<row r="(?=(?:[0-9]{5}|[5-9][0-9]{3})(?P<many>)|)(?P<row>[1-9][0-9]{0,4})"%b'
    rb"(?: ?/>|>(?:%b)*+</row>))*+</sheetData>" % (_ATTRIBUTES, _CELL)
)
_EMPTY_CELL = re.compile(rb'<c r="[A-Z]{1,3}[0-9]{1,7}"(?: s="[0-9]++")?+(?: t="n")?+(?:/>|></c>)')
_EMPTY_ROW = re.compile(rb'<row r="[0-9]{1,7}"%b(?:/>|></row>)' % _ATTRIBUTES)
_NO_CELLS = (b"<sheetData/>", b"<sheetData />")

# What no XML reader takes: a reference to a character that XML does not allow, and an "&" that begins none.
_BAD_REFERENCE = re.compile(
    rb"&(?:#(?:[0-9]{1,2};|x[0-9a-fA-F]{1,2};|x?0|6553[45];|x[fF]{3}[eEfF];)"
    rb"|(?!(?:amp|lt|gt|quot|apos|#[0-9]+|#x[0-9a-fA-F]+);))"
)
_NOT_IN_XML = bytes(set(range(32)) - set(b"\t\n\r"))
_ROOT = re.compile(rb"<[A-Za-z][^<>]*>")
_SHARED = 50_000  # bytes behind the cells, up to which what was found is kept

_ANY_FORMULA = re.compile(rb"<f(?: [^<>/]*+)?+(?:/>|>[^<]*+</f>)")
_FORMULA_CELL = re.compile(rb'<c r="([A-Z]{1,2})([0-9]{1,5})"([^<>]*+)>%b(<v>[^<]|<v[ />])?+' % _FORMULA)
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
    """The sheet without its formulas and unusual empty cells; None when it must be parsed."""
    split = _split(xml)
    if split is None or _BAD_REFERENCE.search(split[0]):
        return None
    body = _cut(split[0])
    match = _ORDINARY.fullmatch(body)
    if match is None:
        body = _EMPTY_ROW.sub(b"", _EMPTY_CELL.sub(b"", body))
        match = _ORDINARY.fullmatch(body)
    cells = _cells(body) if match and match.start("many") >= 0 else 0
    if match is None or cells > MAX_AREA:
        return None
    special = _picked(match)
    special.merged = merged_areas(split[1])
    values = body.count(b"</v>") - len(special.errors)
    if match.start("inline") >= 0:
        values += body.count(b"</is></c>")
    if (last := _last_formula(body)) > 0:
        values -= body.count(b"<v></v>", 0, last)  # only a formula can have a value of no characters
        body = body.replace(_FORMULA, b"")
    return SheetXml(body, special, values, cells)


def _cut(body: bytes) -> bytes:
    """The cells with every formula cut to its bare tag; unchanged when a formula is no text.

    The reading library would look through the formulas, and a pattern that matches the cells need not.
    """
    last = body.rfind(b"<f")
    end = body.find(b"</c>", last)
    if last < 0 or end < 0 or not _is_text(body[:end]):
        return body
    return _ANY_FORMULA.sub(_FORMULA, body[:end]) + body[end:]


def _is_text(xml: bytes) -> bool:
    """True when XML allows all its characters: nobody else looks at what is cut out."""
    try:
        xml.decode()
    except UnicodeDecodeError:
        return False
    return len(xml.translate(None, _NOT_IN_XML)) == len(xml)


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
    if match.start("error") >= 0:
        special.errors = {_place(*found) for found in _ERROR_CELL.findall(body, 0, match.start("error"))}
    if match.start("hidden") >= 0:
        special.hidden_rows = {int(row) for row in _HIDDEN.findall(body)}
    formulas = _FORMULA_CELL.findall(body, 0, _last_formula(body))
    special.formulas = {(int(row), _number(column)) for column, row, _, _ in formulas}
    special.without_result = {
        _place(column, row)
        for column, row, attributes, result in formulas
        if len(result) < 4
        and not (len(result) == 3 and b't="str"' in attributes)  # an empty text is a result
    } - special.errors
    return special


def _last_formula(body: bytes) -> int:
    """Position where the cell of the last formula ends; 0 without formulas."""
    last = body.rfind(_FORMULA)
    return body.index(b"</c>", last) if last >= 0 else 0


def _place(column: bytes, row: bytes) -> tuple[int, int]:
    return int(row), _number(column)


@lru_cache(maxsize=256)
def _number(column: bytes) -> int:
    return column_number(column.decode())
