"""The data sheets: headers, formats, validations, and prefilled rows from the rules."""

from __future__ import annotations

from itertools import accumulate, chain, repeat
from typing import Any

from xlsxwriter.worksheet import Worksheet

from pipeline.definitions.palette import TAB_DATA, TAB_RULES
from pipeline.definitions.sheet_types import Column, Kind, Prefill
from pipeline.definitions.sheets import (
    ENTRY_COMPUTED,
    ENTRY_WANTED,
    REQUIRED_MARK,
    RULE_DUE,
    RULE_ENTRY,
    RULE_INPUTS,
)
from pipeline.rules import Criterion, Target
from pipeline.template.check import Block, write_link
from pipeline.template.data_validation import column_validation
from pipeline.template.highlights import highlight
from pipeline.template.layout import FIRST_ROW, HEADER_ROW, LEGEND_ROW, Area, label, prefilled
from pipeline.template.template_book import (
    HEADER_HEIGHT,
    TemplateBook,
    header_width,
    height_of_texts,
    set_up_page,
    write_title,
)
from pipeline.template.template_styles import number_format

LEGEND = f"{REQUIRED_MARK} Pflichtfeld"
NEXT_FREE = "Nächste freie Nummer:"
ROOM = height_of_texts(("\n",), (10,))  # two lines, for the explanation
TITLE_ROOM = 30  # units of a column that a title may take
UNSET_WIDTH = 8.43  # of a column behind the table
WIDE = 8  # a table of more columns keeps its first one in view


def write_table(book: TemplateBook, area: Area, block: Block) -> None:
    """Writes one data sheet, blank or with its prefilled rows."""
    sheet = book.sheets[area.sheet.title]
    set_up_page(book, sheet, TAB_RULES if area.sheet.prefill else TAB_DATA)
    write_title(book, sheet, area.sheet.title, area.sheet.help, LEGEND)
    if len(area.sheet.columns) > WIDE:
        sheet.freeze_panes(FIRST_ROW, 1)
    _write_header(book, sheet, area)
    _suggest_key(book, sheet, area)
    if area.sheet.prefill:
        _write_rows(book, sheet, area)
    else:
        _open_columns(book, sheet, area)
    highlight(book, sheet, area)
    write_link(book, area.sheet.title, _beside_title(area), block)


def _beside_title(area: Area) -> int:
    """The first column that the longest title does not reach; it may lie behind the table."""
    widths = accumulate(chain((column.width for column in area.sheet.columns), repeat(UNSET_WIDTH)))
    return 1 + next(i for i, width in enumerate(widths) if width >= TITLE_ROOM)


def _write_header(book: TemplateBook, sheet: Worksheet, area: Area) -> None:
    sheet.set_row(HEADER_ROW, HEADER_HEIGHT, book.styles.plain)
    for i, column in enumerate(area.sheet.columns):
        sheet.write_string(HEADER_ROW, i, label(column), book.styles.header(column.required))
    sheet.autofilter(HEADER_ROW, 0, area.last_row, len(area.sheet.columns) - 1)


def _suggest_key(book: TemplateBook, sheet: Worksheet, area: Area) -> None:
    """The next free key above the header, so that nobody has to look for it."""
    column = next((c for c in area.sheet.columns if c.kind is Kind.KEY), None)
    if column is None:
        return
    start = len(column.prefix) + 1
    digits = "0" * (len(str(column.example)) - start)
    largest = f"MAX(IFERROR(VALUE(MID({area.name(column.name)},{start + 1},6)),0))"
    formula = f'="{NEXT_FREE} {column.prefix}-"&TEXT({largest}+1,"{digits}")'
    blank = f"{NEXT_FREE} {column.prefix}-{1:0{len(digits)}d}"
    place = (LEGEND_ROW, 2)
    sheet.write_array_formula(*place, *place, f"{{{formula}}}", book.styles.help, blank)


def _open_columns(book: TemplateBook, sheet: Worksheet, area: Area) -> None:
    """Unlocks every cell below the header; the format is set on the column, not on thousands of cells."""
    for i, column in enumerate(area.sheet.columns):
        sheet.set_column(i, i, header_width(label(column), column.width), book.styles.data(column))
        accepts = column_validation(column, area, book.layout)
        sheet.data_validation(FIRST_ROW, i, area.last_row, i, accepts)
    sheet.set_selection(FIRST_ROW, 0, FIRST_ROW, 0)


def entry_of(requirement: Criterion | Target) -> str:
    """Text of the column Angabe."""
    return ENTRY_WANTED if requirement.decide.kind == "attested" else ENTRY_COMPUTED


def _values(book: TemplateBook, area: Area, requirement: Criterion | Target) -> dict[str, Any]:
    """Header → prefilled value of a row."""
    number, text = area.sheet.names[:2]
    values: dict[str, Any] = {
        number: requirement.id,
        text: requirement.text,
        RULE_ENTRY.name: entry_of(requirement),
    }
    if area.sheet.prefill is Prefill.CRITERIA:
        values[RULE_DUE.name] = book.rules.due(book.rules.milestone_of[requirement.id])
    return values


def _write_rows(book: TemplateBook, sheet: Worksheet, area: Area) -> None:
    for i, column in enumerate(area.sheet.columns):
        sheet.set_column(i, i, header_width(label(column), column.width), book.styles.plain)
    wanted = []
    for row, requirement in enumerate(prefilled(book.rules, area.sheet, book.kind), FIRST_ROW):
        _write_row(book, sheet, area, row, requirement)
        if entry_of(requirement) == ENTRY_WANTED:
            wanted.append(row)
    first = wanted[0] if wanted else FIRST_ROW
    typing = area.index(RULE_INPUTS[0])
    sheet.set_selection(first, typing, first, typing)


def _write_row(
    book: TemplateBook, sheet: Worksheet, area: Area, row: int, requirement: Criterion | Target
) -> None:
    values = _values(book, area, requirement)
    wanted = entry_of(requirement) == ENTRY_WANTED
    room = max(ROOM if wanted else 0, height_of_texts((requirement.text,), (area.sheet.columns[1].width,)))
    sheet.set_row(row, room)
    for i, column in enumerate(area.sheet.columns):
        if column.name in RULE_INPUTS:
            _write_input(book, sheet, (row, i), column, area if wanted else None)
            continue
        value = values.get(column.name)
        style = book.styles.fixed(number_format(column))
        if value is None:
            sheet.write_blank(row, i, None, style)
        elif isinstance(value, str):
            sheet.write_string(row, i, value, style)
        else:
            sheet.write_datetime(row, i, value, style)


def _write_input(
    book: TemplateBook, sheet: Worksheet, place: tuple[int, int], column: Column, area: Area | None
) -> None:
    """An input cell of a row "bitte angeben"; without ``area`` the blocked cell of a row "wird berechnet"."""
    if area is None:
        sheet.write_blank(*place, None, book.styles.fixed(number_format(column), blocked=True))
        return
    sheet.write_blank(*place, None, book.styles.entry(column))
    sheet.data_validation(*place, *place, column_validation(column, area, book.layout))
