"""What is counted in the XML is in the tables or reported; when something gets lost on the way, the file is refused."""

from __future__ import annotations

import re
from typing import Any

import pytest

from pipeline.reading import package as intake
from pipeline.reading import table
from pipeline.reading.locate import is_blank
from pipeline.reading.package import ReadColumn, accounted
from pipeline.reading.package.completeness import held
from tests import builder, cell_edits
from tests.cell_edits import Text, edited
from tests.expected import ExpectedFinding, examine, reported

ROWS = [
    ["Titel", "", ""],
    ["Nr.", "Datum", "Bemerkung"],  # the header, at position 1
    ["A-1", 46112.0, "x"],
    ["  ", "", ""],
    ["A-2", "gestern", ""],
]
COLUMNS = (
    ReadColumn(0, ["A-1", "A-2"], ["A-1", "A-2"], set()),
    ReadColumn(1, [46112.0, "gestern"], ["2026-03-31", None], {1}),
)


def _accounted(
    counted: int, columns: tuple[ReadColumn, ...] = COLUMNS, records: tuple[int, ...] = (2, 4)
) -> bool:
    return accounted(counted, ROWS, 1, records, columns, is_blank)


def test_everything_is_accounted_for() -> None:
    """Title, three headers, four cells of two records, a remark beside them, and a cell of spaces."""
    assert held(ROWS) == 10
    assert _accounted(10)


@pytest.mark.parametrize("counted", [9, 11])
def test_a_value_more_or_less_in_the_xml_is_noticed(counted: int) -> None:
    assert not _accounted(counted)


def test_a_record_that_was_passed_over_is_noticed() -> None:
    only_first = tuple(ReadColumn(c.place, c.cells[:1], c.values[:1], set()) for c in COLUMNS)
    assert not _accounted(10, only_first, (2,))


def test_a_value_that_went_missing_without_a_word_is_noticed() -> None:
    silent = (COLUMNS[0], ReadColumn(1, COLUMNS[1].cells, COLUMNS[1].values, set()))
    assert not _accounted(10, silent)


def test_a_row_that_is_reported_as_none_is_accounted_for() -> None:
    only_first = tuple(ReadColumn(c.place, c.cells[:1], c.values[:1], set()) for c in COLUMNS)
    assert accounted(10, ROWS, 1, (2,), only_first, is_blank, {4})


# --- in a workbook ------------------------------------------------------------------------------------------


class _Forgetful:
    """The reading library, as it would be if it lost one value of a sheet."""

    def __init__(self, real: Any) -> None:
        self.real = real

    def __call__(self, data: Any) -> _Forgetful:
        self.book = self.real(data)
        return self

    def get_sheet_by_index(self, index: int) -> _Forgetful:
        self.sheet = self.book.get_sheet_by_index(index)
        return self

    def to_python(self, **options: Any) -> list[list[Any]]:
        rows: list[list[Any]] = self.sheet.to_python(**options)
        for row in rows:
            if row[:1] == ["P-0004"]:
                row[3] = ""
        return rows


@pytest.mark.usefixtures("afresh")
def test_a_value_that_the_library_loses_refuses_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        intake.python_calamine, "load_workbook", _Forgetful(intake.python_calamine.load_workbook)
    )
    workbook = examine(builder.valid())
    assert reported(workbook.findings) == [ExpectedFinding("D21", "error", "Personen", None, None)]
    assert workbook.refused


def test_a_record_that_reading_loses_refuses_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def loses(column: Any, raws: list[Any], real: Any = table.parse_column) -> Any:
        values, found = real(column, raws)
        return [None if value == "P-0004" else value for value in values], found

    monkeypatch.setattr(table, "parse_column", loses)
    found = reported(examine(builder.valid()).findings)
    assert ExpectedFinding("D21", "error", "Personen", None, None) in found


@pytest.mark.parametrize("cell", ["G6", "G40"])
def test_what_stands_beside_the_columns_is_reported_wherever_it_stands(cell: str) -> None:
    found = reported(examine(edited({f"Verwaltung!{cell}": Text("Notiz")})).findings)
    assert found == [ExpectedFinding("M11", "note", "Verwaltung", "G4", None)]


def test_a_second_sheet_of_nearly_the_same_name_is_reported() -> None:
    parts = cell_edits.unpack(builder.valid())
    book = parts["xl/workbook.xml"].decode()
    assert book.count('name="Stand"') == 1
    workbook = examine(
        cell_edits.pack(
            parts | {"xl/workbook.xml": book.replace('name="Stand"', 'name="Bestand "', 1).encode()}
        )
    )
    assert reported(workbook.findings) == [ExpectedFinding("M12", "note", None, None, None)]
    assert workbook.tables["Bestand"]["Anzahl"] == [30, 7, 50]


def test_a_damaged_cell_is_reported_wherever_it_stands() -> None:
    damaged = cell_edits.rewritten("Bestand", _of_unknown_type)
    assert reported(examine(damaged).findings) == [ExpectedFinding("W15", "error", "Bestand", "A2", None)]


def _of_unknown_type(xml: str) -> str:
    return re.sub(r'<c r="A2"[^>]*>.*?</c>', '<c r="A2" t="neu"><v>1</v></c>', xml, count=1)
