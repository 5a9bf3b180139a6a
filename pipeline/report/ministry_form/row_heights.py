"""Fits the heights of rows in a filled table to their wrapped texts; LibreOffice does not do it by itself."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.report.ministry_form.form_workbook import FormWorkbook
from pipeline.xlsx.package import Element, local_name
from pipeline.xlsx.sheet_cells import split_address
from pipeline.xlsx.wrapped_text import TALLEST, count_lines

_LINE = 1.32  # height of a line as a multiple of the size of its letters
_WIDTH = 8.43  # of a column, where the form does not say


def fit_rows(form: FormWorkbook, sheet: Element, cells: Iterable[Element]) -> None:
    """Makes the rows of the cells as tall as their texts need, never lower than they are."""
    widths = _widths(sheet)
    needed: dict[Element, float] = {}
    for cell in cells:
        row = cell.getparent()
        text = "".join(e.text or "" for e in cell.iter() if local_name(e) == "t")
        size = form.wrapping_styles.get(cell.get("s", "0"))
        if row is None or not text or size is None:
            continue
        width = widths.get(split_address(cell.get("r", ""))[1], _WIDTH)
        needed[row] = max(needed.get(row, 0.0), count_lines(text, width, size) * size * _LINE + 2)
    for row, height in needed.items():
        if height > float(row.get("ht", "0")):
            row.set("ht", f"{min(height, TALLEST):.2f}")
            row.set("customHeight", "1")


def _widths(sheet: Element) -> dict[int, float]:
    """Column → width in characters."""
    found: dict[int, float] = {}
    for column in (e for e in sheet.iter() if local_name(e) == "col" and e.get("width")):
        first, last = int(column.get("min", "1")), int(column.get("max", "1"))
        found |= dict.fromkeys(range(first, min(last, first + 1000) + 1), float(column.get("width", "0")))
    return found
