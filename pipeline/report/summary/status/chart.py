"""The chart of the Übersicht: municipalities per milestone, stacked by status."""

from __future__ import annotations

from typing import Any

from xlsxwriter.chart import Chart

from pipeline.definitions.messages import german_date
from pipeline.definitions.model import Status
from pipeline.definitions.palette import CHART_FILLS, GRIDLINE, LINE, MUTED, TEXT, WHITE
from pipeline.definitions.words import MILESTONE_WORDS, Tone, Word
from pipeline.report.summary.writing.book import Book
from pipeline.report.summary.writing.fastsheet import FastSheet
from pipeline.report.summary.writing.styles import CHART_FONT

HEIGHT_ROWS = 10
ROW_PIXELS = 20
FIRST_COLUMN = 2  # the milestones begin in C
MOST_WITH_UNIT_AXIS = 12  # so many municipalities get an axis that counts by one
DARK = (Tone.GOOD, Tone.BAD, Tone.UNKNOWN)  # fills on which labels are white
# Two statuses of one tone stand in one chart: the second is hatched, so that colour alone never tells.
PATTERNS = {Status.AT_RISK: "wide_upward_diagonal", Status.UNDEFINED: "light_upward_diagonal"}


def insert_milestone_chart(
    book: Book, sheet: FastSheet, row: int, header: int, counts: int, width: int
) -> None:
    """The chart. ``header``: row of the milestones; ``counts``: first row of the counts below it."""
    chart = book.file.add_chart({"type": "column", "subtype": "stacked"})
    milestones = book.outcome.project.milestones
    last = FIRST_COLUMN + len(milestones) - 1
    occurring = {s for m in milestones for s in m.counts}
    name = sheet.get_name()
    for position, (status, word) in enumerate(MILESTONE_WORDS.items(), counts):
        if status in occurring:
            chart.add_series(
                {
                    "name": [name, position, 0],
                    "categories": [name, header, FIRST_COLUMN, header, last],
                    "values": [name, position, FIRST_COLUMN, position, last],
                    "gap": 45,
                    **_look(status, word),
                }
            )
    _lay_out(chart, book.municipalities, width)
    text = _description(book)
    sheet.insert_chart(
        row, 0, chart, {"description": text, "object_position": 2, "x_offset": 2, "y_offset": 4}
    )


def _look(status: Status, word: Word) -> dict[str, Any]:
    colour = CHART_FILLS[word.tone]
    on_dark = status not in PATTERNS and word.tone in DARK
    font = CHART_FONT | {"bold": True, "color": WHITE if on_dark else TEXT}
    look: dict[str, Any] = {
        "border": {"color": MUTED, "width": 0.5},
        "data_labels": {"value": True, "num_format": "0;;", "font": font},
    }
    if status in PATTERNS:
        look["pattern"] = {"pattern": PATTERNS[status], "fg_color": WHITE, "bg_color": colour}
    else:
        look["fill"] = {"color": colour}
    return look


def _lay_out(chart: Chart, municipalities: int, width: int) -> None:
    font = {"num_font": CHART_FONT, "name_font": CHART_FONT | {"bold": False}}
    chart.set_title({"none": True})
    chart.set_x_axis({"name": "Meilenstein", **font})
    y_axis = {
        "name": "Zahl der Kommunen",
        "min": 0,
        "major_gridlines": {"visible": True, "line": {"color": GRIDLINE}},
    }
    few = {"major_unit": 1} if municipalities <= MOST_WITH_UNIT_AXIS else {}
    chart.set_y_axis(y_axis | font | {"num_format": "0"} | few)
    chart.set_legend({"position": "right", "font": CHART_FONT})
    chart.set_size({"width": width, "height": HEIGHT_ROWS * ROW_PIXELS - 12})
    chart.set_chartarea({"border": {"color": LINE}})


def _description(book: Book) -> str:
    """Alternative text: the content of the chart in words."""
    parts = []
    for milestone in book.outcome.project.milestones:
        counts = ", ".join(f"{n} {MILESTONE_WORDS[s].text}" for s, n in milestone.counts.items())
        parts.append(f"{milestone.nr}: {counts or 'keine Kommune'}")
    intro = f"Gestapelte Säulen: Zahl der Kommunen je Status der Meilensteine zum {german_date(book.outcome.as_of)}. "
    return intro + "; ".join(parts) + "."
