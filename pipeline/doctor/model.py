"""One line of what ``kisi doctor`` says."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

WIDTH = 100
NAMED = 5  # files named in a line; the rest as a number
INDENT = 26  # mark and title; a test holds that every title fits


class Mark(StrEnum):
    """How urgent it is. With TODO and FAULT there is something to do."""

    GOOD = "✓"
    INFO = "·"
    TODO = "!"
    FAULT = "✗"

    @property
    def calls(self) -> bool:
        return self in (Mark.TODO, Mark.FAULT)


@dataclass(frozen=True, slots=True)
class Check:
    """What was looked at, what was found, and what to do about it (for TODO and FAULT). All German."""

    mark: Mark
    title: str
    found: str
    remedy: str = ""


def check_lines(checks: Iterable[Check]) -> Iterator[str]:
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
