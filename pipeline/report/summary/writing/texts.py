"""Prepares texts for cells: characters that a workbook cannot hold, and texts that a program would
reinterpret.
"""

from __future__ import annotations

import re

from pipeline.definitions.foreign import escaped
from pipeline.definitions.sheet_types import LONGEST_TEXT

CUT = " … [gekürzt: Eine Zelle fasst nicht mehr]"
_UNIT = 2  # bytes

# Whoever edits such a cell and presses Enter would get a formula, a number, a date or a truth value.
_READ_ANEW = re.compile(
    r"""[=+\-@'\t\r\n]
    | \s* [=+\-@]
    | [\s(€$%.,]* \d
    | (?: true | false | wahr | falsch ) \s* $
    | (?: jan | feb | mar | mär | mrz | apr | ma[iy] | jun | jul | aug | sep | o[ck]t | nov | de[cz] ) \w* [.\s/-]* \d
    """,
    re.VERBOSE | re.IGNORECASE,
)
_RICH = ("<r>", "</r>")  # xlsxwriter takes such a text for its own XML


def storable(text: str) -> str:
    """The text as a cell can hold it, with other characters made visible."""
    text = escaped(text, keep="\n")
    if len(text) > LONGEST_TEXT // _UNIT:
        text = _fitting(text)
    return f"{text} " if text.startswith(_RICH[0]) and text.endswith(_RICH[1]) else text


def read_anew(text: str) -> bool:
    """Whether a program would turn this text into something else when it is edited."""
    return _READ_ANEW.match(text) is not None


def _fitting(text: str) -> str:
    """The text cut to the limit of a cell, with a note, never within a character."""
    units = text.encode("utf-16-le")
    if len(units) <= LONGEST_TEXT * _UNIT:
        return text
    return units[: (LONGEST_TEXT - len(CUT)) * _UNIT].decode("utf-16-le", "ignore") + CUT
