"""What would come out otherwise under another reading of an open question: targets and milestones whose
status would be another, by municipality and for the project. Pure.

Contract: results.md, "Regelwerk" ("Wirkung der Auslegung").
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from pipeline.definitions.model import Status
from pipeline.definitions.results import Result
from pipeline.definitions.words import MILESTONE_WORDS, TARGET_WORDS
from pipeline.evaluate import without_submission
from pipeline.evaluate.consolidate import ProjectResult, consolidate
from pipeline.rules import Rules
from pipeline.rules.alternatives import OtherReading, numbers_of, other_readings

NO_EFFECT = "Es käme überall dasselbe heraus."
YearStatuses = Sequence[tuple[str | None, Status]]  # project year and status


@dataclass(frozen=True, slots=True)
class Effect:
    """A target or milestone that would come out otherwise; an empty ``who`` is the project's target itself."""

    nr: str
    now: str
    otherwise: str
    who: tuple[str, ...]


@dataclass
class Flips:
    """Collects (number, status now, status otherwise) → those to whom it would happen, in their order."""

    found: dict[tuple[str, str, str], list[str]] = field(default_factory=dict)
    project: dict[tuple[str, str, str], None] = field(default_factory=dict)

    def add(self, now: Result, otherwise: Result, numbers: frozenset[str]) -> None:
        """Compare two results of one municipality as to these numbers."""
        then = judged(otherwise)
        for nr, statuses in judged(now).items():
            if nr in numbers and _differ(statuses, then.get(nr, ())):
                self.found.setdefault(_told(nr, statuses, then.get(nr, ())), []).append(now.ags)

    def add_project(self, now: ProjectResult, otherwise: ProjectResult, numbers: frozenset[str]) -> None:
        """Compare the consolidated targets."""
        then = _of_project(otherwise)
        for nr, statuses in _of_project(now).items():
            if nr in numbers and _differ(statuses, then.get(nr, ())):
                self.project[_told(nr, statuses, then.get(nr, ()))] = None

    def effects(self, order: Sequence[str]) -> list[Effect]:
        """Return what would come out otherwise, by number in the order of the rules, the project first."""
        found = [Effect(*key, ()) for key in self.project]
        found += [Effect(*key, tuple(who)) for key, who in self.found.items()]
        return sorted(found, key=lambda e: (order.index(e.nr), bool(e.who)))


def judged(result: Result) -> dict[str, list[tuple[str | None, Status]]]:
    """Return number → (year, status) of each target and milestone."""
    found: dict[str, list[tuple[str | None, Status]]] = {}
    for target in result.targets:
        found.setdefault(target.nr, []).append((target.year, target.status))
    for milestone in result.milestones:
        found[milestone.nr] = [(None, milestone.status)]
    return found


def _of_project(project: ProjectResult) -> dict[str, list[tuple[str | None, Status]]]:
    found: dict[str, list[tuple[str | None, Status]]] = {}
    for target in project.targets:
        found.setdefault(target.nr, []).append((target.year, target.status))
    return found


def _differ(now: YearStatuses, otherwise: YearStatuses) -> bool:
    """Return whether the statuses are others. Years under two readings have other names, and their statuses
    are compared as a set."""
    return {status for _, status in now} != {status for _, status in otherwise}


def _told(nr: str, now: YearStatuses, otherwise: YearStatuses) -> tuple[str, str, str]:
    return nr, _words(nr, now), _words(nr, otherwise)


def _words(nr: str, statuses: YearStatuses) -> str:
    words = MILESTONE_WORDS if nr.startswith("MS") else TARGET_WORDS
    parts = (f"{year}: {words[s].text}" if year else words[s].text for year, s in statuses)
    return ", ".join(parts) or "nicht bewertet"


class ReadingEffects:
    """Collects the effects of every other reading, one municipality after the other."""

    def __init__(self, rules: Rules, as_of: date) -> None:
        self._rules, self._as_of = rules, as_of
        self._readings = [(one, Flips(), list[Result]()) for one in other_readings(rules)]

    def add(self, now: Result, others: Sequence[Result] | None) -> None:
        """Compare one member; ``others``: its results under each other reading, None without a submission."""
        for position, (reading, flips, results) in enumerate(self._readings):
            if others is None:
                results.append(without_submission(now.ags, reading.rules, self._as_of))
                continue
            otherwise = others[position]
            results.append(replace(otherwise, milestones=()))  # only targets are summed; thousands are kept
            flips.add(now, otherwise, reading.numbers)

    def each(self, project: ProjectResult) -> Iterator[tuple[OtherReading, list[Effect]]]:
        """Yield every other reading with its effects, once all members have been added."""
        order = numbers_of(self._rules)
        for reading, flips, results in self._readings:
            flips.add_project(project, consolidate(results, reading.rules, self._as_of), reading.numbers)
            yield reading, flips.effects(order)
