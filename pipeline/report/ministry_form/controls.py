"""Content controls of a Word document: finds them by tag, puts a text or rows into them.

A figure always becomes plain text: no field, no link, whatever it contains.
"""

from __future__ import annotations

import copy
import itertools
from collections.abc import Iterator, Sequence

from lxml import etree

from pipeline.report.ministry_form.plan import figure_in
from pipeline.xlsx.package import Element, Package, local_name, remove_element, xml_text
from pipeline.xlsx.relations import MAIN_PART

_TEXT_PARTS = ("header", "footer", "footnotes", "endnotes")
_NO_TEXT = {
    "checkbox": "ein Kontrollkästchen",
    "picture": "ein Bild",
    "repeatingSection": "ein wiederholter Abschnitt",
    "group": "eine Gruppe",
}
_PASSING = ("sdt", "sdtContent", "ins", "smartTag", "customXml")
_UNIQUE = ("id", "bookmarkStart", "bookmarkEnd", "commentRangeStart", "commentRangeEnd", "commentReference")
_UNIQUE_IDS = ("paraId", "textId")


def text_parts(package: Package) -> list[str]:
    """Names of the parts with text: the main one, headers, footers, notes."""
    main = package.related("", MAIN_PART)
    if main is None:
        return []
    around = [r.target for r in package.relations(main) if r.kind in _TEXT_PARTS and not r.external]
    return [main, *dict.fromkeys(name for name in around if name in package)]


def controls(root: Element) -> list[Element]:
    """All content controls in document order."""
    return list(root.iter("{*}sdt"))


def first_child(element: Element, name: str) -> Element | None:
    """The first child with this name; None without one."""
    return element.find(f"{{*}}{name}")


def tag_of(control: Element) -> str:
    """Tag of a control; empty without one."""
    settings = first_child(control, "sdtPr")
    tag = first_child(settings, "tag") if settings is not None else None
    return _attribute(tag, "val") if tag is not None else ""


def _attribute(element: Element, name: str) -> str:
    return next((str(v) for k, v in element.attrib.items() if str(k).endswith(f"}}{name}")), "")


def figure_of(control: Element) -> str | None:
    """Name of the figure that a control asks for; None for other controls."""
    return figure_in(tag_of(control).strip())


def is_inside(control: Element, others: Sequence[Element]) -> bool:
    """Whether a control lies in one of the others."""
    return any(above in others for above in control.iterancestors())


def why_not(control: Element, root: Element) -> str | None:
    """German reason why a text must not be put into a control; None when it may."""
    settings = first_child(control, "sdtPr")
    for setting in settings if settings is not None else ():
        if local_name(setting) in _NO_TEXT:
            return f"das Steuerelement ist {_NO_TEXT[local_name(setting)]}"
    if any(local_name(e) in ("tr", "tc") for e in _content(control).iter()) and not _is_one_cell(control):
        return "das Steuerelement umfasst eine Tabelle oder mehrere Zellen"
    if any(figure_of(e) is not None for e in _content(control).iter() if local_name(e) == "sdt"):
        return "im Steuerelement liegt ein weiteres"
    if any(local_name(e) in ("hyperlink", "fldSimple") for e in control.iterancestors()):
        return "das Steuerelement liegt in einem Link oder Feld"
    if _cuts_a_field(control, root):
        return "das Steuerelement liegt in einem Link oder Feld"
    return None


def _is_one_cell(control: Element) -> bool:
    """Whether the control is one cell of a table."""
    inside = list(_content(control))
    return [local_name(e) for e in inside] == ["tc"] and not any(
        local_name(e) == "tbl" for e in inside[0].iter()
    )


def _cuts_a_field(control: Element, root: Element) -> bool:
    """Whether a field that starts before or in the control has not ended at its end."""
    before = itertools.takewhile(lambda e: e is not control, root.iter())
    return sum(map(_opens, before)) > 0 or sum(map(_opens, control.iter())) != 0


def _opens(element: Element) -> int:
    """1 where a field begins, -1 where it ends."""
    if local_name(element) != "fldChar":
        return 0
    return {"begin": 1, "end": -1}.get(_attribute(element, "fldCharType"), 0)


def _content(control: Element) -> Element:
    """Content of a control, added where it is missing."""
    found = first_child(control, "sdtContent")
    if found is None:
        found = etree.SubElement(control, _named(control, "sdtContent"))
    return found


