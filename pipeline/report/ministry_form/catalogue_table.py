"""The catalogue of names as a table: a workbook with a filter, or CSV as German Excel reads it."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from datetime import datetime

import xlsxwriter

from pipeline.disk.csv_table import csv_table
from pipeline.report.ministry_form.catalogue import FormField

HEADINGS = ("Name", "Gilt für", "Art", "Beispiel", "Bedeutung", "Anforderung")
_WIDTHS = (34, 18, 10, 24, 52, 70)


def _row(field: FormField) -> tuple[str, ...]:
    return field.written, field.scope, field.kind, field.example, field.meaning, field.about


def workbook_of(fields: Iterable[FormField]) -> bytes:
    """A workbook with one table; the same bytes each time."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        book.set_properties({"title": "Namen für Formulare", "created": datetime(2025, 10, 1)})  # noqa: DTZ001
        sheet = book.add_worksheet("Namen")
        rows = [_row(field) for field in fields]
        columns = [{"header": heading} for heading in HEADINGS]
        sheet.add_table(
            0, 0, len(rows), len(HEADINGS) - 1, {"data": rows, "columns": columns, "name": "Namen"}
        )
        for column, width in enumerate(_WIDTHS):
            sheet.set_column(column, column, width)
        sheet.freeze_panes(1, 1)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
    return out.getvalue()


def csv_of(fields: Iterable[FormField]) -> bytes:
    """CSV with semicolons in UTF-8 with a byte order mark."""
    return csv_table(HEADINGS, map(_row, fields))


TABLE_WRITERS: dict[str, Callable[[Iterable[FormField]], bytes]] = {".xlsx": workbook_of, ".csv": csv_of}
