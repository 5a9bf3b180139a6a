"""``kisi explain``: how a figure or status came about: rule, interpretation, files, calculation, rows.

Every number comes from the ``Outcome``, every row from ``provenance``; no value of a person is shown.
Contract: results.md, ``kisi explain``.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.audit.explain.municipality import MunicipalityExplanation, indented
from pipeline.audit.explain.project import project_milestone_lines, project_target_lines
from pipeline.audit.explain.who import Asked, UnknownQuestion, find_municipality
from pipeline.definitions.messages import german_date
from pipeline.definitions.sheets import LEAD_AGS
from pipeline.definitions.words import PROJECT
from pipeline.outcome import Outcome
from pipeline.rules import Milestone, Rules, Target
from pipeline.rules.wording.in_words import (
    how_decided,
    how_milestone,
)

__all__ = ["UnknownQuestion", "explain", "find_municipality", "find_requirement", "is_project"]


def find_requirement(rules: Rules, nr: str) -> Asked:
    """Return the requirement with that number, in any case. Raises UnknownQuestion."""
    every: tuple[Asked, ...] = (*rules.targets, *rules.criteria, *rules.milestones, *rules.evidence)
    for asked in every:
        if asked.id.casefold() == nr.strip().casefold():
            return asked
    raise UnknownQuestion(f"Die Nummer „{nr}“ gibt es im Regelwerk nicht. Alle Nummern nennt „kisi rules“.")


def explain(outcome: Outcome, nr: str, who: str) -> list[str]:
    """Return all lines; ``who`` is an AGS, a name, or ``Projekt`` for the figure of all together.

    Raises UnknownQuestion for an unknown number or municipality, and where the one does not concern the
    other.
    """
    asked = find_requirement(outcome.rules, nr)
    if is_project(who):
        return list(_of_project(outcome, asked))
    municipality = find_municipality(outcome.rules, who)
    if isinstance(asked, Target) and asked.by_lead:
        municipality = outcome.rules.lead
    elif municipality.ags == LEAD_AGS:
        raise UnknownQuestion(
            f"{asked.id} wird je Kommune bewertet. Geben Sie mit --commune den AGS einer Kommune an."
        )
    return list(MunicipalityExplanation(outcome, asked, municipality).lines())


def is_project(who: str) -> bool:
    return who.strip().casefold() == PROJECT.casefold()


def _of_project(outcome: Outcome, asked: Asked) -> Iterator[str]:
    """Rule and sums. Raises UnknownQuestion for criteria and evidence points, which are not summed."""
    match asked:
        case Target():
            decided, answer = how_decided(asked, outcome.rules), project_target_lines(outcome, asked)
        case Milestone():
            decided, answer = how_milestone(asked), project_milestone_lines(outcome, asked)
        case _:
            raise UnknownQuestion(
                f"{asked.id} wird für das Projekt nicht zusammengefasst. Nennen Sie mit --commune eine Kommune."
            )
    yield f"{asked.id} · {PROJECT} · Stand {german_date(outcome.as_of)}"
    for title, lines in (
        ("Regel", iter((f"„{asked.text}“",))),
        ("Lesart", iter((decided,))),
        ("Rechnung und Ergebnis", answer),
    ):
        yield ""
        yield title
        yield from indented(lines)
