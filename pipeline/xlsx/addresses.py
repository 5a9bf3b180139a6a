"""Column letters of Excel and their numbers; ranges of cells.

openpyxl and xlsxwriter know them too but take a second to load; the process that reads a received file loads
neither.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache


@cache
def column_letters(number: int) -> str:
    """Return the letters of a column number: 1 → ``A``, 27 → ``AA``."""
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


@cache
def column_number(letters: str) -> int:
    """Return the number of column letters: ``A`` → 1, ``AA`` → 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def cell_ranges(cells: Sequence[str]) -> Iterator[str]:
    """Yield addresses of one column as addresses and ranges: C5, C6, C7, C9 → C5:C7, C9."""
    letters = cells[0].rstrip("0123456789") if cells else ""
    rows = [int(cell[len(letters) :]) for cell in cells]
    start = 0
    for end in range(1, len(rows) + 1):
        if end < len(rows) and rows[end] == rows[end - 1] + 1:
            continue
        yield cells[start] if end - start == 1 else f"{cells[start]}:{cells[end - 1]}"
        start = end
