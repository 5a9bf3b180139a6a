"""Reads one worksheet for comparison: cells, sizes, and everything around them in German words.

``facts``: properties that a sheet has once (paper, header). ``items``: those at a place (links, merged
cells). What no program shows is ignored; what is not understood goes to ``unknown``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from io import BytesIO

from lxml import etree

from pipeline.audit.verify.cellwalk import Cells, ReportCell, Text, sized
from pipeline.audit.verify.drawings import Drawing, read_drawings
from pipeline.audit.verify.formatting import Formatting
from pipeline.audit.verify.page_facts import page_facts
from pipeline.audit.verify.xml import (
    AS_READ,
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
    number,
    on,
    part_tree,
    purified,
    relations,
    run_text,
    unescaped,
    whole,
)
from pipeline.definitions.messages import finding
from pipeline.reading.package import Refused
from pipeline.xlsx.package import remove_element

HEIGHT, WIDTH = 15.0, 8.43
TIP = "Hinweis zum Link an Zelle"
LINK, COMMENT, MERGED = "Link an Zelle", "Kommentar an Zelle", "Verbundene Zellen"
CHOICE, CONDITIONAL, TABLE = "Eingabeprüfung für", "Bedingte Formatierung für", "Tabelle"
# Elements that no reader sees, and those that are read here, in ``pages`` or in ``drawings``.
_SILENT = {
    "dimension", "sheetCalcPr", "ignoredErrors", "cellWatches", "phoneticPr", "smartTags", "sortState", "sheetData",
    "customProperties", "webPublishItems", "protectedRanges",
}  # fmt: skip
_READ = {
    "sheetPr", "sheetViews", "sheetFormatPr", "cols", "sheetProtection", "autoFilter", "mergeCells", "drawing",
    "conditionalFormatting", "dataValidations", "hyperlinks", "printOptions", "pageMargins", "pageSetup",
    "headerFooter", "rowBreaks", "colBreaks", "legacyDrawing", "tableParts", "extLst",
}  # fmt: skip
_UNKNOWN = {
    "picture": "ein Hintergrundbild", "oleObjects": "eingebettete Objekte", "controls": "Steuerelemente",
    "legacyDrawingHF": "Bilder in Kopf- oder Fußzeile", "drawingHF": "Bilder in Kopf- oder Fußzeile",
    "customSheetViews": "eigene Ansichten", "scenarios": "Szenarien", "dataConsolidate": "eine Konsolidierung",
}  # fmt: skip
_EXTENSIONS = {
    "conditionalFormattings": "bedingte Formate neuer Art", "sparklineGroups": "kleine Diagramme in Zellen (Sparklines)",
    "dataValidations": "Eingabeprüfungen neuer Art", "slicerList": "Datenschnitte", "timelineRefs": "Zeitachsen",
}  # fmt: skip
_OBJECT = re.compile(rb"""ObjectType\s*=\s*["'](\w+)""")
_FORMULA_RULES = (
    "expression", "containsBlanks", "notContainsBlanks", "containsErrors", "notContainsErrors", "containsText",
    "notContainsText", "beginsWith", "endsWith",
)  # fmt: skip


@dataclass(slots=True)
class Band:
    """A row, or columns of one width; ``style``: format of its unwritten cells."""

    first: int
    last: int
    size: float
    hidden: bool = False
    style: int | None = None
    free: bool = False  # a program may choose its size


@dataclass(slots=True)
class OpenedSheet:
    """One sheet; ``cells`` by address, formatted empty ones included."""

    name: str
    part: str
    state: str
    kind: str = "worksheet"
    cells: dict[str, ReportCell] = field(default_factory=dict)
    rows: dict[int, Band] = field(default_factory=dict)
    columns: list[Band] = field(default_factory=list)
    height: float = HEIGHT
    width: float = WIDTH
    rows_hidden: bool = False
    facts: dict[str, str | float] = field(default_factory=dict)
    items: dict[str, dict[str, str]] = field(default_factory=dict)
    drawings: list[Drawing] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    @property
    def footer(self) -> str:
        return str(self.facts.get("Fußzeile", ""))


