"""Writes the sheet Anleitung: how to fill in, colours, contact, rules, worked examples."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from xlsxwriter.format import Format

from pipeline.definitions.palette import BLOCKED, ERROR, INPUT, INPUT_LINE, LINE, LOCKED, TAB_GUIDE, WANTED
from pipeline.definitions.sheets import GUIDE_TITLE
from pipeline.template.guide_parts import GuideLine, LineStyle, lines_of
from pipeline.template.template_book import TITLE_HEIGHT, TemplateBook, height_of_texts, set_up_page

WIDTHS = (26, 92, 46)

_FILLS = {
    LineStyle.INPUT: INPUT,
    LineStyle.LOCKED: LOCKED,
    LineStyle.BLOCKED: BLOCKED,
    LineStyle.BAD: ERROR,
    LineStyle.WANTED: WANTED,
}


@dataclass(frozen=True)
class _Styles:
    """Formats of the three cells of a line."""

    first: Format
    text: Format
    last: Format


def _styles(book: TemplateBook, look: LineStyle) -> _Styles:
    s = book.styles
    if look is LineStyle.SECTION:
        return _Styles(s.section, s.section, s.section)
    if look is LineStyle.HEADER:
        frame = {"bg_color": LOCKED, "border": 1, "border_color": LINE, "align": "left", "indent": 1}
        header = s.get(bold=True, text_wrap=True, **frame)
        return _Styles(header, header, header)
    if look is LineStyle.PLAIN:
        prose = {"text_wrap": True, "align": "left", "indent": 1}
        return _Styles(s.get(bold=True, **prose), s.get(**prose), s.get(**prose))
    grid = s.get(text_wrap=True, border=1, border_color=LINE, align="left", indent=1)
    if look is LineStyle.HEADER_REQUIRED:
        return _Styles(s.header(required=True), grid, grid)
    fill = {"bg_color": _FILLS[look]} if look in _FILLS else {}
    line = INPUT_LINE if look in (LineStyle.INPUT, LineStyle.WANTED, LineStyle.BAD) else LINE
    return _Styles(
        s.get(text_wrap=True, border=1, border_color=line, bold=True, align="left", indent=1, **fill),
        grid,
        grid,
    )


def _shown(value: str | int | date | None) -> str:
    if value is None:
        return ""
    return f"{value:%d.%m.%Y}" if isinstance(value, date) else str(value)


def _write(book: TemplateBook, row: int, line: GuideLine) -> None:
    sheet, styles = book.sheets[GUIDE_TITLE], _styles(book, line.look)
    texts = (line.first, line.text, _shown(line.last))
    sheet.set_row(row, 20 if line.look is LineStyle.SECTION else height_of_texts(texts, WIDTHS))
    linked = (0 if line.look is LineStyle.HEADER else 2) if line.link else None
    for column, (text, style) in enumerate(zip(texts, (styles.first, styles.text, styles.last), strict=True)):
        if column == linked:
            look = book.styles.linked_header if line.look is LineStyle.HEADER else book.styles.linked
            sheet.write_url(row, column, f"internal:'{line.link}'!A1", look, text)
        elif text:
            sheet.write_string(row, column, text, style)
        elif line.look is not LineStyle.PLAIN:
            sheet.write_blank(row, column, None, style)


def _numbered(book: TemplateBook) -> Iterator[tuple[int, GuideLine]]:
    """The lines with their rows: a blank row before each section."""
    row = 0
    for line in lines_of(book):
        row += 2 if line.look is LineStyle.SECTION else 1
        yield row, line


def write_guide(book: TemplateBook) -> None:
    """Writes the sheet Anleitung."""
    sheet = book.sheets[GUIDE_TITLE]
    set_up_page(book, sheet, TAB_GUIDE, header_row=None)
    for column, width in enumerate(WIDTHS):
        sheet.set_column(column, column, width, book.styles.plain)
    project = book.rules.project
    title = f"{project.short_title} – {project.title}"
    sheet.set_row(0, TITLE_HEIGHT)
    sheet.write_string(0, 0, title, book.styles.title)
    for row, line in _numbered(book):
        _write(book, row, line)
    sheet.hide_gridlines(2)
    sheet.set_selection(0, 0, 0, 0)
