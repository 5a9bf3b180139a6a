"""A whole column is parsed at once; what each kind of cell means is tested in test_read."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from pipeline.definitions.sheet_types import Column, Kind
from pipeline.reading.values import parse, parse_column

TEXTS = [
    "",
    "P-0001",
    " P-0001",
    "ja",
    "Ja ",
    "Müller",
    "Mu\u0308ller",
    "\u200b",
    "12",
    "03/04/26",
    "31.02.2026",
]
NUMBERS = [1.0, 0.0, 12.5, date(2026, 3, 31), ""]
COLUMNS = {
    "texts": TEXTS,
    "numbers": NUMBERS,
    "with-truth-values": [*NUMBERS, *TEXTS, True, False],
    "plain-texts": ["", "a b", "P-0001; P-0002"],
    "dates": ["", date(2026, 3, 31)],
    "empty-cells": ["", ""],
    "no-row": [],
}


@pytest.mark.parametrize("cells", COLUMNS.values(), ids=COLUMNS)
@pytest.mark.parametrize("kind", [k for k in Kind if k is not Kind.AGS])
def test_a_column_is_parsed_as_its_cells_are(kind: Kind, cells: list[Any]) -> None:
    column = Column("Spalte", kind, "", choices=("ja", "nein"))
    one_by_one = [parse(column, cell) for cell in cells]
    values, found = parse_column(column, cells)
    assert [(type(v), v) for v in values] == [(type(v), v) for v, _ in one_by_one]
    assert found == [(i, rule) for i, (_, rules) in enumerate(one_by_one) for rule in rules]
