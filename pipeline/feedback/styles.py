"""Marks in the style table: a cell keeps its format and gets another fill, and can be given its own back.

The mark's fill is solid in a colour of ours; its background colour, which a solid fill does not show,
remembers the fill that was there. So a later round can take the mark away without a list of its own.
"""

from __future__ import annotations

from copy import deepcopy

from lxml import etree

from pipeline.feedback.package import Element, local
from pipeline.model import Severity

MARKS = {Severity.ERROR: "FFFFB3B3", Severity.WARNING: "FFFFE199", Severity.NOTE: "FFCFE8FC"}
_COLOURS = frozenset(MARKS.values())


class Styles:
    """styles.xml. Indexes are those of ``cellXfs``, as cells carry them in ``s``."""

    def __init__(self, root: Element) -> None:
        self.root = root
        self.ns = etree.QName(root).namespace
        fills = (e for fill in self._table("fills") for e in fill.iter() if local(e) == "fgColor")
        self.has_marks = any(e.get("rgb") in _COLOURS for e in fills)
        self._marked: dict[tuple[int, Severity], int] = {}
        self._plain: dict[int, int] = {}

    def _table(self, name: str) -> Element:
        return next(e for e in self.root if local(e) == name)

    def _add(self, table: str, element: Element) -> int:
        parent = self._table(table)
        parent.append(element)
        parent.set("count", str(len(parent)))
        return len(parent) - 1

    def _new(self, name: str, **attributes: str) -> Element:
        element = etree.Element(f"{{{self.ns}}}{name}")
        for key, value in attributes.items():
            element.set(key, value)
        return element

    def _fill_of(self, style: int) -> Element | None:
        """patternFill of a style, None for another kind of fill."""
        xfs, fills = self._table("cellXfs"), self._table("fills")
        if style >= len(xfs):
            return None
        fill = fills[int(xfs[style].get("fillId", "0"))]
        return next((e for e in fill if local(e) == "patternFill"), None)

    @staticmethod
    def _colour(pattern: Element, which: str) -> Element | None:
        return next((e for e in pattern if local(e) == which), None)

    def _with_fill(self, style: int, fill: int) -> int:
        xfs = self._table("cellXfs")
        xf = deepcopy(xfs[style if style < len(xfs) else 0])
        xf.set("fillId", str(fill))
        xf.set("applyFill", "1")
        return self._add("cellXfs", xf)

    def mark(self, style: int, severity: Severity) -> int:
        """The style like ``style`` with the mark of that severity."""
        if (style, severity) not in self._marked:
            fill = self._add("fills", self._mark_fill(style, severity))
            self._marked[style, severity] = self._with_fill(style, fill)
        return self._marked[style, severity]

    def _mark_fill(self, style: int, severity: Severity) -> Element:
        fill, pattern = self._new("fill"), self._new("patternFill", patternType="solid")
        pattern.append(self._new("fgColor", rgb=MARKS[severity]))
        behind = self._new("bgColor", indexed="64")
        before = self._fill_of(style)
        if before is not None and before.get("patternType") == "solid":
            colour = self._colour(before, "fgColor")
            if colour is not None:
                behind = self._new("bgColor", **{str(k): str(v) for k, v in colour.attrib.items()})
        pattern.append(behind)
        fill.append(pattern)
        return fill

    def unmark(self, style: int) -> int:
        """The style without a mark; the same style if it carries none."""
        if style not in self._plain:
            self._plain[style] = self._without_mark(style)
        return self._plain[style]

    def _without_mark(self, style: int) -> int:
        pattern = self._fill_of(style)
        colour = self._colour(pattern, "fgColor") if pattern is not None else None
        if pattern is None or colour is None or colour.get("rgb") not in _COLOURS:
            return style
        behind = self._colour(pattern, "bgColor")
        if behind is None or behind.get("indexed") == "64" or behind.get("rgb") in _COLOURS:
            return self._with_fill(style, 0)
        fill, plain = self._new("fill"), self._new("patternFill", patternType="solid")
        plain.append(self._new("fgColor", **{str(k): str(v) for k, v in behind.attrib.items()}))
        fill.append(plain)
        return self._with_fill(style, self._add("fills", fill))

    def text(self, *, bold: bool = False, size: int = 11, fill: str | None = None, link: bool = False) -> int:
        """A style of our own sheet: wrapped text, top aligned."""
        font = self._new("font")
        if bold:
            font.append(self._new("b"))
        if link:
            font.append(self._new("u"))
        font.append(self._new("sz", val=str(size)))
        font.append(self._new("color", rgb="FF0563C1" if link else "FF1F2A37"))
        font.append(self._new("name", val="Calibri"))
        xf = self._new("xf", numFmtId="0", borderId="0", xfId="0", applyFont="1", applyAlignment="1")
        xf.set("fontId", str(self._add("fonts", font)))
        xf.set("fillId", str(self._add("fills", self._solid(fill)) if fill else 0))
        xf.set("applyFill", "1" if fill else "0")
        xf.append(self._new("alignment", vertical="top", wrapText="1"))
        return self._add("cellXfs", xf)

    def _solid(self, colour: str) -> Element:
        fill, pattern = self._new("fill"), self._new("patternFill", patternType="solid")
        pattern.append(self._new("fgColor", rgb=colour))
        pattern.append(self._new("bgColor", indexed="64"))
        fill.append(pattern)
        return fill
