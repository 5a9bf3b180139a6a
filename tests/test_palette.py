"""What colours must do: cells to fill are told from others by their frame, and marked texts are read, in grey too."""

from __future__ import annotations

import pytest

from pipeline.audit.verify.looks import contrast
from pipeline.definitions import palette
from pipeline.feedback.style_table import MARKS

FRAME, READ = 3.0, 4.5  # WCAG 2.2, 1.4.11 and 1.4.3


def against(one: str, other: str) -> float:
    return contrast(one.removeprefix("#"), other.removeprefix("#"))


@pytest.mark.parametrize("ground", [palette.INPUT, palette.WHITE])
def test_the_frame_of_a_cell_to_fill_is_seen(ground: str) -> None:
    assert against(palette.INPUT_LINE, ground) >= FRAME


def test_the_frame_of_an_answer_is_seen() -> None:
    assert against(palette.MUTED, palette.INPUT) >= FRAME


@pytest.mark.parametrize("colour", list(MARKS.values()))
def test_what_stands_in_a_marked_cell_is_read(colour: str) -> None:
    """Contrast is that of the greys."""
    assert against(palette.TEXT, colour[2:]) >= READ


@pytest.mark.parametrize(
    ("fill", "text"),
    [
        (palette.ERROR, palette.ERROR_TEXT),
        (palette.WANTED, palette.WANTED_TEXT),
        (palette.GOOD, palette.GOOD_TEXT),
        (palette.WHITE, palette.MUTED),
        (palette.LOCKED, palette.TEXT),
        (palette.BLOCKED, palette.TEXT),
        (palette.NAVY, palette.WHITE),
    ],
)
def test_the_words_of_pruefung_and_stand_are_read(fill: str, text: str) -> None:
    assert against(text, fill) >= READ
