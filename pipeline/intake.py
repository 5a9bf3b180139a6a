"""Untrusted bytes → cells of the sheets, or one refusal.

The file is looked at before any library opens it: what it is by content, whether the zip is sound and
of bearable size, whether cells lie far outside the grid. The values come from python-calamine; what that
library does not tell (error values, formulas, hidden rows) is read from the sheet's XML with expat, and
only where the XML has any of it.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree
from xml.parsers import expat

import python_calamine
from openpyxl.utils import column_index_from_string

from pipeline.messages import finding
from pipeline.model import Finding

MAX_INFLATED = 400_000_000
MAX_PARTS = 2_000
MAX_ROW, MAX_COLUMN = 100_000, 702  # beyond row 100,000 or column ZZ no template has anything

_HEAD = 4096  # bytes of a part in which a DTD would stand
_XML = (".xml", ".rels", ".vml")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# XML without these is written as nearly every program writes it, so cells can be picked out by searching;
# all other XML is walked with expat, element by element.
_UNUSUAL = (b":f>", b":f ", b":f/", b"='", b" =", b"= ", b"=\n", b"<!")
_FORMULAS, _ERROR = (b"<f>", b"<f ", b"<f/"), b't="e"'
_CELL = re.compile(rb'<c r="([A-Z]{1,3})([0-9]+)"([^>]*)>')
_RESULT = re.compile(rb"<(?:v|t)(?: [^>]*)?>[^<]")
_HIDDEN = re.compile(rb'<row (?:r="([0-9]+)"[^>]*)?[^>]*\bhidden="(?:1|true)"')
_FAR = re.compile(rb'r="(?:[A-Z]{3}|[A-Z]{0,2}[0-9]{6})')
_REF = re.compile(r"([A-Z]+)([0-9]+)")


class Refused(Exception):  # noqa: N818  - an answer, not a fault of ours
    """The file cannot be read; ``finding`` says why and what to do."""

    def __init__(self, reason: Finding) -> None:
        super().__init__(reason.rule)
        self.finding = reason


@dataclass(slots=True)
class Special:
    """Cells (row, column from 1) of one sheet that the values alone do not show."""

    errors: set[tuple[int, int]] = field(default_factory=set)
    formulas: set[tuple[int, int]] = field(default_factory=set)
    without_result: set[tuple[int, int]] = field(default_factory=set)
    hidden_rows: set[int] = field(default_factory=set)
    far: str | None = None


@dataclass(slots=True)
class RawSheet:
    """``rows[0][0]`` is A1. Empty cells are ``''``; numbers are floats."""

    rows: list[list[Any]]
    special: Special


@dataclass(slots=True)
class RawWorkbook:
    """The wanted sheets with their cells, and the names of all sheets."""

    sheets: dict[str, RawSheet]
    names: tuple[str, ...]
    external_links: bool


def read_raw(data: bytes, wanted: Callable[[str], bool]) -> RawWorkbook:
    """The wanted sheets of a workbook; Refused when it is none or must not be opened."""
    archive = _archive(data)
    names = set(archive.namelist())
    if any(n.lower().endswith("vbaproject.bin") for n in names):
        raise Refused(finding("D04"))
    _refuse_dtds(archive)
    targets = _targets(archive)
    parts = {name: _part(archive, target) for name, target in targets.items() if wanted(name)}
    special = {name: _special(name, xml) for name, xml in parts.items()}
    rows = _values(data, list(parts))
    sheets = {name: RawSheet(rows[name], special[name]) for name in parts}
    return RawWorkbook(sheets, tuple(targets), any(n.startswith("xl/externalLinks/") for n in names))


def open_parts(data: bytes) -> dict[str, bytes]:
    """All parts of a workbook by name, within the limits; Refused when it must not be opened."""
    archive = _archive(data)
    _refuse_dtds(archive)
    return {i.filename: _part(archive, i.filename) for i in archive.infolist() if not i.is_dir()}


def _values(data: bytes, names: list[str]) -> dict[str, list[list[Any]]]:
    try:
        book = python_calamine.load_workbook(io.BytesIO(data))
        return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in names}
    except BaseException as error:  # a panic of the reading library is no Exception, known by name alone
        if isinstance(error, Exception) or type(error).__name__ == "PanicException":
            raise Refused(finding("D18")) from None
        raise


# --- zip ----------------------------------------------------------------------------------------------


def _archive(data: bytes) -> zipfile.ZipFile:
    if data.startswith(_OLE):
        raise Refused(finding("D03" if "EncryptedPackage".encode("utf-16-le") in data else "D02"))
    if not data.startswith(b"PK"):
        raise Refused(finding("D01"))
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise Refused(finding("D05")) from None
    infos = archive.infolist()
    names = [i.filename.lower() for i in infos]
    if len(names) > MAX_PARTS or len(set(names)) < len(names) or any(i.flag_bits & 1 for i in infos):
        raise Refused(finding("D05"))
    if sum(i.file_size for i in infos) > MAX_INFLATED:
        raise Refused(finding("D05"))
    if "[content_types].xml" not in names:
        raise Refused(finding("D01"))
    return archive


def _read(archive: zipfile.ZipFile, name: str, size: int) -> bytes:
    """The first ``size`` bytes of a member."""
    try:
        with archive.open(name) as stream:
            return stream.read(size)
    except (zipfile.BadZipFile, KeyError, OSError, EOFError, NotImplementedError, ValueError):
        raise Refused(finding("D05")) from None
    except Exception as error:  # zlib.error is a plain Exception
        raise Refused(finding("D05")) from error


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    data = _read(archive, name, MAX_INFLATED + 1)
    if len(data) > MAX_INFLATED:
        raise Refused(finding("D05"))
    if _has_dtd(data):
        raise Refused(finding("D06"))
    return data


def _refuse_dtds(archive: zipfile.ZipFile) -> None:
    """D06 for a DTD at the head of any part, for the reading library opens parts that we do not."""
    for name in archive.namelist():
        if name.lower().endswith(_XML) and _has_dtd(_read(archive, name, _HEAD)):
            raise Refused(finding("D06"))


def _has_dtd(xml: bytes) -> bool:
    """In UTF-16 a zero stands between the letters."""
    return b"<!DOCTYPE" in xml or b"<!DOCTYPE" in xml[:_HEAD].replace(b"\0", b"")


def _tree(archive: zipfile.ZipFile, name: str) -> ElementTree.Element:
    try:
        return ElementTree.fromstring(_part(archive, name))  # noqa: S314  - parts with a DTD are refused
    except ElementTree.ParseError:
        raise Refused(finding("D05")) from None


def _local(tag: str) -> str:
    return tag.rsplit("}", 1)[-1]


def _targets(archive: zipfile.ZipFile) -> dict[str, str]:
    """Sheet name → part of the archive, through the relationships; namespaces (Strict or not) do not matter."""
    root = _relations(archive, "_rels/.rels", "")
    workbook = next((target for _, kind, target in root if kind.endswith("/officeDocument")), None)
    if workbook is None or workbook not in archive.namelist():
        raise Refused(finding("D01"))
    folder, file = posixpath.split(workbook)
    targets = {id_: target for id_, _, target in _relations(archive, f"{folder}/_rels/{file}.rels", folder)}
    found: dict[str, str] = {}
    for element in _tree(archive, workbook).iter():
        if _local(element.tag) != "sheet":
            continue
        relation = next((v for k, v in element.attrib.items() if _local(k) == "id"), "")
        target = targets.get(relation, "")
        if "worksheets/" in target:
            found[element.get("name", "")] = target
    return found


def _relations(archive: zipfile.ZipFile, name: str, base: str) -> list[tuple[str, str, str]]:
    """(id, type, target path inside the archive) of each relationship."""
    return [
        (
            e.get("Id", ""),
            e.get("Type", ""),
            posixpath.normpath(posixpath.join("/" + base, e.get("Target", ""))).lstrip("/"),
        )
        for e in _tree(archive, name)
        if _local(e.tag) == "Relationship" and e.get("TargetMode") != "External"
    ]


# --- what the values do not show ----------------------------------------------------------------------


def _special(name: str, xml: bytes) -> Special:
    usual = not any(token in xml for token in _UNUSUAL) and not _FAR.search(xml)
    found = _picked(xml) if usual else None
    return _walked(name, xml) if found is None else found


def _walked(name: str, xml: bytes) -> Special:
    scan = _Scan()
    try:
        scan.run(xml)
    except expat.ExpatError:
        raise Refused(finding("D05")) from None
    if scan.special.far:
        raise Refused(finding("D17", name, scan.special.far))
    return scan.special


def _picked(xml: bytes) -> Special | None:
    """The same by searching, without a look at ordinary cells; None where that is not safe."""
    special = Special()
    for token in (*_FORMULAS, _ERROR):
        for position in _positions(xml, token):
            start = xml.rfind(b"<c ", 0, position)
            cell = _CELL.match(xml, start) if start >= 0 else None
            end = xml.find(b"</c>", start)
            if cell is None or not start < position < max(end, cell.end()):
                return None
            _keep(special, cell, token, xml[cell.end() : end])
    for row in _HIDDEN.finditer(xml):
        if row[1] is None:
            return None
        special.hidden_rows.add(int(row[1]))
    return special


def _positions(xml: bytes, token: bytes) -> Iterator[int]:
    position = xml.find(token)
    while position >= 0:
        yield position
        position = xml.find(token, position + 1)


def _keep(special: Special, cell: re.Match[bytes], token: bytes, inside: bytes) -> None:
    at = (int(cell[2]), column_index_from_string(cell[1].decode()))
    if token == _ERROR:
        special.errors.add(at)
        return
    special.formulas.add(at)
    if not _RESULT.search(inside) and b't="str"' not in cell[3]:
        special.without_result.add(at)


class _Scan:
    """Walks one sheet's XML and keeps the addresses of errors, formulas and hidden rows."""

    def __init__(self) -> None:
        self.special = Special()
        self.row = self.column = 0
        self.type = self.ref = ""
        self.has_formula = self.has_value = False
        self.inside = ""

    def run(self, xml: bytes) -> None:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.Parse(xml, True)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = tag.rsplit(" ", 1)[-1]
        if tag == "row":
            self.row = int(attributes["r"]) if "r" in attributes else self.row + 1
            self.column = 0
            if attributes.get("hidden") in ("1", "true"):
                self.special.hidden_rows.add(self.row)
        elif tag == "c":
            self._cell(attributes)
        elif tag == "f":
            self.has_formula = True
        self.inside = tag

    def _cell(self, attributes: dict[str, str]) -> None:
        self.column += 1
        self.ref = attributes.get("r", "")
        if match := _REF.fullmatch(self.ref):
            letters, row = match.groups()
            self.row = int(row)
            self.column = column_index_from_string(letters) if len(letters) <= 3 else MAX_COLUMN + 1
        self.type = attributes.get("t", "")
        self.has_formula = self.has_value = False

    def _text(self, text: str) -> None:
        if self.inside in ("v", "t") and text:
            self.has_value = True

    def _end(self, tag: str) -> None:
        self.inside = ""
        if tag.rsplit(" ", 1)[-1] != "c":
            return
        at = (self.row, self.column)
        if self.type == "e":
            self.special.errors.add(at)
        if self.has_formula:
            self.special.formulas.add(at)
            if not self.has_value and self.type != "str":
                self.special.without_result.add(at)
        if self.has_value and (self.row > MAX_ROW or self.column > MAX_COLUMN) and not self.special.far:
            self.special.far = self.ref