def fill_sheet(sheet: OpenedSheet, parts: Parts, strings: Sequence[Text], styles: Formatting) -> None:
    """Reads the worksheet part and the parts that it refers to into ``sheet``."""
    root = _read_cells(sheet, parts[sheet.part], strings)
    sheet.kind = local(root)
    if etree.QName(root).namespace not in SHEET_SPACES:
        sheet.kind = "unbekannt"
    for element in root:
        if local(element) not in _SILENT | _READ:
            sheet.unknown.append(_UNKNOWN.get(local(element), UNKNOWN_PARTS))
    _read_sizes(sheet, root)
    sheet.facts |= page_facts(root, styles.colours)
    sheet.items[MERGED] = {e.get("ref", ""): "verbunden" for e in every(root, "mergeCell")}
    sheet.items[LINK] = dict(_links(root, parts, sheet.part))
    sheet.items[CHOICE] = {e.get("sqref", ""): _choice(e) for e in every(root, "dataValidation")}
    sheet.items[CONDITIONAL] = _conditional(root, styles)
    sheet.items[COMMENT] = dict(_comments(parts, sheet.part))
    sheet.items[TABLE] = dict(_tables(parts, sheet.part, styles))
    sheet.items[TIP] = {
        e.get("ref", ""): tip for e in every(root, "hyperlink") if (tip := e.get("tooltip", ""))
    }
    sheet.unknown += _extensions(root)
    shown = {attribute(e, "id") for e in root if local(e) == "drawing"}
    sheet.drawings = list(read_drawings(parts, sheet.part, shown))
    if _controls(parts, sheet.part):
        sheet.unknown.append(_UNKNOWN["controls"])


def _read_cells(sheet: OpenedSheet, xml: bytes, strings: Sequence[Text]) -> Element:
    """Reads the cells; returns the root element without its rows, which are dropped to save memory."""
    cells = Cells(strings)
    names = [f"{{{space}}}{n}" for space in SHEET_SPACES for n in ("row", "c")]
    strange, in_place = False, True
    try:
        walk = etree.iterparse(BytesIO(xml), ("start", "end"), tag=names, **AS_READ)
        for event, element in walk:
            name = local(element)
            if name == "row" and event == "start":
                in_place = _in_its_place(element)
            if not in_place or (name == "c" and not _in_row(element)):
                strange = True
            elif event == "start":
                row = cells.begin(name, element)
                if name == "row":
                    sheet.rows[row] = _row(element, row)
            elif name == "c":
                address, cell = cells.found(element)
                sheet.cells[f"{address} (zweimal)" if address in sheet.cells else address] = cell
            else:
                element.clear()
                while (before := element.getprevious()) is not None:
                    strange = strange or local(before) != "row"
                    remove_element(before)
        root: Element = walk.root
    except etree.XMLSyntaxError:
        raise Refused(finding("D05")) from None
    if strange or purified(root, SHEET_SPACES) or doubled(root, ("conditionalFormatting",)):
        sheet.unknown.append(UNKNOWN_PARTS)
    return root


def _in_its_place(row: Element) -> bool:
    """Whether the row is a child of the table of cells."""
    space = str(row.tag)[: -len("row")]
    return [e.tag for e in row.iterancestors()] == [f"{space}sheetData", f"{space}worksheet"]


def _in_row(cell: Element) -> bool:
    """Whether the cell is a child of a row."""
    parent = cell.getparent()
    return parent is not None and parent.tag == f"{str(cell.tag)[:-1]}row"


# --- sizes --------------------------------------------------------------------------------------------


def _row(element: Element, row: int) -> Band:
    height = sized(element, "ht")
    style = whole(element.get("s")) if on(element, "customFormat") else None
    free = height is None or not on(element, "customHeight")
    return Band(row, row, -1 if height is None else height, on(element, "hidden"), style, free)


def _read_sizes(sheet: OpenedSheet, root: Element) -> None:
    usual = child(root, "sheetFormatPr")
    if usual is not None:
        sheet.height = number(usual.get("defaultRowHeight"), HEIGHT)
        sheet.width = number(usual.get("defaultColWidth"), WIDTH)
        sheet.rows_hidden = on(usual, "zeroHeight")
    columns = child(root, "cols")
    for element in columns if columns is not None else ():
        first = min(16384, max(1, whole(element.get("min"), 1)))
        last = min(16384, max(first, whole(element.get("max"), first)))
        width = sized(element, "width")
        style = whole(element.get("style")) if element.get("style") else None
        sheet.columns.append(
            Band(first, last, sheet.width if width is None else width, on(element, "hidden"), style)
        )


