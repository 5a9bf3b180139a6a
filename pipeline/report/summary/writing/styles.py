"""Fonts, fills and colours of the summary workbook, each format once."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format

from pipeline.definitions.palette import BAND, FILLS, FONT_NAME, LINE, MUTED, NAVY, TEXT, WHITE
from pipeline.definitions.words import Tone

FONT_SIZE = 9
FONT = {
    "font_name": FONT_NAME,
    "font_size": FONT_SIZE,
    "font_color": TEXT,
    "font_scheme": "none",
    "valign": "top",
}
CHART_FONT = {"name": "Arial", "size": 9, "color": TEXT}  # as xlsxwriter wants it for charts
GRID = {"border": 1, "border_color": LINE}
HEADER = GRID | {"bold": True, "text_wrap": True, "font_color": WHITE, "bg_color": NAVY, "valign": "vcenter"}

# A number keeps the width of a hyphen from the line at its right.
DATE, PERCENT, NUMBER = "dd.mm.yyyy", "0.00 %_-", "#,##0_-"
POINTS = '0.00" Prozentpunkte"_-'  # of the difference of two shares, times 100


class Style:
    """A cell format, plain and with the quote prefix that keeps Excel from reinterpreting an edited text."""

    def __init__(self, file: xlsxwriter.Workbook, properties: dict[str, Any]) -> None:
        self._file, self._properties = file, properties

    @cached_property
    def format(self) -> Format:
        return self._file.add_format(self._properties)

    @cached_property
    def quoted(self) -> Format:
        return self._file.add_format(self._properties | {"quote_prefix": True})


class Styles:
    """The styles of one workbook; the same properties give the same style."""

    def __init__(self, file: xlsxwriter.Workbook) -> None:
        self._file = file
        self._known: dict[tuple[tuple[str, Any], ...], Style] = {}

    def get(self, **properties: Any) -> Style:
        key = tuple(sorted((FONT | properties).items()))
        if key not in self._known:
            self._known[key] = Style(self._file, dict(key))
        return self._known[key]

    @property
    def title(self) -> Style:
        return self.get(bold=True, font_size=16, font_color=NAVY, valign="vcenter")

    @property
    def lead(self) -> Style:
        """A line of text below the title."""
        return self.get(font_color=MUTED, text_wrap=True)

    @property
    def plain(self) -> Style:
        return self.get()

    @property
    def header(self) -> Style:
        return self.get(**HEADER)

    @property
    def centred(self) -> Style:
        """A header above centred cells."""
        return self.get(**HEADER, align="center")

    @property
    def section(self) -> Style:
        return self.get(bold=True, font_size=11, font_color=NAVY, bg_color=BAND, valign="vcenter")

    @cached_property
    def frame(self) -> Format:
        """For a condition: only the frame."""
        return self._file.add_format(GRID)

    def cell(self, **properties: Any) -> Style:
        """A cell of a table: framed and wrapped."""
        return self.get(**({"text_wrap": True} | GRID | properties))

    def status(self, tone: Tone, **properties: Any) -> Style:
        return self.cell(**(properties | {"bg_color": FILLS[tone]}))
