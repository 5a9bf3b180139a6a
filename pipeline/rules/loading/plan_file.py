"""Checks rules/berichtsplan.yaml: Stichtage lie within the project, each once, and are due on or after their
day.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from pipeline.definitions.messages import german_date
from pipeline.rules import ReportingPlan, Rules
from pipeline.rules.loading.yaml_lines import Problem, YamlDocument

PLAN_FILE = "berichtsplan.yaml"


def check_plan(plan: ReportingPlan, document: YamlDocument, rules: Rules) -> Iterator[Problem]:
    """Yield a problem for each Stichtag outside the project or repeated, and for each due day out of range."""
    project = rules.project
    latest = project.parameters.latest_date
    if latest < project.end:  # reported there
        latest = date.max
    seen: set[date] = set()
    for i, planned in enumerate(plan.reporting_dates):
        at = document.line(("reporting_dates", i, "stichtag"))
        if project.start < project.end and not project.start <= planned.stichtag <= project.end:
            text = f"Der Stichtag muss im Projekt liegen ({german_date(project.start)} bis {german_date(project.end)})."
            yield Problem(document.name, at, text)
        if planned.stichtag in seen:
            yield Problem(document.name, at, f"Der Stichtag {german_date(planned.stichtag)} steht doppelt.")
        seen.add(planned.stichtag)
        if not planned.stichtag <= planned.due <= latest:
            text = f"„due“ muss am Stichtag oder später liegen und höchstens am {german_date(latest)}."
            yield Problem(document.name, document.line(("reporting_dates", i, "due")), text)
    ids = {one.id for one in project.interpretations}
    if plan.interpretation and plan.interpretation.id in ids:
        line = document.line(("interpretation", "id"))
        yield Problem(document.name, line, f"Die Nummer „{plan.interpretation.id}“ ist doppelt vergeben.")
