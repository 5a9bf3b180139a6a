"""The received files of the invented project, filled once for all tests of a process: filling takes seconds."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline.demo import write_inputs
from tests import builder


@cache
def _files() -> dict[str, bytes]:
    with TemporaryDirectory() as name:
        folder = Path(name)
        return {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in write_inputs(folder, builder.rules())
        }


def lay_demo(folder: Path) -> list[Path]:
    """What ``pipeline.demo.write_inputs`` writes by the committed rules; returns the paths."""
    written = []
    for name, data in _files().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        written.append(path)
    return written