# --- what stands at cells -----------------------------------------------------------------------------


def _links(root: Element, parts: Parts, part: str) -> Iterator[tuple[str, str]]:
    targets = {r.id: r.target for r in relations(parts, part)}
    for element in every(root, "hyperlink"):
        target = targets.get(attribute(element, "id"), "").rstrip("/")
        place = element.get("location", "").replace("'", "")
        yield element.get("ref", ""), f"{target}#{place}" if place else target


def _choice(element: Element) -> str:
    pieces = [element.get("type", "none")]
    pieces += (
        [element.get("operator", "between")]
        if element.get("type") not in (None, "none", "list", "custom")
        else []
    )
    formulas = [e.text or "" for e in every(element, "formula1", "formula2")]
    pieces += formulas[:1] if element.get("type") in ("list", "custom") else formulas
    pieces += [element.get(n, "") for n in ("promptTitle", "prompt", "errorTitle", "error")]
    return " · ".join(filter(None, pieces))


def _conditional(root: Element, styles: Formatting) -> dict[str, str]:
    """Range → conditional formats in their order, as text."""
    found: dict[str, list[tuple[int, str]]] = {}
    for block in every(root, "conditionalFormatting"):
        for rule in (e for e in block if local(e) == "cfRule"):
            text = _condition(rule)
            index = whole(rule.get("dxfId"), -1)
            if 0 <= index < len(styles.conditional):
                text += f" → {styles.conditional[index]}"
            text += " und Schluss" if on(rule, "stopIfTrue") else ""
            found.setdefault(block.get("sqref", ""), []).append((whole(rule.get("priority")), text))
    return {place: "; ".join(text for _, text in sorted(rules)) for place, rules in found.items()}


def _condition(rule: Element) -> str:
    kind = rule.get("type", "")
    formulas = " und ".join(re.sub(r"\s", "", e.text or "") for e in rule if local(e) == "formula")
    if kind in _FORMULA_RULES:
        return f"Formel {formulas}"
    if kind == "cellIs":
        return f"{rule.get('operator', '')} {formulas}"
    drawn = next((e for e in rule if local(e) in ("colorScale", "dataBar", "iconSet")), None)
    if drawn is None:
        settings = ("rank", "percent", "bottom", "timePeriod", "stdDev", "aboveAverage", "equalAverage")
        return f"{kind} {formulas} {' '.join(rule.get(n, '') for n in settings)}".strip()
    pieces = [f"{e.get('type', '')} {e.get('val', '')} {(e.get('rgb') or '')[-6:]}" for e in drawn]
    return f"{kind} {drawn.get('iconSet', '')} {' '.join(pieces)}".strip()


def _comments(parts: Parts, part: str) -> Iterator[tuple[str, str]]:
    for name in inside(parts, part, "comments", "threadedComment"):
        for element in every(part_tree(parts, name), "comment", "threadedComment"):
            yield element.get("ref", ""), run_text(element)


def _controls(parts: Parts, part: str) -> bool:
    """Whether there are buttons or labels in the legacy drawing of the comments."""
    found = (_OBJECT.findall(parts[name]) for name in inside(parts, part, "vmlDrawing"))
    return any(kind != b"Note" for kinds in found for kind in kinds)


def _tables(parts: Parts, part: str, styles: Formatting) -> Iterator[tuple[str, str]]:
    for name in inside(parts, part, "table"):
        root = part_tree(parts, name)
        columns = ", ".join(
            " ".join(unescaped(e.get("name", "")).split()) for e in every(root, "tableColumn")
        )
        style = next((e.get("name", "") for e in every(root, "tableStyleInfo")), "")
        style += " (eigenes Format)" if style in styles.tables else ""
        filtered = ", mit Filter" if next(every(root, "filterColumn"), None) is not None else ""
        yield root.get("ref", ""), f"{root.get('displayName', '')} ({columns}) {style}{filtered}".strip()


def _extensions(root: Element) -> Iterator[str]:
    """Names of the extensions that newer programs write at the end of a sheet."""
    end = child(root, "extLst")
    for element in (e for ext in (end if end is not None else ()) for e in ext):
        yield _EXTENSIONS.get(local(element), UNKNOWN_PARTS)
