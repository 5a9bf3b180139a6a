"""Workbooks and results to bytes and back, typed by msgspec.

What a worker hands back and what the store keeps is data and never code: bytes that are no such value raise
``Unpackable``, whoever wrote them. Columns keep the types of ``model.Table``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import Any, TypeVar, overload

import msgspec

from pipeline.model import Finding, Status, Table, Workbook
from pipeline.results import (
    CriterionResult,
    EvidenceResult,
    MilestoneResult,
    Result,
    TargetResult,
    Value,
)

Unpackable = (msgspec.MsgspecError, OverflowError, ZeroDivisionError)
_LARGEST = 2**63 - 1  # what msgpack holds; a larger number travels as its digits
_Whole = int | str


@dataclass(frozen=True, slots=True)
class Packed:
    """A workbook without its tables, and the tables apart: the first is small and always needed.

    The file's name is not in it: the same content may come under another name.
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
    values: list[_Whole | None]


class _Several(msgspec.Struct, tag="s", array_like=True):
    values: list[tuple[str, ...] | None]


_Column = _Empty | _Texts | _Dates | _Integers | _Several
_STRUCTS: dict[type, type[_Texts | _Dates | _Integers | _Several]] = {
    str: _Texts,
    date: _Dates,
    int: _Integers,
    tuple: _Several,
}


def _wide(number: int | None) -> _Whole | None:
    return str(number) if number is not None and abs(number) > _LARGEST else number


def _whole(number: _Whole | None) -> int | None:
    return int(number) if isinstance(number, str) else number


def _pack_column(values: list[Any]) -> _Column:
    first = next((v for v in values if v is not None), None)
    if first is None:
        return _Empty(len(values))
    if isinstance(first, int):
        return _Integers([_wide(v) for v in values])
    return _STRUCTS[type(first)](values)


def _unpack_column(column: _Column) -> list[Any]:
    if isinstance(column, _Empty):
        return [None] * column.size
    if isinstance(column, _Integers):
        return [_whole(v) for v in column.values]
    return column.values


# --- workbooks ----------------------------------------------------------------------------------------


class _Head(msgspec.Struct, array_like=True):
    sha256: str
    kind: str
    ags: str | None
    commune: str | None
    stichtag: date | None
    number: _Whole | None
    template_version: str | None
    rules_version: str | None
    form: dict[str, _Column]
    form_cells: dict[str, str]
    findings: list[Finding]
    content: str
    refused: bool
    rows_read: int


class _Table(msgspec.Struct, array_like=True):
    sheet: str
    letters: dict[str, str]
    rows: list[int]
    columns: dict[str, _Column]


_encode = msgspec.msgpack.Encoder().encode
_head = msgspec.msgpack.Decoder(_Head)
_tables = msgspec.msgpack.Decoder(list[_Table])


def pack(workbook: Workbook) -> Packed:
    """The workbook as bytes; ``unpack`` gives an equal one."""
    return Packed(pack_head(workbook), pack_tables(workbook.tables))


def pack_head(workbook: Workbook) -> bytes:
    """Everything but the tables."""
    form = {name: _pack_column([value]) for name, value in workbook.form.items()}
    return _encode(_Head(**_fields(workbook, _Head) | {"form": form, "number": _wide(workbook.number)}))


def pack_tables(tables: Mapping[str, Table]) -> bytes:
    return _encode(
        [
            _Table(t.sheet, t.letters, t.rows, {name: _pack_column(v) for name, v in t.columns.items()})
            for t in tables.values()
        ]
    )


def unpack_head(data: bytes, file: str) -> Workbook:
    """The workbook under its name, with no tables yet."""
    head = _head.decode(data)
    form = {name: _unpack_column(column)[0] for name, column in head.form.items()}
    workbook = Workbook(file, **_fields(head, _Head) | {"form": form, "number": _whole(head.number)})
    workbook.form_cells = _same(tuple(head.form_cells.items()))
    return workbook


@lru_cache(64)
def _same(cells: tuple[tuple[str, str], ...]) -> dict[str, str]:
    """Nearly all workbooks have their lines in the same cells: one value for all of them."""
    return dict(cells)


