"""Conditional formats of the tables: missing, duplicate, dangling, out of order, not wanted; updated while
typing.
"""

from __future__ import annotations

from xlsxwriter.worksheet import Worksheet

from pipeline.definitions.sheet_types import Column, Condition, Dependent, Kind
from pipeline.template import cell_formulas
from pipeline.template.layout import FIRST_ROW, Area, Layout
from pipeline.template.template_book import TemplateBook
from pipeline.xlsx.formulas import excel_text


def condition_formula(condition: Condition, area: Area) -> str:
    """Formula: the condition is true in this row."""
    cell = area.cell(condition.column)
    if not condition.values:
        return f'{cell}<>""'
    return "OR(" + ",".join(f"{cell}={excel_text(v)}" for v in condition.values) + ")"


def duplicated(area: Area) -> str:
    """Formula: a row above has the same key."""
    first, *others = area.sheet.key
    if not others:
        cell = area.cell(first)
        return f'IF({cell}="",FALSE,MATCH({cell},{area.name(first)},0)<ROW({cell})-{FIRST_ROW})'
    pairs = [f"{_from_first(area.cell(c))},{area.cell(c)}" for c in area.sheet.key]
    return f'AND({area.cell(area.sheet.key[0])}<>"",COUNTIFS({",".join(pairs)})>1)'


def _from_first(cell: str) -> str:
    """Range from the column's first cell to this one: ``$A$5:$A5``."""
    letter = cell[1:].rstrip("0123456789")
    return f"${letter}${FIRST_ROW + 1}:{cell}"


def tokens(cell: str, prefix: str) -> str:
    """Formula: how many keys the cell names."""
    return f'(LEN({cell})-LEN(SUBSTITUTE(UPPER({cell}),"{prefix}-","")))/{len(prefix) + 1}'


def found(cell: str, keys: str) -> str:
    """Formula: how many of the keys in the cell exist in the register."""
    wrapped = f'";"&SUBSTITUTE({cell}," ","")&";"'
    return f'SUMPRODUCT(({keys}<>"")*ISNUMBER(SEARCH(";"&{keys}&";",{wrapped})))'


def unless(cell: str, among: str, wrong: str) -> str:
    """Formula: ``wrong``, which takes long, but not for a cell that is empty or literally one of the texts."""
    same = f"IFERROR(INDEX({among},MATCH({cell},{among},0))={cell},FALSE)"
    return f"IF(LEN({cell})=0,FALSE,IF({same},FALSE,{wrong}))"


def _is_one(read: str, texts: str) -> str:
    """Array: TRUE for each of the texts that a cell holds; nothing to read counts as any of them.

    ``read`` stands here once: LibreOffice copies the whole formula for every cell.
    """
    return f'ISNUMBER(FIND("|"&UPPER({read})&"|","||"&UPPER({texts})&"|"))'


def dangling(column: Column, area: Area, layout: Layout) -> str:
    """Formula: the cell names a record that does not exist, or that may not stand here."""
    cell, target = area.cell(column.name), layout.areas[column.to]
    keys = target.name(target.sheet.key[0])
    if column.kind is Kind.REFERENCES:
        read = cell_formulas.several(column, cell)
        count = tokens(read, column.prefix)
        return unless(cell, keys, f"AND(LEN({read})>0,OR({count}=0,{count}>{found(read, keys)}))")
    there = f"{_is_one(cell_formulas.key(cell), keys)}*1"
    if column.to_where is None:
        return unless(cell, keys, f"SUMPRODUCT({there})=0")
    suiting, fitting = target.name(column.to_where.column), layout.choices[column.to_where.values]
    suits = f"ISNUMBER(MATCH({suiting},{fitting},0))"
    literally = f"SUMPRODUCT(COUNTIFS({keys},{cell},{suiting},{fitting}))>0"
    return f"IF(LEN({cell})=0,FALSE,IF({literally},FALSE,SUMPRODUCT({there}*{suits})=0))"


def unlisted(column: Column, cell: str, layout: Layout) -> str:
    """Formula: no choice of the list stands in the cell, in whatever way it is written."""
    choices = layout.choices[column.choices]
    read, plain = cell_formulas.one_of(column, cell), f'SUBSTITUTE({choices},"{EN_DASH}","-")'
    return unless(cell, choices, f"SUMPRODUCT(--{_is_one(read, plain)})=0")


def out_of_order(area: Area, column: str) -> str:
    """Formula: the date lies before one that must come first. A text counts as no date."""
    cell = area.cell(column)
    wrong = [
        f"AND(ISNUMBER({area.cell(earlier)}),INT({cell})<INT(N({area.cell(earlier)})))"
        for chain in area.sheet.order
        if column in chain
        for earlier in chain[: chain.index(column)]
    ]
    return f"AND(ISNUMBER({cell}),OR({','.join(wrong)}))" if wrong else ""


def _rules_of(column: Column, area: Area, layout: Layout) -> list[str]:
    """Formulas that are true where a cell of the column is wrong."""
    cell = area.cell(column.name)
    wrong = []
    if column.name in area.sheet.key[:1] and not area.sheet.prefill:
        wrong.append(duplicated(area))
    if column.kind in (Kind.REFERENCE, Kind.REFERENCES):
        wrong.append(dangling(column, area, layout))
    if column.kind is Kind.CHOICE:
        wrong.append(unlisted(column, cell, layout))
    if disorder := out_of_order(area, column.name):
        wrong.append(disorder)
    if column.kind is Kind.DATE and column.fact:
        wrong.append(f"AND(ISNUMBER({cell}),ISNUMBER({STICHTAG}),{cell}>={STICHTAG}+1)")
    return wrong


EN_DASH = "\u2013"  # the only dash in a choice that is no hyphen
STICHTAG = "Stichtag"  # name of the cell that holds the Berichtsstichtag


def _colour(sheet: Worksheet, area: Area, column: str, formula: str, style: object) -> None:
    i = area.index(column)
    options = {"type": "formula", "criteria": f"={formula}", "format": style}
    sheet.conditional_format(FIRST_ROW, i, area.last_row, i, options)


def _dependent(book: TemplateBook, sheet: Worksheet, area: Area, dependent: Dependent) -> None:
    cell, when = area.cell(dependent.column), condition_formula(dependent.when, area)
    _colour(sheet, area, dependent.column, f'AND({when},{cell}="")', book.styles.wanted)
    if dependent.else_empty:
        other = area.cell(dependent.when.column)
        wrong = f'AND({other}<>"",NOT({when}),{cell}<>"")'
        _colour(sheet, area, dependent.column, wrong, book.styles.bad)
        _colour(sheet, area, dependent.column, f"NOT({when})", book.styles.blocked)


def highlight(book: TemplateBook, sheet: Worksheet, area: Area) -> None:
    """Adds the conditional formats of a table: red is wrong, yellow is missing, grey stays empty."""
    for dependent in area.sheet.dependents:
        _dependent(book, sheet, area, dependent)
    for column in area.sheet.columns:
        for formula in _rules_of(column, area, book.layout):
            _colour(sheet, area, column.name, formula, book.styles.bad)
        if column.required and not area.sheet.prefill:
            started = "&".join(area.cell(c) for c in area.sheet.names)
            formula = f'IF({area.cell(column.name)}="",{started}<>"",FALSE)'
            _colour(sheet, area, column.name, formula, book.styles.wanted)
