"""What the sheet Prüfung looks for, as Excel formulas: one line for each column and kind of mistake.

The words are those of the report's own findings. A mask is an array over the rows in use: 1 where the cell
is wrong. Only functions that Excel 2016, Excel Online and LibreOffice share.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from pipeline.definitions.messages import MESSAGES, SEVERITY_WORDS, condition_text, day, either, key_form
from pipeline.definitions.model import Column, Condition, Dependent, Kind, Sheet
from pipeline.definitions.sheets import (
    ENTRY_COMPUTED,
    ENTRY_WANTED,
    EVIDENCE,
    RULE_ENTRY,
    RULE_EVIDENCE,
    RULE_FULFILLED,
    RULE_INPUTS,
)
from pipeline.rules import Rules
from pipeline.template import counting
from pipeline.template.highlights import STICHTAG
from pipeline.template.layout import FIRST_ROW, Area, Layout
from pipeline.template.lists import filled
from pipeline.xlsx.formulas import excel_text

TOKENS = 8  # numbers in one cell that the check looks at
TOKEN_ROOM = 99


@dataclass(frozen=True)
class Check:
    """One line: what is wrong in which column. ``count`` is a quicker formula than summing the mask."""

    area: Area
    column: str
    text: str
    mask: str
    count: str = ""


def worded(rule: str, **words: object) -> str:
    """Severity and text of a finding, as the report words it."""
    message = MESSAGES[rule]
    return f"{SEVERITY_WORDS[message.severity]}: {message.text.format_map(words)}"


def integer_text(column: Column) -> str:
    return f"{SEVERITY_WORDS[MESSAGES['W07'].severity]}: Keine ganze Zahl ab {column.minimum}."


def checks_of(layout: Layout) -> Iterator[Check]:
    """All lines that concern one sheet and the sheets it refers to, in the order of the tabs."""
    for area in layout.areas.values():
        if area.sheet.prefill:
            yield from _rule_rows(area)
        else:
            for column in area.sheet.columns:
                yield from _cells(area, column, layout)
            yield from _unique(area)
            yield from _orders(area)
            for dependent in area.sheet.dependents:
                yield from _dependent(area, dependent)
        for column in area.sheet.columns:
            if column.to:
                yield from _reference(area, column, layout)


# --- single cells -------------------------------------------------------------------------------------


def _cells(area: Area, column: Column, layout: Layout) -> Iterator[Check]:
    cells = area.name(column.name)
    if column.required:
        mask = f'{filled(area)}*({cells}="")'
        yield Check(area, column.name, worded("W13"), mask, f"{area.rows_name}-COUNTA({cells})")
    match column.kind:
        case Kind.KEY:
            yield Check(area, column.name, worded("W12", form=key_form(column)), _malformed(column, cells))
        case Kind.CHOICE:
            choices = layout.choices[column.choices]
            mask = _or_error(f'({cells}<>"")*ISERROR(MATCH({cells},{choices},0))')
            count = f"COUNTA({cells})-SUMPRODUCT(COUNTIF({cells},{choices}))"
            yield Check(area, column.name, worded("W10"), mask, count)
        case Kind.INTEGER:
            wrong = f"({cells}<{column.minimum})+({cells}<>INT({cells}))>0"
            mask = _or_error(f'({cells}<>"")*IF(ISNUMBER({cells}),{wrong},TRUE)')
            yield Check(area, column.name, integer_text(column), mask)
        case Kind.DATE:
            yield from _dates(area, column, layout.rules)


def _malformed(column: Column, cells: str) -> str:
    start = len(column.prefix) + 1
    shape = (
        f'(LEFT({cells},{start})="{column.prefix}-")*(LEN({cells})>={start + 3})*(LEN({cells})<={start + 6})'
    )
    return _or_error(f'({cells}<>"")*(1-IFERROR({shape}*ISNUMBER(-MID({cells},{start + 1},9)),0))')


def _or_error(mask: str) -> str:
    """An error value is nothing that a cell may hold."""
    return f"IFERROR({mask},1)"


def _dates(area: Area, column: Column, rules: Rules) -> Iterator[Check]:
    cells, project = area.name(column.name), rules.project
    first, last = counting.day(project.parameters.earliest_date), counting.day(project.parameters.latest_date)
    mask = _or_error(f'({cells}<>"")*IF(ISNUMBER({cells}),({cells}<{first})+({cells}>={last}+1)>0,TRUE)')
    count = f'COUNTA({cells})-COUNTIFS({cells},">="&{first},{cells},"<"&({last}+1))'
    limits = f"{day(project.parameters.earliest_date)} bis {day(project.parameters.latest_date)}"
    text = f"{SEVERITY_WORDS[MESSAGES['W14'].severity]}: Kein Datum vom {limits}."
    yield Check(area, column.name, text, mask, count)
    if column.fact:
        mask = f"ISNUMBER({cells})*({cells}>={counting.BEFORE})"
        count = f'IF({STICHTAG}="",0,COUNTIF({cells},">="&{counting.BEFORE}))'
        yield Check(area, column.name, worded("P02"), mask, count)
    if column.project_time:
        start = counting.day(project.start)
        count = f'COUNTIFS({cells},">="&{first},{cells},"<"&{start})'
        mask = f"ISNUMBER({cells})*({cells}>={first})*({cells}<{start})"
        yield Check(area, column.name, worded("P20", start=day(project.start)), mask, count)


# --- rows ---------------------------------------------------------------------------------------------


def _unique(area: Area) -> Iterator[Check]:
    """Each repeat after the first. Several keys become one number: where each first stands."""
    if not area.sheet.key:
        return
    keys = [area.name(c) for c in area.sheet.key]
    complete = "*".join(f'({k}<>"")' for k in keys)
    here = f"ROW({keys[0]})-{FIRST_ROW}"
    if len(keys) == 1:
        mask = f"{complete}*IFERROR(MATCH({keys[0]},{keys[0]},0)<>{here},FALSE)"
        count = ""
    else:
        firsts = "+".join(f"MATCH({k},{k},0)*10^{5 * i}" for i, k in enumerate(keys))
        code = f"IF({complete},{firsts},-({here}))"
        mask = f"{complete}*(MATCH({code},{code},0)<>{here})"
        count = f"ROWS({keys[0]})-SUM(--(FREQUENCY({code},{code})>0))"
    yield Check(area, area.sheet.key[0], worded("P03", columns=" + ".join(area.sheet.key)), mask, count)


def _orders(area: Area) -> Iterator[Check]:
    """Each date against the nearest filled one before it in its chain."""
    for chain in area.sheet.order:
        for (i, earlier), (j, later) in combinations(enumerate(chain), 2):
            before, cells = area.name(earlier), area.name(later)
            between = "".join(f'*({area.name(c)}="")' for c in chain[i + 1 : j])
            mask = f'({before}<>"")*({cells}<>"")*({cells}<{before}){between}'
            yield Check(area, later, worded("P04", before=earlier), mask)


def _holds(condition: Condition, area: Area) -> str:
    cells = area.name(condition.column)
    if not condition.values:
        return f'({cells}<>"")'
    return counting.one_of(cells, condition.values)


def _dependent(area: Area, dependent: Dependent) -> Iterator[Check]:
    cells, when = area.name(dependent.column), _holds(dependent.when, area)
    condition = condition_text(dependent.when)
    yield Check(area, dependent.column, worded("P05", condition=condition), f'{when}*({cells}="")')
    if dependent.else_empty:
        mask = f'(1-{when})*({area.name(dependent.when.column)}<>"")*({cells}<>"")'
        words = {"condition": condition, "other": dependent.when.column}
        yield Check(area, dependent.column, worded("P06", **words), mask)


def _rule_rows(area: Area) -> Iterator[Check]:
    """Attested without evidence; an entry where the figure is computed."""
    done, evidence = area.name(RULE_FULFILLED.name), area.name(RULE_EVIDENCE.name)
    wanted = f"({area.name(RULE_ENTRY.name)}={excel_text(ENTRY_WANTED)})"
    mask = f'{wanted}*({done}<>"")*({evidence}="")'
    yield Check(area, RULE_EVIDENCE.name, worded("P21", table=EVIDENCE.title), mask)
    for column in RULE_INPUTS:
        mask = f'({area.name(RULE_ENTRY.name)}={excel_text(ENTRY_COMPUTED)})*({area.name(column)}<>"")'
        yield Check(area, column, worded("P23"), mask)
    after = f"ISNUMBER({done})*({done}>={counting.BEFORE})"
    count = f'IF({STICHTAG}="",0,COUNTIF({done},">="&{counting.BEFORE}))'
    yield Check(area, RULE_FULFILLED.name, worded("P02"), after, count)


# --- references ---------------------------------------------------------------------------------------


def place_of(cells: str, keys: str) -> str:
    """For each cell the position of its key in another sheet; 1 where it is not there."""
    return f"N(IF(1,IFERROR(MATCH({cells},{keys},0),1)))"


def key_name(layout: Layout, sheet: Sheet | str) -> str:
    area = layout.areas[sheet if isinstance(sheet, str) else sheet.title]
    return area.name(area.sheet.key[0])


def _reference(area: Area, column: Column, layout: Layout) -> Iterator[Check]:
    cells, keys = area.name(column.name), key_name(layout, column.to)
    text = worded("P07", table=column.to)
    if column.kind is Kind.REFERENCES:
        yield Check(area, column.name, text, _any_token_lost(cells, keys))
        return
    yield Check(area, column.name, text, f'({cells}<>"")*ISERROR(MATCH({cells},{keys},0))')
    if column.to_where is not None:
        condition = column.to_where
        found = f"INDEX({layout.areas[column.to].name(condition.column)},{place_of(cells, keys)})"
        fitting = layout.choices[condition.values]
        known = f'({cells}<>"")*ISNUMBER(MATCH({cells},{keys},0))'
        mask = f"{known}*ISERROR(MATCH({found},{fitting},0))"
        words = {"table": column.to, "other": condition.column, "values": either(condition.values)}
        yield Check(area, column.name, worded("P08", **words), mask)


def _any_token_lost(cells: str, keys: str) -> str:
    """The cell is cut at each ";" into tokens, side by side; one that is no key makes it wrong."""
    positions = ",".join(str(i * TOKEN_ROOM + 1) for i in range(TOKENS))
    spread = f'SUBSTITUTE({cells},";",REPT(" ",{TOKEN_ROOM}))'
    tokens = f"TRIM(MID({spread},{{{positions}}},{TOKEN_ROOM}))"
    ones = ";".join("1" * TOKENS)
    return f'(MMULT(({tokens}<>"")*ISERROR(MATCH({tokens},{keys},0)),{{{ones}}})>0)'
