"""Nothing is cut off: rows are as tall, and columns as wide, as their texts need, whichever fonts are there."""

from __future__ import annotations

import re
import shutil
import subprocess
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from openpyxl import Workbook, load_workbook
from PIL import ImageFont

from docs.bilder import without_carlito
from pipeline.definitions.model import State
from pipeline.definitions.sheet_types import Kind
from pipeline.definitions.sheets import FEEDBACK_TITLE
from pipeline.feedback import feedback
from pipeline.rules import Rules
from tests import expected
from tests.demo_files import lay_demo
from tests.template.office import needs_libreoffice, recalculate

MATCH = shutil.which("fc-match")
SIZE, PADDING = 10, 3.75  # points; what Excel adds to a column at both sides
UNSET, TITLE = 8.43, 1.6  # width of a column that nobody set; letters of a title by those of a table
UNIT, INDENT = 5.25, 10.0  # points: of a column of width 1 with the widths of Calibri; of an indent


def arial(bold: bool) -> ImageFont.FreeTypeFont:
    """The font that stands in for Arial, in thousandths of its size."""
    pattern = "Arial:bold" if bold else "Arial"
    found = (
        MATCH
        and subprocess.run(
            [MATCH, "-f", "%{file}", pattern], check=True, capture_output=True, text=True
        ).stdout
    )
    if not found or "Liberation" not in found:
        pytest.skip("Liberation Sans ist nicht installiert")
    return ImageFont.truetype(found, 1000)


def points(text: str, *, bold: bool) -> float:
    return arial(bold).getlength(text) * SIZE / 1000


def width(sheet: Any, column: int) -> float:
    """Of a column in points; columns alike stand in the file as one."""
    wide = next((d.width for d in sheet.column_dimensions.values() if d.min <= column <= d.max), UNSET)
    return float(wide) * UNIT


class TestWidths:
    def test_no_header_is_broken_inside_a_word(self, municipality_book: Workbook) -> None:
        for sheet in municipality_book.worksheets[2:-2]:
            for cell in sheet[4]:
                room = width(sheet, cell.column) - INDENT
                for word in str(cell.value or "").split():
                    assert points(word, bold=True) < room, f"{sheet.title}!{cell.coordinate}: {word}"

    def test_no_date_becomes_a_row_of_hashes(self, municipality_book: Workbook, rules: Rules) -> None:
        needed = points("30.09.2028", bold=False) + PADDING + INDENT
        for table in rules.kinds["kommune"].tables:
            sheet = municipality_book[table.title]
            for i, column in enumerate(table.columns, start=1):
                if column.kind is Kind.DATE:
                    assert width(sheet, i) > needed, f"{table.title}: {column.name}"

    def test_no_title_lies_under_its_link(self, municipality_book: Workbook) -> None:
        for sheet in municipality_book.worksheets[3:-2]:
            link = next(c for c in sheet[1] if str(c.value).startswith("=HYPERLINK"))
            room = sum(width(sheet, i) for i in range(1, link.column))
            assert points(sheet.title, bold=True) * TITLE < room, sheet.title


def without_heights(data: bytes) -> bytes:
    """The workbook without the heights of its rows, and without the hidden cells of Rückmeldung."""
    target = BytesIO()
    with ZipFile(BytesIO(data)) as old, ZipFile(target, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name.startswith("xl/worksheets/"):
                content = re.sub(rb'(<row [^>]*?) ht="[^"]*"( customHeight="1")?', rb"\1", content)
                content = re.sub(rb'<c r="[I-Z]\d+"[^>]*><is>.*?</is></c>', b"", content)
            new.writestr(name, content)
    return target.getvalue()


def marked(folder: Path, rules: Rules) -> bytes:
    """The copy of a workbook of the demo with many errors, as it goes back."""
    path = next(p for p in lay_demo(folder / "received") if p.name == "KISI_Oberursel.xlsx")
    data = path.read_bytes()
    copy, _ = feedback(expected.examine(data), State.REJECTED, data, rules)
    assert copy is not None
    assert load_workbook(BytesIO(copy)).sheetnames[0] == FEEDBACK_TITLE
    return copy


@pytest.fixture(scope="module")
def returned(rules: Rules, tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, Path]:
    """The copy that goes back, and a file that makes LibreOffice look for the heights of its rows.

    LibreOffice looks for itself in files of other programs.
    """
    folder = tmp_path_factory.mktemp("heights")
    copy = marked(folder, rules)
    (folder / "copy.xlsx").write_bytes(without_heights(copy))
    flat = recalculate(folder, [folder / "copy.xlsx"], "fods") / "copy.fods"
    text = re.sub("<meta:generator>[^<]*", "<meta:generator>other", flat.read_text(encoding="utf-8"))
    flat.write_text(text, encoding="utf-8")
    return copy, flat


@pytest.mark.libreoffice
class TestHeights:
    pytestmark = needs_libreoffice

    @pytest.mark.parametrize("calibri", [True, False])
    def test_no_row_is_too_low(
        self, returned: tuple[bytes, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, calibri: bool
    ) -> None:
        """Of the copy that goes back to a municipality with many errors."""
        if not calibri:
            monkeypatch.setenv("FONTCONFIG_FILE", str(without_carlito(tmp_path)))
        copy, flat = returned
        saved = recalculate(tmp_path, [flat])
        compared = 0
        made, needed = load_workbook(BytesIO(copy)), load_workbook(saved / "copy.xlsx")
        for sheet in (s for s in made if s.sheet_state == "visible"):
            for row, line in sheet.row_dimensions.items():
                if line.height:
                    least = needed[sheet.title].row_dimensions[row].height or 0
                    assert line.height >= least, f"{sheet.title}, Zeile {row}"
                    compared += least > 20
        assert compared > 100

    def test_a_blank_template_has_the_same_rows(
        self, returned: tuple[bytes, Path], municipality_book: Workbook
    ) -> None:
        """Each height of the template is that of the copy, and its texts stand in the copy's rows."""
        copy = load_workbook(BytesIO(returned[0]))
        heights = 0
        for sheet in (s for s in municipality_book if s.sheet_state == "visible"):
            for row in (n for n, line in sheet.row_dimensions.items() if line.height):
                there = copy[sheet.title]
                assert there.row_dimensions[row].height == sheet.row_dimensions[row].height
                for one in (c for c in sheet[row] if c.value and c.data_type != "f"):
                    assert there[one.coordinate].value == one.value
                heights += 1
        assert heights > 600
