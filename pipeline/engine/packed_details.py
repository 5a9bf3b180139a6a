"""Packs the details of a municipality: JSON by pydantic, compressed with zlib; listed tables as ``packing`` does."""

from __future__ import annotations

import zlib
from dataclasses import replace
from functools import cache

import msgspec
from pydantic import TypeAdapter

from pipeline.engine.packing import pack_tables, unpack_tables
from pipeline.evaluate.details import Details

_FAST = 1  # level of zlib


@cache
def _adapter() -> TypeAdapter[Details]:
    """Made when it is first needed: most commands read no details."""
    return TypeAdapter(Details)


def pack_details(details: Details) -> bytes:
    """Return the details as bytes; ``unpack_details`` gives equal ones."""
    figures = _adapter().dump_json(replace(details, listed={}))
    return msgspec.msgpack.encode((zlib.compress(figures, _FAST), pack_tables(details.listed)))


def unpack_details(data: bytes) -> Details:
    figures, tables = msgspec.msgpack.decode(data, type=tuple[bytes, bytes])
    return replace(_adapter().validate_json(zlib.decompress(figures)), listed=unpack_tables(tables))
