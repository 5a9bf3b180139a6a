"""Packed and unpacked, a workbook and a result are what they were."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from pipeline.definitions.model import Table, Workbook
from pipeline.engine.packed_results import Results, pack_result, unpack_result
from pipeline.engine.packing import (
    Unpackable,
    pack_tables,
    pack_workbook,
    unpack,
    unpack_head,
    unpack_tables,
)
from pipeline.evaluate import evaluate, without_submission
from tests import builder, expected


def test_a_workbook_with_everything_in_it() -> None:
    workbook = expected.valid_workbook()
    assert workbook.rows_read > 50
    assert unpack(pack_workbook(workbook), workbook.file) == workbook


def test_a_refused_one() -> None:
    workbook = expected.examine(b"no workbook")
    assert workbook.refused
    assert unpack(pack_workbook(workbook), workbook.file) == workbook


@pytest.mark.parametrize(
    "values",
    [
        [],
        [None, None],
        ["a", None, ""],
        [None, date(2026, 3, 31)],
        [0, None, 2**63 - 1, -(2**63), 2**63, 10**400],
        [None, ("NW-001", "NW-002"), ("NW-003",)],
    ],
)
def test_columns_keep_their_types(values: list[object]) -> None:
    table = Table("Blatt", {"Spalte": "C"}, list(range(5, 5 + len(values))), {"Spalte": values})
    found = unpack_tables(pack_tables({"Blatt": table}))
    assert found == {"Blatt": table}
    assert [type(v) for v in found["Blatt"]["Spalte"]] == [type(v) for v in values]


def test_a_submission_number_beyond_64_bits() -> None:
    workbook = Workbook("a.xlsx", "0" * 64, number=10**30, form={"Abgabe-Nr.": 10**30})
    assert unpack(pack_workbook(workbook), "a.xlsx") == workbook


def test_a_result_keeps_its_fractions() -> None:
    workbook, rules = expected.valid_workbook(), builder.rules()
    result = evaluate(workbook, None, rules, builder.STICHTAG)
    assert any(t.denominator for t in result.targets)
    assert unpack_result(pack_result(result)) == result
    half, one = (replace(result.targets[0], value=Fraction(n, 2)) for n in (1, 2))
    again = unpack_result(pack_result(replace(result, targets=(half, one, replace(one, value=1)))))
    assert [(type(t.value), t.value) for t in again.targets] == [
        (Fraction, Fraction(1, 2)),
        (Fraction, 1),
        (int, 1),
    ]
    huge = replace(result.targets[0], numerator=10**40, value=10**40)
    result = replace(result, targets=(huge,))
    assert unpack_result(pack_result(result)) == result


def test_a_municipality_without_submission() -> None:
    result = without_submission("06440004", builder.rules(), date(2026, 6, 30))
    assert unpack_result(pack_result(result)) == result


def test_results_are_a_sequence_that_unpacks_on_access() -> None:
    days = [date(2026, 6, day) for day in (1, 2, 3)]
    results = [without_submission("06440004", builder.rules(), day) for day in days]
    packed = Results(map(pack_result, results))
    assert list(packed) == results
    assert list(packed[1:]) == results[1:]
    assert packed[-1] == results[2]
    with pytest.raises(IndexError):
        packed[3]


@pytest.mark.parametrize("data", [b"", b"\x00", b"\xc1", b"\x93\x01\x02\x03", b"cos\nsystem\n(S'true'\ntR."])
def test_foreign_bytes_are_no_value(data: bytes) -> None:
    for opened in (lambda d: unpack_head(d, ""), unpack_tables, unpack_result):
        with pytest.raises(Unpackable):
            opened(data)
