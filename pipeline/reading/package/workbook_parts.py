"""The parts of a workbook: worksheets by name, styles and shared strings.

Found by content types and relationships, not by part names; namespaces (Strict or not) and prefixes do not
matter. A package in which they contradict each other is refused, as programs would read it differently.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from xml.etree import ElementTree

from pipeline.definitions.messages import finding
from pipeline.reading.package.preflight import CheckedPackage, Refused, broken
from pipeline.xlsx.relations import (
    CONTENT_TYPES,
    MAIN_PART,
    Relation,
    part_key,
    relations_in,
    relations_name,
)

_MAIN_TYPES = ("spreadsheetml.sheet.main+xml", "spreadsheetml.template.main+xml")
_BINARY_TYPE = "ms-excel.sheet.binary.macroenabled.main"
_OPEN_DOCUMENT = b"application/vnd.oasis.opendocument.spreadsheet"
_MACROS = ("vbaproject", "macrosheet", "macroenabled.main+xml")
_MACRO_RELATIONS = ("vbaproject", "xlmacrosheet", "xlintlmacrosheet")
_EXCEL = ("spreadsheetml", "ms-excel")
_TRUE = ("1", "true")
_SMALL = 100_000  # bytes


@dataclass(frozen=True, slots=True)
class WorkbookParts:
    """``sheets``: name → part, worksheets only; ``names``: all sheets in the order of their tabs."""

    names: tuple[str, ...]
    sheets: dict[str, str]
    date1904: bool
    styles: str | None
    strings: str | None
    external_links: bool


def open_book(package: CheckedPackage) -> WorkbookParts:
    """The parts. Raises Refused when the package is no workbook, holds macros or contradicts itself."""
    if "mimetype" in package and package.part("mimetype").startswith(_OPEN_DOCUMENT):
        raise Refused(finding("D26"))
    types = _content_types(package)
    related = _relations(package, "")
    main = _only(r.target for r in related if r.kind == MAIN_PART)
    named = [*types.values(), *(name.lower() for name in package.names)]
    if any(word in name for name in named for word in _MACROS):
        raise Refused(finding("D04"))
    if main is not None and types.get(part_key(main), "").endswith(_BINARY_TYPE):
        raise Refused(finding("D27"))
    if main is None or not types.get(part_key(main), "").endswith(_MAIN_TYPES):
        excel = any(word in value for value in types.values() for word in _EXCEL)
        raise broken() if excel else Refused(finding("D01"))
    if main not in package:
        raise Refused(finding("D01"))
    return _book(package, main)


def _book(package: CheckedPackage, main: str) -> WorkbookParts:
    listing = _listing(package.xml(main))
    related = _relations(package, main)
    if any(r.kind.lower() in _MACRO_RELATIONS for r in related):
        raise Refused(finding("D04"))
    if listing is None:
        raise broken()
    by_id = {r.id: r for r in related}
    found = [(name, by_id.get(id_)) for name, id_ in listing.sheets]
    names = [name for name, _ in found]
    sheets = {name: r.target for name, r in found if r is not None and r.kind == "worksheet"}
    targets = [part_key(target) for target in sheets.values()]
    if (
        len(by_id) < len(related)
        or any(r is None for _, r in found)
        or any(t not in package for t in targets)
        or _twice(name.casefold() for name in names)
        or _twice(targets)
    ):
        raise broken()
    return WorkbookParts(
        tuple(names),
        sheets,
        listing.date1904,
        styles=_only(r.target for r in related if r.kind == "styles"),
        strings=_only(r.target for r in related if r.kind == "sharedStrings"),
        external_links=any(r.kind == "externalLink" for r in related),
    )


@dataclass(frozen=True, slots=True)
class _Listing:
    """What the main part says: name and relationship of each sheet, and from when dates count."""

    sheets: tuple[tuple[str, str], ...]
    date1904: bool


@lru_cache(maxsize=8)
def _listing(xml: bytes) -> _Listing | None:
    """The sheets of a main part; None when it contradicts itself.

    Cached, as workbooks filled by a program share this part, which is nearly all defined names.
    """
    root = _tree(xml)
    listed = [e for group in root if tag_name(group.tag) == "sheets" for e in group]
    everywhere = [e for e in root.iter() if tag_name(e.tag) == "sheet"]
    if listed != everywhere or any(not e.get("name") for e in listed):
        return None
    if _twice(e.get("sheetId", "") for e in listed):
        return None
    properties = next((e for e in root if tag_name(e.tag) == "workbookPr"), None)
    return _Listing(
        tuple((e.get("name", ""), _attribute(e, "id")) for e in listed),
        properties is not None and properties.get("date1904") in _TRUE,
    )


def _content_types(package: CheckedPackage) -> dict[str, str]:
    """Key of a part → content type in lower case."""
    if CONTENT_TYPES not in package:
        raise Refused(finding("D01"))
    root = tree(package.xml(CONTENT_TYPES))
    defaults = {
        e.get("Extension", "").lower(): e.get("ContentType", "").lower()
        for e in root
        if tag_name(e.tag) == "Default"
    }
    types = {
        part_key(name): defaults.get(name.rsplit(".", 1)[-1].lower(), "")
        for name in package.names
        if part_key(name) != part_key(CONTENT_TYPES)
    }
    for element in root:
        if tag_name(element.tag) == "Override":
            types[part_key(element.get("PartName", ""))] = element.get("ContentType", "").lower()
    return types


def _relations(package: CheckedPackage, part: str) -> list[Relation]:
    """Internal relationships of a part; of the package for ``""``."""
    name = relations_name(part)
    if name not in package:
        return []
    return [r for r in relations_in(tree(package.xml(name)), part) if not r.external]


def tree(xml: bytes) -> ElementTree.Element:
    """Read-only tree of a part. ``xml`` comes from ``CheckedPackage.xml``: without DTD, hence without
    entities.

    Small parts are cached, as workbooks of one template share them.
    """
    return _kept_tree(xml) if len(xml) < _SMALL else _tree(xml)


@lru_cache(maxsize=32)
def _kept_tree(xml: bytes) -> ElementTree.Element:
    return _tree(xml)


def _tree(xml: bytes) -> ElementTree.Element:
    try:
        return ElementTree.fromstring(xml)  # noqa: S314
    except (ElementTree.ParseError, ValueError, LookupError):  # the last two for encodings
        raise broken() from None


def tag_name(tag: str) -> str:
    """Name of an element without its namespace."""
    return tag.rsplit("}", 1)[-1]


def _attribute(element: ElementTree.Element, name: str) -> str:
    """An attribute that has a namespace: ``r:id``."""
    return next((v for k, v in element.attrib.items() if k.endswith("}" + name)), "")


def _twice(values: Iterable[str]) -> bool:
    values = list(values)
    return len(set(values)) < len(values)


def _only(values: Iterable[str]) -> str | None:
    """The one value, None without any; Refused when there are several."""
    found = set(values)
    if len(found) > 1:
        raise broken()
    return found.pop() if found else None
