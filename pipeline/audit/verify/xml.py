"""XML helpers of ``kisi verify``: elements by local name, switches, texts, relationships.

The parts are untrusted. Comments and processing instructions are ignored, as office programs do.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from lxml import etree

from pipeline.definitions.messages import finding
from pipeline.reading.package import Refused
from pipeline.xlsx.package import remove_element
from pipeline.xlsx.relations import Relation, part_key, relations_in, relations_name

AS_READ: dict[str, Any] = {
    "resolve_entities": False, "no_network": True, "huge_tree": True, "load_dtd": False,
    "remove_comments": True, "remove_pis": True,
}  # fmt: skip
SHEET_SPACES = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)
_PARSER = etree.XMLParser(**AS_READ)
_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")
Element = etree._Element
Parts = Mapping[str, bytes]


UNKNOWN_PARTS = "Bestandteile, die das Programm nicht kennt"
DRAWING_SPACES = tuple(
    f"{base}/{name}"
    for base in ("http://schemas.openxmlformats.org/drawingml/2006", "http://purl.oclc.org/ooxml/drawingml")
    for name in ("main", "chart", "spreadsheetDrawing")
)
COMPATIBILITY = "http://schemas.openxmlformats.org/markup-compatibility/2006"
_OPEN_ENDED = "extLst"  # what newer programs keep, reported by name


def part_tree(parts: Parts, name: str) -> Element:
    """Root element of a part; Refused when it is no XML."""
    try:
        return etree.fromstring(parts[name], _PARSER)
    except etree.XMLSyntaxError:
        raise Refused(finding("D05")) from None


def purified(root: Element, spaces: Sequence[str], *, quiet: Sequence[str] = ()) -> bool:
    """Removes elements of other namespaces, which programs ignore; whether there were any.

    Otherwise a forged element could hide behind one that looks as computed. ``quiet`` namespaces are removed
    and not reported.
    """
    strange = [
        e
        for e in root.iter()
        if not _of(e, spaces) and not any(local(a) == _OPEN_ENDED for a in e.iterancestors())
    ]
    for element in strange:
        remove_element(element)
    return any(not _of(e, quiet) for e in strange)


def _of(element: Element, spaces: Sequence[str]) -> bool:
    return isinstance(element.tag, str) and (etree.QName(element).namespace or "").startswith(
        tuple(spaces or ("-",))
    )


def doubled(root: Element, often: Collection[str] = ()) -> bool:
    """Whether an element below the root stands twice: programs differ in which one they take."""
    names = [n for n in map(local, root) if n not in often]
    return len(names) != len(set(names))


def local(element: Element) -> str:
    """Name of an element without its namespace."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def every(root: Element, *names: str) -> Iterator[Element]:
    """All elements below with one of these local names."""
    return root.iter(*(f"{{*}}{n}" for n in names))


def child(element: Element | None, name: str) -> Element | None:
    """The first child with this local name."""
    return None if element is None else next((e for e in element if local(e) == name), None)


def at(element: Element | None, *path: str) -> Element | None:
    """The element reached by first children."""
    for name in path:
        element = child(element, name)
    return element


def val(element: Element | None, default: str = "") -> str:
    """The attribute ``val``, which holds most settings of charts and styles."""
    return default if element is None else str(element.get("val", default))


def attribute(element: Element, name: str) -> str:
    """A namespaced attribute by its local name: ``r:id``, not ``id``."""
    return next((str(v) for k, v in element.attrib.items() if str(k).endswith("}" + name)), "")


def on(element: Element | None, name: str, *, default: bool = False) -> bool:
    """A switch in an attribute, written as 1 or true."""
    text = None if element is None else element.get(name)
    return default if text is None else text.strip().lower() in ("1", "true", "on")


def switched(element: Element | None, name: str) -> bool:
    """A switch given by the presence of a child (``<b/>``), unless it has ``val="0"``."""
    found = child(element, name)
    return found is not None and on(found, "val", default=True)


def number(text: str | None, default: float = 0) -> float:
    """A number, or the default for what is none."""
    try:
        return float(text) if text else default
    except ValueError:
        return default


def whole(text: str | None, default: int = 0) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 12 else default


def run_text(element: Element) -> str:
    """The text of all runs, without phonetic text."""
    hints = {t for hint in every(element, "rPh") for t in every(hint, "t")}
    return unescaped("".join(t.text or "" for t in every(element, "t", "text") if t not in hints))


def unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda m: chr(int(m[1], 16)), text)


def relations(parts: Parts, part: str) -> list[Relation]:
    """The relationships of a part; "" is the package itself."""
    name = part_key(relations_name(part))
    return list(relations_in(part_tree(parts, name), part)) if name in parts else []


def inside(parts: Parts, part: str, *kinds: str) -> list[str]:
    """Keys of existing parts that a part refers to by a relationship of these kinds."""
    keys = (part_key(r.target) for r in relations(parts, part) if r.kind in kinds and not r.external)
    return [key for key in keys if key in parts]
