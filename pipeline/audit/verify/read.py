"""A workbook as ``kisi verify`` compares it: cells, sheets, names, comments, links, charts.

Nothing in the file is trusted: it is opened within the limits of ``intake``, and what cannot be understood
reads as empty, so that it differs from what was computed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from sys import intern
from typing import Any

from lxml import etree
from openpyxl.formula.translate import Translator

from pipeline.definitions.messages import finding
from pipeline.reading.package import Refused, open_parts
from pipeline.xlsx.addresses import column_letters
from pipeline.xlsx.package import remove_element
from pipeline.xlsx.relations import MAIN_PART, Relation, part_key, relations_in, relations_name

# Without comments: a value is the same with one inside it.
_AS_READ: dict[str, Any] = {
    "resolve_entities": False, "no_network": True, "huge_tree": True, "load_dtd": False,
    "remove_comments": True, "remove_pis": True,
}  # fmt: skip
_PARSER = etree.XMLParser(**_AS_READ)
_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")
_QUOTED = re.compile('("(?:[^"]|"")*")')
_DRAWN = ("graphicFrame", "pic", "sp", "cxnSp")
Element = etree._Element


@dataclass(frozen=True, slots=True)
class ReportCell:
    """``value`` is the stored value (a number as float), ``raw`` style and type."""

    value: str | float | None
    formula: str | None
    raw: tuple[str, ...]


@dataclass(slots=True)
class OpenedSheet:
    """One sheet. ``cells`` by address, only those that hold something; ``drawn`` counts charts, pictures …"""

    name: str
    part: str
    state: str
    cells: dict[str, ReportCell] = field(default_factory=dict)
    hidden: list[str] = field(default_factory=list)
    links: dict[str, str] = field(default_factory=dict)
    comments: dict[str, str] = field(default_factory=dict)
    drawn: dict[str, int] = field(default_factory=dict)
    series: list[str] = field(default_factory=list)
    footer: str = ""


@dataclass(slots=True)
class OpenedReport:
    """The whole workbook and its parts, by the keys of their names; ``written``: the names. ``main`` is the one that lists the sheets."""

    parts: dict[str, bytes]
    written: dict[str, str]
    main: str
    properties: bytes
    sheets: dict[str, OpenedSheet]
    names: dict[str, str]
    date1904: bool


def read_opened(data: bytes) -> OpenedReport:
    """Refused when the file is no workbook or must not be opened."""
    written = open_parts(data)
    parts = {part_key(name): part for name, part in written.items()}
    main = next(iter(_inside(parts, "", MAIN_PART)), None)
    if main is None:
        raise Refused(finding("D01"))
    root = _tree(parts, main)
    related = {r.id: part_key(r.target) for r in _relations(parts, main) if not r.external}
    shared = _inside(parts, main, "sharedStrings")
    strings = [_text(e) for e in _tree(parts, shared[0]) if _local(e) == "si"] if shared else []
    sheets: dict[str, OpenedSheet] = {}
    for element in _all(root, "sheet"):
        part = related.get(_attribute(element, "id"), "")
        sheet = OpenedSheet(element.get("name", ""), part, element.get("state", "visible"))
        sheets[sheet.name] = sheet
        if part in parts:
            _fill(sheet, parts, strings)
    date1904 = any(e.get("date1904") in ("1", "true") for e in _all(root, "workbookPr"))
    properties = b"".join(parts[p] for p in _inside(parts, "", "core-properties"))
    return OpenedReport(
        parts,
        {part_key(n): n for n in written},
        main,
        properties,
        sheets,
        _names(root, list(sheets)),
        date1904,
    )


def _names(root: Element, sheets: list[str]) -> dict[str, str]:
    """Defined name, with its sheet where it has one → what it stands for."""
    found = {}
    for element in _all(root, "definedName"):
        scope = element.get("localSheetId", "")
        where = sheets[int(scope)] + "!" if scope.isdigit() and int(scope) < len(sheets) else ""
        found[where + element.get("name", "")] = normal(element.text or "")
    return found


def normal(formula: str) -> str:
    """A formula as it is compared: no leading sign, blanks or quotes around sheets, one case outside texts."""
    parts = _QUOTED.split(formula.removeprefix("="))
    return "".join(
        p if p.startswith('"') else re.sub(r"\s+", "", p).replace("'", "").replace("_xlfn.", "").upper()
        for p in parts
    )


# --- one sheet ----------------------------------------------------------------------------------------


def _fill(sheet: OpenedSheet, parts: dict[str, bytes], strings: list[str]) -> None:
    targets = {r.id: r.target for r in _relations(parts, sheet.part)}
    cells = _Cells(strings)
    for event, element in _walked(parts[sheet.part]):
        name = _local(element)
        if event == "start":
            cells.begin(name, element)
            sheet.hidden += _hidden(name, element)
        elif name == "c":
            for address, cell in cells.found(element):
                sheet.cells[f"{address} (zweimal)" if address in sheet.cells else address] = cell
        elif name == "hyperlink":
            target = targets.get(_attribute(element, "id"), "")
            sheet.links[element.get("ref", "")] = target + "#" + element.get("location", "")
        elif name == "oddFooter":
            sheet.footer = sheet.footer or element.text or ""
    for part in _inside(parts, sheet.part, "comments", "threadedComment"):
        _add_comments(sheet, _tree(parts, part))
    for part in _inside(parts, sheet.part, "drawing"):
        _add_drawings(sheet, parts, part)


def _walked(xml: bytes) -> Iterator[tuple[str, Element]]:
    """Starts and ends of what is compared; what was passed is let go, for a sheet may be large."""
    names = [f"{{*}}{n}" for n in ("row", "c", "col", "hyperlink", "oddFooter")]
    try:
        for event, element in etree.iterparse(BytesIO(xml), ("start", "end"), tag=names, **_AS_READ):
            yield event, element
            if event == "end" and _local(element) == "row":
                element.clear()
                while (before := element.getprevious()) is not None:
                    remove_element(before)
    except etree.XMLSyntaxError:
        raise Refused(finding("D05")) from None


class _Cells:
    """Counts rows and cells, which need not say where they are, and keeps formulas that several cells share."""

    def __init__(self, strings: list[str]) -> None:
        self._strings = strings
        self._shared: dict[str, tuple[str, str]] = {}
        self._row = self._column = 0

    def begin(self, name: str, element: Element) -> None:
        if name == "row":
            self._row, self._column = _number(element.get("r"), self._row + 1), 0
        elif name == "c":
            self._column += 1

    def found(self, element: Element) -> Iterator[tuple[str, ReportCell]]:
        """The address and what stands there; nothing for an empty cell."""
        address = element.get("r") or f"{column_letters(self._column)}{self._row}"
        children = {_local(e): e for e in element}
        formula = _formula(children.get("f"), address, self._shared)
        value = _value(element.get("t", "n"), children, self._strings)
        if value is not None or formula is not None:
            kind = (intern(element.get("s", "0")), intern(element.get("t", "n")))
            yield address, ReportCell(value, formula, kind)


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isdigit() else default


def _formula(element: Element | None, address: str, shared: dict[str, tuple[str, str]]) -> str | None:
    """A shared formula is written out for each of its cells."""
    if element is None:
        return None
    text, index = element.text or "", element.get("si")
    if element.get("t") == "shared" and index is not None:
        if text:
            shared[index] = (text, address)
        elif index in shared:
            origin, at = shared[index]
            text = Translator("=" + origin, at).translate_formula(address).removeprefix("=")
    return text


def _value(kind: str, children: dict[str, Element], strings: list[str]) -> str | float | None:
    if kind == "inlineStr":
        return _text(children["is"]) if "is" in children else None
    stored = children.get("v")
    if stored is None:
        return None
    text = stored.text or ""
    if kind == "s":
        number = _number(text, -1)
        return strings[number] if 0 <= number < len(strings) else f"#{text}"
    if kind == "b":
        return "WAHR" if text in ("1", "true") else "FALSCH"
    if kind in ("str", "e", "d"):
        return _unescaped(text)
    try:
        return float(text) if text else None
    except ValueError:
        return text


def _hidden(name: str, element: Element) -> Iterator[str]:
    """A hidden row or column, in words."""
    if element.get("hidden") not in ("1", "true"):
        return
    if name == "row":
        yield f"Zeile {element.get('r')}"
    elif name == "col":
        yield f"Spalte {column_letters(min(16384, max(1, _number(element.get('min'), 1))))}"


def _add_comments(sheet: OpenedSheet, root: Element) -> None:
    for element in _all(root, "comment", "threadedComment"):
        sheet.comments[element.get("ref", "")] = _text(element)


def _add_drawings(sheet: OpenedSheet, parts: dict[str, bytes], part: str) -> None:
    for element in _all(_tree(parts, part), *_DRAWN):
        kind = _local(element)
        sheet.drawn[kind] = sheet.drawn.get(kind, 0) + 1
    for chart in _inside(parts, part, "chart"):
        sheet.series += (_series(e) for e in _all(_tree(parts, chart), "ser"))


def _series(element: Element) -> str:
    """What a series shows: where its data stand, and the values kept with them.

    The cells themselves are compared elsewhere. A program may keep 0 or nothing for an empty cell.
    """
    pieces = []
    for part in element:
        if _local(part) not in ("tx", "cat", "val", "xVal", "yVal"):
            continue
        pieces += [normal(e.text or "") for e in _all(part, "f")]
        for point in _all(part, "pt"):
            value = _plain("".join(e.text or "" for e in _all(point, "v")))
            pieces += [f"{point.get('idx')}: {value}"] if value not in ("", "0") else []
    return "|".join(pieces)


def _plain(text: str) -> str:
    """A number with 12 digits: programs keep 15 to 17 of them."""
    try:
        return f"{float(text):.12g}"
    except ValueError:
        return text


# --- XML ----------------------------------------------------------------------------------------------


def _tree(parts: dict[str, bytes], name: str) -> Element:
    try:
        return etree.fromstring(parts[name], _PARSER)
    except etree.XMLSyntaxError:
        raise Refused(finding("D05")) from None


def _local(element: Element) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _all(root: Element, *names: str) -> Iterator[Element]:
    return root.iter(*(f"{{*}}{n}" for n in names))


def _attribute(element: Element, name: str) -> str:
    """By its local name and in a namespace: r:id, not id."""
    return next((str(v) for k, v in element.attrib.items() if str(k).endswith("}" + name)), "")


def _text(element: Element) -> str:
    """All runs of a text together, without phonetic hints."""
    hints = {t for hint in _all(element, "rPh") for t in _all(hint, "t")}
    return _unescaped("".join(t.text or "" for t in _all(element, "t", "text") if t not in hints))


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda m: chr(int(m[1], 16)), text)


def _relations(parts: dict[str, bytes], part: str) -> list[Relation]:
    """The relationships of a part; "" is the package itself."""
    name = part_key(relations_name(part))
    return list(relations_in(_tree(parts, name), part)) if name in parts else []


def _inside(parts: dict[str, bytes], part: str, *kinds: str) -> list[str]:
    """Keys of the parts that a part refers to with a relationship of these kinds, where they are there."""
    keys = (part_key(r.target) for r in _relations(parts, part) if r.kind in kinds and not r.external)
    return [key for key in keys if key in parts]