def unpack_tables(data: bytes) -> dict[str, Table]:
    """The tables by title, columns typed as ``model.Table`` says."""
    return {
        t.sheet: Table(t.sheet, t.letters, t.rows, {n: _unpack_column(c) for n, c in t.columns.items()})
        for t in _tables.decode(data)
    }


def unpack(packed: Packed, file: str) -> Workbook:
    workbook = unpack_head(packed.head, file)
    workbook.tables = unpack_tables(packed.tables)
    return workbook


# --- results ------------------------------------------------------------------------------------------

_Number = _Whole | tuple[_Whole, _Whole] | None  # a whole number or a fraction


class _Target(msgspec.Struct, array_like=True):
    ags: str
    nr: str
    year: str | None
    status: Status
    threshold: _Number
    data_as_of: date | None
    numerator: _Whole | None
    denominator: _Whole | None
    value: _Number


class _Criterion(msgspec.Struct, array_like=True):
    nr: str
    status: Status
    threshold: _Number
    reached_on: date | None
    value: _Number
    evidence: tuple[str, ...]


class _Milestone(msgspec.Struct, array_like=True):
    ags: str
    nr: str
    due: date | None
    status: Status
    reached_on: date | None
    criteria: list[_Criterion]


class _Result(msgspec.Struct, array_like=True):
    ags: str
    data_as_of: date | None
    targets: list[_Target]
    milestones: list[_Milestone]
    evidence: list[EvidenceResult]


_result = msgspec.msgpack.Decoder(_Result)
_findings = msgspec.msgpack.Decoder(list[Finding])
T = TypeVar("T", bound=msgspec.Struct)


def _fields(value: Any, like: type[msgspec.Struct]) -> dict[str, Any]:
    return {name: getattr(value, name) for name in like.__struct_fields__}


def _number(value: Value) -> Any:
    return (_wide(value.numerator), _wide(value.denominator)) if isinstance(value, Fraction) else _wide(value)


def _value(number: Any) -> Value:
    return Fraction(*map(int, number)) if isinstance(number, tuple) else _whole(number)


_NUMBERS = ("threshold", "value", "numerator", "denominator")


def _plain(value: TargetResult | CriterionResult, like: type[T]) -> T:
    fields = _fields(value, like)
    return like(**fields | {name: _number(fields[name]) for name in _NUMBERS if name in fields})


def _exact(packed: _Target | _Criterion) -> dict[str, Any]:
    fields = _fields(packed, type(packed))
    return fields | {name: _value(fields[name]) for name in _NUMBERS if name in fields}


def pack_result(result: Result) -> bytes:
    """The result as bytes; ``unpack_result`` gives an equal one."""
    milestones = [
        _Milestone(m.ags, m.nr, m.due, m.status, m.reached_on, [_plain(c, _Criterion) for c in m.criteria])
        for m in result.milestones
    ]
    targets = [_plain(t, _Target) for t in result.targets]
    return _encode(_Result(result.ags, result.data_as_of, targets, milestones, list(result.evidence)))


def unpack_result(data: bytes) -> Result:
    packed = _result.decode(data)
    milestones = tuple(
        MilestoneResult(
            m.ags,
            m.nr,
            m.due,
            m.status,
            m.reached_on,
            tuple(CriterionResult(**_exact(c)) for c in m.criteria),
        )
        for m in packed.milestones
    )
    targets = tuple(TargetResult(**_exact(t)) for t in packed.targets)
    return Result(packed.ags, packed.data_as_of, targets, milestones, tuple(packed.evidence))


_KEPT_RESULTS = 1024  # unpacked at a time; each takes seven times its packed size


class Results(Sequence[Result]):
    """Results in the order given, kept packed: thousands of them are asked for one by one, sheet by sheet."""

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


@dataclass(frozen=True, slots=True)
class Judged:
    """What judging a workbook gave: findings, and the result or nothing; both packed."""

    findings: bytes
    result: bytes


_judged = msgspec.msgpack.Decoder(Judged)


def pack_judged(judged: Judged) -> bytes:
    return _encode(judged)


def unpack_judged(data: bytes) -> Judged:
    return _judged.decode(data)


def pack_findings(findings: list[Finding]) -> bytes:
    return _encode(findings)


def unpack_findings(data: bytes) -> list[Finding]:
    return _findings.decode(data)
