"""Packs the rows of a workbook for ``daten/*.parquet``: Arrow record batches by sheet, compressed with zstd.

They are made where the tables are at hand. Whoever writes them needs no pandas, which pyarrow loads to look
at lists of values.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
import pyarrow as pa

from pipeline.definitions.model import Table, Workbook
from pipeline.definitions.sheet_types import Kind, Sheet
from pipeline.rules import Rules

ORIGIN = (("AGS", pa.string()), ("Datei", pa.string()), ("Excel-Zeile", pa.int64()))
_TYPES = {
    Kind.DATE: pa.date32(),
    Kind.INTEGER: pa.int64(),
    Kind.REFERENCES: pa.list_(pa.string()),
    Kind.CHOICES: pa.list_(pa.string()),
}
_LARGEST = 2**63 - 1
_ZSTD = "zstd"


def sheets_of_rows(rules: Rules) -> tuple[Sheet, ...]:
    """The tables of all kinds of workbook, each title once, with all its columns."""
    found: dict[str, Sheet] = {}
    for kind in rules.kinds.values():
        for sheet in kind.tables:
            found.setdefault(sheet.title, sheet)
    return tuple(found.values())


def schema_of(sheet: Sheet) -> pa.Schema:
    """The Arrow schema of a sheet. Every column is nullable: required cells are checked long before."""
    named = [*ORIGIN, *((c.name, _TYPES.get(c.kind, pa.string())) for c in sheet.columns)]
    return pa.schema([pa.field(name, kind, nullable=True) for name, kind in named])


def pack_rows(workbook: Workbook, rules: Rules) -> bytes:
    """Return the rows of all tables of a workbook; ``unpack_rows`` gives them by sheet."""
    tables = workbook.tables
    sheets = [s for s in sheets_of_rows(rules) if s.title in tables]
    batches = {s.title: _batch(s, workbook, tables[s.title]).serialize().to_pybytes() for s in sheets}
    data = msgspec.msgpack.encode(batches)
    return msgspec.msgpack.encode((len(data), pa.compress(data, codec=_ZSTD, asbytes=True)))


def unpack_rows(data: bytes, schemas: Mapping[str, pa.Schema]) -> dict[str, pa.RecordBatch]:
    """Return the rows by title of their sheet; ``schemas`` are those of ``schema_of``."""
    size, packed = msgspec.msgpack.decode(data, type=tuple[int, bytes])
    whole = pa.decompress(packed, size, codec=_ZSTD, asbytes=True)
    batches = msgspec.msgpack.decode(whole, type=dict[str, bytes])
    return {title: pa.ipc.read_record_batch(batch, schemas[title]) for title, batch in batches.items()}


def _batch(sheet: Sheet, workbook: Workbook, table: Table) -> pa.RecordBatch:
    schema = schema_of(sheet)
    values = zip(_columns(sheet, workbook, table), schema, strict=True)
    return pa.RecordBatch.from_arrays([pa.array(v, type=f.type) for v, f in values], schema=schema)


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
