"""Loads the folder ``rules/`` strictly.

Unknown or duplicate keys, wrong types, references to nothing and duplicate ids are refused, all at once and
each with file and line.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import assert_never

from pydantic import BaseModel

from pipeline.definitions.model import Kind, Sheet
from pipeline.definitions.sheets import TEMPLATE_VERSION
from pipeline.definitions.spelling import comparable
from pipeline.rules import (
    AmifFile,
    Attested,
    Count,
    Criterion,
    Every,
    ExemptionFile,
    FormMapping,
    Info,
    Latest,
    Linked,
    Measure,
    Milestone,
    Project,
    ReportingPlan,
    Rows,
    Rules,
    Share,
    Target,
    WithdrawalFile,
)
from pipeline.rules.loading.alternative_readings import check_alternatives
from pipeline.rules.loading.amif_file import AMIF_FILE, check_amif
from pipeline.rules.loading.dated_values import as_on, dated_places, dated_value
from pipeline.rules.loading.exemption_file import EXEMPTIONS_FILE, check_exemptions
from pipeline.rules.loading.form_file import FORM_FILE, check_form
from pipeline.rules.loading.plan_file import PLAN_FILE, check_plan
from pipeline.rules.loading.roster import load_roster
from pipeline.rules.loading.withdrawal_file import WITHDRAWALS_FILE, check_withdrawals
from pipeline.rules.loading.yaml_lines import (
    Model,
    NodePath,
    Problem,
    RulesError,
    YamlDocument,
    load_document,
    no_column,
    no_sheet,
    parse_model,
    unique_problems,
)

EARLIEST_DATE_YEAR = 1900  # Excel's first
EARLIEST_YEAR, LATEST_YEAR = 2000, 2100
PROJECT_FILE, ROSTER_FILE, MEASURE_PATTERN = "projekt.yaml", "kommunen.csv", r"massnahme_(\d)\.yaml"


# --- references into the sheet definitions ------------------------------------------------------------


class _References:
    """Checks that every sheet, header and choice that a rule names exists; collects a problem for each other
    one.
    """

    def __init__(self, document: YamlDocument, kinds: dict[str, dict[str, Sheet]]) -> None:
        self.document = document
        self.kinds = kinds
        self.problems: list[Problem] = []

    def _refuse(self, path: NodePath, text: str) -> None:
        self.problems.append(Problem(self.document.name, self.document.line(path), text))

    def _sheet(self, tables: dict[str, Sheet], title: str, path: NodePath) -> Sheet | None:
        if title not in tables:
            self._refuse(path, no_sheet(title))
        return tables.get(title)

    def _column(self, sheet: Sheet, name: str, path: NodePath, *kinds: Kind) -> None:
        if not sheet.has(name):
            self._refuse(path, no_column(name, sheet.title))
        elif kinds and sheet.column(name).kind not in kinds:
            wanted = " oder ".join(k.value for k in kinds)
            self._refuse(path, f"Die Spalte „{name}“ im Blatt „{sheet.title}“ ist nicht vom Typ {wanted}.")

    def rows(self, tables: dict[str, Sheet], rows: Rows, path: NodePath) -> None:
        sheet = self._sheet(tables, rows.sheet, (*path, "sheet"))
        if sheet is None:
            return
        for name in rows.dates:
            self._column(sheet, name, (*path, "dates"), Kind.DATE)
        if rows.until:
            self._column(sheet, rows.until, (*path, "until"), Kind.DATE)
        for name, values in rows.where:
            where = (*path, "where", name)
            self._column(sheet, name, where, Kind.CHOICE)
            choices = sheet.column(name).choices if sheet.has(name) else ()
            for value in values:
                if choices and value not in choices:
                    self._refuse(
                        where, f"„{value}“ ist keine Auswahl der Spalte „{name}“ im Blatt „{sheet.title}“."
                    )
        if rows.linked:
            self._linked(tables, rows.linked, (*path, "linked"))

    def _linked(self, tables: dict[str, Sheet], linked: Linked, path: NodePath) -> None:
        sheet = self._sheet(tables, linked.sheet, (*path, "sheet"))
        dated = self._sheet(tables, linked.dated_sheet, (*path, "dated_sheet"))
        if sheet and dated:
            self._column(sheet, linked.column, (*path, "column"), Kind.REFERENCE)
            self._column(sheet, linked.dated_by, (*path, "dated_by"), Kind.REFERENCE)
            self._column(dated, linked.date, (*path, "date"), Kind.DATE)

    def requirement(self, requirement: Target | Criterion, path: NodePath) -> None:
        tables = self.kinds[requirement.reported_by]
        path = (*path, "decide")
        match requirement.decide:
            case Share(numerator=numerator, denominator=denominator):
                self.rows(tables, numerator, (*path, "numerator"))
                if isinstance(denominator, Latest):
                    self.latest(tables, denominator, (*path, "denominator"))
                else:
                    self.rows(tables, denominator, (*path, "denominator"))
            case Count(rows=rows) | Info(rows=rows):
                self.rows(tables, rows, (*path, "rows"))
            case Every(sheet=title, date=name):
                if sheet := self._sheet(tables, title, (*path, "sheet")):
                    self._column(sheet, name, (*path, "date"), Kind.DATE)
            case Attested():
                pass
            case other:
                assert_never(other)

    def latest(self, tables: dict[str, Sheet], latest: Latest, path: NodePath) -> None:
        if sheet := self._sheet(tables, latest.sheet, (*path, "sheet")):
            self._column(sheet, latest.date, (*path, "date"), Kind.DATE)
            self._column(sheet, latest.latest, (*path, "latest"), Kind.INTEGER)


def _check_references(measure: Measure, document: YamlDocument, rules: Rules) -> list[Problem]:
    kinds = {id_: {t.title: t for t in kind.tables} for id_, kind in rules.kinds.items()}
    references = _References(document, kinds)
    for i, target in enumerate(measure.targets):
        references.requirement(target, ("targets", i))
    for i, milestone in enumerate(measure.milestones):
        for j, criterion in enumerate(milestone.criteria):
            references.requirement(criterion, ("milestones", i, "criteria", j))
    return references.problems


# --- ids and dates ------------------------------------------------------------------------------------


def _ids(measure: Measure) -> Iterator[tuple[str, str, NodePath]]:
    """(id, pattern, path) of everything in the measure that has an id."""
    n = measure.number
    for i, target in enumerate(measure.targets):
        yield target.id, rf"Z{n}\.\d+", ("targets", i, "id")
    for i, point in enumerate(measure.evidence):
        yield point.id, rf"N{n}\.\d+", ("evidence", i, "id")
    for i, milestone in enumerate(measure.milestones):
        yield milestone.id, rf"MS{n}\.\d", ("milestones", i, "id")
        for j, criterion in enumerate(milestone.criteria):
            yield criterion.id, re.escape(milestone.id) + "[a-z]", ("milestones", i, "criteria", j, "id")


def _check_ids(measures: list[tuple[Measure, YamlDocument]]) -> Iterator[Problem]:
    seen: set[str] = set()
    for measure, document in measures:
        for id_, pattern, path in _ids(measure):
            line = document.line(path)
            if not re.fullmatch(pattern, id_):
                yield Problem(document.name, line, f"Die Nummer „{id_}“ passt nicht an diese Stelle.")
            if id_ in seen:
                yield Problem(document.name, line, f"Die Nummer „{id_}“ ist doppelt vergeben.")
            seen.add(id_)


def _sound_dates(project: Project) -> bool:
    """Return whether the project's own dates are in order; only then are deadlines compared with them."""
    years = all(EARLIEST_YEAR <= day.year <= LATEST_YEAR for day in (project.start, project.end))
    return years and project.start < project.end


