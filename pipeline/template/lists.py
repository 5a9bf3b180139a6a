"""Hidden sheet Listen: version of the template, lists of choices, helper cells of formulas."""

from __future__ import annotations

from datetime import date

from xlsxwriter.worksheet import Worksheet

from pipeline.definitions.sheet_types import Kind
from pipeline.definitions.sheets import (
    ENTRY_WANTED,
    FORM_STICHTAG,
    LIST_RULES,
    LIST_TEMPLATE,
    LIST_VERSION,
    LISTS_TITLE,
    RULE_ENTRY,
    TEMPLATE_VERSION,
    YES,
    nil_return_label,
)
from pipeline.template.highlights import STICHTAG
from pipeline.template.layout import (
    FIRST_ROW,
    LATER,
    LEAST_ROWS,
    LIST_COLUMN,
    MEMBER_KEYS,
    MEMBER_NAMES,
    STICHTAGE,
    Area,
    prefilled,
)
from pipeline.template.record_row_formulas import is_checked, is_no_record, is_record
from pipeline.template.template_book import TemplateBook
from pipeline.template.template_styles import NUMBER_FORMATS
from pipeline.template.value_names import column_names, form_names, longest_cell, most_parts, odd_cells
from pipeline.xlsx.formulas import excel_text

_SEVERAL = (Kind.REFERENCES, Kind.CHOICES)
EPOCH = date(1899, 12, 30)  # day 0 of a spreadsheet
HELPERS_ROW = 4  # the helper cells stand below the three lines that name the template


def serial(day: date) -> int:
    """A date as the number that Excel stores."""
    return (day - EPOCH).days


def _identity(book: TemplateBook) -> tuple[tuple[str, str], ...]:
    return (
        (LIST_TEMPLATE, book.kind.id),
        (LIST_VERSION, TEMPLATE_VERSION),
        (LIST_RULES, book.rules.project.version),
    )


def _last_row(area: Area) -> str:
    if area.sheet.prefill:
        return f"={area.rows}"
    return f"=MAX({LEAST_ROWS},MAX({_used(area.block)}*ROW({area.block}))-{FIRST_ROW})"


def _used(cells: str) -> str:
    """Array formula: 1 where a cell is filled, be it with an error value, else 0."""
    return f"IFERROR(--(LEN({cells})>0),1)"


def _helpers(book: TemplateBook) -> list[tuple[str, str, float | str]]:
    """(name, formula, result in a blank workbook) of the helper cells."""
    stichtag, project = book.layout.form_value(FORM_STICHTAG.name), book.rules.project
    given = serial(book.stichtag) if book.stichtag else ""
    within = f'IF({stichtag}<{serial(project.start)},"",IF({stichtag}>{serial(project.end)},"",{stichtag}))'
    cells: list[tuple[str, str, float | str]] = [
        (STICHTAG, f'=IF(ISNUMBER({stichtag}),{within},"")', given),
    ]
    for area in book.layout.areas.values():
        rows = len(prefilled(book.rules, area.sheet, book.kind))
        cells.append((area.end_name, _last_row(area), max(LEAST_ROWS, rows)))
        cells.append((area.rows_name, f"=SUM({is_record(area)})-{area.strays_name}", rows))
        cells += [(area.odd(c.name), f"={odd_cells(area, c, book.layout)}", 0) for c in area.sheet.columns]
        for column in (c for c in area.sheet.columns if c.initials or c.kind in _SEVERAL):
            formulas = (most_parts(area, column), longest_cell(area, column))
            cells += [(name, f"={f}", 1) for name, f in zip(area.parts(column.name), formulas, strict=True)]
        cells.append((area.gaps_name, _gaps(area), 0))
        odd = area.odd(area.sheet.names[0])  # a heading that was copied leaves no required cell empty
        cells.append((area.strays_name, f"=IF({area.gaps_name}+{odd}=0,0,SUM({area.stray_rows}))", 0))
        cells.append((area.later_name, _later(area, serial(project.parameters.latest_date)), 0))
        if area.sheet.nil_return:
            nil_return = book.layout.form_value(nil_return_label(area.sheet))
            formula = f'=IF(AND({area.rows_name}=0,{nil_return}<>"{YES}"),1,0)'
            cells.append((area.missing_name, formula, 1))
    cells.append((LATER, f"={'+'.join(a.later_name for a in book.layout.areas.values())}", 0))
    return cells


