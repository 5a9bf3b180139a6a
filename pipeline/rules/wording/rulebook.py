"""The rulebook line by line: each requirement's text, its place in the source, its interpretation and
decision.

The sheet Regelwerk and the reference in docs/ both show these lines.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.definitions.messages import german_date
from pipeline.rules import Criterion, EvidencePoint, Measure, Milestone, Project, Rules, Target
from pipeline.rules.wording.history import history_lines
from pipeline.rules.wording.in_words import (
    UNDEFINED,
    deadline_words,
    how_decided,
    how_evidence,
    how_milestone,
    threshold_words,
)

PARAMETER_WORDS = {
    "deadline_basis": "Was über eine Frist entscheidet: months = Text der Meilensteintabellen, "
    "quarter = letzter Tag des in der Zeitschiene markierten Quartals.",
    "year_basis": "Welches Jahr mit „pro Jahr“ gemeint ist: project_year = Projektjahr, "
    "calendar_year = Kalenderjahr.",
    "at_risk_days": "So viele Tage vor der Frist gilt ein offener Meilenstein als gefährdet.",
    "earliest_date": "Frühere Daten sind Tippfehler.",
    "latest_date": "Spätere Daten sind Tippfehler.",
    "stock_max_age_months": "Ist der letzte Bestand am Berichtsstichtag älter als so viele Monate, gibt es eine Warnung.",
    "rounding_base": "Zahlen von Personen, die über keinen Zielwert und keinen Meilenstein entscheiden, sind auf "
    "Vielfache davon gerundet.",
}


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One line of the rulebook; ``text`` is verbatim, ``place`` is where it stands in the source."""

    nr: str | None
    kind: str
    text: str | None = None
    place: str | None = None
    decided: str | None = None
    parameter: str | None = None
    reading: str | None = None


# --- requirements -------------------------------------------------------------------------------------


def measure_lines(measure: Measure, rules: Rules) -> Iterator[RuleLine]:
    """Yield targets, evidence points and milestones, each with its criteria, in the order of the source."""
    place = f"Projektmaßnahme {measure.number} {measure.title}"
    if measure.note:
        yield RuleLine(None, "Anmerkung", place=place, reading=measure.note)
    for target in measure.targets:
        yield _requirement(target, "Zielwert", place, rules)
    for point in measure.evidence:
        yield _evidence(point, place, rules)
    for milestone in measure.milestones:
        yield _milestone(milestone, place, rules)
        for criterion in milestone.criteria:
            yield _requirement(criterion, "Kriterium", place, rules)


def _place(measure: str, heading: str) -> str:
    return f"{measure}, „{heading.rstrip(':')}“"


def _requirement(requirement: Target | Criterion, kind: str, place: str, rules: Rules) -> RuleLine:
    return RuleLine(
        requirement.id,
        kind,
        requirement.text,
        _place(place, requirement.heading),
        how_decided(requirement, rules),
        "\n".join(filter(None, (threshold_words(requirement, rules), *history_lines(requirement.id, rules))))
        or None,
        requirement.interpretation,
    )


def _evidence(point: EvidencePoint, place: str, rules: Rules) -> RuleLine:
    due = [f"{months} Monate: {german_date(rules.month_end(months))}" for months in point.months]
    return RuleLine(
        point.id,
        "Nachweis",
        point.text,
        _place(place, point.heading),
        how_evidence(point),
        "\n".join(due) or None,
        point.interpretation,
    )


def _milestone(milestone: Milestone, place: str, rules: Rules) -> RuleLine:
    return RuleLine(
        milestone.id,
        "Meilenstein",
        milestone.text,
        _place(place, milestone.heading),
        how_milestone(milestone),
        "\n".join((*deadline_words(milestone, rules), *history_lines(milestone.id, rules)))
        or (UNDEFINED.split(":")[0] if milestone.undefined else None),
        milestone.interpretation,
    )


# --- project ------------------------------------------------------------------------------------------


def group_lines(project: Project) -> Iterator[RuleLine]:
    """Yield the target groups: their wording, and whom they are open to."""
    groups = project.target_groups
    place = f"{groups.heading} {groups.note}"
    for group in groups.groups:
        bases = ", ".join(map(str, group.relative_of))
        yield RuleLine(
            str(group.number),
            "Zielgruppe",
            group.text,
            place,
            f"Auswahl in der Vorlage: „{group.choice}“",
            f"Nur für Verwandte der Gruppen {bases}" if bases else None,
            group.note,
        )


def constant_lines(rules: Rules) -> Iterator[RuleLine]:
    """Yield passages of the source about the project, then what holds for all requirements."""
    project = rules.project
    for passage in project.quotes:
        for text in passage.statements:
            yield RuleLine(None, "Quelle", text, f"„{passage.heading}“")
    roster = "Muster; wer teilnimmt, steht nicht in der Quelle" if project.roster_is_sample else "verbindlich"
    plan = (f"{german_date(d.stichtag)}: Abgabe bis {german_date(d.due)}" for d in rules.reporting_dates)
    constants = (
        ("Projekt", f"{project.short_title} – {project.title} ({project.fund})"),
        ("Ministerium", project.ministry),
        ("Laufzeit", f"{german_date(project.start)} bis {german_date(project.end)}"),
        (
            "Projektjahre",
            "\n".join(f"{y.label}: {german_date(y.start)} bis {german_date(y.end)}" for y in rules.years),
        ),
        ("Berichtsplan", "\n".join(plan)),
        ("Kommunen", f"{len(rules.roster)} auf der Liste ({roster})"),
        ("Vorlagen", f"angenommen: Version {', '.join(project.accepted_templates)}"),
    )
    for name, value in constants:
        yield RuleLine(None, name, decided=value)
    for parameter, meaning in PARAMETER_WORDS.items():
        value = getattr(project.parameters, parameter)
        shown = german_date(value) if hasattr(value, "isoformat") else str(value)
        lines = (f"{parameter}: {shown}", *history_lines("", rules, parameter))
        yield RuleLine(None, "Parameter", decided=meaning, parameter="\n".join(lines))


def reading_lines(rules: Rules) -> Iterator[RuleLine]:
    """Yield the open questions of the source; ``decided`` is the question, ``reading`` the answer."""
    for one in rules.readings:
        quotes = "\n".join(f"„{q}“" for q in one.quotes) or None
        yield RuleLine(
            one.id, "Auslegung", quotes, decided=one.question, parameter=one.parameter, reading=one.reading
        )