def _months(start: date, end: date) -> int:
    """Return the number of months of the project, the last one begun included."""
    return (end.year - start.year) * 12 + end.month - start.month + 1


def _quarters(start: date, end: date) -> tuple[str, str]:
    first, last = (f"{day.year}-Q{(day.month + 2) // 3}" for day in (start, end))
    return first, last


def _check_deadlines(measure: Measure, document: YamlDocument, project: Project) -> Iterator[Problem]:
    """Yield a problem for each deadline outside the project or out of order among a measure's milestones."""
    longest = _months(project.start, project.end)
    first, last = _quarters(project.start, project.end)
    before: Milestone | None = None
    for i, milestone in enumerate(measure.milestones):
        path = ("milestones", i)
        if milestone.criteria and milestone.months is None:
            text = f"{milestone.id} hat Kriterien, aber keine Frist („months“)."
            yield Problem(document.name, document.line(path), text)
        if milestone.months and milestone.months > longest:
            text = f"„months“: Das Projekt dauert {longest} Monate, nicht {milestone.months}."
            yield Problem(document.name, document.line((*path, "months")), text)
        if milestone.quarter and not first <= milestone.quarter <= last:
            text = f"„quarter“: {milestone.quarter} liegt nicht im Projektzeitraum {first} bis {last}."
            yield Problem(document.name, document.line((*path, "quarter")), text)
        if before and milestone.months and before.months and milestone.months < before.months:
            text = f"{milestone.id} ist vor {before.id} fällig; die Fristen eines Meilensteins folgen aufeinander."
            yield Problem(document.name, document.line((*path, "months")), text)
        before = milestone if milestone.months else before
    for i, point in enumerate(measure.evidence):
        if list(point.months) != sorted(set(point.months)) or max(point.months, default=0) > longest:
            text = f"{point.id}: Die Fristen („months“) müssen aufsteigen und dürfen {longest} nicht übersteigen."
            yield Problem(document.name, document.line(("evidence", i, "months")), text)


