"""Whether program or rules differ from those that made a report, and what that means for the comparison."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pipeline.audit.verify.manifest import Manifest
from pipeline.definitions.messages import number_of
from pipeline.report.manifest import versions
from pipeline.rules import Rules

_RULES = re.compile(r"Regelwerk (?P<version>\S+), SHA-256 (?P<sha>[0-9a-f]{64})")
_SHEET = re.compile(r"Blatt (?P<sheet>.+?)(?:, |: )(?P<rest>.*)", re.DOTALL)
PROGRAM_NAME = "kisi"


def other_origin(described: str, manifest: Manifest | None, rules: Rules) -> list[str]:
    """German lines on what differs and what to do; empty when nothing does.

    ``described``: what the report states about its rules.
    """
    return [*_rules(described, manifest, rules), *_program(manifest)]


def _rules(described: str, manifest: Manifest | None, rules: Rules) -> Iterator[str]:
    named = _RULES.search(described)
    version = named["version"] if named else manifest.rules_version if manifest else ""
    same = (named is None or named["sha"] == rules.sha256) and (
        manifest is None or dict(manifest.rules) == dict(rules.files)
    )
    if same:
        return
    here = rules.project.version
    which = (
        f"Der Bericht ist nach Regelwerk {version} erstellt, verglichen wurde mit Regelwerk {here}."
        if version and version != here
        else f"Die Regeldateien sind nicht die des Berichts (beide Regelwerk {here}, aber mit anderem Inhalt)."
    )
    yield (
        f"{which} Nehmen Sie die Regeldateien von damals (--rules); vorher sagt eine Abweichung nichts über den Bericht."
    )


def _program(manifest: Manifest | None) -> Iterator[str]:
    now = versions()[PROGRAM_NAME]
    then = manifest.program.get(PROGRAM_NAME, now) if manifest else now
    if then != now:
        yield (
            f"Der Bericht ist mit Fassung {then} des Programms erstellt, hier läuft {now}. Weicht etwas ab, prüfen Sie "
            f"mit Fassung {then}; vorher sagt eine Abweichung nichts über den Bericht."
        )


def gathered(lines: Iterable[str]) -> list[str]:
    """One line per sheet: the number of its differences, and the first."""
    found: list[str] = []
    sheets: dict[str, list[str]] = {}
    for line in lines:
        match = _SHEET.fullmatch(line)
        if match:
            sheets.setdefault(match["sheet"], []).append(match["rest"])
        else:
            found.append(line)
    for sheet, rests in sheets.items():
        found.append(
            f"Blatt {sheet}: {number_of(len(rests), 'Abweichung', 'Abweichungen')}, die erste: {rests[0]}"
        )
    return found
