"""YAML with the line of every node, as typed values: what is unreadable, doubled, unknown or of another
type is refused with file and line.
"""

from __future__ import annotations

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


NodePath = tuple[str | int, ...]


@dataclass
class Document:
    """One YAML file: plain data, and the line of every node by its path."""

    name: str
    data: Any
    lines: dict[NodePath, int]

    def line(self, path: NodePath) -> int:
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


def _lines(node: yaml.Node, path: NodePath = ()) -> Iterator[tuple[NodePath, int]]:
    yield path, node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _lines(value, (*path, key.value))
            yield (*path, key.value), key.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        for position, item in enumerate(node.value):
            yield from _lines(item, (*path, position))


def load_document(path: Path) -> Document:
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


def typed(model: type[Model], document: Document) -> Model:
    """The document as a value of that model; RulesError names file and line of all that does not fit."""
    try:
        return model.model_validate(document.data)
    except ValidationError as error:
        problems = []
        for e in error.errors():
            words = {"field": e["loc"][-1] if e["loc"] else document.name, **e.get("ctx", {})}
            reason = _REASONS.get(e["type"], "„{field}“ ist ungültig.").format(**words)
            line = document.line(_node_path(document.data, e["loc"]))
            problems.append(Problem(document.name, line, reason))
        raise RulesError(unique(problems)) from None


# --- what several rule files may get wrong ------------------------------------------------------------


def no_sheet(title: str) -> str:
    return f"Das Blatt „{title}“ gibt es in dieser Arbeitsmappe nicht."


def no_column(name: str, sheet: str) -> str:
    return f"Die Spalte „{name}“ gibt es im Blatt „{sheet}“ nicht."


def unique(problems: list[Problem]) -> list[Problem]:
    """Each problem once, in reading order."""
    return sorted(set(problems), key=lambda p: (p.file, p.line, p.text))
