"""Writing against the least it can cost: the report's cells by xlsxwriter alone, a copy by zip alone.

The cells are read back from the finished report and written to a new workbook with the same values, formulas
and formats, by xlsxwriter's own calls and without whatever led to them. Heights, widths, conditional formats,
charts, links and print settings are left out.
"""

from __future__ import annotations

import html
import re
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import xlsxwriter
from xlsxwriter.format import Format

from benchmarks.floor import inflate_and_deflate
from pipeline.definitions.sheets import MUNICIPALITY
from pipeline.report.feedback_files import letter_contexts, write_feedback
from pipeline.report.summary import summary_bytes
from pipeline.rules.loading.load import load_rules
from pipeline.run import run
from pipeline.template import copies_of, template_bytes
from pipeline.xlsx.addresses import column_number

_OF_A_FILE = ("xf_format_indices", "dxf_format_indices", "xf_index", "dxf_index")
_CELL = re.compile(
    r'<c r="([A-Z]+)([0-9]+)"(?: s="([0-9]+)")?(?: t="([a-zA-Z]+)")?(?:/>|>'
    r"(?:<f[^>]*>([^<]*)</f>)?(?:<v>([^<]*)</v>)?(?:<is><t[^>]*>([^<]*)</t></is>)?</c>)"
)
_SHEET = re.compile(r"xl/worksheets/sheet([0-9]+)\.xml")


@dataclass(frozen=True)
class Cell:
    """``value``: a text, a number, or None; ``formula`` with its result as the value."""

    row: int
    column: int
    style: int
    value: str | float | None
    formula: str = ""


@dataclass
class Copied:
    """The cells of a finished workbook by sheet, and its formats by their number."""

    sheets: list[list[Cell]]
    formats: dict[int, Format] = field(default_factory=dict)

    @property
    def cells(self) -> int:
        return sum(map(len, self.sheets))


@contextmanager
def noted_formats(formats: list[Format]) -> Iterator[None]:
    """Keeps every format that is made meanwhile."""
    original = xlsxwriter.Workbook.add_format

    def add_format(self: xlsxwriter.Workbook, *args: Any) -> Format:
        formats.append(original(self, *args))
        return formats[-1]

    with patch.object(xlsxwriter.Workbook, "add_format", add_format):
        yield


def copied(data: bytes, formats: list[Format]) -> Copied:
    """What ``write_cells`` needs of a finished workbook that was made with these formats."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        parts = {n: archive.read(n).decode() for n in archive.namelist() if n.endswith(".xml")}
    strings = parts.get("xl/sharedStrings.xml", "")
    texts = [_text(si) for si in re.findall(r"<si>(.*?)</si>", strings, re.DOTALL)]
    names = sorted((n for n in parts if _SHEET.fullmatch(n)), key=lambda n: int(_SHEET.findall(n)[0]))
    by_number = {f.xf_index: f for f in formats if f.xf_index is not None}
    return Copied([[_cell(m, texts) for m in _CELL.finditer(parts[n])] for n in names], by_number)


def _text(xml: str) -> str:
    return html.unescape("".join(re.findall(r"<t[^>]*>([^<]*)</t>", xml)))


def _cell(match: re.Match[str], texts: list[str]) -> Cell:
    letters, row, style, kind, formula, value, inline = match.groups()
    content: str | float | None
    if kind == "s":
        content = texts[int(value)]
    elif kind in ("str", "inlineStr"):
        content = html.unescape(value or inline or "")
    else:
        content = float(value) if value else None
    return Cell(
        int(row) - 1, column_number(letters) - 1, int(style or 0), content, html.unescape(formula or "")
    )


def write_cells(of: Copied) -> bytes:
    """A new workbook with these cells."""
    content = BytesIO()
    file = xlsxwriter.Workbook(content, {"in_memory": True})
    formats = {number: _again(file, known) for number, known in of.formats.items()}
    for cells in of.sheets:
        sheet = file.add_worksheet()
        for cell in cells:
            look = formats.get(cell.style)
            if cell.formula:
                sheet.write_formula(cell.row, cell.column, cell.formula, look, cell.value or 0)
            elif cell.value is None:
                sheet.write_blank(cell.row, cell.column, None, look)
            elif isinstance(cell.value, str):
                sheet.write_string(cell.row, cell.column, cell.value, look)
            else:
                sheet.write_number(cell.row, cell.column, cell.value, look)
    file.close()
    return content.getvalue()


def _again(file: xlsxwriter.Workbook, known: Format) -> Format:
    new = file.add_format()
    vars(new).update({k: copy(v) for k, v in vars(known).items() if k not in _OF_A_FILE})
    return new


def report_against_bare(project: Path, runs: int) -> dict[str, list[float]]:
    """CPU seconds of the report workbook and of xlsxwriter alone, by turns."""
    outcome = run(project / "eingang", load_rules(project / "rules"))
    formats: list[Format] = []
    with noted_formats(formats):
        of = copied(summary_bytes(outcome), formats)
    seconds = _by_turns({"ours": lambda: summary_bytes(outcome), "bare": lambda: write_cells(of)}, runs)
    return {**seconds, "cells": [of.cells]}


def feedback_against_zip(project: Path, runs: int) -> dict[str, list[float]]:
    """CPU seconds of marking all workbooks of a project and of inflating and deflating them, by turns."""
    outcome = run(project / "eingang", load_rules(project / "rules"))
    files = [(s, project / "eingang" / s.workbook.file) for s in outcome.submissions]
    context_of = letter_contexts(outcome.submissions, outcome)
    with TemporaryDirectory() as name:
        ways = {
            "ours": lambda: write_feedback(files, outcome.rules, Path(name), context_of),
            "zip": lambda: _rewrite([path for _, path in files], Path(name)),
        }
        return _by_turns(ways, runs)


def templates_against_zip(project: Path, runs: int) -> dict[str, list[float]]:
    """CPU seconds of the prefilled workbooks of a roster, and of inflating and deflating the blank one as often."""
    rules = load_rules(project / "rules")
    with TemporaryDirectory() as name:
        blank, copy = Path(name) / "blank.xlsx", Path(name) / "copy.xlsx"
        blank.write_bytes(template_bytes(rules, rules.kinds[MUNICIPALITY.id]))

        def write_copies() -> None:
            for _, data in copies_of(rules, rules.roster):
                copy.write_bytes(data)

        def zip_as_often() -> None:
            for _ in rules.roster:
                inflate_and_deflate(blank, copy)

        return _by_turns({"ours": write_copies, "zip": zip_as_often}, runs)


def _rewrite(files: list[Path], folder: Path) -> None:
    for path in files:
        inflate_and_deflate(path, folder / path.name)


def _by_turns(ways: Mapping[str, Callable[[], object]], runs: int) -> dict[str, list[float]]:
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(runs):
        for name, way in ways.items():
            start = time.process_time()
            way()
            seconds[name].append(time.process_time() - start)
    return seconds
