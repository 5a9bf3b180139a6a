"""How texts are compared: one notion of what may differ without meaning anything.

Names, keys, choices, headers, numbers and dates all go through here before anybody compares them.
Requirement: workbook.md, "What is mended and what is refused".
"""

from __future__ import annotations

import re
import unicodedata

# Soft hyphen, zero-width characters, marks of direction, byte order mark.
INVISIBLE = "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
DASHES = "\u2010-\u2015\u2212"
_INVISIBLE = re.compile(f"[{INVISIBLE}]")
_OTHER_DASH = re.compile(f"[{DASHES}]")
_SPACES = re.compile("[\u00a0\u2000-\u200a\u202f\u205f\u3000]")
_RUN = re.compile(r"\s+")


def composed(text: str) -> str:
    """Umlauts of two characters (NFD, as macOS writes them) as one."""
    return unicodedata.normalize("NFC", text)


def visible(text: str) -> str:
    """Without surrounding and invisible characters; other spaces become ordinary ones. Line breaks stay."""
    if text.isascii():
        return text.strip()
    return _SPACES.sub(" ", _INVISIBLE.sub("", text)).strip()


def one_line(text: str) -> str:
    """Without repeated spaces and line breaks too: for whatever is a name, a key or a choice."""
    return _RUN.sub(" ", visible(text))


def plain_dashes(text: str) -> str:
    """Every kind of dash and the minus sign as hyphen."""
    return text if text.isascii() else _OTHER_DASH.sub("-", text)


def comparable(text: str) -> str:
    """What is equal in two texts that mean the same: spelling mended, without case."""
    return plain_dashes(composed(one_line(text))).casefold()
