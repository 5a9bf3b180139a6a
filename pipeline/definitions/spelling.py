"""Which differences of spelling do not count when texts are compared.

Names, keys, choices, headers, numbers and dates are all normalised here before they are compared.
Requirement: workbook.md, "What is mended and what is refused".
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Soft hyphen, zero-width characters, marks of direction, byte order mark.
INVISIBLE = "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
DASHES = "\u2010-\u2015\u2212"
YES_MARKS = ("x", "✓", "✔", "☑", "☒", "wahr", "true")  # read as "ja"
NO_MARKS = ("falsch", "false", "☐")  # read as "nein"
MONTH_WORDS = (
    ("januar", "jänner", "jan"), ("februar", "feb"), ("märz", "maerz", "mrz", "mär"), ("april", "apr"), ("mai",),
    ("juni", "jun"), ("juli", "jul"), ("august", "aug"), ("september", "sept", "sep"), ("oktober", "okt"),
    ("november", "nov"), ("dezember", "dez"),
)  # fmt: skip
_INVISIBLE = re.compile(f"[{INVISIBLE}]")
_OTHER_DASH = re.compile(f"[{DASHES}]")
_SPACES = re.compile("[\u00a0\u2000-\u200a\u202f\u205f\u3000]")
_RUN = re.compile(r"\s+")
_TRANSLITERATION = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss"}
)


def composed(text: str) -> str:
    """Return the text with letters of two characters (NFD, as macOS writes umlauts) composed to one (NFC)."""
    return unicodedata.normalize("NFC", text)


def without_invisible(text: str) -> str:
    """Return the text stripped and without invisible characters; other spaces become ordinary ones.

    Line breaks stay.
    """
    if text.isascii():
        return text.strip()
    return _SPACES.sub(" ", _INVISIBLE.sub("", text)).strip()


def one_line(text: str) -> str:
    """Return the text without invisible characters, repeated spaces and line breaks: for names, keys and
    choices.
    """
    return _RUN.sub(" ", without_invisible(text))


def plain_dashes(text: str) -> str:
    """Return the text with every kind of dash and the minus sign as a hyphen."""
    return text if text.isascii() else _OTHER_DASH.sub("-", text)


@lru_cache(maxsize=4096)  # headers and choices come again and again
def comparable(text: str) -> str:
    """Return a form of the text that is equal for texts of the same meaning: normalised, without case."""
    return plain_dashes(composed(one_line(text))).casefold()


def for_file_name(name: str) -> str:
    """Return a name for a file: umlauts spelled out, accents dropped, everything else a single ``_``."""
    spelled = composed(name).translate(_TRANSLITERATION)
    plain = unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9]+", "_", plain).strip("_")
