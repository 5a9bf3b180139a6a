"""What the sheet Prüfung looks for, as Excel formulas: one line for each column and kind of mistake.

The words are those of the report's own findings. A mask is an array over the rows in use: 1 where the cell
is wrong. Only functions that Excel 2016, Excel Online and LibreOffice share.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations

from pipeline.checks.stichtag import MANY_ROWS
from pipeline.definitions.messages import (
    MESSAGES,
    SEVERITY_WORDS,
    condition_text,
    either,
    german_date,
    key_form,
)
from pipeline.definitions.model import Column, Condition, Dependent, Kind, Sheet
from pipeline.definitions.sheets import (
    ENTRY_COMPUTED,
    ENTRY_WANTED,
    EVIDENCE,
    RULE_ENTRY,
    RULE_EVIDENCE,
    RULE_FULFILLED,
    RULE_INPUTS,
    RULE_NR,
)
from pipeline.rules import Rules
from pipeline.template import counting
from pipeline.template.highlights import EN_DASH, STICHTAG
from pipeline.template.layout import FIRST_ROW, LATER, Area, Layout
from pipeline.template.lists import filled
from pipeline.template.mending import key_is_sound, literally
from pipeline.xlsx.formulas import excel_text


@dataclass(frozen=True)
class InputCheck:
    """One line: what is wrong in which column.

    ``quick`` is a formula for the count that is right while all cells named in ``clean`` are 0.
    """

    area: Area
    column: str
    text: str
    mask: str
    quick: str = ""
    clean: tuple[str, ...] = ()


def worded(rule: str, **words: object) -> str:
    """Severity and text of a finding, as the report words it."""
    message = MESSAGES[rule]
    return f"{SEVERITY_WORDS[message.severity]}: {message.text.format_map(words)}"


def _severe(rule: str, text: str) -> str:
    return f"{SEVERITY_WORDS[MESSAGES[rule].severity]}: {text}"


def integer_text(column: Column) -> str:
    return _severe("W07", f"Keine ganze Zahl ab {column.minimum}.")


def date_text(rules: Rules) -> str:
    limits = rules.project.parameters
    return _severe(
        "W14", f"Kein Datum vom {german_date(limits.earliest_date)} bis {german_date(limits.latest_date)}."
    )


def checks_of(layout: Layout) -> Iterator[InputCheck]:
    """All lines that concern one sheet and the sheets it refers to, in the order of the tabs."""
    for area in layout.areas.values():
        if area.sheet.prefill:
            yield from _rule_rows(area, layout)
        else:
            for column in area.sheet.columns:
                yield from _cells(area, column, layout)
            yield from _unique(area)
            yield from _orders(area, layout.rules)
            for dependent in area.sheet.dependents:
                yield from _dependent(area, dependent, layout)
        for column in area.sheet.columns:
            if column.to:
                yield from _reference(area, column, layout)


# --- single cells -------------------------------------------------------------------------------------


def _cells(area: Area, column: Column, layout: Layout) -> Iterator[InputCheck]:
    name, value, clean = column.name, area.value(column.name), (area.odd(column.name),)
    if column.required:
        yield InputCheck(area, name, worded("W13"), f'{filled(area)}*({value}="")', "0", (area.gaps_name,))
    match column.kind:
        case Kind.KEY | Kind.REFERENCE:
            mask = _or_error(f'({value}<>"")*(1-{key_is_sound(value, column.prefix)})')
            yield InputCheck(area, name, worded("W12", form=key_form(column)), mask, "0", clean)
        case Kind.CHOICE:
            mask = _or_error(f'({value}<>"")*(1-{_listed(value, layout.choices[column.choices])})')
            yield InputCheck(area, name, worded("W10"), mask, "0", clean)
        case Kind.CHOICES:
            mask = any_part(area, column, lambda part: f"1-{_listed(part, layout.choices[column.choices])}")
            yield InputCheck(area, name, worded("W10"), mask, "0", clean)
        case Kind.INTEGER:
            mask = _or_error(
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


def _or_error(mask: str) -> str:
    """An error value is nothing that a cell may hold."""
    return f"IFERROR({mask},1)"


def outside(value: str, first: str, last: str) -> str:
    """1 where something stands that is no number from the first to the last; a text is beyond every number."""
    return f'({value}<>"")*(1-({value}>={first})*({value}<={last}))'


def _texts(area: Area, column: Column) -> Iterator[InputCheck]:
    cells, value = area.name(column.name), area.value(column.name)
    yield InputCheck(area, column.name, worded("W01"), f"ISERROR({cells})")
    if column.max_length < Column.max_length:
        mask = f"LEN({value})>{column.max_length}"
        yield InputCheck(area, column.name, worded("W09", maximum=column.max_length), mask)


def _typed_as_text(area: Area, column: Column, rule: str) -> InputCheck:
    mask = f"ISTEXT({area.name(column.name)})*ISNUMBER({area.value(column.name)})"
    return InputCheck(area, column.name, worded(rule), mask, "0", (area.odd(column.name),))


def _dates(area: Area, column: Column, rules: Rules) -> Iterator[InputCheck]:
    name, cells, value = column.name, area.name(column.name), area.value(column.name)
    clean, limits = (area.odd(name),), rules.project.parameters
    first, last = counting.day(limits.earliest_date), counting.day(limits.latest_date)
    mask = _or_error(outside(value, first, last))
    quick = f'COUNT({cells})-COUNTIFS({cells},">="&{first},{cells},"<"&({last}+1))'
    yield InputCheck(area, name, date_text(rules), mask, quick, clean)
    if column.fact:
        yield after_stichtag(area, name, rules)
    if column.project_time:
        start = counting.day(rules.project.start)
        quick = f'COUNTIFS({cells},">="&{first},{cells},"<"&{start})'
        mask = f"ISNUMBER({value})*({value}>={first})*({value}<{start})"
        yield InputCheck(
            area, name, worded("P20", start=german_date(rules.project.start)), mask, quick, clean
        )


def after_stichtag(area: Area, name: str, rules: Rules, where: str = "1") -> InputCheck:
    """A day that is told already, because there is no such day in the project's time, is not told again."""
    cells, value = area.name(name), area.value(name)
    end = counting.day(rules.project.parameters.latest_date)
    mask = f"{where}*({value}>={counting.BEFORE})*({value}<={end})"
    days = f'COUNTIFS({cells},">="&{counting.BEFORE},{cells},"<"&({end}+1))'
    quick = f'IF({STICHTAG}="",0,{days})' if where == "1" else ""
    few = f"({LATER}<{MANY_ROWS})"
    quick = f"{few}*{quick}" if quick else ""
    return InputCheck(area, name, worded("P02"), f"{few}*{mask}", quick, (area.odd(name),))


