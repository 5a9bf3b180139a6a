"""The cache only ever saves time: whatever is in its file, no answer changes."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest

from pipeline.engine.cache import CacheDamaged, ResultCache, cache_key, delete_cache


def path(folder: Path) -> Path:
    return folder / "cache.sqlite"


def filled(folder: Path, **records: bytes) -> Path:
    cache = ResultCache(path(folder))
    cache.put(records)
    cache.close()
    return path(folder)


def test_what_was_put_is_there_the_next_time(tmp_path: Path) -> None:
    cache = ResultCache(filled(tmp_path, a=b"1", b=b"2"))
    assert [cache.get(k) for k in ("a", "b", "c")] == [b"1", b"2", None]


def test_no_file_without_a_record(tmp_path: Path) -> None:
    cache = ResultCache(path(tmp_path))
    cache.put({})
    assert cache.get("a") is None
    cache.close()
    assert not path(tmp_path).exists()


def test_what_a_run_did_not_need_is_forgotten(tmp_path: Path) -> None:
    cache = ResultCache(filled(tmp_path, used=b"1", gone=b"2"))
    cache.get("used")
    cache.put({"new": b"3"})
    cache.forget_unused()
    cache.close()
    later = ResultCache(path(tmp_path))
    assert [later.get(k) for k in ("used", "new", "gone")] == [b"1", b"3", None]
    later.close()
    assert b"gone" not in path(tmp_path).read_bytes()


def changed(file: Path, statement: str) -> None:
    database = sqlite3.connect(file)
    with database:
        database.execute(statement)
    database.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE record SET content = x'39' WHERE key = 'a'",
        "UPDATE record SET content = 'text' WHERE key = 'a'",
        "UPDATE record SET content = NULL, digest = x'' WHERE key = 'a'",
        "UPDATE record SET digest = (SELECT digest FROM record WHERE key = 'b') WHERE key = 'a'",
        "UPDATE record SET (digest, content) = (SELECT digest, content FROM record WHERE key = 'b') WHERE key = 'a'",
        "DELETE FROM record WHERE key = 'a'",
    ],
)
def test_a_record_that_does_not_hold_its_hash_is_absent(tmp_path: Path, statement: str) -> None:
    file = filled(tmp_path, a=b"1", b=b"2")
    changed(file, statement)
    cache = ResultCache(file)
    assert cache.get("a") is None
    assert cache.get("b") == b"2"


@pytest.mark.parametrize(
    "content", [b"", b"no database", b"SQLite format 3\0" + bytes(52) + b"KISI" + bytes(5000)]
)
def test_a_file_that_is_something_else_is_rebuilt(tmp_path: Path, content: bytes) -> None:
    path(tmp_path).write_bytes(content)
    cache = ResultCache(path(tmp_path))
    assert cache.get("a") is None
    cache.put({"a": b"1"})
    cache.close()
    assert ResultCache(path(tmp_path)).get("a") == b"1"


@pytest.mark.parametrize("table", ["other TEXT", "key TEXT PRIMARY KEY, digest BLOB, content BLOB"])
def test_a_database_of_somebody_else_is_left_alone(tmp_path: Path, table: str) -> None:
    changed(path(tmp_path), f"CREATE TABLE record ({table})")
    if table.startswith("key"):
        changed(path(tmp_path), "INSERT INTO record VALUES ('a', 'b', 'c')")
    before = path(tmp_path).read_bytes()
    cache = ResultCache(path(tmp_path))
    cache.put({"a": b"1"})
    assert cache.get("a") == b"1"
    cache.forget_unused()
    cache.undo()
    delete_cache(path(tmp_path))
    assert path(tmp_path).read_bytes() == before


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
@pytest.mark.parametrize("kind", ["link", "second name", "link to nothing"])
def test_a_link_is_not_followed(tmp_path: Path, kind: str) -> None:
    """Even to a cache of ours, which may serve another project."""
    (tmp_path / "fremd").mkdir()
    foreign = filled(tmp_path / "fremd", a=b"1")
    before = foreign.read_bytes()
    if kind == "second name":
        os.link(foreign, path(tmp_path))
    else:
        path(tmp_path).symlink_to(foreign if kind == "link" else tmp_path / "fremd/neu")
    cache = ResultCache(path(tmp_path))
    assert cache.get("a") is None
    cache.put({"b": b"2"})
    cache.forget_unused()
    cache.undo()
    delete_cache(path(tmp_path))
    assert foreign.read_bytes() == before
    assert [p.name for p in (tmp_path / "fremd").iterdir()] == [foreign.name]
    assert os.path.lexists(path(tmp_path))


def test_a_page_that_is_overwritten_costs_only_time(tmp_path: Path) -> None:
    file = filled(tmp_path, **{f"key{n}": os.urandom(3000) for n in range(40)})
    with file.open("r+b") as stream:
        stream.seek(4096)
        stream.write(b"\xff" * (file.stat().st_size - 4096))
    cache = ResultCache(file)
    assert cache.get("key7") is None


def test_where_nothing_can_be_written_the_store_is_temporary(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    cache = ResultCache(tmp_path / "file" / "cache.sqlite")
    cache.put({"a": b"1"})
    assert cache.get("a") == b"1"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_nobody_else_may_read_it(tmp_path: Path) -> None:
    assert filled(tmp_path, a=b"1").stat().st_mode & 0o077 == 0


def test_tables_that_are_gone_end_the_run_and_not_the_truth(tmp_path: Path) -> None:
    with pytest.raises(CacheDamaged):
        ResultCache().tables("a")


def test_a_key_tells_its_parts_apart() -> None:
    assert cache_key("ab", "c") != cache_key("a", "bc")
    assert cache_key("a") != cache_key("a", "")
    assert cache_key("a", None) == cache_key("a", None)


def test_the_cache_of_another_command_is_read_and_stays_as_it_is(tmp_path: Path) -> None:
    file = filled(tmp_path, a=b"1")
    before = file.read_bytes()
    cache = ResultCache(earlier=file)
    cache.put({"b": b"2"})
    assert [cache.get(k) for k in ("a", "b", "c")] == [b"1", b"2", None]
    assert cache.has("a")
    cache.forget_unused()
    cache.close()
    assert file.read_bytes() == before
    assert sorted(p.name for p in tmp_path.iterdir()) == [file.name]


@pytest.mark.parametrize("content", [None, b"", b"PK" * 5000])
def test_an_earlier_cache_that_is_none_counts_as_empty(tmp_path: Path, content: bytes | None) -> None:
    file = path(tmp_path)
    if content is not None:
        file.write_bytes(content)
    cache = ResultCache(earlier=file)
    assert cache.get("a") is None
    cache.put({"a": b"1"})
    assert cache.get("a") == b"1"
    cache.close()
    assert (file.read_bytes() if file.exists() else None) == content
