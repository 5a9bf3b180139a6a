"""File names of copies and letters in rueckmeldung/, such that no two are equal.

A copy has the path of its file, a letter that path and ``.txt``. So that a copy never gets the name of a
letter, in this run or an earlier one, a name that ends like a letter's is extended: ``A.xlsx.txt`` becomes
``A.xlsx.txt.xlsx``, a folder of that name ``A.xlsx.txt.ordner``.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import count
from pathlib import PurePosixPath

LETTER = ".txt"
MAX_NAME_BYTES = 255  # bytes on Linux, characters on Windows and macOS: never more than bytes
_LIKE_A_LETTER = re.compile(r"\.txt(?:\.xlsx|\.ordner)*\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FeedbackPlace:
    """Relative paths of copy and letter. ``renamed``: the copy has another name than its file."""

    copy: PurePosixPath
    letter: PurePosixPath
    renamed: bool


def feedback_places(names: Iterable[str]) -> dict[str, FeedbackPlace]:
    """The places of received files by their path; earlier names take precedence."""
    taken = _Taken()
    return {name: _place(name, taken) for name in names}


@dataclass
class _Taken:
    """Paths in use, compared as case-insensitive file systems do."""

    files: set[str] = field(default_factory=set)
    folders: set[str] = field(default_factory=set)

    def add(self, path: PurePosixPath) -> None:
        self.files.add(_key(path))
        self.folders |= {_key(parent) for parent in path.parents}

    def is_free(self, path: PurePosixPath) -> bool:
        key = _key(path)
        return key not in self.files and key not in self.folders


def _key(path: PurePosixPath) -> str:
    return unicodedata.normalize("NFC", str(path)).casefold()


def _place(name: str, taken: _Taken) -> FeedbackPlace:
    *folders, file = _inside(name)
    folder = PurePosixPath()
    for part in folders:
        folder = _folder(folder, part, taken)
    for number in count(1):
        copy = folder / _named(_apart(file, ".xlsx"), number)
        letter = folder / _named(file, number, LETTER)
        if taken.is_free(copy) and taken.is_free(letter):
            break
    taken.add(copy)
    taken.add(letter)
    return FeedbackPlace(copy, letter, str(copy) != name)


def _folder(above: PurePosixPath, part: str, taken: _Taken) -> PurePosixPath:
    names = (_named(_apart(part, ".ordner"), number) for number in count(1))
    return next(above / name for name in names if _key(above / name) not in taken.files)


def _inside(name: str) -> list[str]:
    """The parts of a path without what would lead out of the folder."""
    parts = PurePosixPath(name).parts
    kept = [p for p in parts if p not in ("/", "//", "..", ".") and not p.endswith(":\\")]
    return kept or ["abgabe"]


def _apart(name: str, suffix: str) -> str:
    return name + suffix if _LIKE_A_LETTER.search(name) else name


def _named(name: str, number: int, suffix: str = "") -> str:
    """The name, from the second on with its number; cut where it is too long for the system."""
    path = PurePosixPath(name)
    name = name if number == 1 else f"{path.stem} ({number}){path.suffix}"
    tail = suffix
    if _too_long(name + tail) and number > 1:
        tail = f"~{number}{suffix}"
    while _too_long(name + tail):
        name = name[:-1].rstrip(".")
    return name + tail


def _too_long(name: str) -> bool:
    return len(os.fsencode(name)) > MAX_NAME_BYTES
