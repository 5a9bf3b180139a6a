"""Gives new keys to records whose key another record has too, and updates all references to them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pipeline.definitions.messages import number_of
from pipeline.definitions.model import Answer
from pipeline.definitions.sheet_types import Column, Kind, Sheet, WorkbookKind
from pipeline.definitions.sheets import RULE_EVIDENCE
from pipeline.reading.values import parse
from pipeline.template.fill import Content, Entry, Literal, Row

_KEY = re.compile(r"(?P<prefix>.*-)(?P<digits>[0-9]{3,6})")


class NewKeys:
    """(sheet, old key) → new key, unused in both files."""

    def __init__(self, kind: WorkbookKind, contents: Sequence[Content]) -> None:
        self.sheets = tuple(t for t in kind.tables if _key_column(t) is not None)
        self._new: dict[str, dict[str, str]] = {t.title: {} for t in self.sheets}
        self._highest = {t.title: max(_numbers(t, contents), default=0) for t in self.sheets}

    def give(self, sheet: Sheet, row: Mapping[str, Any]) -> bool:
        """Assigns the next free number with as many digits as the old one; False where the key is no number."""
        column = _key_column(sheet)
        assert column is not None
        old = key_of(column, row)
        match = _KEY.fullmatch(old or "")
        if old is None or match is None or old in self._new[sheet.title]:
            return False
        self._highest[sheet.title] += 1
        digits = str(self._highest[sheet.title]).zfill(len(match["digits"]))
        self._new[sheet.title][old] = f"{match['prefix']}{digits}"
        return True

    def of(self, sheet: str, key: str) -> str:
        return self._new.get(sheet, {}).get(key, key)

    def lines(self, file: str) -> Iterator[str]:
        """German lines with the number of new keys per sheet; the keys themselves stand in the new workbook
        only.
        """
        for title, keys in self._new.items():
            if keys:
                many = number_of(
                    len(keys), "Datensatz bekam eine neue Nummer", "Datensätze bekamen neue Nummern"
                )
                yield f"{title}: {many}, aus {file}."


def _key_column(sheet: Sheet) -> Column | None:
    """The column whose keys can be renumbered: a single key column with a prefix."""
    if len(sheet.key) != 1:
        return None
    column = sheet.column(sheet.key[0])
    return column if column.kind is Kind.KEY and column.prefix else None


def comparable_key(column: Column, read: Any) -> Any:
    """Keys and references in upper case, as reading ignores their case."""
    if column.kind in (Kind.KEY, Kind.REFERENCE):
        return read.upper()
    return tuple(key.upper() for key in read) if column.kind is Kind.REFERENCES else read


def key_of(column: Column, row: Mapping[str, Any]) -> str | None:
    """The key of a row as it would be read."""
    value = row.get(column.name)
    read = parse(column, str(value))[0] if value is not None else None
    return str(comparable_key(column, read)) if read is not None else None


def _numbers(sheet: Sheet, contents: Sequence[Content]) -> Iterator[int]:
    column = _key_column(sheet)
    assert column is not None
    for content in contents:
        for row in content.tables.get(sheet.title, ()):
            if match := _KEY.fullmatch(key_of(column, row) or ""):
                yield int(match["digits"])


# --- the rows -----------------------------------------------------------------------------------------


def renumbered(content: Content, kind: WorkbookKind, keys: NewKeys) -> Content:
    """The content with the new keys and all references to them updated."""
    tables: dict[str, Sequence[Row]] = {
        title: [_row(kind.table(title), row, keys) for row in rows] for title, rows in content.tables.items()
    }
    entries = {
        number: Entry(entry.on, _value(RULE_EVIDENCE, entry.evidence, keys), entry.note)
        for number, entry in content.entries.items()
    }
    return Content(dict(content.form), tables, entries)


def answers_renumbered(answers: Sequence[Answer], kind: WorkbookKind, keys: NewKeys) -> list[Answer]:
    """The answers with the new keys. Records of a sheet without a key are known by a hash and unchanged."""
    sheets = {t.title: t for t in kind.tables if t.key}
    return [
        replace(one, records=tuple((_record(sheets[one.sheet], r, keys), v) for r, v in one.records))
        if one.sheet in sheets
        else one
        for one in answers
    ]


def _record(sheet: Sheet, record: str, keys: NewKeys) -> str:
    """A record's key as ``checks.answers`` writes it, ``P-0007 + A-001 + 2026-03-31``, with new keys."""
    parts = record.split(" + ")
    for i, name in enumerate(sheet.key[: len(parts)]):
        column = sheet.column(name)
        of = column.to or (sheet.title if column == _key_column(sheet) else "")
        parts[i] = keys.of(of, parts[i])
    return " + ".join(parts)


def _row(sheet: Sheet, row: Mapping[str, Any], keys: NewKeys) -> dict[str, Any]:
    own = _key_column(sheet)
    values = {name: _value(sheet.column(name), value, keys) for name, value in row.items()}
    if own is not None and (key := key_of(own, row)) is not None:
        new = keys.of(sheet.title, key)
        values[own.name] = row[own.name] if new == key else Literal(new)
    return values


def _value(column: Column, value: Any, keys: NewKeys) -> Any:
    """A reference updated to the new key; everything else as typed."""
    if value is None or column.kind not in (Kind.REFERENCE, Kind.REFERENCES):
        return value
    read = parse(column, str(value))[0]
    if read is None:
        return value
    known = comparable_key(column, read)
    old = known if isinstance(known, tuple) else (known,)
    new = tuple(keys.of(column.to, key) for key in old)
    return value if new == old else Literal("; ".join(new))
