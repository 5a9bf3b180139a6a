"""Excel's letters of columns. openpyxl and xlsxwriter know them too, but cost a second to load.

The process that reads a received file loads nothing else, so that a single workbook is answered at once.
"""

from __future__ import annotations

from functools import cache


@cache
def column_letters(number: int) -> str:
    """1 → ``A``, 27 → ``AA``."""
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


@cache
def column_number(letters: str) -> int:
    """``A`` → 1, ``AA`` → 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
