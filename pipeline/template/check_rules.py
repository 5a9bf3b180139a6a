"""Lines of the sheet Prüfung about single columns and rows, as Excel formulas.

The texts are those of the findings (``definitions.messages``). A mask is an array over the rows in use: 1
where the cell is wrong. Only functions that Excel 2016, Excel Online and LibreOffice share.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

from pipeline.checks.stichtag import MANY_ROWS
from pipeline.definitions.messages import condition_text, german_date, key_form
from pipeline.definitions.sheet_types import Column, Dependent, Kind
from pipeline.definitions.sheets import (
    ENTRY_COMPUTED,
    ENTRY_WANTED,
    EVIDENCE,
    NO,
    RULE_ENTRY,
    RULE_EVIDENCE,
    RULE_FULFILLED,
    RULE_INPUTS,
    RULE_NR,
)
from pipeline.rules import Rules
from pipeline.template import counting
from pipeline.template.cell_formulas import key_is_sound
from pipeline.template.check_line import (
    InputCheck,
    any_part,
    check_text,
    date_text,
    holds,
    integer_text,
    listed,
    or_error,
    outside,
    whole_name,
)
from pipeline.template.check_references import reference_checks
from pipeline.template.highlights import STICHTAG
from pipeline.template.layout import FIRST_ROW, LATER, Area, Layout
from pipeline.template.record_row_formulas import is_filled_down, is_record
from pipeline.xlsx.formulas import excel_text


def checks_of(layout: Layout) -> Iterator[InputCheck]:
    """All lines about one sheet and the sheets it refers to, in the order of the tabs."""
    for area in layout.areas.values():
        if area.sheet.prefill:
            yield from _rule_rows(area, layout)
        else:
            yield from _no_records(area)
            for check in (*_columns(area, layout), *_unique(area)):
                yield replace(check, records=True)
            yield from _orders(area, layout.rules)
            for dependent in area.sheet.dependents:
                yield from _dependent(area, dependent, layout)
        for column in area.sheet.columns:
            if column.to:
                yield from reference_checks(area, column, layout)


# --- rows that are no records ---------------------------------------------------------------------------


def _no_records(area: Area) -> Iterator[InputCheck]:
    """Lines about totals, headings and notes, and about rows that were only filled down."""
    strays = area.strays_name
    yield InputCheck(area, "", check_text("W23"), area.stray_rows, "0", (strays,))
    for column in area.sheet.columns:
        if NO in column.choices:
            alone = (f"COUNTBLANK({area.name(area.sheet.names[0])})",)
            yield InputCheck(area, column.name, check_text("W20"), is_filled_down(area, column), "0", alone)


# --- single cells -------------------------------------------------------------------------------------


def _columns(area: Area, layout: Layout) -> Iterator[InputCheck]:
    for column in area.sheet.columns:
        yield from _cells(area, column, layout)


def _cells(area: Area, column: Column, layout: Layout) -> Iterator[InputCheck]:
    name, value, clean = column.name, area.value(column.name), (area.odd(column.name),)
    if column.required:
        yield InputCheck(
            area, name, check_text("W13"), f'{is_record(area)}*({value}="")', "0", (area.gaps_name,)
        )
    match column.kind:
        case Kind.KEY | Kind.REFERENCE:
            mask = or_error(f'({value}<>"")*(1-{key_is_sound(value, column.prefix)})')
            yield InputCheck(area, name, check_text("W12", form=key_form(column)), mask, "0", clean)
        case Kind.CHOICE:
            mask = or_error(f'({value}<>"")*(1-{listed(value, layout.choices[column.choices])})')
            yield InputCheck(area, name, check_text("W10"), mask, "0", clean)
        case Kind.CHOICES:
            mask = any_part(area, column, lambda part: f"1-{listed(part, layout.choices[column.choices])}")
            yield InputCheck(area, name, check_text("W10"), mask, "0", clean)
        case Kind.INTEGER:
            mask = or_error(
                f'({value}<>"")*(1-IFERROR(({value}>={column.minimum})*({value}=INT({value})),0))'
            )
            quick = f'COUNTIF({area.name(name)},"<{column.minimum}")'
            yield InputCheck(area, name, integer_text(column), mask, quick, clean)
            yield _typed_as_text(area, column, "M05")
        case Kind.DATE:
            yield from _dates(area, column, layout.rules)
            yield _typed_as_text(area, column, "M06")
        case Kind.TEXT:
            yield from _texts(area, column)


def _texts(area: Area, column: Column) -> Iterator[InputCheck]:
    cells, value = area.name(column.name), area.value(column.name)
    yield InputCheck(area, column.name, check_text("W01"), f"ISERROR({cells})")
    no_name = "1"
    if column.initials:
        most, _ = area.parts(column.name)
        name_of_somebody = whole_name(area, column)
        no_name = f"IF({most}=1,1,1-{name_of_somebody})"
        yield InputCheck(area, column.name, check_text("W28"), name_of_somebody, "0", (f"{most}-1",))
    if column.max_length < Column.max_length:
        mask = f"(LEN({value})>{column.max_length})*{no_name}"
        yield InputCheck(area, column.name, check_text("W09", maximum=column.max_length), mask)


def _typed_as_text(area: Area, column: Column, rule: str) -> InputCheck:
    mask = f"ISTEXT({area.name(column.name)})*ISNUMBER({area.value(column.name)})"
    return InputCheck(area, column.name, check_text(rule), mask, "0", (area.odd(column.name),))


def _dates(area: Area, column: Column, rules: Rules) -> Iterator[InputCheck]:
    name, cells, value = column.name, area.name(column.name), area.value(column.name)
    clean, limits = (area.odd(name),), rules.project.parameters
    first, last = counting.date_literal(limits.earliest_date), counting.date_literal(limits.latest_date)
    mask = or_error(outside(value, first, last))
    quick = f'COUNT({cells})-COUNTIFS({cells},">="&{first},{cells},"<"&({last}+1))'
    yield InputCheck(area, name, date_text(rules), mask, quick, clean)
    if column.fact:
        yield after_stichtag(area, name, rules)
    if column.project_time:
        start = counting.date_literal(rules.project.start)
        quick = f'COUNTIFS({cells},">="&{first},{cells},"<"&{start})'
        mask = f"ISNUMBER({value})*({value}>={first})*({value}<{start})"
        yield InputCheck(
            area, name, check_text("P20", start=german_date(rules.project.start)), mask, quick, clean
        )


def after_stichtag(area: Area, name: str, rules: Rules, where: str = "1") -> InputCheck:
    """Dates after the reporting date; dates outside the project's time have a finding already."""
    cells, value = area.name(name), area.value(name)
    end = counting.date_literal(rules.project.parameters.latest_date)
    mask = f"{where}*({value}>={counting.DAY_AFTER_STICHTAG})*({value}<={end})"
    days = f'COUNTIFS({cells},">="&{counting.DAY_AFTER_STICHTAG},{cells},"<"&({end}+1))'
    quick = f'IF({STICHTAG}="",0,{days})' if where == "1" else ""
    few = f"({LATER}<{MANY_ROWS})"
    quick = f"{few}*{quick}" if quick else ""
    return InputCheck(area, name, check_text("P02"), f"{few}*{mask}", quick, (area.odd(name),))


