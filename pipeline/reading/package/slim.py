"""Builds the workbook that the reading library is given, only from checked parts.

It holds the wanted sheets' cells, the number formats and the shared strings, uncompressed. Left out is what
makes the library reserve memory on the word of the file (counts, dimensions), read the XML a second time
(merged cells: an empty list stands before the cells, where the library finds it at once) or open other parts.
So the library sees exactly what was counted.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterable, Mapping
from functools import lru_cache

from pipeline.reading.package.preflight import sound
from pipeline.reading.package.sheetwalk import text_element, xml_escaped
from pipeline.reading.package.workbook_parts import tag_name, tree

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_SHEET = (b'<worksheet><mergeCells count="0"></mergeCells>', b"</worksheet>")
_STRINGS = re.compile(rb"(?:\s|<\?.*?\?>)*+<sst(?: [^<>]*)?(?<!/)>", re.DOTALL)


def slim(sheets: Iterable[bytes], styles: bytes, strings: bytes, date1904: bool) -> bytes:
    """A workbook of the given ``<sheetData>`` elements, in order, named ``1``, ``2`` …"""
    parts = {f"xl/worksheets/{n}.xml": b"".join((_SHEET[0], s, _SHEET[1])) for n, s in enumerate(sheets, 1)}
    parts |= _frame(len(parts), date1904)
    parts["xl/styles.xml"], parts["xl/sharedStrings.xml"] = styles, strings
    return _stored(parts)


@lru_cache(maxsize=64)
def _frame(sheets: int, date1904: bool) -> dict[str, bytes]:
    """The parts that say which sheets there are."""
    numbers = range(1, sheets + 1)
    listed = "".join(f'<sheet name="{n}" sheetId="{n}" r:id="r{n}"/>' for n in numbers)
    book = (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><workbookPr date1904="{int(date1904)}"/>'
        f"<sheets>{listed}</sheets></workbook>"
    )
    targets = [(f"r{n}", "worksheet", f"worksheets/{n}.xml") for n in numbers]
    return {
        "_rels/.rels": _relationships([("r1", "officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": book.encode(),
        "xl/_rels/workbook.xml.rels": _relationships(targets),
    }


def _relationships(relations: list[tuple[str, str, str]]) -> bytes:
    inside = "".join(
        f'<Relationship Id="{id_}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for id_, kind, target in relations
    )
    return f'<Relationships xmlns="{_PACKAGE}">{inside}</Relationships>'.encode()


def number_formats(styles: bytes) -> bytes:
    """The styles reduced to what distinguishes dates from numbers."""
    groups = {tag_name(e.tag): e for e in tree(styles)}
    formats = "".join(
        f'<numFmt numFmtId="{xml_escaped(e.get("numFmtId", ""))}" formatCode="{xml_escaped(e.get("formatCode", ""))}"/>'
        for e in groups.get("numFmts", ())
    )
    cells = "".join(
        f'<xf numFmtId="{xml_escaped(e.get("numFmtId", "0"))}"/>' for e in groups.get("cellXfs", ())
    )
    return f"<styleSheet><numFmts>{formats}</numFmts><cellXfs>{cells}</cellXfs></styleSheet>".encode()


def texts_as_they_stand(xml: bytes) -> bytes | None:
    """The shared strings without the counts at their head; None when they must be rewritten."""
    head = _STRINGS.match(xml)
    if head is None or xml.count(b"<sst") > 1 or b"<!" in xml or not sound(xml):
        return None
    return b"<sst>" + xml[head.end() :]


def texts_anew(texts: Iterable[str]) -> bytes:
    items = "".join(f"<si>{text_element('t', text)}</si>" for text in texts)
    return f"<sst>{items}</sst>".encode("utf-8", "replace")


def _stored(parts: Mapping[str, bytes]) -> bytes:
    """An uncompressed zip; ``zipfile`` takes longer for it than inflating the workbook."""
    members: list[bytes] = []
    directory: list[bytes] = []
    place = 0
    for name, part in parts.items():
        label = name.encode()
        about = struct.pack(
            "<HHHHHIIIHH", 20, 0, 0, 0, 33, zlib.crc32(part), len(part), len(part), len(label), 0
        )
        member = (b"PK\x03\x04", about, label, part)
        directory += [b"PK\x01\x02\x14\x00", about, struct.pack("<HHHII", 0, 0, 0, 0, place), label]
        members += member
        place += sum(map(len, member))
    size = sum(map(len, directory))
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, len(parts), len(parts), size, place, 0)
    return b"".join((*members, *directory, end))
