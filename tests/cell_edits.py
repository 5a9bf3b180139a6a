"""Changes single cells in the XML of a saved workbook.

Fast, and it can write what openpyxl cannot: error values, formulas without a result, hidden rows.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import Any

from lxml import etree
from openpyxl.utils import column_index_from_string

from pipeline.definitions.sheets import CHECK_TITLE, LISTS_TITLE, STATE_TITLE
from tests.builder import HEADER_ROW, valid, value_of

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@dataclass(frozen=True)
class Formula:
    """A formula with the result that was stored with it, if any."""

    text: str
    result: float | str | None = None


@dataclass(frozen=True)
class ErrorValue:
    """An error value, as the result of a formula if one is given."""

    text: str = "#REF!"
    formula: str | None = None


@dataclass(frozen=True)
class Text:
    """A text that looks like a date or a number and shall stay one: ``Text("12")``."""

    text: str


Edits = Mapping[str, Any]  # "Personen!F6" → value; None empties the cell


def unpack(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def pack(parts: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, part in parts.items():
            archive.writestr(zipfile.ZipInfo(name), part)
    return out.getvalue()


@lru_cache(16)
def _parts_of(data: bytes) -> tuple[dict[str, bytes], dict[str, str]]:
    """Parts of a workbook, and the part of each sheet."""
    parts = unpack(data)
    relations = {
        e.get("Id"): "xl/" + e.get("Target", "").removeprefix("/xl/")
        for e in etree.fromstring(parts["xl/_rels/workbook.xml.rels"])
    }
    book = etree.fromstring(parts["xl/workbook.xml"])
    return parts, {e.get("name", ""): relations[e.get(_RELATION)] for e in book.iter(f"{{{MAIN}}}sheet")}


def sheet_part(title: str, data: bytes | None = None) -> str:
    """Name of the zip member that holds a sheet."""
    return _parts_of(data or valid())[1][title]


def edited(edits: Edits, base: bytes | None = None) -> bytes:
    """The workbook with some cells changed; without a base, the valid one without its formulas."""
    parts, sheets = _parts_of(base or plain_valid())
    by_sheet: dict[str, dict[str, Any]] = {}
    for place, value in edits.items():
        title, cell = place.split("!")
        by_sheet.setdefault(title, {})[cell] = value
    changed = {sheets[title]: _edit(parts[sheets[title]], cells) for title, cells in by_sheet.items()}
    return pack(parts | changed)


def plain(base: bytes) -> bytes:
    """The workbook without what only guides the person who fills it: the computed sheets, the lists behind
    drop-downs, the defined names. What is read of it is the same, in a third of the time.
    """
    parts, sheets = _parts_of(base)
    lists, book = sheets[LISTS_TITLE], "xl/workbook.xml"
    cut = {sheets[t]: _CELLS for t in (CHECK_TITLE, STATE_TITLE) if t in sheets}
    cut |= {lists: _BESIDE_IDENTITY, book: _DEFINED_NAMES}
    return pack(parts | {part: pattern.sub(b"", parts[part]) for part, pattern in cut.items()})


_CELLS = re.compile(b"<row .*</row>", re.DOTALL)
_BESIDE_IDENTITY = re.compile(b'<c r="(?![AB][0-9])[^<>]*(?:/>|>.*?</c>)', re.DOTALL)
_DEFINED_NAMES = re.compile(b"<definedNames>.*</definedNames>", re.DOTALL)


@cache
def plain_valid() -> bytes:
    return plain(valid())


def rewritten(title: str, change: Callable[[str], str], base: bytes | None = None) -> bytes:
    """The workbook with the XML of one sheet rewritten; fails when nothing changed."""
    parts, sheets = _parts_of(base or valid())
    old = parts[sheets[title]].decode()
    new = change(old)
    assert new != old
    return pack(parts | {sheets[title]: new.encode()})


def _edit(xml: bytes, cells: Mapping[str, Any]) -> bytes:
    root = etree.fromstring(xml)
    data = root.find(f"{{{MAIN}}}sheetData")
    assert data is not None
    for place, value in cells.items():
        letters, number = re.fullmatch(r"([A-Z]+)(\d+)", place).groups()  # type: ignore[union-attr]
        row = _row(data, int(number))
        _put(_cell(row, place, letters), value, _date_style(data, letters))
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _row(data: etree._Element, number: int) -> etree._Element:
    position = len(data)
    for i, row in enumerate(data):
        if int(row.get("r", 0)) == number:
            return row
        if int(row.get("r", 0)) > number:
            position = i
            break
    row = etree.Element(f"{{{MAIN}}}row", {"r": str(number)})
    data.insert(position, row)
    return row


def _cell(row: etree._Element, place: str, letters: str) -> etree._Element:
    wanted = column_index_from_string(letters)
    position = len(row)
    for i, cell in enumerate(row):
        here = column_index_from_string(cell.get("r", "").rstrip("0123456789"))
        if here == wanted:
            return cell
        if here > wanted:
            position = i
            break
    cell = etree.Element(f"{{{MAIN}}}c", {"r": place})
    row.insert(position, cell)
    return cell


def _date_style(data: etree._Element, letters: str) -> str | None:
    """Style of the first numeric record of a column: in a column of dates, the one of a date."""
    for cell in data.iter(f"{{{MAIN}}}c"):
        column, row = re.fullmatch(r"([A-Z]+)(\d+)", cell.get("r", "")).groups()  # type: ignore[union-attr]
        if column == letters and int(row) > HEADER_ROW and cell.get("t", "n") == "n" and len(cell):
            return cell.get("s")
    return None


def _put(cell: etree._Element, value: Any, date_style: str | None) -> None:  # noqa: C901  - one case a kind
    for child in list(cell):
        cell.remove(child)
    cell.attrib.pop("t", None)
    if isinstance(value, str):
        value = value_of(value) if not isinstance(value_of(value), int) else Text(value)
    match value:
        case None:
            pass
        case bool():
            cell.set("t", "b")
            _child(cell, "v", str(int(value)))
        case date():
            assert date_style is not None, f"no date in the column of {cell.get('r')}"
            cell.set("s", date_style)
            _child(cell, "v", str((value - date(1899, 12, 30)).days))
        case int() | float():
            _child(cell, "v", repr(value))
        case Formula(text, result):
            _child(cell, "f", text)
            if result is not None:
                if isinstance(result, str):
                    cell.set("t", "str")
                _child(cell, "v", str(result))
        case ErrorValue(text, formula):
            cell.set("t", "e")
            if formula:
                _child(cell, "f", formula)
            _child(cell, "v", text)
        case str() | Text():
            cell.set("t", "inlineStr")
            inline = _child(cell, "is", None)
            text = _child(inline, "t", value if isinstance(value, str) else value.text)
            text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        case _:
            raise TypeError(value)


def _child(parent: etree._Element, tag: str, text: str | None) -> etree._Element:
    child = etree.SubElement(parent, f"{{{MAIN}}}{tag}")
    child.text = text
    return child
