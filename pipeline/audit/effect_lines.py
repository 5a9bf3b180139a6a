"""What other rules, or another reading of an open question, would change, in German lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pipeline.definitions.messages import german_date, number_of
from pipeline.evaluate.effects import NO_EFFECT, Effect, Flips, ReadingEffects
from pipeline.outcome import Outcome
from pipeline.rules.alternatives import numbers_of


def other_reading_lines(outcome: Outcome) -> Iterator[str]:
    """Yield, for each other reading, the targets and milestones whose status would change, and for whom."""
    effects = ReadingEffects(outcome.rules, outcome.as_of)
    for result in outcome.results:
        effects.add(result, outcome.details[result.ags].otherwise if outcome.accepted(result.ags) else None)
    yield ""
    yield f"Wirkung der Auslegung, Stand {german_date(outcome.as_of)}:"
    for reading, found in effects.each(outcome.project):
        yield f"  {reading.id} {reading.question}"
        yield f"    Andere Lesart: {reading.other}"
        yield from _lines(found, outcome, "    ")


def flip_lines(before: Outcome, now: Outcome) -> Iterator[str]:
    """Yield the targets and milestones whose status differs from ``before``, under other rules, and for whom."""
    flips, numbers = Flips(), frozenset(numbers_of(before.rules)) & frozenset(numbers_of(now.rules))
    known = {r.ags: r for r in now.results}
    for result in before.results:
        if result.ags in known:
            flips.add(result, known[result.ags], numbers)
    flips.add_project(before.project, now.project, numbers)
    yield ""
    yield f"Was sich dadurch ändert, Stand {german_date(now.as_of)}:"
    yield from _lines(flips.effects(numbers_of(now.rules)), now, "  ")


def _lines(found: Iterable[Effect], outcome: Outcome, indent: str) -> Iterator[str]:
    names = {m.ags: m.name for m in outcome.rules.members}
    any_difference = False
    for one in found:
        any_difference = True
        count = number_of(len(one.who), "Kommune", "Kommunen")
        who = f"{count}: {', '.join(names.get(ags, ags) for ags in one.who)}" if one.who else "Projekt"
        yield f"{indent}{one.nr} {one.now} → {one.otherwise} – {who}"
    if not any_difference:
        yield f"{indent}{NO_EFFECT}"
