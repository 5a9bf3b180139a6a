"""Row heights of the report for wrapped texts."""

from __future__ import annotations

from itertools import takewhile

from pipeline.report.summary.writing.styles import FONT_SIZE
from pipeline.xlsx.wrapped_text import TALLEST, count_lines, ends_of_words, width_in_points

# Arial of 9 points is 14 pixels high, each further line 15 at most. An official prints hundreds of such rows.
LINE_POINTS, PADDING_POINTS = 11.25, -0.75


def points(text: str) -> float:
    """Width of a text on one line, in points."""
    return width_in_points(text, FONT_SIZE)


def lines(text: str, width: float) -> int:
    """Number of lines of a text in a column of this width; a word that is too long is broken."""
    return count_lines(text, width, FONT_SIZE)


def pieces(text: str, width: float) -> list[str]:
    """The text in pieces that each fit into one row, cut between words if possible."""
    most = int((TALLEST - PADDING_POINTS) // LINE_POINTS)
    found: list[str] = []
    while lines(text, width) > most:
        fitting = takewhile(lambda e: e[1] <= most, ends_of_words(text, width, FONT_SIZE))
        end = max((n for n, _ in fitting if n and text[n] == " "), default=0) or _letters(text, width, most)
        found.append(text[:end])
        text = text[end:].lstrip(" ")
    return [*found, text]


def _letters(text: str, width: float, most: int) -> int:
    """Number of letters that fit into so many lines."""
    low, high = 1, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if lines(text[:middle], width) <= most else (low, middle - 1)
    return low


def row_height(count: int) -> float:
    """Height in points for so many lines; Excel allows 409."""
    return min(TALLEST, count * LINE_POINTS + PADDING_POINTS)
