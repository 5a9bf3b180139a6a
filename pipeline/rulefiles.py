"""Loads ``rules/`` strictly: unknown or duplicate keys, wrong types, dangling references and duplicate
ids are refused, each with file and line, all at once.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from pipeline.model import Kind, Sheet
from pipeline.rules import (
    Every,
    Info,
    Latest,
    Linked,
    Measure,
    Municipality,
    Project,
    Requirement,
    Rows,
    Rules,
    Share,
)
from pipeline.rules import Count as CountRule
from pipeline.sheets import LEAD_AGS

PROJECT_FILE, ROSTER_FILE, MEASURE_PATTERN = "projekt.yaml", "kommunen.csv", r"massnahme_(\d)\.yaml"
ROSTER_REQUIRED, ROSTER_OPTIONAL = ("ags", "name", "landkreis"), ("beitritt", "fruehere_ags")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a rule file. ``line`` counts from 1; 0 means the file as a whole."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        place = f"{self.file}, Zeile {self.line}" if self.line else self.file
        return f"{place}: {self.text}"


class RulesError(Exception):
    """The rule files cannot be used; ``problems`` says why, in German, with file and line."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


Path_ = tuple[str | int, ...]
Model = TypeVar("Model", bound=BaseModel)


@dataclass
class Document:
    """One YAML file: plain data, and the line of every node by its path."""

    name: str
    data: Any
    lines: dict[Path_, int]

    def line(self, path: Path_) -> int:
        """Line of the node, or of its nearest ancestor when the node itself is missing."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


# --- YAML with lines ----------------------------------------------------------------------------------


def _duplicate_keys(name: str, node: yaml.Node) -> Iterator[Problem]:
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                yield Problem(name, key.start_mark.line + 1, f"Schlüssel „{key.value}“ steht doppelt.")
            seen.add(key.value)
            yield from _duplicate_keys(name, value)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _duplicate_keys(name, item)


def _lines(node: yaml.Node, path: Path_ = ()) -> Iterator[tuple[Path_, int]]:
    yield path, node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _lines(value, (*path, key.value))
            yield (*path, key.value), key.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        for position, item in enumerate(node.value):
            yield from _lines(item, (*path, position))


def _document(path: Path) -> Document:
    try:
        text = path.read_bytes().decode("utf-8-sig")
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
        if node is None:
            raise RulesError([Problem(path.name, 0, "Die Datei ist leer.")])
        if duplicates := list(_duplicate_keys(path.name, node)):
            raise RulesError(duplicates)
        data = yaml.load(text, Loader=yaml.CSafeLoader)  # a safe loader
    except UnicodeDecodeError:
        raise RulesError([Problem(path.name, 0, "Die Datei ist nicht in UTF-8 gespeichert.")]) from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise RulesError([Problem(path.name, line, f"kein gültiges YAML ({error.problem}).")]) from None
    except (OSError, yaml.YAMLError) as error:
        raise RulesError(
            [Problem(path.name, 0, f"Die Datei ist nicht lesbar ({type(error).__name__}).")]
        ) from None
    return Document(path.name, data, dict(_lines(node)))


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


def _node_path(data: Any, location: Path_) -> Path_:
    """The part of a pydantic location that exists in the data: union tags are left out."""
    path: list[str | int] = []
    for step in location:
        if isinstance(data, dict) and step in data:
            data = data[step]
        elif isinstance(data, list) and isinstance(step, int) and step < len(data):
            data = data[step]
        else:
            continue
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

    def _refuse(self, path: Path_, text: str) -> None:
        self.problems.append(Problem(self.document.name, self.document.line(path), text))

    def _sheet(self, tables: dict[str, Sheet], title: str, path: Path_) -> Sheet | None:
        if title not in tables:
            self._refuse(path, f"Das Blatt „{title}“ gibt es in dieser Arbeitsmappe nicht.")
        return tables.get(title)

    def _column(self, sheet: Sheet, name: str, path: Path_, *kinds: Kind) -> None:
        if not sheet.has(name):
            self._refuse(path, f"Die Spalte „{name}“ gibt es im Blatt „{sheet.title}“ nicht.")
        elif kinds and sheet.column(name).kind not in kinds:
            wanted = " oder ".join(k.value for k in kinds)
            self._refuse(path, f"Die Spalte „{name}“ im Blatt „{sheet.title}“ ist nicht vom Typ {wanted}.")

    def rows(self, tables: dict[str, Sheet], rows: Rows, path: Path_) -> None:
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

    def _linked(self, tables: dict[str, Sheet], linked: Linked, path: Path_) -> None:
        sheet = self._sheet(tables, linked.sheet, (*path, "sheet"))
        dated = self._sheet(tables, linked.dated_sheet, (*path, "dated_sheet"))
        if sheet and dated:
            self._column(sheet, linked.column, (*path, "column"), Kind.REFERENCE)
            self._column(sheet, linked.dated_by, (*path, "dated_by"), Kind.REFERENCE)
            self._column(dated, linked.date, (*path, "date"), Kind.DATE)

    def requirement(self, requirement: Requirement, path: Path_) -> None:
        tables = self.kinds[requirement.reported_by]
        path = (*path, "decide")
        match getattr(requirement, "decide"):
            case Share(numerator=numerator, denominator=denominator):
                self.rows(tables, numerator, (*path, "numerator"))
                if isinstance(denominator, Latest):
                    self.latest(tables, denominator, (*path, "denominator"))
                else:
                    self.rows(tables, denominator, (*path, "denominator"))
            case CountRule(rows=rows) | Info(rows=rows):
                self.rows(tables, rows, (*path, "rows"))
            case Every(sheet=title, date=name):
                if sheet := self._sheet(tables, title, (*path, "sheet")):
                    self._column(sheet, name, (*path, "date"), Kind.DATE)

    def latest(self, tables: dict[str, Sheet], latest: Latest, path: Path_) -> None:
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


def _ids(measure: Measure) -> Iterator[tuple[str, str, Path_]]:
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


# --- roster -------------------------------------------------------------------------------------------


def _joined(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _roster_line(row: dict[str, str]) -> Municipality:
    """One municipality; ValueError says in German what is wrong."""
    former = tuple(filter(None, re.split(r"[,\s]+", row.get("fruehere_ags", ""))))
    for ags in (row["ags"], *former):
        if not re.fullmatch(r"\d{8}", ags) or ags == LEAD_AGS:
            raise ValueError("der AGS muss acht Ziffern haben.")
    if not row["name"]:
        raise ValueError("der Name fehlt.")
    try:
        joined = _joined(row.get("beitritt", ""))
    except ValueError:
        raise ValueError("„beitritt“ muss ein Datum der Form 2025-10-01 oder leer sein.") from None
    return Municipality(row["ags"], row["name"], row["landkreis"], joined, former)


def load_roster(path: Path) -> tuple[Municipality, ...]:
    """rules/kommunen.csv → municipalities by AGS; RulesError names file and line."""

    def refuse(line: int, text: str) -> NoReturn:
        raise RulesError([Problem(path.name, line, text)])

    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError:
        refuse(0, "Die Liste der Kommunen ist nicht lesbar.")
    except UnicodeDecodeError:
        refuse(0, "Die Datei ist nicht in UTF-8 gespeichert.")
    reader = csv.DictReader(text.splitlines(), delimiter=";", strict=True)
    header = reader.fieldnames or ()
    allowed = ROSTER_REQUIRED + ROSTER_OPTIONAL
    if set(ROSTER_REQUIRED) - set(header) or set(header) - set(allowed) or len(set(header)) != len(header):
        refuse(1, f"die Kopfzeile muss lauten: {';'.join(allowed)}")
    problems: list[Problem] = []
    found: dict[str, Municipality] = {}
    for row in reader:
        if None in row or None in row.values():
            problems.append(
                Problem(path.name, reader.line_num, "die Zahl der Felder passt nicht zur Kopfzeile.")
            )
            continue
        try:
            municipality = _roster_line({k: v.strip() for k, v in row.items()})
        except ValueError as error:
            problems.append(Problem(path.name, reader.line_num, str(error)))
            continue
        for ags in (municipality.ags, *municipality.former_ags):
            if ags in found:
                problems.append(Problem(path.name, reader.line_num, f"der AGS {ags} steht doppelt."))
            found[ags] = municipality
    if not found and not problems:
        problems.append(Problem(path.name, 0, "Die Liste der Kommunen ist leer."))
    if problems:
        raise RulesError(problems)
    return tuple(sorted({m.ags: m for m in found.values()}.values(), key=lambda m: m.ags))


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
            document = _document(folder / name)
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