def _check_bounds(project: Project, at: Callable[..., Problem]) -> Iterator[Problem]:
    """Yield a problem for each date or version with which no workbook could be right."""
    for field in ("start", "end"):
        if not EARLIEST_YEAR <= getattr(project, field).year <= LATEST_YEAR:
            yield at(f"„{field}“: Das Jahr muss zwischen {EARLIEST_YEAR} und {LATEST_YEAR} liegen.", field)
    parameters = project.parameters
    if parameters.earliest_date > project.start or parameters.earliest_date.year < EARLIEST_DATE_YEAR:
        text = f"„earliest_date“ muss zwischen dem 01.01.{EARLIEST_DATE_YEAR} und dem Projektbeginn liegen."
        yield at(text, "parameters", "earliest_date")
    if parameters.latest_date < project.end or parameters.latest_date.year > LATEST_YEAR:
        text = f"„latest_date“ muss zwischen dem Projektende und dem 31.12.{LATEST_YEAR} liegen."
        yield at(text, "parameters", "latest_date")
    known = {str(n) for n in range(1, int(TEMPLATE_VERSION) + 1)}
    if TEMPLATE_VERSION not in project.accepted_templates or set(project.accepted_templates) - known:
        text = (
            f"„accepted_templates“ muss die Version {TEMPLATE_VERSION} enthalten, mit der dieses Programm "
            "Vorlagen schreibt, und darf nur frühere daneben nennen."
        )
        yield at(text, "accepted_templates")


def _former_wordings_twice(project: Project) -> Iterator[tuple[int, str]]:
    """Yield (index of the group, problem) for each former wording that also means another choice."""
    groups = project.target_groups.groups
    wordings = Counter(comparable(text) for g in groups for text in (g.choice, *g.former_choices))
    for i, group in enumerate(groups):
        for text in group.former_choices:
            if wordings[comparable(text)] > 1:
                yield i, f"Die frühere Bezeichnung „{text}“ gibt es schon."


def _check_project(project: Project, document: YamlDocument) -> Iterator[Problem]:
    def at(text: str, *path: str | int) -> Problem:
        return Problem(document.name, document.line(path), text)

    if project.start >= project.end:
        yield at("Das Projektende muss nach dem Projektbeginn liegen.", "end")
    yield from _check_bounds(project, at)
    groups = project.target_groups.groups
    for field in ("number", "choice"):
        for value, times in Counter(getattr(g, field) for g in groups).items():
            if times > 1:
                yield at(f"Die Zielgruppe „{value}“ steht doppelt.", "target_groups", "groups")
    yield from (at(text, "target_groups", "groups", i) for i, text in _former_wordings_twice(project))
    numbers = {g.number for g in groups}
    for i, group in enumerate(groups):
        for number in sorted(set(group.relative_of) - numbers):
            yield at(f"Die Zielgruppe {number} gibt es nicht.", "target_groups", "groups", i, "relative_of")
    for value, times in Counter(x.id for x in project.interpretations).items():
        if times > 1:
            yield at(f"Die Nummer „{value}“ ist doppelt vergeben.", "interpretations")


# --- all together -------------------------------------------------------------------------------------


def _hashes(folder: Path, names: list[str]) -> tuple[tuple[str, str], ...]:
    return tuple((n, hashlib.sha256((folder / n).read_bytes()).hexdigest()) for n in sorted(names))


def _absent_measures(names: list[str]) -> list[str]:
    """Return the missing measure files: measures are numbered from 1 without a gap, so that none is lost
    unseen.
    """
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


def _check_number(measure: Measure, document: YamlDocument) -> Iterator[Problem]:
    if document.name != f"massnahme_{measure.number}.yaml":
        yield Problem(document.name, document.line(("number",)), "„number“ passt nicht zum Dateinamen.")


def _digest(files: tuple[tuple[str, str], ...]) -> str:
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
        interpretations=(*project.interpretations, *readings),
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
    """Return the start of the project where it can be read; what is wrong with it is told elsewhere."""
    start = project.data.get("start") if project and isinstance(project.data, dict) else None
    return start if isinstance(start, date) and not isinstance(start, datetime) else None


def _checked(folder: Path, loaded: Loaded) -> Rules:
    """Return the rules of one day. Raises RulesError with every problem between the files."""
    rules = _rules(folder, loaded)
    problems = list(_check_ids([(v, d) for v, d in loaded.values() if isinstance(v, Measure)]))
    for value, document in loaded.values():
        problems += _check(value, document, rules)
    if rules.form is not None and not problems:  # a wrong id is told once
        problems += check_form(rules.form, loaded[FORM_FILE][1], rules)
    if problems:
        raise RulesError(unique_problems(problems))
    return rules


def _check(value: BaseModel, document: YamlDocument, rules: Rules) -> Iterator[Problem]:
    """Yield the problems of one file's references to the others; the form is checked once those are sound."""
    match value:
        case Project():
            yield from _check_project(value, document)
            if _sound_dates(value):
                yield from check_alternatives(value, document, rules)
        case Measure():
            yield from _check_number(value, document)
            if _sound_dates(rules.project):
                yield from _check_deadlines(value, document, rules.project)
            yield from _check_references(value, document, rules)
        case AmifFile():
            yield from check_amif(value, document, rules)
        case ExemptionFile():
            yield from check_exemptions(value, document, rules)
        case ReportingPlan():
            yield from check_plan(value, document, rules)
        case WithdrawalFile():
            yield from check_withdrawals(value, document)
