"""Makes the invented forms, as a ministry might send them: ``python docs/beispiel/formular.py``.

``Formular_Ministerium.xlsx`` is filled once, for the project: some cells carry names that say what they want
(KISI_…), others are named in rules/formular.yaml. ``Formular_Kommune.xlsx`` and ``.docx`` are filled for each
municipality. A test holds the committed files against this script.
"""

from __future__ import annotations

import runpy
from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from pathlib import Path

import xlsxwriter

HERE = Path(__file__).parent
INVENTED = "erfunden, kein amtliches Formular"
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
OWN_LINES = (
    ("Kommune", "KISI_name", "text"),
    ("Amtlicher Gemeindeschlüssel", "KISI_ags", "text"),
    ("Landkreis", "KISI_district", "text"),
    ("Stand des Berichts", "KISI_as_of", "date"),
    ("Daten bis", "KISI_data_as_of", "date"),
    ("Abgabe", "KISI_submission", "text"),
)
# sheet, name of the table, (heading, figure, width, look) of each column
TABLES = (
    (
        "Meilensteine",
        "milestones",
        (
            ("Nr.", "nr", 9, "text"),
            ("Zeitpunkt", "text", 34, "text"),
            ("Fällig am", "due", 13, "date"),
            ("Stand", "status", 22, "text"),
            ("Erreicht am", "reached_on", 13, "date"),
        ),
    ),
    (
        "Kriterien",
        "criteria",
        (
            ("Nr.", "nr", 9, "text"),
            ("Kriterium", "text", 62, "text"),
            ("Stand", "status", 19, "text"),
            ("Erreicht am", "reached_on", 13, "date"),
            ("Nachweise", "evidence", 26, "text"),
        ),
    ),
    (
        "Zielwerte",
        "targets",
        (
            ("Nr.", "nr", 7, "text"),
            ("Zielwert", "text", 58, "text"),
            ("Jahr", "year", 10, "text"),
            ("Zähler", "numerator", 10, "number"),
            ("Nenner", "denominator", 10, "number"),
            ("Wert", "value_text", 11, "text"),
            ("Schwelle", "threshold_text", 11, "text"),
            ("Stand", "status", 19, "text"),
        ),
    ),
    (
        "Nachweise",
        "evidence",
        (
            ("Nr.", "nr", 9, "text"),
            ("Nachweis zur Zielerreichung", "text", 70, "text"),
            ("Frist", "due", 13, "date"),
            ("Dokumente", "count", 12, "number"),
            ("Stand", "status", 22, "text"),
        ),
    ),
)
Looks = dict[str, xlsxwriter.format.Format]


def _book(title: str, fill: Callable[[xlsxwriter.Workbook, Looks], None]) -> bytes:
    """A workbook; the same bytes each time."""
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.set_properties({"title": title, "created": datetime(2025, 10, 1)})  # noqa: DTZ001
        cell = {"border": 1, "bg_color": "#FFF9E5", "valign": "top"}
        looks = {
            "date": book.add_format(cell | {"num_format": "dd.mm.yyyy", "align": "left"}),
            "number": book.add_format(cell | {"num_format": "#,##0"}),
            "percent": book.add_format(cell | {"num_format": "0.0 %"}),
            "text": book.add_format(cell | {"text_wrap": True}),
            "head": book.add_format({"bold": True, "border": 1}),
            "title": book.add_format({"bold": True, "font_size": 14}),
        }
        fill(book, looks)
    return out.getvalue()


# --- for the project ----------------------------------------------------------------------------------


def form_bytes() -> bytes:
    """The form for the project."""

    def fill(book: xlsxwriter.Workbook, looks: Looks) -> None:
        _cover(book, looks)
        _municipalities(book, looks)

    return _book("Formular (erfundenes Muster)", fill)


def _cover(book: xlsxwriter.Workbook, looks: Looks) -> None:
    sheet = book.add_worksheet("Deckblatt")
    sheet.set_column("B:B", 48)
    sheet.set_column("C:C", 20)
    sheet.write("B2", f"Sachbericht KISI – {INVENTED}", looks["title"])
    for row, (label, name, look) in enumerate(LINES, start=3):
        sheet.write(row, 1, label)
        sheet.write_blank(row, 2, None, looks[look])
        if name:
            book.define_name(name, f"=Deckblatt!$C${row + 1}")
    sheet.write("B14", "Abgaben zusammen (Formel des Ministeriums)")
    sheet.write_formula("C14", "=C6+C7", looks["number"], 0)


def _municipalities(book: xlsxwriter.Workbook, looks: Looks) -> None:
    sheet = book.add_worksheet("Kommunen")
    sheet.set_column("A:G", 18)
    sheet.write("A1", "Stand je Kommune", looks["title"])
    sheet.write_row("A3", HEADS, looks["head"])
    for column, look in ((2, "percent"), (6, "date")):
        sheet.set_column(column, column, 18, looks[look])
    book.define_name("Tabelle_Kommunen", "=Kommunen!$A$4")


# --- for each municipality ----------------------------------------------------------------------------


def own_bytes() -> bytes:
    """The workbook that is filled for each municipality."""

    def fill(book: xlsxwriter.Workbook, looks: Looks) -> None:
        sheet = book.add_worksheet("Deckblatt")
        sheet.set_column("A:A", 32)
        sheet.set_column("B:C", 26)
        sheet.write("A1", "Meldung der Kommune zum Projekt KISI", looks["title"])
        sheet.write("A2", f"Muster: {INVENTED}")
        for row, (label, name, look) in enumerate(OWN_LINES, start=3):
            sheet.write(row, 0, label, looks["head"])
            sheet.merge_range(row, 1, row, 2, "", looks[look])
            book.define_name(name, f"=Deckblatt!$B${row + 1}")
        sheet.write("A13", "Ort, Datum, Unterschrift", looks["head"])
        _page(sheet)
        for title, table, columns in TABLES:
            _own_table(book, looks, title, table, columns)

    return _book("Meldung der Kommune (erfundenes Muster)", fill)


def _own_table(
    book: xlsxwriter.Workbook,
    looks: Looks,
    title: str,
    table: str,
    columns: tuple[tuple[str, str, int, str], ...],
) -> None:
    """A sheet with one table: its pattern row stands below the headings."""
    sheet = book.add_worksheet(title)
    sheet.write("A1", title, looks["title"])
    for column, (heading, figure, width, look) in enumerate(columns):
        sheet.set_column(column, column, width)
        sheet.write(2, column, heading, looks["head"])
        sheet.write(3, column, f"KISI_{figure}", looks[look])
    last = xlsxwriter.utility.xl_col_to_name(len(columns) - 1)
    book.define_name(f"KISI_{table}", f"={title}!$A$4:${last}$4")
    sheet.freeze_panes(3, 0)
    sheet.repeat_rows(2)
    _page(sheet)


def _page(sheet: xlsxwriter.workbook.Worksheet) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&L&A&R&P / &N")


def files() -> dict[str, bytes]:
    """Every sample by its file name."""
    word = runpy.run_path(str(HERE / "formular_word.py"))
    return {
        "Formular_Ministerium.xlsx": form_bytes(),
        "Formular_Kommune.xlsx": own_bytes(),
        "Formular_Kommune.docx": word["own_document"](),
    }


if __name__ == "__main__":
    for name, content in files().items():
        (HERE / name).write_bytes(content)
