"""How many A4 pages the report of the invented project prints: by its row heights, and as LibreOffice lays it out.

The goal was 25 pages. Where a number rises, the layout has become worse: say so in docs/pruefung.md.
"""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.utils import range_boundaries
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.demo import AS_OF_DATES
from pipeline.report.summary import summary_bytes
from pipeline.rules.loading.load import load_rules
from pipeline.run import run
from tests.demo_files import lay_out_demo
from tests.template.office import SOFFICE, recalculate

PAGES = {
    "Übersicht": 1,
    "Zeitschiene": 1,
    "Zielwerte": 4,
    "Meilensteine": 5,
    "Maßnahme 1": 1,
    "Maßnahme 2": 1,
    "Maßnahme 3": 1,
    "Maßnahme 4": 1,
    "Nachweise": 1,
    "Dokumentation": 1,
    "Bedarfe und Angebote": 2,
    "AMIF": 1,
    "Abgaben": 1,
    "Prüfprotokoll": 3,
    "Änderungen": 2,
    "Regelwerk": 1,
    "Kontrollsummen und Freigabe": 1,
}
A4_HEIGHT, INCH = 595.3, 72  # points, landscape
FOOTER_GAP = 9  # points that LibreOffice keeps free above the footer
DEFAULT_ROW = 15


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    inputs, rules = lay_out_demo(tmp_path_factory.mktemp("demo"))
    return summary_bytes(run(inputs, load_rules(rules), AS_OF_DATES[-1]))


def test_pages_of_each_sheet_by_its_row_heights(content: bytes) -> None:
    book: Workbook = load_workbook(BytesIO(content))
    assert {sheet.title: pages for sheet in book if (pages := pages_of(sheet))} == PAGES


@pytest.mark.libreoffice
@pytest.mark.skipif(SOFFICE is None, reason="NOTICE: no LibreOffice here")
def test_pages_as_libreoffice_prints_them(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "report.xlsx"
    path.write_bytes(content)
    pdf = (recalculate(tmp_path, [path], "pdf") / "report.pdf").read_bytes()
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == sum(PAGES.values())


def pages_of(sheet: Worksheet) -> int:
    """0 where one empty cell is the print area."""
    area = (sheet.print_area or sheet.dimensions).split("!")[-1].replace("$", "")
    _, first, _, last = range_boundaries(area)
    if first == last:
        return 0
    margins = sheet.page_margins
    room = (A4_HEIGHT - (margins.top + margins.bottom) * INCH - FOOTER_GAP) * 100 / sheet.page_setup.scale
    breaks = {b.id for b in sheet.row_breaks.brk}
    titles = [int(n) for n in re.findall(r"\d+", sheet.print_title_rows or "")]
    repeated = sum(_height(sheet, row) for row in range(titles[0], titles[1] + 1)) if titles else 0
    pages, used = 1, 0.0
    for row in range(first, last + 1):
        height = _height(sheet, row)
        if used + height > room or (row - 1 in breaks and row > first):
            pages, used = pages + 1, repeated if titles and row > titles[1] else 0
        used += height
    return pages


def _height(sheet: Worksheet, row: int) -> float:
    return sheet.row_dimensions[row].height or DEFAULT_ROW
