"""rules/amif.yaml: each indicator once, and every field of need that it names is one."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.definitions.sheets import FIELDS_OF_NEED
from pipeline.rules import AmifFile, Rules
from pipeline.rules.loading.yaml_lines import Problem, YamlDocument

AMIF_FILE = "amif.yaml"


def check_amif(file: AmifFile, document: YamlDocument, rules: Rules) -> Iterator[Problem]:
    """Indicators that stand twice, fields that do not exist, a reading whose number is taken."""
    seen: set[str] = set()
    for i, one in enumerate(file.indicators):
        if one.id in seen:
            line = document.line(("indicators", i, "id"))
            yield Problem(document.name, line, f"Der Indikator „{one.id}“ steht doppelt.")
        seen.add(one.id)
        if one.field is not None and one.field not in FIELDS_OF_NEED:
            line = document.line(("indicators", i, "field"))
            yield Problem(document.name, line, f"Das Bedarfsfeld „{one.field}“ gibt es nicht.")
    if file.interpretation and [x.id for x in rules.interpretations].count(file.interpretation.id) > 1:
        line = document.line(("interpretation", "id"))
        text = f"Die Nummer „{file.interpretation.id}“ ist doppelt vergeben."
        yield Problem(document.name, line, text)
