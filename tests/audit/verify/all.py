"""The table of manipulations of a report, in one list."""

from __future__ import annotations

from functools import cache

from tests.audit.verify import in_books, in_cells, in_disguise, in_sheets
from tests.audit.verify.place import computed
from tests.audit.verify.table import Manipulation, Spots

TABLES = (
    in_cells.values,
    in_cells.looks,
    in_sheets.sizes,
    in_sheets.pages,
    in_books.charts,
    in_books.objects,
    in_books.files,
    in_disguise.disguises,
)


@cache
def manipulations() -> tuple[Manipulation, ...]:
    spots = Spots(computed())
    return tuple(one for table in TABLES for one in table(spots))
