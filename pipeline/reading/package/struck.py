"""Cells whose text is struck through, by their format or by a run of their text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from pipeline.reading.package.workbook_parts import tag_name, tree
from pipeline.xlsx.addresses import column_number

_ADDRESS = rb'<(?:\w+:)?c (?=[^<>]*\br="([A-Z]{1,3})([0-9]{1,7})")'
_STYLED = re.compile(_ADDRESS + rb'[^<>]*\bs="([0-9]{1,5})"')
_SHARED = re.compile(_ADDRESS + rb'[^<>]*\bt="s"[^<>]*><(?:\w+:)?v>([0-9]{1,8})<')
_INLINE = re.compile(_ADDRESS + rb'[^<>]*\bt="inlineStr"[^<>]*>((?:(?!</(?:\w+:)?c>).)*)', re.DOTALL)
_STRIKE = re.compile(rb'<(?:\w+:)?strike(?![^<>]*\bval="(?:0|false)")')


@dataclass(frozen=True, slots=True)
class Striking:
    """Numbers of the cell formats and shared strings that are struck through, wholly or partly."""

    formats: frozenset[bytes]
    texts: frozenset[bytes]

    @property
    def anywhere(self) -> bool:
        return bool(self.formats or self.texts)

    def cells(self, xml: bytes) -> set[tuple[int, int]]:
        """(row, column) from 1 of the struck cells of a sheet."""
        found = set()
        for pattern, numbers in ((_STYLED, self.formats), (_SHARED, self.texts)):
            if numbers:
                found |= {_place(m) for m in pattern.finditer(xml) if m[3] in numbers}
        if _STRIKE.search(xml):
            found |= {_place(m) for m in _INLINE.finditer(xml) if _STRIKE.search(m[3])}
        return found


def striking(styles: bytes, strings: bytes) -> Striking:
    """The struck formats and shared strings of a workbook."""
    return Striking(_formats(styles), _texts(strings))


def _formats(styles: bytes) -> frozenset[bytes]:
    groups = {tag_name(e.tag): e for e in tree(styles)}
    fonts = {n for n, font in enumerate(groups.get("fonts", ())) if _strikes(font)}
    if not fonts:
        return frozenset()
    cells = (e.get("fontId", "0") for e in groups.get("cellXfs", ()))
    return frozenset(b"%d" % n for n, font in enumerate(cells) if font.isdigit() and int(font) in fonts)


def _texts(strings: bytes) -> frozenset[bytes]:
    if b"strike" not in strings or not _STRIKE.search(strings):
        return frozenset()
    items = (e for e in tree(strings) if tag_name(e.tag) == "si")
    return frozenset(b"%d" % n for n, item in enumerate(items) if _strikes(item))


def _strikes(element: Element) -> bool:
    found = (e for e in element.iter() if tag_name(e.tag) == "strike")
    return any(e.get("val", "1") not in ("0", "false") for e in found)


def _place(match: re.Match[bytes]) -> tuple[int, int]:
    return int(match[2]), column_number(match[1].decode())
