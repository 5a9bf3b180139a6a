"""Checks rules/ausnahmen.yaml: every exemption must name an existing check, municipality and place."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.definitions.messages import EXEMPTABLE, MESSAGES
from pipeline.definitions.model import Severity
from pipeline.definitions.sheets import MUNICIPALITY
from pipeline.rules import Exemption, ExemptionFile, Rules
from pipeline.rules.loading.yaml_lines import Problem, YamlDocument, no_column, no_sheet

EXEMPTIONS_FILE = "ausnahmen.yaml"
_OF_CELLS = r"[WP][0-9]{2}"  # D refuses the file, A weighs files against each other
_PRIVATE = frozenset(
    ("W11", "W12")
)  # a key of the wrong form may be a name; no ministry can except a municipality from data protection


def check_exemptions(exemptions: ExemptionFile, document: YamlDocument, rules: Rules) -> Iterator[Problem]:
    """Yield a problem for each unknown rule id, key, sheet or column, and for each exemption that is
    repeated.
    """
    seen: set[tuple[str, str, str | None, str | None]] = set()
    for i, exemption in enumerate(exemptions.exceptions):
        for field, text in _problems(exemption, rules):
            yield Problem(document.name, document.line(("exceptions", i, field)), text)
        place = (exemption.rule, exemption.ags, exemption.sheet, exemption.column)
        if place in seen:
            text = f"Die Ausnahme von {exemption.rule} für {exemption.ags} steht doppelt."
            yield Problem(document.name, document.line(("exceptions", i)), text)
        seen.add(place)


def _problems(exemption: Exemption, rules: Rules) -> Iterator[tuple[str, str]]:
    """(field, what is wrong with it)."""
    if wrong := _wrong_rule(exemption.rule):
        yield "rule", wrong
    if exemption.ags not in {m.ags for m in rules.roster}:
        yield "ags", f"Der AGS „{exemption.ags}“ steht nicht auf der Liste der Kommunen."
    yield from _wrong_place(exemption, rules)


def _wrong_rule(rule: str) -> str | None:
    if rule not in MESSAGES:
        return f"Die Prüfregel „{rule}“ gibt es nicht."
    if MESSAGES[rule].severity is not Severity.ERROR:
        return f"{rule} ist kein Fehler; eine Ausnahme ist nicht nötig."
    if rule in _PRIVATE:
        return f"Von {rule} gibt es keine Ausnahme: Die Regel schützt personenbezogene Daten."
    if not re.fullmatch(_OF_CELLS, rule):
        return f"Von {rule} gibt es keine Ausnahme: Die Datei als Ganzes ist nicht verwendbar."
    if rule not in EXEMPTABLE:
        return f"Von {rule} gibt es keine Ausnahme: Sie ließe falsche Angaben in den Bericht."
    return None


def _wrong_place(exemption: Exemption, rules: Rules) -> Iterator[tuple[str, str]]:
    kind = rules.kinds[MUNICIPALITY.id]
    sheets = {s.title: s for s in (kind.form, *kind.tables)}
    if exemption.sheet is None:
        if exemption.column is not None:
            yield "column", "Zu „column“ gehört „sheet“."
    elif exemption.sheet not in sheets:
        yield "sheet", no_sheet(exemption.sheet)
    elif exemption.column is not None and not sheets[exemption.sheet].has(exemption.column):
        yield "column", no_column(exemption.column, exemption.sheet)
