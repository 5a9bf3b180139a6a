"""What the operating system is asked for: to flush to disk, and to exchange two folders at once."""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

_AT_ONCE = 8
_AT_FDCWD, _RENAME_EXCHANGE = -100, 2


def write_text(path: Path, text: str) -> None:
    """UTF-8 with line feeds, on every system the same bytes; a file name in an unknown encoding is escaped."""
    path.write_bytes(text.encode("utf-8", "backslashreplace"))


def sync_tree(folder: Path) -> None:
    """Flushes every file below ``folder``, and the folders themselves, to disk."""
    walked = [(Path(root), files) for root, _, files in os.walk(folder)]
    files = [root / name for root, names in walked for name in names if not (root / name).is_symlink()]
    with ThreadPoolExecutor(_AT_ONCE) as pool:  # disks flush many files at once as fast as a few
        list(pool.map(_sync, files))
    for root, _ in walked:
        sync_folder(root)


def sync_folder(folder: Path) -> None:
    """Flushes the names in ``folder``. Windows does so by itself, and some network drives cannot."""
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
    """Exchanges two folders in one step; False where the system or its file system has no such step."""
    if sys.platform != "linux":
        return False
    try:
        rename = ctypes.CDLL(None).renameat2
    except (OSError, AttributeError):  # an old C library
        return False
    done: int = rename(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE)
    return done == 0
