"""Long tables: written as records, streamed, and going on in a further sheet: the same cells each time."""

from __future__ import annotations

from datetime import date, datetime
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from zipfile import ZipFile

import pytest
import xlsxwriter
from openpyxl import Workbook, load_workbook
from python_calamine import CalamineWorkbook
from xlsxwriter.worksheet import Worksheet

from pipeline.definitions.words import TARGET_WORDS
from pipeline.outcome import Outcome
from pipeline.report.summary import summary_bytes, write_summary
from pipeline.report.summary.writing.cells import Cell, CellNotWritten, FormulaCell, StatusCell, put
from pipeline.report.summary.writing.fastsheet import FastSheet
from pipeline.report.summary.writing.growing import GOES_ON, WENT_BEFORE
from pipeline.report.summary.writing.record_table import RowWriter, TableColumn
from pipeline.report.summary.writing.styles import Styles

WORD = next(iter(TARGET_WORDS.values()))
RECORDS: list[list[Cell]] = [
    ["Text", 12, Fraction(1, 3), date(2026, 3, 31), FormulaCell("=B1*2", 24), StatusCell(WORD), None],
    [" vorn & hinten ", -3, 0, date(2028, 9, 30), FormulaCell('="<"&"&"', "<&"), StatusCell(WORD, symbol=True), "Text"],
    ["<r><t>kein XML</t></r>", 10**15, Fraction(2, 7), None, FormulaCell("=A1", ""), None, "a\x01b\rc _x0041_ \ud800"],
    ["Zeile\nZeile", None, None, None, None, None, "\tEnde 😀"],
]  # fmt: skip


class Plain(Worksheet):
    """As xlsxwriter writes it."""

    def set_height(self, row: int, points: float) -> None:
        self.set_row(row, points)


def written(kind: type[Worksheet], *, streamed: bool, by_record: bool, tmp_path: Path) -> dict[str, bytes]:
    """The parts of a workbook with the records in one sheet."""
    path = tmp_path / f"{kind.__name__}{streamed}{by_record}.xlsx"
    file = xlsxwriter.Workbook(path, {"constant_memory": streamed, "strings_to_urls": False})
    file.set_properties({"created": datetime(2026, 9, 30)})  # noqa: DTZ001  - else now
    sheet = file.add_worksheet("Blatt", kind)
    book = SimpleNamespace(styles=Styles(file))
    writer = RowWriter(book, sheet, [TableColumn(str(n), 20) for n in range(7)], charted=not by_record)
    for row, cells in enumerate([*RECORDS, *RECORDS]):
        writer.write(row, cells)
    file.close()
    with ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize("streamed", [False, True])
def test_a_record_is_what_xlsxwriter_makes_of_its_cells(streamed: bool, tmp_path: Path) -> None:
    """Every part byte for byte, but for the spans, which we leave out."""
    plain = written(Plain, streamed=streamed, by_record=False, tmp_path=tmp_path)
    fast = written(FastSheet, streamed=streamed, by_record=True, tmp_path=tmp_path)
    name = "xl/worksheets/sheet1.xml"
    plain[name] = plain[name].replace(b' spans="1:7"', b"")
    assert plain == fast


def test_a_record_outside_of_the_sheet_or_too_late_is_refused(tmp_path: Path) -> None:
    file = xlsxwriter.Workbook(tmp_path / "a.xlsx", {"constant_memory": True})
    sheet = file.add_worksheet("Blatt", FastSheet)
    writer = RowWriter(SimpleNamespace(styles=Styles(file)), sheet, [TableColumn("A", 10)])
    writer.write(5, ["x"])
    for row in (4, 1_048_576, -1):
        with pytest.raises(CellNotWritten, match="Blatt"):
            writer.write(row, ["x"])
        with pytest.raises(CellNotWritten, match="Blatt"):
            put(sheet, row, 0, "x", Styles(file).plain)
    with pytest.raises(CellNotWritten, match="Blatt"):
        put(sheet, 6, 16_384, 1, Styles(file).plain)
    file.close()


# --- the whole report ---------------------------------------------------------------------------------


def cells(content: bytes | Path) -> dict[str, list[list[object]]]:
    source = BytesIO(content) if isinstance(content, bytes) else content
    book = CalamineWorkbook.from_object(source)
    return {n: book.get_sheet_by_name(n).to_python() for n in book.sheet_names}


def test_streamed_it_is_the_same(outcome: Outcome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.report.summary.STREAMED_FROM", 1)
    write_summary(outcome, tmp_path / "a.xlsx")
    write_summary(outcome, tmp_path / "b.xlsx")
    assert cells(tmp_path / "a.xlsx") == cells(summary_bytes(outcome))
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.xlsx", "b.xlsx"]  # nothing is left beside it


ROOM = 60  # rows of a sheet, instead of Excel's 1,048,576


@pytest.fixture(scope="module")
def whole(outcome: Outcome) -> Workbook:
    return load_workbook(BytesIO(summary_bytes(outcome)))


@pytest.fixture(params=[1, 10**6], ids=["streamed", "in memory"])
def split(
    request: pytest.FixtureRequest,
    outcome: Outcome,
    whole: Workbook,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Workbook:
    monkeypatch.setattr("pipeline.report.summary.STREAMED_FROM", request.param)
    monkeypatch.setattr("pipeline.report.summary.writing.growing.SHEET_ROWS", ROOM)
    write_summary(outcome, tmp_path / "a.xlsx")  # its sums are proved over all sheets
    return load_workbook(tmp_path / "a.xlsx")


def test_a_full_sheet_goes_on_in_a_further_one(split: Workbook, whole: Workbook) -> None:
    further = split.sheetnames[len(whole.sheetnames) :]
    assert split.sheetnames[: len(whole.sheetnames)] == whole.sheetnames
    assert {"Herkunft (2)", "Meilensteine (2)"} <= set(further)
    for name in ("Herkunft", "Meilensteine"):
        parts = [name, *sorted(n for n in further if n.startswith(name))]
        found = [list(split[n].iter_rows(values_only=True)) for n in parts]
        start = next(i for i, row in enumerate(found[0], 1) if row[0] == "AGS")
        for here, then, rows in zip(parts, parts[1:], found, strict=False):
            assert len(rows) == ROOM
            assert rows[-1][0] == GOES_ON.format(then)
            assert split[then]["A2"].value == WENT_BEFORE.format(here)
            assert split[then].freeze_panes == "D4"
        records = [*found[0][start : ROOM - 1], *(r for rows in found[1:] for r in rows[3 : ROOM - 1])]
        expected = list(whole[name].iter_rows(min_row=start + 1, values_only=True))
        assert records == expected


def test_formulas_count_over_all_sheets_of_a_table(split: Workbook) -> None:
    texts = [str(c.value) for row in split["Maßnahme 1"].iter_rows() for c in row]
    assert any("COUNTIFS(Meilensteine!$F:$F" in t and "COUNTIFS('Meilensteine (2)'!$F:$F" in t for t in texts)
