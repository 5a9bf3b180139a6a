"""One hostile file: how it is made and what must become of it.

Expected findings are written as ``"M11 Bestand!E4"``, ``"D10 Bestand"`` (a sheet, no cell) or ``"D05"`` (the
file), in the order of reading. They come from workbook.md, by hand.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cache
from typing import Any

from pipeline.definitions.model import Workbook
from tests import builder, cell_edits, expected


class Verdict(Enum):
    """What becomes of a file."""

    ACCEPTED = "angenommen"
    REJECTED = "zurückgewiesen"
    REFUSED = "nicht gelesen"
    EITHER = "gelesen wie geschrieben oder nicht gelesen"  # the contract allows both, and nothing else


@dataclass(frozen=True)
class Variant:
    """``reads``: the cells of an accepted file whose value differs from the valid workbook's, and that value.

    ``risky``: libraries have died of such a file, so the suite tries it in a process of its own.
    """

    name: str
    make: Callable[[], bytes]
    verdict: Verdict
    findings: tuple[str, ...] = ()
    reads: Mapping[str, Any] = field(default_factory=dict)
    risky: bool = False


def accepted(name: str, make: Callable[[], bytes], *notes: str, **reads: Any) -> Variant:
    """Read, perhaps with notes; ``reads`` as ``Bestand_B7=50``."""
    places = {place.replace("_", "!"): value for place, value in reads.items()}
    return Variant(name, make, Verdict.ACCEPTED, notes, places)


def rejected(name: str, make: Callable[[], bytes], *findings: str) -> Variant:
    return Variant(name, make, Verdict.REJECTED, findings)


def refused(name: str, make: Callable[[], bytes], finding: str, *, risky: bool = False) -> Variant:
    return Variant(name, make, Verdict.REFUSED, (finding,), risky=risky)


def either(name: str, make: Callable[[], bytes], finding: str, *, risky: bool = False) -> Variant:
    """No program that we know writes this: it may be refused, or be read without loss and without a word."""
    return Variant(name, make, Verdict.EITHER, (finding,), risky=risky)


# --- what became of it --------------------------------------------------------------------------------


def verdict_of(workbook: Workbook) -> Verdict:
    if workbook.refused:
        return Verdict.REFUSED
    return Verdict.ACCEPTED if workbook.valid else Verdict.REJECTED


def place_of(rule: str, sheet: str | None, cell: str | None) -> str:
    """A finding as variants write it down."""
    return f"{rule} {sheet or ''}{'!' if cell else ''}{cell or ''}".rstrip()


def findings_of(workbook: Workbook) -> tuple[str, ...]:
    return tuple(place_of(f.rule, f.sheet, f.cell) for f in workbook.findings)


Columns = dict[str, dict[str, list[Any]]]


def columns_of(workbook: Workbook) -> Columns:
    """Everything that was taken over: sheet → header → values; Stammdaten as a sheet of one record."""
    read: Columns = {title: dict(workbook.tables[title].columns) for title in workbook.tables}
    return read | {"Stammdaten": {label: [value] for label, value in workbook.form.items()}}


def expected_columns(variant: Variant) -> Columns:
    """What must be read of an accepted variant: the valid workbook's values but for ``reads``."""
    read = _valid_columns() | {}
    for place, value in variant.reads.items():
        sheet, cell = place.split("!")
        record = 0 if sheet == "Stammdaten" else int(cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) - 5
        values = list(read[sheet][expected.header_at(place)])
        values[record] = value
        read[sheet] = read[sheet] | {expected.header_at(place): values}
    return read


@cache
def _valid_columns() -> Columns:
    return columns_of(expected.valid_workbook())


# --- making -------------------------------------------------------------------------------------------


def parts() -> dict[str, bytes]:
    """The members of the valid workbook."""
    return cell_edits.unpack(builder.valid())


def with_parts(**changed: bytes | str | None) -> bytes:
    """The valid workbook with members put in, or left out (None); ``/`` is written as ``__``."""
    members: dict[str, bytes] = parts()
    for name, data in changed.items():
        members.pop(name.replace("__", "/"), None)
        if data is not None:
            members[name.replace("__", "/")] = data.encode() if isinstance(data, str) else data
    return cell_edits.pack(members)


def changed(name: str, *changes: tuple[str, str]) -> bytes:
    """The valid workbook with texts of one member replaced (once each); fails when a text is not there."""
    text = parts()[name].decode()
    for old, new in changes:
        assert old in text, (name, old)
        text = text.replace(old, new, 1)
    return cell_edits.pack(parts() | {name: text.encode()})


def in_sheet(title: str, *changes: tuple[str, str]) -> bytes:
    """The same in the XML of a sheet."""
    return changed(cell_edits.sheet_part(title), *changes)


@cache
def cell(title: str, place: str) -> str:
    """A cell of the valid workbook in XML, with the style that the template gives it."""
    found = re.search(rf'<c r="{place}"[^>]*>.*?</c>', parts()[cell_edits.sheet_part(title)].decode())
    assert found, place
    return found[0]


def style_of(xml: str) -> str:
    """Its attribute: ``s="22"``."""
    found = re.search(r's="[0-9]+"', xml)
    assert found, xml
    return found[0]


def in_rows(title: str, xml: str) -> bytes:
    """XML put behind the last row of a sheet."""
    return in_sheet(title, ("</sheetData>", xml + "</sheetData>"))
