"""Marks over conditional formats: where one lies, the fill of a cell does not show.

A condition of ours, which always holds, stands first at the marked cells of such a sheet. It is known by its
formula and goes with the marks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lxml import etree

from pipeline.definitions.model import Severity
from pipeline.feedback.styles import Styles
from pipeline.xlsx.package import Element, local_name, remove_element

_ALWAYS = 'LEN("KISI-Rückmeldung")>0'


def remove_ours(root: Element) -> None:
    """Takes the conditions of an earlier Rückmeldung out of a worksheet."""
    for formats in [e for e in root if local_name(e) == "conditionalFormatting"]:
        rules = [r for r in formats if local_name(r) == "cfRule"]
        ours = [r for r in rules if any(f.text == _ALWAYS for f in r)]
        for rule in ours:
            formats.remove(rule)
        if rules and len(ours) == len(rules):
            remove_element(formats)


def cover(root: Element, styles: Styles, marks: Mapping[str, Severity]) -> None:
    """Shows the marks of the cells also where the worksheet has conditional formats."""
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
    """Two conditions of one priority are no valid sheet to Excel."""
    for rule in _rules(root):
        rule.set("priority", str(int(rule.get("priority", "1")) + by))


def _rules(root: Element) -> Iterable[Element]:
    return (
        e for e in root.iter() if isinstance(e.tag, str) and local_name(e) == "cfRule" and e.get("priority")
    )
