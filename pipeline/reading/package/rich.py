"""Cells with a rich value: a picture in the cell, or a linked data type such as Geography.

Excel stores ``#VALUE!`` in the cell, and a number that refers through ``metadata.xml`` to the rich value and
its structure, whose name says what it is.
"""

from __future__ import annotations

from xml.etree import ElementTree

from pipeline.reading.package.preflight import CheckedPackage
from pipeline.reading.package.workbook_parts import tag_name, tree

PICTURE, LINKED = "picture", "linked"
_PICTURES = ("_localimage", "_webimage")
_ERROR = "_error"  # an error value of recent Excel, such as #SPILL!


def rich_kinds(package: CheckedPackage) -> dict[int, str]:
    """``vm`` of a cell → what it holds, save mere error values.

    A rich value of unknown structure counts as a picture, the most common kind.
    """
    structures = [e.get("t", "").lower() for e in _elements(package, "rdrichvaluestructure.xml", "s")]
    values = [
        int(s) if (s := e.get("s", "")).isdigit() else -1 for e in _elements(package, "rdrichvalue.xml", "rv")
    ]
    found = {}
    for vm, index in enumerate(_indexes(package), 1):
        structure = values[index] if index < len(values) else -1
        name = structures[structure] if 0 <= structure < len(structures) else _PICTURES[0]
        if name != _ERROR:
            found[vm] = PICTURE if name in _PICTURES else LINKED
    return found


def _indexes(package: CheckedPackage) -> list[int]:
    """For each entry of ``valueMetadata`` the index of its rich value."""
    rich = [int(i) for e in _elements(package, "metadata.xml", "rvb") if (i := e.get("i", "")).isdigit()]
    entries = []
    for group in _elements(package, "metadata.xml", "valueMetadata"):
        for entry in group:
            record = next(iter(entry), None)
            place = record.get("v", "") if record is not None else ""
            known = place.isdigit() and int(place) < len(rich)
            entries.append(rich[int(place)] if known else len(rich))
    return entries


def _elements(package: CheckedPackage, part: str, tag: str) -> list[ElementTree.Element]:
    name = next((n for n in package.names if n.lower().endswith("/" + part)), None)
    return [e for e in tree(package.xml(name)).iter() if tag_name(e.tag) == tag] if name else []
