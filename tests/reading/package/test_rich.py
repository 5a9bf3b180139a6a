"""What a cell holds that its value does not show: pictures, linked data types, formulas without a result."""

from __future__ import annotations

import re

import pytest

from pipeline.definitions.model import Workbook
from tests import cell_edits
from tests.expected import ExpectedFinding, at, examine, reported

METADATA = (
    '<metadata xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:x="http://schemas.microsoft.com/office/spreadsheetml/2017/richdata"><metadataTypes count="1">'
    '<metadataType name="XLRICHVALUE"/></metadataTypes><futureMetadata name="XLRICHVALUE" count="2">'
    '<bk><extLst><ext><x:rvb i="0"/></ext></extLst></bk><bk><extLst><ext><x:rvb i="1"/></ext></extLst></bk>'
    '</futureMetadata><valueMetadata count="2"><bk><rc t="1" v="0"/></bk><bk><rc t="1" v="1"/></bk>'
    "</valueMetadata></metadata>"
)
RICH = "http://schemas.microsoft.com/office/spreadsheetml/2017/richdata"
VALUES = f'<rvData xmlns="{RICH}" count="2"><rv s="0"><v>0</v></rv><rv s="1"><v>0</v></rv></rvData>'
CELL = '<c r="E5" t="e" vm="{}"><v>#VALUE!</v></c>'


def _structures(*names: str) -> str:
    inside = "".join(f'<s t="{name}"><k n="x"/></s>' for name in names)
    return f'<rvStructures xmlns="{RICH}">{inside}</rvStructures>'


def _with_cell(cell: str, **parts: str) -> Workbook:
    """The valid workbook with another cell Nachweise!E5, and more parts."""
    data = cell_edits.rewritten("Nachweise", lambda xml: re.sub(r'<c r="E5".*?</c>', cell, xml, count=1))
    extra = {name.replace("__", "/") + ".xml": text.encode() for name, text in parts.items()}
    return examine(cell_edits.pack(cell_edits.unpack(data) | extra))


@pytest.mark.parametrize(
    ("vm", "names", "rule"),
    [
        (1, ("_localImage", "_linkedentity2core"), "W21"),
        (2, ("_localImage", "_linkedentity2core"), "W22"),
        (1, ("_webimage", "_error"), "W21"),
        (2, ("_webimage", "_error"), "W01"),
        (3, ("_localImage", "_linkedentity2core"), "W01"),  # leads nowhere
    ],
)
def test_a_rich_value_is_called_what_it_is(vm: int, names: tuple[str, ...], rule: str) -> None:
    workbook = _with_cell(
        CELL.format(vm),
        xl__metadata=METADATA,
        xl__richData__rdrichvalue=VALUES,
        xl__richData__rdrichvaluestructure=_structures(*names),
    )
    assert reported(workbook.findings) == [at(rule, "error", "Nachweise!E5")]


def test_a_rich_value_of_unknown_structure_is_a_picture() -> None:
    workbook = _with_cell(CELL.format(1), xl__metadata=METADATA, xl__richData__rdrichvalue=VALUES)
    assert reported(workbook.findings) == [at("W21", "error", "Nachweise!E5")]
    assert "Bild" in workbook.findings[0].message


def test_an_error_value_without_more_stays_one() -> None:
    assert reported(_with_cell(CELL.replace(' vm="{}"', "")).findings) == [at("W01", "error", "Nachweise!E5")]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ('<c r="E5" t="str"><f>A1</f></c>', [at("W02", "error", "Nachweise!E5")]),
        ('<c r="E5" t="str" xml:space="preserve"><f>A1</f></c>', [at("W02", "error", "Nachweise!E5")]),
        (
            '<c r="E5" t="str"><f>A1</f><v></v></c>',
            [at("W13", "error", "Nachweise!E5")],
        ),
        ('<c r="E5" t="str"><f>A1</f><v>Akte 1</v></c>', [at("M08", "note", "Nachweise!E5")]),
    ],
    ids=["no-result", "no-result-walked", "empty-result", "result"],
)
def test_a_text_formula_has_a_result_or_is_refused(cell: str, expected: list[ExpectedFinding]) -> None:
    """An empty text is a result; no <v> at all is none, whatever the cell's type says."""
    assert reported(_with_cell(cell).findings) == expected


def test_a_value_is_not_lost_from_an_optional_cell() -> None:
    cell = '<c r="K5" t="str"><f>A1</f></c>'
    data = cell_edits.rewritten("Angebote", lambda xml: re.sub(r'<c r="K5".*?</c>', cell, xml, count=1))
    assert reported(examine(data).findings) == [at("W02", "error", "Angebote!K5")]
