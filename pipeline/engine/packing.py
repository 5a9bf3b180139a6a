"""Packs workbooks and findings as bytes, typed by msgspec; results are packed in ``packed_results``.

The packed bytes are data, never code: bytes that do not match the types raise one of ``Unpackable``. Columns
keep the types of ``model.Table``.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any

import msgspec

from pipeline.definitions.model import Answer, Finding, Table, Workbook

# ValueError: pydantic's, of results
Unpackable = (msgspec.MsgspecError, ValueError, zlib.error, OverflowError)
_LARGEST = 2**63 - 1  # what msgpack holds; a larger number travels as its digits
Whole = int | str


@dataclass(frozen=True, slots=True)
class Packed:
    """A packed workbook: ``head`` without its tables, small and always needed, and its ``tables``.

    The file's name is left out: the same content may come under another name.
    """

    head: bytes
    tables: bytes


# --- columns ------------------------------------------------------------------------------------------


class _Empty(msgspec.Struct, tag="-", array_like=True):
    size: int


class _Texts(msgspec.Struct, tag="t", array_like=True):
    values: list[str | None]


class _Dates(msgspec.Struct, tag="d", array_like=True):
    values: list[date | None]


class _Integers(msgspec.Struct, tag="i", array_like=True):
    values: list[Whole | None]


class _Several(msgspec.Struct, tag="s", array_like=True):
    values: list[tuple[str, ...] | None]


_Column = _Empty | _Texts | _Dates | _Integers | _Several
_STRUCTS: dict[type, type[_Texts | _Dates | _Integers | _Several]] = {
    str: _Texts,
    date: _Dates,
    int: _Integers,
    tuple: _Several,
}


def pack_integer(number: int | None) -> Whole | None:
    """Return the number, or its digits as text where it does not fit into 64 bits."""
    return str(number) if number is not None and abs(number) > _LARGEST else number


def unpack_integer(number: Whole | None) -> int | None:
    return int(number) if isinstance(number, str) else number


def _pack_column(values: list[Any]) -> _Column:
    first = next((v for v in values if v is not None), None)
    if first is None:
        return _Empty(len(values))
    if isinstance(first, int):
        return _Integers([pack_integer(v) for v in values])
    return _STRUCTS[type(first)](values)


def _unpack_column(column: _Column) -> list[Any]:
    if isinstance(column, _Empty):
        return [None] * column.size
    if isinstance(column, _Integers):
        return [unpack_integer(v) for v in column.values]
    return column.values


# --- workbooks ----------------------------------------------------------------------------------------


class _Head(msgspec.Struct, array_like=True):
    sha256: str
    kind: str
    ags: str | None
    municipality: str | None
    stichtag: date | None
    number: Whole | None
    template_version: str | None
    rules_version: str | None
    form: dict[str, _Column]
    form_cells: dict[str, str]
    findings: tuple[Finding, ...]
    not_run: tuple[str, ...]
    content: str
    refused: bool
    rows_read: int
    rows_shown: int
    answers: tuple[Answer, ...]


def _fields(value: Any, like: type[msgspec.Struct]) -> dict[str, Any]:
    return {name: getattr(value, name) for name in like.__struct_fields__}


class _Table(msgspec.Struct, array_like=True):
    letters: dict[str, str]
    rows: list[int]
    columns: dict[str, _Column]


_encode = msgspec.msgpack.Encoder().encode
_head = msgspec.msgpack.Decoder(_Head)
_tables = msgspec.msgpack.Decoder(dict[str, msgspec.Raw])
_table = msgspec.msgpack.Decoder(_Table)


def pack_workbook(workbook: Workbook) -> Packed:
    """Return the workbook as bytes; ``unpack`` gives an equal one."""
    return Packed(pack_head(workbook), pack_tables(workbook.tables))


def pack_head(workbook: Workbook) -> bytes:
    """Pack everything but the file's name and the tables."""
    form = {name: _pack_column([value]) for name, value in workbook.form.items()}
    return _encode(
        _Head(**_fields(workbook, _Head) | {"form": form, "number": pack_integer(workbook.number)})
    )


def pack_tables(tables: Mapping[str, Table]) -> bytes:
    return _encode({title: _pack_table(table) for title, table in tables.items()})


def _pack_table(table: Table) -> _Table:
    columns = {name: _pack_column(values) for name, values in table.columns.items()}
    return _Table(table.letters, table.rows, columns)


def unpack_head(data: bytes, file: str) -> Workbook:
    """Return the workbook of that file name, without tables."""
    head = _head.decode(data)
    form = {name: _unpack_column(column)[0] for name, column in head.form.items()}
    cells = _same(tuple(head.form_cells.items()))
    own = {"form": form, "form_cells": cells, "number": unpack_integer(head.number)}
    return Workbook(file, **_fields(head, _Head) | own)


@lru_cache(64)
def _same(cells: tuple[tuple[str, str], ...]) -> dict[str, str]:
    """Share one dict among workbooks whose form lines lie in the same cells, as nearly all do."""
    return dict(cells)


def unpack_tables(data: bytes) -> Mapping[str, Table]:
    """Return the tables by title, columns typed as in ``model.Table``; each is unpacked on access."""
    return _Tables(_tables.decode(data))


class _Tables(Mapping[str, Table]):
    def __init__(self, packed: Mapping[str, msgspec.Raw]) -> None:
        self._packed = packed
        self._known: dict[str, Table] = {}

    def __getitem__(self, title: str) -> Table:
        if title not in self._known:
            table = _table.decode(self._packed[title])
            columns = {name: _unpack_column(column) for name, column in table.columns.items()}
            self._known[title] = Table(title, table.letters, table.rows, columns)
        return self._known[title]

    def __contains__(self, title: object) -> bool:
        return title in self._packed

    def __iter__(self) -> Iterator[str]:
        return iter(self._packed)

    def __len__(self) -> int:
        return len(self._packed)


def unpack(packed: Packed, file: str) -> Workbook:
    return replace(unpack_head(packed.head, file), tables=unpack_tables(packed.tables))


# --- evaluations ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PackedEvaluation:
    """The findings of comparing a workbook, its result and details (empty without an as-of date), packed.

    ``rows``: those for ``daten/``, empty where they are not wanted.
    """

    findings: bytes
    result: bytes = b""
    details: bytes = b""
    rows: bytes = b""


_findings = msgspec.msgpack.Decoder(list[Finding])
_judged = msgspec.msgpack.Decoder(PackedEvaluation)


def pack_evaluation(judged: PackedEvaluation) -> bytes:
    return _encode(judged)


def unpack_evaluation(data: bytes) -> PackedEvaluation:
    return _judged.decode(data)


def pack_findings(findings: list[Finding]) -> bytes:
    return _encode(findings)


def unpack_findings(data: bytes) -> list[Finding]:
    return _findings.decode(data)
