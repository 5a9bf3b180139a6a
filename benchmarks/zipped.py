"""A zip file from parts that are deflated already, so that what many files share is deflated once.

``zipfile`` of the standard library deflates every part anew, which is most of the time of making a workbook.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from typing import NamedTuple

_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_VERSION, _NO_FLAGS, _DEFLATED, _TIME, _DAY = (
    20,
    0,
    zlib.DEFLATED,
    0,
    0x21,
)  # 1 January 1980, as Excel writes it


class Part(NamedTuple):
    size: int
    crc: int
    packed: bytes


def part_of(data: bytes) -> Part:
    deflate = zlib.compressobj(zlib.Z_DEFAULT_COMPRESSION, zlib.DEFLATED, -zlib.MAX_WBITS)
    return Part(len(data), zlib.crc32(data), deflate.compress(data) + deflate.flush())


def zipped(parts: Mapping[str, Part]) -> bytes:
    """The parts in their order, by name (ASCII)."""
    body, directory, offset = [], [], 0
    for name, part in parts.items():
        common = (_NO_FLAGS, _DEFLATED, _TIME, _DAY, part.crc, len(part.packed), part.size, len(name), 0)
        local = _LOCAL.pack(b"PK\x03\x04", _VERSION, *common) + name.encode()
        directory += [
            _CENTRAL.pack(b"PK\x01\x02", _VERSION, _VERSION, *common, 0, 0, 0, 0, offset),
            name.encode(),
        ]
        body += [local, part.packed]
        offset += len(local) + len(part.packed)
    listed = b"".join(directory)
    end = _END.pack(b"PK\x05\x06", 0, 0, len(parts), len(parts), len(listed), offset, 0)
    return b"".join([*body, listed, end])
