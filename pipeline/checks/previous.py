"""A submission against the previous Stichtag of the same municipality (workbook.md, "Further checks").

A record that is gone, a date that changed, a cumulative figure that fell: each a warning, row by row.
A lost record is named by its row in the earlier file, never by its content.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from pipeline.definitions.messages import day, finding
from pipeline.definitions.model import Finding, Kind, Sheet, Status, Table, Workbook
from pipeline.evaluate.calculations import evaluate_target, years_of
from pipeline.evaluate.records import Data
from pipeline.rules import Count, Info, Rules


class Figure(NamedTuple):
    """A figure that can only grow, at both Stichtage."""

    nr: str
    sheet: str
    before: int
    now: int


@dataclass(frozen=True)
class Pair:
    """A valid submission and the one of its municipality for the previous Stichtag."""

    now: Workbook
    before: Workbook
    rules: Rules

    @property
    def words(self) -> dict[str, str]:
        """What a message says of the earlier one."""
        return {"stichtag": day(self.before.stichtag), "file": self.before.file}

    @cached_property
    def figures(self) -> tuple[Figure, ...]:
        """Those that both have."""
        now = cumulative_figures(self.now, self.rules)
        return tuple(
            Figure(f"{nr} ({year})" if year else nr, sheet, was, now[nr, year][1])
            for (nr, year), (sheet, was) in cumulative_figures(self.before, self.rules).items()
            if (nr, year) in now
        )


def compare(pair: Pair) -> list[Finding]:
    """Findings of the later submission."""
    found: list[Finding] = []
    for sheet in pair.rules.kinds[pair.now.kind].tables:
        new, old = pair.now.tables[sheet.title], pair.before.tables.get(sheet.title)
        if old is None:
            continue
        if not sheet.prefill:
            found += (
                finding("V01", sheet.title, table=sheet.title, row=row, **pair.words)
                for row in _gone(sheet, new, old)
            )
        found += _changed_dates(sheet, new, old, pair.words)
    told = {f.sheet for f in found}
    return found + [
        finding("V03", f.sheet, nr=f.nr, now=f.now, before=f.before, **pair.words)
        for f in pair.figures
        if f.now < f.before and f.sheet not in told
    ]


def _key_columns(sheet: Sheet) -> tuple[str, ...]:
    """A sheet without a key is compared by whole rows."""
    return sheet.key or sheet.names


def _gone(sheet: Sheet, new: Table, old: Table) -> Iterator[int]:
    """Excel rows of the earlier file whose record the later one no longer has."""
    left = Counter(tuple(values) for _, *values in new.records(*_key_columns(sheet)))
    for row, *values in old.records(*_key_columns(sheet)):
        record = tuple(values)
        if left[record]:
            left[record] -= 1
        else:
            yield row


def _changed_dates(sheet: Sheet, new: Table, old: Table, words: dict[str, str]) -> Iterator[Finding]:
    if not sheet.key:
        return
    dates = [
        c.name for c in sheet.columns if c.kind is Kind.DATE and not c.locked and c.name not in sheet.key
    ]
    row_of = {tuple(key): row for row, *key in old.records(*sheet.key)}
    position = {row: i for i, row in enumerate(old.rows)}
    for i, (row, *key) in enumerate(new.records(*sheet.key)):
        earlier = row_of.get(tuple(key))
        if earlier is None:
            continue
        for name in dates:
            was = old[name][position[earlier]]
            if was is not None and new[name][i] != was:
                there = old.cell(earlier, name)
                yield finding("V02", sheet.title, new.cell(row, name), name, there=there, **words)


def cumulative_figures(workbook: Workbook, rules: Rules) -> dict[tuple[str, str | None], tuple[str, int]]:
    """(target, year) → (sheet, number) of all figures that can only grow, as of the Stichtag."""
    assert workbook.stichtag is not None
    data = Data(workbook, rules)
    found = {}
    for target in rules.targets_of(workbook.kind):
        if not isinstance(target.decide, Count | Info) or target.decide.rows.until:
            continue
        for year in years_of(target, rules, workbook.stichtag):
            result = evaluate_target(target, data, year, rules, workbook.stichtag)
            if result.status is not Status.NOT_EVALUABLE and result.numerator is not None:
                found[target.id, result.year] = (target.decide.rows.sheet, result.numerator)
    return found
