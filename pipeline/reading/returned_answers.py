"""Reads the sheet Rückmeldung of a returned copy: the municipality's answers to findings.

Each line carries the question that it answers in hidden cells (``mark``), so lines may be sorted, moved or
deleted. A line that is not as we wrote it is ignored without a finding.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from pipeline.definitions.foreign import escaped
from pipeline.definitions.model import Answer
from pipeline.definitions.sheets import FEEDBACK_ANSWER, LONGEST_ANSWER
from pipeline.definitions.spelling import one_line
from pipeline.reading.locate import fold
from pipeline.reading.package import RawSheet

MAX_ANSWERS = 1000  # with an answer; a sheet of ours has one for each cause
_SIGN = "KISI-Befund 1 "
_encode = msgspec.json.Encoder().encode
_asked = msgspec.json.Decoder(tuple[str, str, str, str, str, tuple[tuple[str, str], ...]])


def mark(question: Answer) -> str:
    """Text of a hidden cell that identifies the question of its line."""
    q = question
    return _SIGN + _encode((q.rule, q.sheet, q.column, q.subject, q.salt, q.records)).decode()


def read_answers(sheet: RawSheet) -> tuple[Answer, ...]:
    """The lines with an answer, in the order of the sheet."""
    return tuple(_answers(sheet))[:MAX_ANSWERS]


def _answers(sheet: RawSheet) -> Iterator[Answer]:
    column, header = None, fold(FEEDBACK_ANSWER)
    for row in sheet.rows:
        found = next(
            (at for at, cell in enumerate(row) if isinstance(cell, str) and fold(cell) == header), None
        )
        column = column if found is None else found
        text = _cleaned(row[column]) if found is None and column is not None and column < len(row) else ""
        if text:
            yield from (one for cell in row if (one := _marked(cell, text)) is not None)


def _marked(cell: Any, text: str) -> Answer | None:
    if not isinstance(cell, str) or not cell.startswith(_SIGN):
        return None
    try:
        return Answer(*_asked.decode(cell.removeprefix(_SIGN)), text=text)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return None


def _cleaned(cell: Any) -> str:
    """An answer on one line of visible characters, cut to the allowed length."""
    if isinstance(cell, bool) or not isinstance(cell, str | int | float):
        return ""
    text = f"{cell:g}" if isinstance(cell, float) else str(cell)
    text = escaped(one_line(text))
    return text if len(text) <= LONGEST_ANSWER else text[: LONGEST_ANSWER - 1] + "…"
