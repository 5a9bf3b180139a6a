"""validierungsbericht.json: the findings in the validation report structure of the European Statistical
System.

One array. A ``validation`` is one finding (value "0") or a group of checks that could not run ("NA"); an
``aggregation`` is the number of files with findings of one rule. Structure: "Design of a generic
machine-readable validation report structure", version 1.0.0, ESSnet ValiDat Integration, 2017.

Findings read as in the sheet Prüfprotokoll: about rows of persons without cells, with rounded counts. The
only time is the as-of date.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipeline import __version__
from pipeline.definitions.foreign import escaped
from pipeline.definitions.messages import MESSAGES, finding_extent
from pipeline.definitions.model import Finding, Severity, Workbook
from pipeline.definitions.sheets import OF_PERSONS
from pipeline.outcome import Outcome
from pipeline.report.rounding import rounded_finding

VALIDATION_FILE = "validierungsbericht.json"
LANGUAGE = "kisi"
ESS_SEVERITIES = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "information"}
FAILED, NOT_AVAILABLE = "0", "NA"
NOT_RUN_TEXT = "Prüfung konnte wegen eines Fehlers nicht laufen"
COUNT_TEXT = "Dateien mit Befunden nach dieser Regel"
Entry = dict[str, Any]


def write_validation(outcome: Outcome, path: Path) -> None:
    """Writes the array piece by piece; the same outcome gives the same bytes."""
    with path.open("wb") as file:
        for chunk in _chunks(outcome):
            file.write(chunk.encode())


def validation_text(outcome: Outcome) -> str:
    return "".join(_chunks(outcome))


def _chunks(outcome: Outcome) -> Iterator[str]:
    before = "["
    for number, entry in enumerate(_entries(outcome), 1):
        identified = {"id": f"KISI-{outcome.as_of.isoformat()}-{number:06d}", **entry}
        yield f"{before}\n {json.dumps(identified, ensure_ascii=False)}"
        before = ","
    yield "[]\n" if before == "[" else "\n]\n"


def _entries(outcome: Outcome) -> Iterator[Entry]:
    """Findings by file as in Prüfprotokoll, then checks that could not run, then sums by rule."""
    files: dict[str, set[str]] = {}
    for file, workbook, one in _findings(outcome):
        files.setdefault(one.rule, set()).add(file)
        yield _validation(outcome, file, workbook, one)
    for submission in outcome.submissions:
        for line in submission.workbook.not_run:
            yield _not_run(outcome, submission.workbook, line)
    for rule in (r for r in MESSAGES if r in files):
        yield _aggregation(outcome, rule, len(files[rule]))


def _findings(outcome: Outcome) -> Iterator[tuple[str, Workbook, Finding]]:
    """Findings without notes on files that are no submission, so later files do not change a report."""
    for submission in outcome.submissions:
        for one in submission.workbook.findings:
            yield submission.workbook.file, submission.workbook, one


def _validation(outcome: Outcome, file: str, workbook: Workbook, full: Finding) -> Entry:
    one = rounded_finding(full, outcome.rules.project.parameters.rounding_base)
    variable = ".".join(part for part in (one.sheet, one.column) if part) or "Datei"
    rule = {
        "language": LANGUAGE,
        "expression": one.rule,
        "severity": ESS_SEVERITIES[one.severity],
        "description": escaped(one.message),
    }
    return _entry(
        "validation", outcome, FAILED, rule=rule, data=_data(outcome, file, workbook, variable, _place(one))
    )


def _place(one: Finding) -> str:
    """``Zelle B7, 3 Zellen: B7:B9``; for sheets of persons only the rounded number."""
    about = "rund " if one.sheet in OF_PERSONS else ""
    often = finding_extent(one) or (f"{about}{one.count}-mal" if one.count > 1 else "")
    return ", ".join(part for part in (f"Zelle {one.cell}" if one.cell else "", often) if part)


def _not_run(outcome: Outcome, workbook: Workbook, line: str) -> Entry:
    rule = {
        "language": LANGUAGE,
        "expression": NOT_RUN_TEXT,
        "severity": ESS_SEVERITIES[Severity.NOTE],
        "description": escaped(line),
    }
    return _entry(
        "validation",
        outcome,
        NOT_AVAILABLE,
        rule=rule,
        data=_data(outcome, workbook.file, workbook, "Datei", ""),
    )


def _aggregation(outcome: Outcome, rule: str, files: int) -> Entry:
    aggregate = {"language": LANGUAGE, "expression": f"Anzahl({rule})", "description": COUNT_TEXT}
    key = [outcome.rules.project.short_title, outcome.as_of.isoformat(), "alle Dateien", rule]
    data = {"source": [key], "target": [key], "description": ""}
    return _entry("aggregation", outcome, str(files), aggregate=aggregate, data=data)


def _data(outcome: Outcome, file: str, workbook: Workbook, variable: str, place: str) -> Entry:
    """Population, measurement, unit and variable of an entry."""
    stichtag = workbook.stichtag.isoformat() if workbook.stichtag else ""
    unit = workbook.ags or ""
    key = [outcome.rules.project.short_title, stichtag, unit, escaped(variable)]
    description = f"Datei {escaped(file)}" + (f", {place}" if place else "")
    return {"source": [key], "target": [key], "description": description}


def _entry(kind: str, outcome: Outcome, value: str, **parts: Entry) -> Entry:
    project = outcome.rules.project
    event = {
        "time": outcome.as_of.isoformat(),
        "actor": f"Projektleitung {project.short_title}",
        "agent": f"kisi {__version__}, Regelversion {project.version}",
        "trigger": "kisi report",
    }
    return {"type": kind, "event": event, **parts, "value": value}
