"""One cell → one typed value. The only parsing step: pandera never coerces.

Lossless repairs are noted (rules M…), everything else that is not what the column wants is one error
(rules W…). Which repairs there are: workbook.md, "What is mended and what is refused".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from pipeline.definitions.model import Column, Kind
from pipeline.definitions.sheets import NO, YES

Parsed = tuple[Any, tuple[str, ...]]  # value or None, and the rules of what was found

_EMPTY: Parsed = (None, ())
_SPACES = re.compile("[\u00a0\u2007\u202f]")
_ZERO_WIDTH = re.compile("[\u200b\u2060\ufeff]")
# ASCII: digits of other scripts are not guessed at.
_GERMAN_DATE = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", re.ASCII)
_ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_LIKE_A_DATE = re.compile(r"\d{1,4}[./ -]\d{1,2}[./ -]\d{1,4}\.?", re.ASCII)
_PLAIN_INTEGER = re.compile(r"(-?\d{1,15})(,0+)?", re.ASCII)
_GROUPED = re.compile(r"-?\d{1,3}([.,]\d{3})+", re.ASCII)
_EXACT = 10.0**15  # from here on Excel keeps no longer every digit
_YES_MARKS = frozenset(("x", "✓", "✔"))


def clean(text: str) -> Parsed:
    """Text without surrounding, no-break and zero-width spaces, with composed umlauts."""
    if text.isascii() and text == text.strip():
        return text or None, ()
    found: tuple[str, ...] = ()
    plain = _ZERO_WIDTH.sub("", _SPACES.sub(" ", text)).strip()
    if plain != text:
        found = ("M01",)
    composed = unicodedata.normalize("NFC", plain)
    if composed != plain:
        found = (*found, "M02")
    return composed or None, found


def _as_text(raw: Any) -> str:
    if isinstance(raw, bool):
        return "wahr" if raw else "falsch"
    if isinstance(raw, float):
        return str(int(raw)) if raw.is_integer() else str(raw).replace(".", ",")
    if isinstance(raw, date):
        return f"{raw:%d.%m.%Y}"
    return str(raw)


def _text(column: Column, raw: Any) -> Parsed:
    if isinstance(raw, str):
        return clean(raw)
    return _as_text(raw), ("M16",)


def _date(column: Column, raw: Any) -> Parsed:
    if isinstance(raw, datetime):
        midnight = (raw.hour, raw.minute, raw.second, raw.microsecond) == (0, 0, 0, 0)
        return raw.date(), () if midnight else ("M15",)
    if isinstance(raw, date):
        return raw, ()
    if not isinstance(raw, str):
        return None, ("W05",)
    text, found = clean(raw)
    if text is None:
        return None, found
    if match := _GERMAN_DATE.fullmatch(text):
        day, month, year = map(int, match.groups())
    elif match := _ISO_DATE.fullmatch(text):
        year, month, day = map(int, match.groups())
    else:
        return None, ("W04" if _LIKE_A_DATE.fullmatch(text) else "W05",)
    try:
        return date(year, month, day), (*found, "M06")
    except ValueError:
        return None, ("W03",)


def _integer(column: Column, raw: Any) -> Parsed:
    if isinstance(raw, float) and raw.is_integer() and abs(raw) < _EXACT:
        return int(raw), ()
    if not isinstance(raw, str):
        return None, ("W07",)
    text, found = clean(raw)
    if text is None:
        return None, found
    if match := _PLAIN_INTEGER.fullmatch(text):
        return int(match[1]), (*found, "M05")
    return None, ("W06" if _GROUPED.fullmatch(text) else "W07",)


def _choice_of(column: Column, text: str) -> tuple[str, tuple[str, ...]]:
    """The choice that the text means; an unknown one stays as it is, for the schema to refuse."""
    if text in column.choices:
        return text, ()
    folded = text.casefold()
    for choice in column.choices:
        if choice.casefold() == folded:
            return choice, ("M03" if choice in (YES, NO) else "M04",)
    if YES in column.choices and folded in _YES_MARKS:
        return YES, ("M03",)
    return text, ()


def _choice(column: Column, raw: Any) -> Parsed:
    if isinstance(raw, bool) and NO in column.choices:
        return (YES if raw else NO), ("M03",)
    text, found = clean(raw) if isinstance(raw, str) else (_as_text(raw), ())
    if text is None:
        return None, found
    choice, mended = _choice_of(column, text)
    return choice, (*found, *mended)


def _several(column: Column, raw: Any) -> Parsed:
    """Values separated by ``;`` as a tuple, each once, in the order given."""
    text, found = _text(column, raw)
    if text is None:
        return None, found
    items = [part.strip() for part in text.split(";") if part.strip()]
    if column.kind is Kind.CHOICES:
        chosen = [_choice_of(column, item) for item in items]
        items = [value for value, _ in chosen]
        found = (*found, *dict.fromkeys(rule for _, rules in chosen for rule in rules))
    return tuple(dict.fromkeys(items)) or None, found


def _ags(column: Column, raw: Any) -> Parsed:
    if isinstance(raw, float) and raw.is_integer() and 0 <= raw < 10**8:
        return f"{int(raw):08d}", ("M07",)
    if not isinstance(raw, str):
        return None, ("D13",)
    text, found = clean(raw)
    if text is not None and re.fullmatch(r"[0-9]{7,8}", text):
        return text.zfill(8), found if len(text) == 8 else (*found, "M07")
    return None, ("D13",)


_PARSERS: dict[Kind, Callable[[Column, Any], Parsed]] = {
    Kind.TEXT: _text,
    Kind.KEY: _text,
    Kind.REFERENCE: _text,
    Kind.REFERENCES: _several,
    Kind.CHOICE: _choice,
    Kind.CHOICES: _several,
    Kind.DATE: _date,
    Kind.INTEGER: _integer,
    Kind.AGS: _ags,
}


def parse(column: Column, raw: Any) -> Parsed:
    """(value or None, rules found). The value is typed as ``model.Table`` says."""
    return _EMPTY if raw == "" else _PARSERS[column.kind](column, raw)


def parse_column(column: Column, raws: list[Any]) -> tuple[list[Any], list[tuple[int, str]]]:
    """Typed values, and (position, rule) of everything found; equal cells are parsed once."""
    classes = set(map(type, raws))
    if _is_plain(column.kind, classes, raws):
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


_TEXTS = (Kind.TEXT, Kind.KEY, Kind.REFERENCE)


def _is_plain(kind: Kind, classes: set[type], raws: list[Any]) -> bool:
    """Whether a whole column is taken over as it stands, empty cells as None.

    So are ASCII texts without spaces around them, dates in a column of dates, and a column of nothing.
    """
    if classes == {str}:
        if kind in _TEXTS:
            return "".join(raws).isascii() and raws == [raw.strip() for raw in raws]
        return not any(raws)
    return kind is Kind.DATE and classes <= {str, date} and not any(r for r in raws if r.__class__ is str)