# --- rows ---------------------------------------------------------------------------------------------


def first_places(area: Area) -> tuple[str, str]:
    """Where a record's key stands first, and where the record stands: different for a repeat."""
    here = f"ROW({area.name(area.sheet.key[0])})-{FIRST_ROW}"
    if len(area.sheet.key) == 1:
        value = area.value(area.sheet.key[0])
        return f"MATCH({value},{value},0)", here
    together = '&"|"&'.join(f'IFERROR({area.value(c)},"")' for c in area.sheet.key)
    return f"MATCH({together},{together},0)", here


def _code(area: Area) -> str:
    """Several keys as one number, while each cell holds its value: where each first stands; else one's own."""
    keys = [area.name(c) for c in area.sheet.key]
    complete = "*".join(f'({k}<>"")' for k in keys)
    firsts = "+".join(f"MATCH({k},{k},0)*10^{5 * i}" for i, k in enumerate(keys))
    return f"IF({complete},{firsts},-ROW({keys[0]}))"


def _complete(area: Area, key: str) -> str:
    """1 where something can be read in a column of the key."""
    value = area.value(key)
    return f"ISNUMBER({value})" if area.sheet.column(key).kind is Kind.DATE else f'({value}<>"")'


def _unique(area: Area) -> Iterator[InputCheck]:
    """Each repeat after the first."""
    keys = area.sheet.key
    if not keys:
        return
    complete = "*".join(_complete(area, k) for k in keys)
    first, here = first_places(area)
    mask, text = f"{complete}*IFERROR({first}<>{here},0)", worded("P03", columns=" + ".join(keys))
    if len(keys) == 1:
        yield InputCheck(area, keys[0], text, mask)
        return
    code = _code(area)
    plain = f"(MATCH({code},{code},0)<>{here})"
    odd = tuple(area.odd(k) for k in keys)
    quick = f"ROWS({area.name(keys[0])})-SUM(--(FREQUENCY({code},{code})>0))"
    yield InputCheck(area, keys[0], text, f"IF({'+'.join(odd)}=0,{plain},{mask})", quick, odd)


