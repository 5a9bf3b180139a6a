"""The received files of the invented project, filled once for all tests of a run: filling takes seconds."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path

from filelock import FileLock

from pipeline.demo import write_inputs
from tests import builder

SHARED: Path | None = None  # a folder that all processes of the run see; set by tests/conftest.py


@cache
def _filled() -> Path:
    """Where the files lie. The first process fills the folder, the others wait for it."""
    assert SHARED is not None
    folder = SHARED / "demo"
    with FileLock(folder.with_suffix(".lock")):
        if not folder.is_dir():
            work = folder.with_suffix(".work")
            shutil.rmtree(work, ignore_errors=True)
            work.mkdir()
            list(write_inputs(work, builder.rules()))
            work.rename(folder)
    return folder


def lay_demo(folder: Path) -> list[Path]:
    """What ``pipeline.demo.write_inputs`` writes by the committed rules; returns the paths."""
    written = []
    for source in sorted(p for p in _filled().rglob("*") if p.is_file()):
        path = folder / source.relative_to(_filled())
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, path)
        written.append(path)
    return written