def _named(like: Element, name: str) -> str:
    return f"{{{etree.QName(like).namespace}}}{name}"


# --- a text -------------------------------------------------------------------------------------------


def put_text(control: Element, text: str, day: str | None = None) -> None:
    """Replaces the content of a control by a text, in the format of its first run.

    ``day``: the same as an ISO date, for a date control.
    """
    content = _content(control)
    looks = _looks(control)
    holder = _holder(control, content)
    for element in list(holder):
        if local_name(element) not in ("pPr", "tcPr"):
            holder.remove(element)
    run = etree.SubElement(holder, _named(control, "r"))
    if looks is not None:
        run.append(looks)
    shown = etree.SubElement(run, _named(control, "t"))
    shown.text = xml_text(text)
    shown.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    _settle(control, day)


def _holder(control: Element, content: Element) -> Element:
    """The paragraph, or the content itself within one, that gets the text; everything else is removed."""
    around = _around(control, content)
    if around is None:
        return content
    paragraph = first_child(around, "p")
    if paragraph is None:
        paragraph = etree.SubElement(around, _named(control, "p"))
    for element in list(around):
        if element is not paragraph and local_name(element) != "tcPr":
            around.remove(element)
    return paragraph


def _around(control: Element, content: Element) -> Element | None:
    """The element that holds paragraphs, a cell or the content; None for a control within a paragraph."""
    held = {local_name(e) for e in content}
    if "tc" in held:
        return first_child(content, "tc")
    if "p" in held or "r" in held:
        return content if "p" in held else None
    outside = next(n for e in control.iterancestors() if (n := local_name(e)) not in _PASSING)
    if outside == "tr":
        return etree.SubElement(content, _named(control, "tc"))
    return None if outside == "p" else content


def _looks(control: Element) -> Element | None:
    """The run format for the text; that of the control itself where it shows its prompt."""
    settings = first_child(control, "sdtPr")
    own = first_child(settings, "rPr") if settings is not None else None
    prompts = settings is not None and first_child(settings, "showingPlcHdr") is not None
    first = next(_content(control).iter("{*}r"), None)
    found = own if prompts or first is None else first_child(first, "rPr")
    return copy.deepcopy(found) if found is not None else None


def _settle(control: Element, day: str | None) -> None:
    """Removes the placeholder state and any data binding of the control."""
    settings = first_child(control, "sdtPr")
    for setting in list(settings) if settings is not None else ():
        if local_name(setting) in ("showingPlcHdr", "dataBinding"):
            remove_element(setting)
        elif local_name(setting) == "date":
            key = _named(control, "fullDate")
            if day is not None:
                setting.set(key, f"{day}T00:00:00Z")
            elif key in setting.attrib:
                del setting.attrib[key]


def text_in(control: Element) -> str:
    """The text that a control shows."""
    return "".join(e.text or "" for e in _content(control).iter() if local_name(e) == "t")


# --- rows ---------------------------------------------------------------------------------------------


def rows_in(control: Element) -> list[list[Element]]:
    """Elements of each item of a repeating section, or of the one table row that the control encloses."""
    items = [e for e in _content(control) if local_name(e) == "sdt" and _is_item(e)]
    return [[item] for item in items] or [list(_content(control))]


def _is_item(control: Element) -> bool:
    settings = first_child(control, "sdtPr")
    return settings is not None and first_child(settings, "repeatingSectionItem") is not None


def fields_in(row: Sequence[Element]) -> list[Element]:
    """The controls of a row that carry one of our tags."""
    return [e for element in row for e in controls(element) if figure_of(e) is not None]


def repeat(control: Element, times: int) -> Iterator[list[Element]]:
    """Repeats the first row of a control ``times`` times; yields the controls of each row."""
    content = _content(control)
    pattern, *others = rows_in(control)
    for element in (e for row in others for e in row):
        content.remove(element)
    for element in pattern:
        content.remove(element)
    for number in range(times):
        row = [copy.deepcopy(e) for e in pattern]
        if number:
            _make_unique(row)
        yield fields_in(row)
        content.extend(row)


def _make_unique(row: Sequence[Element]) -> None:
    """Removes ids from a copied row that must be unique in a document."""
    for element in [e for one in row for e in one.iter()]:
        for key in [k for k in element.attrib if str(k).endswith(tuple(f"}}{n}" for n in _UNIQUE_IDS))]:
            del element.attrib[key]
        for inner in [e for e in element if local_name(e) in _UNIQUE]:
            element.remove(inner)
