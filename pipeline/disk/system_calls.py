"""Calls to the operating system: writing text, flushing to disk, exchanging two folders in one step."""

from __future__ import annotations

import ctypes
import errno
import hashlib
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

_AT_ONCE = 8
_AT_FDCWD, _RENAME_EXCHANGE = -100, 2


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 with line feeds, the same bytes on every system; undecodable file names are escaped."""
    path.write_bytes(text.encode("utf-8", "backslashreplace"))


def sha256_of_file(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, read piece by piece."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def keep_private(folder: Path) -> None:
    """Let only its owner read a folder and everything in it; on Windows rights are inherited instead."""
    if os.name == "nt":
        return
    folder.chmod(0o700)
    for path in entries_below(folder):
        if not path.is_symlink():
            path.chmod(0o700 if path.is_dir() else 0o600)


def entries_below(folder: Path) -> Iterator[Path]:
    """Yield every entry below a folder, at any depth; links are yielded but not followed."""
    waiting = [folder]
    while waiting:
        with os.scandir(waiting.pop()) as found:
            for entry in sorted(found, key=lambda e: e.name):
                yield Path(entry.path)
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(Path(entry.path))


def sync_tree(folder: Path) -> None:
    """Flush every file below ``folder``, and the folders themselves, to disk."""
    found = [path for path in entries_below(folder) if not path.is_symlink()]
    folders = [folder, *(path for path in found if path.is_dir())]
    with ThreadPoolExecutor(_AT_ONCE) as pool:  # disks flush many files at once as fast as a few
        list(pool.map(_sync, (path for path in found if path.is_file())))
    for inner in folders:
        sync_folder(inner)


def sync_folder(folder: Path) -> None:
    """Flush the entries of ``folder``; not needed on Windows, and ignored where a network drive cannot do it."""
    if os.name != "nt":
        with suppress(OSError):
            _sync(folder)


def _sync(path: Path) -> None:
    flags = os.O_RDWR if os.name == "nt" else os.O_RDONLY  # Windows flushes only what is open for writing
    descriptor = os.open(path, flags)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # a file system that cannot flush
            raise
    finally:
        os.close(descriptor)


def exchange(one: Path, other: Path) -> bool:
    """Exchange two folders in one step; return False where the system or file system cannot do that."""
    if sys.platform != "linux":
        return False
    try:
        rename = ctypes.CDLL(None).renameat2
    except (OSError, AttributeError):  # an old C library
        return False
    done: int = rename(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE)
    return done == 0
