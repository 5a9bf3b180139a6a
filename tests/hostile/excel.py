"""The valid workbook as Excel would have saved it: texts in one shared list, short style of writing."""

from __future__ import annotations

import re
from functools import cache

from tests import cell_edits
from tests.hostile.variant import parts

_INLINE = re.compile(r' t="inlineStr"><is>(<t(?: [^>]*)?>.*?</t>)</is>', re.DOTALL)
_RELATION = (
    '<Relationship Id="rIdTexts" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
    'sharedStrings" Target="sharedStrings.xml"/></Relationships>'
)
_TYPE = (
    '<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-officedocument.'
    'spreadsheetml.sharedStrings+xml"/></Types>'
)
TEXTS = "xl/sharedStrings.xml"


@cache
def shared_parts() -> dict[str, bytes]:
    """The members of the valid workbook with all texts in xl/sharedStrings.xml."""
    members = parts()
    texts: dict[str, int] = {}
    for name, part in members.items():
        if name.startswith("xl/worksheets/sheet"):
            members[name] = _INLINE.sub(lambda m: _reference(texts, m[1]), part.decode()).encode()
    items = "".join(f"<si>{text}</si>" for text in texts)
    members[TEXTS] = f'<sst xmlns="{cell_edits.MAIN}" uniqueCount="{len(texts)}">{items}</sst>'.encode()
    _append(members, "xl/_rels/workbook.xml.rels", "</Relationships>", _RELATION)
    _append(members, "[Content_Types].xml", "</Types>", _TYPE)
    return members


def _reference(texts: dict[str, int], text: str) -> str:
    return f' t="s"><v>{texts.setdefault(text, len(texts))}</v>'


def _append(members: dict[str, bytes], name: str, end: str, more: str) -> None:
    members[name] = members[name].replace(end.encode(), more.encode())


@cache
def shared() -> bytes:
    return cell_edits.pack(shared_parts())


def with_texts(old: str, new: str) -> bytes:
    """The same with one replacement in the list of texts."""
    members = dict(shared_parts())
    text = members[TEXTS].decode()
    assert old in text, old
    return cell_edits.pack(members | {TEXTS: text.replace(old, new, 1).encode()})


def with_reference(old: str, new: str) -> bytes:
    """The same with one replacement in the sheet Bestand; ``{n}`` is the number of the text Meldebehörde."""
    members = dict(shared_parts())
    items = re.findall(r"<si>.*?</si>", members[TEXTS].decode(), re.DOTALL)
    number = next(i for i, item in enumerate(items) if ">Meldeb" in item)
    name = cell_edits.sheet_part("Bestand")
    text = members[name].decode()
    old = old.replace("{n}", str(number))
    assert old in text, old
    return cell_edits.pack(members | {name: text.replace(old, new, 1).encode()})
