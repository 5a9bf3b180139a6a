"""Names of figures for a form: ``Z1.2.value``, ``MS1.1.counts.reached``, ``06440004.Z1.2.status``.

A name after a municipality's key (or in a table whose rows are municipalities, or in a form that is filled for
each of them) means that municipality's figure; any other name, and one after ``project.``, the project's.
Yearly targets name their year: ``Z1.4.2025/26.value``; the deadlines of an evidence point are counted:
``N3.1.2.due``. Contract: results.md, ``formulare/``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import Enum

from pipeline.definitions.model import State
from pipeline.definitions.words import MILESTONE_WORDS
from pipeline.rules import EvidencePoint, Rules, Target

OF_PROJECT = "project."
PROJECT = ("as_of", "rules_version", "rules_sha256", "project_start", "project_end", "communes_total")
MUNICIPALITY = ("ags", "name", "district", "submission", "data_as_of")
_REQUIREMENT = ("nr", "text")
AS_TEXT = "_text"  # what ``value_text`` ends with: the value as a text shows it, a share as well as a count
_FIGURES = ("value", "numerator", "denominator", "threshold", "status", "value_text", "threshold_text")
_TARGET = ("year", *_REQUIREMENT)
PROJECT_TARGET = (*_FIGURES, "communes_met", "communes_evaluated", "communes_total", *_TARGET)
MUNICIPALITY_TARGET = (*_FIGURES, "data_as_of", *_TARGET)
PROJECT_MILESTONE = ("due", "communes_total", *_REQUIREMENT)
MUNICIPALITY_MILESTONE = ("status", "due", "reached_on", *_REQUIREMENT)
PROJECT_CRITERION = ("due", "milestone", *_REQUIREMENT)
MUNICIPALITY_CRITERION = (
    *("status", "value", "threshold", "reached_on", "evidence", "value_text", "threshold_text"),
    *PROJECT_CRITERION,
)
PROJECT_EVIDENCE = _REQUIREMENT
MUNICIPALITY_EVIDENCE = ("status", "count", "due", *_REQUIREMENT)
PROJECT_COUNTS = tuple(f"counts.{status}" for status in MILESTONE_WORDS)
SUBMISSIONS = tuple(f"submissions.{state}" for state in State)
# mean the same of project and municipality
_EITHER = (*_REQUIREMENT, "milestone", "due", "threshold", "year")

COMMUNES, TARGETS, MILESTONES = "communes", "targets", "milestones"
CRITERIA, EVIDENCE = "criteria", "evidence"
TABLES = (COMMUNES, TARGETS, MILESTONES, CRITERIA, EVIDENCE)


class FigureKind(Enum):
    """What a figure belongs to; PLAIN are figures about the project, a municipality or the submissions."""

    PLAIN = "plain"
    TARGET = "target"
    MILESTONE = "milestone"
    CRITERION = "criterion"
    EVIDENCE = "evidence"


@dataclass(frozen=True, slots=True)
class FigureName:
    """A parsed name; ``ags`` is None for the project, and for the municipality of a row or of the whole form.

    ``year``: label of a project year, or the number of an evidence point's deadline. ``project``: the
    project's figure even in such a row or form.
    """

    kind: FigureKind
    field: str
    nr: str = ""
    year: str | None = None
    ags: str | None = None
    project: bool = False


class UnknownFigure(ValueError):  # noqa: N818  - an answer to the user, not a fault of ours
    """There is no figure of that name; the text is German."""


def parse_figure(text: str, rules: Rules, *, in_row: bool = False) -> FigureName:
    """Parse a name. Raises UnknownFigure for a name that these rules do not have.

    ``in_row``: the name means a municipality without naming it, so it has no key before it.
    """
    if text.startswith(OF_PROJECT):
        return replace(parse_figure(_without_key(text), rules), project=True)
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
    point = re.fullmatch(r"(N[0-9]\.[0-9]+)(?:\.([0-9]+))?\.([a-z_]+)", path)
    if point:
        return _evidence(text, point[1], point[2], point[3], rules, of_municipality, ags)
    _allowed(text, path, MUNICIPALITY if of_municipality else (*PROJECT, *SUBMISSIONS))
    return FigureName(FigureKind.PLAIN, path, ags=ags)


def parse_own(text: str, rules: Rules) -> FigureName:
    """Parse a name in a form that is filled for each municipality: its figure, else the project's.

    Raises UnknownFigure.
    """
    try:
        return parse_figure(text, rules, in_row=True)
    except UnknownFigure:
        try:
            return replace(parse_figure(_without_key(text), rules), project=True)
        except UnknownFigure:
            pass
        raise


def names_municipality(text: str) -> bool:
    """Return whether a name starts with a municipality's key."""
    return re.match(r"[0-9]{8}\.", text) is not None


