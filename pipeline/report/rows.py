"""daten/*.parquet: the rows of all accepted submissions, one file a sheet, for analysts. Restricted.

Written one municipality at a time, in the order of their AGS; the same rows give the same bytes. The columns
are those of the sheet definitions, before them AGS, file and Excel row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow.parquet import ParquetWriter

from pipeline.model import Kind, Sheet, State, Workbook
from pipeline.rules import Rules
from pipeline.run import Outcome

DATA_FOLDER = "daten"
ORIGIN = (("AGS", pa.string()), ("Datei", pa.string()), ("Excel-Zeile", pa.int64()))
_TYPES = {
    Kind.DATE: pa.date32(),
    Kind.INTEGER: pa.int64(),
    Kind.REFERENCES: pa.list_(pa.string()),
    Kind.CHOICES: pa.list_(pa.string()),
}
_LARGEST = 2**63 - 1


def write_data(outcome: Outcome, folder: Path) -> None:
    """One file for each sheet that any workbook has, also where nobody reported a row."""
    folder.mkdir(parents=True, exist_ok=True)
    sheets = _sheets(outcome.rules)
    with ExitStack() as stack:
        writers = {
            sheet.title: stack.enter_context(
                ParquetWriter(folder / f"{sheet.title}.parquet", schema_of(sheet), compression="zstd")
            )
            for sheet in sheets
        }
        for workbook in _accepted(outcome):
            for sheet in sheets:
                if workbook.tables.get(sheet.title):
                    writers[sheet.title].write_table(_records(sheet, workbook))


def schema_of(sheet: Sheet) -> pa.Schema:
    """Every column may be empty: what is required is checked long before."""
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


def _records(sheet: Sheet, workbook: Workbook) -> pa.Table:
    table, schema = workbook.tables[sheet.title], schema_of(sheet)
    size = len(table)
    origin = ([workbook.ags] * size, [_storable(workbook.file)] * size, table.rows)
    columns: list[Sequence[Any]] = [*origin]
    columns += (_integers(table[c.name]) if c.kind is Kind.INTEGER else table[c.name] for c in sheet.columns)
    arrays = [pa.array(values, type=field.type) for values, field in zip(columns, schema, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)


def _integers(values: Sequence[int | None]) -> list[int | None]:
    """What no 64-bit integer holds is no number of anything here, and left empty."""
    return [v if v is None or abs(v) <= _LARGEST else None for v in values]


def _storable(name: str) -> str:
    """File names in an unknown encoding cannot stand in UTF-8; they are written with their escapes."""
    return name.encode("utf-8", "backslashreplace").decode()
