"""A workbook taken apart, so that single things in it can be changed and it can be packed again.

Works on what any program wrote: sheets are found by name, styles are added and never changed in place.
"""

from __future__ import annotations

import copy
import io
import zipfile
from collections.abc import Callable
from typing import cast

from lxml import etree

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
NS = f"{{{MAIN}}}"
Element = etree._Element
# What may follow what in a sheet (ECMA-376, 18.3.1.99), as far as it is put in here.
ORDER = (
    "sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetProtection", "autoFilter",
    "mergeCells", "conditionalFormatting", "dataValidations", "hyperlinks", "printOptions", "pageMargins", "pageSetup",
    "headerFooter", "rowBreaks", "colBreaks", "drawing", "legacyDrawing", "picture", "tableParts", "extLst",
)  # fmt: skip


class Edited:
    """The parts of a workbook; trees are kept and written back by ``save``."""

    def __init__(self, data: bytes) -> None:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            self.parts = {i.filename: archive.read(i) for i in archive.infolist()}
        self._trees: dict[str, Element] = {}

    def xml(self, part: str) -> Element:
        if part not in self._trees:
            self._trees[part] = etree.fromstring(self.parts[part])
        return self._trees[part]

    def save(self) -> bytes:
        for name, tree in self._trees.items():
            self.parts[name] = etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in self.parts.items():
                archive.writestr(name, content)
        return out.getvalue()

    # --- sheets and cells ---

    @property
    def book(self) -> Element:
        return self.xml("xl/workbook.xml")

    def sheet_entry(self, name: str) -> Element:
        return next(e for e in self.book.iter(f"{NS}sheet") if e.get("name") == name)

    def part_of(self, name: str) -> str:
        id_ = self.sheet_entry(name).get(f"{{{DOCUMENT}}}id")
        relation = next(e for e in self.xml("xl/_rels/workbook.xml.rels") if e.get("Id") == id_)
        return "xl/" + str(relation.get("Target")).removeprefix("/xl/")

    def sheet(self, name: str) -> Element:
        return self.xml(self.part_of(name))

    def cell(self, sheet: str, address: str) -> Element:
        return next(c for c in self.sheet(sheet).iter(f"{NS}c") if c.get("r") == address)

    def row(self, sheet: str, number: int) -> Element:
        return next(r for r in self.sheet(sheet).iter(f"{NS}row") if r.get("r") == str(number))

    def column(self, sheet: str, number: int) -> Element:
        """The entry of one column alone."""
        columns = cast("Element", self.sheet(sheet).find(f"{NS}cols"))
        found = next(e for e in columns if int(e.get("min", "0")) <= number <= int(e.get("max", "0")))
        for first, last in (
            (number + 1, int(found.get("max", "0"))),
            (int(found.get("min", "0")), number - 1),
        ):
            if first <= last:
                other = copy.deepcopy(found)
                other.set("min", str(first))
                other.set("max", str(last))
                (found.addnext if first > number else found.addprevious)(other)
        found.set("min", str(number))
        found.set("max", str(number))
        return found

    def child(self, sheet: str, name: str) -> Element:
        """An element of a sheet, put in at its place where it is not there."""
        root = self.sheet(sheet)
        found = root.find(NS + name)
        if found is None:
            found = etree.Element(NS + name)
            before = ORDER[: ORDER.index(name)]
            after = [e for e in root if etree.QName(e).localname in before]
            after[-1].addnext(found)
        return cast("Element", found)

    def add(self, sheet: str, parent: str, xml: str) -> None:
        """An element below one of those."""
        self.child(sheet, parent).append(etree.fromstring(f'<x xmlns="{MAIN}">{xml}</x>')[0])

    # --- looks ---

    def style(self, sheet: str, address: str, change: Callable[[Element], None]) -> None:
        """A style of its own for a cell."""
        cell = self.cell(sheet, address)
        styles = cast("Element", self.xml("xl/styles.xml").find(f"{NS}cellXfs"))
        own = copy.deepcopy(styles[int(cell.get("s", "0"))])
        styles.append(own)
        change(own)
        cell.set("s", str(len(styles) - 1))

    def format(self, sheet: str, address: str, code: str) -> None:
        styles = self.xml("xl/styles.xml")
        formats = styles.find(f"{NS}numFmts")
        number = str(900 + len(cast("Element", formats)))
        etree.SubElement(cast("Element", formats), f"{NS}numFmt", numFmtId=number, formatCode=code)
        self.style(sheet, address, lambda own: own.set("numFmtId", number))

    def font(self, sheet: str, address: str, change: Callable[[Element], None]) -> None:
        self._with("fonts", "fontId", sheet, address, change)

    def font_value(self, sheet: str, address: str, name: str, **attributes: str) -> None:
        """``<color rgb="…"/>`` and the like."""

        def change(font: Element) -> None:
            for old in font.findall(NS + name):
                font.remove(old)
            font.insert(0, etree.Element(NS + name, attributes))

        self.font(sheet, address, change)

    def fill(self, sheet: str, address: str, xml: str) -> None:
        def change(fill: Element) -> None:
            fill[:] = [etree.fromstring(f'<x xmlns="{MAIN}">{xml}</x>')[0]]

        self._with("fills", "fillId", sheet, address, change)

    def _with(
        self, container: str, key: str, sheet: str, address: str, change: Callable[[Element], None]
    ) -> None:
        def put(own: Element) -> None:
            all_ = cast("Element", self.xml("xl/styles.xml").find(NS + container))
            new = copy.deepcopy(all_[int(own.get(key, "0"))])
            all_.append(new)
            change(new)
            own.set(key, str(len(all_) - 1))

        self.style(sheet, address, put)

    def alignment(self, sheet: str, address: str, **attributes: str) -> None:
        def change(own: Element) -> None:
            for old in own.findall(f"{NS}alignment"):
                own.remove(old)
            own.insert(0, etree.Element(f"{NS}alignment", attributes))

        self.style(sheet, address, change)

    def conditional_look(self, xml: str) -> str:
        """The number of a new conditional look."""
        looks = cast("Element", self.xml("xl/styles.xml").find(f"{NS}dxfs"))
        looks.append(etree.fromstring(f'<x xmlns="{MAIN}">{xml}</x>')[0])
        return str(len(looks) - 1)

    # --- parts ---

    def relate(self, part: str, kind: str, target: str, *, external: bool = False) -> str:
        """A relationship of a part; its id."""
        folder, _, file = part.rpartition("/")
        name = f"{folder}/_rels/{file}.rels".removeprefix("/")
        if name not in self.parts:
            self.parts[name] = f'<Relationships xmlns="{PACKAGE}"/>'.encode()
        tree = self.xml(name)
        id_ = f"rIdX{len(tree)}"
        mode = {"TargetMode": "External"} if external else {}
        full = f"{DOCUMENT}/{kind}" if "/" not in kind else kind
        etree.SubElement(
            tree, f"{{{PACKAGE}}}Relationship", {"Id": id_, "Type": full, "Target": target, **mode}
        )
        return id_

    def drawing_of(self, sheet: str) -> str:
        """The part with the drawings of a sheet."""
        folder, _, file = self.part_of(sheet).rpartition("/")
        related = self.xml(f"{folder}/_rels/{file}.rels")
        target = next(str(e.get("Target")) for e in related if str(e.get("Type")).endswith("/drawing"))
        return "xl/drawings/" + target.rpartition("/")[2]

    def chart_of(self, sheet: str) -> Element:
        part = self.drawing_of(sheet)
        related = self.xml(part.replace("drawings/", "drawings/_rels/") + ".rels")
        target = next(str(e.get("Target")) for e in related if str(e.get("Type")).endswith("/chart"))
        return self.xml("xl/charts/" + target.rpartition("/")[2])