def means_municipality(text: str, rules: Rules) -> bool:
    """Return whether a name without a key says something else of each municipality."""
    if is_table(text):
        return not is_table_of_municipalities(text) and not text.startswith(OF_PROJECT)
    try:
        found = parse_figure(text, rules, in_row=True)
    except UnknownFigure:
        return False
    return not found.project and (found.kind is FigureKind.PLAIN or found.field not in _EITHER)


def _without_key(text: str) -> str:
    path = text.removeprefix(OF_PROJECT)
    if names_municipality(path) or path.startswith(OF_PROJECT):
        raise UnknownFigure(f"Die Angabe „{text}“ gibt es nicht.")
    return path


# --- tables -------------------------------------------------------------------------------------------


_TABLE = re.compile(rf"(?:([0-9]{{8}}|project)\.)?(?:(MS[0-9]\.[0-9])\.(?={CRITERIA}$))?({'|'.join(TABLES)})")


def is_table(text: str) -> bool:
    """Return whether a name means a table (``criteria``, ``MS1.1.criteria``, ``06440004.evidence``)."""
    return _TABLE.fullmatch(text) is not None


def is_table_of_municipalities(text: str) -> bool:
    return is_table(text) and text.endswith(COMMUNES)


def table_rows(text: str, rules: Rules) -> list[str]:
    """Return what the names in each row of a table begin with: ``MS1.1a.``; the rows' keys for ``communes``.

    Raises UnknownFigure for a milestone or municipality that there is not.
    """
    match = _TABLE.fullmatch(text)
    assert match is not None
    key, nr, table = match[1] or "", match[2], match[3]
    if key.isdigit() and key not in {m.ags for m in rules.roster}:
        raise UnknownFigure(f"Der AGS „{key}“ in „{text}“ steht nicht auf der Liste der Kommunen.")
    rows = _rows(table, rules)
    if nr:
        rows = [c.id for m in rules.milestones if m.id == nr for c in m.criteria]
    if not rows or (key and table == COMMUNES):
        raise UnknownFigure(f"Die Tabelle „{text}“ gibt es nicht, oder sie hätte keine Zeile.")
    return [f"{key}.{row}." if key else f"{row}." for row in rows]


def _rows(table: str, rules: Rules) -> list[str]:
    if table == COMMUNES:
        return [m.ags for m in rules.roster]
    if table == TARGETS:
        return [row for t in rules.targets if not t.by_lead for row in _years(t, rules)]
    if table == MILESTONES:
        return [m.id for m in rules.milestones]
    if table == CRITERIA:
        return [c.id for c in rules.criteria]
    return [row for point in rules.evidence for row in deadlines(point)]


def _years(target: Target, rules: Rules) -> list[str]:
    return [f"{target.id}.{y.label}" for y in rules.years] if target.per_year else [target.id]


def deadlines(point: EvidencePoint) -> list[str]:
    return [f"{point.id}.{k}" for k in range(1, len(point.months) + 1)] or [point.id]


# --- one name -----------------------------------------------------------------------------------------


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
        _allowed(text, field, MUNICIPALITY_CRITERION if of_municipality else PROJECT_CRITERION)
        return FigureName(FigureKind.CRITERION, field, nr + letter, ags=ags)
    _allowed(
        text, field, MUNICIPALITY_MILESTONE if of_municipality else (*PROJECT_MILESTONE, *PROJECT_COUNTS)
    )
    return FigureName(FigureKind.MILESTONE, field, nr, ags=ags)


def _evidence(
    text: str, nr: str, deadline: str | None, field: str, rules: Rules, of_municipality: bool, ags: str | None
) -> FigureName:
    point = next((e for e in rules.evidence if e.id == nr), None)
    if point is None:
        raise UnknownFigure(f"Den Nachweispunkt „{nr}“ in „{text}“ gibt es nicht.")
    _allowed(text, field, MUNICIPALITY_EVIDENCE if of_municipality else PROJECT_EVIDENCE)
    if f"{nr}.{deadline}" not in deadlines(point) and (deadline or point.months):
        wanted = f"eine Frist, z. B. „{nr}.1.{field}“" if point.months else "keine Frist"
        raise UnknownFigure(f"„{text}“: Zu {nr} gehört {wanted}.")
    return FigureName(FigureKind.EVIDENCE, field, nr, deadline, ags)
