"""Finds values with a history in rule files, and gives a document as it reads on one day.

::

    at_least:
      "2025-10-01": {value: "70 %", reason: "Wortlaut der Quelle", reference: "Foliensatz, Projektmaßnahme 1"}
      "2027-01-01": {value: "65 %", reason: "…", reference: "Erlass vom 15.12.2026"}

Days stand in quotation marks or not, ascend, and the first is not after the start of the project. Every other
mapping in place of a value is refused as before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from pydantic import BaseModel

from pipeline.definitions.messages import german_date
from pipeline.rules.dated import DatedValue, ValueInForce
from pipeline.rules.fields import StrictModel, Text
from pipeline.rules.loading.yaml_lines import NodePath, Problem, RulesError, YamlDocument, parse_model

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
PARAMETERS = ("at_risk_days", "deadline_basis", "year_basis")
_DEADLINE = ("months", "quarter")


class _Entry(StrictModel):
    value: Any
    reason: Text
    reference: Text


@dataclass(frozen=True, slots=True)
class DatedPlace:
    """A history in a document: where, whose, and (day, entry, path of its value), ascending."""

    file: str
    path: NodePath
    nr: str
    entries: tuple[tuple[date, _Entry, NodePath], ...]

    def entry_on(self, day: date) -> tuple[date, _Entry, NodePath]:
        return next((e for e in reversed(self.entries) if e[0] <= day), self.entries[0])


def dated_places(documents: Mapping[str, YamlDocument], start: date | None) -> list[DatedPlace]:
    """Return every history. Raises RulesError with all mistakes in them, each with file and line.

    ``start``: the first day of the project, None where it cannot be read.
    """
    found: list[DatedPlace] = []
    problems: list[Problem] = []
    for document in documents.values():
        for path, nr, value in _candidates(document.data):
            if isinstance(value, dict):
                place = DatedPlace(document.name, path, nr, tuple(_entries(document, path, problems)))
                problems += _order_problems(document, place, start)
                found.append(place)
    if problems:
        raise RulesError(problems)
    return found


def _candidates(data: Any) -> Iterator[tuple[NodePath, str, Any]]:
    """Yield (path, number, value) of each field that may have a history, as far as the data have that form."""
    for name in PARAMETERS:
        yield from _at(data, ("parameters", name), "")
    for i, target in enumerate(_listed(data, "targets")):
        yield from _at(data, ("targets", i, "decide", "at_least"), _id(target))
    for i, milestone in enumerate(_listed(data, "milestones")):
        for name in _DEADLINE:
            yield from _at(data, ("milestones", i, name), _id(milestone))
        for j, criterion in enumerate(_listed(milestone, "criteria")):
            yield from _at(data, ("milestones", i, "criteria", j, "decide", "at_least"), _id(criterion))


def _at(data: Any, path: NodePath, nr: str) -> Iterator[tuple[NodePath, str, Any]]:
    for step in path:
        inside = isinstance(data, dict) and step in data
        if not (inside or (isinstance(data, list) and isinstance(step, int))):
            return
        data = data[step]
    yield path, nr, data


def _listed(data: Any, key: str) -> list[Any]:
    found = data.get(key) if isinstance(data, dict) else None
    return found if isinstance(found, list) else []


def _id(data: Any) -> str:
    return str(data.get("id", "")) if isinstance(data, dict) else ""


def _entries(
    document: YamlDocument, path: NodePath, problems: list[Problem]
) -> Iterator[tuple[date, _Entry, NodePath]]:
    """Yield the entries that are sound; ``problems`` takes the others."""
    value: Any = document.data
    for step in path:
        value = value[step]
    written = [p[-1] for p in document.lines if len(p) == len(path) + 1 and p[:-1] == path]
    if not value:
        problems.append(Problem(document.name, document.line(path), f"„{path[-1]}“ ist leer."))
    for key, (_, content) in zip(written, value.items(), strict=False):
        here = (*path, key)
        if (day := _day(str(key))) is None:
            text = f"„{path[-1]}“: {key} ist kein Tag der Form „2027-01-01“, ab dem ein Wert gilt."
            problems.append(Problem(document.name, document.line(here), text))
            continue
        inner = {p[len(here) :]: line for p, line in document.lines.items() if p[: len(here)] == here}
        try:
            entry = parse_model(
                _Entry, YamlDocument(document.name, content, {(): document.line(here)} | inner)
            )
            yield day, entry, (*here, "value")
        except RulesError as error:
            problems += error.problems


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None


def _order_problems(document: YamlDocument, place: DatedPlace, start: date | None) -> Iterator[Problem]:
    days, field = [day for day, _, _ in place.entries], place.path[-1]
    for (day, _, path), before in zip(place.entries[1:], days, strict=False):
        if day <= before:
            text = (
                f"„{field}“: Die Tage müssen aufsteigen; {german_date(day)} steht nach {german_date(before)}."
            )
            yield Problem(document.name, document.line(path[:-1]), text)
    if days and start is not None and days[0] > start:
        text = f"„{field}“: Der erste Wert muss vom Projektbeginn an gelten ({german_date(start)})."
        yield Problem(document.name, document.line(place.entries[0][2][:-1]), text)


def as_on(document: YamlDocument, places: list[DatedPlace], day: date) -> YamlDocument:
    """Return the document with each history replaced by the value in force on a day, on that value's line."""
    own = [p for p in places if p.file == document.name]
    if not own:
        return document
    data, lines = deepcopy(document.data), dict(document.lines)
    for place in own:
        _, entry, path = place.entry_on(day)
        lines[place.path] = document.line(path)
        inside = data
        for step in place.path[:-1]:
            inside = inside[step]
        inside[place.path[-1]] = entry.value
    return replace(document, data=data, lines=lines)


def dated_value(place: DatedPlace, loaded: Mapping[date, Mapping[str, BaseModel]]) -> DatedValue:
    """Return a history as typed values; ``loaded``: day → file → its value as it reads on that day."""
    values = tuple(
        ValueInForce(day, _typed(loaded[day][place.file], place.path), entry.reason, entry.reference)
        for day, entry, _ in place.entries
    )
    return DatedValue(place.nr, str(place.path[-1]), values)


def _typed(value: Any, path: NodePath) -> Any:
    for step in path:
        value = value[step] if isinstance(step, int) else getattr(value, step)
    return value
