"""Checks that each alternative of an open reading changes something: a sheet or column spelled otherwise would not."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.rules import Project, Rules
from pipeline.rules.alternatives import other_readings
from pipeline.rules.loading.yaml_lines import Problem, YamlDocument


def check_alternatives(project: Project, document: YamlDocument, rules: Rules) -> Iterator[Problem]:
    """Yield a problem for each alternative under which nothing would be decided otherwise."""
    concerned = {one.id: one.numbers for one in other_readings(rules)}
    for i, one in enumerate(project.interpretations):
        if one.alternative is not None and not concerned.get(one.id):
            text = f"{one.id}: Die andere Lesart („alternative“) ändert keine Entscheidung."
            yield Problem(document.name, document.line(("interpretations", i, "alternative")), text)
