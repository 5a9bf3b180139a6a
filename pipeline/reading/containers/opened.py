"""Opens a container: lists everything in it, and reads one file of it."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache, partial
from pathlib import Path

from pipeline.reading.containers.archive import take_apart_archive
from pipeline.reading.containers.names import free_name, safe_name, skipped
from pipeline.reading.containers.parts import (
    MAX_CONTAINER,
    MAX_FILES,
    ContainerPart,
    ContainerParts,
    safely,
    too_large,
)
from pipeline.reading.containers.sorts import CONTAINERS, Sort, by_name, sort_of
from pipeline.reading.containers.source import Member, Source, Unread
from pipeline.reading.package.preflight import Refused

LARGEST_FILE = 50_000_000  # a workbook of 20,000 rows in each sheet has a fifth of that
LEVELS = 2  # a container, and those that lie in it
_OF_CONTAINERS = {"D05": "D41", "D22": "D42"}  # a workbook that is damaged or too large, a container likewise
_NOTES = {Sort.ENCLOSURE: "N30", Sort.CLOSED: "N33"}


def _take_apart(sort: Sort, data: bytes) -> ContainerParts:
    """The parts of a container; the mail parsers are imported on demand, as they take time to load."""
    return safely(partial(_taken_apart, sort, data))


def _taken_apart(sort: Sort, data: bytes) -> ContainerParts:
    if sort is Sort.MAIL:
        from pipeline.reading.containers.eml import take_apart_mail  # noqa: PLC0415

        return take_apart_mail(data)
    if sort is Sort.OUTLOOK:
        from pipeline.reading.containers.outlook import take_apart_outlook  # noqa: PLC0415

        return take_apart_outlook(data)
    return take_apart_archive(data)


@dataclass(frozen=True, slots=True)
class ContainedSubmission:
    """A submission in a container; ``refused``: rule for a nested container that could not be opened."""

    whole: Callable[[], bytes]
    received_on: date | None = None
    refused: Unread | None = None


@dataclass(slots=True)
class OpenedContainer:
    """Content of a container by inner name.

    ``notes``: inner name and rule of files that are no submission; "" is the container itself.
    """

    members: dict[str, ContainedSubmission] = field(default_factory=dict)
    notes: list[tuple[str, str]] = field(default_factory=list)
    left: int = MAX_CONTAINER  # bytes of containers in it that may still be opened
    _taken: set[str] = field(default_factory=set)

    def _free(self, name: str) -> str:
        if len(self._taken) >= MAX_FILES:
            raise too_large()
        name = free_name(name, self._taken)
        self._taken.add(name.lower())
        return name

    def add(self, apart: ContainerParts, level: int, mailed: date | None = None) -> None:
        """Adds the parts of a container; ``mailed``: date of the e-mail that it came with."""
        received = apart.received_on or mailed
        for number, part in enumerate(apart.parts, start=1):
            name = self._free(safe_name(part.name, f"Anhang {number}"))
            if rule := skipped(part.name):
                self.notes.append((name, rule))
            else:
                self._sort(name, part, level, received)
        if not self.members:
            self.notes.append(("", "N31"))

    def _sort(self, name: str, part: ContainerPart, level: int, received: date | None) -> None:
        sort = _sort_of(name, part)
        if sort is Sort.WORKBOOK:
            self.members[name] = ContainedSubmission(part.whole, received)
        elif sort not in CONTAINERS or level == LEVELS:
            self.notes.append((name, _NOTES.get(sort, "N32")))
        else:
            try:
                self._descend(sort, name, part, received)
            except Refused as refused:
                self.members[name] = ContainedSubmission(part.whole, received, _unread(refused, part.whole))

    def _descend(self, sort: Sort, name: str, part: ContainerPart, received: date | None) -> None:
        if part.nested is None:
            self.left -= len(part.whole())
        if self.left < 0:
            raise too_large()
        inner = OpenedContainer(left=self.left)
        nested = part.nested or partial(_nested, sort, part.whole)
        inner.add(safely(nested), LEVELS, received)
        for inside, found in inner.members.items():
            whole = partial(_within, nested, inside)
            self.members[self._free(f"{name}/{inside}")] = ContainedSubmission(whole, found.received_on)
        self.notes += [(f"{name}/{inside}".removesuffix("/"), rule) for inside, rule in inner.notes]


def _sort_of(name: str, part: ContainerPart) -> Sort:
    if part.nested is not None:
        return Sort.MAIL
    try:
        return sort_of(name, part.head, part.whole)
    except Refused:
        return by_name(name)


def _nested(sort: Sort, outer: Callable[[], bytes]) -> ContainerParts:
    return _take_apart(sort, outer())


def _within(nested: Callable[[], ContainerParts], name: str) -> bytes:
    """A file in a nested container, which is opened again to save memory."""
    inner = OpenedContainer()
    inner.add(safely(nested), LEVELS)
    return inner.members[name].whole()


def _unread(refused: Refused, whole: Callable[[], bytes]) -> Unread:
    rule = _OF_CONTAINERS.get(refused.finding.rule, refused.finding.rule)
    try:
        return Unread(rule, hashlib.sha256(whole()).hexdigest())
    except Refused:
        return Unread(rule)


def open_container(path: Path, sort: Sort) -> OpenedContainer:
    """The content of a container. Raises Refused when it cannot be opened, OSError when it cannot be read."""
    if path.stat().st_size > MAX_CONTAINER:
        raise too_large()
    opened = OpenedContainer()
    opened.add(_take_apart(sort, path.read_bytes()), 1)
    return opened


@lru_cache(1)  # its files are asked for one after the other
def _opened(path: Path, sort: Sort, size: int, changed: int) -> OpenedContainer:
    return open_container(path, sort)


def contents(source: Source) -> bytes | Unread:
    """The bytes of a received file, or the reason why there are none."""
    if isinstance(source, Member) and source.refused:
        return Unread(source.refused, source.sha256)
    try:
        data = _in_container(source) if isinstance(source, Member) else _first(source)
    except Refused as refused:
        return Unread(refused.finding.rule)
    except (OSError, KeyError):  # unreadable, or another than the one that was listed
        return Unread("D18")
    return data if len(data) <= LARGEST_FILE else Unread("D22")


def _first(path: Path) -> bytes:
    """So many bytes of a file that it is known to be too large; OSError for what is no ordinary file."""
    with open(path, "rb", opener=_without_waiting) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError
        return file.read(LARGEST_FILE + 1)


def _without_waiting(path: str, flags: int) -> int:
    """Opens without blocking: a pipe that nobody writes into would block for ever."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _in_container(member: Member) -> bytes:
    now = member.container.stat()
    opened = _opened(member.container, member.sort, now.st_size, now.st_mtime_ns)
    return opened.members[member.inner].whole()
