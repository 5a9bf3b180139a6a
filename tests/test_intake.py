"""What the values do not show is found by searching the XML; walking it must find the same."""

from __future__ import annotations

import pytest

from pipeline.intake import _picked, _walked
from tests import builder
from tests.builder import ErrorValue, Formula

SHEETS = ("Stammdaten", "Personen", "Bedarfe", "Meilensteine", "Prüfung", "Stand")


def part(title: str, data: bytes) -> bytes:
    return builder.unpack(data)[builder.sheet_part(title, data)]


@pytest.mark.parametrize("title", SHEETS)
def test_searching_finds_what_walking_finds(title: str) -> None:
    xml = part(title, builder.valid())
    assert _picked(xml) == _walked(title, xml)


def test_errors_formulas_and_hidden_rows_by_hand() -> None:
    data = builder.edited({"Personen!E5": ErrorValue(), "Personen!F6": Formula("1+1")})
    xml = part("Personen", data).replace(b'<row r="7"', b'<row r="7" hidden="1"')
    found = _picked(xml)
    assert found is not None
    assert found.errors == {(5, 5)}
    assert found.hidden_rows == {7}
    assert (6, 6) in found.formulas
    below_header = {at for at in found.without_result if at[0] > 4}  # row 3 shows the next free number
    assert below_header == {(6, 6)}  # Formula() writes no result
    assert found == _walked("Personen", xml)


@pytest.mark.parametrize(
    "xml",
    [
        b'<worksheet><sheetData><row hidden="1" r="7"/></sheetData></worksheet>',  # r is not first
        b'<worksheet><sheetData><row r="1"><c t="str" r="A1"><f>1</f><v>1</v></c></row></sheetData></worksheet>',
    ],
)
def test_what_is_written_otherwise_is_walked(xml: bytes) -> None:
    assert _picked(xml) is None
