"""Finds or makes cells in the XML of one sheet, leaving the other cells unchanged."""

from __future__ import annotations

import re

from lxml import etree

from pipeline.xlsx.addresses import column_number
from pipeline.xlsx.package import Element, local_name

# The order of a worksheet's children; what is added must stand before everything that follows it here.
_AFTER_LEGACY = (
    "AlternateContent",  # around oleObjects and controls
    "legacyDrawingHF",
    "drawingHF",
    "picture",
    "oleObjects",
    "controls",
    "webPublishItems",
    "tableParts",
    "extLst",
)


def split_address(address: str) -> tuple[int, int]:
    """Return row and column number of an address: ``B7`` → (7, 2)."""
    match = re.fullmatch(r"([A-Z]+)([0-9]+)", address)
    assert match is not None
    return int(match[2]), column_number(match[1])


class SheetCells:
    """The rows and cells of one sheet's ``sheetData``, in order."""

    def __init__(self, root: Element) -> None:
        self.root = root
        self.ns = etree.QName(root).namespace
        self._data = next(e for e in root if local_name(e) == "sheetData")
        self._rows: dict[int, Element] = {}
        previous = 0
        for row in self._data.iterchildren(f"{{{self.ns}}}row"):
            previous = int(row.get("r", str(previous + 1)))
            self._rows[previous] = row

    def cells(self) -> list[Element]:
        """Return all cells, by row."""
        return [c for row in self._rows.values() for c in row if local_name(c) == "c"]

    def get(self, address: str) -> Element:
        """Return the cell at an address; a new one gets the style of its row or column."""
        row_number, column = split_address(address)
        row = self._row(row_number)
        cells = [c for c in row if local_name(c) == "c"]
        number, position = 0, len(cells)
        for i, cell in enumerate(cells):
            number = split_address(cell.get("r", ""))[1] if cell.get("r") else number + 1
            if number == column:
                return cell
            if number > column:
                position = i
                break
        cell = self._new_cell(row, address, column)
        row.insert(row.index(cells[position]) if position < len(cells) else self._end(row), cell)
        return cell

    def _new_cell(self, row: Element, address: str, column: int) -> Element:
        if "spans" in row.attrib:  # a hint of where cells stand, which would be wrong now
            del row.attrib["spans"]
        cell = etree.Element(f"{{{self.ns}}}c")
        cell.set("r", address)
        style = row.get("s") if row.get("customFormat") in ("1", "true") else self._column_style(column)
        if style:
            cell.set("s", style)
        return cell

    @staticmethod
    def _end(row: Element) -> int:
        """Return the position after the last cell, before an extension list."""
        return 1 + max((i for i, e in enumerate(row) if local_name(e) == "c"), default=-1)

    def _row(self, number: int) -> Element:
        if number not in self._rows:
            row = etree.Element(f"{{{self.ns}}}row")
            row.set("r", str(number))
            following = min((n for n in self._rows if n > number), default=None)
            if following is None:
                self._data.append(row)
            else:
                self._rows[following].addprevious(row)
            self._rows[number] = row
        return self._rows[number]

    def _column_style(self, column: int) -> str | None:
        for element in self.root.iter(f"{{{self.ns}}}col"):
            if int(element.get("min", "0")) <= column <= int(element.get("max", "0")):
                return element.get("style")
        return None

    def add_legacy_drawing(self, rel: str, id_: str) -> None:
        """Add the reference to the drawing that holds the sheet's comments (VML)."""
        element = etree.Element(f"{{{self.ns}}}legacyDrawing")
        element.set(f"{{{rel}}}id", id_)
        following = [e for e in self.root if local_name(e) in _AFTER_LEGACY]
        if following:
            following[0].addprevious(element)
        else:
            self.root.append(element)
