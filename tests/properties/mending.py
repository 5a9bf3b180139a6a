"""One round is enough: a workbook in which exactly the reported cells are mended has no Fehler in the second round.

A valid workbook is damaged in 1 to 8 cells, in every way that the checks know (the cases of
``tests.checks.test_checks``, and error values and formulas without a result in every filled cell). The reported
cells get their value back; then nothing may be wrong, but what the first round said it could not check.

``python -m tests.properties.mending 2000`` runs so many workbooks and prints what came of them.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from pipeline.definitions.model import Finding, Severity, Workbook
from pipeline.engine.batch import examine_batch
from tests import builder, cell_edits
from tests.cell_edits import ErrorValue, Formula
from tests.checks.test_checks import ALL
from tests.properties.corruptions import filled_cells

MOST = 8
MANY_LATER = 4  # five rows after the Stichtag are reported as a slip of the Stichtag
TOGETHER = 100  # workbooks in a batch: one more costs little
NO_RECORD = "W23"  # a row in which too little is left to be a record is reported once, for all its cells
Damage = dict[str, Any]  # "Personen!F6" → what stands there now


@cache
def damages() -> tuple[tuple[str, Any, str], ...]:
    """(place, value, rule) of every error that is reported at the damaged cell itself."""
    known = [
        (place, case.edits[place], case.expected[0].rule)
        for case in ALL.cases
        if len(case.edits) == 1 and case.expected and case.expected[0].severity == "error"
        for place in case.edits
        if place == f"{case.expected[0].sheet}!{case.expected[0].cell}"
    ]
    for place, _ in filled_cells():
        known += [(place, ErrorValue(), "W01"), (place, Formula("1+1"), "W02")]
    return tuple(k for k in known if k[2] != "P01")  # the Stichtag decides what all other dates mean


@cache
def _by_rule() -> dict[str, list[tuple[str, Any, str]]]:
    rules = sorted({rule for _, _, rule in damages()})
    return {rule: [d for d in damages() if d[2] == rule] for rule in rules}


def _drawn(dice: random.Random) -> Iterator[tuple[str, Any, str]]:
    """Each rule as often as any other; every second time in one sheet alone, where cells meet."""
    sheet = dice.choice(damages())[0].split("!")[0] if dice.random() < 0.5 else ""
    rules = {
        r: here for r, all_ in _by_rule().items() if (here := [d for d in all_ if d[0].startswith(sheet)])
    }
    for _ in range(dice.randint(1, MOST)):
        yield dice.choice(rules[dice.choice(list(rules))])


def damaged(seed: int) -> Damage:
    """1 to 8 damages to different cells."""
    found: Damage = {}
    later: set[str] = set()
    for place, value, rule in _drawn(random.Random(seed)):  # noqa: S311
        row = _row(place)
        if rule == "P02" and len(later | {row}) > MANY_LATER:
            continue
        later |= {row} if rule == "P02" else set()
        found[place] = value
    return found


def errors(workbook: Workbook) -> dict[str, Finding]:
    """Place → the error reported there; a file that is refused has one without a place."""
    found = [f for f in workbook.findings if f.severity is Severity.ERROR]
    return {f"{f.sheet}!{cell}": f for f in found for cell in (f.addresses() if f.cell else ("",))}


def excused(one: Finding, before: Workbook) -> bool:
    """Whether the first round said that it could not check this column."""
    about = (line for line in before.not_run if line.startswith((f"{one.sheet}:", "Alle Blätter:")))
    return any(
        f"„{one.column}" in line or f"{one.column}“" in line or line.startswith("Alle") for line in about
    )


@dataclass
class Outcome:
    """What came of so many workbooks; ``wrong`` are seeds with what they show."""

    workbooks: int = 0
    cells: int = 0
    announced: int = 0
    hidden: list[tuple[int, Damage, str]] = field(default_factory=list)
    named: list[tuple[int, Damage, str]] = field(default_factory=list)
    rules: Counter[str] = field(default_factory=Counter)


def trial(seeds: Iterable[int]) -> Outcome:
    outcome = Outcome()
    for batch in _batches(seeds):
        _judge(batch, outcome)
    return outcome


def _batches(seeds: Iterable[int]) -> Iterator[list[int]]:
    known = list(seeds)
    return (known[i : i + TOGETHER] for i in range(0, len(known), TOGETHER))


def _examined(many: list[Damage]) -> list[Workbook]:
    files = [(str(i), cell_edits.edited(d) if d else builder.valid()) for i, d in enumerate(many)]
    return examine_batch(files, builder.rules())


def _row(place: str) -> str:
    sheet, cell = place.split("!")
    return f"{sheet}!{cell.lstrip('ABCDEFGHIJKLMNOPQRSTUVWXYZ')}"


def _mended(place: str, shown: dict[str, Finding]) -> bool:
    """Reported itself, or in a row that is reported as no record."""
    rows = {_row(p) for p, f in shown.items() if f.rule == NO_RECORD}
    return place in shown or _row(place) in rows


def _judge(seeds: list[int], outcome: Outcome) -> None:
    many = [damaged(seed) for seed in seeds]
    first = _examined(many)
    shown = [errors(w) for w in first]
    left = [{p: v for p, v in d.items() if not _mended(p, t)} for d, t in zip(many, shown, strict=True)]
    second = _examined(left)
    for seed, damage, before, known, after in zip(seeds, many, first, shown, second, strict=True):
        outcome.workbooks += 1
        outcome.cells += len(damage)
        outcome.rules.update(f.rule for f in known.values())
        for place, one in errors(after).items():
            if excused(one, before):
                outcome.announced += 1
            else:
                outcome.hidden.append((seed, damage, f"{one.rule} {place}"))
        outcome.named += [
            (seed, damage, f"{f.rule} {p}")
            for p, f in known.items()
            if p not in damage and p != "None!" and f.rule != NO_RECORD
        ]


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    outcome = trial(range(count))
    print(f"{outcome.workbooks} workbooks, {outcome.cells} damaged cells")  # noqa: T201
    print("reported:", dict(sorted(outcome.rules.items())))  # noqa: T201
    print(f"announced as not checked, and reported in the second round: {outcome.announced}")  # noqa: T201
    for name, wrong in (("hidden in the first round", outcome.hidden), ("right cells named", outcome.named)):
        print(f"{name}: {len(wrong)}")  # noqa: T201
        for seed, damage, what in wrong[:15]:
            print(f"  seed {seed}: {what} of {damage}")  # noqa: T201


if __name__ == "__main__":
    main()
