"""Which exact counts somebody can compute who knows all reports, the rule of rounding, and that counts never fall."""

from __future__ import annotations

from itertools import pairwise, product

Counts = tuple[int, ...]
Reports = list[tuple[Counts, int]]  # of each quarter: the counts of a table as shown, and their total
Known = dict[tuple[int, ...], int]


def interval(shown: int, base: int) -> range:
    """What is rounded to it, found by trying."""
    return range(max(0, shown - base // 2), shown + (base - 1) // 2 + 1)


def given_away(reports: Reports, base: int) -> tuple[Known, Known]:
    """Counts (quarter, part) and changes (quarter, later quarter, part) that can have one value only.

    Exact: every table of whole numbers that fits to its report, in every sequence that does not fall.
    """
    ways = _possible(reports, base)
    follows = [{a: [b for b in now if _grows(a, b)] for a in before} for before, now in pairwise(ways)]
    known: Known = {}
    changes: Known = {}
    for q, tables in enumerate(ways):
        for part in range(len(reports[q][0])):
            if len(values := {table[part] for table in tables}) == 1:
                known[q, part] = values.pop()
        later = {table: {table} for table in tables}
        for to in range(q + 1, len(ways)):
            later = {a: {c for b in bs for c in follows[to - 1][b]} for a, bs in later.items()}
            for part in range(len(reports[q][0])):
                if len(values := {c[part] - a[part] for a, cs in later.items() for c in cs}) == 1:
                    changes[q, to, part] = values.pop()
    return known, changes


def _possible(reports: Reports, base: int) -> list[list[Counts]]:
    """The tables of each quarter that are part of a whole sequence."""
    found = [_tables(shown, seen, base) for shown, seen in reports]
    for q in range(1, len(found)):
        found[q] = [b for b in found[q] if any(_grows(a, b) for a in found[q - 1])]
    for q in range(len(found) - 2, -1, -1):
        found[q] = [a for a in found[q] if any(_grows(a, b) for b in found[q + 1])]
    return found


def _tables(shown: Counts, seen: int, base: int) -> list[Counts]:
    """A total that is the sum of what is shown may be just that, and says nothing."""
    tables = product(*(interval(n, base) for n in shown))
    return [t for t in tables if seen == sum(shown) or sum(t) in interval(seen, base)]


def _grows(before: Counts, now: Counts) -> bool:
    return all(a <= b for a, b in zip(before, now, strict=True))
