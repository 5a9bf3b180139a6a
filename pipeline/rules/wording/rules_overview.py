"""An overview of the rules in German lines, for ``kisi rules``."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.definitions.messages import german_date, number_of
from pipeline.definitions.model import Status
from pipeline.definitions.words import MILESTONE_WORDS
from pipeline.rules import Measure, Rules
from pipeline.rules.wording.history import dated_lines
from pipeline.rules.wording.in_words import exemption_place, how_decided, withdrawn_file
from pipeline.rules.wording.rule_values import rule_values
from pipeline.rules.wording.warnings import EarlierRules, rule_warnings, value_changes


def rules_lines(rules: Rules) -> Iterator[str]:
    """Yield version, files, and each requirement on a line."""
    project = rules.project
    yield f"{project.short_title} – {project.title}"
    yield f"Regelversion {project.version}, Prüfsumme {rules.sha256[:16]}…"
    yield f"Projektzeitraum {project.start:%d.%m.%Y} bis {project.end:%d.%m.%Y}"
    sample = " (Muster)" if project.roster_is_sample else ""
    yield f"{len(rules.roster)} Kommunen{sample}, {len(project.target_groups.groups)} Zielgruppen"
    yield from map(str, rules.notes)
    yield ""
    yield "Berichtsplan:"
    for planned in rules.reporting_dates:
        yield f"  Stichtag {german_date(planned.stichtag)}, Abgabe bis {german_date(planned.due)}"
    for measure in rules.measures:
        yield ""
        yield from _measure_lines(measure, rules)
    if rules.dated:
        yield ""
        yield "Werte mit Geschichte (der Stand des Berichts entscheidet; oben steht der Wert zu Projektbeginn):"
        yield from (f"  {line}" for line in dated_lines(rules))
    yield ""
    yield f"Ausnahmen von Prüfungen: {len(rules.exemptions) or 'keine'}"
    for exemption in rules.exemptions:
        yield f"  {exemption.rule:<7} {exemption.ags}, {exemption_place(exemption)}, bis {exemption.valid_until:%d.%m.%Y}: {exemption.reason}"
        yield f"          entschieden: {exemption.decided_by}"
    yield f"Rücknahmen: {len(rules.withdrawals) or 'keine'}"
    for one in rules.withdrawals:
        yield f"  {withdrawn_file(one)}: {one.reason} ({one.by}, {german_date(one.on)})"
    yield ""
    yield f"{len(rules.files)} Dateien in Ordnung: {', '.join(name for name, _ in rules.files)}"


def comparison_lines(before: EarlierRules, rules: Rules, *, with_values: bool) -> Iterator[str]:
    """Yield what is another than before, value by value where asked for, and what that means for workbooks."""
    changes = value_changes(before.values, rule_values(rules))
    yield ""
    yield (
        f"Gegenüber den Regeln {before.source} (Version {before.version}): "
        f"{number_of(len(changes), 'Wert', 'Werte')} anders."
    )
    if with_values:
        yield from (f"  {one}" for one in changes)
    for warning in rule_warnings(before, rules):
        yield f"Warnung: {warning}"


def _measure_lines(measure: Measure, rules: Rules) -> Iterator[str]:
    yield f"Projektmaßnahme {measure.number}: {measure.title}"
    for target in measure.targets:
        yield f"  {target.id:<7} {how_decided(target, rules)}"
    for point in measure.evidence:
        deadlines = ", ".join(f"{rules.month_end(m):%d.%m.%Y}" for m in point.months)
        yield f"  {point.id:<7} Nachweis{f', fällig {deadlines}' if deadlines else ''}"
    for milestone in measure.milestones:
        due, undefined = rules.due(milestone), MILESTONE_WORDS[Status.UNDEFINED].text
        yield f"  {milestone.id:<7} {f'fällig {due:%d.%m.%Y}' if due else undefined}"
        for criterion in milestone.criteria:
            yield f"    {criterion.id:<7} {how_decided(criterion, rules)}"
