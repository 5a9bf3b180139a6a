"""Height of a row for its wrapped texts, as not every program computes it on opening.

Estimated from the widths of the letters of Arial, on the generous side, and from columns as wide as they are
where the default font has Calibri's metrics; elsewhere they are wider.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

TALLEST = 409.0  # points, that Excel allows
MARGIN_POINTS = 1.5  # of a cell, beyond what Excel adds to a column by itself
POINTS_PER_UNIT = 5.25  # a column's width of 1 is 7 pixels of 0.75 points
SAFETY = 1.03
_ARIAL = {  # thousandths of the font's size
    222: "ijl'|",
    278: "ftI.,:;! \u00a0/[]",
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


def width_in_points(text: str, size: float) -> float:
    """Width of a text on one line, in points; ``size`` of the font in points."""
    return sum(_WIDTHS.get(letter, _COMMON) for letter in text) * size * SAFETY / 1000


_points_of_word = lru_cache(maxsize=65536)(width_in_points)


def count_lines(text: str, width: float, size: float) -> int:
    """Number of lines of a text in a column of this width (characters); a word that is too long is broken."""
    return (_known_lines if len(text) <= SHORT else _recent_lines)(text, width, size)


def _lines(text: str, width: float, size: float) -> int:
    return max(count for _, count in ends_of_words(text, width, size))


_known_lines = lru_cache(maxsize=65536)(_lines)
_recent_lines = lru_cache(maxsize=64)(
    _lines
)  # a long text is asked for again at once: does it fit, how tall is it


def ends_of_words(text: str, width: float, size: float) -> Iterator[tuple[int, int]]:
    """Yield the position after each word, and the number of lines up to there in a column of this width."""
    room = max(1.0, width * POINTS_PER_UNIT - MARGIN_POINTS)
    space, end, count = width_in_points(" ", size), -1, 0
    for paragraph in text.split("\n"):
        count, used = count + 1, 0.0
        for word in paragraph.split(" "):
            length = _points_of_word(word, size) if len(word) <= SHORT else width_in_points(word, size)
            if used and used + space + length > room:
                count, used = count + 1, 0.0
            elif used:
                used += space
            if length >= room:  # the word alone fills lines
                more = int(length // room)
                count, used = count + more, used + length - more * room
            else:
                used += length
            end += 1 + len(word)
            yield end, count
