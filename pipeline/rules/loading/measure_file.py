"""Checks rules/massnahme_N.yaml: its number, its ids, and its deadlines within the project."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from pipeline.rules import (
    Measure,
    Milestone,
    Project,
)
from pipeline.rules.loading.yaml_lines import (
    NodePath,
    Problem,
    YamlDocument,
)


def check_number(measure: Measure, document: YamlDocument) -> Iterator[Problem]:
    """Yield a problem where the number of a measure is not that of its file name."""
    if document.name != f"massnahme_{measure.number}.yaml":
        yield Problem(document.name, document.line(("number",)), "„number“ passt nicht zum Dateinamen.")


def _ids(measure: Measure) -> Iterator[tuple[str, str, NodePath]]:
    """Yield (id, pattern it must match, path) of everything in the measure that has an id."""
    n = measure.number
    for i, target in enumerate(measure.targets):
        yield target.id, rf"Z{n}\.\d+", ("targets", i, "id")
    for i, point in enumerate(measure.evidence):
        yield point.id, rf"N{n}\.\d+", ("evidence", i, "id")
    for i, milestone in enumerate(measure.milestones):
        yield milestone.id, rf"MS{n}\.\d", ("milestones", i, "id")
        for j, criterion in enumerate(milestone.criteria):
            yield criterion.id, re.escape(milestone.id) + "[a-z]", ("milestones", i, "criteria", j, "id")


def check_ids(measures: list[tuple[Measure, YamlDocument]]) -> Iterator[Problem]:
    """Yield a problem for each id that does not fit its place, or is used twice in any measure."""
    seen: set[str] = set()
    for measure, document in measures:
        for id_, pattern, path in _ids(measure):
            line = document.line(path)
            if not re.fullmatch(pattern, id_):
                yield Problem(document.name, line, f"Die Nummer „{id_}“ passt nicht an diese Stelle.")
            if id_ in seen:
                yield Problem(document.name, line, f"Die Nummer „{id_}“ ist doppelt vergeben.")
            seen.add(id_)


def _months(start: date, end: date) -> int:
    """Return the number of months of the project, the last one begun included."""
    return (end.year - start.year) * 12 + end.month - start.month + 1


def _quarters(start: date, end: date) -> tuple[str, str]:
    first, last = (f"{day.year}-Q{(day.month + 2) // 3}" for day in (start, end))
    return first, last


def check_deadlines(measure: Measure, document: YamlDocument, project: Project) -> Iterator[Problem]:
    """Yield a problem for each deadline outside the project or out of order among a measure's milestones."""
    longest = _months(project.start, project.end)
    first, last = _quarters(project.start, project.end)
    before: Milestone | None = None
    for i, milestone in enumerate(measure.milestones):
        path = ("milestones", i)
        if milestone.criteria and milestone.months is None:
            text = f"{milestone.id} hat Kriterien, aber keine Frist („months“)."
            yield Problem(document.name, document.line(path), text)
        if milestone.months and milestone.months > longest:
            text = f"„months“: Das Projekt dauert {longest} Monate, nicht {milestone.months}."
            yield Problem(document.name, document.line((*path, "months")), text)
        if milestone.quarter and not first <= milestone.quarter <= last:
            text = f"„quarter“: {milestone.quarter} liegt nicht im Projektzeitraum {first} bis {last}."
            yield Problem(document.name, document.line((*path, "quarter")), text)
        if before and milestone.months and before.months and milestone.months < before.months:
            text = f"{milestone.id} ist vor {before.id} fällig; die Fristen eines Meilensteins folgen aufeinander."
            yield Problem(document.name, document.line((*path, "months")), text)
        before = milestone if milestone.months else before
    for i, point in enumerate(measure.evidence):
        if list(point.months) != sorted(set(point.months)) or max(point.months, default=0) > longest:
            text = f"{point.id}: Die Fristen („months“) müssen aufsteigen und dürfen {longest} nicht übersteigen."
            yield Problem(document.name, document.line(("evidence", i, "months")), text)
