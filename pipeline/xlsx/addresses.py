"""Column letters of Excel and their numbers.

openpyxl and xlsxwriter know them too but take a second to load; the process that reads a received file loads
neither.
"""

from __future__ import annotations

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
