"""Objects on top of a sheet's cells: charts, pictures, text boxes, shapes, each with place and content."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from pipeline.audit.verify.chart_facts import ChartFacts, chart_facts
from pipeline.audit.verify.xml import (
    COMPATIBILITY,
    DRAWING_SPACES,
    UNKNOWN_PARTS,
    Element,
    Parts,
    at,
    attribute,
    child,
    every,
    local,
    part_tree,
    purified,
    relations,
    whole,
)
from pipeline.xlsx.addresses import column_letters
from pipeline.xlsx.relations import part_key

CHART, PICTURE, SHAPE = "Diagramm", "Bild", "Form oder Textfeld"
_KINDS = {"graphicFrame": CHART, "pic": PICTURE, "sp": SHAPE, "cxnSp": "Linie", "grpSp": "Gruppe von Formen", "contentPart": "Handschrift"}  # fmt: skip
_NEWER = ("http://schemas.microsoft.com/office/drawing/",)
_ANCHORS = ("twoCellAnchor", "oneCellAnchor", "absoluteAnchor")


@dataclass(frozen=True, slots=True)
class Drawing:
    """One object. ``box``: first and last column and row that it covers, from 0; ``text``: what it says."""

    kind: str
    box: tuple[float, float, float, float] | None
    text: str = ""
    facts: ChartFacts | None = None

    @property
    def cell(self) -> str:
        """Address of the cell under its upper left corner."""
        return f"{column_letters(int(self.box[0]) + 1)}{int(self.box[1]) + 1}" if self.box else ""


def read_drawings(parts: Parts, sheet: str, shown: Collection[str]) -> Iterator[Drawing]:
    """The objects in the order of their places; ``shown``: relationship ids that the sheet refers to."""
    found: list[Drawing] = []
    wanted = (part_key(r.target) for r in relations(parts, sheet) if r.id in shown and not r.external)
    for part in (name for name in wanted if name in parts):
        targets = {r.id: r.target for r in relations(parts, part)}
        root = part_tree(parts, part)
        if purified(root, (*DRAWING_SPACES, COMPATIBILITY), quiet=_NEWER):
            found.append(Drawing(UNKNOWN_PARTS, None))
        for anchor in every(root, *_ANCHORS):
            found += (_drawing(e, _box(anchor), parts, targets) for e in _objects(anchor))
    yield from sorted(found, key=lambda d: (d.kind, d.box or (), d.text))


def _objects(anchor: Element) -> Iterator[Element]:
    """The objects of an anchor; of alternatives the one that current programs show."""
    for element in anchor:
        if local(element) in _KINDS:
            yield element
        elif local(element) == "AlternateContent":
            choice = child(element, "Choice")
            yield from _objects(choice if choice is not None else element)


def _box(anchor: Element) -> tuple[float, float, float, float] | None:
    """The cells that it covers; None for one that is placed by lengths."""
    start, end = child(anchor, "from"), child(anchor, "to")
    if start is None or end is None:
        return None
    left, top, right, bottom = (
        float(whole(_told(corner, name))) + (0.5 if _offset(corner, name) else 0)
        for corner in (start, end)
        for name in ("col", "row")
    )
    return left, top, right, bottom


def _told(element: Element, name: str) -> str:
    found = child(element, name)
    return (found.text or "") if found is not None else ""


def _offset(element: Element, name: str) -> bool:
    return whole(_told(element, f"{name}Off").lstrip("-")) > 100_000  # a quarter of an inch


def _drawing(
    element: Element, box: tuple[float, float, float, float] | None, parts: Parts, targets: dict[str, str]
) -> Drawing:
    kind = _KINDS[local(element)]
    own = next(every(element, "cNvPr"), None)
    text = "\n".join("".join(t.text or "" for t in every(p, "t")) for p in every(element, "p"))
    if own is not None and own.get("hidden") in ("1", "true"):
        kind += " (ausgeblendet)"
    for link in every(element, "hlinkClick"):
        text += f" → {targets.get(attribute(link, 'id'), '')}"
    if (blip := next(every(element, "blip"), None)) is not None:
        picture = part_key(targets.get(attribute(blip, "embed"), ""))
        text += f" {hashlib.sha256(parts.get(picture, b'')).hexdigest()[:12]}"
    if local(element) != "graphicFrame":
        return Drawing(kind, box, text.strip())
    chart = at(element, "graphic", "graphicData", "chart")
    part = part_key(targets.get(attribute(chart, "id"), "")) if chart is not None else ""
    if part not in parts:
        return Drawing("Diagramm oder Objekt neuer Art", box, text.strip())
    described = (own.get("descr") or "") if own is not None else ""
    return Drawing(
        kind, box, text.strip(), chart_facts(part_tree(parts, part), described, relations(parts, part))
    )