def _orders(area: Area, rules: Rules) -> Iterator[InputCheck]:
    """Each date against all before it in its chain, told once; one that is told itself does not count."""
    limits = rules.project.parameters
    earliest, latest = counting.day(limits.earliest_date), counting.day(limits.latest_date)

    def before(earlier: str, value: str) -> str:
        day_ = area.value(earlier)
        fact = area.sheet.column(earlier).fact
        bound = f'IF({STICHTAG}="",{latest},{STICHTAG})' if fact else latest
        return f'IFERROR(({value}-{day_}<0)*({day_}<={bound}),0)*({area.name(earlier)}<>"")'

    for chain in area.sheet.order:
        for earlier, later in combinations(chain, 2):
            value = area.value(later)
            told = "".join(f"*(1-{before(c, value)})" for c in chain[: chain.index(earlier)])
            mask = f'({area.name(later)}<>"")*{before(earlier, value)}*({value}>={earliest}){told}'
            yield InputCheck(area, later, worded("P04", before=earlier), mask)


def _plain(cells: str) -> str:
    return f'SUBSTITUTE({cells},"{EN_DASH}","-")'


def _equals(cells: str, value: str) -> str:
    plain = value.replace(EN_DASH, "-")
    return f"({_plain(cells) if plain != value else cells}={excel_text(plain)})"


def holds(condition: Condition, area: Area) -> str:
    """1 where a condition is true."""
    value = area.value(condition.column)
    if not condition.values:
        return f'({value}<>"")'
    return "((" + "+".join(_equals(value, v) for v in condition.values) + ")>0)"


def _listed(text: str, choices: str) -> str:
    """1 where a text is one of the choices."""
    return f"ISNUMBER(MATCH({literally(_plain(text))},{_plain(choices)},0))"


def _dependent(area: Area, dependent: Dependent, layout: Layout) -> Iterator[InputCheck]:
    value, when = area.value(dependent.column), holds(dependent.when, area)
    condition, other = condition_text(dependent.when), dependent.when.column
    yield InputCheck(area, dependent.column, worded("P05", condition=condition), f'{when}*({value}="")')
    if dependent.else_empty:
        listed = _listed(area.value(other), layout.choices[area.sheet.column(other).choices])
        mask = f'(1-{when})*({value}<>"")*IF({area.odd(other)}=0,{area.value(other)}<>"",{listed})'
        yield InputCheck(area, dependent.column, worded("P06", condition=condition, other=other), mask)


