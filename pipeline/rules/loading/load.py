"""Loads the folder ``rules/`` strictly: reads every file, combines them, and runs the checks between files.

Unknown or duplicate keys, wrong types, references to nothing and duplicate ids are refused, all at once and
each with file and line.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from pydantic import BaseModel

from pipeline.rules import (
    AmifFile,
    ExemptionFile,
    FormMapping,
    Measure,
    Project,
    ReportingPlan,
    Rules,
    WithdrawalFile,
)
from pipeline.rules.loading.alternative_readings import check_alternatives
from pipeline.rules.loading.amif_file import AMIF_FILE, check_amif
from pipeline.rules.loading.dated_values import as_on, dated_places, dated_value
from pipeline.rules.loading.exemption_file import EXEMPTIONS_FILE, check_exemptions
from pipeline.rules.loading.form_file import FORM_FILE, check_form
from pipeline.rules.loading.measure_file import check_deadlines, check_ids, check_number
from pipeline.rules.loading.plan_file import PLAN_FILE, check_plan
from pipeline.rules.loading.project_file import check_project, sound_dates
from pipeline.rules.loading.roster import load_roster
from pipeline.rules.loading.sheet_references import check_sheet_references
from pipeline.rules.loading.withdrawal_file import WITHDRAWALS_FILE, check_withdrawals
from pipeline.rules.loading.yaml_lines import (
    Model,
    Problem,
    RulesError,
    YamlDocument,
    load_document,
    parse_model,
    unique_problems,
)

PROJECT_FILE, ROSTER_FILE, MEASURE_PATTERN = "projekt.yaml", "kommunen.csv", r"massnahme_(\d)\.yaml"


def _hashes(folder: Path, names: list[str]) -> tuple[tuple[str, str], ...]:
    """Return (name, SHA-256) of each file."""
    return tuple((n, hashlib.sha256((folder / n).read_bytes()).hexdigest()) for n in sorted(names))


def _absent_measures(names: list[str]) -> list[str]:
    """Return the missing measure files: measures must be numbered from 1 without a gap."""
    numbers = {int(m[1]) for n in names if (m := re.fullmatch(MEASURE_PATTERN, n))}
    return [f"massnahme_{n}.yaml" for n in range(1, max(numbers, default=1) + 1) if n not in numbers]


MODELS: dict[str, type[BaseModel]] = {
    AMIF_FILE: AmifFile,
    PROJECT_FILE: Project,
    EXEMPTIONS_FILE: ExemptionFile,
    FORM_FILE: FormMapping,
    PLAN_FILE: ReportingPlan,
    WITHDRAWALS_FILE: WithdrawalFile,
}  # else: a measure
Loaded = dict[str, tuple[BaseModel, YamlDocument]]


def _documents(folder: Path, names: list[str]) -> tuple[dict[str, YamlDocument], list[Problem]]:
    """Return the documents that can be read, and the problems of the others."""
    problems: list[Problem] = []
    documents = {}
    for name in names:
        try:
            documents[name] = load_document(folder / name)
        except RulesError as error:
            problems += error.problems
    return documents, problems


def _load_each(documents: Mapping[str, YamlDocument], problems: list[Problem]) -> Loaded:
    """Return each file's value and document by name. Raises RulesError with the problems of all files
    together, those already found included.
    """
    loaded: Loaded = {}
    for name, document in documents.items():
        try:
            loaded[name] = parse_model(MODELS.get(name, Measure), document), document
        except RulesError as error:
            problems = [*problems, *error.problems]
    if problems:
        raise RulesError(unique_problems(problems))
    return loaded


def _names(folder: Path) -> list[str]:
    """Return the names of the rule files present. Raises RulesError for a missing or unknown one."""
    for name in (PROJECT_FILE, PLAN_FILE):
        if not (folder / name).is_file():
            raise RulesError([Problem(str(folder / name), 0, "Die Regeldatei fehlt.")])
    if misnamed := sorted(p.name for p in folder.glob("*.yml")):
        text = "Die Datei wird so nicht gelesen; Regeldateien enden auf .yaml."
        raise RulesError([Problem(n, 0, text) for n in misnamed])
    present = sorted(p.name for p in folder.glob("*.yaml"))
    names = [n for n in present if n in MODELS or re.fullmatch(MEASURE_PATTERN, n)]
    if unknown := sorted(set(present) - set(names)):
        raise RulesError([Problem(n, 0, "Diese Regeldatei ist unbekannt.") for n in unknown])
    if absent := _absent_measures(names):
        raise RulesError([Problem(n, 0, "Die Regeldatei fehlt.") for n in absent])
    return names


def _digest(files: tuple[tuple[str, str], ...]) -> str:
    """Return one SHA-256 over all rule files."""
    return hashlib.sha256("".join(f"{n} {h}\n" for n, h in files).encode()).hexdigest()


def _rules(folder: Path, loaded: Loaded) -> Rules:
    """Combine the values of all files; references between files are checked later."""
    project = _value(loaded, PROJECT_FILE, Project)
    plan = _value(loaded, PLAN_FILE, ReportingPlan)
    assert project is not None
    assert plan is not None
    exemptions = _value(loaded, EXEMPTIONS_FILE, ExemptionFile) or ExemptionFile(exceptions=())
    withdrawals = _value(loaded, WITHDRAWALS_FILE, WithdrawalFile) or WithdrawalFile()
    roster = load_roster(folder / ROSTER_FILE)
    files = _hashes(folder, [*loaded, ROSTER_FILE])
    amif = _value(loaded, AMIF_FILE, AmifFile)
    shown = amif if amif and amif.include else None
    readings = (one.interpretation for one in (plan, shown) if one and one.interpretation)
    return Rules(
        project=project,
        measures=tuple(v for v, _ in loaded.values() if isinstance(v, Measure)),
        roster=roster.municipalities,
        files=files,
        sha256=_digest(files),
        exemptions=exemptions.exceptions,
        form=_value(loaded, FORM_FILE, FormMapping),
        amif=shown,
        reporting_dates=tuple(sorted(plan.reporting_dates, key=lambda d: d.stichtag)),
        withdrawals=withdrawals.withdrawals,
        interpretations=tuple(
            sorted((*project.interpretations, *readings), key=lambda one: (len(one.id), one.id))
        ),
        notes=roster.notes,
    )


def _value(loaded: Loaded, name: str, model: type[Model]) -> Model | None:
    value = loaded[name][0] if name in loaded else None
    assert value is None or isinstance(value, model)
    return value


def load_rules(folder: Path) -> Rules:
    """Load all rule files of a folder, as they are at the start of the project (``Rules.at`` for other days).

    Raises RulesError with every problem, each with file and line. Values with a history are checked on each
    day from which one is in force.
    """
    documents, problems = _documents(folder, _names(folder))
    places = dated_places(documents, _start(documents.get(PROJECT_FILE)))
    days = sorted({day for place in places for day, _, _ in place.entries}) or [date.min]
    loaded, found = {}, []
    for day in days:
        try:
            values = _load_each({n: as_on(d, places, day) for n, d in documents.items()}, problems)
            found.append(_checked(folder, values))
            loaded[day] = {name: value for name, (value, _) in values.items()}
        except RulesError as error:
            problems = [*problems, *error.problems]
    if problems:
        raise RulesError(unique_problems(problems))
    return replace(found[0], dated=tuple(dated_value(place, loaded) for place in places))


def _start(project: YamlDocument | None) -> date | None:
    """Return the start of the project where it can be read; other checks report what is wrong with it."""
    start = project.data.get("start") if project and isinstance(project.data, dict) else None
    return start if isinstance(start, date) and not isinstance(start, datetime) else None


def _checked(folder: Path, loaded: Loaded) -> Rules:
    """Return the rules of one day. Raises RulesError with every problem between the files."""
    rules = _rules(folder, loaded)
    problems = list(check_ids([(v, d) for v, d in loaded.values() if isinstance(v, Measure)]))
    for value, document in loaded.values():
        problems += _check(value, document, rules)
    if rules.form is not None and not problems:  # a wrong id is reported once
        problems += check_form(rules.form, loaded[FORM_FILE][1], rules)
    if problems:
        raise RulesError(unique_problems(problems))
    return rules


def _check(value: BaseModel, document: YamlDocument, rules: Rules) -> Iterator[Problem]:
    """Yield the problems of one file's references to the others; the form is checked once those are sound."""
    match value:
        case Project():
            yield from check_project(value, document)
            if sound_dates(value):
                yield from check_alternatives(value, document, rules)
        case Measure():
            yield from check_number(value, document)
            if sound_dates(rules.project):
                yield from check_deadlines(value, document, rules.project)
            yield from check_sheet_references(value, document, rules)
        case AmifFile():
            yield from check_amif(value, document, rules)
        case ExemptionFile():
            yield from check_exemptions(value, document, rules)
        case ReportingPlan():
            yield from check_plan(value, document, rules)
        case WithdrawalFile():
            yield from check_withdrawals(value, document)
