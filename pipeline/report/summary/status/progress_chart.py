"""Chart of the project's share over time against the thresholds of its milestones, with its figures below."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell

from pipeline.definitions.messages import german_date
from pipeline.definitions.palette import CHART_FILLS, GRIDLINE, LINE, MUTED, NAVY
from pipeline.definitions.shares import percent
from pipeline.definitions.words import Tone
from pipeline.evaluate.progress import QuarterShare, ThresholdPath, quarters
from pipeline.evaluate.shortfall import UNIT_WORDS
from pipeline.report.summary.writing.across import Part, write_across
from pipeline.report.summary.writing.book import Book, write_section
from pipeline.report.summary.writing.cells import Cell, FormulaCell, put
from pipeline.report.summary.writing.fastsheet import FastSheet
from pipeline.report.summary.writing.heights import lines, row_height
from pipeline.report.summary.writing.styles import CHART_FONT, NUMBER, PERCENT
from pipeline.rules import Latest, Rows, quarter_end

HEIGHT_ROWS, ROW_PIXELS = 9, 20
PATH_COLOUR = CHART_FILLS[Tone.BAD]
VALUE, PATH_LABEL = "Anteil im Projekt", "Vorgabe der Meilensteine"
MUNICIPALITIES = "Kommunen mit Zahl"
NOTE = (
    "Summe der Zähler ÷ Summe der Nenner der Kommunen mit gültiger Abgabe und einem Nenner. „älter“: Die Daten enden vor dem "
    "Quartalsende, es zählt der letzte Stand."
)


def write_progress(
    book: Book,
    sheet: FastSheet,
    row: int,
    path: ThresholdPath,
    known: Sequence[QuarterShare],
    widths: Sequence[float],
) -> int:
    """Section, chart, figures in the columns of the quarters; returns the next free row."""
    numbers = ", ".join(s.criterion.id for s in path.steps)
    title = f"Verlauf: „{path.steps[-1].criterion.text}“ ({numbers})"
    row = write_section(book, sheet, row, title, len(widths))
    table = row + HEIGHT_ROWS
    end = _write_table(book, sheet, table, path, known, widths)
    _insert_chart(book, sheet, row, table, path, known, widths)
    note = book.styles.get(text_wrap=True, font_color=MUTED)
    return write_across(sheet, end, [Part(0, len(widths) - 1, NOTE, note)], widths)


# --- figures ------------------------------------------------------------------------------------------


def _write_table(
    book: Book,
    sheet: FastSheet,
    row: int,
    path: ThresholdPath,
    known: Sequence[QuarterShare],
    widths: Sequence[float],
) -> int:
    """A row each: quarter ends, numerators, denominators, share, thresholds, municipalities."""
    names = quarters(book.outcome.rules)
    at = {p.quarter: p for p in known}
    found = [at.get(name) for name in names]
    put(sheet, row, 0, "Quartalsende", book.styles.header)
    sheet.set_row(row, row_height(1) + 2)
    for column, name in enumerate(names, 1):
        put(sheet, row, column, german_date(quarter_end(name)), book.styles.centred)
    total = f" von {book.municipalities}"
    rows: list[tuple[str, list[Cell], str]] = [
        (_rows_label(path.share.numerator), [p.numerator if p else None for p in found], NUMBER),
        (_below_label(path), [p.denominator if p else None for p in found], NUMBER),
        (VALUE, [_value(row, c, p) for c, p in enumerate(found, 1)], PERCENT),
        (PATH_LABEL, [path.threshold(name) for name in names], PERCENT),
        (MUNICIPALITIES, [_behind(p, total) if p else None for p in found], NUMBER),
    ]
    for below, (label, cells, number) in enumerate(rows, row + 1):
        put(sheet, below, 0, label, book.styles.cell(bold=True))
        style = book.styles.cell(align="center", num_format=number.replace("_-", ""))
        for column, cell in enumerate(cells, 1):
            put(sheet, below, column, cell, style)
        tallest = max((lines(c, widths[1]) for c in cells if isinstance(c, str)), default=1)
        sheet.set_row(below, row_height(max(tallest, lines(label, widths[0]))))
    return row + 1 + len(rows)


def _behind(point: QuarterShare, total: str) -> str:
    """``4 von 8, 1 älter``."""
    older = f", {point.older} älter" if point.older else ""
    return f"{point.municipalities}{total}{older}"


def _value(table: int, column: int, point: QuarterShare | None) -> FormulaCell | None:
    if point is None or point.value is None:
        return None
    top, bottom = (xl_rowcol_to_cell(table + below, column) for below in (1, 2))
    return FormulaCell(f"={top}/{bottom}", point.value)


def _rows_label(rows: Rows) -> str:
    _, many = UNIT_WORDS.get(rows.sheet, ("Zeile", "Zeilen"))
    return f"{many} mit „{rows.dates[-1]}“"


def _below_label(path: ThresholdPath) -> str:
    below = path.share.denominator
    return f"{below.sheet} („{below.latest}“)" if isinstance(below, Latest) else _rows_label(below)


# --- chart --------------------------------------------------------------------------------------------


def _insert_chart(
    book: Book,
    sheet: FastSheet,
    row: int,
    table: int,
    path: ThresholdPath,
    known: Sequence[QuarterShare],
    widths: Sequence[float],
) -> None:
    chart = book.file.add_chart({"type": "line"})
    name, last = sheet.get_name(), len(widths) - 1
    for below, look in ((3, _solid()), (4, _dashed())):
        chart.add_series(
            {
                "name": [name, table + below, 0],
                "categories": [name, table, 1, table, last],
                "values": [name, table + below, 1, table + below, last],
                **look,
            }
        )
    font = {"num_font": CHART_FONT, "name_font": CHART_FONT | {"bold": False}}
    chart.set_title({"none": True})
    chart.set_x_axis({"text_axis": True, "label_position": "low", **font})
    grid = {"visible": True, "line": {"color": GRIDLINE}}
    # Below 0 there is room for the labels of low shares, and no number.
    y_axis = {"name": "Anteil", "min": -0.25, "max": 1, "major_unit": 0.25, "num_format": "0 %;;0 %"}
    chart.set_y_axis(y_axis | {"major_gridlines": grid} | font)
    chart.show_blanks_as("span")
    chart.set_legend({"position": "top", "font": CHART_FONT})
    width = sum(int(w * 7 + 5) for w in widths)
    chart.set_size({"width": width - 4, "height": HEIGHT_ROWS * ROW_PIXELS - 12})
    chart.set_chartarea({"border": {"color": LINE}})
    place = {"description": _description(path, known), "object_position": 2, "x_offset": 2, "y_offset": 4}
    sheet.insert_chart(row, 0, chart, place)


def _solid() -> dict[str, Any]:
    return _look(NAVY, "solid", "circle", "below", "0.0 %;;")


def _dashed() -> dict[str, Any]:
    """Style of the second line; another mark too, for readers who see no colours."""
    return _look(PATH_COLOUR, "dash", "diamond", "above", "0 %")


def _look(colour: str, dash: str, mark: str, position: str, number: str) -> dict[str, Any]:
    fill = {"color": colour}
    font = CHART_FONT | {"bold": True, "color": colour}
    return {
        "line": {"color": colour, "width": 2, "dash_type": dash},
        "marker": {"type": mark, "size": 8, "fill": fill, "border": fill},
        "data_labels": {"value": True, "position": position, "num_format": number, "font": font},
    }


def _description(path: ThresholdPath, known: Sequence[QuarterShare]) -> str:
    """Alternative text: both lines in words."""
    steps = ", ".join(f"{s.criterion.id} {percent(s.threshold)} bis {s.quarter}" for s in path.steps)
    reached = ", ".join(
        f"{german_date(quarter_end(p.quarter))} {p.numerator} von {p.denominator}"
        for p in known
        if p.denominator
    )
    return (
        f"Zwei Linien. {VALUE} je Quartalsende: {reached or 'noch keine Zahl'}. {PATH_LABEL}: {steps}. "
        "Alle Zahlen stehen in der Tabelle darunter."
    )
