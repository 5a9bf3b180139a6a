"""Exact upper confidence limit of the number of wrong records, from a sample without replacement.

Whole numbers only (``math.comb``), so there is no rounding to argue about.
"""

from __future__ import annotations

from math import comb

CONFIDENCE = 95  # percent


def upper_limit(population: int, checked: int, wrong: int, confidence: int = CONFIDENCE) -> int:
    """Return the highest number of wrong records in ``population`` that the sample does not rule out.

    It is the largest K for which as few as ``wrong`` of ``checked`` records drawn at random would be wrong
    with a probability above 100 − ``confidence`` percent (hypergeometric distribution). Nothing checked rules
    nothing out.
    """
    low, high = wrong, population - (checked - wrong)
    while low < high:
        middle = (low + high + 1) // 2
        if _is_possible(population, checked, wrong, middle, confidence):
            low = middle
        else:
            high = middle - 1
    return low


def _is_possible(population: int, checked: int, wrong: int, among: int, confidence: int) -> bool:
    """Whether P(X ≤ wrong), with ``among`` wrong records in the population, is above 100 − confidence %."""
    ways = sum(comb(among, i) * comb(population - among, checked - i) for i in range(wrong + 1))
    return 100 * ways > (100 - confidence) * comb(population, checked)
