"""Text that others wrote (names of files, sheets, municipalities) on its way to a reader's eyes.

A terminal obeys control characters, a line end forges a line, a sign of direction turns what follows around.
"""

from __future__ import annotations

import unicodedata


def visible(text: str, keep: str = "") -> str:
    """The text with every character that is not seen written out, as in ``\\x1b`` or ``\\u202e``.

    ``keep``: characters that may stay, such as line ends within a cell. Blanks of any width stay.
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c in keep else _shown(c) for c in text)


def _shown(character: str) -> str:
    if unicodedata.category(character) == "Zs":
        return character
    number = ord(character)
    if number < 0x100:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"
