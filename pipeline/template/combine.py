"""Combines the content of two filled workbooks of one municipality, record by record.

Values are copied as typed, as in ``take_over``; they are compared as they would be read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from pipeline.checks.answers import transferred
from pipeline.definitions.messages import number_of
from pipeline.definitions.model import Answer, Workbook
from pipeline.definitions.sheet_types import Column, Kind, Sheet
from pipeline.definitions.sheets import FORM_AGS, FORM_TITLE, RULE_INPUTS
from pipeline.reading.values import clean, parse
from pipeline.template.fill import Content, Entry, Literal
from pipeline.template.renumber import NewKeys, answers_renumbered, comparable_key, renumbered
from pipeline.template.take_over import Move

NIL_RETURN = "Leermeldung: "


@dataclass(frozen=True, slots=True)
class Clash:
    """Two cells with different values for the same record."""

    sheet: str
    column: str
    cells: tuple[str, str]


def read_as(column: Column, value: Any) -> Any:
    """The value as reading would type it; an unreadable one as it stands."""
    if value is None:
        return None
    raw = float(value) if isinstance(value, int) and not isinstance(value, bool) else value
    read = parse(column, str(raw) if isinstance(raw, Literal) else raw)[0]
    if read is None:
        return ("unread", str(value))
    return comparable_key(column, read)


@dataclass
class _Rows:
    """The records of one sheet in one file, as typed and as read."""

    sheet: Sheet
    typed: Sequence[Mapping[str, Any]]

    @cached_property
    def read(self) -> list[tuple[Any, ...]]:
        return [tuple(read_as(c, row.get(c.name)) for c in self.sheet.columns) for row in self.typed]

    @cached_property
    def keys(self) -> list[tuple[Any, ...] | None]:
        """Key of each record; None where the sheet has no key or a part of it is empty."""
        at = [self.sheet.names.index(name) for name in self.sheet.key]
        return [self._key(row, at) for row in self.read]

    @staticmethod
    def _key(row: tuple[Any, ...], at: list[int]) -> tuple[Any, ...] | None:
        values = tuple(row[i].casefold() if isinstance(row[i], str) else row[i] for i in at)
        return values if values and None not in values else None


@dataclass
class _Compared:
    """Rows of the second file that are new, and those that clash: position there → position in the first."""

    new: list[int] = field(default_factory=list)
    clashing: dict[int, int] = field(default_factory=dict)


def _compared(first: _Rows, second: _Rows) -> _Compared:
    """Compares the records of a sheet. Rows without a key are counted (two equal contacts are two); rows with
    one stand once.
    """
    found, there = _Compared(), Counter(first.read)
    by_key = {key: i for i, key in reversed(list(enumerate(first.keys))) if key is not None}
    for i, (row, key) in enumerate(zip(second.read, second.keys, strict=True)):
        if key is not None and row in there:
            continue
        if key is None and there[row] > 0:
            there[row] -= 1
        elif key in by_key and key is not None:
            found.clashing[i] = by_key[key]
        else:
            found.new.append(i)
    return found


@dataclass(frozen=True, slots=True)
class Combined:
    """The combined content (of clashing records that of the first file), the clashes, and German lines."""

    content: Content
    clashes: tuple[Clash, ...]
    notes: tuple[str, ...]
    answers: tuple[Answer, ...] = ()


def combine(
    first: Move,
    second: Move,
    names: tuple[str, str],
    *,
    renumber: bool,
    examined: Callable[[Content], Workbook],
) -> Combined:
    """Combines two files. ``names``: what the lines call them. ``examined``: a content as the check reads it."""
    return _Merge(first, second, renumber=renumber, examined=examined).result(names)


class _Merge:
    """Combines sheet by sheet; ``result`` gives the outcome."""

    def __init__(
        self, first: Move, second: Move, *, renumber: bool, examined: Callable[[Content], Workbook]
    ) -> None:
        self.first, self.second, self.renumber = first, second, renumber
        self.examined = examined
        self.kind = first.kind
        self.content = Content()
        self.clashes: list[Clash] = []
        self.notes: list[str] = []

    def result(self, names: tuple[str, str]) -> Combined:
        keys = self._new_keys()
        second = renumbered(self.second.content, self.kind, keys)
        self._form()
        for sheet in self.kind.tables:
            if sheet.prefill:
                self._entries(sheet, second)
            else:
                self._table(sheet, second)
        self._nil_returns()
        left = [
            f"nicht übernommen, {name}: {line}"
            for name, side in zip(names, self._sides, strict=True)
            for line in side.left
        ]
        moved = answers_renumbered(self._answers_of(second), self.kind, keys)
        answers = tuple(dict.fromkeys((*self.first.answers, *moved)))
        carried = (
            [f"{number_of(len(answers), 'Antwort', 'Antworten')} der Kommune übernommen."] if answers else []
        )
        notes = (*keys.lines(names[1]), *self.notes, *carried, *dict.fromkeys(left))
        return Combined(self.content, tuple(self.clashes), notes, answers)

    def _answers_of(self, renumbered_content: Content) -> Sequence[Answer]:
        """The second file's answers; where new keys change what an answer is known by, as it is known now."""
        answers, content = self.second.answers, self.second.content
        if not answers or content == renumbered_content:
            return answers
        return transferred(answers, self.examined(content), self.examined(renumbered_content))

    @property
    def _sides(self) -> tuple[Move, Move]:
        return self.first, self.second

    def _rows(self, sheet: Sheet, content: Content) -> _Rows:
        return _Rows(sheet, content.tables.get(sheet.title, ()))

    def _new_keys(self) -> NewKeys:
        """New keys for the records of the second file that clash, repeated until no new clash arises."""
        keys = NewKeys(self.kind, (self.first.content, self.second.content))
        while self.renumber:
            second = renumbered(self.second.content, self.kind, keys)
            more = [
                (sheet, self.second.content.tables[sheet.title][i])
                for sheet in keys.sheets
                for i in _compared(self._rows(sheet, self.first.content), self._rows(sheet, second)).clashing
            ]
            given = [keys.give(sheet, row) for sheet, row in more]
            if not any(given):
                break
        return keys

    # --- Stammdaten ---

    def _form(self) -> None:
        """Stammdaten: a line that only one file has filled is taken from it."""
        one, other = self.first.content.form, self.second.content.form
        for column in self.kind.form.columns:
            values = [side[column.name] for side in (one, other) if side.get(column.name) is not None]
            if len({repr(read_as(column, v)) for v in values}) > 1:
                self._clash_of_form(column)
            elif values:
                self.content.form[column.name] = values[0]
        if self.first.municipality != self.second.municipality:
            self._clash_of_form(FORM_AGS)

    def _clash_of_form(self, column: Column) -> None:
        rows = (side.form_rows.get(column.name, 1) for side in self._sides)
        one, other = (f"B{row}" for row in rows)
        clash = Clash(FORM_TITLE, column.name, (one, other))
        self.clashes += [] if clash in self.clashes else [clash]

    def _nil_returns(self) -> None:
        """Drops a Leermeldung for a sheet that the other file has filled."""
        for label in [name for name in self.content.form if name.startswith(NIL_RETURN)]:
            title = label.removeprefix(NIL_RETURN)
            if self.content.tables.get(title):
                del self.content.form[label]
                self.notes.append(f"{FORM_TITLE}: „{label}“ ist leer, denn im Blatt {title} steht etwas.")

    # --- tables ---

    def _table(self, sheet: Sheet, second: Content) -> None:
        first, other = self._rows(sheet, self.first.content), self._rows(sheet, second)
        compared = _compared(first, other)
        self.content.tables[sheet.title] = [*first.typed, *(other.typed[i] for i in compared.new)]
        for there, here in compared.clashing.items():
            for number, column in enumerate(sheet.columns):
                if first.read[here][number] != other.read[there][number]:
                    self._clash(sheet, column.name, here, there)

    def _clash(self, sheet: Sheet, column: str, here: int, there: int) -> None:
        places = ((self.first.located[sheet.title], here), (self.second.located[sheet.title], there))
        one, other = (f"{at.letters.get(column, 'A')}{at.rows[i]}" for at, i in places)
        self.clashes.append(Clash(sheet.title, column, (one, other)))

    def _entries(self, sheet: Sheet, second: Content) -> None:
        """Prefilled rows, field by field: taken from the file that has filled it."""
        numbers = dict.fromkeys((*self.first.content.entries, *second.entries))
        for number in [n for n in numbers if any(_has_row(side, sheet, n) for side in self._sides)]:
            one, other = (c.entries.get(number, Entry()) for c in (self.first.content, second))
            taken = [
                self._field(sheet, number, column, values)
                for column, *values in zip(RULE_INPUTS, _fields(one), _fields(other), strict=True)
            ]
            if any(value is not None for value in taken):
                self.content.entries[number] = Entry(*taken)

    def _field(self, sheet: Sheet, number: str, name: str, values: list[Any]) -> Any:
        column = sheet.column(name)
        given = [value for value in values if value is not None]
        if len({repr(read_as(column, v)) for v in given}) < 2:
            return given[0] if given else None
        if self.renumber and column.kind is Kind.REFERENCES:
            both = dict.fromkeys(key for v in given for key in read_as(column, v))
            return Literal("; ".join(both))
        self._clash(sheet, name, *(_row_of(side, sheet, number) for side in self._sides))
        return given[0]


def _has_row(side: Move, sheet: Sheet, number: str) -> bool:
    return any(clean(str(value))[0] == number for value in side.located[sheet.title].raws(sheet.key[0]))


def _row_of(side: Move, sheet: Sheet, number: str) -> int:
    """Position of the row of a rule among the records; it exists, as it has an entry."""
    numbers = side.located[sheet.title].raws(sheet.key[0])
    return next(i for i, value in enumerate(numbers) if clean(str(value))[0] == number)


def _fields(entry: Entry) -> tuple[Any, Any, Any]:
    return entry.on, entry.evidence, entry.note