# --- rows ---------------------------------------------------------------------------------------------


def first_places(area: Area) -> tuple[str, str]:
    """Formulas: where a record's key stands first, and where the record stands; they differ for a repeat."""
    here = f"ROW({area.name(area.sheet.key[0])})-{FIRST_ROW}"
    if len(area.sheet.key) == 1:
        value = area.value(area.sheet.key[0])
        return f"MATCH({value},{value},0)", here
    together = '&"|"&'.join(f'IFERROR({area.value(c)},"")' for c in area.sheet.key)
    return f"MATCH({together},{together},0)", here


def _code(area: Area) -> str:
    """Formula: several keys as one number, the position where each stands first; else the cell's own
    position.
    """
    keys = [area.name(c) for c in area.sheet.key]
    complete = "*".join(f'({k}<>"")' for k in keys)
    firsts = "+".join(f"MATCH({k},{k},0)*10^{5 * i}" for i, k in enumerate(keys))
    return f"IF({complete},{firsts},-ROW({keys[0]}))"


def _complete(area: Area, key: str) -> str:
    """Formula: 1 where a column of the key has a readable value."""
    value = area.value(key)
    return f"ISNUMBER({value})" if area.sheet.column(key).kind is Kind.DATE else f'({value}<>"")'


def _unique(area: Area) -> Iterator[InputCheck]:
    """Each repeat of a key after the first."""
    keys = area.sheet.key
    if not keys:
        return
    complete = "*".join(_complete(area, k) for k in keys)
    first, here = first_places(area)
    mask, text = f"{complete}*IFERROR({first}<>{here},0)", check_text("P03", columns=" + ".join(keys))
    if len(keys) == 1:
        yield InputCheck(area, keys[0], text, mask)
        return
    code = _code(area)
    plain = f"(MATCH({code},{code},0)<>{here})"
    odd = tuple(area.odd(k) for k in keys)
    quick = f"ROWS({area.name(keys[0])})-SUM(--(FREQUENCY({code},{code})>0))"
    yield InputCheck(area, keys[0], text, f"IF({'+'.join(odd)}=0,{plain},{mask})", quick, odd)


