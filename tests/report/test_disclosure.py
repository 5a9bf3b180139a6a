"""No suppressed count can be computed back: by hand, and by exact algebra over random tables.

The attacker solves the linear system of all rows, columns and totals with Fractions, and knows besides that
"< 3" is 1 or 2 and that every other hidden count is a whole number from 0.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.report.disclosure import Mark, Shown, suppress

S, H = Mark.SMALL, Mark.HIDDEN
Counts = list[list[int]]


def tables(rows: int = 4, columns: int = 3) -> st.SearchStrategy[Counts]:
    size = st.tuples(st.integers(1, rows), st.integers(1, columns))
    count = st.one_of(st.integers(0, 4), st.sampled_from([0, 1, 2, 7, 30]))
    return size.flatmap(
        lambda s: st.lists(st.lists(count, min_size=s[1], max_size=s[1]), min_size=s[0], max_size=s[0])
    )


def with_totals(counts: Counts) -> Counts:
    wide = [[*row, sum(row)] for row in counts] if len(counts[0]) > 1 else [list(row) for row in counts]
    return [*wide, [sum(column) for column in zip(*wide, strict=True)]]


# --- the attacker -------------------------------------------------------------------------------------


def equations(height: int, width: int) -> list[dict[tuple[int, int], int]]:
    """Every row and every column that has a total: Σ cells − total = 0."""
    found = [{(r, c): 1 if r < height - 1 else -1 for r in range(height)} for c in range(width)]
    if width > 1:
        found += [{(r, c): 1 if c < width - 1 else -1 for c in range(width)} for r in range(height)]
    return found


def reduced(shown: list[list[Shown]]) -> tuple[list[tuple[int, int]], list[list[Fraction]]]:
    """(unknown cells, reduced row echelon form of the system with its right-hand side)."""
    height, width = len(shown), len(shown[0])
    unknown = [(r, c) for r in range(height) for c in range(width) if isinstance(shown[r][c], Mark)]
    matrix = []
    for equation in equations(height, width):
        row = [Fraction(equation.get(u, 0)) for u in unknown]
        known = sum(k * v for (r, c), k in equation.items() if isinstance(v := shown[r][c], int))
        matrix.append([*row, Fraction(-known)])
    pivot = 0
    for column in range(len(unknown)):
        best = next((i for i in range(pivot, len(matrix)) if matrix[i][column]), None)
        if best is None:
            continue
        matrix[pivot], matrix[best] = matrix[best], matrix[pivot]
        matrix[pivot] = [x / matrix[pivot][column] for x in matrix[pivot]]
        for i in range(len(matrix)):
            if i != pivot and matrix[i][column]:
                factor = matrix[i][column]
                matrix[i] = [x - factor * y for x, y in zip(matrix[i], matrix[pivot], strict=True)]
        pivot += 1
    return unknown, [row for row in matrix if any(row)]


def determined(shown: list[list[Shown]]) -> set[tuple[int, int]]:
    """Cells that a linear combination of what is shown gives away."""
    unknown, matrix = reduced(shown)
    return {
        unknown[next(i for i, x in enumerate(row[:-1]) if x)]
        for row in matrix
        if sum(map(bool, row[:-1])) == 1
    }


def feasible(shown: list[list[Shown]], counts: Counts) -> dict[tuple[int, int], set[int]]:
    """Values that each hidden cell takes in whole-number solutions near the true one."""
    unknown, matrix = reduced(shown)
    truth = with_totals(counts)
    pivots = [next(i for i, x in enumerate(row[:-1]) if x) for row in matrix]
    free = [i for i in range(len(unknown)) if i not in pivots]
    ranges = []
    for i in free:
        r, c = unknown[i]
        near = (1, 2) if shown[r][c] is S else range(max(0, truth[r][c] - 1), truth[r][c] + 2)
        ranges.append(list(near))
    found: dict[tuple[int, int], set[int]] = {u: set() for u in unknown}
    for choice in product(*ranges):
        values = dict(zip(free, map(Fraction, choice), strict=True))
        for row, pivot in zip(matrix, pivots, strict=True):
            values[pivot] = row[-1] - sum(row[i] * values[i] for i in free)
        if all(_fits(shown[unknown[i][0]][unknown[i][1]], v) for i, v in values.items()):
            for i, value in values.items():
                found[unknown[i]].add(int(value))
    return found


def _fits(mark: Shown, value: Fraction) -> bool:
    return value.denominator == 1 and (value in (1, 2) if mark is S else value >= 0)


def assert_protected(counts: Counts, shown: list[list[Shown]]) -> None:
    truth = with_totals(counts)
    assert (len(shown), len(shown[0])) == (len(truth), len(truth[0]))
    for row, true in zip(shown, truth, strict=True):
        for cell, value in zip(row, true, strict=True):
            if isinstance(cell, int):
                assert cell == value
                assert value not in (1, 2)
            elif cell is S:
                assert value in (1, 2)
    assert determined(shown) == set()
    for place, values in feasible(shown, counts).items():
        assert len(values) > 1, (place, values)


# --- always -------------------------------------------------------------------------------------------


@settings(max_examples=250, deadline=None)
@given(tables())
def test_no_suppressed_count_can_be_computed_back(counts: Counts) -> None:
    assert_protected(counts, suppress(counts))


@settings(max_examples=250, deadline=None)
@given(tables(rows=7, columns=1))
def test_a_list_whose_total_stays_visible(counts: Counts) -> None:
    shown = suppress(counts, keep_totals=True)
    assert_protected(counts, shown)
    total = sum(row[0] for row in counts)
    assert shown[-1][0] == (S if total in (1, 2) else total)


@settings(max_examples=100, deadline=None)
@given(tables())
def test_without_small_counts_nothing_is_hidden(counts: Counts) -> None:
    large = [[3 * value for value in row] for row in counts]
    assert suppress(large) == with_totals(large)


@settings(max_examples=50, deadline=None)
@given(tables())
def test_the_same_table_every_time(counts: Counts) -> None:
    assert suppress(counts) == suppress(counts)


# --- by hand ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ([5, 7], [5, 7, 12]),
        ([1, 5, 7], [S, H, 7, 13]),  # 1 needs a partner, the smaller one
        ([0, 1, 5], [0, S, H, 6]),  # a zero stays
        ([1, 2], [S, S, 3]),  # 1 + 2 or 2 + 1
        ([1, 0], [S, 0, S]),  # the total says no more than the count
        ([0, 0], [0, 0, 0]),
    ],
)
def test_lists_by_hand(counts: list[int], shown: list[Shown]) -> None:
    assert [row[0] for row in suppress([[n] for n in counts], keep_totals=True)] == shown


@pytest.mark.parametrize("counts", [[2, 2], [1, 1, 1], [1, 1], [2, 2, 2]])
def test_small_counts_that_their_sum_would_give_away(counts: list[int]) -> None:
    """All shown as "< 3", only one solution would be left: 4 = 2 + 2, 3 = 1 + 1 + 1."""
    table = [[n] for n in counts]
    naive: list[list[Shown]] = [[S] for _ in counts] + [[sum(counts) if sum(counts) > 2 else S]]
    assert any(len(values) == 1 for values in feasible(naive, table).values())
    shown = suppress(table, keep_totals=True)
    assert_protected(table, shown)
    assert H in [row[0] for row in shown]


def test_a_table_by_hand() -> None:
    # without secondary suppression 9 − 8 = 1 gives the small count away
    counts = [[1, 8, 20], [6, 5, 30], [9, 9, 40]]
    shown = suppress(counts)
    assert shown[0][0] is S
    assert sum(cell is H for row in shown for cell in row) == 3  # a rectangle
    assert [row[-1] for row in shown] == [29, 41, 58, 128]
    assert_protected(counts, shown)


def test_the_attacker_finds_what_is_left_open() -> None:
    """The proof would notice a missing secondary suppression."""
    assert determined([[S, 8, 9], [6, 5, 11], [7, 13, 20]]) == {(0, 0)}
    assert determined([[S, H, 9], [6, 5, 11], [7, 13, 20]]) == {(0, 0), (0, 1)}
