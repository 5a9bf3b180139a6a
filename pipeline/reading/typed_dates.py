"""A date typed as text, in German or ISO notation.

Requirement: workbook.md, "What is mended and what is refused". Only ASCII digits are accepted.
"""

from __future__ import annotations

import re
from datetime import date

from pipeline.definitions.spelling import MONTH_WORDS

_MONTH = {word: number for number, words in enumerate(MONTH_WORDS, start=1) for word in words}

_MIDNIGHT = re.compile(r"[T ]+0?0:00(?::00(?:[.,]0+)?)?(?: Uhr)?", re.ASCII)
_GERMAN = re.compile(r"(\d{1,2})\. ?(\d{1,2})\. ?(\d{4}|\d{2})", re.ASCII)
_IN_WORDS = re.compile(r"(\d{1,2})\. ?([A-Za-zäÄ]{3,9})\.? ?(\d{4}|\d{2})", re.ASCII)
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_LIKE_A_DATE = re.compile(
    r"\d{1,4}[./ -]+\d{1,2}[./ -]+(?:\d{1,4}\.?)?|\d{1,2}\.\d{1,2}\.?|\d{1,2}[/-]\d{4}", re.ASCII
)
_MONTH_ONLY = re.compile(r"(?:[A-Za-z]+ )?([A-Za-zäÄ]{3,9})\.? '?\d{2,4}", re.ASCII)
_CENTURY = 50  # two digits from here on mean the 20th century, as the earliest day that may be reported does


def day_in(text: str) -> date | str:
    """The date, or the rule why it is none: W03 no such day, W04 ambiguous, W05 no date."""
    if (match := _MIDNIGHT.search(text)) and match.end() == len(text):
        text = text[: match.start()]
    parts = _parts(text)
    if parts is None:
        return "W04" if _LIKE_A_DATE.fullmatch(text) or _names_a_month(text) else "W05"
    try:
        return date(*parts)
    except ValueError:
        return "W03"


def _parts(text: str) -> tuple[int, int, int] | None:
    """Year, month and day as written; None for other text."""
    if match := _GERMAN.fullmatch(text):
        return _year(match[3]), int(match[2]), int(match[1])
    if match := _ISO.fullmatch(text):
        return int(match[1]), int(match[2]), int(match[3])
    match = _IN_WORDS.fullmatch(text)
    month = _MONTH.get(match[2].casefold()) if match else None
    return (_year(match[3]), month, int(match[1])) if match and month else None


def _year(digits: str) -> int:
    year = int(digits)
    if len(digits) == 4:
        return year
    return year + (1900 if year >= _CENTURY else 2000)


def _names_a_month(text: str) -> bool:
    """Whether the text is a month without a day: April 2026, Ende März 26."""
    match = _MONTH_ONLY.fullmatch(text)
    return match is not None and match[1].casefold() in _MONTH