def _orders(area: Area, rules: Rules) -> Iterator[InputCheck]:
    """Each date against all earlier ones in its chain, reported once; dates with a finding of their own do
    not count.
    """
    limits = rules.project.parameters
    earliest, latest = counting.date_literal(limits.earliest_date), counting.date_literal(limits.latest_date)

    def before(earlier: str, value: str) -> str:
        day_ = area.value(earlier)
        fact = area.sheet.column(earlier).fact
        bound = f'IF({STICHTAG}="",{latest},{STICHTAG})' if fact else latest
        return f'IFERROR(({value}-{day_}<0)*({day_}<={bound}),0)*({area.name(earlier)}<>"")'

    for chain in area.sheet.order:
        for earlier, later in combinations(chain, 2):
            value = area.value(later)
            not_before = "".join(f"*(1-{before(c, value)})" for c in chain[: chain.index(earlier)])
            mask = f'({area.name(later)}<>"")*{before(earlier, value)}*({value}>={earliest}){not_before}'
            yield InputCheck(area, later, check_text("P04", before=earlier), mask)


def _dependent(area: Area, dependent: Dependent, layout: Layout) -> Iterator[InputCheck]:
    value, when = area.value(dependent.column), holds(dependent.when, area)
    condition, other = condition_text(dependent.when), dependent.when.column
    yield InputCheck(area, dependent.column, check_text("P05", condition=condition), f'{when}*({value}="")')
    if dependent.else_empty:
        valid = listed(area.value(other), layout.choices[area.sheet.column(other).choices])
        mask = f'(1-{when})*({value}<>"")*IF({area.odd(other)}=0,{area.value(other)}<>"",{valid})'
        yield InputCheck(area, dependent.column, check_text("P06", condition=condition, other=other), mask)


def _rule_rows(area: Area, layout: Layout) -> Iterator[InputCheck]:
    """Lines about the prefilled rows of the rules: numbers, dates, evidence, entries where a figure is
    computed.
    """
    number, done = area.name(RULE_NR.name), area.value(RULE_FULFILLED.name)
    entry = area.name(RULE_ENTRY.name)
    wanted = f"({entry}={excel_text(ENTRY_WANTED)})"
    known = f"(COUNTIF({layout.choices[layout.numbers(area.sheet)]},{number})>0)"
    inputs = "+".join(f"IFERROR(LEN({area.name(c)}),1)" for c in RULE_INPUTS)
    unknown = f"(1-{known})*(LEN({number})>0)"
    yield InputCheck(area, RULE_NR.name, check_text("P14"), f"{unknown}*({inputs}>0)")
    yield InputCheck(area, RULE_NR.name, check_text("P15"), f"{unknown}*({inputs}=0)")
    again = f"(LEN({number})>0)*(IFERROR(MATCH({number},{number},0),0)<>ROW({number})-{FIRST_ROW})"
    yield InputCheck(area, RULE_NR.name, check_text("P03", columns=RULE_NR.name), again)
    yield InputCheck(area, RULE_NR.name, check_text("W13"), f"(LEN({number})=0)*({inputs}+LEN({entry})>0)")
    limits = layout.rules.project.parameters
    wrong = outside(
        done, counting.date_literal(limits.earliest_date), counting.date_literal(limits.latest_date)
    )
    mask = f"{wanted}*{or_error(wrong)}"
    yield InputCheck(area, RULE_FULFILLED.name, date_text(layout.rules), mask)
    yield after_stichtag(area, RULE_FULFILLED.name, layout.rules, wanted)
    evidence = area.value(RULE_EVIDENCE.name)
    mask = f'{wanted}*ISNUMBER({done})*({evidence}="")'
    yield InputCheck(area, RULE_EVIDENCE.name, check_text("P21", table=EVIDENCE.title), mask)
    for column in RULE_INPUTS:
        mask = f"({entry}={excel_text(ENTRY_COMPUTED)})*(LEN({area.name(column)})>0)"
        yield InputCheck(area, column, check_text("P23"), mask)
        if area.sheet.column(column).kind is Kind.TEXT:
            yield InputCheck(area, column, check_text("W01"), f"{wanted}*ISERROR({area.name(column)})")
