"""A working folder for each test, and one with the invented project for all that only read."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builder import ROOT
from tests.desk.running import NOTHING, Browser, running
from tests.received import lay_demo


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


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """The invented project on 15 November 2026."""
    folder = working_folder(tmp_path_factory.mktemp("projekt"))
    lay_demo(folder / "eingang")
    with running(folder) as browser:
        yield browser
