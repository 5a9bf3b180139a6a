"""Contrast of the colours: cells to fill differ from others by their frame, marks from each other by their grey."""

from __future__ import annotations

import pytest

from pipeline.audit.verify.formatting import contrast
from pipeline.definitions import palette
from pipeline.definitions.model import Severity
from pipeline.feedback.style_table import MARKS, severity_of

FRAME, READ = 3.0, 4.5  # WCAG 2.2, 1.4.11 and 1.4.3
STEP = 1.3  # from one grey to the next
FIRST = {Severity.ERROR: "FFFFB3B3", Severity.WARNING: "FFFFE199", Severity.NOTE: "FFCFE8FC"}  # of 0.1.0


def against(one: str, other: str) -> float:
    return contrast(one.removeprefix("#"), other.removeprefix("#"))


def grey(colour: str) -> str:
    """The grey of the same luminance, as a printer without colour shows it."""
    shades = [f"#{value:02X}{value:02X}{value:02X}" for value in range(256)]
    return min(shades, key=lambda shade: against(shade, colour))


@pytest.mark.parametrize("ground", [palette.INPUT, palette.WHITE])
def test_the_frame_of_a_cell_to_fill_is_seen(ground: str) -> None:
    assert against(palette.INPUT_LINE, ground) >= FRAME


@pytest.mark.parametrize("ground", [palette.LOCKED, palette.BLOCKED, palette.WHITE])
def test_the_frame_of_a_locked_cell_is_fainter(ground: str) -> None:
    assert against(palette.LINE, ground) < FRAME / 1.5


@pytest.mark.parametrize(
    ("darker", "lighter"),
    [
        (palette.ERROR, palette.WANTED),
        (palette.WANTED, palette.NOTE),
        (palette.NOTE, palette.WHITE),
        (palette.ERROR, palette.BLOCKED),
        (palette.WANTED, palette.BLOCKED),
        (palette.ERROR, palette.GOOD),
        (palette.WANTED, palette.GOOD),
    ],
)
def test_marks_differ_in_grey(darker: str, lighter: str) -> None:
    assert against(darker, lighter) >= STEP
    assert int(grey(lighter)[1:3], 16) - int(grey(darker)[1:3], 16) >= 25


def test_copies_are_marked_in_the_colours_of_templates() -> None:
    """One step of blue beside them, so that a mark is never taken for a fill of the template."""
    wanted = {
        Severity.ERROR: palette.ERROR,
        Severity.WARNING: palette.WANTED,
        Severity.NOTE: palette.NOTE,
    }
    assert {severity: f"#{int(colour[2:], 16) + 1:06X}" for severity, colour in MARKS.items()} == wanted
    assert not any(severity_of(f"FF{colour[1:]}") for colour in wanted.values())


@pytest.mark.parametrize("severity", list(Severity))
def test_marks_of_the_first_version_are_known(severity: Severity) -> None:
    assert severity_of(FIRST[severity]) is severity
    assert severity_of(MARKS[severity]) is severity


@pytest.mark.parametrize("colour", list(MARKS.values()))
def test_what_stands_in_a_marked_cell_is_read(colour: str) -> None:
    """Contrast is that of the greys."""
    assert against(palette.TEXT, colour[2:]) >= READ


@pytest.mark.parametrize(
    ("fill", "text"),
    [
        (palette.ERROR, palette.ERROR_TEXT),
        (palette.WANTED, palette.WANTED_TEXT),
        (palette.NOTE, palette.TEXT),
        (palette.GOOD, palette.GOOD_TEXT),
        (palette.WHITE, palette.MUTED),
        (palette.LOCKED, palette.TEXT),
        (palette.BLOCKED, palette.TEXT),
        (palette.NAVY, palette.WHITE),
    ],
)
def test_the_words_of_pruefung_and_stand_are_read(fill: str, text: str) -> None:
    assert against(text, fill) >= READ
