"""Finds the submissions in a file of the folder, and notes on the rest of its content."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from pipeline.disk.system_calls import sha256_of_file
from pipeline.reading.containers.opened import OpenedContainer, open_container
from pipeline.reading.containers.parts import MAX_CONTAINER
from pipeline.reading.containers.sorts import CONTAINERS, HEAD_BYTES, Sort, by_name, sort_of
from pipeline.reading.containers.source import Member, Source
from pipeline.reading.package.preflight import Refused


class Unpacked(NamedTuple):
    """``files``: submissions by path. ``notes``: path and rule of files that are none."""

    files: list[tuple[str, Source]]
    notes: list[tuple[str, str]]


def unpack_container(name: str, path: Path) -> Unpacked:
    """The submissions in a file. ``name``: its path in the folder; paths inside a container begin with it."""
    try:
        sort = _sort_of(name, path)
        if sort in CONTAINERS:
            return _in_container(name, path, sort)
    except OSError:
        sort = by_name(name)
        sort = Sort.WORKBOOK if sort in CONTAINERS else sort
    if sort is Sort.WORKBOOK:
        return Unpacked([(name, path)], [])
    return Unpacked([], [(name, "N33" if sort is Sort.CLOSED else "N30")])


def _sort_of(name: str, path: Path) -> Sort:
    def head() -> bytes:
        with path.open("rb") as file:
            return file.read(HEAD_BYTES)

    def whole() -> bytes:
        return path.read_bytes() if path.stat().st_size <= MAX_CONTAINER else b""

    return sort_of(name, head, whole)


def _in_container(name: str, path: Path, sort: Sort) -> Unpacked:
    try:
        opened: OpenedContainer = open_container(path, sort)
    except Refused as refused:
        sha256 = sha256_of_file(path)
        return Unpacked([(name, Member(path, sort, refused=refused.finding.rule, sha256=sha256))], [])
    files: list[tuple[str, Source]] = []
    for inner, found in opened.members.items():
        rule, sha256 = found.refused or ("", "")
        files.append((f"{name}/{inner}", Member(path, sort, inner, found.received_on, rule, sha256)))
    return Unpacked(files, [(f"{name}/{inner}".removesuffix("/"), rule) for inner, rule in opened.notes])
