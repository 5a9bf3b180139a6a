"""Packs results: JSON by pydantic from the types of ``definitions.results``, compressed with zlib."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from typing import overload

from pydantic import TypeAdapter

from pipeline.definitions.results import Result

_FAST = 1  # level of zlib: a result becomes a tenth of its size; higher levels gain little


@cache
def _adapter() -> TypeAdapter[Result]:
    """Built when the first result is packed; ``kisi check`` packs none."""
    return TypeAdapter(Result)


def pack_result(result: Result) -> bytes:
    """Return the result as bytes; ``unpack_result`` gives an equal one."""
    return zlib.compress(_adapter().dump_json(result), _FAST)


def unpack_result(data: bytes) -> Result:
    """Return the result that was packed. Raises one of ``packing.Unpackable`` for any other bytes."""
    return _adapter().validate_json(zlib.decompress(data))


_KEPT_RESULTS = 1024  # unpacked at a time; each takes seven times its packed size


class Results(Sequence[Result]):
    """A sequence of results that keeps them packed and unpacks one on access, as there may be thousands."""

    def __init__(self, packed: Iterable[bytes]) -> None:
        self._packed = tuple(packed)
        self._unpacked = lru_cache(_KEPT_RESULTS)(self._unpack)

    def _unpack(self, position: int) -> Result:
        return unpack_result(self._packed[position])

    @overload
    def __getitem__(self, position: int) -> Result: ...

    @overload
    def __getitem__(self, position: slice) -> Sequence[Result]: ...

    def __getitem__(self, position: int | slice) -> Result | Sequence[Result]:
        if isinstance(position, slice):
            return Results(self._packed[position])
        return self._unpacked(range(len(self))[position])

    def __len__(self) -> int:
        return len(self._packed)
