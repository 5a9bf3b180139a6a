"""Rounded counts of persons that several sheets show, computed in one place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.definitions.sheets import DROP_OUT_REASON, FIELDS_OF_NEED
from pipeline.evaluate.needs import Counts, NeedsFigures, sum_counts
from pipeline.report.rounding import may_stand_beside, rounded, rounded_total


@dataclass(frozen=True, slots=True)
class RoundedCounts:
    """A count by kind and by municipality (None where nothing was reported), with its total.

    ``project``: total shown below the municipalities: the same, or None where it would narrow one of them
    down.
    """

    kinds: dict[str, int]
    municipalities: list[int | None]
    total: int
    project: int | None


def rounded_participations(figures: Sequence[NeedsFigures | None], base: int) -> RoundedCounts:
    """Participations by field of the offer."""
    return _shown([f.participations if f else None for f in figures], FIELDS_OF_NEED, base)


def rounded_drop_outs(counts: Sequence[Counts], base: int) -> RoundedCounts:
    """Drop-outs by reason, from the counts of each municipality."""
    return _shown(counts, DROP_OUT_REASON.choices, base)


def _shown(counts: Sequence[Counts], names: Sequence[str], base: int) -> RoundedCounts:
    whole: Counter[str] = sum_counts(counts)
    own = [c.total() for c in counts if c is not None]
    shown = rounded_total(whole.total(), ([whole[name] for name in names], own), base)
    return RoundedCounts(
        {name: rounded(whole[name], base) for name in names},
        [None if c is None else rounded(c.total(), base) for c in counts],
        shown,
        shown if may_stand_beside(shown, own, base) else None,
    )
