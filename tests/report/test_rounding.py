"""Rounded counts: by hand, and what an attacker can compute who knows all reports and the rule of rounding.

The attacker knows the interval of each count, that every total lies in its own interval or is the sum of the
rounded parts, and that the counts of a later quarter are not smaller. All whole numbers that fit are tried.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.definitions.messages import finding
from pipeline.report.rounding import beside_exact, bounds, occurring, rounded, rounded_finding, rounded_total
from tests.properties import few
from tests.report.attacker import given_away

BASE = 3
Counts = tuple[int, ...]


def test_counts_by_hand() -> None:
    assert [rounded(n, BASE) for n in range(8)] == [0, 0, 3, 3, 3, 6, 6, 6]
    assert [bounds(n, BASE) for n in (0, 3, 6)] == [(0, 1), (2, 4), (5, 7)]
    assert [occurring(n, BASE) for n in (1, 2, 4, 5)] == [3, 3, 3, 6]
    assert [rounded(n, 10) for n in (4, 5, 14)] == [0, 10, 10]
    for base, n in product((3, 4, 5, 10), range(60)):
        low, high = bounds(rounded(n, base), base)
        assert low <= n <= high
        assert {m for m in range(100) if rounded(m, base) == rounded(n, base)} == set(range(low, high + 1))


@pytest.mark.parametrize(
    ("parts", "shown"),
    [
        ((1, 1), 0),  # its own 3 would mean at least 2: both parts 1
        ((4, 4), 6),  # its own 9 would mean at least 8
        ((2, 2), 6),  # its own 3 would mean at most 4: both parts 2
        ((5, 6, 9), 21),
        ((4, 4, 4), 12),  # three are shown as 3: at least 11 leaves the places open
        ((1, 0, 0), 0),
        ((2,), 3),
        ((0, 0), 0),
        ((), 0),
    ],
)
def test_totals_by_hand(parts: Counts, shown: int) -> None:
    assert rounded_total(sum(parts), [parts], BASE) == shown


def test_one_total_beside_two_breakdowns() -> None:
    """By field 1 + 1, by municipality 2: a total of 3 would mean 2 at least, so both fields 1."""
    assert rounded_total(2, [(2,)], BASE) == 3
    assert rounded_total(2, [(1, 1), (2,)], BASE) == 0


def test_parts_of_a_sum_that_is_known_exactly() -> None:
    assert beside_exact([(5, 7, 3)], BASE) == [[6, 6, 3]]
    assert beside_exact([(2, 0, 0), (1, 0, 0)], BASE) == [
        [0, 0, 0],
        [0, 0, 0],
    ]  # 2 would be shown as 3: all of 2
    assert beside_exact([(0, 0)], BASE) == [[0, 0]]


def test_findings_about_persons() -> None:
    one = replace(
        finding("V01", "Personen", table="Personen", rows="Zeile 7", stichtag="…", file="a.xlsx"), count=1
    )
    shown = rounded_finding(replace(one, cells=("A7",), cell="A7"), BASE)
    assert (shown.message, shown.cell, shown.cells, shown.count) == (
        "Datensätze der vorigen Abgabe fehlen.",
        None,
        (),
        3,
    )
    contact = replace(finding("W13", "Kontakte", "B7", "Kontaktform"), count=2)
    assert rounded_finding(contact, BASE) == contact
    lost = finding(
        "V20", "Stammdaten", "B6", "Abgabe-Nr.", number=1, counts="Personen 1 Zeile", file="a.xlsx"
    )
    assert (
        rounded_finding(lost, BASE).message
        == "In der Abgabe, die diese ersetzt, standen Datensätze, die hier fehlen."
    )


# --- the attacker -------------------------------------------------------------------------------------


def report(parts: Counts) -> tuple[Counts, int]:
    """What a report shows of a table: its counts and their total."""
    return tuple(rounded(n, BASE) for n in parts), rounded_total(sum(parts), [parts], BASE)


def test_totals_by_themselves_alone_would_give_counts_away() -> None:
    """(3, 1, 1), then (3, 2, 2): with totals of 6 and 6 nothing else fits."""
    quarters = [((3, 0, 0), 6), ((3, 3, 3), 6)]
    known, changes = given_away(quarters, BASE)
    assert {(0, 1): 1, (0, 2): 1, (1, 1): 2, (1, 2): 2}.items() <= known.items()
    assert changes[0, 1, 1] == changes[0, 1, 2] == 1
    assert given_away([report((3, 1, 1)), report((3, 2, 2))], BASE) == ({}, {})


def test_no_small_table_gives_a_count_away() -> None:
    for width in (1, 2, 3, 4):
        for parts in product(range(6 if width < 4 else 4), repeat=width):
            known, _ = given_away([report(parts)], BASE)
            assert not {1, 2} & set(known.values()), parts


@given(
    st.lists(st.integers(0, 4), min_size=1, max_size=3).flatmap(
        lambda start: st.tuples(
            st.just(tuple(start)),
            st.lists(
                st.tuples(*[st.sampled_from((0, 0, 0, 1, 1, 2)) for _ in start]), min_size=7, max_size=7
            ),
        )
    )
)
@few(30)
def test_eight_quarters_give_nothing_away(case: tuple[Counts, list[Counts]]) -> None:
    start, steps = case
    quarters = [start]
    for more in steps:
        quarters.append(tuple(a + b for a, b in zip(quarters[-1], more, strict=True)))
    known, changes = given_away([report(parts) for parts in quarters], BASE)
    assert not {1, 2} & set(known.values())
    assert not {1, 2} & set(changes.values())
