"""Nothing is lost on the way from the XML to the tables: what was counted must be there, or be told.

The count comes from the XML (``special``, ``sheetwalk``), not from the library that reads the values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass
from typing import Any

_PATIENCE = 2_000_000  # cells looked at under merged areas, which may overlap without end


def held(rows: Iterable[Sequence[Any]]) -> int:
    """Cells that hold a value."""
    return sum([len(row) - row.count("") for row in rows])


def first_covered(
    rows: list[list[Any]], merged: Iterable[tuple[int, int, int, int]]
) -> tuple[int, int] | None:
    """The first cell (row, column from 1) with a value that a merged area hides, for it shows its first cell only."""
    found: list[tuple[int, int]] = []
    left = _PATIENCE
    for column, row, last_column, last_row in merged:
        for number in range(row, min(last_row, len(rows)) + 1):
            cells = rows[number - 1][column - 1 : last_column]
            left -= len(cells) + 1
            hidden = (c for c, v in enumerate(cells, column) if v != "" and (number, c) != (row, column))
            if (at := next(hidden, None)) is not None:
                found.append((number, at))
                break
            if left < 0:
                return min(found, default=None)
    return min(found, default=None)


@dataclass(frozen=True, slots=True)
class Taken:
    """What was read of one column: its place in the rows (from 0), the cells of the records, and their values.

    ``told``: positions among the records at which a finding says why there is no value.
    """

    place: int
    cells: Sequence[Any]
    values: Sequence[Any]
    told: Set[int]


def accounted(
    counted: int,
    rows: Sequence[Sequence[Any]],
    header: int,
    records: Sequence[int],
    columns: Sequence[Taken],
    is_blank: Callable[[Any], bool],
) -> bool:
    """Whether all ``counted`` values of a sheet stand in the title block, in records, or in columns of no concern.

    Of those in records each was taken over, told, or is a text of nothing but spaces.
    """
    for column in columns:
        if column.cells.count("") != column.values.count(None) and any(
            value is None and not is_blank(cell) and position not in column.told
            for position, (cell, value) in enumerate(zip(column.cells, column.values, strict=True))
        ):
            return False
    inside = sum(len(column.cells) - column.cells.count("") for column in columns)
    rest = counted - held(rows[: header + 1]) - inside
    return rest == 0 or rest == _elsewhere(rows, header, records, {c.place for c in columns}, is_blank)


def _elsewhere(
    rows: Sequence[Sequence[Any]],
    header: int,
    records: Sequence[int],
    columns: Set[int],
    is_blank: Callable[[Any], bool],
) -> int:
    """Values below the header beside the sheet's columns, and spaces in rows that are no records."""
    found, of_record = 0, set(records)
    for position in range(header + 1, len(rows)):
        for column, value in enumerate(rows[position]):
            if value == "":
                continue
            found += column not in columns or (position not in of_record and is_blank(value))
    return found
