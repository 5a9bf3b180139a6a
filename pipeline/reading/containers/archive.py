"""Reads zip archives within the limits of workbooks; names, places, sizes and checksums are checked first."""

from __future__ import annotations

import io
import zipfile
from functools import partial

from pipeline.reading.containers.parts import (
    MAX_CONTAINER,
    MAX_FILES,
    ContainerPart,
    ContainerParts,
    damaged,
    locked,
    too_large,
)
from pipeline.reading.containers.sorts import HEAD_BYTES, too_many_entries
from pipeline.reading.package.preflight import CheckedPackage, Refused, open_package

_EMPTY = b"PK\x05\x06"
_PASSWORD = 0x1


def take_apart_archive(data: bytes) -> ContainerParts:
    """The files of an archive. Raises Refused for encrypted, damaged and too large ones."""
    if data.startswith(_EMPTY):
        return ContainerParts(())
    if len(data) > MAX_CONTAINER or too_many_entries(data):
        raise too_large()
    archive = _listed(data)
    try:
        package = open_package(data, MAX_CONTAINER)
    except Refused:
        raise damaged() from None
    heads = {info.filename: info for info in archive.infolist()}
    return ContainerParts(
        tuple(
            ContainerPart(name, partial(_whole, package, name), partial(_head, archive, heads[name]))
            for name in package.names
        )
    )


def _listed(data: bytes) -> zipfile.ZipFile:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except Exception:  # whatever a library meets in hostile bytes
        raise damaged() from None
    if len(archive.infolist()) > MAX_FILES:
        raise too_large()
    if any(info.flag_bits & _PASSWORD for info in archive.infolist()):
        raise locked()
    return archive


def _whole(package: CheckedPackage, name: str) -> bytes:
    return package.part(name)


def _head(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    try:
        with archive.open(info) as member:
            return member.read(HEAD_BYTES)
    except Exception:  # whatever a library meets in hostile bytes
        return b""
