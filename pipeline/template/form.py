"""Sheet Stammdaten: label, value, hint; one line each."""

from __future__ import annotations

from typing import Any

from pipeline.definitions.model import Column, Kind, WorkbookKind
from pipeline.definitions.palette import MUTED
from pipeline.definitions.sheets import (
    FORM_AGS,
    FORM_DISTRICT,
    FORM_MUNICIPALITY,
    FORM_STICHTAG,
    LEAD_AGS,
    LEAD_NAME,
    PROJECT_LEAD,
    REQUIRED_MARK,
)
from pipeline.rules import Municipality
from pipeline.template.book import Book, lay_page, write_title
from pipeline.template.layout import HINT, LABEL, VALUE, label
from pipeline.template.styles import TAB_GUIDE
from pipeline.template.validation import field_validation, stichtag_validation

NIL_RETURNS = "Leermeldungen: nur „ja“ wählen, wenn es in einem Blatt nichts zu berichten gibt."
LEGEND = f"{REQUIRED_MARK} Pflichtfeld"
ROW_HEIGHT = 18
MIDDLE: dict[str, Any] = {"valign": "vcenter"}


def known(kind: WorkbookKind, municipality: Municipality | None) -> dict[str, str]:
    """Label → value that comes filled in and is locked."""
    if kind.id == PROJECT_LEAD.id:
        return {FORM_MUNICIPALITY.name: LEAD_NAME, FORM_AGS.name: LEAD_AGS}
    if municipality is None:
        return {}
    m = municipality
    return {FORM_MUNICIPALITY.name: m.name, FORM_AGS.name: m.ags, FORM_DISTRICT.name: m.district}


def write_form(book: Book) -> None:
    form = book.kind.form
    sheet = book.sheets[form.title]
    lay_page(book, sheet, TAB_GUIDE, header_row=None)
    write_title(book, sheet, form.title, form.help, LEGEND)
    for i, width in ((LABEL, 34), (VALUE, 36), (HINT, 76)):
        sheet.set_column(i, i, width, book.styles.plain)
    nil_returns = [c for c in form.columns if c.kind is Kind.CHOICE]
    if nil_returns:
        _write_heading(book, book.layout.form_rows[nil_returns[0].name] - 1)
    filled = known(book.kind, book.municipality)
    for column in form.columns:
        _write_line(book, column, filled.get(column.name))
    given = {*filled, FORM_STICHTAG.name} if book.stichtag else filled
    first = next(c for c in form.columns if c.name not in given)
    sheet.set_selection(book.layout.form_rows[first.name], VALUE, book.layout.form_rows[first.name], VALUE)
    sheet.ignore_errors({"number_stored_as_text": f"B{book.layout.form_rows[FORM_AGS.name] + 1}"})


def _write_heading(book: Book, row: int) -> None:
    sheet = book.sheets[book.kind.form.title]
    sheet.set_row(row, ROW_HEIGHT + 4)
    sheet.write_string(row, LABEL, NIL_RETURNS, book.styles.section)
    for column in (VALUE, HINT):
        sheet.write_blank(row, column, None, book.styles.section)


def _write_line(book: Book, column: Column, value: str | None) -> None:
    sheet, row = book.sheets[book.kind.form.title], book.layout.form_rows[column.name]
    sheet.set_row(row, ROW_HEIGHT)
    sheet.write_string(row, LABEL, label(column), book.styles.header(column.required))
    sheet.write_string(
        row, HINT, column.help, book.styles.get(font_color=MUTED, align="left", indent=1, **MIDDLE)
    )
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
