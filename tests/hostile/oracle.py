"""What a workbook says, read by other means than the pipeline's: zipfile, ElementTree and nothing else.

It knows no repair and no check. So it is held only against what the pipeline accepted without a word about
the cell: there both must have read the same.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from xml.etree import ElementTree as ET

from pipeline.definitions.model import Severity, Workbook
from pipeline.definitions.sheet_types import Column, Kind, Sheet
from pipeline.xlsx.addresses import column_letters, column_number
from tests import builder

Cells = dict[tuple[int, str], str | float]  # (row, column letters) → text or number
_SEVERAL = (Kind.REFERENCES, Kind.CHOICES)


class Unreadable(Exception):  # noqa: N818  - an answer
    """No sound zip, no sound XML, or not what a workbook looks like."""


def read(data: bytes) -> dict[str, Cells]:
    """Sheet title → filled cells."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _read(archive)
    except Exception as error:  # whatever it is, this file says nothing
        raise Unreadable(type(error).__name__) from None


def _read(archive: zipfile.ZipFile) -> dict[str, Cells]:
    assert archive.testzip() is None
    book = _xml(archive, "xl/workbook.xml")
    places = {e.get("Id"): e.get("Target", "") for e in _xml(archive, "xl/_rels/workbook.xml.rels")}
    texts = _texts(archive)
    early = any(e.get("date1904") in ("1", "true") for e in _all(book, "workbookPr"))
    found: dict[str, Cells] = {}
    for sheet in _all(book, "sheet"):
        title = sheet.get("name", "")
        target = places[next(v for k, v in sheet.attrib.items() if k.endswith("}id"))]
        part = posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")
        assert title not in found
        if title not in ("Anleitung", "Prüfung", "Stand"):
            found[title] = _cells(_xml(archive, part), texts, 1462 if early else 0)
    return found


def _xml(archive: zipfile.ZipFile, name: str) -> ET.Element:
    return ET.fromstring(archive.read(name))  # noqa: S314  - mutants of our own file


def _all(root: ET.Element, tag: str) -> Iterator[ET.Element]:
    return (e for e in root.iter() if e.tag.rsplit("}", 1)[-1] == tag)


def _text(element: ET.Element) -> str:
    """All that its runs say, without phonetic guides."""
    silent = {t for guide in _all(element, "rPh") for t in guide.iter()}
    inner = {below for t in _all(element, "t") for below in t.iter() if below is not t}
    return "".join("".join(t.itertext()) for t in _all(element, "t") if t not in silent | inner)


def _texts(archive: zipfile.ZipFile) -> list[str]:
    if "xl/sharedStrings.xml" not in archive.namelist():
        return []
    return [_text(item) for item in _all(_xml(archive, "xl/sharedStrings.xml"), "si")]


def _cells(sheet: ET.Element, texts: list[str], shift: int) -> Cells:
    """Filled cells; one without a reference stands right of the one before it, or below."""
    found: Cells = {}
    row = 0
    for line in _all(sheet, "row"):
        row, column = int(line.get("r", row + 1)), 0
        for cell in _all(line, "c"):
            place = cell.get("r", f"{column_letters(column + 1)}{row}")
            match = re.fullmatch(r"([A-Z]+)([1-9][0-9]*)", place)
            column = column_number(match[1]) if match else column + 1
            value = _value(cell, texts, shift)
            if value not in ("", None):  # an empty cell may say what it likes
                assert match
                assert int(match[2]) == row
                assert (row, match[1]) not in found
                found[row, match[1]] = value
    return found


def _value(cell: ET.Element, texts: list[str], shift: int) -> Any:
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        return _text(cell)
    value = next((v.text for v in _all(cell, "v")), None)
    if value is None:
        return _text(cell)
    assert kind in ("n", "s", "b", "e", "d", "str")
    if kind not in ("n", "s"):
        return value
    if kind == "s":
        assert int(value) >= 0
        return texts[int(value)]
    return float(value) + shift if float(value) > 30_000 else float(value)


# --- against what the pipeline read ---------------------------------------------------------------------


def silent_difference(workbook: Workbook, data: bytes) -> str | None:
    """Where an accepted file was read otherwise than it is written, with no finding there; else None."""
    try:
        sheets = {title.strip().casefold(): cells for title, cells in read(data).items()}
    except Unreadable:
        sheets = {}
    shown = {(f.sheet, f.cell) for f in workbook.findings}
    if not sheets:
        return "accepted, though no other reader can read it"
    for definition in builder.rules().kinds[workbook.kind].tables:
        rows = _records(definition, sheets[definition.title.casefold()], workbook)
        difference = _first_difference(definition, rows, workbook, shown)
        if difference:
            return difference
    return None


def _records(sheet: Sheet, cells: Cells, workbook: Workbook) -> dict[int, dict[str, Any]]:
    """Excel row → header → value, of the rows under the header that hold anything in a column of the sheet."""
    letters = workbook.tables[sheet.title].letters
    headers = {r for r, _ in cells if all(_named(cells.get((r, at)), n) for n, at in letters.items())}
    below = min(headers, default=1 << 30)  # without the headers that the pipeline saw: no rows
    rows = sorted({r for r, c in cells if r > below and c in letters.values()})
    return {r: {name: cells.get((r, at)) for name, at in letters.items()} for r in rows}


def _named(value: Any, name: str) -> bool:
    return isinstance(value, str) and " ".join(value.rstrip("* ").split()).casefold() == name.casefold()


def _first_difference(
    sheet: Sheet,
    rows: dict[int, dict[str, Any]],
    workbook: Workbook,
    shown: set[tuple[str | None, str | None]],
) -> str | None:
    table = workbook.tables[sheet.title]
    if table.rows != list(rows):
        return f"{sheet.title}: rows {table.rows} read, {list(rows)} written"
    for column in (c for c in sheet.columns if c.name in table.letters):
        for row, value in table.records(column.name):
            cell = table.cell(row, column.name)
            if (sheet.title, cell) not in shown and value != _plain(column, rows[row][column.name]):
                return f"{sheet.title}!{cell} read otherwise than written"
    return None


def _plain(column: Column, value: Any) -> Any:
    """The value of a cell in which nothing had to be mended; NotImplemented where it cannot be one."""
    try:
        return _converted(column, value)
    except (ValueError, TypeError, AttributeError, OverflowError):
        return NotImplemented


def _converted(column: Column, value: Any) -> Any:
    if value is None:
        return None
    if column.kind is Kind.DATE:
        return (
            date(1899, 12, 30) + timedelta(days=value)
            if isinstance(value, float)
            else date.fromisoformat(value[:10])
        )
    if column.kind is Kind.INTEGER:
        return int(value)
    if column.kind in _SEVERAL:
        return tuple(dict.fromkeys(v.strip() for v in value.split(";") if v.strip()))
    return value


def accepted(workbook: Workbook) -> bool:
    return not workbook.refused and all(f.severity is not Severity.ERROR for f in workbook.findings)
