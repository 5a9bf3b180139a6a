"""Checks rule files, roster, exemptions and blank workbooks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import partial
from pathlib import Path

from pipeline.definitions.messages import german_date, number_of
from pipeline.definitions.model import Severity
from pipeline.definitions.sheets import TEMPLATE_VERSION
from pipeline.doctor.doctor_check import DoctorCheck, Urgency
from pipeline.engine.workers import run_in_child
from pipeline.rules import Rules
from pipeline.rules.loading.load import PROJECT_FILE, ROSTER_FILE
from pipeline.rules.loading.yaml_lines import RulesError
from pipeline.template import blank_name, template_bytes
from pipeline.template.migrate import holds_entries


def check_rules(folder: Path, rules: Rules | RulesError) -> DoctorCheck:
    """Whether the rule files can be loaded."""
    if isinstance(rules, RulesError):
        problems = "\n".join(map(str, rules.problems))
        remedy = (
            "Verbessern Sie die genannten Zeilen; kisi rules prüft sie. Alles Weitere ist erst dann prüfbar."
        )
        return DoctorCheck(Urgency.FAULT, "Regeln", f"{folder} ist nicht verwendbar:\n{problems}", remedy)
    files = number_of(len(rules.files), "Datei", "Dateien")
    text = f"Version {rules.project.version} aus {files}, Prüfsumme {rules.sha256[:16]}…"
    return DoctorCheck(Urgency.GOOD, "Regeln", text)


def check_roster(rules: Rules) -> DoctorCheck:
    """Size of the roster, and remarks on it."""
    text = f"{number_of(len(rules.roster), 'Kommune', 'Kommunen')} und die Projektleitung"
    if rules.notes:
        text = "\n".join((text, *map(str, rules.notes)))
    if any(n.severity is Severity.WARNING for n in rules.notes):
        remedy = f"Prüfen Sie in {ROSTER_FILE} die genannten Zeilen."
        return DoctorCheck(Urgency.TODO, "Teilnehmende", text, remedy)
    if not rules.project.roster_is_sample:
        return DoctorCheck(Urgency.GOOD, "Teilnehmende", text)
    remedy = (
        f"Tragen Sie in {ROSTER_FILE} ein, wer teilnimmt, und setzen Sie in {PROJECT_FILE} „roster_is_sample: "
        "false“."
    )
    return DoctorCheck(Urgency.TODO, "Teilnehmende", f"{text}; {ROSTER_FILE} ist noch das Muster.", remedy)


def check_exemption_use(rules: Rules, as_of: date) -> Iterator[DoctorCheck]:
    """Exemptions that have expired or will soon; nothing without exemptions."""
    expired = [g for g in rules.exemptions if g.valid_until < as_of]
    if rules.exemptions:
        text = f"{len(rules.exemptions)}, davon {len(expired)} am {german_date(as_of)} abgelaufen"
        yield DoctorCheck(Urgency.INFO, "Ausnahmen", text)


def check_templates(folder: Path, rules: Rules) -> DoctorCheck:
    """The blank workbooks compared with what definitions and rules give now; filled ones are left alone."""
    kinds = rules.kinds.values()
    other = [
        name for k in kinds if not _holds(folder / (name := blank_name(rules, k)), template_bytes(rules, k))
    ]
    filled = _filled(folder, other, rules)
    old = [name for name in other if name not in filled]
    if not old:
        text = f"aktuell (Vorlage {TEMPLATE_VERSION}, Regeln {rules.project.version})"
        text += f"; schon ausgefüllt: {', '.join(filled)}" if filled else ""
        return DoctorCheck(Urgency.GOOD, "Vorlagen", text)
    remedy = f"kisi template --out {folder} schreibt die Vorlagen neu."
    return DoctorCheck(Urgency.TODO, "Vorlagen", f"fehlt oder ist veraltet: {', '.join(old)}", remedy)


def _filled(folder: Path, names: list[str], rules: Rules) -> list[str]:
    """Workbooks in which somebody has filled in something, or which cannot be read."""
    there = [name for name in names if (folder / name).is_file()]
    if not there:
        return []
    contents = [(folder / name).read_bytes() for name in there]
    found = run_in_child(partial(holds_entries, rules), contents) or [True] * len(there)
    return [name for name, holds in zip(there, found, strict=True) if holds]


def _holds(path: Path, content: bytes) -> bool:
    try:
        return path.read_bytes() == content
    except OSError:
        return False
