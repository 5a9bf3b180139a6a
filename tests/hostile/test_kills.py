"""A run killed at random moments leaves the old results whole or the new ones, and nothing for later runs.

KISI_KILLS=50 tries more; ``python -m tests.hostile.trial`` counts them.
"""

from __future__ import annotations

import os
import random
import shutil
from pathlib import Path

import pytest

from tests.hostile.folder import kisi_here
from tests.hostile.kills import Place, a_place, kill_once, problems, rerun, seconds_of_a_run, strange

KILLS = int(os.environ.get("KISI_KILLS", "1"))


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """With the results of a first run."""
    place = a_place(tmp_path_factory.mktemp("kills"), files=1)
    seconds_of_a_run(place, kisi_here)
    return place


def test_killed_at_a_random_moment(place: Place) -> None:
    dice = random.Random(20261123)  # noqa: S311  - no secret
    hits = number = 0
    while hits < KILLS:
        number += 1
        assert number <= 20 * KILLS, "never hit"
        hit, found = kill_once(place, dice, number, whole=1.0)
        assert found == []
        hits += hit
    assert rerun(place, number, kisi_here) == []
    assert strange(place) == []


def test_the_judge_sees_a_torn_set(place: Place, tmp_path: Path) -> None:
    place = Place(shutil.copytree(place.root, tmp_path / "copy"))
    assert problems(place) == []
    (place.results / "uebersicht.html").write_text("halb", encoding="utf-8")
    assert problems(place) == ["uebersicht.html is not what the manifest says"]
    (place.results / "ergebnis.json").unlink()
    assert len(problems(place)) == 2
