"""What a municipality answered is not asked again until its value changes, wherever its row stands then."""

from __future__ import annotations

from tests.properties.answers import Trial, base_workbook, trial


def test_four_stichtage() -> None:
    """Two municipalities; ``python -m tests.properties.answers 500`` tries more."""
    base = base_workbook()
    trials: list[Trial] = [trial(seed, base) for seed in (1, 2)]
    assert [fault for one in trials for fault in one.faults] == []
    assert sum(one.answered for one in trials) > 0
    assert sum(one.reopened for one in trials) > 0
    assert sum(one.open for one in trials) > 0
