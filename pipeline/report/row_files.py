"""daten/*.parquet: the rows of all accepted submissions, one file per sheet, for analysts. Restricted.

Written as a stream in the order of the municipalities' AGS; the same rows give the same bytes. The columns
are those of the sheet definitions, preceded by AGS, file and Excel row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

import pyarrow as pa
from pyarrow.parquet import ParquetWriter

from pipeline.definitions.model import Kind, Sheet, State, Table, Workbook
from pipeline.outcome import Outcome
from pipeline.rules import Rules

DATA_FOLDER = "daten"
ROW_GROUP = 20_000  # rows at least; readers skip whole groups, and thousands of tiny ones make them slow
ORIGIN = (("AGS", pa.string()), ("Datei", pa.string()), ("Excel-Zeile", pa.int64()))
_TYPES = {
    Kind.DATE: pa.date32(),
    Kind.INTEGER: pa.int64(),
    Kind.REFERENCES: pa.list_(pa.string()),
    Kind.CHOICES: pa.list_(pa.string()),
}
_LARGEST = 2**63 - 1


def write_data(outcome: Outcome, folder: Path) -> None:
    """Writes one file per sheet of any kind of workbook, also where nobody reported a row."""
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        files = [stack.enter_context(_Rows(sheet, folder)) for sheet in _sheets(outcome.rules)]
        for workbook in _accepted(outcome):
            tables = workbook.tables
            for file in files:
                if file.sheet.title in tables:
                    file.add(workbook, tables[file.sheet.title])


class _Rows:
    """The file of one sheet. Rows are collected until they fill a row group."""

    def __init__(self, sheet: Sheet, folder: Path) -> None:
        self.sheet = sheet
        self._schema = schema_of(sheet)
        self._writer = ParquetWriter(folder / f"{sheet.title}.parquet", self._schema, compression="zstd")
        self._waiting: list[list[Any]] = [[] for _ in self._schema]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self._write()
        self._writer.close()

    def add(self, workbook: Workbook, table: Table) -> None:
        for waiting, values in zip(self._waiting, _columns(self.sheet, workbook, table), strict=True):
            waiting.extend(values)
        if len(self._waiting[0]) >= ROW_GROUP:
            self._write()

    def _write(self) -> None:
        if self._waiting[0]:
            arrays = [pa.array(v, type=f.type) for v, f in zip(self._waiting, self._schema, strict=True)]
            self._writer.write_table(pa.Table.from_arrays(arrays, schema=self._schema))
            self._waiting = [[] for _ in self._schema]


def schema_of(sheet: Sheet) -> pa.Schema:
    """The Arrow schema of a sheet. Every column is nullable: required cells are checked long before."""
    named = [*ORIGIN, *((c.name, _TYPES.get(c.kind, pa.string())) for c in sheet.columns)]
    return pa.schema([pa.field(name, kind, nullable=True) for name, kind in named])


def _sheets(rules: Rules) -> tuple[Sheet, ...]:
    """The tables of all kinds of workbook, each title once, with all its columns."""
    found: dict[str, Sheet] = {}
    for kind in rules.kinds.values():
        for sheet in kind.tables:
            found.setdefault(sheet.title, sheet)
    return tuple(found.values())


def _accepted(outcome: Outcome) -> Iterator[Workbook]:
    accepted = (s.workbook for s in outcome.submissions if s.state is State.ACCEPTED)
    return iter(sorted(accepted, key=lambda w: w.ags or ""))


def _columns(sheet: Sheet, workbook: Workbook, table: Table) -> Iterator[Sequence[Any]]:
    """In the order of the schema."""
    size = len(table)
    yield from ([workbook.ags] * size, [_storable(workbook.file)] * size, table.rows)
    for column in sheet.columns:
        values = table[column.name]
        yield _integers(values) if column.kind is Kind.INTEGER else values


def _integers(values: Sequence[int | None]) -> list[int | None]:
    """Numbers that no 64-bit integer holds are left empty."""
    return [v if v is None or abs(v) <= _LARGEST else None for v in values]


def _storable(name: str) -> str:
    """A file name in an unknown encoding, with escapes, as UTF-8 cannot hold it."""
    return name.encode("utf-8", "backslashreplace").decode()
