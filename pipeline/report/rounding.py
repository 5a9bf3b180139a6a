"""Rounded counts of persons for readers outside the project lead's office; never suppressed. Pure.

Every count is rounded to a multiple of the base by itself. A reader who knows the rule knows only an interval
for each count (0 means 0 or 1, 3 means 2 to 4), also over several reports. A total is rounded by itself, too,
unless that would narrow its parts down; then it is the sum of the rounded parts. Figures that decide a target
or milestone are exact and not rounded. Contract: results.md, "Bedarfe und Angebote".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeline.definitions.messages import general_message
from pipeline.definitions.model import Finding
from pipeline.definitions.sheets import FORM_TITLE, OF_PERSONS

Counts = Sequence[int]


def rounded(count: int, base: int) -> int:
    """The nearest multiple of the base; half a base is rounded up."""
    return (count + base // 2) // base * base


def bounds(shown: int, base: int) -> tuple[int, int]:
    """Least and greatest count that is shown as ``shown``."""
    return max(0, shown - base // 2), shown + (base - 1) // 2


def occurring(count: int, base: int) -> int:
    """A count known to be at least 1: shown as the base at least, since 0 would mean exactly 1."""
    return max(base, rounded(count, base))


def rounded_total(count: int, breakdowns: Sequence[Counts], base: int) -> int:
    """A total shown beside one or more breakdowns of it: one value that suits all of them."""
    own = rounded(count, base)
    if all(_tells_nothing(own, parts, base) for parts in breakdowns):
        return own
    return sum(rounded(part, base) for part in breakdowns[0])


def may_stand_beside(shown: int, parts: Counts, base: int) -> bool:
    """Whether a total shown elsewhere can be repeated below these parts without narrowing them down."""
    return shown == sum(rounded(part, base) for part in parts) or _tells_nothing(shown, parts, base)


def _tells_nothing(own: int, parts: Counts, base: int) -> bool:
    """Whether this total narrows none of its parts down, in this report or in two that follow each other.

    Empty parts are left out: a reader may know them from elsewhere. Counts that only grow could be computed
    from two reports whose totals lie above the sum of the parts in one and below it in the other, so a total
    never lies below, and above by one step at most.
    """
    shown = [rounded(part, base) for part in parts if part]
    low, high = (sum(ends) for ends in zip((0, 0), *(bounds(s, base) for s in shown), strict=True))
    least, greatest = bounds(own, base)
    return own - sum(shown) in (0, base) and greatest > low and (least < high or not shown)


def beside_exact(columns: Sequence[Counts], base: int) -> list[list[int]]:
    """Columns of counts whose sums are known exactly, all rounded to one multiple of the base.

    It is the smallest power of the base at which no sum gives a part away.
    """
    step = base
    while any(_gives_away(column, step) for column in columns):
        step *= base
    return [[rounded(count, step) for count in column] for column in columns]


def _gives_away(column: Counts, base: int) -> bool:
    """Whether all parts lie at the same end of their intervals."""
    found = [(count, *bounds(rounded(count, base), base)) for count in column if count]
    ends = (all(count == low for count, low, _ in found), all(count == high for count, _, high in found))
    return bool(found) and any(ends)


# --- findings -----------------------------------------------------------------------------------------


def rounded_finding(one: Finding, base: int) -> Finding:
    """A finding for readers outside: about rows of persons without cells, and with a rounded count."""
    if one.sheet == FORM_TITLE:  # what is counted there may be rows of persons on other sheets
        return replace(one, message=general_message(one))
    if one.sheet not in OF_PERSONS:
        return one
    count = occurring(one.count, base)
    return replace(one, message=general_message(one), cell=None, cells=(), count=count)
