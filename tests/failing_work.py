"""Work that kills, hangs or overloads a worker, to test that the engine survives what a file may do to it.

Each takes a batch of words and gives their lengths; certain words are fatal.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from pipeline.engine.batch import examine_packed
from pipeline.engine.child import TaskLimits, each_limited, limited
from pipeline.engine.packing import Packed
from pipeline.engine.read_batch import Received

QUICK = TaskLimits(seconds=1.5, memory=1024**3)


def lengths(batch: Sequence[str]) -> list[int]:
    return [_length(word) for word in batch]


def _length(word: str) -> int:
    with limited(QUICK):
        match word:
            case "dies":
                os._exit(1)
            case "aborts":
                os.abort()
            case "hangs":
                time.sleep(600)
            case "swells":
                bytearray(8 * 1024**3)
            case "raises":
                raise ValueError(word)
        return len(word)


def counted(folder: str, batch: Sequence[str]) -> list[int]:
    """Leaves word of each try; a second term for what used up its first would be seen."""
    return each_limited(QUICK, partial(_tried, folder), list(batch))


def _tried(folder: str, batch: Sequence[str]) -> list[int]:
    for word in batch:
        with (Path(folder) / word).open("a", encoding="utf-8") as tries:
            tries.write("x")
        if word == "hangs":
            time.sleep(600)
    return [len(word) for word in batch]


def process_ids(batch: Sequence[str]) -> list[int]:
    return [os.getpid() for _ in batch]


def shown(batch: Sequence[str]) -> list[None]:
    """A library that writes on the terminal by itself."""
    for word in batch:
        os.write(1, word.encode())
        os.write(2, word.encode())
    return [None for _ in batch]


def examine_unless_fatal(rules: bytes, limits: TaskLimits | None, batch: Sequence[Received]) -> list[Packed]:
    """Examines; but a file that begins with one of the words above does what the word says."""
    for _, content in batch:
        if isinstance(content, bytes) and content[:5] in (b"dies ", b"hangs"):
            _length(content[:5].decode().strip())
    return examine_packed(rules, limits, batch)


def sleeps(batch: Sequence[str]) -> list[int]:
    time.sleep(600)
    return [0 for _ in batch]
