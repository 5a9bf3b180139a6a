"""What runs inside a worker process: limits of time and memory for each item, and an end with its parent."""

from __future__ import annotations

import faulthandler
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pipeline import DEBUG, collect_rarely

if sys.platform != "win32":
    import resource

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class TaskLimits:
    """What one file may use: seconds, and bytes of memory beyond what the process has at the start."""

    seconds: float = 120
    memory: int = 3 * 1024**3


@contextmanager
def limited(limits: TaskLimits | None, files: int = 1, item: int | None = None) -> Iterator[None]:
    """End this process when the block exceeds its time or, on Linux, its memory.

    ``files``: how many files the block works on; the time is multiplied by it. ``item``: position within the
    batch of the item at work, by which the parent learns whose time ran out. Without limits nothing is
    watched.

    The watchdog is faulthandler's thread, which holds no interpreter lock: it also ends a hang in native
    code.
    """
    if limits is None:
        yield
        return
    mark = _mark(item)
    with _memory(limits.memory), mark.open("w") as file:
        faulthandler.dump_traceback_later(limits.seconds * max(files, 1), exit=True, file=file)
        try:
            yield
        finally:
            faulthandler.cancel_dump_traceback_later()
    if mark != _NOWHERE:
        mark.unlink()


def each_limited(
    limits: TaskLimits | None, function: Callable[[list[T]], list[R]], batch: list[T]
) -> list[R]:
    """Apply ``function`` to each item of a batch by itself, each within the limits."""
    done: list[R] = []
    for number, item in enumerate(batch):
        with limited(limits, item=number):
            done += function([item])
    return done


_NOWHERE = Path(os.devnull)


@dataclass(slots=True)
class _Watch:
    """For a child: where to mark the item at work, and the number of its batch."""

    folder: str = ""
    batch: int = 0


_WATCH = _Watch()


def numbered(number: int, function: Callable[[list[T]], list[R]], batch: list[T]) -> list[R]:
    """Apply ``function`` to a batch, noting its number for the marks of this child."""
    _WATCH.batch = number
    return function(batch)


def _mark(item: int | None) -> Path:
    """Return the file that marks an item at work; something is written into it only when its time runs out."""
    known = _WATCH.folder and item is not None
    return Path(_WATCH.folder) / f"{_WATCH.batch}-{item}" if known else _NOWHERE


@contextmanager
def _memory(more: int) -> Iterator[None]:
    if sys.platform != "linux":  # elsewhere the system does not keep such a limit
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    with open("/proc/self/statm", encoding="ascii") as statm:  # noqa: PTH123
        now = int(statm.read().split()[0]) * resource.getpagesize()
    limit = now + more if hard == resource.RLIM_INFINITY else min(now + more, hard)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def enter_child(marks: str) -> None:
    """Set up a child: it ends with its parent, ignores Ctrl-C and prints nothing (it might be a cell's
    value).
    """
    _WATCH.folder = marks
    collect_rarely()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if sys.platform != "win32":
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if not os.environ.get(DEBUG):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
