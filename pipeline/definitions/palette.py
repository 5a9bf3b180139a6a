"""The colours and the font that templates, feedback and report share."""

from __future__ import annotations

NAVY, WHITE, TEXT, MUTED, LINE = "#1F3864", "#FFFFFF", "#1A1A1A", "#595959", "#BFBFBF"
YELLOW = "#FFE699"  # something is wanted, or deserves a look
INPUT_LINE = "#7F7F7F"  # around cells to fill: 3:1 and more against white, and against the fill
INPUT, LOCKED, BLOCKED = "#FFFBE6", "#F2F2F2", "#D9D9D9"  # cells to fill, given ones, and those left empty
FONT_NAME = "Arial"
