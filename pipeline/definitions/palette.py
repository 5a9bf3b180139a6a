"""The colours and the font that templates, feedback and report share."""

from __future__ import annotations

from pipeline.definitions.words import Tone

NAVY, WHITE, TEXT, MUTED, LINE = "#1F3864", "#FFFFFF", "#1A1A1A", "#595959", "#BFBFBF"
BAND = "#E8EDF5"  # a heading within a table
INPUT_LINE = (
    "#7F7F7F"  # around cells to fill: 3:1 and more against white, and against the fill; LINE is fainter
)
INPUT, LOCKED, BLOCKED = "#FFFBE6", "#F2F2F2", "#D9D9D9"  # cells to fill, given ones, and those left empty
GRIDLINE = BLOCKED  # in charts
FONT_NAME = "Arial"

# Fill and text of what is wrong, wanted, noted or good, in templates and in returned copies. Paper, a note, a warning
# and an error are steps of luminance: printed in grey they can be told from each other.
ERROR, ERROR_TEXT = "#EE7F78", "#4A0003"
WANTED, WANTED_TEXT = "#E5B83C", "#3D2B00"
NOTE = "#CFE3F7"
GOOD, GOOD_TEXT = "#C6EFCE", "#006100"
LINK = "#0563C1"
TAB_GUIDE, TAB_DATA, TAB_RULES, TAB_STATE = NAVY, "#2E75B6", "#548235", "#BF8F00"

FILLS = {  # behind the text of a status
    Tone.GOOD: "#C6E5CE",
    Tone.LATE: "#E2F0D9",
    Tone.PENDING: WHITE,
    Tone.WARNING: "#FFE699",
    Tone.BAD: "#F4B6B6",
    Tone.UNKNOWN: "#E4E0EC",
    Tone.NONE: "#EDEDED",
}
CHART_FILLS = {  # of a bar or a line
    Tone.GOOD: "#3C8D5A",
    Tone.LATE: "#A9D18E",
    Tone.PENDING: "#9DB7DD",
    Tone.WARNING: "#F2B632",
    Tone.BAD: "#B3372F",
    Tone.UNKNOWN: "#8E7CB0",
    Tone.NONE: "#C9C9C9",
}
