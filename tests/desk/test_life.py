"""The desk ends with its last tab, and not between two pages."""

from __future__ import annotations

import pytest

from pipeline.desk.life import Life


class Clock:
    def __init__(self) -> None:
        self.time = 0.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def life(clock: Clock) -> Life:
    return Life(grace=15, silence=3600, now=clock)


def test_without_a_tab_that_ever_was_it_waits(life: Life, clock: Clock) -> None:
    clock.time = 10**6
    assert not life.over()


def test_it_ends_after_the_last_tab(life: Life, clock: Clock) -> None:
    life.seen("a")
    life.seen("b")
    life.gone("a")
    clock.time = 100
    assert not life.over()
    life.gone("b")
    clock.time = 115
    assert not life.over()
    clock.time = 116
    assert life.over()


def test_the_next_page_of_the_tab_keeps_it(life: Life, clock: Clock) -> None:
    life.seen("a")
    life.gone("a")
    clock.time = 14
    life.asked()
    clock.time = 28
    assert not life.over()
    life.seen("b")
    clock.time = 1000
    assert not life.over()


def test_who_reads_a_file_in_the_tab_of_the_page_can_come_back(life: Life, clock: Clock) -> None:
    life.seen("a")
    life.asked()
    life.file_shown()
    clock.time = 1
    life.gone("a")
    clock.time = 1800
    assert not life.over()
    life.seen("b")
    life.gone("b")
    clock.time = 1816
    assert life.over()


def test_a_tab_that_keeps_silent_is_gone(life: Life, clock: Clock) -> None:
    """The browser was ended by force: nobody said goodbye."""
    life.seen("a")
    clock.time = 3601
    assert not life.over()
    clock.time = 3617
    assert life.over()


def test_invented_tabs_are_not_kept_without_end(life: Life) -> None:
    for number in range(1000):
        life.seen(str(number))
    assert len(life.tabs) == 100


def test_the_button_ends_it(life: Life) -> None:
    life.ended = True
    assert life.over()
