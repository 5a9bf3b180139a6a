"""What a change of the rules means for workbooks and reports that are already there, for ``kisi rules``.

Compared are the flat values (``values.rule_values``) of the earlier rules, from their folder or from the
manifest of a report, with the rules at hand. A warning refuses nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pipeline.definitions.spelling import comparable
from pipeline.definitions.words import PROJECT
from pipeline.rules import Rules
from pipeline.rules.versions import is_older
from pipeline.rules.wording.history import PARAMETER
from pipeline.rules.wording.rule_values import (
    CHOICE,
    DECISION,
    DUE,
    HISTORY,
    NAME,
    TEMPLATES,
    Values,
    rule_values,
)

_ASKED = re.compile(r"(Z|N|MS)[0-9].*")
_BASES = {"deadline_basis": "die Fristen der Meilensteine", "year_basis": "die Zielwerte je Jahr"}


@dataclass(frozen=True, slots=True)
class EarlierRules:
    """Rules of before: their version and values, and where they come from, in German."""

    source: str
    version: str
    values: Values


def earlier_rules(rules: Rules, place: str) -> EarlierRules:
    """Return the rules of another folder as they are compared; ``place`` is where they lie."""
    return EarlierRules(f"in {place}", rules.project.version, rule_values(rules))


@dataclass(frozen=True, slots=True)
class ValueChange:
    """A value that is another than before; None where it was not there or is gone."""

    nr: str
    subject: str
    before: str | None
    now: str | None

    def __str__(self) -> str:
        return (
            f"{self.nr}, {self.subject}: {self.before or 'nicht angegeben'} → {self.now or 'nicht angegeben'}"
        )


def value_changes(before: Values, now: Values) -> list[ValueChange]:
    """Return every value that differs, in the order of the later rules."""
    found: list[ValueChange] = []
    for nr in dict.fromkeys((*now, *before)):
        old, new = before.get(nr, {}), now.get(nr, {})
        subjects = dict.fromkeys((*new, *old))
        found += [ValueChange(nr, s, old.get(s), new.get(s)) for s in subjects if old.get(s) != new.get(s)]
    return found


def rule_warnings(before: EarlierRules, rules: Rules) -> Iterator[str]:
    """Yield what would reject workbooks that are already there, or judge them otherwise, in German."""
    now = rule_values(rules)
    changes = value_changes(before.values, now)
    yield from _requirements(before.values, now)
    yield from _choices(before.values, rules)
    yield from _no_longer_taken(before.values, now)
    yield from _readings(changes)
    yield from _decisions(changes)
    if changes and not is_older(before.version, rules.project.version):
        yield (
            f"Werte haben sich geändert, aber „version“ in projekt.yaml ist nicht erhöht ({before.version} → "
            f"{rules.project.version}): Berichte und Vorlagen wären nicht zu unterscheiden."
        )


def _requirements(before: Values, now: Values) -> Iterator[str]:
    for nr in (n for n in before if _ASKED.fullmatch(n) and n not in now):
        yield (
            f"{nr} gibt es nicht mehr: In Mappen, die schon ausgegeben sind, steht die Zeile noch; Angaben dazu "
            "werden zurückgewiesen oder nicht beachtet."
        )
    for nr in (n for n in now if _ASKED.fullmatch(n) and n not in before):
        yield f"{nr} ist neu: Mappen, die schon ausgegeben sind, haben dazu keine Zeile."


def _choices(before: Values, rules: Rules) -> Iterator[str]:
    """A reworded choice is read as the old one only where ``former_choices`` names it."""
    groups = rules.project.target_groups.groups
    known = {comparable(text) for g in groups for text in (g.choice, *g.former_choices)}
    for nr, subjects in before.items():
        old = subjects.get(CHOICE)
        if old is not None and comparable(old) not in known:
            yield (
                f"{nr}: Die Auswahl „{old}“ gibt es nicht mehr; Mappen mit ihr würden zurückgewiesen. Heißt sie nur "
                "anders, so tragen Sie die bisherige Bezeichnung in projekt.yaml unter „former_choices“ ein: Dann "
                "wird sie als die heutige gelesen."
            )


def _no_longer_taken(before: Values, now: Values) -> Iterator[str]:
    for nr, subjects in before.items():
        if DUE in subjects and nr not in now:
            yield f"{nr} steht nicht mehr im Berichtsplan: Mappen zu diesem Tag zählen für keine Runde."
        if NAME in subjects and nr not in now:
            yield f"{subjects[NAME]} ({nr}) steht nicht mehr in kommunen.csv: Ihre Mappen werden zurückgewiesen."
    old, new = (_versions(v.get(PROJECT, {}).get(TEMPLATES, "")) for v in (before, now))
    for version in sorted(old - new):
        yield f"Vorlagen der Version {version} werden nicht mehr angenommen."


def _versions(text: str) -> set[str]:
    return set(filter(None, text.split(", ")))


def _readings(changes: Iterable[ValueChange]) -> Iterator[str]:
    for one in changes:
        if one.nr == PARAMETER and one.subject in _BASES and one.before and one.now:
            yield (
                f"{one.subject} war {one.before} und ist {one.now}: {_BASES[one.subject]} werden auch für frühere "
                "Stichtage anders gelesen. Soll es erst von einem Tag an gelten, geben Sie dem Wert eine Geschichte."
            )


def _decisions(changes: Iterable[ValueChange]) -> Iterator[str]:
    """A value with a history leaves earlier Stichtage as they are."""
    listed = list(changes)
    dated = {c.nr for c in listed if c.subject == HISTORY and c.now}
    numbers = [c.nr for c in listed if c.subject == DECISION and c.before and c.now and c.nr not in dated]
    if numbers:
        yield (
            f"Anders entschieden wird über {', '.join(numbers)}, auch zu früheren Stichtagen. Soll ein neuer Wert "
            "erst von einem Tag an gelten, geben Sie ihm eine Geschichte."
        )
