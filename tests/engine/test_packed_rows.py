"""Rows for daten/ that workers have packed: the same files as from the tables, without pandas, kept for later runs."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import date
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.cli.engine_options import with_engine
from pipeline.engine import packed_rows
from pipeline.engine.cache import CACHE_FILE
from pipeline.engine.engine import Engine
from pipeline.report.row_files import write_data
from pipeline.rules import Rules
from pipeline.run import run
from tests import builder
from tests.demo_files import lay_demo

AS_OF = date(2026, 6, 30)
COUNTING = ["2026-03-31/KISI_Buedingen.xlsx", "2026-03-31/KISI_Friedberg.xlsx"]
WITHOUT_PANDAS = """
import sys
from pathlib import Path
import pyarrow as pa
from pipeline.engine.packed_rows import unpack_rows
from pipeline.report.row_files import _Rows

schema = pa.schema([("Name", pa.string()), ("Nachweise", pa.list_(pa.string()))])
file = _Rows(Path(sys.argv[1]), schema)
with file:
    file.add(unpack_rows(sys.stdin.buffer.read(), {"Blatt": schema})["Blatt"])
assert "pandas" not in sys.modules
"""


@pytest.fixture(scope="module")
def received(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("eingang")
    lay_demo(folder)
    return folder


@pytest.fixture
def packed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files whose rows are packed, in this order."""
    names: list[str] = []
    original = packed_rows.pack_rows

    def counted(workbook: packed_rows.Workbook, rules: Rules) -> bytes:
        names.append(workbook.file)
        return original(workbook, rules)

    monkeypatch.setattr(packed_rows, "pack_rows", counted)
    return names


def written(
    folder: Path, place: Path, out: Path | None = None, *, with_rows: bool = True
) -> dict[str, bytes]:
    """What lies in daten/ after a run, whose cache is in ``out``."""
    place.mkdir(parents=True)

    def work(engine: Engine) -> None:
        write_data(run(folder, builder.rules(), AS_OF, engine=engine), place)

    with_engine(work, builder.rules(), jobs=0, cache_folder=out, with_rows=with_rows)
    return {p.name: p.read_bytes() for p in sorted(place.iterdir())}


def test_packed_rows_and_tables_give_the_same_files(
    received: Path, tmp_path: Path, packed: list[str]
) -> None:
    own = written(received, tmp_path / "a")
    assert packed == COUNTING
    assert written(received, tmp_path / "b", with_rows=False) == own
    assert len(own["Personen.parquet"]) > len(own["Verwaltung.parquet"])


def test_a_second_run_packs_nothing_again(received: Path, tmp_path: Path, packed: list[str]) -> None:
    out = tmp_path / "out"
    out.mkdir()
    first = written(received, tmp_path / "a", out)
    packed.clear()
    assert written(received, tmp_path / "b", out) == first
    assert packed == []


def test_rows_that_an_earlier_run_did_not_want_are_packed(
    received: Path, tmp_path: Path, packed: list[str]
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    written(received, tmp_path / "a", out, with_rows=False)
    packed.clear()
    first = written(received, tmp_path / "b", out)
    assert packed == COUNTING
    written(received, tmp_path / "c", out, with_rows=False)  # keeps what it does not need itself
    packed.clear()
    assert written(received, tmp_path / "d", out) == first
    assert packed == []


def test_lost_rows_are_packed_again(received: Path, tmp_path: Path, packed: list[str]) -> None:
    out = tmp_path / "out"
    out.mkdir()
    first = written(received, tmp_path / "a", out)
    with closing(sqlite3.connect(out / CACHE_FILE)) as database, database:
        records = database.execute("SELECT key, content FROM record").fetchall()
        lost = [(key,) for key, content in records if _are_rows(content)]
        database.executemany("DELETE FROM record WHERE key = ?", lost)
    assert len(lost) == 2
    packed.clear()
    assert written(received, tmp_path / "b", out) == first
    assert packed == COUNTING


def _are_rows(content: bytes) -> bool:
    try:
        return bool(msgspec.msgpack.decode(content, type=tuple[int, bytes]))
    except msgspec.MsgspecError:
        return False


def test_packed_rows_are_written_without_pandas(tmp_path: Path) -> None:
    rows = [{"Name": "ä", "Nachweise": ["N1", "N2"]}, {"Name": None, "Nachweise": None}]
    schema = pa.schema([("Name", pa.string()), ("Nachweise", pa.list_(pa.string()))])
    batch = pa.RecordBatch.from_pylist(rows, schema=schema).serialize().to_pybytes()
    whole = msgspec.msgpack.encode({"Blatt": batch})
    data = msgspec.msgpack.encode((len(whole), pa.compress(whole, codec="zstd", asbytes=True)))
    file = tmp_path / "Blatt.parquet"
    subprocess.run([sys.executable, "-c", WITHOUT_PANDAS, file], input=data, check=True)
    assert pq.read_table(file).to_pylist() == rows