def _rule_rows(area: Area, layout: Layout) -> Iterator[InputCheck]:
    """What stands in the sheets of the rules: numbers, days, evidence, and entries where a figure is computed."""
    number, done = area.name(RULE_NR.name), area.value(RULE_FULFILLED.name)
    entry = area.name(RULE_ENTRY.name)
    wanted = f"({entry}={excel_text(ENTRY_WANTED)})"
    known = _listed(number, layout.choices[layout.numbers(area.sheet)])
    inputs = "+".join(f"IFERROR(LEN({area.name(c)}),1)" for c in RULE_INPUTS)
    yield InputCheck(area, RULE_NR.name, worded("P14"), f"(1-{known})*(LEN({number})>0)*({inputs}>0)")
    limits = layout.rules.project.parameters
    wrong = outside(done, counting.day(limits.earliest_date), counting.day(limits.latest_date))
    mask = f"{wanted}*{_or_error(wrong)}"
    yield InputCheck(area, RULE_FULFILLED.name, date_text(layout.rules), mask)
    yield after_stichtag(area, RULE_FULFILLED.name, layout.rules, wanted)
    evidence = area.value(RULE_EVIDENCE.name)
    mask = f'{wanted}*ISNUMBER({done})*({evidence}="")'
    yield InputCheck(area, RULE_EVIDENCE.name, worded("P21", table=EVIDENCE.title), mask)
    for column in RULE_INPUTS:
        mask = f"({entry}={excel_text(ENTRY_COMPUTED)})*(LEN({area.name(column)})>0)"
        yield InputCheck(area, column, worded("P23"), mask)
        if area.sheet.column(column).kind is Kind.TEXT:
            yield InputCheck(area, column, worded("W01"), f"{wanted}*ISERROR({area.name(column)})")


# --- references ---------------------------------------------------------------------------------------


def place_of(cells: str, keys: str) -> str:
    """For each cell the position of its key in another sheet; 1 where it is not there."""
    return f"N(IF(1,IFERROR(MATCH({cells},{keys},0),1)))"


def key_value(layout: Layout, sheet: Sheet | str) -> str:
    """Name of what is read in the column of keys of a sheet."""
    area = layout.areas[sheet if isinstance(sheet, str) else sheet.title]
    return area.value(area.sheet.key[0])


def _reference(area: Area, column: Column, layout: Layout) -> Iterator[InputCheck]:
    value, keys = area.value(column.name), key_value(layout, column.to)
    text, sound = worded("P07", table=column.to), key_is_sound(value, column.prefix)
    if column.kind is Kind.REFERENCES:
        where = f"({area.name(RULE_ENTRY.name)}={excel_text(ENTRY_WANTED)})*" if area.sheet.prefill else ""
        wrong = any_part(area, column, lambda part: f"1-{key_is_sound(part, column.prefix)}")
        yield InputCheck(
            area,
            column.name,
            worded("W12", form=key_form(column)),
            where + wrong,
            "0",
            (area.odd(column.name),),
        )
        lost = any_part(
            area,
            column,
            lambda part: f"{key_is_sound(part, column.prefix)}*ISERROR(MATCH({part},{keys},0))",
            error=0,
        )
        yield InputCheck(area, column.name, text, where + lost)
        return
    yield InputCheck(area, column.name, text, f'({value}<>"")*{sound}*ISERROR(MATCH({value},{keys},0))')
    if column.to_where is not None:
        condition, target = column.to_where, layout.areas[column.to]
        found = f"INDEX({target.value(condition.column)},{place_of(value, keys)})"
        valid = _listed(found, layout.choices[target.sheet.column(condition.column).choices])
        fitting = _listed(found, layout.choices[condition.values])
        mask = f'({value}<>"")*ISNUMBER(MATCH({value},{keys},0))*{valid}*(1-{fitting})'
        words = {"table": column.to, "other": condition.column, "values": either(condition.values)}
        yield InputCheck(area, column.name, worded("P08", **words), mask)


def any_part(area: Area, column: Column, wrong: Callable[[str], str], error: int = 1) -> str:
    """1 where one of the parts between ";" is wrong, ``error`` where the cell holds an error value.

    The parts stand side by side, as many as the fullest cell has.
    """
    most, room = area.parts(column.name)
    numbers = f"COLUMN(INDEX($1:$1,1):INDEX($1:$1,{most}))"
    spread = f'SUBSTITUTE({area.value(column.name)},";",REPT(" ",{room}))'
    part = f"TRIM(MID({spread},({numbers}-1)*{room}+1,{room}))"
    ones = f"ROW(INDEX($A:$A,1):INDEX($A:$A,{most}))^0"
    return f'(MMULT(IFERROR(({part}<>"")*({wrong(part)}),{error}),{ones})>0)'
