"""Loads ``rules/`` strictly: unknown or duplicate keys, wrong types, dangling references and duplicate
ids are refused, each with file and line, all at once.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from pipeline.model import Kind, Sheet
from pipeline.roster import load_roster
from pipeline.rules import (
    Count,
    Criterion,
    Every,
    Info,
    Latest,
    Linked,
    Measure,
    Project,
    Rows,
    Rules,
    Share,
    Target,
)
from pipeline.yamlfile import Document, NodePath, Problem, RulesError, load_document

Model = TypeVar("Model", bound=BaseModel)
PROJECT_FILE, ROSTER_FILE, MEASURE_PATTERN = "projekt.yaml", "kommunen.csv", r"massnahme_(\d)\.yaml"


# --- typed values -------------------------------------------------------------------------------------

_REASONS = {
    "missing": "Schlüssel „{field}“ fehlt.",
    "extra_forbidden": "Schlüssel „{field}“ ist unbekannt.",
    "string_type": "„{field}“ muss ein Text sein; setzen Sie ihn in Anführungszeichen.",
    "string_too_short": "„{field}“ ist leer.",
    "string_pattern_mismatch": "„{field}“ hat nicht die erwartete Form.",
    "int_type": "„{field}“ muss eine ganze Zahl ohne Anführungszeichen sein.",
    "bool_type": "„{field}“ muss true oder false sein.",
    "date_type": "„{field}“ muss ein Datum der Form 2026-03-31 ohne Anführungszeichen sein.",
    "tuple_type": "„{field}“ muss eine Liste sein.",
    "dict_type": "„{field}“ muss Schlüssel und Werte enthalten.",
    "model_type": "„{field}“ muss Schlüssel und Werte enthalten.",
    "model_attributes_type": "„{field}“ muss Schlüssel und Werte enthalten.",
    "union_tag_not_found": "„kind“ fehlt.",
    "union_tag_invalid": "„kind“ ist hier nicht erlaubt; erlaubt: {expected_tags}.",
    "literal_error": "„{field}“ ist hier nicht erlaubt; erlaubt: {expected}.",
    "greater_than_equal": "„{field}“ muss mindestens {ge} sein.",
    "less_than_equal": "„{field}“ darf höchstens {le} sein.",
    "value_error": "„{field}“: {error}.",
}


def _node_path(data: Any, location: NodePath) -> NodePath:
    """The part of a pydantic location that exists in the data: union tags are left out."""
    path: list[str | int] = []
    for step in location:
        if isinstance(data, dict | list):
            with suppress(KeyError, IndexError, TypeError):
                data = data[step]  # type: ignore[index]
                path.append(step)
    return tuple(path)


def _typed(model: type[Model], document: Document) -> Model:
    try:
        return model.model_validate(document.data)
    except ValidationError as error:
        problems = []
        for e in error.errors():
            words = {"field": e["loc"][-1] if e["loc"] else document.name, **e.get("ctx", {})}
            reason = _REASONS.get(e["type"], "„{field}“ ist ungültig.").format(**words)
            line = document.line(_node_path(document.data, e["loc"]))
            problems.append(Problem(document.name, line, reason))
        raise RulesError(_unique(problems)) from None


def _unique(problems: list[Problem]) -> list[Problem]:
    return sorted(set(problems), key=lambda p: (p.file, p.line, p.text))


# --- references into the sheet definitions ------------------------------------------------------------


class _References:
    """Follows every sheet, header and choice that a rule names; collects what does not exist."""

    def __init__(self, document: Document, kinds: dict[str, dict[str, Sheet]]) -> None:
        self.document = document
        self.kinds = kinds
        self.problems: list[Problem] = []

    def _refuse(self, path: NodePath, text: str) -> None:
        self.problems.append(Problem(self.document.name, self.document.line(path), text))

    def _sheet(self, tables: dict[str, Sheet], title: str, path: NodePath) -> Sheet | None:
        if title not in tables:
            self._refuse(path, f"Das Blatt „{title}“ gibt es in dieser Arbeitsmappe nicht.")
        return tables.get(title)

    def _column(self, sheet: Sheet, name: str, path: NodePath, *kinds: Kind) -> None:
        if not sheet.has(name):
            self._refuse(path, f"Die Spalte „{name}“ gibt es im Blatt „{sheet.title}“ nicht.")
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

    def latest(self, tables: dict[str, Sheet], latest: Latest, path: NodePath) -> None:
        if sheet := self._sheet(tables, latest.sheet, (*path, "sheet")):
            self._column(sheet, latest.date, (*path, "date"), Kind.DATE)
            self._column(sheet, latest.latest, (*path, "latest"), Kind.INTEGER)


def _check_references(measure: Measure, document: Document, rules: Rules) -> list[Problem]:
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


def _check_ids(measures: list[tuple[Measure, Document]]) -> Iterator[Problem]:
    seen: set[str] = set()
    for measure, document in measures:
        for id_, pattern, path in _ids(measure):
            line = document.line(path)
            if not re.fullmatch(pattern, id_):
                yield Problem(document.name, line, f"Die Nummer „{id_}“ passt nicht an diese Stelle.")
            if id_ in seen:
                yield Problem(document.name, line, f"Die Nummer „{id_}“ ist doppelt vergeben.")
            seen.add(id_)


def _check_deadlines(measure: Measure, document: Document) -> Iterator[Problem]:
    for i, milestone in enumerate(measure.milestones):
        if milestone.criteria and milestone.months is None:
            line = document.line(("milestones", i))
            yield Problem(document.name, line, f"{milestone.id} hat Kriterien, aber keine Frist („months“).")


def _check_project(project: Project, document: Document) -> Iterator[Problem]:
    def at(text: str, *path: str | int) -> Problem:
        return Problem(document.name, document.line(path), text)

    if project.start >= project.end:
        yield at("Das Projektende muss nach dem Projektbeginn liegen.", "end")
    groups = project.target_groups.groups
    for field in ("number", "choice"):
        for value, times in Counter(getattr(g, field) for g in groups).items():
            if times > 1:
                yield at(f"Die Zielgruppe „{value}“ steht doppelt.", "target_groups", "groups")
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


def _load_each(
    folder: Path, names: list[str]
) -> tuple[tuple[Project, Document], list[tuple[Measure, Document]]]:
    problems: list[Problem] = []
    project: tuple[Project, Document] | None = None
    measures: list[tuple[Measure, Document]] = []
    for name in names:
        try:
            document = load_document(folder / name)
            if name == PROJECT_FILE:
                project = _typed(Project, document), document
            else:
                measures.append((_typed(Measure, document), document))
        except RulesError as error:
            problems += error.problems
    if problems or project is None:
        raise RulesError(problems)
    return project, measures


def load_rules(folder: Path) -> Rules:
    """All rule files of a folder. RulesError lists everything that is wrong, with file and line."""
    if not (folder / PROJECT_FILE).is_file():
        raise RulesError([Problem(str(folder / PROJECT_FILE), 0, "Die Regeldatei fehlt.")])
    present = sorted(p.name for p in folder.glob("*.yaml"))
    names = [n for n in present if n == PROJECT_FILE or re.fullmatch(MEASURE_PATTERN, n)]
    if unknown := sorted(set(present) - set(names)):
        raise RulesError([Problem(n, 0, "Diese Regeldatei ist unbekannt.") for n in unknown])
    (project, project_document), measures = _load_each(folder, names)
    roster = load_roster(folder / ROSTER_FILE)

    problems = list(_check_project(project, project_document))
    for measure, document in measures:
        if document.name != f"massnahme_{measure.number}.yaml":
            problems.append(
                Problem(document.name, document.line(("number",)), "„number“ passt nicht zum Dateinamen.")
            )
    problems += _check_ids(measures)
    files = _hashes(folder, [*names, ROSTER_FILE])
    digest = hashlib.sha256("".join(f"{n} {h}\n" for n, h in files).encode()).hexdigest()
    rules = Rules(project, tuple(m for m, _ in measures), roster, files, digest)
    for measure, document in measures:
        problems += _check_deadlines(measure, document)
        problems += _check_references(measure, document, rules)
    if problems:
        raise RulesError(_unique(problems))
    return rules
