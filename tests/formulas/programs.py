"""Programs that calculate a workbook anew; none of them wrote it.

The stored results are taken out first, so that no program can hand them back. LibreOffice reads the bare
TRUE of a comparison as a number where Excel does not; Gnumeric and IronCalc do as Excel does.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Mapping
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import python_calamine
from openpyxl import load_workbook
from openpyxl.worksheet.formula import ArrayFormula

from pipeline.xlsx.addresses import column_letters, column_number
from tests.template.office import recalculate

ironcalc = pytest.importorskip("ironcalc", reason="IronCalc is not on this machine")
SSCONVERT = shutil.which("ssconvert")
Place = tuple[str, str]  # sheet, cell
Values = Mapping[Place, Any]
STORED = re.compile(rb"(<c [^>]*>)(<f(?:/>|[ >].*?</f>))<v>[^<]*</v></c>", re.DOTALL)
RESULT_KIND = re.compile(rb' t="\w+"')
GROWING = re.compile(r"(:)INDEX\((?:'[^']*'|\w+)!\$([A-Z]+)\$\d+:\$[A-Z]+\$\d+,(\w+)\)")


@cache
def formulas(data: bytes) -> dict[Place, str]:
    """Every cell with a formula; that of an array formula in braces."""
    found = {}
    for sheet in load_workbook(BytesIO(data)):
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    array = isinstance(cell.value, ArrayFormula)
                    found[sheet.title, cell.coordinate] = (
                        f"{{{cell.value.text}}}" if array else str(cell.value)
                    )
    return found


def stored(data: bytes) -> Values:
    """What stands in every cell."""
    found = {}
    book = python_calamine.load_workbook(BytesIO(data))
    for name in book.sheet_names:
        for number, row in enumerate(book.get_sheet_by_name(name).iter_rows(), 1):
            for column, value in enumerate(row, 1):
                found[name, f"{column_letters(column)}{number}"] = value
    return found


def without_results(data: bytes, change: Callable[[str], str] = str, instead: bytes = b"") -> bytes:
    """``instead`` is put in the place of each result; ``change`` is applied to the part with the names."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            if name.startswith("xl/worksheets/sheet"):
                part = STORED.sub(lambda m: RESULT_KIND.sub(b"", m[1]) + m[2] + instead + b"</c>", part)
            elif name == "xl/workbook.xml":
                part = change(part.decode()).encode()
            new.writestr(name, part)
    return out.getvalue()


def fixed_names(values: Values) -> Callable[[str], str]:
    """Gnumeric and IronCalc know no name for ``A5:INDEX(…)``: the range that it stands for at these values."""
    lengths = {
        value: values["Listen", cell.replace("A", "B")]
        for (sheet, cell), value in values.items()
        if sheet == "Listen" and re.fullmatch(r"A\d+", cell) and str(value).startswith("Ende_")
    }
    return lambda xml: GROWING.sub(lambda m: f"{m[1]}${m[2]}${int(lengths[m[3]]) + 4}", xml)


def libreoffice(folder: Path, books: Mapping[str, bytes]) -> dict[str, bytes]:
    """Each workbook as it saves it; all in one start of the program."""
    for name, data in books.items():
        (folder / f"{name}.xlsx").write_bytes(without_results(data))
    done = recalculate(folder, [folder / f"{name}.xlsx" for name in books])
    return {name: (done / f"{name}.xlsx").read_bytes() for name in books}


def gnumeric(folder: Path, data: bytes, change: Callable[[str], str] = str) -> Values:
    source, target = folder / "before.xlsx", folder / "after.xlsx"
    source.write_bytes(without_results(data, change))
    command = [str(SSCONVERT), "--recalc", str(source), str(target)]
    subprocess.run(
        command, check=True, capture_output=True, timeout=300, env=os.environ | {"LC_ALL": "C.UTF-8"}
    )
    return stored(target.read_bytes())


def iron_calc(folder: Path, data: bytes, change: Callable[[str], str] = str) -> Values:
    """A wrong result stands in every cell before: of a formula without one it complains at length."""
    path = folder / "ironcalc.xlsx"
    path.write_bytes(without_results(data, change, b"<v>-98765</v>"))
    model = ironcalc.load_from_xlsx(str(path))
    model.evaluate()
    sheets = [sheet["name"] for sheet in model.get_worksheets_properties()]
    found = {}
    for sheet, cell in formulas(data):
        letters = cell.rstrip("0123456789")
        row, column = int(cell[len(letters) :]), column_number(letters)
        found[sheet, cell] = model.get_cell_value(sheets.index(sheet), row, column)
    return found


needs_gnumeric = pytest.mark.skipif(SSCONVERT is None, reason="Gnumeric (ssconvert) ist nicht installiert")
PROGRAMS = [
    pytest.param(iron_calc, id="ironcalc"),
    pytest.param(gnumeric, id="gnumeric", marks=needs_gnumeric),
]


def differences(data: bytes, expected: Values, found: Values) -> list[tuple[Place, str, Any, Any]]:
    """(place, formula, expected, found) of the cells with a formula; numbers may differ by 1e-9."""
    return [
        (place, formula, expected.get(place), found.get(place))
        for place, formula in formulas(data).items()
        if not _same(expected.get(place), found.get(place))
    ]


def _same(first: Any, second: Any) -> bool:
    if isinstance(first, float | int) and isinstance(second, float | int):
        return abs(first - second) <= 1e-9
    return (first or "") == (second or "")
