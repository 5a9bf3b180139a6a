"""How tall a row must be for its wrapped texts: programs that open the file do not all work it out.

Estimated from the widths of the letters of Arial, on the generous side.
"""

from __future__ import annotations

from functools import lru_cache

from pipeline.report.summary.styles import FONT_SIZE

LINE_POINTS, PADDING_POINTS, TALLEST = 11.8, 3.0, 409.0
POINTS_PER_UNIT = 5.25  # a column's width of 1 is 7 pixels of 0.75 points
SAFETY = 1.04
NARROW, WIDE, CAPITAL, COMMON = 0.28, 0.85, 0.70, 0.556  # of the font's size
_NARROW, _WIDE = frozenset("iljtfI.,:;!'|()[]/ -"), frozenset("mwMW%@—…÷✓✗◐□○▲")


@lru_cache(maxsize=4096)
def _letter(letter: str) -> float:
    if letter in _NARROW:
        return NARROW
    if letter in _WIDE:
        return WIDE
    return CAPITAL if letter.isupper() else COMMON


def points(text: str) -> float:
    """Width of a text on one line."""
    return sum(map(_letter, text)) * FONT_SIZE * SAFETY


@lru_cache(maxsize=65536)
def lines(text: str, width: float) -> int:
    """Lines that a text takes in a column of this width; a word that is too long is broken."""
    room = max(1.0, (width - 1) * POINTS_PER_UNIT)
    return sum(_wrapped(paragraph, room) for paragraph in text.split("\n"))


def _wrapped(paragraph: str, room: float) -> int:
    count, used, space = 1, 0.0, points(" ")
    for word in paragraph.replace("-", "- ").split(" "):
        length = points(word)
        if used and used + space + length > room:
            count, used = count + 1, 0.0
        elif used:
            used += space
        more = int(length // room)
        count, used = count + more, used + length - more * room
    return count


def row_height(count: int) -> float:
    """Points for so many lines; Excel allows 409."""
    return min(TALLEST, count * LINE_POINTS + PADDING_POINTS)
