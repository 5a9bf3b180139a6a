"""Asks the slow pure functions of the program once in a process about the same arguments.

Most tests change one cell of a valid workbook, one line of the rules or one cell of a report; everything else
would be read, validated and written again: pandera takes seven milliseconds for a sheet, a blank workbook
110, a filled one 200, a report 170. The answers depend on nothing but the arguments, and these are the key.
"""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import wraps
from pathlib import Path
from typing import Any
from unittest.mock import patch

from pipeline.audit import verify
from pipeline.audit.verify import documents
from pipeline.checks import schema
from pipeline.reading import read
from pipeline.reading.locate import is_data
from pipeline.rules import Rules
from pipeline.rules.loading import load
from pipeline.template import template_workbook
from tests import builder


def _validated(sheet: Any, tables: list[Any], stichtage: list[Any], rules: Rules) -> Any:
    project = rules.project
    return sheet, [t.columns for t in tables], stichtage, project.start, project.end, project.parameters


def _read(data: bytes, wanted: object) -> Any:
    return data if wanted is is_data else None


def _document(path: Path) -> Any:
    return (path.name, path.read_bytes()) if path.is_file() else None


def _written(rules: Rules, kind: Any, own: object = None) -> Any:
    return rules, kind.id, own


def _filled(template: bytes, kind: Any, content: Any) -> Any:
    return template, kind.id, content


FUNCTIONS = (  # where it is called from, name, key of the arguments, answers kept, whether callers get a copy
    (schema, "failing_records", _validated, 10_000, False),
    (template_workbook, "_written", _written, 50, False),
    (builder, "fill", _filled, 200, False),
    (verify, "read_opened", bytes, 5, False),
    (documents, "read_opened", bytes, 30, False),
    (read, "read_raw", _read, 500, True),
    (load, "load_document", _document, 500, True),
)
_afresh = False


@contextmanager
def equal_calls_computed_once() -> Iterator[None]:
    """Within it, each of ``FUNCTIONS`` is computed once for equal arguments; what raises is not kept."""
    with ExitStack() as stack:
        for module, name, key, kept, copied in FUNCTIONS:
            once = _once(getattr(module, name), key, kept, copied=copied)
            stack.enter_context(patch.object(module, name, once))
        yield


@contextmanager
def computed_afresh() -> Iterator[None]:
    """Within it, every call is computed: for tests that change what is computed, or that compare two calls."""
    global _afresh  # noqa: PLW0603
    _afresh = True
    try:
        yield
    finally:
        _afresh = False


def _once(
    compute: Callable[..., Any], key: Callable[..., Any], kept: int, *, copied: bool
) -> Callable[..., Any]:
    answers: dict[bytes, Any] = {}

    @wraps(compute)
    def answer(*arguments: Any) -> Any:
        asked = None if _afresh else key(*arguments)
        if asked is None:
            return compute(*arguments)
        digest = hashlib.sha256(pickle.dumps(asked)).digest()
        if digest not in answers:
            computed = compute(*arguments)
            if len(answers) == kept:
                del answers[next(iter(answers))]
            answers[digest] = pickle.dumps(computed) if copied else computed
        return pickle.loads(answers[digest]) if copied else answers[digest]  # noqa: S301  - our own

    return answer
