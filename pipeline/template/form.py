"""Sheet Stammdaten: one line per field with label, value and hint."""

from __future__ import annotations

from typing import Any

from pipeline.definitions.messages import SEVERITY_WORDS
from pipeline.definitions.model import Severity
from pipeline.definitions.palette import MUTED, TAB_GUIDE
from pipeline.definitions.sheet_types import Column, Kind
from pipeline.definitions.sheets import (
    FORM_AGS,
    FORM_STICHTAG,
    REQUIRED_MARK,
)
from pipeline.template.check import Block, finding_text, write_link
from pipeline.template.data_validation import field_validation, stichtag_validation
from pipeline.template.layout import HINT, LABEL, VALUE, label
from pipeline.template.template_book import TemplateBook, known, set_up_page, write_title

NIL_RETURNS = "Leermeldungen: nur „ja“ wählen, wenn es in einem Blatt nichts zu berichten gibt."
LEGEND = f"{REQUIRED_MARK} Pflichtfeld"
ROW_HEIGHT = 18
MIDDLE: dict[str, Any] = {"valign": "vcenter"}


def write_form(book: TemplateBook, block: Block) -> None:
    """Writes the sheet Stammdaten."""
    form = book.kind.form
    sheet = book.sheets[form.title]
    set_up_page(book, sheet, TAB_GUIDE, header_row=None)
    write_title(book, sheet, form.title, form.help, LEGEND)
    for i, width in ((LABEL, 34), (VALUE, 36), (HINT, 76)):
        sheet.set_column(i, i, width, book.styles.plain)
    nil_returns = [c for c in form.columns if c.kind is Kind.CHOICE]
    if nil_returns:
        _write_heading(book, book.layout.form_rows[nil_returns[0].name] - 1)
    filled = known(book.kind, book.municipality)
    for column in form.columns:
        _write_line(book, column, filled.get(column.name), block)
    write_link(book, form.title, VALUE, block)
    given = {*filled, FORM_STICHTAG.name} if book.stichtag else filled
    first = next(c for c in form.columns if c.name not in given)
    sheet.set_selection(book.layout.form_rows[first.name], VALUE, book.layout.form_rows[first.name], VALUE)
    sheet.ignore_errors({"number_stored_as_text": f"B{book.layout.form_rows[FORM_AGS.name] + 1}"})


def _write_heading(book: TemplateBook, row: int) -> None:
    sheet = book.sheets[book.kind.form.title]
    sheet.set_row(row, ROW_HEIGHT + 4)
    sheet.write_string(row, LABEL, NIL_RETURNS, book.styles.section)
    for column in (VALUE, HINT):
        sheet.write_blank(row, column, None, book.styles.section)


def _write_line(book: TemplateBook, column: Column, value: str | None, block: Block) -> None:
    sheet, row = book.sheets[book.kind.form.title], book.layout.form_rows[column.name]
    sheet.set_row(row, ROW_HEIGHT)
    sheet.write_string(row, LABEL, label(column), book.styles.header(column.required))
    style = book.styles.get(font_color=MUTED, align="left", indent=1, text_wrap=True, **MIDDLE)
    cell = book.layout.form_address(column.name)
    sheet.write_formula(
        row, HINT, finding_text(block, book.kind.form.title, cell, column.help), style, column.help
    )
    for severity, look in ((Severity.ERROR, book.styles.bad), (Severity.WARNING, book.styles.wanted)):
        begins = {
            "type": "text",
            "criteria": "begins with",
            "value": f"{SEVERITY_WORDS[severity]}:",
            "format": look,
        }
        sheet.conditional_format(row, HINT, row, HINT, begins)
    if value is not None:
        sheet.write_string(row, VALUE, value, book.styles.fixed("@", **MIDDLE))
        return
    style = book.styles.entry(column, **MIDDLE)
    accepts = field_validation(column, book.layout, f"$B${row + 1}")
    sheet.write_blank(row, VALUE, None, style)
    if column.name == FORM_STICHTAG.name:
        accepts = stichtag_validation(column, book.layout)
        if book.stichtag:
            sheet.write_datetime(row, VALUE, book.stichtag, style)
    sheet.data_validation(row, VALUE, row, VALUE, accepts)
