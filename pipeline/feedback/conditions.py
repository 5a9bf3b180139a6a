"""Marks in cells with conditional formats, which would hide the fill of the mark.

A conditional format of ours that always applies is put first at the marked cells of such a sheet.
``_ALWAYS``, its formula, identifies it when the marks are removed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lxml import etree

from pipeline.definitions.model import Severity
from pipeline.feedback.style_table import StyleTable
from pipeline.xlsx.package import Element, local_name, remove_element

_ALWAYS = 'LEN("KISI-Rückmeldung")>0'


def remove_ours(root: Element) -> None:
    """Removes the conditional formats of an earlier Rückmeldung from a worksheet."""
    for formats in [e for e in root if local_name(e) == "conditionalFormatting"]:
        rules = [r for r in formats if local_name(r) == "cfRule"]
        ours = [r for r in rules if any(f.text == _ALWAYS for f in r)]
        for rule in ours:
            formats.remove(rule)
        if rules and len(ours) == len(rules):
            remove_element(formats)


def cover(root: Element, styles: StyleTable, marks: Mapping[str, Severity]) -> None:
    """Adds a conditional format per severity at the marked cells, if the worksheet has conditional formats at
    all.
    """
    first = next((e for e in root if local_name(e) == "conditionalFormatting"), None)
    if first is None or not marks:
        return
    ns = etree.QName(root).namespace
    severities = list(dict.fromkeys(marks.values()))
    _move_back(root, len(severities))
    for priority, severity in enumerate(severities, start=1):
        formats = etree.Element(f"{{{ns}}}conditionalFormatting")
        formats.set("sqref", " ".join(cell for cell, of in marks.items() if of is severity))
        rule = etree.SubElement(formats, f"{{{ns}}}cfRule")
        for key, value in (
            ("type", "expression"),
            ("dxfId", str(styles.condition(severity))),
            ("priority", str(priority)),
            ("stopIfTrue", "1"),
        ):
            rule.set(key, value)
        etree.SubElement(rule, f"{{{ns}}}formula").text = _ALWAYS
        first.addprevious(formats)


def _move_back(root: Element, by: int) -> None:
    """Raises the priority numbers of existing rules: Excel refuses a sheet with one priority twice."""
    for rule in _rules(root):
        rule.set("priority", str(int(rule.get("priority", "1")) + by))


def _rules(root: Element) -> Iterable[Element]:
    return (
        e for e in root.iter() if isinstance(e.tag, str) and local_name(e) == "cfRule" and e.get("priority")
    )
