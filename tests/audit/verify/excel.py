"""What Excel changes in a report when it saves it, done to the XML: no program here can open Excel.

Known from files that Excel has saved: number formats with every literal escaped, identifiers and hints of newer
versions, complete settings of labels and axes, no values for empty cells in charts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from tests.audit.verify.edited import NS, Edited, Element

C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
XR = "http://schemas.microsoft.com/office/spreadsheetml/2014/revision"
X14AC = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/ac"
C14 = "http://schemas.microsoft.com/office/drawing/2007/8/2/chart"
C16 = "http://schemas.microsoft.com/office/drawing/2014/chart"
SHOWN = ("showLegendKey", "showVal", "showCatName", "showSerName", "showPercent", "showBubbleSize")


def saved_by_excel(data: bytes) -> bytes:
    """A report of ours as Excel would save it."""
    edited = Edited(data)
    _book(edited)
    _styles(edited.xml("xl/styles.xml"))
    for name in list(edited.parts):
        if name.startswith("xl/worksheets/sheet"):
            _sheet(edited.xml(name))
        elif name.startswith("xl/charts/chart"):
            _chart(edited.xml(name))
    core = edited.xml("docProps/core.xml")
    for element in core:
        if etree.QName(element).localname in ("lastModifiedBy", "modified"):
            element.text = "2026-11-03T09:12:44Z" if "modified" in str(element.tag) else "M. Beispiel"
    return edited.save()


def _book(edited: Edited) -> None:
    book = edited.book
    version = next(book.iter(f"{NS}fileVersion"))
    version.set("lastEdited", "7")
    version.set("rupBuild", "28526")
    book.insert(
        1,
        etree.fromstring(
            f'<mc:AlternateContent xmlns:mc="{MC}"><mc:Choice Requires="x15"><y:absPath '
            'xmlns:y="http://schemas.microsoft.com/office/spreadsheetml/2010/11/ac" url="C:\\Berichte\\"/></mc:Choice></mc:AlternateContent>'
        ),
    )
    book.insert(2, etree.Element(f"{{{XR}}}revisionPtr", revIDLastSave="0"))
    calculation = next(book.iter(f"{NS}calcPr"))
    calculation.attrib.clear()
    calculation.set("calcId", "191029")
    etree.SubElement(
        etree.SubElement(book, f"{NS}extLst"), f"{NS}ext", uri="{140A7094-0E35-4892-8432-C4D2E57EDEB5}"
    )


def _styles(root: Element) -> None:
    for element in root.iter(f"{NS}numFmt"):
        code = str(element.get("formatCode"))
        element.set(
            "formatCode",
            re.sub(r'(?<!_)(?<![\\"])([ .–-])(?=[^"]*$)', _escape, code) if '"' not in code else code,
        )
    etree.SubElement(
        etree.SubElement(root, f"{NS}extLst"), f"{NS}ext", uri="{EB79DEF2-80B8-43e5-95BD-54CBDDF9020C}"
    )


def _escape(match: re.Match[str]) -> str:
    before = match.string[match.start() - 1] if match.start() else ""
    after = match.string[match.end()] if match.end() < len(match.string) else ""
    decimal = match[1] == "." and before == "0" and after == "0"
    return match[1] if decimal else f"\\{match[1]}"


def _sheet(root: Element) -> None:
    root.set(f"{{{XR}}}uid", "{00000000-0001-0000-0000-000000000000}")
    for row in root.iter(f"{NS}row"):
        row.set(f"{{{X14AC}}}dyDescent", "0.2")
        row.set("spans", "1:18")
    for link in root.iter(f"{NS}hyperlink"):
        link.set(f"{{{XR}}}uid", "{00000000-0004-0000-0000-000000000000}")
    view = next(root.iter(f"{NS}sheetView"))
    view.set("zoomScaleNormal", "100")


def _chart(root: Element) -> None:
    root.insert(
        1,
        etree.fromstring(
            f'<mc:AlternateContent xmlns:mc="{MC}"><mc:Choice Requires="c14"><c14:style xmlns:c14="{C14}" val="102"/>'
            "</mc:Choice></mc:AlternateContent>"
        ),
    )
    for number, series in enumerate(root.iter(f"{C}ser")):
        kept = etree.SubElement(
            etree.SubElement(series, f"{C}extLst"), f"{C}ext", uri="{C3380CC4-5D6E-409C-BE32-E72D297353CC}"
        )
        etree.SubElement(kept, f"{{{C16}}}uniqueId", val=f"{{0000000{number}-0000-0000-0000-000000000000}}")
    for labels in root.iter(f"{C}dLbls"):
        there = {etree.QName(e).localname for e in labels}
        labels.extend(etree.Element(C + name, val="0") for name in SHOWN if name not in there)
    for axis in (e for e in root.iter() if etree.QName(e).localname in ("catAx", "valAx")):
        if axis.find(f"{C}delete") is None:
            axis.insert(2, etree.Element(f"{C}delete", val="0"))
    for cache in root.iter(f"{C}numCache"):
        for point in _zeros(cache):
            cache.remove(point)


def _zeros(cache: Element) -> Iterator[Element]:
    """Empty cells have no point."""
    yield from [p for p in cache.iter(f"{C}pt") if all(v.text in ("0", "0.0") for v in p.iter(f"{C}v"))]
