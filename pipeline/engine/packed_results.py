"""Results to bytes and back, typed by msgspec. Fractions travel as two whole numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import overload

import msgspec

from pipeline.definitions.model import Status
from pipeline.definitions.results import (
    CriterionResult,
    EvidenceResult,
    MilestoneResult,
    Result,
    TargetResult,
    Value,
)
from pipeline.engine.packing import Whole, whole, wide

_Number = Whole | tuple[Whole, Whole] | None  # a whole number or a fraction


class _Target(msgspec.Struct, array_like=True):
    ags: str
    nr: str
    year: str | None
    status: Status
    threshold: _Number
    data_as_of: date | None
    numerator: Whole | None
    denominator: Whole | None
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


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Result).decode


def _number(value: Value) -> _Number:
    if isinstance(value, Fraction):
        top, bottom = wide(value.numerator), wide(value.denominator)
        assert top is not None
        assert bottom is not None
        return top, bottom
    return wide(value)


@lru_cache(4096)
def _fraction(top: Whole, bottom: Whole) -> Fraction:
    """Shares repeat: the same value for all of them."""
    return Fraction(int(top), int(bottom))


def _value(number: _Number) -> Value:
    return _fraction(*number) if isinstance(number, tuple) else whole(number)


def pack_result(result: Result) -> bytes:
    """The result as bytes; ``unpack_result`` gives an equal one."""
    targets = [_packed_target(t) for t in result.targets]
    milestones = [
        _Milestone(m.ags, m.nr, m.due, m.status, m.reached_on, [_packed_criterion(c) for c in m.criteria])
        for m in result.milestones
    ]
    return _encode(_Result(result.ags, result.data_as_of, targets, milestones, list(result.evidence)))


def _packed_target(t: TargetResult) -> _Target:
    return _Target(
        t.ags,
        t.nr,
        t.year,
        t.status,
        _number(t.threshold),
        t.data_as_of,
        wide(t.numerator),
        wide(t.denominator),
        _number(t.value),
    )


def _packed_criterion(c: CriterionResult) -> _Criterion:
    return _Criterion(c.nr, c.status, _number(c.threshold), c.reached_on, _number(c.value), c.evidence)


def unpack_result(data: bytes) -> Result:
    packed = _decode(data)
    targets = tuple(map(_target, packed.targets))
    milestones = tuple(
        MilestoneResult(m.ags, m.nr, m.due, m.status, m.reached_on, tuple(map(_criterion, m.criteria)))
        for m in packed.milestones
    )
    return Result(packed.ags, packed.data_as_of, targets, milestones, tuple(packed.evidence))


def _target(t: _Target) -> TargetResult:
    return TargetResult(
        t.ags,
        t.nr,
        t.year,
        t.status,
        _value(t.threshold),
        t.data_as_of,
        whole(t.numerator),
        whole(t.denominator),
        _value(t.value),
    )


def _criterion(c: _Criterion) -> CriterionResult:
    return CriterionResult(c.nr, c.status, _value(c.threshold), c.reached_on, _value(c.value), c.evidence)


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
