"""Where a form wants something: its names, and whether a cell may be filled."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format

from pipeline.xlsx.addresses import column_letters
from pipeline.xlsx.cells import split_address
from pipeline.xlsx.package import Element, Package, local_name
from pipeline.xlsx.workbook import WorkbookPart

_ONE_CELL = re.compile(r"(?:'((?:[^']|'')+)'|([^'!]+))!\$?([A-Z]{1,3})\$?([0-9]+)")


LAST_ROW, LAST_COLUMN = 1_048_576, 16_384  # of a sheet in Excel
Box = tuple[int, int, int, int]  # left, top, right, bottom


class FormError(Exception):
    """A form that cannot be filled; ``problems`` are German and name each place."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class FormPlace:
    sheet: str
    row: int
    column: int

    @property
    def cell(self) -> str:
        return f"{column_letters(self.column)}{self.row}"

    def __str__(self) -> str:
        return f"{self.sheet}!{self.cell}"

    def below(self, rows: int, right: int) -> FormPlace:
        return FormPlace(self.sheet, self.row + rows, self.column + right)


@dataclass
class _Sheet:
    """What must not be written: cells with formulas, the inner cells of merged ones, headers of tables."""

    formulas: set[str] = field(default_factory=set)
    formula_ranges: list[Box] = field(default_factory=list)
    merged: list[Box] = field(default_factory=list)
    headers: list[Box] = field(default_factory=list)
    filled: set[str] = field(default_factory=set)


class Form:
    """A form to look at; nothing in it is changed here."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self.book = WorkbookPart(package)
        self._sheets: dict[str, _Sheet] = {}
        self.names = self._defined_names()
        self.base_1904 = any(
            e.get("date1904") in ("1", "true") for e in self.book.root if local_name(e) == "workbookPr"
        )

    def _defined_names(self) -> dict[str, list[str]]:
        """Name → what it stands for: once, but for names that several sheets define for themselves."""
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
        """The cells of a sheet by address; to look at only. A chart's sheet has none."""
        part = self.book.worksheet(title)
        if part is None:
            return {}
        return {e.get("r", ""): e for e in self._package.xml(part).iter() if local_name(e) == "c"}

    # --- finding ---

    def find(self, place: str) -> FormPlace:
        """The cell that a name or an address stands for; ValueError says in German why there is none."""
        if "!" in place:
            sheet, _, cell = place.rpartition("!")
            return self._existing(sheet, cell, place)
        folded = {name.casefold(): name for name in self.names}  # Excel's names know no case
        if place.casefold() not in folded:
            raise ValueError(f"Den Namen „{place}“ gibt es im Formular nicht.")
        meant = self.names[folded[place.casefold()]]
        match = _ONE_CELL.fullmatch(meant[0])
        if match is None or len(meant) > 1:
            raise ValueError(f"Der Name „{place}“ zeigt nicht auf genau eine Zelle.")
        sheet = match[1].replace("''", "'") if match[1] else match[2]
        return self._existing(sheet, match[3] + match[4], place)

    def _existing(self, sheet: str, cell: str, place: str) -> FormPlace:
        part = self.book.worksheet(sheet)
        if part is None:
            raise ValueError(f"Das Blatt „{sheet}“ („{place}“) gibt es im Formular nicht.")
        row, column = split_address(cell)
        if not (1 <= row <= LAST_ROW and column <= LAST_COLUMN):
            raise ValueError(f"Die Zelle „{cell}“ („{place}“) liegt außerhalb des Blattes.")
        return FormPlace(sheet, row, column)

    # --- may it be filled ---

    def refusal(self, place: FormPlace, *, must_be_empty: bool = False) -> str | None:
        """Why a cell must not be filled; None when it may."""
        sheet = self._look(place.sheet)
        if place.cell in sheet.formulas or _inside(place, sheet.formula_ranges):
            return "dort steht eine Formel"
        inner = [r for r in sheet.merged if _inside(place, [r]) and (place.column, place.row) != r[:2]]
        if inner:
            return "die Zelle ist Teil einer verbundenen Zelle"
        if _inside(place, sheet.headers):
            return "dort steht die Überschrift einer Excel-Tabelle"
        if must_be_empty and place.cell in sheet.filled:
            return "dort steht schon etwas; für eine Zeile je Kommune reicht der Platz nicht"
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
                left, top, right, _ = _box(table.get("ref", ""))
                ranges.append((left, top, right, top))
        return ranges

    def date_styles(self) -> set[str]:
        """The cell styles that show a number as a date."""
        part = self.book.styles_part()
        if part is None:
            return set()
        root = self._package.xml(part)
        codes = {e.get("numFmtId"): e.get("formatCode", "") for e in root.iter() if local_name(e) == "numFmt"}
        styles = next((e for e in root if local_name(e) == "cellXfs"), ())
        return {str(i) for i, xf in enumerate(styles) if _is_date(xf.get("numFmtId", "0"), codes)}


def _is_date(number: str, codes: dict[str | None, str]) -> bool:
    code = codes.get(number, BUILTIN_FORMATS.get(int(number), "General"))
    return bool(is_date_format(code))


def _note(sheet: _Sheet, element: Element) -> None:
    match local_name(element):
        case "c":
            children = {local_name(child) for child in element}
            if "f" in children:
                sheet.formulas.add(element.get("r", ""))
            if children:
                sheet.filled.add(element.get("r", ""))
        case "f" if element.get("t") in ("array", "dataTable") and element.get("ref"):
            sheet.formula_ranges.append(_box(element.get("ref", "")))
        case "mergeCell":
            sheet.merged.append(_box(element.get("ref", "")))


def _box(ref: str) -> Box:
    """``B2:C9`` → (2, 2, 3, 9): columns and rows of both corners."""
    first, _, last = ref.partition(":")
    (top, left), (bottom, right) = split_address(first), split_address(last or first)
    return left, top, right, bottom


def _inside(place: FormPlace, ranges: list[Box]) -> bool:
    return any(
        left <= place.column <= right and top <= place.row <= bottom for left, top, right, bottom in ranges
    )
