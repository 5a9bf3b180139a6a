"""Parses one cell into one typed value. The only parsing step: pandera never coerces.

Lossless repairs are noted (rules M…); anything else that does not fit the column is one error (rules W…). The
repairs: workbook.md, "What is mended and what is refused".
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from typing import Any

from pipeline.definitions.sheet_types import Column, Kind
from pipeline.definitions.sheets import EVIDENCE_KEY, NO, YES
from pipeline.definitions.spelling import (
    NO_MARKS,
    YES_MARKS,
    comparable,
    composed,
    one_line,
    plain_dashes,
    without_invisible,
)
from pipeline.reading.personal import is_remark, is_whole_name
from pipeline.reading.typed_dates import day_in

Parsed = tuple[Any, tuple[str, ...]]  # value or None, and the rules of what was found
Mended = tuple[str, tuple[str, ...]]

_EMPTY: Parsed = (None, ())
# ASCII: digits of other scripts are not guessed at.
_PLAIN_INTEGER = re.compile(r"(-?\d{1,15})(,0+)?", re.ASCII)
_SPACED_INTEGER = re.compile(r"-?\d{1,3}(?: \d{3})+", re.ASCII)
_GROUPED = re.compile(r"-?\d{1,3}([.,]\d{3})+", re.ASCII)
_EXACT = 10.0**15  # from here on Excel keeps no longer every digit
_LINE_BREAK = re.compile(r"[\n\r]")
_AND = re.compile(r"(?<![^ ;,])und(?![^ ;,])")
_AROUND_DASH = re.compile(r" ?- ?")
_KEY_LIKE = re.compile(r"[A-Za-z]{1,2}-\d+", re.ASCII)
_BETWEEN = re.compile(r"[\s;,/+&|]*(?:und[\s;,/+&|]*)?")


# --- text ---------------------------------------------------------------------------------------------


def clean(text: str) -> Parsed:
    """Free text without surrounding, no-break and invisible characters, with composed umlauts."""
    mended, found = _mended(text, without_invisible)
    return mended or None, found


def tidy(text: str) -> Mended:
    """Text of a name, key, choice, number or date: cleaned and on one line."""
    return _mended(text, one_line)


def _mended(text: str, how: Callable[[str], str]) -> Mended:
    plain = how(text)
    found: tuple[str, ...] = () if plain == text else ("M01",)
    if (whole := composed(plain)) != plain:
        found = (*found, "M02")
    return whole, found


def _dashed(text: str, found: tuple[str, ...]) -> Mended:
    plain = plain_dashes(text)
    return plain, (found if plain == text else (*found, "M20"))


def _as_text(raw: Any) -> str:
    if isinstance(raw, bool):
        return "wahr" if raw else "falsch"
    if isinstance(raw, float):
        return str(int(raw)) if raw.is_integer() else str(raw).replace(".", ",")
    if isinstance(raw, date):
        return f"{raw:%d.%m.%Y}"
    return str(raw)


def _text(column: Column, raw: Any) -> Parsed:
    if not isinstance(raw, str):
        return _as_text(raw), ("M16",)
    if not (column.is_name or column.initials):
        return clean(raw)
    text, found = tidy(raw)
    if column.initials and is_whole_name(text):
        return None, ("W28",)
    return text or None, found


# --- keys ---------------------------------------------------------------------------------------------


@cache
def _form(prefix: str) -> re.Pattern[str]:
    return re.compile(rf"{prefix}-[0-9]{{3,6}}")


@cache
def _list(prefix: str) -> re.Pattern[str]:
    """Pattern of well-formed keys separated by semicolons, which need no repair."""
    return re.compile(rf"{prefix}-[0-9]{{3,6}}(?: ?; ?{prefix}-[0-9]{{3,6}})*+")


@cache
def _lines(prefix: str) -> re.Pattern[str]:
    """Pattern of well-formed keys and empty cells, each with a line end."""
    return re.compile(rf"(?:(?:{prefix}-[0-9]{{3,6}})?+\n)*+")


def _one_key(column: Column, text: str) -> Mended:
    """A key in canonical spelling; an impossible one unchanged, for the schema to refuse."""
    plain, found = _dashed(text, ())
    form = _form(column.prefix)
    if form.fullmatch(plain):
        return plain, found
    upper = _AROUND_DASH.sub("-", plain).upper()
    if not (upper.isascii() and form.fullmatch(upper)):
        return text, ()
    if upper != plain.upper():
        found = ("M01", *found)
    return upper, (*found, "M21") if upper[: len(column.prefix)] != plain[: len(column.prefix)] else found


def _key(column: Column, raw: Any) -> Parsed:
    if not isinstance(raw, str):
        return _as_text(raw), ("M16",)
    text, found = tidy(raw)
    if not text:
        return None, found
    key, mended = _one_key(column, text)
    if _form(column.prefix).fullmatch(key):
        return key, _once(found, mended)
    joined, more = _one_key(column, _without_breaks(raw))
    if _form(column.prefix).fullmatch(joined):
        return joined, _once(("M01",), found, more)
    if _are_several(text):
        return None, ("W25",)
    return (None, ("W27",)) if _is_remark(column, text) else (text, found)


def _is_remark(column: Column, text: str) -> bool:
    return column.prefix == EVIDENCE_KEY.prefix and is_remark(text)


def _without_breaks(raw: str) -> str:
    """A key without the line breaks or no-break spaces inside it."""
    return without_invisible(re.sub("[\u00a0\u202f\r\n]", "", raw))


def _once(*found: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(rule for rules in found for rule in rules))


def _are_several(text: str) -> bool:
    """Whether a text is two or more keys, and nothing else."""
    plain = plain_dashes(text)
    return len(_KEY_LIKE.findall(plain)) > 1 and all(
        _BETWEEN.fullmatch(rest) for rest in _KEY_LIKE.split(plain)
    )


def _keys(column: Column, raw: Any) -> Parsed:
    """Keys as a tuple, each once, in the given order."""
    if not isinstance(raw, str):
        return (_as_text(raw),), ("M16",)
    if _list(column.prefix).fullmatch(raw):
        return tuple(dict.fromkeys(raw.replace(" ", "").split(";"))), ()
    items, found = _parted(raw)
    if not items:
        return None, found
    keys = [_one_key(column, item) for item in items]
    values = [key for key, _ in keys]
    bad = [value for value in values if not _form(column.prefix).fullmatch(value)]
    if bad and any(map(_are_several, bad)):
        return None, ("W26",)
    if bad and _is_remark(column, " ".join(bad)):
        return None, ("W27",)
    return tuple(dict.fromkeys(values)), _once(found, *(rules for _, rules in keys))


def _parted(raw: str) -> tuple[list[str], tuple[str, ...]]:
    """Parts of a cell with several values, and the rules of the repairs needed to separate them."""
    text, found = clean(raw)
    if text is None:
        return [], found
    line, more = tidy(_LINE_BREAK.sub(";", text))
    items = _items(_AND.sub(";", line).replace(",", ";"))
    if not items:
        return [], _once(found, ("M27",))
    if items != _items(line) or _LINE_BREAK.search(text):
        more = (*more, "M22")
    return items, _once(found, more)


def _items(text: str) -> list[str]:
    return [item for part in text.split(";") if (item := part.strip())]


# --- choices ------------------------------------------------------------------------------------------


@cache
def _choices(column: Column) -> dict[str, tuple[str, str]]:
    """Comparable wording → (choice, rule of the repair when only case or wording differ)."""
    meant = {comparable(old): (new, "M23") for old, new in column.former_choices}
    if YES in column.choices:
        meant |= dict.fromkeys(YES_MARKS, (YES, "M03"))
    if NO in column.choices:
        meant |= dict.fromkeys(NO_MARKS, (NO, "M03"))
    return meant | {comparable(c): (c, "M03" if c in (YES, NO) else "M04") for c in column.choices}


def _choice_of(column: Column, text: str) -> Mended:
    """The choice that a text means; an unknown one unchanged, for the schema to refuse."""
    if text in column.choices:
        return text, ()
    choice, rule = _choices(column).get(comparable(text), (text, ""))
    if not rule:
        return text, ()
    if rule == "M04" and choice.casefold() != text.casefold():  # a dash differs
        return choice, ("M20",) if plain_dashes(choice) == plain_dashes(text) else ("M04", "M20")
    return choice, (rule,)


def _choice(column: Column, raw: Any) -> Parsed:
    if isinstance(raw, bool) and YES in column.choices:
        return _yes_or_no(column, raw)
    text, found = tidy(raw) if isinstance(raw, str) else (_as_text(raw), ())
    if not text:
        return None, found
    if column.choices == (YES,) and comparable(text) in (NO, *NO_MARKS):
        return None, _once(found, ("M26",))
    choice, mended = _choice_of(column, text)
    if choice not in column.choices and _are_choices(column, raw):
        return None, ("W25",)
    return choice, _once(found, mended)


def _yes_or_no(column: Column, ticked: bool) -> Parsed:
    """Value of a checkbox; an empty one in a Leermeldung has none."""
    if ticked:
        return YES, ("M03",)
    return (NO, ("M03",)) if NO in column.choices else (None, ("M26",))


def _are_choices(column: Column, raw: Any) -> bool:
    if not isinstance(raw, str):
        return False
    parts = [p for p in re.split(r"[;,/+&\n\r]", raw) if p.strip()]
    return len(parts) > 1 and all(comparable(p) in _choices(column) for p in parts)


def _several_choices(column: Column, raw: Any) -> Parsed:
    """Choices as a tuple, each once, in the given order."""
    items, found = _parted(raw) if isinstance(raw, str) else ([_as_text(raw)], ("M16",))
    if not items:
        return None, found
    chosen = [_choice_of(column, item) for item in items]
    return tuple(dict.fromkeys(value for value, _ in chosen)), _once(found, *(rules for _, rules in chosen))


# --- dates and numbers --------------------------------------------------------------------------------


def _date(column: Column, raw: Any) -> Parsed:
    if isinstance(raw, datetime):
        midnight = (raw.hour, raw.minute, raw.second, raw.microsecond) == (0, 0, 0, 0)
        return raw.date(), () if midnight else ("M15",)
    if isinstance(raw, date):
        return raw, ()
    if not isinstance(raw, str):
        return None, ("W05",)
    text, found = _dashed(*tidy(raw))
    if not text:
        return None, found
    day = day_in(text)
    return (None, (day,)) if isinstance(day, str) else (day, (*found, "M06"))


def _integer(column: Column, raw: Any) -> Parsed:
    if isinstance(raw, float) and abs(raw) < _EXACT:
        if raw.is_integer():
            return int(raw), ()
        nearly = float(f"{raw:.15g}")  # what Excel shows: the rest is an artefact of its arithmetic
        return (int(nearly), ("M24",)) if nearly.is_integer() else (None, ("W07",))
    if not isinstance(raw, str):
        return None, ("W07",)
    text, found = _dashed(*tidy(raw))
    if not text:
        return None, found
    if _SPACED_INTEGER.fullmatch(text):
        text = text.replace(" ", "")
    if match := _PLAIN_INTEGER.fullmatch(text):
        return int(match[1]), (*found, "M05")
    return None, ("W06" if _GROUPED.fullmatch(text) else "W07",)


def _ags(column: Column, raw: Any) -> Parsed:
    if isinstance(raw, float) and raw.is_integer() and 0 <= raw < 10**8:
        return f"{int(raw):08d}", ("M07",)
    if not isinstance(raw, str):
        return None, ("D13",)
    text, found = tidy(raw)
    if (digits := text.replace(" ", "")) != text:
        text, found = digits, _once(found, ("M01",))
    if re.fullmatch(r"[0-9]{8}|[1-9][0-9]{6}", text):
        return text.zfill(8), found if len(text) == 8 else (*found, "M07")
    return None, ("D13",)


_PARSERS: dict[Kind, Callable[[Column, Any], Parsed]] = {
    Kind.TEXT: _text,
    Kind.KEY: _key,
    Kind.REFERENCE: _key,
    Kind.REFERENCES: _keys,
    Kind.CHOICE: _choice,
    Kind.CHOICES: _several_choices,
    Kind.DATE: _date,
    Kind.INTEGER: _integer,
    Kind.AGS: _ags,
}


# --- cells and columns --------------------------------------------------------------------------------


def parse(column: Column, raw: Any) -> Parsed:
    """(value or None, rules of findings). Types as in ``model.Table``."""
    return _EMPTY if raw == "" else _PARSERS[column.kind](column, raw)


def parse_column(column: Column, raws: list[Any]) -> tuple[list[Any], list[tuple[int, str]]]:
    """Typed values, and (position, rule) of every finding; equal cells are parsed once."""
    classes = set(map(type, raws))
    if _is_plain(column, classes, raws):
        return [raw or None for raw in raws], []
    cells: list[Any] = raws
    if bool in classes:  # True == 1.0, and yet they do not mean the same
        cells = [(raw.__class__, raw) for raw in raws]
    parser, distinct = _PARSERS[column.kind], dict(zip(cells, raws, strict=True))
    known = {cell: _EMPTY if raw == "" else parser(column, raw) for cell, raw in distinct.items()}
    values = [known[cell][0] for cell in cells]
    if not any(rules for _, rules in known.values()):
        return values, []
    return values, [(position, rule) for position, cell in enumerate(cells) for rule in known[cell][1]]


def _is_plain(column: Column, classes: set[type], raws: list[Any]) -> bool:
    """Whether a column needs no parsing, but for empty cells as None.

    True for ASCII text without outer spaces, well-formed keys, dates in a column of dates, and an empty
    column.
    """
    if classes == {str}:
        if column.kind in (Kind.KEY, Kind.REFERENCE):
            lines = "\n".join([*raws, ""])
            return lines.count("\n") == len(raws) and _lines(column.prefix).fullmatch(lines) is not None
        if column.kind is Kind.TEXT and not (column.is_name or column.initials):
            return "".join(raws).isascii() and raws == [raw.strip() for raw in raws]
        return not any(raws)
    return (
        column.kind is Kind.DATE and classes <= {str, date} and not any(r for r in raws if r.__class__ is str)
    )
