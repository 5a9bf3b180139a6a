"""The workbook part of a package: finds sheets by name, adds a first one, removes one."""

from __future__ import annotations

from lxml import etree

from pipeline.xlsx.package import Element, Package, local_name, remove_element
from pipeline.xlsx.relations import MAIN_PART, part_key

_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"


class WorkbookPart:
    """The part workbook.xml; ``ns`` and ``rel`` are its namespaces, Strict or Transitional."""

    def __init__(self, package: Package) -> None:
        self.package = package
        name = package.related("", MAIN_PART)
        assert name is not None
        self.name = name
        self.root = package.xml(name)
        self.ns = etree.QName(self.root).namespace or ""
        strict = "purl.oclc.org" in self.ns
        self.rel = (
            "http://purl.oclc.org/ooxml/officeDocument/relationships"
            if strict
            else "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
        )

    def _child(self, name: str) -> Element | None:
        return next((e for e in self.root if local_name(e) == name), None)

    @property
    def sheets(self) -> Element:
        element = self._child("sheets")
        assert element is not None
        return element

    @property
    def names(self) -> list[str]:
        """Return the titles of all sheets, in order."""
        return [s.get("name", "") for s in self.sheets]

    def part(self, title: str) -> str | None:
        """Return the part name of a sheet of any kind; None without."""
        wanted = next((s.get(f"{{{self.rel}}}id") for s in self.sheets if s.get("name") == title), None)
        return self.package.related_by_id(self.name, wanted or "")

    def worksheet(self, title: str) -> str | None:
        """Return the part name of a sheet with cells; None for a chart sheet, or where the part is missing."""
        part = self.part(title)
        cells = {part_key(r.target) for r in self.package.relations(self.name) if r.kind == "worksheet"}
        return part if part is not None and part in self.package and part_key(part) in cells else None

    @property
    def keeps_background(self) -> bool:
        """False when LibreOffice saved the file, which writes background colours of its own."""
        name = self.package.related("", "extended-properties") or self.package.related(
            "", "extendedProperties"
        )
        return name is None or name not in self.package or b"LibreOffice" not in self.package.read(name)

    def styles_part(self) -> str | None:
        return self.package.related(self.name, "styles")

    def remove(self, title: str) -> None:
        """Remove a sheet with its part and its local names; titles compare without case."""
        position = next((i for i, n in enumerate(self.names) if n.casefold() == title.casefold()), None)
        part = self.part(self.names[position]) if position is not None else None
        if part is None or position is None:
            return
        self.sheets.remove(self.sheets[position])
        self.package.unrelate(self.name, lambda r: not r.external and part_key(r.target) == part_key(part))
        self.package.remove(part)
        self._shift_local_names(position, -1)

    def insert_first(self, title: str, sheet: Element) -> None:
        """Insert a sheet before all others and make it the active one."""
        part = self.package.free_name("xl/worksheets/sheetKisi*.xml")
        self.package.put(part, sheet)
        self.package.declare(part, _SHEET_TYPE)
        id_ = self.package.relate(self.name, "worksheet", part, self.rel)
        element = etree.Element(f"{{{self.ns}}}sheet")
        element.set("name", title)
        element.set("sheetId", str(1 + max(int(s.get("sheetId", "0")) for s in self.sheets)))
        element.set(f"{{{self.rel}}}id", id_)
        self._shift_local_names(0, 1)
        self.sheets.insert(0, element)
        self._show_first()

    def _shift_local_names(self, position: int, by: int) -> None:
        names = self._child("definedNames")
        for name in list(names if names is not None else ()):
            index = name.get("localSheetId")
            if index is None:
                continue
            if by < 0 and int(index) == position:
                remove_element(name)
            elif int(index) >= position:
                name.set("localSheetId", str(int(index) + by))

    def _show_first(self) -> None:
        views = self._child("bookViews")
        for view in views if views is not None else ():
            view.set("activeTab", "0")
            view.set("firstSheet", "0")
        for title in self.names[1:]:
            part = self.part(title)
            if (
                part is None
                or part not in self.package
                or b"tabSelected" not in self.package.head(part, b"sheetData")
            ):
                continue
            for view in self.package.xml(part).iter(f"{{{self.ns}}}sheetView"):
                if "tabSelected" in view.attrib:
                    del view.attrib["tabSelected"]
