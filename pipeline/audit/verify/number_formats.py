"""What a number format shows for a value: two formats count as equal where they show the same.

Programs write one format in several ways (``0.00 %`` and ``0.00\\ %``), so codes are not compared. Sections,
conditions, colours, digits, dates and texts are understood (ECMA-376, 18.8.31), in German notation; fractions
and exponents raise ``ValueError``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import NamedTuple

from pipeline.definitions.spelling import MONTH_WORDS

GENERAL = "General"
# Formats that have a number only (18.8.30); the dates as a German program shows them.
BUILT_IN = {
    0: GENERAL, 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00",
    12: "# ?/?", 13: "# ??/??", 14: "dd.mm.yyyy", 15: "d. mmm yy", 16: "d. mmm", 17: "mmm yy",
    18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss", 22: "dd.mm.yyyy h:mm",
    37: "#,##0;-#,##0", 38: "#,##0;[Red]-#,##0", 39: "#,##0.00;-#,##0.00", 40: "#,##0.00;[Red]-#,##0.00",
    45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0", 48: "##0.0E+0", 49: "@",
}  # fmt: skip
_EPOCH, _LAST_DAY = datetime(1899, 12, 30), 2_958_465  # noqa: DTZ001  - days of a sheet know no zone
_TOKEN = re.compile(
    r'"(?P<text>[^"]*)"|\\(?P<one>.)|_(?P<blank>.)|\*(?P<fill>.)|\[(?P<bracket>[^\]]*)\]'
    r"|(?P<general>general)|(?P<half>am/pm|a/p)|(?P<exponent>e[+-])|(?P<date>y+|m+|d+|h+|s+)|(?P<digit>[0#?])"
    r"|(?P<other>.)",
    re.IGNORECASE | re.DOTALL,
)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?[0-9.]+)")
_COLOUR = re.compile(r"(black|blue|cyan|green|magenta|red|white|yellow|color\s*\d+)", re.IGNORECASE)
_ELAPSED = re.compile("h+|m+|s+", re.IGNORECASE)
_MONTHS = tuple(words[0].capitalize() for words in MONTH_WORDS)
_DAYS = ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag")


class ShownValue(NamedTuple):
    """The text shown in the cell, and the colour that the format gives it."""

    text: str
    colour: str = ""


class Token(NamedTuple):
    """A piece of a format code: literal text, digits, date part …"""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class FormatSection:
    """One section of a format code (between semicolons)."""

    tokens: tuple[Token, ...]
    condition: tuple[str, float] | None = None
    colour: str = ""


@lru_cache(maxsize=100_000)
def shown_value(code: str, value: str | float | None) -> ShownValue:
    """What a cell shows for a value. ValueError for a format that is not understood."""
    if value is None:
        return ShownValue("")
    sections = _sections(code)
    if isinstance(value, str):
        return _text(sections, value)
    section, sign = _section_for(sections, value)
    kinds = {t.kind for t in section.tokens}
    if kinds & {"exponent", "fraction"}:
        raise ValueError(code)
    if "date" in kinds or "elapsed" in kinds:
        text = _date(section.tokens, value)
    elif "general" in kinds:
        text = sign + "".join(_general(abs(value)) if t.kind == "general" else t.text for t in section.tokens)
    else:
        text = sign + _number(section.tokens, abs(value))
    return ShownValue(_plain(text), section.colour)


def _plain(text: str) -> str:
    return " ".join(text.split())


# --- reading a code -----------------------------------------------------------------------------------


@lru_cache(maxsize=1000)
def _sections(code: str) -> tuple[FormatSection, ...]:
    found: list[list[Token]] = [[]]
    for match in _TOKEN.finditer(code or GENERAL):
        kind = match.lastgroup or "other"
        text = match[kind]
        if kind == "other" and text == ";":
            found.append([])
        else:
            found[-1].append(_token(kind, text))
    return tuple(map(_section, found[:4]))


def _token(kind: str, text: str) -> Token:
    if kind in ("text", "one"):
        return Token("literal", text)
    if kind in ("blank", "fill"):
        return Token("literal", " " if kind == "blank" else "")
    if kind == "other":
        names = {".": "point", ",": "comma", "%": "percent", "@": "value", "/": "fraction"}
        return Token(names.get(text, "literal"), text)
    return Token(kind, text.lower() if kind != "general" else text)


def _section(tokens: Sequence[Token]) -> FormatSection:
    kept: list[Token] = []
    condition, colour = None, ""
    for token in tokens:
        if token.kind != "bracket":
            kept.append(token)
        elif match := _CONDITION.fullmatch(token.text):
            condition = (match[1], float(match[2]))
        elif _COLOUR.fullmatch(token.text):
            colour = token.text.lower()
        elif _ELAPSED.fullmatch(token.text):
            kept.append(Token("elapsed", token.text))
        elif token.text.startswith("$"):
            kept.append(Token("literal", token.text[1:].partition("-")[0]))
    if any(t.kind in ("date", "elapsed") for t in kept):
        kept = [Token("literal", t.text) if t.kind in ("point", "comma", "fraction") else t for t in kept]
    return FormatSection(tuple(kept), condition, colour)


def _section_for(sections: Sequence[FormatSection], value: float) -> tuple[FormatSection, str]:
    """The section that applies to a number, and the sign that the program puts before it."""
    minus = "-" if value < 0 else ""
    if any(s.condition for s in sections):
        for section in sections[:3]:
            if section.condition is None or _holds(section.condition, value):
                return section, minus
        raise ValueError("no section")
    if len(sections) == 1 or value > 0:
        return sections[0], minus
    if value < 0:
        return sections[1], ""
    return (sections[2] if len(sections) > 2 else sections[0]), ""


def _holds(condition: tuple[str, float], value: float) -> bool:
    sign, limit = condition
    return {
        "<": value < limit, ">": value > limit, "=": value == limit,
        "<=": value <= limit, ">=": value >= limit, "<>": value != limit,
    }[sign]  # fmt: skip


# --- writing ------------------------------------------------------------------------------------------


def _text(sections: Sequence[FormatSection], value: str) -> ShownValue:
    """A text as it is, unless the fourth or the only section formats it."""
    section = sections[3] if len(sections) > 3 else sections[0] if len(sections) == 1 else None
    if section is None or (len(sections) == 1 and all(t.kind != "value" for t in section.tokens)):
        return ShownValue(value)
    return ShownValue("".join(value if t.kind == "value" else t.text for t in section.tokens), section.colour)


def _general(value: float) -> str:
    return f"{value:.10g}".replace(".", ",")


def _number(tokens: Sequence[Token], value: float) -> str:
    digits = [i for i, t in enumerate(tokens) if t.kind == "digit"]
    if not digits:  # texts only
        return "".join(t.text for t in tokens if t.kind != "value") + (
            _general(value) if any(t.kind == "value" for t in tokens) else ""
        )
    point = next((i for i, t in enumerate(tokens) if t.kind == "point"), len(tokens))
    before, after = [i for i in digits if i < point], [i for i in digits if i > point]
    commas = [i for i, t in enumerate(tokens) if t.kind == "comma"]
    scale = 2 * sum(t.kind == "percent" for t in tokens) - 3 * sum(i > digits[-1] for i in commas)
    number = Decimal(repr(value)).scaleb(scale)
    number = number.quantize(Decimal(1).scaleb(-len(after)), ROUND_HALF_UP)
    whole, _, rest = f"{number:f}".partition(".")
    grouped = any(before and before[0] < i < before[-1] for i in commas)
    placed = {**_whole(tokens, before, whole, grouped=grouped), **_rest(tokens, after, rest)}
    return "".join(_pieces(tokens, placed))


def _pieces(tokens: Sequence[Token], placed: dict[int, str]) -> Iterator[str]:
    for i, token in enumerate(tokens):
        if token.kind == "digit":
            yield placed[i]
        elif token.kind == "point":
            yield ","
        elif token.kind != "comma":
            yield token.text


def _whole(tokens: Sequence[Token], places: list[int], whole: str, *, grouped: bool) -> dict[int, str]:
    """The digits before the decimal point, assigned from the right; the first place takes what is left."""
    least = next((len(places) - n for n, i in enumerate(places) if tokens[i].text == "0"), 0)
    digits = whole.lstrip("0").rjust(least, "0")
    if grouped:
        digits = _with_points(digits)
        return {i: digits if n == 0 else "" for n, i in enumerate(places)}
    placed = {}
    for position, i in enumerate(reversed(places), start=1):
        first = position == len(places)
        at = len(digits) - position
        placed[i] = digits[: max(0, at + 1)] if first else digits[at] if at >= 0 else ""
    return placed


def _with_points(digits: str) -> str:
    return f"{int(digits):,}".replace(",", ".").rjust(len(digits), "0") if digits else ""


def _rest(tokens: Sequence[Token], places: list[int], rest: str) -> dict[int, str]:
    """The digits after the decimal point; optional trailing zeros are left out."""
    placed = dict(zip(places, rest, strict=True))
    for i in reversed(places):
        if tokens[i].text == "0" or placed[i] != "0":
            break
        placed[i] = ""
    return placed


# --- dates --------------------------------------------------------------------------------------------


def _date(tokens: Sequence[Token], value: float) -> str:
    if not 0 <= value <= _LAST_DAY:
        return "#####"
    moment = _EPOCH + timedelta(seconds=round(value * 86400))
    half = any(t.kind == "half" for t in tokens)
    pieces = []
    for i, token in enumerate(tokens):
        if token.kind == "date":
            pieces.append(_date_piece(token.text, moment, half=half, minutes=_is_minutes(tokens, i)))
        elif token.kind == "elapsed":
            unit = {"h": 3600, "m": 60, "s": 1}[token.text[0].lower()]
            pieces.append(str(round(value * 86400) // unit).rjust(len(token.text), "0"))
        elif token.kind == "half":
            pieces.append("AM" if moment.hour < 12 else "PM")
        elif token.kind == "digit":
            pieces.append("0")  # fractions of seconds: none in the report
        else:
            pieces.append(token.text)
    return "".join(pieces)


def _is_minutes(tokens: Sequence[Token], at: int) -> bool:
    """``m`` means minutes after hours and before seconds."""
    dates = [i for i, t in enumerate(tokens) if t.kind in ("date", "elapsed")]
    here = dates.index(at)
    before = tokens[dates[here - 1]].text[0].lower() if here else ""
    after = tokens[dates[here + 1]].text[0].lower() if here + 1 < len(dates) else ""
    return before == "h" or after == "s"


def _date_piece(code: str, moment: datetime, *, half: bool, minutes: bool) -> str:
    size = len(code)
    if code[0] == "y":
        return f"{moment.year:04d}" if size > 2 else f"{moment.year % 100:02d}"
    if code[0] == "d" and size > 2:
        name = _DAYS[moment.weekday()]
        return name if size > 3 else name[:2]
    if code[0] == "m" and not minutes and size > 2:
        name = _MONTHS[moment.month - 1]
        return {3: name[:3], 5: name[0]}.get(size, name)
    hour = (moment.hour % 12 or 12) if half else moment.hour
    number = {"d": moment.day, "h": hour, "s": moment.second}.get(
        code[0], moment.minute if minutes else moment.month
    )
    return str(number).rjust(min(size, 2), "0")
