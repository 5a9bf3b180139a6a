"""Which finding an answer of the municipality belongs to. Pure.

An answer belongs to a rule, sheet, column and record, and to the value that stood there. The record is
identified by its key (``P-0007``), in a sheet without a key by a hash of its other cells, so rows may move.
The value is that of the cell and of the columns of its row that the message names; for a finding without a
cell the figures in its message. Values are hashed with a salt that differs from copy to copy. Contract:
workbook.md, "One cause, one finding".
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pipeline.checks.deduplicate import each_cell, group_findings
from pipeline.definitions.messages import number_of
from pipeline.definitions.model import Answer, Finding, Reply, Severity, Table, Workbook
from pipeline.definitions.sheet_types import Sheet
from pipeline.definitions.sheets import FORM_TITLE, WORKBOOK_KINDS
from pipeline.definitions.spelling import comparable
from pipeline.reading.personal import names_somebody

WITHHELD = "Antwort liegt vor, nicht gezeigt: sieht nach personenbezogenen Angaben aus"
RECORDS_A_LINE = 600  # of one ``Answer``: its text must fit into a cell
_SALT = 16  # characters of the file's SHA-256
_QUOTED, _FIGURE = re.compile("„([^“]+)“"), re.compile("[0-9]+")
_CELL = re.compile("([A-Z]+)([0-9]+)")
_ONE_FOR_A_SHEET = frozenset(("P32",))  # answered as a whole or asked again: its message counts all its cells
GivenAnswer = tuple[
    Answer, bool
]  # an answer, and whether it came with the submission that is being looked at


def questions(workbook: Workbook) -> tuple[tuple[Answer, ...], ...]:
    """For each finding the answers without text that identify it in the copy; empty for an error."""
    records, salt = _Records(workbook), workbook.sha256[:_SALT]
    return tuple(tuple(_questions(records, one, salt)) for one in workbook.findings)


def _questions(records: _Records, one: Finding, salt: str) -> Iterator[Answer]:
    if one.severity is Severity.ERROR:
        return
    asked = tuple(dict(records.asked(cell, salt) for cell in each_cell([one])).items())
    for start in range(0, len(asked), RECORDS_A_LINE):
        yield Answer(*_identity(one), salt=salt, records=asked[start : start + RECORDS_A_LINE])


def reply(workbook: Workbook, said: Sequence[GivenAnswer]) -> tuple[Finding, ...]:
    """The findings with their answers; ``said`` is in the order of the submissions, earliest first.

    A finding of several cells is split where they are answered differently, unless it stands once for a sheet.
    """
    lines: dict[tuple[str, ...], list[_Line]] = {}
    for answer, is_own in said:
        of = (answer.rule, answer.sheet, answer.column, answer.subject)
        lines.setdefault(of, []).append(_Line(answer, dict(answer.records), is_own))
    records = _Records(workbook)
    return tuple(part for one in workbook.findings for part in _replied(records, one, lines))


def transferred(answers: Sequence[Answer], before: Workbook, after: Workbook) -> tuple[Answer, ...]:
    """The answers to findings of ``before`` as answers to the findings at the same cells of ``after``.

    What identifies a record or its value may read otherwise there, such as a reference that was renumbered.
    """
    old, new = _Records(before), _Records(after)
    there = {(_identity(cell), cell.cell): cell for cell in each_cell(after.findings)}
    pairs: dict[tuple[str, ...], list[tuple[Finding, Finding]]] = {}
    for cell in each_cell(before.findings):
        if (same := there.get((_identity(cell), cell.cell))) is not None:
            pairs.setdefault(_identity(cell), []).append((cell, same))

    def moved(answer: Answer) -> Answer:
        of = (answer.rule, answer.sheet, answer.column, answer.subject)
        known = {old.asked(a, answer.salt): new.asked(b, answer.salt) for a, b in pairs.get(of, ())}
        return replace(answer, records=tuple(known.get(record, record) for record in answer.records))

    return tuple(map(moved, answers))


@dataclass(frozen=True, slots=True)
class _Line:
    answer: Answer
    known: Mapping[str, str]
    is_own: bool


def _replied(
    records: _Records, one: Finding, lines: Mapping[tuple[str, ...], Sequence[_Line]]
) -> Iterable[Finding]:
    here = lines.get(_identity(one), ())
    if not here or one.severity is Severity.ERROR:
        return [one]
    parts = group_findings(_answered(records, cell, here) for cell in each_cell([one]))
    if one.rule in _ONE_FOR_A_SHEET and len(parts) > 1:
        return [replace(one, reopened=True)]
    return parts


def _answered(records: _Records, one: Finding, lines: Sequence[_Line]) -> Finding:
    """The finding with the latest answer to its present value."""
    known, fits = False, []
    for line in lines:
        record, value = records.asked(one, line.answer.salt)
        known = known or record in line.known
        if line.known.get(record) == value:
            fits.append(line)
    if not fits:
        return replace(one, reopened=known)
    last = fits[-1]
    before = any(not line.is_own and line.answer.text == last.answer.text for line in fits)
    return replace(one, answer=_reply(last.answer.text, is_new=last.is_own and not before))


def _reply(text: str, *, is_new: bool) -> Reply:
    return Reply(text, WITHHELD if names_somebody(text) else text, is_new)


def _identity(one: Finding) -> tuple[str, str, str, str]:
    return one.rule, one.sheet or "", one.column or "", one.subject


# --- how many -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AnswerCounts:
    """Number of findings: answered for the first time, answered before, asked again; open warnings."""

    new: int
    answered: int
    open: int
    reopened: int

    def __str__(self) -> str:
        warnings = number_of(self.open, "offene Warnung", "offene Warnungen")
        return f"{self.new} neu, {self.answered} schon bekannt, {warnings}, {self.reopened} erneut offen"

    @property
    def any(self) -> bool:
        """Whether a municipality has ever answered."""
        return bool(self.new or self.answered or self.reopened)


def count_answers(workbooks: Iterable[Workbook]) -> AnswerCounts:
    found = [f for w in workbooks for f in w.findings]
    replies = [f.answer for f in found if f.answer is not None]
    new = sum(r.is_new for r in replies)
    reopened = sum(f.reopened for f in found)
    warnings = sum(f.severity is Severity.WARNING and f.answer is None and not f.reopened for f in found)
    return AnswerCounts(new, len(replies) - new, warnings, reopened)


# --- records and values -------------------------------------------------------------------------------


class _Records:
    """The records of one workbook by their place."""

    def __init__(self, workbook: Workbook) -> None:
        self._workbook = workbook
        kind = WORKBOOK_KINDS.get(workbook.kind)
        self._sheets = {sheet.title: sheet for sheet in kind.tables} if kind else {}
        self._tables: dict[str, Table | None] = {}
        self._named: dict[tuple[str, str], dict[int, tuple[Any, ...]]] = {}

    def asked(self, one: Finding, salt: str) -> tuple[str, str]:
        """(record, hash of the value) of a finding of one cell, or of one without a cell."""
        record, value = self._found(one, salt)
        return record, _hash(salt, value)

    def _found(self, one: Finding, salt: str) -> tuple[str, object]:
        match = _CELL.fullmatch(one.cell or "")
        if match is None:
            return "", _FIGURE.findall(one.message)
        if one.sheet == FORM_TITLE:
            return "", self._workbook.form.get(one.column or "")
        table = self._table(one.sheet or "")
        if table is None:
            return one.cell or "", None
        letters, row = match[1], int(match[2])
        column = one.column or next((n for n, at in table.letters.items() if at == letters), "")
        names = self._names(table, column)
        if row in names:
            return _written(names[row], salt, self._sheet(table).key), self._values(table, row, column, one)
        following = bisect(table.rows, row)
        if 0 < following < len(table.rows):  # an empty row between records
            return f"vor {_written(names[table.rows[following]], salt, self._sheet(table).key)}", None
        return letters, None

    def _table(self, title: str) -> Table | None:
        if title not in self._tables:
            self._tables[title] = self._workbook.tables.get(title) if title in self._sheets else None
        return self._tables[title]

    def _sheet(self, table: Table) -> Sheet:
        return self._sheets[table.sheet]

    def _names(self, table: Table, column: str) -> dict[int, tuple[Any, ...]]:
        """Excel row → what identifies its record: its key, or all its cells but that of ``column``; and which of
        several equal ones it is."""
        sheet = self._sheet(table)
        key, spelt = sheet.key, [n for n in sheet.key if sheet.column(n).is_name]
        of = (table.sheet, "" if key else column)
        if of not in self._named:
            columns = key or tuple(name for name in table.columns if name != column)
            seen: dict[tuple[Any, ...], int] = {}
            named = {}
            for row, *parts in table.records(*columns):
                record = tuple(
                    comparable(p) if p and n in spelt else p for n, p in zip(columns, parts, strict=True)
                )
                seen[record] = seen.get(record, 0) + 1
                named[row] = (*record, *([seen[record]] if seen[record] > 1 else ()))
            self._named[of] = named
        return self._named[of]

    def _values(self, table: Table, row: int, column: str, one: Finding) -> list[Any]:
        named = dict.fromkeys([column, *_QUOTED.findall(one.message + one.remedy)])
        position = bisect(table.rows, row) - 1
        return [table[name][position] for name in named if name in table.columns]


def _written(record: tuple[Any, ...], salt: str, key: Sequence[str]) -> str:
    """A key as it is, anything else as a hash."""
    return " + ".join(map(str, record)) if key else _hash(salt, record)


def _hash(salt: str, value: object) -> str:
    return hashlib.blake2b(repr(value).encode(), key=salt.encode()[:64], digest_size=8).hexdigest()
