"""Defined names for the repaired values of a column's cells and of the lines of Stammdaten.

A column in which no cell needs a repair is taken as it stands; only otherwise the longer formulas of
``cell_formulas`` are evaluated. A cell in Listen counts how many need one.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.definitions.sheet_types import Column, Kind
from pipeline.template import cell_formulas
from pipeline.template.layout import Area, Layout, identifier

Name = tuple[str, str]  # name, formula


def column_names(area: Area) -> Iterator[Name]:
    """Names of all columns of a table: the value, and the intermediate steps."""
    for column in area.sheet.columns:
        cells = area.name(column.name)
        *steps, (name, value) = _values(column, cells, area.value(column.name))
        yield from steps
        always = column.kind is Kind.TEXT and column.name in area.sheet.key
        yield name, value if always else f"=IF({area.odd(column.name)}=0,{cells},{value.removeprefix('=')})"


def form_names(layout: Layout) -> Iterator[Name]:
    """Names of all lines of Stammdaten."""
    for column in layout.kind.form.columns:
        yield from _values(column, layout.form_cell(column.name), layout.form_value(column.name))


def _values(column: Column, cells: str, name: str) -> Iterator[Name]:
    """The steps to a value; the last is the value itself.

    An error value becomes a text that is refused: LibreOffice joins no texts of the rows below one.
    """
    cells = f"IFERROR({cells},{cell_formulas.UNREAD})"
    step = [identifier(f"Schritt{n}", name) for n in (1, 2)]
    match column.kind:
        case Kind.DATE:
            yield step[0], f"={cell_formulas.date_words(cells)}"
            yield step[1], f"={cell_formulas.with_month(step[0])}"
            yield name, f"={cell_formulas.date_without_time(cells, step[1])}"
        case Kind.INTEGER:
            yield step[0], f"={cell_formulas.number_words(cells)}"
            yield name, f"={cell_formulas.whole_number(cells, step[0])}"
        case Kind.KEY | Kind.REFERENCE:
            yield name, f"={cell_formulas.key(cells)}"
        case Kind.REFERENCES | Kind.CHOICES:
            yield name, f"={cell_formulas.several(column, cells)}"
        case Kind.CHOICE:
            yield name, f"={cell_formulas.one_of(column, cells)}"
        case Kind.AGS:
            yield name, f"={cell_formulas.municipality_key(cells)}"
        case _:
            yield name, f"={cell_formulas.clean_text(cells)}"


def odd_cells(area: Area, column: Column, layout: Layout) -> str:
    """Array formula: how many cells of a column need a repair."""
    cells = area.name(column.name)
    match column.kind:
        case Kind.DATE | Kind.INTEGER:
            return f"COUNTA({cells})-COUNT({cells})+SUM(IFERROR(--({cells}<>INT({cells})),0))"
        case Kind.CHOICE | Kind.CHOICES:
            return f"COUNTA({cells})-SUM(COUNTIF({cells},{layout.choices[column.choices]}))"
        case Kind.TEXT:
            return f"SUM(IFERROR({cell_formulas.leads_unseen(cells)},0))"
        case _:
            return f"SUM(IFERROR((LEN({cells})>0)*(1-{cell_formulas.key_is_sound(cells, column.prefix)}),1))"


def most_parts(area: Area, column: Column) -> str:
    """Array formula: how many parts between ";", or words, the fullest cell of a column has."""
    value = area.value(column.name)
    value = cell_formulas.words_apart(value) if column.initials else value
    return f'MAX(IFERROR(LEN({value})-LEN(SUBSTITUTE({value},";","")),0))+1'


def longest_cell(area: Area, column: Column) -> str:
    """Array formula: room for the longest cell of a column."""
    return f"MAX(IFERROR(LEN({area.value(column.name)}),0))+1"
