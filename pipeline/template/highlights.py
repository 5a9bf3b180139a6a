"""Conditional formats of the tables: missing, duplicate, dangling, out of order, not wanted; updated while
typing.
"""

from __future__ import annotations

from xlsxwriter.worksheet import Worksheet

from pipeline.definitions.model import Column, Condition, Dependent, Kind
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


def dangling(column: Column, area: Area, layout: Layout) -> str:
    """Formula: the cell names a record that does not exist, or that may not stand here."""
    cell, target = area.cell(column.name), layout.areas[column.to]
    keys = target.name(target.sheet.key[0])
    if column.kind is Kind.REFERENCES:
        read = cell_formulas.several(column, cell)
        count = tokens(read, column.prefix)
        return f"AND(LEN({read})>0,OR({count}=0,{count}>{found(read, keys)}))"
    read = cell_formulas.key(cell)
    if column.to_where is None:
        return f"AND(LEN({read})>0,COUNTIF({keys},{read})=0)"
    fitting = layout.choices[column.to_where.values]
    allowed = f"COUNTIFS({keys},{read},{target.name(column.to_where.column)},{fitting})"
    return f"AND(LEN({read})>0,SUMPRODUCT({allowed})=0)"


def unlisted(column: Column, cell: str, layout: Layout) -> str:
    """Formula: the cell holds no choice of the list, in any accepted spelling."""
    read, choices = cell_formulas.one_of(column, cell), layout.choices[column.choices]
    listed = f'SUMPRODUCT(--(SUBSTITUTE({choices},"{EN_DASH}","-")={read}))'
    return f"AND(LEN({read})>0,{listed}=0)"


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
            formula = f'AND({area.cell(column.name)}="",{started}<>"")'
            _colour(sheet, area, column.name, formula, book.styles.wanted)
