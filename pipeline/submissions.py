"""Finds the submissions in the folder of received files, which is never changed.

Contract: workbook.md, "Submissions in a folder".
"""

from __future__ import annotations

import os
import stat
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.definitions.messages import finding
from pipeline.definitions.model import Finding
from pipeline.reading.containers.sorts import WORKBOOK_SUFFIXES
from pipeline.reading.containers.source import Member, Source, path_of
from pipeline.reading.containers.unpack import unpack_container

_SYSTEM_FILES = frozenset(("thumbs.db", "desktop.ini"))
MOST_FOLDER_LEVELS = 50  # folders within each other; systems and programs get into trouble at some hundreds


@dataclass(frozen=True, slots=True)
class Received:
    """Files by path (code points), and notes on files that are no submission."""

    files: tuple[tuple[str, Source], ...]
    notes: tuple[tuple[str, Finding], ...]


def receive(folder: Path) -> Received:
    """The submissions in a folder, its subfolders and containers. Paths are relative to it, with ``/``."""
    files: list[tuple[str, Source]] = []
    notes: list[tuple[str, Finding]] = []
    for path, rule in _walk(folder):
        name = path.relative_to(folder).as_posix()
        if rule:
            notes.append((name, finding(rule)))
        else:
            inside = _receive_file(name, path)
            files += inside.files
            notes += inside.notes
    return Received(tuple(sorted(files, key=_name)), tuple(sorted(notes, key=_name)))


def _name(entry: tuple[str, object]) -> str:
    return entry[0]


def _receive_file(name: str, path: Path) -> Received:
    """A file of the folder: one submission, those in a container, or a note."""
    files, notes = unpack_container(name, path)
    return Received(tuple(files), tuple((where, finding(rule)) for where, rule in notes))


def receive_paths(paths: Iterable[Path]) -> Received:
    """Files and folders named on the command line, each file once.

    A file is called by its name, a file in a folder by its path in there; equal names are preceded by the
    folder above.
    """
    files: dict[str, Source] = {}
    notes: dict[str, Finding] = {}
    seen: set[tuple[Path, str]] = set()
    for path in paths:
        received = receive(path) if path.is_dir() else _named(path)
        above = path.resolve() if path.is_dir() else path.resolve().parent
        for name, file in received.files:
            if (place := _place(file)) not in seen:
                seen.add(place)
                files[_free_name(name, above, files)] = file
        notes |= {_free_name(name, above, notes): note for name, note in received.notes}
    return Received(tuple(sorted(files.items(), key=_name)), tuple(sorted(notes.items(), key=_name)))


def _place(source: Source) -> tuple[Path, str]:
    """Identity of a file, however it is named."""
    return path_of(source).resolve(), source.inner if isinstance(source, Member) else ""


def _named(path: Path) -> Received:
    """A file named on the command line; pipes, sockets and devices are not opened, as reading may never end."""
    if path.is_file():
        return _receive_file(path.name, path)
    return Received((), ((path.name, finding("N04")),))


def _free_name(name: str, folder: Path, taken: Container[str]) -> str:
    while name in taken and folder != folder.parent:
        name = f"{folder.name}/{name}"
        folder = folder.parent
    return name


def _walk(folder: Path) -> Iterator[tuple[Path, str | None]]:
    waiting = [(folder, 1)]
    while waiting:
        above, depth = waiting.pop()
        for entry in os.scandir(above):
            path, rule = Path(entry.path), _note(entry)
            is_folder = entry.is_dir(follow_symlinks=False)
            if is_folder and rule in (None, "N05") and depth == MOST_FOLDER_LEVELS:
                yield path, "N20"
                continue
            if rule is not None or not is_folder:
                yield path, rule
            if is_folder and rule in (None, "N05"):
                waiting.append((path, depth + 1))


def _note(entry: os.DirEntry[str]) -> str | None:
    """The rule that says why an entry is no submission; None for a file or an ordinary folder."""
    if entry.name.startswith("~$"):
        return "N01"
    if entry.name.startswith(".") or entry.name.lower() in _SYSTEM_FILES:
        return "N02"
    if entry.is_symlink():
        return "N03"
    if entry.is_dir(follow_symlinks=False):
        return "N05" if entry.name.lower().endswith(WORKBOOK_SUFFIXES) else None
    return None if stat.S_ISREG(entry.stat(follow_symlinks=False).st_mode) else "N04"
