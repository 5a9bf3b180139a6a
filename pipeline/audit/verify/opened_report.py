"""Reads a report workbook for comparison: sheets, names, properties, settings, parts that do not belong.

The file is untrusted: it is opened within the limits of ``pipeline.reading``; what cannot be understood reads
as empty, so that it differs from the computed report.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pipeline.audit.verify.cellwalk import string_text
from pipeline.audit.verify.formatting import Formatting, read_styles
from pipeline.audit.verify.opened_sheet import OpenedSheet, fill_sheet
from pipeline.audit.verify.xml import (
    COMPATIBILITY,
    SHEET_SPACES,
    UNKNOWN_PARTS,
    Element,
    Parts,
    attribute,
    child,
    doubled,
    every,
    inside,
    local,
    on,
    part_tree,
    purified,
    relations,
)
from pipeline.definitions.messages import finding
from pipeline.reading.package import Refused, open_parts
from pipeline.xlsx.relations import MAIN_PART, Relation, part_key, relations_owner

_QUOTED = re.compile('("(?:[^"]|"")*")')
# Relationships of every workbook that a program has saved.
_USUAL = {
    "officeDocument", "worksheet", "styles", "theme", "sharedStrings", "calcChain", "drawing", "chart", "hyperlink",
    "comments", "vmlDrawing", "threadedComment", "person", "image", "printerSettings", "core-properties", "extended-properties",
    "custom-properties", "thumbnail", "table", "chartStyle", "chartColorStyle", "sheetMetadata", "metadata", "classificationlabels",
}  # fmt: skip
FOREIGN = {
    "vbaProject": "Makros", "externalLink": "Verknüpfung mit einer anderen Datei",
    "externalLinkPath": "Verknüpfung mit einer anderen Datei", "connections": "Datenverbindung",
    "queryTable": "Datenabfrage", "oleObject": "eingebettetes Objekt", "package": "eingebettete Datei",
    "control": "Steuerelement", "activeXControlBinary": "Steuerelement", "ctrlProp": "Steuerelement",
    "customXml": "eigene Daten (XML)", "customXmlProps": "eigene Daten (XML)",
    "pivotTable": "Pivot-Tabelle", "pivotCacheDefinition": "Pivot-Tabelle", "slicer": "Datenschnitt",
    "slicerCache": "Datenschnitt", "xlMacrosheet": "Makroblatt", "dialogsheet": "Dialogblatt",
    "chartsheet": "Diagrammblatt", "attachedTemplate": "Vorlage", "ui": "eigenes Menüband",
    "attachedToolbars": "eigenes Menüband", "usernames": "gemeinsam genutzte Arbeitsmappe",
    "revisionHeaders": "gemeinsam genutzte Arbeitsmappe", "volatileDependencies": "Datenverbindung",
}  # fmt: skip
_ONCE = ("officeDocument", "styles", "theme", "sharedStrings", "core-properties", "comments", "drawing")
_OF_CHARTS = {"chartUserShapes", "themeOverride"}  # reported with their chart
_MARKS = {
    "vbaproject": "Makros", "externallinks/": "Verknüpfung mit einer anderen Datei", "embeddings/": "eingebettetes Objekt",
    "activex/": "Steuerelement", "connections.": "Datenverbindung", "macrosheets/": "Makroblatt", "customui": "eigenes Menüband",
}  # fmt: skip
_PROPERTIES = {
    "title": "Titel", "subject": "Thema", "creator": "Verfasser", "description": "Kommentar", "keywords": "Stichwörter",
    "category": "Kategorie", "contentStatus": "Status", "Manager": "Manager", "HyperlinkBase": "Hyperlinkbasis",
}  # fmt: skip


@dataclass(slots=True)
class OpenedReport:
    """A report workbook with its parts by key of their names; ``main`` is the part that lists the sheets.

    ``foreign``: German names of content that belongs to no report; ``unknown``: content that is not
    understood.
    """

    parts: Parts
    main: str
    sheets: dict[str, OpenedSheet]
    names: dict[str, str]
    styles: Formatting
    properties: dict[str, str] = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=dict)
    foreign: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


def read_opened(data: bytes) -> OpenedReport:
    """Refused when the file is no workbook or must not be opened."""
    parts = {part_key(name): part for name, part in open_parts(data).items()}
    main = next(iter(inside(parts, "", MAIN_PART)), None)
    if main is None:
        raise Refused(finding("D01"))
    root = part_tree(parts, main)
    doubtful = purified(
        root, SHEET_SPACES, quiet=(COMPATIBILITY, "http://schemas.microsoft.com/")
    ) or doubled(root)
    related = {r.id: part_key(r.target) for r in relations(parts, main) if not r.external}
    shared = inside(parts, main, "sharedStrings")
    texts = part_tree(parts, shared[0]) if shared else None
    doubtful = doubtful or (texts is not None and purified(texts, SHEET_SPACES))
    strings = [string_text(e) for e in texts if local(e) == "si"] if texts is not None else []
    styles = read_styles(parts, main)
    sheets: dict[str, OpenedSheet] = {}
    for element in _listed(root, "sheets"):
        part = related.get(attribute(element, "id"), "")
        name = element.get("name", "")
        name += " (zweimal)" if name in sheets else ""
        sheet = OpenedSheet(name, part, element.get("state", "visible"))
        sheets[sheet.name] = sheet
        if part in parts:
            fill_sheet(sheet, parts, strings, styles)
    opened = OpenedReport(parts, main, sheets, _names(root, list(sheets)), styles)
    opened.properties = dict(_properties(parts))
    opened.settings = dict(_settings(root))
    opened.foreign, opened.unknown = _foreign(parts)
    if (doubtful or styles.doubtful) and UNKNOWN_PARTS not in opened.unknown:
        opened.unknown.append(UNKNOWN_PARTS)
    return opened


def _listed(root: Element, name: str) -> Iterator[Element]:
    """The children of a list of the workbook."""
    found = child(root, name)
    yield from found if found is not None else ()


def _names(root: Element, sheets: list[str]) -> dict[str, str]:
    """Defined name (with its sheet if local) → formula."""
    found = {}
    for element in _listed(root, "definedNames"):
        scope = element.get("localSheetId", "")
        where = sheets[int(scope)] + "!" if scope.isdecimal() and int(scope) < len(sheets) else ""
        found[where + element.get("name", "")] = normal(element.text or "")
    return found


def normal(formula: str) -> str:
    """A formula in comparable notation: no leading sign, blanks or quotes around sheets, one case outside
    texts.
    """
    parts = _QUOTED.split(formula.removeprefix("="))
    return "".join(
        p if p.startswith('"') else re.sub(r"\s+", "", p).replace("'", "").replace("_xlfn.", "").upper()
        for p in parts
    )


def _properties(parts: Parts) -> Iterator[tuple[str, str]]:
    """Document properties that people read or have added; not who saved last, and when."""
    for name in inside(parts, "", "core-properties", "extended-properties"):
        for element in part_tree(parts, name):
            if (word := _PROPERTIES.get(local(element))) and (text := (element.text or "").strip()):
                yield word, text
    for name in inside(parts, "", "custom-properties"):
        for element in every(part_tree(parts, name), "property"):
            yield f"Eigenschaft „{element.get('name', '')}“", "".join(map(str, element.itertext())).strip()


def _settings(root: Element) -> Iterator[tuple[str, str]]:
    """Settings that change how a program shows the whole workbook."""
    for view in _listed(root, "bookViews"):
        if view.get("visibility", "visible") != "visible":
            yield "Fenster", "ausgeblendet"
        if not on(view, "showSheetTabs", default=True):
            yield "Register der Blätter", "ausgeblendet"
    if on(child(root, "workbookPr"), "date1904"):
        yield "Datumssystem", "1904"
    calculation = child(root, "calcPr")
    mode = calculation.get("calcMode", "auto") if calculation is not None else "auto"
    if mode != "auto":
        yield "Berechnung", "von Hand"
    if not on(calculation, "fullPrecision", default=True):
        yield "Genauigkeit", "wie angezeigt"
    if on(calculation, "iterate"):
        yield "Iterative Berechnung", "ein"


def _ambiguous(related: Sequence[Relation]) -> bool:
    """Whether one name stands for two parts, or a part that can be there once is there twice."""
    ids, kinds = Counter(r.id for r in related), Counter(r.kind for r in related)
    return max(ids.values(), default=0) > 1 or any(kinds[kind] > 1 for kind in _ONCE)


def _foreign(parts: Parts) -> tuple[list[str], list[str]]:
    """(foreign, unknown): what the workbook refers to beyond the usual parts."""
    foreign, unknown = set(), set()
    for name in parts:
        owner = relations_owner(name)
        if owner is None:
            foreign |= {word for mark, word in _MARKS.items() if mark in name}
            continue
        related = relations(parts, owner)
        if _ambiguous(related):
            unknown.add("mehrere Bestandteile, wo einer sein kann")
        for relation in related:
            if relation.kind in FOREIGN:
                foreign.add(FOREIGN[relation.kind])
            elif relation.kind not in _USUAL | _OF_CHARTS or (
                relation.external and relation.kind != "hyperlink"
            ):
                unknown.add(UNKNOWN_PARTS)
    return sorted(foreign), sorted(unknown)
