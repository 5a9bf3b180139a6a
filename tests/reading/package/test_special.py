"""What a sheet must be to be read as it is, its formulas cut out unread."""

from __future__ import annotations

import pytest

from pipeline.reading.package.special import ordinary

SHEET = b"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">\
<c r="A1" t="str"><f>%b</f><v>x</v></c></row></sheetData></worksheet>"""


def test_a_formula_of_text_is_cut_out() -> None:
    found = ordinary(SHEET % b"IF(A2&lt;&gt;&quot;\xc3\xa4&quot;,&apos;a&apos;,B1)")
    assert found is not None
    assert found.body == b'<sheetData><row r="1"><c r="A1" t="str"><v>x</v></c></row></sheetData>'
    assert found.special.formulas == {(1, 1)}


@pytest.mark.parametrize("formula", [b"A2\xff", b"A2\x01", b"A2&B1", b"A2&unknown;"])
def test_what_no_xml_reader_takes_is_parsed(formula: bytes) -> None:
    assert ordinary(SHEET % formula) is None


@pytest.mark.parametrize("attribute", [b"1:1\xff", b"1:1\x01", b"1&1", b"&#1;", b"&#xFFFE;"])
@pytest.mark.parametrize("formula", [b"A2", b""])
def test_nor_such_an_attribute_of_a_row(attribute: bytes, formula: bytes) -> None:
    sheet = SHEET % formula
    assert ordinary(sheet) is not None
    below = b'<row r="2" spans="%b"><c r="A2"><v>1</v></c></row></sheetData>' % attribute
    assert ordinary(sheet.replace(b"</sheetData>", below)) is None
