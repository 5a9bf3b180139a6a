"""The received files of the demo, filled once for all tests of a run, as filling takes seconds."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path

from filelock import FileLock

from pipeline.demo import lay_out
from tests.builder import ROOT

SHARED: Path | None = None  # a folder that all processes of the run see; set by tests/conftest.py
MISHAPS = (
    "2026-06-30/Nachzuegler.eml",
    "2026-09-30/KISI_Bad_Nauheim_AB.xlsx",
    "2026-09-30/KISI_Bad_Nauheim_CD.xlsx",
    "2026-09-30/KISI_Hanau_zurueckgezogen.xlsx",
    "2026-09-30/KISI_Karben_Tippfehler.xlsx",
)


def made_once(name: str, make: Callable[[Path], object]) -> Path:
    """The folder of that name which ``make`` has filled: the first process does, the others wait for it."""
    assert SHARED is not None
    folder = SHARED / name
    with FileLock(folder.with_suffix(".lock")):
        if not folder.is_dir():
            work = folder.with_suffix(".work")
            shutil.rmtree(work, ignore_errors=True)
            work.mkdir()
            make(work)
            work.rename(folder)
    return folder


@cache
def _laid_out() -> Path:
    """Where ``eingang`` and ``rules`` lie."""
    return made_once("demo", lambda folder: lay_out(folder, ROOT / "rules"))


def lay_demo(folder: Path) -> list[Path]:
    """The files of the quarters, without those that came beside them (``MISHAPS``); returns the paths."""
    received = _laid_out() / "eingang"
    written = []
    for source in sorted(p for p in received.rglob("*") if p.is_file()):
        name = source.relative_to(received)
        if name.as_posix() not in MISHAPS:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            written.append(Path(shutil.copyfile(source, folder / name)))
    return written


@cache
def demo_inputs() -> Path:
    """A folder with the files of the quarters that all processes of the run see: to read, not to change."""
    return made_once("demo_inputs", lay_demo)


def lay_out_demo(out: Path) -> tuple[Path, Path]:
    """What ``pipeline.demo.lay_out`` lays out by the rules of the repository; returns the same two folders."""
    for name in ("eingang", "rules"):
        shutil.copytree(_laid_out() / name, out / name)
    return out / "eingang", out / "rules"
