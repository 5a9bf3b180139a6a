"""Small counts of persons are hidden so that they cannot be computed back. Pure.

A table of counts stands with its totals, below and beside. A count of 1 or 2 is shown as ``SMALL``; where
the totals would give it away, further cells are shown as ``HIDDEN``. A reader knows: ``SMALL`` is 1 or 2,
``HIDDEN`` is any number from 0, everything else is exact, and the totals are the sums of their cells.

Protected means: for every hidden cell at least two whole numbers fit to all that is shown. Such a table is a
circulation (every count flows from its row to its column, every total flows back), so a cell can take another
value exactly when a cycle of hidden cells leads through it. Contract: results.md, "Bedarfe und Angebote".
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from heapq import heappop, heappush

TOO_SMALL = (1, 2)
Counts = Sequence[Sequence[int]]
Place = tuple[int, int]


class Mark(Enum):
    """What stands in place of a count."""

    SMALL = "< 3"
    HIDDEN = "•"


Shown = int | Mark
_TOTAL_COST, _ZERO_COST = 1000, 10**6  # rather a cell than a total, and almost anything rather than a zero


@dataclass
class _Cell:
    """A count as an arc from its row to its column; totals lead back."""

    place: Place
    tail: str
    head: str
    value: int
    cost: int
    mark: Mark | None = None
    fixed: bool = False

    def moves(self, up: bool) -> int | None:
        """What it costs to let the count vary by one in this direction; None when nothing allows it."""
        if not up and self.value == 0:
            return None
        if self.mark is Mark.HIDDEN:
            return 0
        if self.mark is Mark.SMALL and up == (self.value == TOO_SMALL[0]):
            return 0
        return None if self.fixed else self.cost


def suppress(counts: Counts, *, keep_totals: bool = False) -> list[list[Shown]]:
    """The table with its totals: a row more, and a column more where it has several columns.

    ``keep_totals``: totals of 3 and more stay visible; only for a table of one column, because other tables
    may show the same total.
    """
    cells = _cells(counts, keep_totals=keep_totals)
    for cell in cells:
        if cell.value in TOO_SMALL:
            cell.mark = Mark.SMALL
    free = _free(cells)
    for cell in cells:
        if cell.mark is not None and not _varies(cell, free):
            _protect(cell, cells)
            free = _free(cells)
    found = {c.place: c.mark or c.value for c in cells}
    height, width = len(counts) + 1, max((column for _, column in found), default=0) + 1
    return [[found[row, column] for column in range(width)] for row in range(height)]


def _cells(counts: Counts, *, keep_totals: bool) -> list[_Cell]:
    """Counts, then totals: row r → column c → all columns → all rows → row r."""
    several = bool(counts) and len(counts[0]) > 1
    assert several or not keep_totals or all(len(row) == 1 for row in counts)
    return list(_table(counts) if several else _list(counts, keep_totals=keep_totals))


def _table(counts: Counts) -> Iterator[_Cell]:
    height, width = len(counts), len(counts[0])
    for r, row in enumerate(counts):
        for c, value in enumerate(row):
            yield _cell((r, c), f"r{r}", f"c{c}", value)
    for r, row in enumerate(counts):
        yield _cell((r, width), "rows", f"r{r}", sum(row), total=1)
    for c in range(width):
        yield _cell((height, c), f"c{c}", "columns", sum(row[c] for row in counts), total=1)
    yield _cell((height, width), "columns", "rows", sum(map(sum, counts)), total=2)


def _list(counts: Counts, *, keep_totals: bool) -> Iterator[_Cell]:
    for r, (value,) in enumerate(counts):
        yield _cell((r, 0), "rows", "columns", value)
    total = _cell((len(counts), 0), "columns", "rows", sum(row[0] for row in counts), total=1)
    total.fixed = keep_totals
    yield total


def _cell(place: Place, tail: str, head: str, value: int, total: int = 0) -> _Cell:
    return _Cell(place, tail, head, value, _cost(value) + total * _TOTAL_COST)


def _cost(value: int) -> int:
    """Small counts are hidden rather than large ones; a zero tells the most about what is not there."""
    return value if value else _ZERO_COST


def _free(cells: Sequence[_Cell]) -> Counter[tuple[str, str, bool]]:
    """How many cells between the same two nodes can vary in a direction at no cost."""
    return Counter((c.tail, c.head, up) for c in cells for up in (True, False) if c.moves(up) == 0)


def _varies(cell: _Cell, free: Counter[tuple[str, str, bool]]) -> bool:
    """Another cell of the same row and column takes what this one gives: true of nearly all in a long list."""
    for up in (True, False):
        others = free[cell.tail, cell.head, not up] - (cell.moves(not up) == 0)
        if cell.moves(up) == 0 and others > 0:
            return True
    return False


def _protect(cell: _Cell, cells: Sequence[_Cell]) -> None:
    """Hides what is needed so that the cell can take another value; nothing when it can already."""
    ways = [_cycle(cell, cells, up=up) for up in (True, False) if _may(cell, up=up)]
    known = [way for way in ways if way is not None]
    if not known and cell.mark is Mark.SMALL:  # as a number of any size it can vary in both directions
        cell.mark = Mark.HIDDEN
        known = [way for up in (True, False) if (way := _cycle(cell, cells, up=up)) is not None]
    _, chosen = min(known, key=lambda way: way[0])
    for place, up in chosen:
        other = next(c for c in cells if c.place == place)
        if other.moves(up):
            other.mark = Mark.HIDDEN


def _may(cell: _Cell, *, up: bool) -> bool:
    return cell.moves(up) == 0


def _cycle(cell: _Cell, cells: Sequence[_Cell], *, up: bool) -> tuple[int, list[tuple[Place, bool]]] | None:
    """The cheapest way to close a cycle through the cell: (cost, cells and the direction they vary in)."""
    if not up and cell.value == 0:
        return None
    steps = _steps(cell, cells)
    start, goal = (cell.head, cell.tail) if up else (cell.tail, cell.head)
    queue: list[tuple[int, str, tuple[tuple[Place, bool], ...]]] = [(0, start, ())]
    done: set[str] = set()
    while queue:
        cost, node, path = heappop(queue)
        if node == goal:
            return cost, list(path)
        if node in done:
            continue
        done.add(node)
        for target, price, step in steps[node]:
            if target not in done:
                heappush(queue, (cost + price, target, (*path, step)))
    return None


def _steps(cell: _Cell, cells: Sequence[_Cell]) -> dict[str, list[tuple[str, int, tuple[Place, bool]]]]:
    """From each node, where one more or one less in another cell leads, and what that costs."""
    steps: dict[str, list[tuple[str, int, tuple[Place, bool]]]] = defaultdict(list)
    for other in cells:
        if other.place == cell.place:
            continue
        for up, tail, head in ((True, other.tail, other.head), (False, other.head, other.tail)):
            price = other.moves(up)
            if price is not None:
                steps[tail].append((head, price, (other.place, up)))
    return steps
