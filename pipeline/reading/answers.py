"""The sheet Rückmeldung of a copy that comes back: what the municipality wrote beside a finding.

Each line carries what it was about in hidden cells (``marks``), so lines may be sorted, moved or deleted. What
somebody made of the sheet is no finding: a line that is not as we wrote it says nothing.
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

MOST_LINES = 1000  # with an answer; a sheet of ours has one for each cause
_SIGN = "KISI-Befund 1 "
_encode = msgspec.json.Encoder().encode
_asked = msgspec.json.Decoder(tuple[str, str, str, str, str, tuple[tuple[str, str], ...]])


def mark(question: Answer) -> str:
    """What a line is about, as the text of a hidden cell."""
    q = question
    return _SIGN + _encode((q.rule, q.sheet, q.column, q.subject, q.salt, q.records)).decode()


def read_answers(sheet: RawSheet) -> tuple[Answer, ...]:
    """The filled lines in the order of the sheet."""
    return tuple(_answers(sheet))[:MOST_LINES]


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
    """One line of seen characters, no longer than an answer may be."""
    if isinstance(cell, bool) or not isinstance(cell, str | int | float):
        return ""
    text = f"{cell:g}" if isinstance(cell, float) else str(cell)
    text = escaped(one_line(text))
    return text if len(text) <= LONGEST_ANSWER else text[: LONGEST_ANSWER - 1] + "…"
