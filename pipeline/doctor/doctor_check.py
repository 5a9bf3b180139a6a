"""One line of the result of ``kisi doctor``."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

WIDTH = 100
MOST_FILES_NAMED = 5  # files named in a line; the rest as a number
INDENT = 26  # mark and title; a test holds that every title fits


class Urgency(StrEnum):
    """How urgent a line is; TODO and FAULT require something to be done."""

    GOOD = "✓"
    INFO = "·"
    TODO = "!"
    FAULT = "✗"

    @property
    def calls(self) -> bool:
        return self in (Urgency.TODO, Urgency.FAULT)


@dataclass(frozen=True, slots=True)
class DoctorCheck:
    """What was checked, what was found, and what to do about it (for TODO and FAULT); all German."""

    mark: Urgency
    title: str
    found: str
    remedy: str = ""


def check_lines(checks: Iterable[DoctorCheck]) -> Iterator[str]:
    """A table: mark, title, what was found; below it an arrow and what to do."""
    for check in checks:
        first = f"  {check.mark} {check.title}".ljust(INDENT)
        for part in check.found.splitlines():
            yield from textwrap.wrap(
                part, WIDTH, initial_indent=first, subsequent_indent=" " * INDENT, break_long_words=False
            )
            first = " " * INDENT
        if check.remedy:
            arrow, below = " " * INDENT + "→ ", " " * (INDENT + 2)
            yield from textwrap.wrap(
                check.remedy, WIDTH, initial_indent=arrow, subsequent_indent=below, break_long_words=False
            )
