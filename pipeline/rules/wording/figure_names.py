"""Names of figures for the ministry's form: ``Z1.2.value``, ``MS1.1.counts.reached``,
``06440004.Z1.2.status``.

A name after a municipality's key (or in a table whose rows are municipalities) means that municipality's
figure, any other name the project's. Yearly targets name their year: ``Z1.4.2025/26.value``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from pipeline.definitions.model import State
from pipeline.definitions.words import MILESTONE_WORDS
from pipeline.rules import Rules

PROJECT = ("as_of", "rules_version", "rules_sha256", "project_start", "project_end", "communes_total")
MUNICIPALITY = ("ags", "name", "district", "data_as_of")
_FIGURES = ("value", "numerator", "denominator", "threshold", "status")
PROJECT_TARGET = (*_FIGURES, "communes_met", "communes_evaluated", "communes_total")
MUNICIPALITY_TARGET = (*_FIGURES, "data_as_of")
PROJECT_MILESTONE = ("due", "communes_total")
MUNICIPALITY_MILESTONE = ("status", "due", "reached_on")
MUNICIPALITY_CRITERION = ("status", "value", "threshold", "reached_on", "evidence")
PROJECT_COUNTS = tuple(f"counts.{status}" for status in MILESTONE_WORDS)
SUBMISSIONS = tuple(f"submissions.{state}" for state in State)


class FigureKind(Enum):
    """What a figure belongs to; PLAIN are figures about the project, a municipality or the submissions."""

    PLAIN = "plain"
    TARGET = "target"
    MILESTONE = "milestone"
    CRITERION = "criterion"


@dataclass(frozen=True, slots=True)
class FigureName:
    """A parsed name; ``ags`` is None for the project, and for the municipality of a table's row."""

    kind: FigureKind
    field: str
    nr: str = ""
    year: str | None = None
    ags: str | None = None


class UnknownFigure(ValueError):  # noqa: N818  - an answer to the user, not a fault of ours
    """There is no figure of that name; the text is German."""


def parse_figure(text: str, rules: Rules, *, in_row: bool = False) -> FigureName:
    """Parse a name. Raises UnknownFigure for a name that these rules do not have.

    ``in_row``: the name stands in a table whose rows are municipalities, so it has no key before it.
    """
    match = re.fullmatch(r"(?:([0-9]{8})\.)?(.+)", text)
    if match is None or (in_row and match[1]):
        raise UnknownFigure(f"Die Angabe „{text}“ gibt es nicht.")
    ags, path = match[1], match[2]
    if ags is not None and ags not in {m.ags for m in rules.roster}:
        raise UnknownFigure(f"Der AGS „{ags}“ in „{text}“ steht nicht auf der Liste der Kommunen.")
    of_municipality = in_row or ags is not None
    target = re.fullmatch(r"(Z[0-9]\.[0-9]+)(?:\.([0-9]{4}(?:[/_][0-9]{2})?))?\.(\w+)", path)
    if target:
        return _target(text, target[1], target[2], target[3], rules, of_municipality, ags)
    other = re.fullmatch(r"(MS[0-9]\.[0-9])([a-z]?)\.([\w.]+)", path)
    if other:
        return _milestone(text, other[1], other[2], other[3], rules, of_municipality, ags)
    _allowed(text, path, MUNICIPALITY if of_municipality else (*PROJECT, *SUBMISSIONS))
    return FigureName(FigureKind.PLAIN, path, ags=ags)


def _allowed(text: str, field: str, fields: tuple[str, ...]) -> None:
    if field not in fields:
        raise UnknownFigure(f"Die Angabe „{text}“ gibt es nicht; möglich sind hier: {', '.join(fields)}.")


def _target(
    text: str, nr: str, year: str | None, field: str, rules: Rules, of_municipality: bool, ags: str | None
) -> FigureName:
    target = next((t for t in rules.targets if t.id == nr), None)
    if target is None:
        raise UnknownFigure(f"Den Zielwert „{nr}“ in „{text}“ gibt es nicht.")
    if of_municipality and target.by_lead:
        raise UnknownFigure(f"„{text}“: {nr} wird von der Projektleitung berichtet, nicht von Kommunen.")
    _allowed(text, field, MUNICIPALITY_TARGET if of_municipality else PROJECT_TARGET)
    labels = {y.label.replace("/", "_"): y.label for y in rules.years}
    if target.per_year != (year is not None):
        wanted = f"ein Jahr, z. B. „{nr}.{rules.years[0].label}.{field}“" if target.per_year else "kein Jahr"
        raise UnknownFigure(f"„{text}“: Zu {nr} gehört {wanted}.")
    if year is not None and year.replace("/", "_") not in labels:
        raise UnknownFigure(
            f"„{text}“: Das Jahr {year} gibt es nicht; möglich: {', '.join(labels.values())}."
        )
    label = labels[year.replace("/", "_")] if year else None
    return FigureName(FigureKind.TARGET, field, nr, label, ags)


def _milestone(
    text: str, nr: str, letter: str, field: str, rules: Rules, of_municipality: bool, ags: str | None
) -> FigureName:
    milestone = next((m for m in rules.milestones if m.id == nr), None)
    known = milestone is not None and (not letter or nr + letter in {c.id for c in milestone.criteria})
    if not known:
        raise UnknownFigure(f"„{nr}{letter}“ in „{text}“ gibt es nicht.")
    if letter:
        _allowed(text, field, MUNICIPALITY_CRITERION if of_municipality else ())
        return FigureName(FigureKind.CRITERION, field, nr + letter, ags=ags)
    _allowed(
        text, field, MUNICIPALITY_MILESTONE if of_municipality else (*PROJECT_MILESTONE, *PROJECT_COUNTS)
    )
    return FigureName(FigureKind.MILESTONE, field, nr, ags=ags)
