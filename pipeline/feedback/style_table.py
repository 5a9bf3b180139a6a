"""The style table (styles.xml) of a received workbook: adds marks to cell formats and removes them again.

A mark encodes the fill that it covers, so the next round can restore it: the last digit of its colour names a
fill of the template; any other fill is kept as the background colour of the mark, which a solid fill does not
show. LibreOffice rewrites background colours, so they are ignored in a file that it saved.
"""

from __future__ import annotations

from copy import deepcopy

from lxml import etree

from pipeline.definitions.model import Severity
from pipeline.definitions.palette import (
    BLOCKED,
    ERROR,
    FONT_NAME,
    INPUT,
    INPUT_LINE,
    LOCKED,
    NAVY,
    NOTE,
    WANTED,
)
from pipeline.xlsx.package import Element, local_name


def _opaque(colour: str) -> str:
    return "FF" + colour.removeprefix("#")


def _beside(colour: str) -> str:
    """One step of blue below a colour, for a template shows the colour itself in its guide."""
    return f"FF{int(colour.removeprefix('#'), 16) - 1:06X}"


MARKS = {
    Severity.ERROR: _beside(ERROR),
    Severity.WARNING: _beside(WANTED),
    Severity.NOTE: _beside(NOTE),
}
_FIRST_MARKS = {  # of version 0.1.0: copies that it marked come back
    Severity.ERROR: "FFFFB3B3",
    Severity.WARNING: "FFFFE199",
    Severity.NOTE: "FFCFE8FC",
}
_NO_FILL, _BEHIND = 0, 1  # what is covered: nothing, the colour behind; higher numbers: a template's fill
_TEMPLATE_FILLS = tuple(map(_opaque, (INPUT, LOCKED, BLOCKED, NAVY)))
MOST_FORMATS = 65_490  # that Excel opens; where there is no room for a mark there is a letter alone
_BEFORE_DIFFERENCES = ("cellXfs", "cellStyles")
_COVERS = range(2 + len(_TEMPLATE_FILLS))


def _shade(mark: str, covered: int) -> str:
    return f"{int(mark, 16) - covered:08X}"


_SHADES = {
    _shade(mark, covered): (severity, covered)
    for marks in (_FIRST_MARKS, MARKS)
    for severity, mark in marks.items()
    for covered in _COVERS
}


def severity_of(colour: object) -> Severity | None:
    """The severity whose mark has this colour, None for any other fill."""
    return _SHADES[colour][0] if isinstance(colour, str) and colour in _SHADES else None


