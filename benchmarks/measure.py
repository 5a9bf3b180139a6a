"""One contender as a process of its own: seconds, CPU time, peak memory of it and of its workers.

Peak memory is the high-water mark of each process (VmHWM), looked up twenty times a second: what
``getrusage`` says of a child includes what its parent held when it was started. Linux only.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
_EVERY = 0.05


@dataclass(frozen=True)
class Measured:
    """``wall`` and ``cpu`` (workers included) in seconds, peaks in MiB; ``figures``: what the process said."""

    wall: float
    cpu: float
    peak: float
    worker_peak: float
    figures: dict[str, Any] = field(default_factory=dict)


def python(*arguments: str | Path | int) -> Measured:
    """Python with these arguments, in the repository."""
    return process(sys.executable, *arguments)


def process(*command: str | Path | int) -> Measured:
    """Runs a command and measures it; output that is JSON is kept. RuntimeError when it fails.

    Compiled modules are kept, as an installation has them.
    """
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        start = time.perf_counter()
        child = subprocess.Popen(
            [str(c) for c in command], cwd=ROOT, stdout=output, stderr=errors, env=_environment()
        )
        watch = Watch(child.pid)
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        watch.stop()
        output.seek(0)
        errors.seek(0)
        if child.returncode:
            raise RuntimeError(f"{command}: {child.returncode}\n{errors.read().decode()}")
        text = output.read().decode()
    figures = json.loads(text) if text.startswith("{") else {}
    return Measured(wall, usage.ru_utime + usage.ru_stime, watch.parent, watch.worker, figures)


def _environment() -> dict[str, str]:
    return {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}


class Watch:
    """Follows a process and everything it starts, in a thread; ``parent`` and ``worker`` are MiB."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.parent = self.worker = 0.0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._ended.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._ended.wait(_EVERY):
            self.parent = max(self.parent, high_water(self.pid))
            self.worker = max(self.worker, *map(high_water, _descendants(self.pid)), 0.0)


def high_water(pid: int | str = "self") -> float:
    """Most memory that a process has held, in MiB; 0 when it has ended."""
    try:
        found = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text(encoding="ascii"))
    except OSError:
        return 0.0
    return int(found[1]) / 1024 if found else 0.0


def _descendants(pid: int) -> Iterator[int]:
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        children = [int(c) for t in tasks for c in (t / "children").read_text(encoding="ascii").split()]
    except OSError:
        return
    for child in children:
        yield child
        yield from _descendants(child)
