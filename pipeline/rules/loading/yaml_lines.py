"""Reads YAML strictly, as typed values and with the line of every node.

Whatever is unreadable, repeated, unknown or of another type is refused with file and line.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem in a rule file, in German; ``line`` counts from 1, 0 means the file as a whole."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        place = f"{self.file}, Zeile {self.line}" if self.line else self.file
        return f"{place}: {self.text}"


class RulesError(Exception):
    """The rule files cannot be used; ``problems`` are German, with file and line."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


NodePath = tuple[str | int, ...]


@dataclass
class YamlDocument:
    """One YAML file: its plain data, and the line of every node by its path."""

    name: str
    data: Any
    lines: dict[NodePath, int]

    def line(self, path: NodePath) -> int:
        """Return the node's line, or that of its nearest ancestor when the node is missing."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


# --- YAML with lines ----------------------------------------------------------------------------------

MAX_RULE_FILE = 1_000_000  # bytes; the shipped rule files have a thirtieth of that
MOST_LEVELS = 20  # levels; the rule files have eight. The library would end the process at some ten thousand
MOST_NODES = 50_000  # keys, values and lists of a file
_NUMBER, _DATE = "tag:yaml.org,2002:int", "tag:yaml.org,2002:timestamp"
_TAB = "ein Tabulator, wo Leerzeichen stehen müssen; rücken Sie mit Leerzeichen ein"
_READER_WORDS = {  # what libyaml says → what it means; anything else is "kein gültiges YAML"
    "did not find expected key": "die Einrückung stimmt nicht, oder ein Anführungszeichen fehlt",
    "did not find expected '-' indicator": "die Einrückung der Liste stimmt nicht",
    "did not find expected ',' or ']'": "in einer Liste fehlt ein Komma oder die schließende Klammer ]",
    "did not find expected ',' or '}'": "es fehlt ein Komma oder die schließende Klammer }",
    "did not find expected node content": "hier fehlt ein Wert",
    "could not find expected ':'": "nach dem Schlüssel fehlt der Doppelpunkt",
    "mapping values are not allowed in this context": (
        "ein Doppelpunkt an unerwarteter Stelle; prüfen Sie die Einrückung, und setzen Sie Texte mit "
        "Doppelpunkt in Anführungszeichen"
    ),
    "block sequence entries are not allowed in this context": "ein Listenpunkt (-) an unerwarteter Stelle",
    "found character that cannot start any token": (
        "ein Zeichen, mit dem kein Wert beginnt (@, ` oder %); setzen Sie den Text in Anführungszeichen"
    ),
    "found unexpected end of stream": "ein schließendes Anführungszeichen fehlt",
    "found unexpected document indicator": "ein schließendes Anführungszeichen fehlt",
    "found unknown escape character": (
        "ein umgekehrter Schrägstrich in doppelten Anführungszeichen; nehmen Sie einfache"
    ),
    "exceeded maximum nesting depth": f"mehr als {MOST_LEVELS} Ebenen sind ineinander geschachtelt",
    "did not find expected <document start>": "nach dem Ende der Angaben steht noch etwas",
}


def _content(path: Path) -> str:
    """Return the text of a rule file. Raises RulesError when it is no ordinary file, too large, or not UTF-8."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise _refused(path.name, 0, "Das ist keine gewöhnliche Datei.")
        if status.st_size > MAX_RULE_FILE:
            raise _refused(path.name, 0, f"Die Datei ist größer als {MAX_RULE_FILE // 1_000_000} MB.")
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _refused(path.name, 0, "Die Datei ist nicht in UTF-8 gespeichert.") from None
    except OSError as error:
        raise _refused(path.name, 0, f"Die Datei ist nicht lesbar ({type(error).__name__}).") from None


def _refused(name: str, line: int, text: str) -> RulesError:
    return RulesError([Problem(name, line, text)])


