"""The outcome of reading a mutant in one word, and whether any cell was read with another value than it holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache

from pipeline.definitions.model import Severity, Workbook
from pipeline.engine.batch import examine_batch
from tests import builder, expected
from tests.hostile.mutants import Mutant, mutant
from tests.hostile.oracle import silent_difference
from tests.hostile.variant import columns_of, verdict_of


@dataclass
class Tally:
    """How many files ended how; ``silent``: accepted, though read otherwise than written, each by name."""

    ended: Counter[str] = field(default_factory=Counter)
    silent: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        self.ended += other.ended
        self.silent += other.silent


def try_mutants(seeds: Iterable[int]) -> Tally:
    """Reads and checks mutants in one batch."""
    mutants = [mutant(seed) for seed in seeds]
    workbooks = examine_batch([(m.name, m.data) for m in mutants], builder.rules())
    return judge(mutants, workbooks)


def judge(mutants: Sequence[Mutant], workbooks: Sequence[Workbook]) -> Tally:
    tally = Tally()
    for one, workbook in zip(mutants, workbooks, strict=True):
        tally.ended[word(workbook)] += 1
        difference = _difference(one, workbook) if workbook.valid else None
        if difference:
            tally.silent.append(f"{one.name}: {difference}")
    return tally


def word(workbook: Workbook) -> str:
    noted = workbook.valid and any(f.severity is Severity.NOTE for f in workbook.findings)
    return "angenommen, mit Hinweis" if noted else verdict_of(workbook).value


@cache
def _original() -> str:
    return repr(columns_of(expected.valid_workbook()))


def _difference(one: Mutant, workbook: Workbook) -> str | None:
    if one.zipped:
        same = repr(columns_of(workbook)) == _original()
        return None if same else "the zip was changed and so was the content"
    return silent_difference(workbook, one.data)
