"""Names of files in containers: untrusted text that becomes part of a path, on Windows as well."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container

LONGEST_PART = 150  # bytes of one part: the letter's ending and a number still fit into 255
LONGEST_NAME = 600  # bytes of all parts; a longer one goes by its last part
_FOREIGN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
_NOT_ON_WINDOWS = frozenset('<>:"|?*')
_DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)\s*(\..*)?", re.IGNORECASE)
_HIDDEN = re.compile(r"(^|[/\\])(\.|__MACOSX[/\\]|(thumbs\.db|desktop\.ini)$)", re.IGNORECASE)
_LOCK = re.compile(r"(^|[/\\])~\$[^/\\]*$")


def skipped(name: str) -> str | None:
    """The rule that reports lock files and hidden files, as in the folder; None for others."""
    if _LOCK.search(name):
        return "N01"
    return "N02" if _HIDDEN.search(name) else None


def file_name(name: str) -> str:
    """Name of an attachment without the folders that some programs put before it."""
    return re.split(r"[/\\]", name)[-1]


def safe_name(name: str, fallback: str) -> str:
    """A relative path that every system can write; ``fallback`` where nothing of the name is left."""
    parts = [safe for part in re.split(r"[/\\]", name) if (safe := _safe_part(part))]
    if sum(len(p.encode()) + 1 for p in parts) > LONGEST_NAME:
        parts = parts[-1:]
    return "/".join(parts) or fallback


def _safe_part(part: str) -> str:
    """A path part without control and format characters, device names, and dots or spaces at its ends."""
    text = unicodedata.normalize("NFC", part)
    text = "".join("_" if c in _NOT_ON_WINDOWS or unicodedata.category(c) in _FOREIGN else c for c in text)
    text = " ".join(text.split()).strip(". ")
    return _cut(f"_{text}" if _DEVICE.fullmatch(text) else text)


def _cut(part: str) -> str:
    """A path part of at most ``LONGEST_PART`` bytes, with its extension."""
    if len(part.encode()) <= LONGEST_PART:
        return part
    stem, dot, ending = part.rpartition(".")
    if not dot or len(ending) > 8:
        stem, ending = part, ""
    room = LONGEST_PART - len(f"{dot}{ending}".encode())
    return stem.encode()[:room].decode("utf-8", "ignore").rstrip(". ") + (f".{ending}" if ending else "")


def free_name(name: str, taken: Container[str]) -> str:
    """``Mappe.xlsx``, ``Mappe (2).xlsx``, …; ``taken`` holds names in small letters."""
    if name.lower() not in taken:
        return name
    stem, dot, ending = name.rpartition(".")
    if not dot or "/" in ending:
        stem, dot, ending = name, "", ""
    number = 2
    while (again := f"{stem} ({number}){dot}{ending}").lower() in taken:
        number += 1
    return again
