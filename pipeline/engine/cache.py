"""The cache of results by hash: an unchanged file under unchanged rules and program is not read again.

An SQLite file that may be deleted at any time. Its header carries an application id of ours; a file with
another id, a link, or a file with a second hard link belongs to somebody else and is not used. Each record
carries the SHA-256 of its key and content: a record that does not match counts as absent, and a file that is
no database is made anew. The cache holds data from the workbooks, so only its owner may read it.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sqlite3
import stat
import struct
from collections.abc import Callable, Iterator, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import TypeVar

import pipeline
from pipeline.definitions.model import Table
from pipeline.engine.packing import unpack_tables
from pipeline.rules import Rules

T = TypeVar("T")
CACHE_FILE = ".kisi-zwischenspeicher.sqlite"
_FORMAT = "kisi 2"
_LIBRARIES = ("python-calamine", "pandas", "pandera", "numpy", "pyarrow", "msgspec", "lxml")
_OURS = int.from_bytes(b"KISI")  # the application id of SQLite: who a database belongs to
_SQLITE, _ID_AT, _HEAD = b"SQLite format 3\0", 68, 72
_KEPT_TABLES = 8  # workbooks whose tables are in memory at a time


@cache
def program_hash() -> str:
    """SHA-256 over the program's own files and the versions of the libraries that read, check and mark."""
    from importlib.metadata import version  # noqa: PLC0415  - most processes keep nothing

    digest = hashlib.sha256(_FORMAT.encode())
    folder = Path(pipeline.__path__[0])
    for path in sorted(folder.rglob("*.py")):
        digest.update(f"\n{path.relative_to(folder).as_posix()}\n".encode())
        digest.update(path.read_bytes())
    for name in _LIBRARIES:
        digest.update(f"\n{name} {version(name)}".encode())
    return digest.hexdigest()


def cache_key(*parts: object) -> str:
    """Return one key for several parts; equal only where every part is equal."""
    return hashlib.sha256("\0".join(f"{len(str(p))}:{p}" for p in parts).encode()).hexdigest()


def fingerprint(rules: Rules) -> str:
    """Return a hash that changes with any rule file and with the program."""
    return cache_key(program_hash(), rules.sha256)


class CacheDamaged(Exception):  # noqa: N818  - not a fault of ours: begin again without the file
    """A record of this run cannot be written or is gone; ``full`` when the disk has no room for it."""

    def __init__(self, *, full: bool = False) -> None:
        super().__init__()
        self.full = full


class ResultCache:
    """Bytes by key in an SQLite file; without a path in a temporary file that ends with the cache.

    A file that does not exist yet is made with the first record. ``earlier`` is the cache file of another
    command: it is asked where there is no record, and never written.
    """

    def __init__(self, path: Path | None = None, *, earlier: Path | None = None) -> None:
        self._path = path
        self._is_new = path is not None and not os.path.lexists(path)
        self._used: set[str] = set()
        self._database = _opened(None if self._is_new else path)
        self._earlier = _opened_to_read(earlier) if earlier else None
        self.tables = lru_cache(_KEPT_TABLES)(self._tables)

    def get(self, key: str) -> bytes | None:
        """Return the content; None when there is no record or its digest does not match."""
        row = self._first("SELECT digest, content FROM record WHERE key = ?", key)
        if row is None or not isinstance(row[1], bytes) or row[0] != _digest(key, row[1]):
            return None
        self._used.add(key)
        return row[1]

    def has(self, key: str) -> bool:
        """Return whether there is a record; its digest is checked by ``get``."""
        found = self._first("SELECT 1 FROM record WHERE key = ?", key)
        if found is not None:
            self._used.add(key)
        return found is not None

    def _first(self, query: str, key: str) -> tuple[object, ...] | None:
        """Return the first row found for ``key``, in our own file or else in the earlier one."""
        for database in filter(None, (self._database, self._earlier)):
            with contextlib.suppress(sqlite3.Error):
                row: tuple[object, ...] | None = database.execute(query, (key,)).fetchone()
                if row is not None:
                    return row
        return None

    def put(self, records: Mapping[str, bytes]) -> None:
        """Write the records, all or none. Raises CacheDamaged when that is not possible."""
        if not records:
            return
        if self._is_new and not self._used:
            self._database = _opened(self._path)
        self._used |= records.keys()
        rows = [(key, _digest(key, content), content) for key, content in records.items()]
        try:
            with self._database:
                self._database.executemany("INSERT OR REPLACE INTO record VALUES (?, ?, ?)", rows)
        except sqlite3.Error as error:
            raise CacheDamaged(full=error.sqlite_errorcode == sqlite3.SQLITE_FULL) from None

    def forget_unused(self) -> None:
        """Delete the records that this run did not use, so that no data of removed files stays."""
        with contextlib.suppress(sqlite3.Error), self._database:
            known = {key for (key,) in self._database.execute("SELECT key FROM record")}
            unused = [(key,) for key in known - self._used]
            self._database.executemany("DELETE FROM record WHERE key = ?", unused)

    def close(self) -> None:
        for database in filter(None, (self._database, self._earlier)):
            with contextlib.suppress(sqlite3.Error):
                database.close()

    def undo(self) -> None:
        """Close, and delete the file if this run made it: for a command that was refused."""
        self.close()
        if self._is_new and self._path is not None:
            with contextlib.suppress(OSError):
                self._path.unlink()

    def _tables(self, key: str) -> Mapping[str, Table]:
        content = self.get(key)
        if content is None:
            raise CacheDamaged
        return unpack_tables(content)


