"""Nothing is lost on the way from the XML to the tables: what was counted must be there, or be told.

The count comes from the XML (``special``, ``sheetwalk``), not from the library that reads the values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass
from typing import Any


def held(rows: Iterable[Sequence[Any]]) -> int:
    """Cells that hold a value."""
    return sum([len(row) - row.count("") for row in rows])


@dataclass(frozen=True, slots=True)
class ReadColumn:
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
    columns: Sequence[ReadColumn],
    is_blank: Callable[[Any], bool],
    told_rows: Set[int] = frozenset(),
) -> bool:
    """Whether all ``counted`` values of a sheet stand in the title block, in records, or in columns of no concern.

    ``told_rows`` are no records, and a finding says so. Of those in records each was taken over, told, or is a text of nothing but spaces.
    """
    for column in columns:
        if column.cells.count("") != column.values.count(None) and any(
            value is None and not is_blank(cell) and position not in column.told
            for position, (cell, value) in enumerate(zip(column.cells, column.values, strict=True))
        ):
            return False
    inside = sum(len(column.cells) - column.cells.count("") for column in columns)
    inside += held([rows[p][c.place] for c in columns] for p in told_rows)
    rest = counted - held(rows[: header + 1]) - inside
    known = {*records, *told_rows}
    return rest == 0 or rest == _elsewhere(rows, header, known, {c.place for c in columns}, is_blank)


def _elsewhere(
    rows: Sequence[Sequence[Any]],
    header: int,
    of_record: Set[int],
    columns: Set[int],
    is_blank: Callable[[Any], bool],
) -> int:
    """Values below the header beside the sheet's columns, and spaces in rows that are no records."""
    found = 0
    for position in range(header + 1, len(rows)):
        for column, value in enumerate(rows[position]):
            if value == "":
                continue
            found += column not in columns or (position not in of_record and is_blank(value))
    return found
