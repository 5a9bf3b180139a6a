"""How tall a row must be for its wrapped texts: programs that open the file do not all work it out.

Estimated from the widths of the letters of Arial, on the generous side.
"""

from __future__ import annotations

from functools import lru_cache

from pipeline.report.summary.writing.paper import POINTS_PER_UNIT
from pipeline.report.summary.writing.styles import FONT_SIZE

LINE_POINTS, PADDING_POINTS, TALLEST = 11.8, 1.2, 409.0
MARGIN_POINTS = 1.5  # of a cell, beyond what Excel adds to a column by itself
SAFETY = 1.03
_ARIAL = {  # thousandths of the font's size
    222: "ijl'|",
    278: "ftI.,:;! /[]",
    333: "r-()„“‚‘",
    500: "cksvxyzJ",
    611: "ßFTZ",
    667: "ABEKPSVXYÄ",
    722: "wCDHNRUÜ",
    778: "GOQÖ",
    833: "mM",
    890: "W%—…✓✗◐□○▲@",
}
_WIDTHS = {letter: width for width, letters in _ARIAL.items() for letter in letters}
_COMMON = 556  # digits, most small letters
SHORT = 200  # letters of a text that is remembered


def points(text: str) -> float:
    """Width of a text on one line."""
    return sum(_WIDTHS.get(letter, _COMMON) for letter in text) * FONT_SIZE * SAFETY / 1000


_points_of_word = lru_cache(maxsize=65536)(points)


def lines(text: str, width: float) -> int:
    """Lines that a text takes in a column of this width; a word that is too long is broken."""
    return _known_lines(text, width) if len(text) <= SHORT else _lines(text, width)


def _lines(text: str, width: float) -> int:
    room = max(1.0, width * POINTS_PER_UNIT - MARGIN_POINTS)
    return sum(_wrapped(paragraph, room) for paragraph in text.split("\n"))


_known_lines = lru_cache(maxsize=65536)(_lines)


def _wrapped(paragraph: str, room: float) -> int:
    count, used, space = 1, 0.0, points(" ")
    for word in paragraph.split(" "):
        length = _points_of_word(word) if len(word) <= SHORT else points(word)
        if used and used + space + length > room:
            count, used = count + 1, 0.0
        elif used:
            used += space
        more = int(length // room)
        count, used = count + more, used + length - more * room
    return count


def pieces(text: str, width: float) -> list[str]:
    """The text in parts of which each fits into one row; cut between words, or within an endless one."""
    most = int((TALLEST - PADDING_POINTS) // LINE_POINTS)
    found: list[str] = []
    while lines(text, width) > most:
        low, high = 1, len(text)
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if _fits(text[:middle], width, most) else (low, middle - 1)
        cut = text.rfind(" ", 1, low + 1)
        end = cut if cut > 0 else low
        found.append(text[:end])
        text = text[end:].lstrip(" ")
    return [*found, text]


def _fits(text: str, width: float, most: int) -> bool:
    return lines(text, width) <= most


def row_height(count: int) -> float:
    """Points for so many lines; Excel allows 409."""
    return min(TALLEST, count * LINE_POINTS + PADDING_POINTS)
