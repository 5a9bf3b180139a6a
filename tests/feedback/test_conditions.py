"""Marks show their own colour also where a conditional format lies, and go with it."""

from __future__ import annotations

import io
from typing import Any

import openpyxl

from pipeline.definitions.model import State
from pipeline.feedback import feedback
from pipeline.feedback.style_table import severity_of
from tests import builder, cell_edits, expected

MISSING = "Personen!D8"  # a required date: the template colours such a cell yellow
LATER = "Meilensteine!E5"  # an entry where a figure is computed: a Warnung


def returned(data: bytes, state: State) -> bytes:
    copy, _ = feedback(expected.examine(data), state, data, builder.rules())
    assert copy is not None
    return copy


def rules_at(data: bytes, place: str) -> list[Any]:
    """The conditional formats of a cell in the order in which they are asked."""
    sheet, cell = place.split("!")
    formats = openpyxl.load_workbook(io.BytesIO(data))[sheet].conditional_formatting
    found = [r for area in formats if cell in area.sqref for r in area.rules]
    return sorted(found, key=lambda r: r.priority)


def test_an_error_is_red_where_the_template_would_show_it_yellow() -> None:
    copy = returned(cell_edits.edited({MISSING: None}), State.REJECTED)
    first, *others = rules_at(copy, MISSING)
    assert first.stopIfTrue
    assert severity_of(first.dxf.fill.bgColor.rgb) == "error"
    assert len(others) == len(rules_at(builder.valid(), MISSING))
    assert len({r.priority for r in (first, *others)}) == len(others) + 1


def test_the_next_round_takes_the_condition_away() -> None:
    copy = returned(cell_edits.edited({MISSING: None}), State.REJECTED)
    mended = cell_edits.edited({MISSING: "2026-01-12", LATER: "2026-03-01"}, copy)
    again = returned(mended, State.ACCEPTED)
    assert len(rules_at(again, MISSING)) == len(rules_at(builder.valid(), MISSING))
    assert severity_of(rules_at(again, LATER)[0].dxf.fill.bgColor.rgb) == "warning"
