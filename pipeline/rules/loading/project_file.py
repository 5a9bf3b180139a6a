"""Checks rules/projekt.yaml: dates, template versions, target groups, interpretations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from pipeline.definitions.sheets import TEMPLATE_VERSION
from pipeline.definitions.spelling import comparable
from pipeline.rules import (
    Project,
)
from pipeline.rules.loading.yaml_lines import (
    Problem,
    YamlDocument,
)

EARLIEST_DATE_YEAR = 1900  # Excel's first
EARLIEST_YEAR, LATEST_YEAR = 2000, 2100


def sound_dates(project: Project) -> bool:
    """Return whether the project's own dates are in order; only then are deadlines compared with them."""
    years = all(EARLIEST_YEAR <= day.year <= LATEST_YEAR for day in (project.start, project.end))
    return years and project.start < project.end


def _check_bounds(project: Project, at: Callable[..., Problem]) -> Iterator[Problem]:
    """Yield a problem for each date or version with which no workbook could be right."""
    for field in ("start", "end"):
        if not EARLIEST_YEAR <= getattr(project, field).year <= LATEST_YEAR:
            yield at(f"„{field}“: Das Jahr muss zwischen {EARLIEST_YEAR} und {LATEST_YEAR} liegen.", field)
    parameters = project.parameters
    if parameters.earliest_date > project.start or parameters.earliest_date.year < EARLIEST_DATE_YEAR:
        text = f"„earliest_date“ muss zwischen dem 01.01.{EARLIEST_DATE_YEAR} und dem Projektbeginn liegen."
        yield at(text, "parameters", "earliest_date")
    if parameters.latest_date < project.end or parameters.latest_date.year > LATEST_YEAR:
        text = f"„latest_date“ muss zwischen dem Projektende und dem 31.12.{LATEST_YEAR} liegen."
        yield at(text, "parameters", "latest_date")
    known = {str(n) for n in range(1, int(TEMPLATE_VERSION) + 1)}
    if TEMPLATE_VERSION not in project.accepted_templates or set(project.accepted_templates) - known:
        text = (
            f"„accepted_templates“ muss die Version {TEMPLATE_VERSION} enthalten, mit der dieses Programm "
            "Vorlagen schreibt, und darf nur frühere daneben nennen."
        )
        yield at(text, "accepted_templates")


def _former_wordings_twice(project: Project) -> Iterator[tuple[int, str]]:
    """Yield (index of the group, problem) for each former wording that also means another choice."""
    groups = project.target_groups.groups
    wordings = Counter(comparable(text) for g in groups for text in (g.choice, *g.former_choices))
    for i, group in enumerate(groups):
        for text in group.former_choices:
            if wordings[comparable(text)] > 1:
                yield i, f"Die frühere Bezeichnung „{text}“ gibt es schon."


def check_project(project: Project, document: YamlDocument) -> Iterator[Problem]:
    """Yield a problem for each value of projekt.yaml that contradicts another or the program."""

    def at(text: str, *path: str | int) -> Problem:
        return Problem(document.name, document.line(path), text)

    if project.start >= project.end:
        yield at("Das Projektende muss nach dem Projektbeginn liegen.", "end")
    yield from _check_bounds(project, at)
    groups = project.target_groups.groups
    for field in ("number", "choice"):
        for value, times in Counter(getattr(g, field) for g in groups).items():
            if times > 1:
                yield at(f"Die Zielgruppe „{value}“ steht doppelt.", "target_groups", "groups")
    yield from (at(text, "target_groups", "groups", i) for i, text in _former_wordings_twice(project))
    numbers = {g.number for g in groups}
    for i, group in enumerate(groups):
        for number in sorted(set(group.relative_of) - numbers):
            yield at(f"Die Zielgruppe {number} gibt es nicht.", "target_groups", "groups", i, "relative_of")
    for value, times in Counter(x.id for x in project.interpretations).items():
        if times > 1:
            yield at(f"Die Nummer „{value}“ ist doppelt vergeben.", "interpretations")
