"""Fonts, fills and colours of the templates."""

from __future__ import annotations

from typing import Any

import xlsxwriter
from xlsxwriter.format import Format

from pipeline.definitions.palette import (
    BLOCKED,
    ERROR,
    ERROR_TEXT,
    FONT_NAME,
    GOOD,
    GOOD_TEXT,
    INPUT,
    INPUT_LINE,
    LINE,
    LINK,
    LOCKED,
    MUTED,
    NAVY,
    NOTE,
    TEXT,
    WANTED,
    WANTED_TEXT,
    WHITE,
)
from pipeline.definitions.sheet_types import Column, Kind

NUMBER_FORMATS = {Kind.DATE: "dd.mm.yyyy", Kind.INTEGER: "0", Kind.TEXT: "General", Kind.CHOICE: "General"}
TEXT_FORMAT = "@"
FONT_SIZE = 10
FONT = {"font_name": FONT_NAME, "font_size": FONT_SIZE, "font_color": TEXT, "valign": "top"}


def number_format(column: Column) -> str:
    """Dates as dates, whole numbers as numbers; keys, references and AGS as text."""
    return NUMBER_FORMATS.get(column.kind, TEXT_FORMAT)


class TemplateStyles:
    """The formats of one workbook; the same properties give the same format."""

    def __init__(self, file: xlsxwriter.Workbook) -> None:
        self._file = file
        self._known: dict[tuple[tuple[str, Any], ...], Format] = {}

    def get(self, **properties: Any) -> Format:
        key = tuple(sorted((FONT | properties).items()))
        if key not in self._known:
            self._known[key] = self._file.add_format(dict(key))
        return self._known[key]

    def mark(self, **properties: Any) -> Format:
        """A format for a conditional format: only what it changes."""
        key = (("", "mark"), *sorted(properties.items()))
        if key not in self._known:
            self._known[key] = self._file.add_format(properties)
        return self._known[key]

    @property
    def title(self) -> Format:
        return self.get(bold=True, font_size=16, font_color=NAVY, valign="vcenter")

    @property
    def help(self) -> Format:
        return self.get(font_color=MUTED)

    @property
    def plain(self) -> Format:
        return self.get()

    @property
    def wrapped(self) -> Format:
        return self.get(text_wrap=True)

    @property
    def section(self) -> Format:
        return self.get(
            bold=True, font_size=12, font_color=WHITE, bg_color=NAVY, valign="vcenter", align="left", indent=1
        )

    def header(self, required: bool) -> Format:
        fill = {"bg_color": NAVY, "font_color": WHITE} if required else {"font_color": NAVY}
        frame = {"border": 1, "border_color": LINE, "valign": "vcenter", "align": "left", "indent": 1}
        return self.get(bold=True, text_wrap=True, **frame, **fill)

    def data(self, column: Column) -> Format:
        """Cells of a table column that the user fills: framed, unlike those beside the table."""
        frame = {"border": 1, "border_color": INPUT_LINE}
        return self.get(num_format=number_format(column), locked=False, align="left", indent=1, **frame)

    def entry(self, column: Column, **more: Any) -> Format:
        """A single cell that the user fills."""
        look = {
            "bg_color": INPUT,
            "border": 1,
            "border_color": INPUT_LINE,
            "text_wrap": True,
            "align": "left",
            "indent": 1,
        }
        return self.get(num_format=number_format(column), locked=False, **look | more)

    def fixed(self, num_format: str = "General", *, blocked: bool = False, **more: Any) -> Format:
        """A locked cell; ``blocked``: one that is an input in other rows."""
        look = {
            "bg_color": BLOCKED if blocked else LOCKED,
            "border": 1,
            "border_color": LINE,
            "text_wrap": True,
        }
        return self.get(num_format=num_format, align="left", indent=1, **look | more)

    @property
    def link(self) -> Format:
        look = {"bg_color": LOCKED, "border": 1, "border_color": LINE, "align": "left", "indent": 1}
        return self.get(underline=1, **look | {"font_color": LINK})

    @property
    def linked(self) -> Format:
        return self.get(underline=1, font_color=LINK, align="left", indent=1)

    @property
    def linked_header(self) -> Format:
        frame = {"bg_color": LOCKED, "border": 1, "border_color": LINE, "align": "left", "indent": 1}
        return self.get(bold=True, underline=1, font_color=LINK, **frame)

    @property
    def bad(self) -> Format:
        return self.mark(bg_color=ERROR, font_color=ERROR_TEXT)

    @property
    def wanted(self) -> Format:
        return self.mark(bg_color=WANTED, font_color=WANTED_TEXT)

    @property
    def note(self) -> Format:
        return self.mark(bg_color=NOTE, font_color=TEXT)

    @property
    def blocked(self) -> Format:
        return self.mark(bg_color=BLOCKED, pattern=1)

    @property
    def good(self) -> Format:
        return self.mark(bg_color=GOOD, font_color=GOOD_TEXT)

    @property
    def faint(self) -> Format:
        return self.mark(font_color=MUTED, italic=True)
