"""The workbook for the visit: records to check, where they are, which paper to ask for, room for the result."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pipeline.audit.sample.draw import Sample
from pipeline.audit.sample.papers import paper_for
from pipeline.audit.sample.recipe import METHOD_STEPS, RANK_SCRIPT
from pipeline.definitions.foreign import escaped
from pipeline.definitions.messages import german_date
from pipeline.definitions.palette import FONT_NAME, INPUT, INPUT_LINE, LINE, NAVY, WHITE
from pipeline.rules import Rules
from pipeline.xlsx.wrapped_text import count_lines

SAMPLE_TITLE, STRATA_TITLE, METHOD_TITLE = "Stichprobe", "Schichten", "Verfahren"
RIGHT, WRONG, NOT_SHOWN = "stimmt", "falsch", "nicht vorgelegt"
RESULTS = (RIGHT, WRONG, NOT_SHOWN)
NUMBER, AGS, SHEET, RESULT, REMARK = "Nr.", "AGS", "Blatt", "Ergebnis", "Bemerkung"
ROWS, WEIGHT, DRAWN = "Zeilen", "Gewicht", "Gezogen"
SAMPLE_COLUMNS = (
    (NUMBER, 6),
    (AGS, 9.5),
    ("Kommune", 15),
    ("Datei", 21),
    (SHEET, 14),
    ("Zelle", 7),
    ("Kennzeichen", 14),
    ("Vorzulegen", 32),
    (RESULT, 13),
    (REMARK, 20),
)
STRATA_COLUMNS = ((AGS, 12), (SHEET, 22), (ROWS, 10), (WEIGHT, 10), (DRAWN, 10))
FONT_SIZE, LINE_HEIGHT = 10, 13  # points
HEADER_LINE = 3  # row of the headers, from 0
HINT = (
    "Je Zeile: Mappe und Zelle aufschlagen, die Unterlage vorlegen lassen, unter „Ergebnis“ stimmt, falsch oder "
    "nicht vorgelegt wählen. Danach: kisi sample --read DIESE_DATEI.xlsx"
)


def visit_workbook(sample: Sample, rules: Rules, as_of: date) -> bytes:
    """Return the workbook as bytes, the same on every call."""
    content = io.BytesIO()
    file = xlsxwriter.Workbook(
        content, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    file.set_properties(
        {"title": f"{rules.project.short_title} – Stichprobe", "created": datetime.combine(as_of, time())}
    )
    looks = _Looks(file)
    _write_sample(file, looks, sample, as_of)
    _write_strata(file, looks, sample)
    _write_method(file, looks, sample, as_of)
    file.close()
    return content.getvalue()


class _Looks:
    """The cell formats of this workbook."""

    def __init__(self, file: xlsxwriter.Workbook) -> None:
        base = {"font_name": FONT_NAME, "font_size": FONT_SIZE, "valign": "top", "text_wrap": True}
        self.title = file.add_format(
            {"font_name": FONT_NAME, "font_size": 14, "bold": True, "font_color": NAVY}
        )
        self.plain = file.add_format(base)
        self.header = file.add_format(
            base | {"bold": True, "font_color": WHITE, "bg_color": NAVY, "border": 1}
        )
        self.cell = file.add_format(base | {"border": 1, "border_color": LINE})
        entry = {"border": 1, "border_color": INPUT_LINE, "bg_color": INPUT, "locked": False}
        self.entry = file.add_format(base | entry)
        self.code = file.add_format(base | {"font_name": "Courier New", "font_size": 9, "text_wrap": False})


def _write_sample(file: xlsxwriter.Workbook, looks: _Looks, sample: Sample, as_of: date) -> None:
    sheet = file.add_worksheet(SAMPLE_TITLE)
    title = f"Stichprobe zum {german_date(as_of)}: {len(sample.drawn)} von {len(sample.population)} Zeilen"
    _head(sheet, looks, title, HINT, SAMPLE_COLUMNS)
    for number, unit in enumerate(sample.drawn, start=1):
        row = HEADER_LINE + number
        values: Sequence[Any] = (
            number,
            unit.stratum.ags,
            unit.municipality,
            unit.file,
            unit.stratum.sheet,
            unit.cell,
            unit.key,
            paper_for(unit.stratum.sheet),
        )
        widths = [width for _, width in SAMPLE_COLUMNS]
        tall = max(count_lines(str(v), w, FONT_SIZE) for v, w in zip(values, widths, strict=False))
        sheet.set_row(row, LINE_HEIGHT * tall + 2)
        for column, value in enumerate(values):
            _put(sheet, row, column, value, looks.cell)
        sheet.write_blank(row, len(values), None, looks.entry)
        sheet.write_blank(row, len(values) + 1, None, looks.entry)
    last = HEADER_LINE + max(1, len(sample.drawn))
    result = [name for name, _ in SAMPLE_COLUMNS].index(RESULT)
    sheet.data_validation(
        HEADER_LINE + 1,
        result,
        last,
        result,
        {
            "validate": "list",
            "source": list(RESULTS),
            "error_title": RESULT,
            "error_message": f"Bitte wählen: {', '.join(RESULTS)}.",
        },
    )
    sheet.autofilter(HEADER_LINE, 0, last, len(SAMPLE_COLUMNS) - 1)
    sheet.freeze_panes(HEADER_LINE + 1, 1)
    sheet.protect(options={"autofilter": True, "format_rows": True, "format_columns": True, "sort": True})


def _write_strata(file: xlsxwriter.Workbook, looks: _Looks, sample: Sample) -> None:
    sheet = file.add_worksheet(STRATA_TITLE)
    _head(sheet, looks, STRATA_TITLE, "Eine Schicht ist ein Blatt einer Kommune.", STRATA_COLUMNS)
    for row, cells in enumerate(strata_rows(sample), start=HEADER_LINE + 1):
        for column, value in enumerate(cells):
            _put(sheet, row, column, value, looks.cell)
    sheet.freeze_panes(HEADER_LINE + 1, 0)
    sheet.protect()


def strata_rows(sample: Sample) -> list[tuple[str, str, int, int, int]]:
    """AGS, sheet, records, weight and drawn records of each stratum, in order."""
    return [(s.ags, s.sheet, sample.sizes[s], w, sample.allocation[s]) for s, w in sample.weights.items()]


def method_rows(sample: Sample, as_of: date) -> list[tuple[str, str]]:
    """Everything needed to repeat the draw."""
    return [
        ("Startwert", sample.seed),
        ("Stand", german_date(as_of)),
        ("Umfang", str(len(sample.drawn))),
        ("Grundgesamtheit", f"{len(sample.population)} Zeilen"),
        ("SHA-256 der Grundgesamtheit", sample.population_hash),
        ("Gewichtung", "Zeilen × (1 + Befunde)" if sample.weighted else "Zeilen"),
    ]


def _write_method(file: xlsxwriter.Workbook, looks: _Looks, sample: Sample, as_of: date) -> None:
    sheet = file.add_worksheet(METHOD_TITLE)
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, 90)
    _page(sheet)
    sheet.write_string(0, 0, "Wie gezogen wurde, und wie man es nachzieht", looks.title)
    row = 2
    for label, value in (
        *method_rows(sample, as_of),
        *((f"Schritt {n}", s) for n, s in enumerate(METHOD_STEPS, 1)),
    ):
        _put(sheet, row, 0, label, looks.cell)
        _put(sheet, row, 1, value, looks.cell)
        row += 1
    sheet.write_string(row + 1, 0, "nachziehen.py", looks.plain)
    for position, line in enumerate(RANK_SCRIPT.splitlines()):
        sheet.write_string(row + 1 + position, 1, line, looks.code)
    sheet.protect()


def _head(
    sheet: Worksheet, looks: _Looks, title: str, hint: str, columns: Sequence[tuple[str, float]]
) -> None:
    sheet.write_string(0, 0, title, looks.title)
    sheet.write_string(1, 0, hint, None)
    for position, (name, width) in enumerate(columns):
        sheet.set_column(position, position, width)
        sheet.write_string(HEADER_LINE, position, name, looks.header)
    sheet.repeat_rows(HEADER_LINE)
    _page(sheet)


def _page(sheet: Worksheet) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&L&A&RSeite &P von &N")


def _put(sheet: Worksheet, row: int, column: int, value: object, look: Format) -> None:
    if isinstance(value, int):
        sheet.write_number(row, column, value, look)
    elif value == "":
        sheet.write_blank(row, column, None, look)
    else:
        sheet.write_string(row, column, escaped(str(value)), look)
