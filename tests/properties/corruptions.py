"""One way to break one cell of the valid workbook, and the rule that must be reported there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from pipeline.definitions.sheet_types import Column, Kind
from pipeline.xlsx.addresses import column_letters
from tests import builder
from tests.cell_edits import ErrorValue, Formula, Text

_ERRORS = ("#REF!", "#DIV/0!", "#N/A", "#NAME?", "#VALUE!", "#NULL!", "#NUM!", "#SPILL!")
_LETTERS = "abcdefghijklmnopqrstuvwxyzäöüß"


@dataclass(frozen=True)
class Corruption:
    place: str
    value: Any
    rule: str


def filled_cells() -> Iterator[tuple[str, Column]]:
    """Every filled cell of the valid workbook's tables, with its column."""
    kind = builder.rules().kinds["kommune"]
    for title, table in builder.VALID.items():
        for row, record in enumerate(builder.rows_of(table), start=builder.HEADER_ROW + 1):
            for number, (header, value) in enumerate(record.items(), start=1):
                if value is not None:
                    yield f"{title}!{column_letters(number)}{row}", kind.table(title).column(header)


def words() -> st.SearchStrategy[str]:
    return st.text(_LETTERS, min_size=4, max_size=12).filter(lambda w: w not in ("nein", "text"))


def _values(column: Column) -> list[st.SearchStrategy[tuple[Any, str]]]:
    """Strategies of (what stands there, the rule to be reported)."""
    always = [
        st.sampled_from(_ERRORS).map(lambda e: (ErrorValue(e), "W01")),
        st.integers(1, 9).map(lambda n: (Formula(f"{n}+{n}"), "W02")),
    ]
    if column.required:
        always.append(st.just((None, "W13")))
    return always + _OF_KIND.get(column.kind, lambda _: [])(column)


def _dates(_: Column) -> list[st.SearchStrategy[tuple[Any, str]]]:
    return [
        st.integers(30, 31).map(lambda d: (Text(f"{d}.02.2026"), "W03")),
        st.tuples(st.integers(1, 12), st.integers(1, 12)).map(
            lambda d: (Text(f"{d[0]:02d}/{d[1]:02d}/26"), "W04")
        ),
        words().map(lambda w: (Text(w), "W05")),
        st.integers(2036, 9000).map(lambda y: (Text(f"01.01.{y}"), "W14")),
        st.integers(1600, 1949).map(lambda y: (Text(f"31.12.{y}"), "W14")),
    ]


def _integers(_: Column) -> list[st.SearchStrategy[tuple[Any, str]]]:
    return [
        st.integers(1, 999).map(lambda n: (Text(f"{n}.{n:03d}"), "W06")),
        words().map(lambda w: (Text(w), "W07")),
        st.integers(0, 500).map(lambda n: (n + 0.5, "W07")),
        st.integers(-(10**6), -1).map(lambda n: (n, "W08")),
    ]


def _keys(column: Column) -> list[st.SearchStrategy[tuple[Any, str]]]:
    return [
        words().map(lambda w: (Text(w.title()), "W11")),
        words().map(lambda w: (Text(f"{w}@example.org"), "W11")),
        st.integers(1, 99).map(lambda n: (Text(f"{column.prefix}-{n:02d}"), "W12")),
        st.integers(10**6, 10**8).map(lambda n: (Text(f"{column.prefix}-{n}"), "W12")),
    ]


def _choices(_: Column) -> list[st.SearchStrategy[tuple[Any, str]]]:
    return [words().map(lambda w: (Text(f"{w} {w}"), "W10"))]


def _texts(column: Column) -> list[st.SearchStrategy[tuple[Any, str]]]:
    return [st.sampled_from(_LETTERS).map(lambda c: (c * (column.max_length + 1), "W09"))]


_OF_KIND = {
    Kind.DATE: _dates,
    Kind.INTEGER: _integers,
    Kind.KEY: _keys,
    Kind.REFERENCE: _keys,
    Kind.REFERENCES: _keys,
    Kind.CHOICE: _choices,
    Kind.CHOICES: _choices,
    Kind.TEXT: _texts,
}


@st.composite
def corruptions(draw: st.DrawFn) -> Corruption:
    place, column = draw(st.sampled_from(list(filled_cells())))
    value, rule = draw(st.one_of(_values(column)))
    return Corruption(place, value, rule)
