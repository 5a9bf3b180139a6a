"""For all tests: commands work in this process, unless a test wants processes of its own.

To start a process costs a second, and what one does is tested where processes are the matter. The invented
project is filled once in a run, whatever number of processes run the tests.
"""

from __future__ import annotations

import gc
import os
import random
import shutil
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from pipeline.demo import AS_OF_DATES
from pipeline.outcome import Outcome
from pipeline.run import run
from tests import builder, demo_files
from tests.computed_once import computed_afresh, equal_calls_computed_once

os.environ.setdefault("KISI_JOBS", "0")
gc.set_threshold(100_000, 20, 100)  # at Python's 700 objects, collecting takes an eighth of the suite's time

OUTSIDE = ("libreoffice", "chromium")  # markers of what needs programs that take seconds to start
SLOW = (  # rooms and files that compute for long or start processes by the dozen, the longest first
    "audit/test_verify.py",
    "template/test_state.py",
    "audit/test_manipulations.py",
    "audit/test_compare.py",
    "audit/test_pack.py",
    "audit/test_effects.py",
    "feedback",
    "cli",
    "desk",
    "template",
    "formulas",
    "properties",
    "engine",
    "hostile",
    "dispatch/test_mail.py",
    "report/test_ministry_form.py",
    "report/test_own_forms.py",
    "report/test_word_forms.py",
    "test_benchmarks.py",
    "test_contributing.py",
    "test_office.py",
    "xlsx/test_relations.py",
    "report/test_attack.py",
    "report/test_long_tables.py",
    "report/test_kept_copies.py",
    "report/test_hostile_files.py",
    "disk/test_publish.py",
    "demo/test_pages.py",
    "test_setup.py",
)


@pytest.fixture(scope="session", autouse=True)
def one_demo(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Where the processes of a run find what the first of them has filled."""
    base = tmp_path_factory.getbasetemp()
    demo_files.SHARED = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base


@pytest.fixture
def rules_folder(tmp_path: Path) -> Path:
    """A copy of the rules that a test may edit."""
    return Path(shutil.copytree(builder.ROOT / "rules", tmp_path / "rules"))


@pytest.fixture(scope="session")
def demo_inputs() -> Path:
    """The received files of the demo; not to be changed."""
    return demo_files.demo_inputs()


@pytest.fixture(scope="session")
def demo_outcomes(demo_inputs: Path) -> Mapping[date, Outcome]:
    """What comes of the demo on each of its as-of dates."""
    return {day: run(demo_inputs, builder.rules(), day) for day in AS_OF_DATES}


@pytest.fixture(scope="session")
def demo_outcome(demo_outcomes: Mapping[date, Outcome]) -> Outcome:
    """What comes of the demo on 30 September 2026."""
    return demo_outcomes[date(2026, 9, 30)]


@pytest.fixture(scope="session", autouse=True)
def computed_once() -> Iterator[None]:
    with equal_calls_computed_once():
        yield


@pytest.fixture
def afresh() -> Iterator[None]:
    """For a test that changes how something is computed."""
    with computed_afresh():
        yield


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--shuffle", type=int, metavar="SEED", help="files, and tests in each, in an order by chance"
    )


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """What ``-m "not slow"`` leaves out is not even imported."""
    left_out = config.getoption("markexpr") == "not slow" and _rank(collection_path) < len(SLOW)
    return True if left_out else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """``-m "not slow"`` leaves out what lies in ``SLOW`` or needs a program outside.

    What lies there comes first, so that at the end no process waits for another that has just begun it.
    """
    for item in items:
        if _rank(item.path) < len(SLOW) or any(item.get_closest_marker(name) for name in OUTSIDE):
            item.add_marker("slow")
    seed = config.getoption("--shuffle")
    if seed is None:
        items.sort(key=lambda item: _rank(item.path))
    else:  # file by file, so that what a file's tests share is made once
        dice = random.Random(seed)  # noqa: S311  - no secret
        places = {path: dice.random() for path in dict.fromkeys(item.path for item in items)}
        dice.shuffle(items)
        items.sort(key=lambda item: places[item.path])


@cache
def _rank(path: Path) -> int:
    """Position of the room or file of a test in ``SLOW``; of all others the length of it."""
    place = path.relative_to(Path(__file__).parent)
    return next((i for i, name in enumerate(SLOW) if place.is_relative_to(name)), len(SLOW))
