"""The chart of Bedarfe und Angebote: needs recorded, needs addressed and offers, by field."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from pipeline.definitions.messages import german_date
from pipeline.definitions.palette import CHART_FILLS, GRIDLINE, LINE, MUTED, NAVY, WHITE
from pipeline.definitions.sheets import FIELDS_OF_NEED
from pipeline.definitions.words import Tone
from pipeline.report.summary.writing.book import Book
from pipeline.report.summary.writing.fastsheet import FastSheet
from pipeline.report.summary.writing.styles import CHART_FONT

CHART_ROWS = 17
WIDTH, HEIGHT = 1100, 310
FONTS = {"num_font": CHART_FONT, "name_font": CHART_FONT | {"bold": False}}
# (column, look): the second is hatched and the third is light, so that colour alone never tells.
_SERIES: tuple[tuple[int, dict[str, Any]], ...] = (
    (1, {"fill": {"color": NAVY}}),
    (
        2,
        {
            "pattern": {
                "pattern": "wide_upward_diagonal",
                "fg_color": WHITE,
                "bg_color": CHART_FILLS[Tone.GOOD],
            }
        },
    ),
    (6, {"fill": {"color": CHART_FILLS[Tone.WARNING]}}),
)


def insert_needs_chart(
    book: Book, sheet: FastSheet, row: int, header: int, counts: Sequence[Counter[str]]
) -> None:
    """The chart below ``row``. ``header``: row above the fields (from 0); ``counts``: recorded, addressed."""
    chart = book.file.add_chart({"type": "column"})
    name, last = sheet.get_name(), header + len(FIELDS_OF_NEED) - 1
    for column, look in _SERIES:
        chart.add_series(
            {
                "name": [name, header - 1, column],
                "categories": [name, header, 0, last, 0],
                "values": [name, header, column, last, column],
                "gap": 60,
                "border": {"color": MUTED, "width": 0.5},
                "data_labels": {"value": True, "num_format": "0;;", "font": CHART_FONT},
                **look,
            }
        )
    chart.set_title({"none": True})
    chart.set_x_axis({"name": "Bedarfsfeld", **FONTS})
    grid = {"visible": True, "line": {"color": GRIDLINE}}
    chart.set_y_axis({"name": "Anzahl", "min": 0, "num_format": "0", "major_gridlines": grid, **FONTS})
    chart.set_legend({"position": "bottom", "font": CHART_FONT})
    chart.set_size({"width": WIDTH, "height": HEIGHT})
    chart.set_chartarea({"border": {"color": LINE}})
    options = {
        "description": _description(book, counts),
        "object_position": 2,
        "x_offset": 2,
        "y_offset": 8,
    }
    sheet.insert_chart(row, 0, chart, options)


def _description(book: Book, counts: Sequence[Counter[str]]) -> str:
    """Alternative text: the content of the chart in words."""
    recorded, addressed = counts
    parts = [f"{f}: {recorded[f]} erfasst, {addressed[f]} adressiert" for f in FIELDS_OF_NEED]
    intro = f"Säulen: Bedarfe und Angebote je Bedarfsfeld zum {german_date(book.outcome.as_of)}. "
    return intro + "; ".join(parts) + "."
