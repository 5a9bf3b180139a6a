"""Writes a zip field by field, so that any field can be made wrong."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

STORED, DEFLATED = 0, 8


@dataclass
class Member:
    """One entry. Fields that are None are filled in truthfully; ``central_*`` differ from the local header."""

    name: bytes
    data: bytes
    method: int = DEFLATED
    flags: int = 0
    crc: int | None = None
    size: int | None = None
    packed_size: int | None = None
    packed: bytes | None = None
    stamp: int = 0x00210000  # 1 January 1980, midnight
    extra: bytes = b""
    central_extra: bytes = b""
    central_name: bytes | None = None
    central_method: int | None = None
    central_size: int | None = None
    central_offset: int | None = None
    attributes: int = 0
    disk: int = 0
    descriptor: bool = False  # sizes stand behind the data, as streaming programs write them

    def body(self) -> bytes:
        if self.packed is not None:
            return self.packed
        if self.method != DEFLATED:
            return self.data
        deflate = zlib.compressobj(6, zlib.DEFLATED, -15)
        return deflate.compress(self.data) + deflate.flush()

    def fields(self, body: bytes) -> tuple[int, int, int]:
        crc = zlib.crc32(self.data) if self.crc is None else self.crc
        packed = len(body) if self.packed_size is None else self.packed_size
        return crc, packed, len(self.data) if self.size is None else self.size


def write(
    members: Iterable[Member],
    *,
    before: bytes = b"",
    comment: bytes = b"",
    count: int | None = None,
    shift: int = 0,
    after: bytes = b"",
) -> bytes:
    """The archive. ``before`` stands in front of it and is not reported; ``shift`` is added to the directory's
    place; ``count`` is the number of entries that the end record claims."""
    out, directory, entries = b"", b"", 0
    for member in members:
        body = member.body()
        local, central = _headers(member, body, len(out))
        out += local + body
        if member.descriptor:
            out += b"PK\x07\x08" + struct.pack("<LLL", *member.fields(body))
        directory += central
        entries += 1
    claimed = entries if count is None else count
    end = struct.pack("<4sHHHHLLH", b"PK\x05\x06", 0, 0, claimed & 0xFFFF, claimed & 0xFFFF,
                      len(directory), (len(out) + shift) & 0xFFFFFFFF, len(comment))  # fmt: skip
    return before + out + directory + end + comment + after


def _headers(member: Member, body: bytes, offset: int) -> tuple[bytes, bytes]:
    sizes = member.fields(body)
    flags = member.flags | (8 if member.descriptor else 0)
    shown = (0, 0, 0) if member.descriptor else sizes
    local = struct.pack("<4sHHHLLLLHH", b"PK\x03\x04", 20, flags, member.method, member.stamp, *shown,
                        len(member.name), len(member.extra))  # fmt: skip
    name = member.name if member.central_name is None else member.central_name
    method = member.method if member.central_method is None else member.central_method
    size = sizes[2] if member.central_size is None else member.central_size
    place = offset if member.central_offset is None else member.central_offset
    central = struct.pack("<4sHHHHLLLLHHHHHLL", b"PK\x01\x02", 20, 20, flags, method, member.stamp,
                          sizes[0], sizes[1], size, len(name), len(member.central_extra), 0, member.disk,
                          0, member.attributes, place)  # fmt: skip
    return local + member.name + member.extra, central + name + member.central_extra
