"""A line of the sheet Prüfung, and parts of formulas that several lines share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pipeline.definitions.messages import MESSAGES, SEVERITY_WORDS, german_date
from pipeline.definitions.sheet_types import Column, Condition, Sheet
from pipeline.rules import Rules
from pipeline.template import counting
from pipeline.template.cell_formulas import literally, words_apart
from pipeline.template.highlights import EN_DASH, STICHTAG
from pipeline.template.layout import Area, Layout
from pipeline.xlsx.formulas import excel_text


@dataclass(frozen=True)
class InputCheck:
    """One line: what is wrong in a column; without a column, in a row.

    ``mask``: array formula, 1 where wrong. ``quick``: a formula for the count that is right while all cells
    named in ``clean`` are 0. ``records``: rows that are no records are left out.
    """

    area: Area
    column: str
    text: str
    mask: str
    quick: str = ""
    clean: tuple[str, ...] = ()
    records: bool = False


def check_text(rule: str, **words: object) -> str:
    """Severity and text of a finding in the words of the report (``definitions.messages``)."""
    message = MESSAGES[rule]
    return f"{SEVERITY_WORDS[message.severity]}: {message.text.format_map(words)}"


def severe(rule: str, text: str) -> str:
    return f"{SEVERITY_WORDS[MESSAGES[rule].severity]}: {text}"


def integer_text(column: Column) -> str:
    return severe("W07", f"Keine ganze Zahl ab {column.minimum}.")


def date_text(rules: Rules) -> str:
    limits = rules.project.parameters
    return severe(
        "W14", f"Kein Datum vom {german_date(limits.earliest_date)} bis {german_date(limits.latest_date)}."
    )


def or_error(mask: str) -> str:
    """The mask, with 1 where the cell holds an error value."""
    return f"IFERROR({mask},1)"


def outside(value: str, first: str, last: str) -> str:
    """Formula: 1 where a cell is filled with anything but a number from ``first`` to ``last``."""
    return f'({value}<>"")*(1-({value}>={first})*({value}<={last}))'


def _plain(cells: str) -> str:
    return f'SUBSTITUTE({cells},"{EN_DASH}","-")'


def _equals(cells: str, value: str) -> str:
    plain = value.replace(EN_DASH, "-")
    return f"({_plain(cells) if plain != value else cells}={excel_text(plain)})"


def holds(condition: Condition, area: Area) -> str:
    """Formula over a column: 1 where a condition is true."""
    value = area.value(condition.column)
    if not condition.values:
        return f'({value}<>"")'
    return "((" + "+".join(_equals(value, v) for v in condition.values) + ")>0)"


def listed(text: str, choices: str) -> str:
    """Formula: 1 where a text is one of the choices."""
    return f"ISNUMBER(MATCH({literally(_plain(text))},{_plain(choices)},0))"


def last_day(layout: Layout, *, fact: bool = False) -> str:
    """Formula: the last allowed day; of dates reported as fact, the reporting date."""
    latest = counting.date_literal(layout.rules.project.parameters.latest_date)
    return f'IF({STICHTAG}="",{latest},{STICHTAG})' if fact else latest


def lies_within(layout: Layout, value: str, *, fact: bool = False) -> str:
    """Formula: 1 where a value is a date without a finding of its own.

    The value occurs once, because of LibreOffice's limit of 8,192 parts: its distance from the middle of the
    period is compared.
    """
    first, last = (
        counting.date_literal(layout.rules.project.parameters.earliest_date),
        last_day(layout, fact=fact),
    )
    return f"IFERROR(--(ABS({value}-({first}+{last})/2)<=({last}-{first})/2),0)"


def place_of(cells: str, keys: str) -> str:
    """Formula: for each cell the position of its key in another sheet, and 1 where it is missing there."""
    return f"N(IF(1,IFERROR(MATCH({cells},{keys},0),1)))"


def key_value(layout: Layout, sheet: Sheet | str) -> str:
    """Name of the range with the repaired keys of a sheet."""
    area = layout.areas[sheet if isinstance(sheet, str) else sheet.title]
    return area.value(area.sheet.key[0])


def any_part(area: Area, column: Column, wrong: Callable[[str], str], error: int = 1) -> str:
    """Formula: 1 where one of the parts between ";" is wrong; ``error`` where the cell holds an error value."""
    part = _parts(area, column, area.value(column.name))
    return f'(MMULT(IFERROR(({part}<>"")*({wrong(part)}),{error}),{_ones(area, column)})>0)'


def whole_name(area: Area, column: Column) -> str:
    """Formula: 1 where a cell holds given name and surname: two words or more, not all as short as initials."""
    part, ones = _parts(area, column, words_apart(area.value(column.name))), _ones(area, column)
    plain = part
    for other in "0123456789./&+():_@":
        plain = f'SUBSTITUTE({plain},"{other}","")'
    no_word = f'({part}<>"")*((LEN({part})<2)+({plain}<>{part})>0)'
    words, others, long = (
        f"MMULT(IFERROR(--({what}),0),{ones})" for what in (f'{part}<>""', no_word, f"LEN({part})>=4")
    )
    return f"({words}>1)*({others}=0)*({long}>0)"


def _parts(area: Area, column: Column, text: str) -> str:
    """Formula: the parts between ";" side by side, as many as the fullest cell has."""
    most, room = area.parts(column.name)
    numbers = f"COLUMN(INDEX($1:$1,1):INDEX($1:$1,{most}))"
    spread = f'SUBSTITUTE({text},";",REPT(" ",{room}))'
    return f"TRIM(MID({spread},({numbers}-1)*{room}+1,{room}))"


def _ones(area: Area, column: Column) -> str:
    """Formula: a column of ones, to add up the parts of a cell."""
    return f"ROW(INDEX($A:$A,1):INDEX($A:$A,{area.parts(column.name)[0]}))^0"