def _later(area: Area, latest: int) -> str:
    """Formula: number of rows with a date after the reporting date; impossible dates have a finding already."""
    facts = [area.value(c.name) for c in area.sheet.columns if c.fact]
    if not facts:
        return "=0"
    later = "+".join(f"IFERROR(({v}>{STICHTAG})*({v}<={latest}),0)" for v in facts)
    where = f"({area.name(RULE_ENTRY.name)}={excel_text(ENTRY_WANTED)})*" if area.sheet.prefill else ""
    return f'=IF({STICHTAG}="",0,SUM(--({where}({later})>0)))'


def _gaps(area: Area) -> str:
    """Formula: number of empty required cells of records."""
    empty = "+".join(f'IFERROR(--({area.value(c.name)}=""),0)' for c in area.sheet.columns if c.required)
    return f"=SUM({is_record(area)}*({empty or 0}))"


def define_names(book: TemplateBook) -> None:
    """Defines the names of choices, helper cells and table columns."""
    define = book.file.define_name
    for choices, name in book.layout.choices.items():
        define(name, book.layout.choices_range(choices))
    if book.layout.stichtage:
        define(STICHTAGE, book.layout.stichtage_range)
    for name in (MEMBER_KEYS, MEMBER_NAMES):
        define(name, book.layout.members_range(name))
    for row, (name, _, _) in enumerate(_helpers(book), HELPERS_ROW):
        define(name, f"='{LISTS_TITLE}'!$B${row + 1}")
    for area in book.layout.areas.values():
        for column in area.sheet.names:
            define(area.name(column), area.dynamic(column))
        for name, formula in column_names(area):
            define(name, formula)
        define(area.stray_rows, f"={is_no_record(area, book.layout)}")
        define(area.own_rows, f"={is_checked(area)}")
    for name, formula in form_names(book.layout):
        define(name, formula)


def write_lists(book: TemplateBook) -> None:
    """Writes the sheet Listen."""
    sheet = book.sheets[LISTS_TITLE]
    sheet.set_column(0, 0, 30, book.styles.plain)
    sheet.set_column(1, LIST_COLUMN + len(book.layout.choices), 22, book.styles.plain)
    for row, (text, value) in enumerate(_identity(book)):
        sheet.write_string(row, 0, text, book.styles.plain)
        sheet.write_string(row, 1, value, book.styles.get(num_format="@"))
    for row, (name, formula, result) in enumerate(_helpers(book), HELPERS_ROW):
        sheet.write_string(row, 0, name, book.styles.plain)
        # As array formulas: not every program looks at whole ranges inside SUMPRODUCT.
        sheet.write_array_formula(row, 1, row, 1, f"{{{formula}}}", book.styles.plain, result)
    _write_choices(book, sheet)
    sheet.protect("")
    sheet.hide()


def _write_choices(book: TemplateBook, sheet: Worksheet) -> None:
    for i, (choices, name) in enumerate(book.layout.choices.items(), LIST_COLUMN):
        sheet.write_string(0, i, name, book.styles.get(bold=True))
        for row, choice in enumerate(choices, 1):
            sheet.write_string(row, i, choice, book.styles.plain)
    if book.layout.stichtage:
        column, style = book.layout.stichtage_column, book.styles.get(num_format=NUMBER_FORMATS[Kind.DATE])
        sheet.write_string(0, column, STICHTAGE, book.styles.get(bold=True))
        for row, day in enumerate(book.layout.stichtage, 1):
            sheet.write_datetime(row, column, day, style)
    for row, texts in enumerate(((MEMBER_KEYS, MEMBER_NAMES), *book.layout.members)):
        style = book.styles.get(bold=True) if row == 0 else book.styles.get(num_format="@")
        for i, text in enumerate(texts, book.layout.members_column):
            sheet.write_string(row, i, text, style)