def _check_structure(name: str, text: str) -> None:
    """Refuse deep nesting and tags before a tree is built, as a deep one would end the process."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        line = event.start_mark.line + 1 if event.start_mark else 0
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MOST_LEVELS:
            raise _refused(name, line, f"Hier sind mehr als {MOST_LEVELS} Ebenen ineinander geschachtelt.")
        if getattr(event, "tag", None) is not None:
            raise _refused(
                name, line, "Typangaben mit Ausrufezeichen (!) sind in Regeldateien nicht erlaubt."
            )


def _check_size(name: str, root: yaml.Node) -> None:
    """Refuse aliases (``*name``) that make the document endless or huge."""
    waiting, count = [(root, 0)], 0
    while waiting:
        node, depth = waiting.pop()
        count += 1
        if depth > MOST_LEVELS or count > MOST_NODES:
            text = "Verweise mit * ergeben hier zu viele oder zu tief geschachtelte Angaben."
            raise _refused(name, node.start_mark.line + 1, text)
        if isinstance(node, yaml.MappingNode):
            waiting += [(one, depth + 1) for pair in node.value for one in pair]
        elif isinstance(node, yaml.SequenceNode):
            waiting += [(one, depth + 1) for one in node.value]


def _key_problems(name: str, node: yaml.MappingNode) -> Iterator[Problem]:
    seen: set[str] = set()
    for key, _ in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            yield Problem(name, line, "Ein Schlüssel muss ein einfaches Wort sein.")
        elif key.value in seen:
            yield Problem(name, line, f"Schlüssel „{key.value}“ steht doppelt.")
        else:
            seen.add(key.value)


def _scalar_problem(name: str, node: yaml.ScalarNode) -> Iterator[Problem]:
    """Yield a problem for values without a meaning (2026-06-31) or easily misread (012, 1:30)."""
    line = node.start_mark.line + 1
    if node.tag == _NUMBER and not re.fullmatch(r"0|-?[1-9][0-9]{0,17}", node.value):
        yield Problem(
            name,
            line,
            f"„{node.value[:30]}“ ist als Zahl nicht eindeutig; setzen Sie Texte in Anführungszeichen.",
        )
    elif node.tag == _DATE:
        try:
            yaml.constructor.SafeConstructor().construct_object(node)
        except (ValueError, OverflowError):
            yield Problem(name, line, f"Das Datum „{node.value[:30]}“ gibt es nicht.")


def _node_problems(name: str, node: yaml.Node) -> Iterator[Problem]:
    if isinstance(node, yaml.MappingNode):
        yield from _key_problems(name, node)
        for key, value in node.value:
            yield from _node_problems(name, key)
            yield from _node_problems(name, value)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _node_problems(name, item)
    elif isinstance(node, yaml.ScalarNode):
        yield from _scalar_problem(name, node)


def _lines(node: yaml.Node, path: NodePath = ()) -> Iterator[tuple[NodePath, int]]:
    yield path, node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _lines(value, (*path, key.value))
            yield (*path, key.value), key.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        for position, item in enumerate(node.value):
            yield from _lines(item, (*path, position))


def _in_german(problem: str, text: str, line: int) -> str:
    """Return a message of libyaml in German."""
    lines = text.splitlines()
    here = lines[line - 1] if 0 < line <= len(lines) else ""
    indented = here[: len(here) - len(here.lstrip())]
    words = _TAB if "\t" in indented else _READER_WORDS.get(problem)
    return f"kein gültiges YAML: {words}." if words else "kein gültiges YAML."


def load_document(path: Path) -> YamlDocument:
    """Read one YAML file. Raises RulesError, in German, with the line of what cannot be read."""
    name, text = path.name, _content(path)
    try:
        _check_structure(name, text)
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
        if node is None:
            raise _refused(name, 0, "Die Datei ist leer.")
        _check_size(name, node)
        if problems := list(_node_problems(name, node)):
            raise RulesError(problems)
        lines = dict(_lines(node))  # before merged keys (<<) are put in place
        data = yaml.CSafeLoader("").construct_document(node)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise _refused(name, line, _in_german(error.problem or "", text, line)) from None
    except yaml.YAMLError:
        raise _refused(name, 0, "Die Datei enthält Steuerzeichen oder andere unlesbare Zeichen.") from None
    return YamlDocument(name, data, lines)


# --- typed values -------------------------------------------------------------------------------------

_REASONS = {
    "missing": "Schlüssel „{field}“ fehlt.",
    "extra_forbidden": "Schlüssel „{field}“ ist unbekannt.",
    "string_type": "„{field}“ muss ein Text sein; setzen Sie ihn in Anführungszeichen.",
    "too_short": "„{field}“ ist leer.",
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
    "string_too_long": "„{field}“ ist länger als {max_length} Zeichen.",
    "date_from_datetime_inexact": "„{field}“ muss ein Datum ohne Uhrzeit sein.",
    "greater_than_equal": "„{field}“ muss mindestens {ge} sein.",
    "less_than_equal": "„{field}“ darf höchstens {le} sein.",
    "value_error": "„{field}“: {error}.",
}


def _node_path(data: Any, location: NodePath) -> NodePath:
    """Return the part of a pydantic location that exists in the data, leaving out union tags."""
    path: list[str | int] = []
    for step in location:
        if isinstance(data, dict | list):
            with suppress(KeyError, IndexError, TypeError):
                data = data[step]  # type: ignore[index]
                path.append(step)
    return tuple(path)


def parse_model(model: type[Model], document: YamlDocument) -> Model:
    """Return the document as a value of the model. Raises RulesError with every line that does not fit."""
    try:
        return model.model_validate(document.data)
    except ValidationError as error:
        problems = []
        for e in error.errors():
            words = {"field": e["loc"][-1] if e["loc"] else document.name, **e.get("ctx", {})}
            reason = _REASONS.get(e["type"], "„{field}“ ist ungültig.").format(**words)
            line = document.line(_node_path(document.data, e["loc"]))
            problems.append(Problem(document.name, line, reason))
        raise RulesError(unique_problems(problems)) from None


# --- what several rule files may get wrong ------------------------------------------------------------


def no_sheet(title: str) -> str:
    return f"Das Blatt „{title}“ gibt es in dieser Arbeitsmappe nicht."


def no_column(name: str, sheet: str) -> str:
    return f"Die Spalte „{name}“ gibt es im Blatt „{sheet}“ nicht."


def unique_problems(problems: list[Problem]) -> list[Problem]:
    """Return each problem once, in the order of the file."""
    return sorted(set(problems), key=lambda p: (p.file, p.line, p.text))
