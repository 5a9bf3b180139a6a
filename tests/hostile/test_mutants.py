"""Random bytes changed: nothing dies, and what is accepted was read as it is written, or says so.

KISI_MUTANTS=20000 tries more; ``python -m tests.hostile.trial`` does so with limits and counts.
"""

from __future__ import annotations

import os

import pytest

from tests import builder, cell_edits, expected
from tests.hostile import excel, oracle
from tests.hostile.judge import try_mutants
from tests.hostile.mutants import mutant
from tests.hostile.variant import columns_of

MUTANTS = int(os.environ.get("KISI_MUTANTS", "160"))
BATCH = 80


@pytest.mark.parametrize("start", range(0, MUTANTS, BATCH))
def test_a_mutant_is_read_as_written_or_refused(start: int) -> None:
    tally = try_mutants(range(start, start + BATCH))
    assert tally.silent == []
    assert sum(tally.ended.values()) == BATCH
    assert len(tally.ended) >= 3  # some accepted, some rejected, some not read: the changes are not all alike


def test_a_seed_means_the_same_mutant_everywhere() -> None:
    assert mutant(5) == mutant(5)
    assert len({mutant(seed).data for seed in range(40)}) > 35  # a flip of a flip is no change


def test_the_other_reader_sees_a_changed_figure() -> None:
    """The one that judges must not be blind: a value that was read otherwise than written is found."""
    workbook = expected.valid_workbook()
    assert oracle.silent_difference(workbook, builder.valid()) is None
    assert oracle.silent_difference(workbook, excel.shared()) is None
    other = cell_edits.edited({"Bestand!B7": 51})
    assert oracle.silent_difference(workbook, other) == "Bestand!B7 read otherwise than written"
    more = cell_edits.edited({"Kontakte!A9": "2026-06-30"})
    assert oracle.silent_difference(workbook, more) == (
        "Kontakte: rows [5, 6, 7, 8] read, [5, 6, 7, 8, 9] written"
    )
    assert columns_of(workbook)["Bestand"]["Anzahl"] == [30, 7, 50]
