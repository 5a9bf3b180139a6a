"""daten/*.parquet: the rows of all accepted submissions, one file per sheet, for analysts. Restricted.

Written as a stream in the order of the municipalities' AGS. The columns are those of the sheet definitions,
preceded by AGS, file and Excel row (``packed_rows``).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Self

import pyarrow as pa
from pyarrow.parquet import ParquetWriter

from pipeline.definitions.model import State, Workbook
from pipeline.engine.packed_rows import pack_rows, schema_of, sheets_of_rows, unpack_rows
from pipeline.outcome import Outcome

DATA_FOLDER = "daten"
ROW_GROUP = 20_000  # rows at least; readers skip whole groups, and thousands of tiny ones make them slow


def write_data(outcome: Outcome, folder: Path) -> None:
    """Writes one file per sheet of any kind of workbook, also where nobody reported a row."""
    folder.mkdir(parents=True, exist_ok=True)
    schemas = {sheet.title: schema_of(sheet) for sheet in sheets_of_rows(outcome.rules)}
    with ExitStack() as stack:
        files = {t: stack.enter_context(_Rows(folder / f"{t}.parquet", s)) for t, s in schemas.items()}
        for workbook in _accepted(outcome):
            packed = outcome.rows.get(workbook.ags or "") or pack_rows(workbook, outcome.rules)
            for title, rows in unpack_rows(packed, schemas).items():
                files[title].add(rows)


class _Rows:
    """The file of one sheet. Rows are collected until they fill a row group."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._schema = schema
        self._writer = ParquetWriter(path, schema, compression="zstd")
        self._waiting: list[pa.RecordBatch] = []
        self._count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self._write()
        self._writer.close()

    def add(self, rows: pa.RecordBatch) -> None:
        self._waiting.append(rows)
        self._count += len(rows)
        if self._count >= ROW_GROUP:
            self._write()

    def _write(self) -> None:
        if self._count:
            self._writer.write_table(pa.Table.from_batches(self._waiting, schema=self._schema))
        self._waiting, self._count = [], 0


def _accepted(outcome: Outcome) -> Iterator[Workbook]:
    accepted = (s.workbook for s in outcome.submissions if s.state is State.ACCEPTED)
    return iter(sorted(accepted, key=lambda w: w.ags or ""))
