"""A workbook form before filling: its names and cells, and whether a cell may be filled."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format

from pipeline.xlsx.addresses import column_letters
from pipeline.xlsx.package import Element, Package, local_name
from pipeline.xlsx.sheet_cells import split_address
from pipeline.xlsx.workbook import WorkbookPart

_CELLS = re.compile(r"(?:'((?:[^']|'')+)'|([^'!]+))!(\$?[A-Z]{1,3}\$?[0-9]+(?::\$?[A-Z]{1,3}\$?[0-9]+)?)")


LAST_ROW, LAST_COLUMN = 1_048_576, 16_384  # of a sheet in Excel
FONT_SIZE = 11.0  # points, where the form does not say
Box = tuple[int, int, int, int]  # left, top, right, bottom


@dataclass(frozen=True, slots=True)
class FormPlace:
    """One cell; row and column from 1."""

    sheet: str
    row: int
    column: int

    @property
    def cell(self) -> str:
        return f"{column_letters(self.column)}{self.row}"

    def __str__(self) -> str:
        return f"{self.sheet}!{self.cell}"

    @property
    def box(self) -> Box:
        return self.column, self.row, self.column, self.row

    def below(self, rows: int, right: int) -> FormPlace:
        return FormPlace(self.sheet, self.row + rows, self.column + right)


@dataclass
class _Sheet:
    """Cells of a sheet that must not be written: formulas, inner cells of merged areas, table headers."""

    formulas: set[str] = field(default_factory=set)
    formula_ranges: list[Box] = field(default_factory=list)
    merged: list[Box] = field(default_factory=list)
    headers: list[Box] = field(default_factory=list)
    filled: set[str] = field(default_factory=set)


class FormWorkbook:
    """A workbook form, read only."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self.book = WorkbookPart(package)
        self._sheets: dict[str, _Sheet] = {}
        self._cells: dict[str, dict[str, Element]] = {}
        self.names = self._defined_names()
        settings = [e for e in self.book.root if local_name(e) == "workbookPr"]
        since_1904 = any(e.get("date1904") in ("1", "true") for e in settings)
        self.epoch = date(1904, 1, 1) if since_1904 else date(1899, 12, 30)  # day 0 of its dates

    def _defined_names(self) -> dict[str, list[str]]:
        """Name → what it stands for: one entry, but for names that several sheets define for themselves."""
        names: dict[str, list[str]] = {}
        for element in self.book.root.iter():
            if local_name(element) == "definedName":
                names.setdefault(element.get("name", ""), []).append(element.text or "")
        return names

    @property
    def calculates_on_load(self) -> bool:
        settings = (e for e in self.book.root if local_name(e) == "calcPr")
        return any(e.get("fullCalcOnLoad") in ("1", "true") for e in settings)

    def cells(self, title: str) -> dict[str, Element]:
        """The cells of a sheet by address, read only; empty for a chart sheet."""
        if title not in self._cells:
            part = self.book.worksheet(title)
            found = self._package.xml(part).iter() if part is not None else ()
            self._cells[title] = {e.get("r", ""): e for e in found if local_name(e) == "c"}
        return self._cells[title]

    # --- finding ---

    def find(self, place: str) -> FormPlace:
        """The cell of a name or an address; of a merged cell the first.

        Raises ValueError with the reason in German.
        """
        sheet, box = self.block(place)
        first = FormPlace(sheet, box[1], box[0])
        around = next((m for m in self._look(sheet).merged if _inside(first, [m])), first.box)
        if not (around[0] <= box[0] and box[2] <= around[2] and around[1] <= box[1] and box[3] <= around[3]):
            raise ValueError(f"Der Name „{place}“ zeigt nicht auf genau eine Zelle.")
        return FormPlace(sheet, around[1], around[0])

    def block(self, place: str) -> tuple[str, Box]:
        """Sheet and box of a name or an address; ValueError unless it is one block."""
        if "!" in place:
            sheet, _, cells = place.rpartition("!")
            return self._existing(sheet, cells, place)
        folded = {name.casefold(): name for name in self.names}  # Excel's names know no case
        if place.casefold() not in folded:
            raise ValueError(f"Den Namen „{place}“ gibt es im Formular nicht.")
        meant = self.names[folded[place.casefold()]]
        match = _CELLS.fullmatch(meant[0])
        if match is None or len(meant) > 1:
            raise ValueError(f"Der Name „{place}“ zeigt nicht auf genau eine Zelle.")
        sheet = match[1].replace("''", "'") if match[1] else match[2]
        return self._existing(sheet, match[3].replace("$", ""), place)

    def _existing(self, sheet: str, cells: str, place: str) -> tuple[str, Box]:
        part = self.book.worksheet(sheet)
        if part is None:
            raise ValueError(f"Das Blatt „{sheet}“ („{place}“) gibt es im Formular nicht.")
        box = box_of(cells)
        if not (1 <= box[0] <= box[2] <= LAST_COLUMN and 1 <= box[1] <= box[3] <= LAST_ROW):
            raise ValueError(f"Die Zelle „{cells}“ („{place}“) liegt außerhalb des Blattes.")
        return sheet, box

    def text(self, place: FormPlace) -> str:
        """The text in a cell; empty for a number or an empty cell."""
        cell = self.cells(place.sheet).get(place.cell)
        if cell is None or cell.get("t") not in ("s", "str", "inlineStr"):
            return ""
        found = "".join(e.text or "" for e in cell.iter() if local_name(e) in ("v", "t"))
        return self._texts[int(found)] if cell.get("t") == "s" else found

    @cached_property
    def _texts(self) -> list[str]:
        part = self._package.related(self.book.name, "sharedStrings")
        root = self._package.xml(part) if part else ()
        return ["".join(e.text or "" for e in item.iter() if local_name(e) == "t") for item in root]

    # --- may it be filled ---

    def refusal(self, place: FormPlace, *, must_be_empty: bool = False) -> str | None:
        """German reason why a cell must not be filled; None when it may."""
        sheet = self._look(place.sheet)
        if place.cell in sheet.formulas or _inside(place, sheet.formula_ranges):
            return "dort steht eine Formel"
        if any(_inside(place, [r]) and (place.column, place.row) != r[:2] for r in sheet.merged):
            return "die Zelle ist Teil einer verbundenen Zelle"
        if _inside(place, sheet.headers):
            return "dort steht die Überschrift einer Excel-Tabelle"
        if must_be_empty and place.cell in sheet.filled:
            return "dort steht schon etwas; für alle Zeilen der Tabelle reicht der Platz nicht"
        return None

    def _look(self, title: str) -> _Sheet:
        if title not in self._sheets:
            part = self.book.part(title) or ""
            found = _Sheet()
            for element in self._package.xml(part).iter():
                _note(found, element)
            found.headers = self._headers(part)
            self._sheets[title] = found
        return self._sheets[title]

    def _headers(self, part: str) -> list[Box]:
        ranges = []
        for relation in self._package.relations(part):
            if relation.kind != "table" or relation.external:
                continue
            table = self._package.xml(relation.target)
            if table.get("headerRowCount") != "0":
                left, top, right, _ = box_of(table.get("ref", ""))
                ranges.append((left, top, right, top))
        return ranges

    @cached_property
    def date_styles(self) -> set[str]:
        """Cell styles that show a number as a date."""
        return {style for style, code in self._formats.items() if is_date_format(code)}

    @cached_property
    def percent_styles(self) -> set[str]:
        """Cell styles that show a number as a share."""
        return {style for style, code in self._formats.items() if "%" in code}

    @cached_property
    def wrapping_styles(self) -> dict[str, float]:
        """Cell styles that wrap text → font size in points."""
        part = self.book.styles_part()
        root = self._package.xml(part) if part else ()
        fonts = next((list(e) for e in root if local_name(e) == "fonts"), [])
        styles = next((e for e in root if local_name(e) == "cellXfs"), ())
        sizes = [next((e.get("val") for e in font if local_name(e) == "sz"), None) for font in fonts]
        return {
            str(number): float(sizes[int(style.get("fontId", "0"))] or FONT_SIZE)
            for number, style in enumerate(styles)
            if any(local_name(e) == "alignment" and e.get("wrapText") in ("1", "true") for e in style)
        }

    @cached_property
    def _formats(self) -> dict[str, str]:
        """Cell style → number format."""
        part = self.book.styles_part()
        if part is None:
            return {}
        root = self._package.xml(part)
        codes = {e.get("numFmtId"): e.get("formatCode", "") for e in root.iter() if local_name(e) == "numFmt"}
        styles = next((e for e in root if local_name(e) == "cellXfs"), ())
        numbers = (xf.get("numFmtId", "0") for xf in styles)
        return {str(i): codes.get(n, BUILTIN_FORMATS.get(int(n), "General")) for i, n in enumerate(numbers)}


def _note(sheet: _Sheet, element: Element) -> None:
    match local_name(element):
        case "c":
            children = {local_name(child) for child in element}
            if "f" in children:
                sheet.formulas.add(element.get("r", ""))
            if children:
                sheet.filled.add(element.get("r", ""))
        case "f" if element.get("t") in ("array", "dataTable") and element.get("ref"):
            sheet.formula_ranges.append(box_of(element.get("ref", "")))
        case "mergeCell":
            sheet.merged.append(box_of(element.get("ref", "")))


def box_of(ref: str) -> Box:
    """``B2:C9`` → (2, 2, 3, 9): columns and rows of both corners."""
    first, _, last = ref.partition(":")
    (top, left), (bottom, right) = split_address(first), split_address(last or first)
    return left, top, right, bottom


def _inside(place: FormPlace, ranges: list[Box]) -> bool:
    return any(
        left <= place.column <= right and top <= place.row <= bottom for left, top, right, bottom in ranges
    )
