"""A working folder for each test, and a desk on it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builder import ROOT
from tests.desk.running import NOTHING, Browser, running


def working_folder(folder: Path) -> Path:
    shutil.copytree(ROOT / "rules", folder / "rules")
    for name in ("eingang", "output"):
        (folder / name).mkdir()
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return working_folder(tmp_path)


@pytest.fixture
def bare(folder: Path) -> Iterator[Browser]:
    """A desk that does not look at what was received: for everything that has nothing to do with it."""
    with running(folder, look=NOTHING) as browser:
        yield browser
