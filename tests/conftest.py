"""For all tests: commands work in this process, unless a test wants processes of its own.

To start a process costs a second, and what one does is tested where processes are the matter. The invented
project is filled once in a run, whatever number of processes run the tests.
"""

from __future__ import annotations

import os

import pytest

from tests import received

os.environ.setdefault("KISI_JOBS", "0")

OUTSIDE = ("libreoffice", "chromium")  # programs that take seconds to start


@pytest.fixture(scope="session", autouse=True)
def one_demo(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Where the processes of a run find what the first of them has filled."""
    base = tmp_path_factory.getbasetemp()
    received.SHARED = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What needs a program outside is slow as well: ``-m "not slow"`` leaves it out."""
    for item in items:
        if any(item.get_closest_marker(name) for name in OUTSIDE):
            item.add_marker("slow")