def _digest(key: str, content: bytes) -> bytes:
    return hashlib.sha256(key.encode() + content).digest()


def is_foreign(path: Path) -> bool:
    """Return whether ``path`` is something that we may neither write into nor delete."""
    try:
        about = path.lstat()
        if not stat.S_ISREG(about.st_mode) or about.st_nlink > 1:
            return True
        with open(path, "rb", opener=_without_following) as file:
            head = file.read(_HEAD)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return head.startswith(_SQLITE) and head[_ID_AT:_HEAD] != struct.pack(">I", _OURS)


def delete_cache(path: Path) -> None:
    """Delete a damaged cache file of ours; a foreign file stays."""
    if not is_foreign(path):
        path.unlink(missing_ok=True)


def _without_following(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0), 0o600)


def _opened(path: Path | None) -> sqlite3.Connection:
    """Open the database at ``path``, recreated where it is damaged; a temporary one where that is not
    possible.
    """
    if path is None or is_foreign(path):
        return _prepared("")
    for _ in range(2):
        try:
            return _prepared(path)
        except OSError:
            break
        except sqlite3.Error as error:
            if error.sqlite_errorcode in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL):
                break
            with contextlib.suppress(OSError):
                path.unlink()
    return _prepared("")


def _opened_to_read(path: Path) -> sqlite3.Connection | None:
    """Open a cache file of ours without changing it; None where there is none."""
    if not path.is_file() or is_foreign(path):
        return None
    try:
        return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    except sqlite3.Error:
        return None


def _prepared(path: Path | str) -> sqlite3.Connection:
    """Open a database with our one table. Raises sqlite3.Error when the file is something else."""
    if path:
        descriptor = _without_following(str(path), os.O_CREAT | os.O_RDWR)
        if os.name != "nt":
            os.fchmod(descriptor, 0o600)
        os.close(descriptor)
    database = sqlite3.connect(path)
    try:
        database.execute(
            "PRAGMA synchronous = OFF"
        )  # damage is noticed; waiting for the disk is not worth it
        database.execute("PRAGMA secure_delete = ON")
        if database.execute("PRAGMA application_id").fetchone() != (_OURS,):  # else the file would change
            database.execute(f"PRAGMA application_id = {_OURS}")
        database.execute(
            "CREATE TABLE IF NOT EXISTS record (key TEXT PRIMARY KEY, digest BLOB, content BLOB)"
        )
        database.execute("SELECT key, digest, content FROM record LIMIT 1").fetchone()
    except sqlite3.Error:
        database.close()
        raise
    return database


class CachedTables(Mapping[str, Table]):
    """The tables of one workbook, read from the cache on access; the last few workbooks stay in memory."""

    def __init__(self, cache: ResultCache, key: str) -> None:
        self._cache = cache
        self._key = key

    def __getitem__(self, title: str) -> Table:
        return self._cache.tables(self._key)[title]

    def __contains__(self, title: object) -> bool:
        return title in self._cache.tables(self._key)

    def __iter__(self) -> Iterator[str]:
        return iter(self._cache.tables(self._key))

    def __len__(self) -> int:
        return len(self._cache.tables(self._key))


class Cached(Mapping[str, T]):
    """Values by AGS, each read from the cache on access and not kept: there may be thousands."""

    def __init__(self, cache: ResultCache, keys: Mapping[str, str], unpack: Callable[[bytes], T]) -> None:
        self._cache, self._keys, self._unpack = cache, keys, unpack

    def __getitem__(self, ags: str) -> T:
        content = self._cache.get(self._keys[ags])
        if content is None:
            raise CacheDamaged
        return self._unpack(content)

    def __iter__(self) -> Iterator[str]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)
