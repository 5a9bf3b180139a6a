"""Draws the sample. Pure, and simple enough to be repeated by hand (``recipe.py``).

The population is one line for each record of the accepted submissions, ``AGS;sheet;Excel row;SHA-256 of the
file``, sorted as text. Strata are municipality and sheet. The sample size is spread over them by the method
of Sainte-Laguë, and in each stratum the lines with the smallest SHA-256 of seed, line feed and line are
drawn.
"""

from __future__ import annotations

import hashlib
import heapq
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from pipeline.definitions.messages import german_date
from pipeline.definitions.model import State, Table
from pipeline.definitions.sheet_types import Sheet
from pipeline.outcome import Outcome

DEFAULT_SIZE = 60  # without an error at most 5 % of a large population are wrong, with 95 % confidence


@dataclass(frozen=True, slots=True, order=True)
class Stratum:
    """The records of one sheet of one municipality."""

    ags: str
    sheet: str


@dataclass(frozen=True, slots=True)
class Unit:
    """One record. ``cell``: its first key cell; ``key``: its key or pseudonym as in the workbook."""

    stratum: Stratum
    municipality: str
    file: str
    sha256: str
    row: int
    cell: str
    key: str

    @property
    def line(self) -> str:
        """The line of the record in the population."""
        return f"{self.stratum.ags};{self.stratum.sheet};{self.row};{self.sha256}"


@dataclass(frozen=True)
class Sample:
    """A drawn sample. ``weights``: by stratum, for the allocation; ``drawn``: units by stratum, then by rank."""

    seed: str
    weighted: bool
    population: tuple[Unit, ...]
    weights: Mapping[Stratum, int]
    allocation: Mapping[Stratum, int]
    drawn: tuple[Unit, ...]

    @cached_property
    def sizes(self) -> Counter[Stratum]:
        """Number of records of each stratum."""
        return Counter(u.stratum for u in self.population)

    @cached_property
    def listing(self) -> bytes:
        """The population as a file; its SHA-256 is that of the population."""
        return population_bytes(u.line for u in self.population)

    @property
    def population_hash(self) -> str:
        return hashlib.sha256(self.listing).hexdigest()


def population_bytes(lines: Iterable[str]) -> bytes:
    """The lines of the population, each ended by a line feed, in UTF-8."""
    return "".join(f"{line}\n" for line in lines).encode()


def draw(outcome: Outcome, seed: str, size: int = DEFAULT_SIZE, *, weighted: bool = False) -> Sample:
    """Draws ``size`` records, or all where there are fewer.

    ``weighted``: each finding of its sheet adds one to the weight of a stratum, so that doubtful sheets are
    checked more closely.
    """
    population = tuple(sorted(_units(outcome), key=lambda u: u.line))
    sizes = Counter(u.stratum for u in population)
    findings = _findings(outcome) if weighted else Counter[Stratum]()
    weights = {s: n * (1 + findings[s]) for s, n in sorted(sizes.items())}
    allocation = allocate(weights, sizes, size)
    strata: dict[Stratum, list[Unit]] = {s: [] for s in weights}
    for unit in population:
        strata[unit.stratum].append(unit)
    drawn = [u for s, units in strata.items() for u in _smallest(units, allocation[s], seed)]
    return Sample(seed, weighted, population, weights, allocation, tuple(drawn))


def allocate(weights: Mapping[Stratum, int], sizes: Mapping[Stratum, int], size: int) -> dict[Stratum, int]:
    """Spreads ``size`` over the strata, one by one to the highest weight ÷ (2 × drawn + 1), the first at a
    tie.

    No stratum gets more than it has records.
    """
    drawn = dict.fromkeys(weights, 0)
    waiting = [(-Fraction(weight), stratum) for stratum, weight in weights.items()]
    heapq.heapify(waiting)
    for _ in range(min(size, sum(sizes.values()))):
        _, stratum = heapq.heappop(waiting)
        drawn[stratum] += 1
        if drawn[stratum] < sizes[stratum]:
            heapq.heappush(waiting, (-Fraction(weights[stratum], 2 * drawn[stratum] + 1), stratum))
    return drawn


def draw_rank(seed: str, line: str) -> str:
    """Rank of a line within its stratum: nobody can choose it, everybody can recompute it."""
    return hashlib.sha256(f"{seed}\n{line}".encode()).hexdigest()


def _smallest(units: Iterable[Unit], count: int, seed: str) -> list[Unit]:
    return sorted(units, key=lambda u: draw_rank(seed, u.line))[:count] if count else []


def _units(outcome: Outcome) -> Iterable[Unit]:
    """Every record of the accepted submissions; prefilled rows are none."""
    for submission in outcome.submissions:
        workbook = submission.workbook
        if submission.state is not State.ACCEPTED or not workbook.kind:
            continue
        for sheet in outcome.rules.kinds[workbook.kind].tables:
            if sheet.prefill is not None or sheet.title not in workbook.tables:
                continue
            table = workbook.tables[sheet.title]
            stratum = Stratum(workbook.ags or "", sheet.title)
            for row, key in zip(table.rows, _keys(sheet, table), strict=True):
                cell = table.cell(row, (*sheet.key, *sheet.names)[0])
                yield Unit(
                    stratum, workbook.municipality or "", workbook.file, workbook.sha256, row, cell, key
                )


def _keys(sheet: Sheet, table: Table) -> Iterable[str]:
    """Key of each record as shown in the workbook; empty on a sheet without one."""
    for _, *values in table.records(*sheet.key):
        yield " / ".join(german_date(v) if hasattr(v, "isoformat") else str(v) for v in values)


def _findings(outcome: Outcome) -> Counter[Stratum]:
    """Number of findings by sheet of the accepted submissions."""
    found: Counter[Stratum] = Counter()
    for submission in outcome.submissions:
        if submission.state is State.ACCEPTED:
            for one in submission.workbook.findings:
                if one.sheet:
                    found[Stratum(submission.workbook.ags or "", one.sheet)] += one.count
    return found
