"""What the rules set, as flat texts: number → subject → value in German words.

``manifest.json`` keeps these texts beside each report, so that two reports can be compared years later
without the rule files of either; ``kisi rules --compare`` holds two folders of rules against each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from pipeline.definitions.messages import german_date
from pipeline.definitions.words import PROJECT
from pipeline.rules import Criterion, EvidencePoint, Milestone, Project, Rules, Target
from pipeline.rules.wording.history import PARAMETER, history_lines
from pipeline.rules.wording.in_words import (
    exemption_place,
    how_decided,
    threshold_words,
    withdrawn_file,
)

Values = Mapping[str, Mapping[str, str]]
RuleValue = tuple[str, str, str]  # number, subject, text
CHOICE, FORMER_CHOICES = "Auswahl", "frühere Bezeichnungen"
HISTORY = "Geschichte"
NAME, DUE, DECISION, THRESHOLD, TEMPLATES = "Name", "Abgabe bis", "Entscheidung", "Schwelle", "Vorlagen"


def rule_values(rules: Rules) -> dict[str, dict[str, str]]:
    """Return every value that decides something, by its number (``Z1.2``) and subject (``Schwelle``)."""
    return _nested(_values(rules))


def exemption_values(rules: Rules) -> dict[str, dict[str, str]]:
    """Return the exemptions granted and the submissions withdrawn, by whom and what they concern."""
    return _nested((*_exemptions(rules), *_withdrawals(rules)))


def _nested(values: Iterable[RuleValue]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for nr, subject, text in values:
        found.setdefault(nr, {})[subject] = text
    return found


def _values(rules: Rules) -> Iterator[RuleValue]:
    yield from _project(rules.project)
    if history := "; ".join(history_lines("", rules)):
        yield PARAMETER, HISTORY, history
    for planned in rules.reporting_dates:
        yield f"Stichtag {german_date(planned.stichtag)}", DUE, german_date(planned.due)
    for municipality in rules.roster:
        yield municipality.ags, NAME, municipality.name
    for group in rules.project.target_groups.groups:
        yield f"Zielgruppe {group.number}", CHOICE, group.choice
        yield f"Zielgruppe {group.number}", "Wortlaut", group.text
    for target in rules.targets:
        yield from _requirement(target, rules)
    for criterion in rules.criteria:
        yield from _requirement(criterion, rules)
    for milestone in rules.milestones:
        yield from _milestone(milestone, rules)
    for point in rules.evidence:
        yield from _evidence(point, rules)
    for one in rules.readings:
        yield one.id, "Offene Frage", one.question
        yield one.id, "Lesart", one.reading


def _project(project: Project) -> Iterator[RuleValue]:
    yield PROJECT, "Laufzeit", f"{german_date(project.start)} bis {german_date(project.end)}"
    yield PROJECT, TEMPLATES, ", ".join(project.accepted_templates)
    for name in type(project.parameters).model_fields:
        value = getattr(project.parameters, name)
        yield PARAMETER, name, german_date(value) if hasattr(value, "isoformat") else str(value)


def _requirement(requirement: Target | Criterion, rules: Rules) -> Iterator[RuleValue]:
    yield requirement.id, "Wortlaut", requirement.text
    yield requirement.id, DECISION, how_decided(requirement, rules)
    if words := threshold_words(requirement, rules):
        yield requirement.id, THRESHOLD, words.removeprefix(f"{THRESHOLD}: ")
    if history := "; ".join(history_lines(requirement.id, rules)):
        yield requirement.id, HISTORY, history
    if requirement.interpretation:
        yield requirement.id, "Auslegung", requirement.interpretation


def _milestone(milestone: Milestone, rules: Rules) -> Iterator[RuleValue]:
    due = rules.due(milestone)
    yield milestone.id, "Wortlaut", milestone.text
    yield milestone.id, "Frist", german_date(due) if due else "nicht festgelegt"
    if history := "; ".join(history_lines(milestone.id, rules)):
        yield milestone.id, HISTORY, history


def _evidence(point: EvidencePoint, rules: Rules) -> Iterator[RuleValue]:
    yield point.id, "Wortlaut", point.text
    if point.months:
        yield point.id, "Fristen", ", ".join(german_date(rules.month_end(m)) for m in point.months)


def _exemptions(rules: Rules) -> Iterator[RuleValue]:
    for one in rules.exemptions:
        until = f"bis {german_date(one.valid_until)}: {one.reason} ({one.decided_by})"
        yield one.ags, f"Ausnahme von {one.rule}, {exemption_place(one)}", until


def _withdrawals(rules: Rules) -> Iterator[RuleValue]:
    for one in rules.withdrawals:
        text = f"{one.reason} ({one.by}, {german_date(one.on)})"
        yield one.ags or PROJECT, f"Rücknahme {withdrawn_file(one)}", text
