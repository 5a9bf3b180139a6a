"""Makes text that others wrote (names of files, sheets, municipalities) safe to show.

Control characters would act on a terminal, a line end would look like a further line, and marks of text
direction would reverse what follows.
"""

from __future__ import annotations

import unicodedata


def escaped(text: str, keep: str = "") -> str:
    r"""Return the text with every invisible character written out, such as ``\x1b`` or ``\u202e``.

    ``keep``: characters that stay, such as line ends within a cell. Spaces of any width stay as well.
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
