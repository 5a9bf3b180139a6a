"""What gptables and a11ytables ask of a workbook that everybody can read, and what a printed page needs.

Title in A1, marked tables with one header of unique words, no gaps and no merged cells in them, alternative
texts, panes that keep the header in sight; on paper no header above another table.
"""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from openpyxl import Workbook
from openpyxl.utils import range_boundaries
from openpyxl.worksheet.table import Table
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.report.summary.writing.heights import lines

# Key figures across columns, a grid of quarters, sections between the rows: no plain tables.
WITHOUT_TABLES = {"Übersicht", "Zeitschiene", "Regelwerk"}
CHARTS = {"Übersicht": 1, "Zeitschiene": 1, "Bedarfe und Angebote": 1}


@pytest.fixture(scope="module")
def tables(formulas: Workbook) -> list[tuple[Worksheet, Table]]:
    return [(sheet, table) for sheet in formulas for table in sheet.tables.values()]


def titles_of(sheet: Worksheet, table: Table) -> list[Any]:
    left, top, right, _ = range_boundaries(table.ref)
    return [sheet.cell(top, column).value for column in range(left, right + 1)]


def test_every_sheet_begins_with_its_title(formulas: Workbook) -> None:
    for sheet in formulas:
        assert isinstance(sheet["A1"].value, str)
        assert sheet["A1"].font.b
        assert sheet.sheet_view.showGridLines is False


def test_every_plain_list_is_a_marked_table(formulas: Workbook) -> None:
    assert {sheet.title for sheet in formulas if not sheet.tables} == WITHOUT_TABLES
    assert len(formulas["Dokumentation"].tables) == 5  # no offer here
    assert len(formulas["Maßnahme 1"].tables) == 3
    assert len(formulas["Bedarfe und Angebote"].tables) == 4
    assert set(formulas["Zielwerte"].tables) == {"Tabelle_Zielwerte_Projekt", "Tabelle_Zielwerte"}


def test_headers_are_marked_unique_and_on_one_line(tables: list[tuple[Worksheet, Table]]) -> None:
    for sheet, table in tables:
        titles = titles_of(sheet, table)
        assert table.headerRowCount == 1
        assert [c.name for c in table.tableColumns] == titles
        assert len({str(t).lower() for t in titles}) == len(titles)
        assert all(t and "\n" not in t for t in titles)


def test_no_word_of_a_header_is_broken(tables: list[tuple[Worksheet, Table]]) -> None:
    for sheet, table in tables:
        known = {n: d.width for d in sheet.column_dimensions.values() for n in range(d.min, d.max + 1)}
        for column, title in enumerate(titles_of(sheet, table), 1):
            for word in re.split(r"(?<=-)| ", title):
                assert lines(word, known[column]) == 1, (sheet.title, title)


def test_tables_have_no_gap_and_no_merged_cell(tables: list[tuple[Worksheet, Table]]) -> None:
    for sheet, table in tables:
        left, top, right, bottom = range_boundaries(table.ref)
        for row in sheet.iter_rows(top, bottom, left, right, values_only=True):
            assert any(cell is not None for cell in row), (sheet.title, table.ref)
        for merged in sheet.merged_cells.ranges:
            assert merged.max_row < top or merged.min_row > bottom


def test_charts_have_an_alternative_text(content: bytes, formulas: Workbook) -> None:
    found = {}
    with ZipFile(BytesIO(content)) as archive:
        for name in archive.namelist():
            if re.fullmatch(r"xl/drawings/drawing\d+\.xml", name):
                texts = re.findall(r'<xdr:cNvPr [^>]*descr="([^"]+)"', archive.read(name).decode())
                found[name] = [len(text) > 40 for text in texts]
    assert sorted(found.values()) == [[True]] * sum(CHARTS.values())


def test_the_header_stays_in_sight(formulas: Workbook) -> None:
    for sheet in formulas:
        if sheet.title in ("Übersicht", *(f"Maßnahme {n}" for n in range(1, 5))):
            continue
        assert sheet.freeze_panes, sheet.title


@pytest.mark.parametrize("name", ["Zielwerte", "Meilensteine", "Dokumentation", "Bedarfe und Angebote"])
def test_the_repeated_header_is_that_of_the_last_table(formulas: Workbook, name: str) -> None:
    """It stands on every page after its own, so another table may only come before it."""
    sheet = formulas[name]
    first, last = (int(part.lstrip("$")) for part in sheet.print_title_rows.split(":"))
    below = max(range_boundaries(table.ref)[1] for table in sheet.tables.values())
    assert first == last == (1 if name == "Dokumentation" else below)  # the title: there is no offer here
