"""What Excel wants of a package before it opens it without offering a repair."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping

from lxml import etree
from openpyxl.utils import column_index_from_string

from tests.cell_edits import unpack

# The children of CT_Worksheet in the order of the schema.
ORDER = (
    "sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr",
    "sheetProtection", "protectedRanges", "scenarios", "autoFilter", "sortState", "dataConsolidate",
    "customSheetViews", "mergeCells", "phoneticPr", "conditionalFormatting", "dataValidations", "hyperlinks",
    "printOptions", "pageMargins", "pageSetup", "headerFooter", "rowBreaks", "colBreaks", "customProperties",
    "cellWatches", "ignoredErrors", "smartTags", "drawing", "legacyDrawing", "legacyDrawingHF", "drawingHF",
    "picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst",
)  # fmt: skip
ONCE = set(ORDER) - {"conditionalFormatting"}

Parts = Mapping[str, bytes]
Element = etree._Element


def local(element: Element) -> str:
    return etree.QName(element).localname


def assert_sound(data: bytes) -> None:
    parts = unpack(data)
    trees = {n: etree.fromstring(p) for n, p in parts.items() if n.endswith((".xml", ".rels", ".vml"))}
    _content_types(parts, trees["[Content_Types].xml"])
    targets = {n: dict(_targets(n, tree)) for n, tree in trees.items() if n.endswith(".rels")}
    for name, found in targets.items():
        assert set(found.values()) - {None} <= set(parts), name
    styles = _styles(trees["xl/styles.xml"])
    _workbook(trees["xl/workbook.xml"], targets["xl/_rels/workbook.xml.rels"])
    for name, tree in trees.items():
        if name.startswith("xl/worksheets/") and name.endswith(".xml"):
            _worksheet(tree, styles)
            _notes(tree, targets.get(_relations_of(name), {}), trees)


def _relations_of(name: str) -> str:
    folder, file = posixpath.split(name)
    return f"{folder}/_rels/{file}.rels"


def _content_types(parts: Parts, root: Element) -> None:
    overrides = [e.get("PartName", "")[1:] for e in root if local(e) == "Override"]
    defaults = [e.get("Extension", "") for e in root if local(e) == "Default"]
    assert len(overrides) == len(set(overrides))
    assert len(defaults) == len(set(defaults))
    assert set(overrides) <= set(parts)
    untyped = set(parts) - set(overrides) - {"[Content_Types].xml"}
    assert {n.rsplit(".", 1)[-1] for n in untyped} <= set(defaults)


def _targets(name: str, root: Element) -> Iterator[tuple[str, str | None]]:
    ids = [e.get("Id", "") for e in root]
    assert len(ids) == len(set(ids)), name
    base = posixpath.dirname(posixpath.dirname(name))
    for e in root:
        outside = e.get("TargetMode") == "External"
        target = posixpath.normpath(posixpath.join("/" + base, e.get("Target", ""))).lstrip("/")
        yield e.get("Id", ""), None if outside else target


def _styles(root: Element) -> int:
    """How many formats there are."""
    tables = {local(e): e for e in root}
    for name in ("fonts", "fills", "borders", "cellXfs"):
        assert int(tables[name].get("count", "-1")) == len(tables[name]), name
    for xf in tables["cellXfs"]:
        assert int(xf.get("fontId", "0")) < len(tables["fonts"])
        assert int(xf.get("fillId", "0")) < len(tables["fills"])
        assert int(xf.get("borderId", "0")) < len(tables["borders"])
    return len(tables["cellXfs"])


def _workbook(root: Element, targets: Mapping[str, str | None]) -> None:
    sheets = next(e for e in root if local(e) == "sheets")
    names = [s.get("name", "").casefold() for s in sheets]
    assert len(names) == len(set(names))
    assert len({s.get("sheetId") for s in sheets}) == len(sheets)
    ids = [value for s in sheets for key, value in s.attrib.items() if key.endswith("}id")]
    assert len(set(ids)) == len(sheets)
    assert set(ids) <= set(targets)
    local_ids = [e.get("localSheetId") for e in root.iter() if e.get("localSheetId")]
    assert all(int(i) < len(sheets) for i in local_ids)


def _worksheet(root: Element, styles: int) -> None:
    children = [local(e) for e in root if local(e) in ORDER]
    assert children == sorted(children, key=ORDER.index)
    assert all(children.count(name) <= 1 for name in ONCE)
    rows = [e for e in next(e for e in root if local(e) == "sheetData") if local(e) == "row"]
    numbers = [int(r.get("r", "0")) for r in rows]
    assert numbers == sorted(set(numbers))
    for row in rows:
        cells = [c for c in row if local(c) == "c"]
        columns = [place(c.get("r", ""))[1] for c in cells]
        assert columns == sorted(set(columns))
        assert all(int(c.get("s", "0")) < styles for c in cells)
        assert all(place(c.get("r", ""))[0] == int(row.get("r", "0")) for c in cells)


def place(address: str) -> tuple[int, int]:
    match = re.fullmatch(r"([A-Z]+)(\d+)", address)
    assert match
    return int(match[2]), column_index_from_string(match[1])


def _notes(root: Element, targets: Mapping[str, str | None], trees: Mapping[str, Element]) -> None:
    """Each note has its shape in the drawing that the sheet names, and the other way round."""
    drawings = [e for e in root if local(e) == "legacyDrawing"]
    comments = [
        t for t in targets.values() if t and re.search(r"omments\w*\.xml$", t) and "threaded" not in t
    ]
    assert len(comments) <= 1
    assert len(drawings) >= len(comments)
    if not comments:
        return
    entries = [e for e in trees[comments[0] or ""].iter() if local(e) == "comment"]
    refs = [place(e.get("ref", "")) for e in entries]
    assert refs == sorted(set(refs))
    authors = sum(1 for e in trees[comments[0] or ""].iter() if local(e) == "author")
    assert all(int(e.get("authorId", "-1")) in range(authors) for e in entries)
    id_ = next(value for key, value in drawings[0].attrib.items() if key.endswith("}id"))
    drawing = trees[targets[id_] or ""]
    shapes = [e for e in drawing if local(e) == "shape"]
    assert len({s.get("id") for s in shapes}) == len(shapes)
    assert sorted(_shape_places(shapes)) == refs


def _shape_places(shapes: list[Element]) -> Iterator[tuple[int, int]]:
    for shape in shapes:
        at = {local(e): e.text for e in shape.iter() if isinstance(e.tag, str)}
        yield int(at["Row"] or 0) + 1, int(at["Column"] or 0) + 1
