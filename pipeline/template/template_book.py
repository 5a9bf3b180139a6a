"""The template workbook being written, and the layout that all its sheets share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from pipeline.definitions.sheet_types import WorkbookKind
from pipeline.definitions.sheets import (
    FORM_AGS,
    FORM_DISTRICT,
    FORM_MUNICIPALITY,
    LEAD_AGS,
    LEAD_NAME,
    PROJECT_LEAD,
)
from pipeline.rules import Municipality, Rules
from pipeline.template.layout import HEADER_ROW, HELP_ROW, LEGEND_ROW, TITLE_ROW, Layout
from pipeline.template.template_styles import FONT_SIZE, TemplateStyles
from pipeline.xlsx.wrapped_text import POINTS_PER_UNIT, count_lines, width_in_points

PROTECTION = {"sort": True, "autofilter": True, "format_columns": True, "format_rows": True}
TITLE_HEIGHT, HEADER_HEIGHT = 26, 34
PAPER_A4 = 9
LINE_HEIGHT, ROW_PADDING = 1.3, 4.5  # of a line as part of the font's size, and of a row in points
INDENT = 2.5  # units of a column that an indent takes
BOLD = 1.06  # as much wider is a text in bold type


@dataclass(frozen=True)
class Recipient:
    """Municipality and reporting date that are filled in from the start in a municipality's own copy."""

    municipality: Municipality
    stichtag: date | None


@dataclass(frozen=True)
class TemplateBook:
    """The file being written, the rules and kind it is made from, and its worksheets by title."""

    file: xlsxwriter.Workbook
    rules: Rules
    kind: WorkbookKind
    own: Recipient | None
    styles: TemplateStyles
    layout: Layout
    sheets: dict[str, Worksheet]

    @property
    def municipality(self) -> Municipality | None:
        return self.own.municipality if self.own else None

    @property
    def stichtag(self) -> date | None:
        """The reporting date that is filled in, None in a blank workbook."""
        return self.own.stichtag if self.own else None


def known(kind: WorkbookKind, municipality: Municipality | None) -> dict[str, str]:
    """Label → value in Stammdaten that is filled in and locked."""
    if kind.id == PROJECT_LEAD.id:
        return {FORM_MUNICIPALITY.name: LEAD_NAME, FORM_AGS.name: LEAD_AGS}
    if municipality is None:
        return {}
    m = municipality
    return {FORM_MUNICIPALITY.name: m.name, FORM_AGS.name: m.ags, FORM_DISTRICT.name: m.district}


def height_of_texts(texts: Sequence[str], widths: Sequence[float], size: float = FONT_SIZE) -> float:
    """Height in points for the tallest wrapped text of a row; bold type and an indent are allowed for."""
    most = max(count_lines(t, w - INDENT, size * BOLD) for t, w in zip(texts, widths, strict=True))
    return most * size * LINE_HEIGHT + ROW_PADDING


def header_width(text: str, width: float) -> float:
    """Width of a column in characters: ``width``, or more so that no word of its header is broken."""
    longest = max(width_in_points(word, FONT_SIZE * BOLD) for word in text.split())
    return max(width, longest / POINTS_PER_UNIT + INDENT)


def set_up_page(
    book: TemplateBook, sheet: Worksheet, tab_color: str, *, header_row: int | None = HEADER_ROW
) -> None:
    """Sheet protection, tab colour, A4 landscape one page wide, header row repeated on each page."""
    sheet.protect("", PROTECTION)
    sheet.set_tab_color(tab_color)
    sheet.set_paper(PAPER_A4)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
    sheet.set_footer(f"&L{book.rules.project.short_title} · &A&RSeite &P von &N")
    if header_row is not None:
        sheet.repeat_rows(header_row)
        sheet.freeze_panes(header_row + 1, 0)


def write_title(book: TemplateBook, sheet: Worksheet, title: str, help_text: str, legend: str = "") -> None:
    """The locked rows above the header: title in A1, help in A2, legend in A3."""
    rows = (
        (TITLE_ROW, TITLE_HEIGHT, title, book.styles.title),
        (HELP_ROW, None, help_text, book.styles.help),
    )
    for row, height, text, style in rows:
        sheet.set_row(row, height, book.styles.plain)
        sheet.write_string(row, 0, text, style)
    sheet.set_row(LEGEND_ROW, None, book.styles.plain)
    if legend:
        sheet.write_string(LEGEND_ROW, 0, legend, book.styles.help)