class StyleTable:
    """styles.xml. Cell formats are given by their index in ``cellXfs``, as cells carry it in ``s``.

    ``keeps_background``: the program that saved the file keeps background colours unchanged.
    """

    def __init__(self, root: Element, *, keeps_background: bool = True) -> None:
        self.root, self.keeps_background = root, keeps_background
        self.ns = etree.QName(root).namespace
        fills = (e for fill in self._table("fills") for e in fill.iter() if local_name(e) == "fgColor")
        self.has_marks = any(severity_of(e.get("rgb")) for e in fills)
        self._entries: dict[str, list[Element]] = {}
        self._marked: dict[tuple[int, Severity], int] = {}
        self._plain: dict[int, int] = {}

    def _table(self, name: str) -> Element:
        return next(e for e in self.root if local_name(e) == name)

    def _list(self, table: str) -> list[Element]:
        """The entries of a table as a list, kept: looking one up by number in the tree is linear."""
        if table not in self._entries:
            self._entries[table] = list(self._table(table))
        return self._entries[table]

    def _add(self, table: str, element: Element) -> int:
        parent, entries = self._table(table), self._list(table)
        if table == "cellXfs" and len(entries) >= MOST_FORMATS:
            raise ValueError(table)
        parent.append(element)
        entries.append(element)
        parent.set("count", str(len(entries)))
        return len(entries) - 1

    def _new(self, name: str, **attributes: str) -> Element:
        element = etree.Element(f"{{{self.ns}}}{name}")
        for key, value in attributes.items():
            element.set(key, value)
        return element

    def _fill_of(self, style: int) -> Element | None:
        """The patternFill of a cell format, None for another kind of fill."""
        xfs, fills = self._list("cellXfs"), self._list("fills")
        if style >= len(xfs):
            return None
        fill = fills[int(xfs[style].get("fillId", "0"))]
        return next((e for e in fill if local_name(e) == "patternFill"), None)

    @staticmethod
    def _colour(pattern: Element, which: str) -> Element | None:
        return next((e for e in pattern if local_name(e) == which), None)

    def _with_fill(self, style: int, fill: int) -> int:
        xfs = self._list("cellXfs")
        xf = deepcopy(xfs[style if style < len(xfs) else 0])
        xf.set("fillId", str(fill))
        xf.set("applyFill", "1")
        return self._add("cellXfs", xf)

    def mark(self, style: int, severity: Severity) -> int:
        """Index of the format like ``style`` with the mark of this severity."""
        if (style, severity) not in self._marked:
            fill = self._add("fills", self._mark_fill(style, severity))
            self._marked[style, severity] = self._with_fill(style, fill)
        return self._marked[style, severity]

    def _mark_fill(self, style: int, severity: Severity) -> Element:
        before = self._fill_of(style)
        solid = before is not None and before.get("patternType") == "solid"
        colour = self._colour(before, "fgColor") if before is not None and solid else None
        if colour is None:
            return self._solid(_shade(MARKS[severity], _NO_FILL))
        if colour.get("rgb") in _TEMPLATE_FILLS:
            covered = 2 + _TEMPLATE_FILLS.index(colour.get("rgb", ""))
            return self._solid(_shade(MARKS[severity], covered))
        return self._solid(_shade(MARKS[severity], _BEHIND), behind=_attributes(colour))

    def unmark(self, style: int) -> int:
        """Index of the format without a mark; ``style`` itself if it carries none."""
        if style not in self._plain:
            self._plain[style] = self._without_mark(style)
        return self._plain[style]

    def _without_mark(self, style: int) -> int:
        pattern = self._fill_of(style)
        colour = self._colour(pattern, "fgColor") if pattern is not None else None
        if pattern is None or colour is None or colour.get("rgb") not in _SHADES:
            return style
        before = self._covered_fill(pattern, _SHADES[colour.get("rgb", "")][1])
        return self._with_fill(style, self._add("fills", before) if before is not None else 0)

    def _covered_fill(self, pattern: Element, covered: int) -> Element | None:
        if covered > _BEHIND:
            return self._solid(_TEMPLATE_FILLS[covered - 2])
        behind = self._colour(pattern, "bgColor")
        if covered == _NO_FILL or behind is None or not self.keeps_background:
            return None
        return self._solid(_attributes(behind))

    def condition(self, severity: Severity) -> int:
        """Index of the conditional format of this severity, added if missing."""
        wanted = MARKS[severity]
        table = self._differences()
        for number, entry in enumerate(table):
            colours = [e.get("rgb") for e in entry.iter() if local_name(e) == "bgColor"]
            if len(entry) == 1 and colours == [wanted]:
                return number
        entry, fill = self._new("dxf"), self._new("fill")
        pattern = self._new("patternFill", patternType="solid")
        pattern.extend([self._new("fgColor", rgb=wanted), self._new("bgColor", rgb=wanted)])
        fill.append(pattern)
        entry.append(fill)
        table.append(entry)
        table.set("count", str(len(table)))
        return len(table) - 1

    def _differences(self) -> Element:
        """The table of conditional formats (dxfs), added at its place in the schema if missing."""
        found = next((e for e in self.root if local_name(e) == "dxfs"), None)
        if found is None:
            found = self._new("dxfs", count="0")
            before = [e for e in self.root if local_name(e) in _BEFORE_DIFFERENCES]
            before[-1].addnext(found)
        return found

    def text(self, *, bold: bool = False, size: int = 11, fill: str | None = None, link: bool = False) -> int:
        """Index of a new format for our own sheet: wrapped text, top aligned."""
        font = self._new("font")
        if bold:
            font.append(self._new("b"))
        if link:
            font.append(self._new("u"))
        font.append(self._new("sz", val=str(size)))
        font.append(self._new("color", rgb="FF0563C1" if link else "FF1F2A37"))
        font.append(self._new("name", val=FONT_NAME))
        xf = self._new("xf", numFmtId="0", borderId="0", xfId="0", applyFont="1", applyAlignment="1")
        xf.set("quotePrefix", "1")  # a name that begins with = stays a text, also when somebody edits it
        xf.set("fontId", str(self._add("fonts", font)))
        xf.set("fillId", str(self._add("fills", self._solid(fill)) if fill else 0))
        xf.set("applyFill", "1" if fill else "0")
        xf.append(self._new("alignment", vertical="top", wrapText="1"))
        return self._add("cellXfs", xf)

    def answer(self) -> int:
        """Index of a new format for an answer: framed, coloured, not locked."""
        border = self._new("border")
        for name in ("left", "right", "top", "bottom"):
            side = self._new(name, style="thin")
            side.append(self._new("color", rgb=_opaque(INPUT_LINE)))
            border.append(side)
        border.append(self._new("diagonal"))
        style = self.text(fill=_opaque(INPUT))
        xf = self._list("cellXfs")[style]
        xf.set("borderId", str(self._add("borders", border)))
        xf.set("applyBorder", "1")
        xf.set("applyProtection", "1")
        xf.append(self._new("protection", locked="0"))
        return style

    def _solid(self, colour: str | dict[str, str], behind: dict[str, str] | None = None) -> Element:
        fill, pattern = self._new("fill"), self._new("patternFill", patternType="solid")
        shown = {"rgb": colour} if isinstance(colour, str) else colour
        pattern.append(self._new("fgColor", **shown))
        pattern.append(self._new("bgColor", **(behind or {"indexed": "64"})))
        fill.append(pattern)
        return fill


def _attributes(colour: Element) -> dict[str, str]:
    return {str(key): str(value) for key, value in colour.attrib.items()}
