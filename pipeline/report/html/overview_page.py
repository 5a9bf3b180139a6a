"""Content of the overview page as values; the templates only lay it out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from markupsafe import Markup

from pipeline.checks.exemptions import ExemptionUse
from pipeline.definitions.model import Status
from pipeline.definitions.results import REACHED, MilestoneResult, TargetResult, Value
from pipeline.definitions.shares import percent, rounded_percent
from pipeline.definitions.sheets import LEAD_AGS
from pipeline.definitions.words import (
    CRITERION_WORDS,
    MILESTONE_WORDS,
    REPORTED_WORDS,
    ROUND_WORDS,
    TARGET_WORDS,
    USE_WORDS,
    Word,
)
from pipeline.evaluate.consolidate import ProjectTarget
from pipeline.outcome import Outcome
from pipeline.report.ergebnis import decimal
from pipeline.report.html.charts import compared_chart, counts_chart, share_chart
from pipeline.report.html.submission_table import ReminderLine, SubmissionLine, chased, submission_table
from pipeline.report.html.tasks import MATRIX, SUBMISSIONS, TASKS, Tasks, tasks
from pipeline.report.html.timeline import Timeline, timeline
from pipeline.rules import Measure, Municipality, Rules, Share, Target
from pipeline.rules.wording.history import requirement_text
from pipeline.rules.wording.in_words import data_age

OPEN_UP_TO = 30  # so many bars are shown at once; more stand behind a click


@dataclass(frozen=True)
class KeyFigure:
    """A number in German notation, and as ergebnis.json has it."""

    text: str
    value: str


@dataclass(frozen=True)
class TargetCell:
    """Status, figure and "numerator of denominator" of a target."""

    word: Word
    figure: KeyFigure | None
    parts: str


@dataclass(frozen=True)
class ProjectLine:
    """A target in the table of the project."""

    target: Target
    result: ProjectTarget
    cell: TargetCell
    threshold: str
    communes: str
    days: str


@dataclass(frozen=True)
class Chart:
    """A chart; ``open``: shown at once, not behind a click."""

    title: str
    svg: Markup
    open: bool


@dataclass(frozen=True)
class OverviewPage:
    """All values that the templates need; ``names``: AGS → name, project lead included."""

    outcome: Outcome
    names: dict[str, str]
    summary: list[tuple[str, str, str]]
    tasks: Tasks
    measures: tuple[Measure, ...]
    matrix: list[tuple[Municipality, list[tuple[Word, MilestoneResult]]]]
    reached: list[str]
    counts: Markup
    timeline: Timeline
    project: list[ProjectLine]
    project_chart: Markup | None
    charts: list[Chart]
    heads: list[tuple[str, str | None, str]]
    targets: list[tuple[Municipality, list[TargetCell]]]
    submissions: list[SubmissionLine]
    chased: list[ReminderLine]
    exemptions: list[tuple[ExemptionUse, Word]]
    legend: list[tuple[str, list[Word]]]
    statuses: list[tuple[str, Word]]


def page(outcome: Outcome) -> OverviewPage:
    """The content of the page."""
    rules = outcome.rules
    names = {m.ags: m.name for m in (rules.lead, *rules.roster)}
    results = {r.ags: r for r in outcome.results}
    targets = {t.id: t for t in rules.targets}
    own = [(m, results[m.ags]) for m in rules.roster]
    heads = [(t.nr, t.year, requirement_text(targets[t.nr], rules)) for t in own[0][1].targets] if own else []
    return OverviewPage(
        outcome=outcome,
        names=names,
        summary=list(_summary(outcome)),
        tasks=tasks(outcome),
        measures=rules.measures,
        matrix=[(m, [(MILESTONE_WORDS[s.status], s) for s in r.milestones]) for m, r in own],
        reached=[_reached(m.counts, m.communes_total) for m in outcome.project.milestones],
        counts=_counts(outcome),
        timeline=timeline(rules, outcome.as_of, outcome.project.milestones),
        project=[_project_line(targets[t.nr], t) for t in outcome.project.targets],
        project_chart=_project_chart(outcome, rules),
        charts=list(_charts(outcome, rules)),
        heads=heads,
        targets=[(m, [_cell(t) for t in r.targets]) for m, r in own],
        submissions=submission_table(outcome, names),
        chased=chased(outcome, names),
        exemptions=[(use, USE_WORDS[use.use]) for use in outcome.exemptions],
        legend=_legend(),
        statuses=[
            (s.value, w)
            for s, w in MILESTONE_WORDS.items()
            if any(m.counts.get(s) for m in outcome.project.milestones)
        ],
    )


def _summary(outcome: Outcome) -> Iterator[tuple[str, str, str]]:
    """(number, what it counts, link to the list) for the top of the page."""
    yield str(len(outcome.rules.roster)), "Kommunen auf der Liste", MATRIX
    valid = sum(outcome.accepted(m.ags) is not None for m in outcome.rules.roster)
    yield str(valid), "Kommunen mit gültiger Abgabe", SUBMISSIONS
    counts_of_round = outcome.round.counts
    for status, word in ROUND_WORDS.items():
        yield str(counts_of_round.get(status, 0)), f"in dieser Runde {word.text}, mit Projektleitung", TASKS
    counts: Counter[Status] = Counter()
    for milestone in outcome.project.milestones:
        counts.update(milestone.counts)
    yield str(sum(counts[s] for s in REACHED)), "Meilensteine erreicht, alle Kommunen zusammen", MATRIX
    yield str(counts[Status.OVERDUE]), "Meilensteine überfällig, alle Kommunen zusammen", MATRIX


def _reached(counts: dict[Status, int], total: int) -> str:
    return f"{sum(counts.get(s, 0) for s in REACHED)} von {total}"


def _counts(outcome: Outcome) -> Markup:
    undefined = {m.id for m in outcome.rules.milestones if m.undefined}
    milestones = [m for m in outcome.project.milestones if m.nr not in undefined]
    occurring = [s for s in MILESTONE_WORDS if any(m.counts.get(s) for m in milestones)]
    series = [(MILESTONE_WORDS[s], [m.counts.get(s, 0) for m in milestones]) for s in occurring]
    alternative = "Zahl der Kommunen je Status und Meilenstein; dieselben Angaben stehen in der Tabelle"
    return counts_chart([m.nr for m in milestones], series, alternative)


# --- figures ------------------------------------------------------------------------------------------


def figure(value: Value) -> KeyFigure | None:
    if value is None:
        return None
    if isinstance(value, Fraction):
        return KeyFigure(rounded_percent(value), decimal(value))
    return KeyFigure(str(value), str(value))


def _cell(result: TargetResult | ProjectTarget) -> TargetCell:
    parts = "" if result.denominator is None else f"{result.numerator} von {result.denominator}"
    return TargetCell(TARGET_WORDS[result.status], figure(result.value), parts)


def _threshold(target: Target) -> str:
    minimum = target.decide.minimum
    if minimum is None:
        return "–"
    if isinstance(minimum, Fraction):
        return percent(minimum)
    return str(minimum) if target.by_lead else f"{minimum} je Kommune"


def _project_line(target: Target, result: ProjectTarget) -> ProjectLine:
    if result.communes_total is None:
        communes = "Projektleitung"
    else:
        judged = result.status is not Status.INFO
        communes = f"{result.communes_met} von {result.communes_total}" if judged else "–"
    days = data_age(result.oldest, result.youngest) or "–"
    return ProjectLine(target, result, _cell(result), _threshold(target), communes, days)


def _shares(rules: Rules) -> list[tuple[Target, Fraction]]:
    return [(t, t.decide.at_least) for t in rules.targets if isinstance(t.decide, Share)]


def _labelled(name: str, value: Fraction | None) -> str:
    return f"{name}: {'keine Zahl' if value is None else rounded_percent(value)}"


def _share(value: Value) -> Fraction | None:
    return value if isinstance(value, Fraction) else None


def _project_chart(outcome: Outcome, rules: Rules) -> Markup | None:
    values = {t.nr: _share(t.value) for t in outcome.project.targets}
    rows = [
        (_labelled(t.id, values.get(t.id)), values.get(t.id), threshold) for t, threshold in _shares(rules)
    ]
    text = "Anteile des Projekts neben ihren Schwellen; dieselben Angaben stehen in der Tabelle"
    return compared_chart(rows, text) if rows else None


def _charts(outcome: Outcome, rules: Rules) -> Iterator[Chart]:
    """For each share a chart over all municipalities."""
    names = {m.ags: m.name for m in rules.roster}
    for target, threshold in _shares(rules):
        rows = [
            (_labelled(names[t.ags], _share(t.value)), _share(t.value))
            for r in outcome.results
            if r.ags != LEAD_AGS
            for t in r.targets
            if t.nr == target.id
        ]
        if rows:
            text = f"{target.id} je Kommune mit der Schwelle {percent(threshold)}; die Zahlen stehen in der Tabelle"
            svg = share_chart(target.id, rows, threshold, text)
            yield Chart(f"{target.id}: {target.text}", svg, len(rows) <= OPEN_UP_TO)


def _legend() -> list[tuple[str, list[Word]]]:
    return [
        ("Meilensteine", list(MILESTONE_WORDS.values())),
        ("Kriterien", list(CRITERION_WORDS.values())),
        ("Zielwerte", list(TARGET_WORDS.values())),
        ("Abgaben", list(REPORTED_WORDS)),
        ("Runde", list(ROUND_WORDS.values())),
    ]
