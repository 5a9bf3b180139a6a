"""Checks that no value is lost between XML and tables: each counted value was read or is reported.

The count comes from the XML (``special``, ``sheetwalk``), not from the library that reads the values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass
from typing import Any


def held(rows: Iterable[Sequence[Any]]) -> int:
    """Number of cells with a value."""
    return sum([len(row) - row.count("") for row in rows])


@dataclass(frozen=True, slots=True)
class ReadColumn:
    """One read column: its position in the rows (from 0), the cells of the records, and their values.

    ``reported``: positions of records where a finding says why there is no value.
    """

    place: int
    cells: Sequence[Any]
    values: Sequence[Any]
    reported: Set[int]


def accounted(
    counted: int,
    rows: Sequence[Sequence[Any]],
    header: int,
    records: Sequence[int],
    columns: Sequence[ReadColumn],
    is_blank: Callable[[Any], bool],
    told_rows: Set[int] = frozenset(),
) -> bool:
    """Whether all ``counted`` values of a sheet are in the title block, in records, or in ignored columns.

    Those in records must be read, reported, or texts of spaces only. ``told_rows``: rows that are reported as
    no records.
    """
    inside = 0
    for column in columns:
        empty = column.cells.count("")
        if empty != column.values.count(None) and any(
            value is None and not is_blank(cell) and position not in column.reported
            for position, (cell, value) in enumerate(zip(column.cells, column.values, strict=True))
        ):
            return False
        inside += len(column.cells) - empty
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
    """Number of values below the header in other columns, and of texts of spaces in rows that are no records."""
    found = 0
    for position in range(header + 1, len(rows)):
        for column, value in enumerate(rows[position]):
            if value == "":
                continue
            found += column not in columns or (position not in of_record and is_blank(value))
    return found
