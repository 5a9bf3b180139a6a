"""Which rows below a header are records: not those only filled down, totals, headings or notes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pipeline.definitions.model import Table
from pipeline.definitions.sheet_types import Column, Kind, Sheet
from pipeline.definitions.sheets import NO
from pipeline.definitions.spelling import comparable, without_invisible
from pipeline.reading.personal import is_like_a_key

_SUM = [f"{what}summe{more}" for what in ("", "zwischen", "gesamt", "end") for more in ("", "n")]
_WHOLE = [f"{what}gesamt{more}" for what in ("", "ins") for more in ("", "zahl", "anzahl")]
TOTAL_WORDS = (*_SUM, *_WHOLE, "total", "σ", "∑")  # no letter may follow
NOTE_WORDS = tuple(  # a colon follows
    f"{word}:"
    for word in ("stand", "hinweis", "hinweise", "anmerkung", "anmerkungen", "bemerkung", "bemerkungen",
                 "notiz", "notizen", "quelle", "achtung", "nb")
)  # fmt: skip
_TOTAL = re.compile(rf"(?:{'|'.join(TOTAL_WORDS)})(?![^\W\d_])")
_NOTE = re.compile(rf"(?:{'|'.join(w[:-1] for w in NOTE_WORDS)})\s*:")
_FEW = 3  # required columns, up to which a row that is no record has one filled cell, else two

FilledCells = Mapping[str, Any]  # filled cells of a row by column


# --- filled down --------------------------------------------------------------------------------------


def filled_down(
    rows: Sequence[Sequence[Any]], positions: Iterable[int], used: Sequence[int], answers: Sequence[int]
) -> list[tuple[int, int]]:
    """(column, row) from 1 of the cells of rows with nothing but "nein" or an empty checkbox.

    ``positions`` of rows, and ``used`` columns count from 0; ``answers``: columns of ja and nein.
    """
    cells = []
    for p in positions:
        row = rows[p]
        if any(_is_no(row[c]) for c in answers):
            filled = [c for c in used if not _blank(row[c])]
            if all(_is_no(row[c]) for c in filled):
                cells += [(c + 1, p + 1) for c in filled]
    return cells


def _is_no(value: Any) -> bool:
    return value is False or (isinstance(value, str) and (value == NO or comparable(value) == NO))


# --- no record ----------------------------------------------------------------------------------------


def strays(
    sheet: Sheet, table: Table, raws: Mapping[str, Sequence[Any]], headers: FilledCells, unread: set[int]
) -> Iterator[tuple[int, str]]:
    """(position in the table, column of its first filled cell) of each row that is no record.

    ``raws``: raw cells; ``headers``: texts of the header row; ``unread``: positions of rows with an
    unreadable cell. A row whose required cells are all filled is a record, unless it repeats the header.
    """
    columns = [c for c in sheet.columns if c.name in raws]
    required = [c for c in columns if c.required]
    first = columns[0].name
    suspects = {p for c in required for p, value in enumerate(table[c.name]) if value is None}
    suspects |= {p for p, raw in enumerate(raws[first]) if raw == headers[first]}
    for p in sorted(suspects - unread):
        filled = {c.name: raws[c.name][p] for c in columns if not _blank(raws[c.name][p])}
        values = {name: table[name][p] for name in filled}
        if filled and _is_stray(columns, filled, values, headers, len(required)):
            yield p, next(iter(filled))


def _blank(raw: Any) -> bool:
    return raw == "" or (isinstance(raw, str) and not without_invisible(raw))


def _is_stray(
    columns: list[Column], filled: FilledCells, values: FilledCells, headers: FilledCells, required: int
) -> bool:
    texts = {name: comparable(raw) for name, raw in filled.items() if isinstance(raw, str)}
    if len(texts) > 1 and all(text == comparable(str(headers[name])) for name, text in texts.items()):
        return True
    kinds = {c.name: c for c in columns}
    proofs = {c.kind for name, value in values.items() if _fits(c := kinds[name], value)}
    if any(map(_TOTAL.match, texts.values())):
        return not proofs & {Kind.KEY, Kind.REFERENCE}
    if proofs or len(filled) > most_of_no_record(required):
        return False
    if any(map(is_like_a_key, texts.values())):
        return False
    names = [name for name in texts if kinds[name].is_name]
    return all(map(_NOTE.match, (texts[name] for name in names)))


def most_of_no_record(required: int) -> int:
    """How many cells a row that is no record may fill, by the number of required columns."""
    return min(1 if required <= _FEW else 2, max(required, 2) - 1)


def _fits(column: Column, value: Any) -> bool:
    """Whether a value shows that a record was meant; text and numbers alone do not."""
    match column.kind:
        case Kind.KEY | Kind.REFERENCE:
            return value is not None and re.fullmatch(column.key_pattern, value) is not None
        case Kind.REFERENCES:
            return value is not None and all(re.fullmatch(column.key_pattern, v) for v in value)
        case Kind.CHOICE:
            return value in column.choices
        case Kind.CHOICES:
            return value is not None and set(column.choices).issuperset(value)
        case Kind.DATE:
            return value is not None
        case _:
            return False
