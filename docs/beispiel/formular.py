"""Makes Formular_Ministerium.xlsx, an invented form as a ministry might send it: ``python docs/beispiel/formular.py``.

Some cells carry names that say what they want (KISI_…), others are named in rules/formular.yaml. A test
holds the committed file against this script.
"""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from pathlib import Path

import xlsxwriter

FORM = Path(__file__).with_name("Formular_Ministerium.xlsx")
LINES = (
    ("Stand des Berichts", "Berichtsstand", "date"),
    ("Zahl der beteiligten Kommunen", "KISI_communes_total", "number"),
    ("Angenommene Abgaben", "", "number"),
    ("Fehlende Abgaben", "", "number"),
    ("Bedarfe erfasst, Anteil (Z1.2)", "KISI_Z1.2.value", "percent"),
    ("Stand dieses Zielwerts", "KISI_Z1.2.status", "text"),
    ("Kontakte im Projektjahr 2025/26 (Z1.4)", "KISI_Z1.4.2025_26.value", "number"),
    ("Meilenstein 1.1 erreicht von so vielen Kommunen", "KISI_MS1.1.counts.reached", "number"),
    ("Meilenstein 1.1 fällig am", "KISI_MS1.1.due", "date"),
)
HEADS = ("AGS", "Kommune", "Z1.2 Anteil", "Z1.2 Stand", "Bemerkung", "MS1.1 Stand", "MS1.1 erreicht am")


def form_bytes() -> bytes:
    """The form as a workbook; the same bytes each time."""
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.set_properties({"title": "Formular (erfundenes Muster)", "created": datetime(2025, 10, 1)})  # noqa: DTZ001
        looks = {
            "date": book.add_format({"num_format": "dd.mm.yyyy", "border": 1, "bg_color": "#FFF9E5"}),
            "number": book.add_format({"num_format": "#,##0", "border": 1, "bg_color": "#FFF9E5"}),
            "percent": book.add_format({"num_format": "0.0 %", "border": 1, "bg_color": "#FFF9E5"}),
            "text": book.add_format({"border": 1, "bg_color": "#FFF9E5"}),
            "head": book.add_format({"bold": True, "border": 1}),
            "title": book.add_format({"bold": True, "font_size": 14}),
        }
        _cover(book, looks)
        _municipalities(book, looks)
    return out.getvalue()


def _cover(book: xlsxwriter.Workbook, looks: dict[str, xlsxwriter.format.Format]) -> None:
    sheet = book.add_worksheet("Deckblatt")
    sheet.set_column("B:B", 48)
    sheet.set_column("C:C", 20)
    sheet.write("B2", "Sachbericht KISI – erfundenes Formular", looks["title"])
    for row, (label, name, look) in enumerate(LINES, start=3):
        sheet.write(row, 1, label)
        sheet.write_blank(row, 2, None, looks[look])
        if name:
            book.define_name(name, f"=Deckblatt!$C${row + 1}")
    sheet.write("B14", "Abgaben zusammen (Formel des Ministeriums)")
    sheet.write_formula("C14", "=C6+C7", looks["number"], 0)


def _municipalities(book: xlsxwriter.Workbook, looks: dict[str, xlsxwriter.format.Format]) -> None:
    sheet = book.add_worksheet("Kommunen")
    sheet.set_column("A:G", 18)
    sheet.write("A1", "Stand je Kommune", looks["title"])
    sheet.write_row("A3", HEADS, looks["head"])
    for column, look in ((2, "percent"), (6, "date")):
        sheet.set_column(column, column, 18, looks[look])
    book.define_name("Tabelle_Kommunen", "=Kommunen!$A$4")


if __name__ == "__main__":
    FORM.write_bytes(form_bytes())
