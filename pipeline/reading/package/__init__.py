"""Reads untrusted bytes into the cells of the wanted sheets, or refuses the file.

Before any library opens the file, ``preflight`` and ``workbook_parts`` check it; the XML of each sheet is
matched against the usual form (``special``) or else parsed (``sheetwalk``). python-calamine reads the values
from a workbook made only of checked parts (``slim``). It must return as many cells as were counted in the
XML, or the file is refused (``completeness``).
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import python_calamine

from pipeline.definitions.messages import finding
from pipeline.reading.package.completeness import ReadColumn, accounted, held
from pipeline.reading.package.preflight import (
    MAX_INFLATED,
    MAX_PACKAGE,
    CheckedPackage,
    Refused,
    broken,
    open_package,
    plain_xml,
)
from pipeline.reading.package.rich import LINKED, PICTURE, rich_kinds
from pipeline.reading.package.sheetwalk import shared_texts, walked
from pipeline.reading.package.slim import (
    number_formats,
    slim,
    texts_anew,
    texts_as_they_stand,
)
from pipeline.reading.package.special import SheetXml, Special, ordinary
from pipeline.reading.package.struck import striking
from pipeline.reading.package.workbook_parts import WorkbookParts, open_book
from pipeline.xlsx.relations import CONTENT_TYPES

__all__ = [
    "RawSheet",
    "RawWorkbook",
    "ReadColumn",
    "Refused",
    "Special",
    "accounted",
    "open_parts",
    "read_raw",
]

MAX_TOTAL_AREA = 6_000_000  # cells from A1 to the last in use, all sheets that are not small together
_NO_STYLES, _NO_TEXTS = b"<styleSheet/>", b"<sst/>"


@dataclass(slots=True)
class RawSheet:
    """Cells of a sheet: ``rows[0][0]`` is A1; empty cells are ``''``, numbers are floats.

    ``values``: number of cells with a value, counted in the XML.
    """

    rows: list[list[Any]]
    special: Special
    values: int = 0


@dataclass(slots=True)
class RawWorkbook:
    """The wanted sheets with their cells, and the names of all sheets."""

    sheets: dict[str, RawSheet]
    names: tuple[str, ...]
    external_links: bool


def read_raw(data: bytes, wanted: Callable[[str], bool]) -> RawWorkbook:
    """The wanted sheets of a workbook. Raises Refused when it is none or must not be opened."""
    package = open_package(data, MAX_INFLATED)
    book = open_book(package)
    sheets = _WorkbookReading(package, book, [name for name in book.sheets if wanted(name)]).sheets()
    package.check_rest()
    return RawWorkbook(sheets, book.names, book.external_links)


def open_parts(data: bytes) -> dict[str, bytes]:
    """All parts of an Office file by name, within the limits. Raises Refused.

    For our own files and the ministry's: macros are allowed, as nothing here runs them.
    """
    package = open_package(data, MAX_PACKAGE)
    if CONTENT_TYPES not in package:
        raise Refused(finding("D01"))
    package.check_rest()
    return {name: package.part(name) for name in package.names}


class _WorkbookReading:
    """One workbook while it is read with the library."""

    def __init__(self, package: CheckedPackage, book: WorkbookParts, names: list[str]) -> None:
        self.names, self.date1904, self.package = names, book.date1904, package
        self.parts = {name: package.part(book.sheets[name]) for name in names}
        styles = package.xml(book.styles) if book.styles else _NO_STYLES
        self.styles = number_formats(styles)
        self.strings = package.xml(book.strings) if book.strings else _NO_TEXTS
        self.striking = striking(styles, self.strings)
        self.usual = False

    def sheets(self) -> dict[str, RawSheet]:
        """The sheets with values and special cells."""
        found = self._sheets()
        kinds = rich_kinds(self.package) if any(s.special.rich for s in found.values()) else {}
        for name, sheet in found.items():
            special = sheet.special
            special.pictures = {at for at, vm in special.rich.items() if kinds.get(vm) == PICTURE}
            special.linked = {at for at, vm in special.rich.items() if kinds.get(vm) == LINKED}
            if self.striking.anywhere or not self.usual:  # the usual form has no text in runs
                special.struck = self.striking.cells(plain_xml(self.parts[name]))
        return found

    def _sheets(self) -> dict[str, RawSheet]:
        """The sheets unparsed where their XML has the usual form and every value is returned; else parsed."""
        if not self.names:
            return {}
        found = {name: ordinary(part) for name, part in self.parts.items()}
        strings = texts_as_they_stand(self.strings) if self.strings != _NO_TEXTS else _NO_TEXTS
        if strings is not None and None not in found.values():
            usual = {name: sheet for name, sheet in found.items() if sheet is not None}
            rows = self._values(usual, strings)
            if rows is not None and all(held(rows[n]) == usual[n].values for n in self.names):
                self.usual = True
                return _raw(usual, rows)
        return self._walked()

    def _walked(self) -> dict[str, RawSheet]:
        texts = shared_texts(self.strings)
        found = {name: walked(name, plain_xml(part), texts) for name, part in self.parts.items()}
        rows = self._values(found, texts_anew(texts))
        if rows is None:
            raise Refused(finding("D18"))
        for name in self.names:
            if held(rows[name]) != found[name].values:
                raise Refused(finding("D21", name))
        return _raw(found, rows)

    def _values(self, sheets: dict[str, SheetXml], strings: bytes) -> dict[str, list[list[Any]]] | None:
        """The cells of each sheet; None when the library cannot read them."""
        if sum(sheet.area for sheet in sheets.values()) > MAX_TOTAL_AREA:
            raise broken()
        data = slim((sheets[name].body for name in self.names), self.styles, strings, self.date1904)
        try:
            book = python_calamine.load_workbook(io.BytesIO(data))
            return {
                name: book.get_sheet_by_index(index).to_python(skip_empty_area=False)
                for index, name in enumerate(self.names)
            }
        except BaseException as error:  # a panic of the library is no Exception, known by name alone
            if isinstance(error, Exception) or type(error).__name__ == "PanicException":
                return None
            raise


def _raw(sheets: dict[str, SheetXml], rows: dict[str, list[list[Any]]]) -> dict[str, RawSheet]:
    for name, sheet in sheets.items():
        _stretch(rows[name], sheet.special.unread)
    return {name: RawSheet(rows[name], sheet.special, sheet.values) for name, sheet in sheets.items()}


def _stretch(rows: list[list[Any]], unread: set[tuple[int, int]]) -> None:
    """Extends the rows to cells that are filled but have no value: the library leaves them out."""
    height, width = max((r for r, _ in unread), default=0), max((c for _, c in unread), default=0)
    wide = len(rows[0]) if rows else 0
    if width > wide:
        for row in rows:
            row.extend([""] * (width - wide))
    rows += [[""] * max(width, wide) for _ in range(height - len(rows))]
