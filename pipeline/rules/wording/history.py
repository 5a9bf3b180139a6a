"""Values with a history in German words: what changed when, why, and where that was decided."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from typing import Any

from pipeline.definitions.messages import german_date
from pipeline.definitions.shares import percent
from pipeline.rules import Criterion, DatedValue, Milestone, Rules, Target
from pipeline.rules.wording.in_words import quarter_words

PARAMETER = "Parameter"
_FIELDS = {"at_least": "Schwelle", "months": "Frist nach dem Text", "quarter": "Frist nach der Zeitschiene"}


def requirement_text(requirement: Target | Criterion | Milestone, rules: Rules) -> str:
    """Return the verbatim text, and behind it what of it is another by now: ``… (geändert zum 01.01.2027: …)``."""
    notes = [note for one in rules.dated if one.nr == requirement.id for note in _changes(one, rules)]
    return f"{requirement.text} ({'; '.join(notes)})" if notes else requirement.text


def _changes(one: DatedValue, rules: Rules) -> Iterator[str]:
    for before, after in one.changed(rules.day or date.min):
        both = f"{_value(one.field, after.value)} statt {_value(one.field, before.value)}"
        yield f"geändert zum {german_date(after.since)}: {both}"


def history_lines(nr: str, rules: Rules, field: str = "") -> Iterator[str]:
    """Yield every value that a number had or will have, with its reason; ``field`` for one parameter alone."""
    for one in rules.dated:
        if one.nr == nr and field in ("", one.field):
            for value in one.values:
                shown = f"{_FIELDS.get(one.field, one.field)} {_value(one.field, value.value)}"
                yield f"ab {german_date(value.since)}: {shown} ({value.reason}; {value.reference})"


def dated_lines(rules: Rules) -> Iterator[str]:
    """Yield all values with a history, each number once."""
    for nr in dict.fromkeys(one.nr for one in rules.dated):
        for line in history_lines(nr, rules):
            yield f"{nr or PARAMETER} {line}"


def _value(field: str, value: Any) -> str:
    if isinstance(value, Fraction):
        return percent(value)
    if field == "months":
        return f"{value} Monate nach Projektbeginn"
    return quarter_words(value) if field == "quarter" and value else str(value)
