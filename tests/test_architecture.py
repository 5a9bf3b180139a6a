"""Imports run one way: model ← sheets, messages, rules ← the stages ← run ← the commands.

Read from the syntax tree, so an import inside a function counts as well.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.builder import ROOT

BASE = {  # each may import those before it
    "model": set[str](),
    "addresses": set[str](),
    "yamlfile": set[str](),
    "sheets": {"model"},
    "messages": {"model"},
    "results": {"model"},
    "rules.fields": set[str](),
    "rules.decisions": {"rules.fields"},
    "rules.requirements": {"sheets", "rules.fields", "rules.decisions"},
    "rules": {"model", "sheets", "rules.decisions", "rules.requirements"},
}
STAGES = ("intake", "values", "read", "schema", "checks", "compare", "submissions", "evaluate", "consolidate")
# The stages do not import each other; run.py joins them. But for:
EXCEPTIONS = {
    "locate": {"intake", "values"},  # finds the records in the raw cells; a part of reading
    "read": {
        "intake",
        "values",
        "locate",
    },  # reading is one stage in four files: bytes, cells, places, tables
    "compare": {  # "a cumulative figure that fell" is a figure: the same calculation, two dates
        "evaluate.calculations",
        "evaluate.timeline",
    },
    "consolidate": {"evaluate.calculations"},  # which years a target has is asked in one place
}
COMMANDS = {"cli", "console", "__main__"}  # cli with all its parts
OUTPUTS = {"report", "feedback", "template", "demo", "fill", "ooxml"}


def _module(path: Path) -> str:
    """``pipeline/definitions/words.py`` → ``report.words``"""
    parts = path.relative_to(ROOT / "pipeline").with_suffix("").parts
    return ".".join(p for p in parts if p != "__init__") or "__init__"


def _imported(path: Path) -> set[str]:
    """Full names of everything that a module imports, at any depth."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            module = node.module or ""
            names = {f"{module}.{alias.name}" for alias in node.names}
            found |= {n if _module_name(n) in FILES else module for n in names}
    return found


FILES = {_module(p): p for p in sorted((ROOT / "pipeline").rglob("*.py"))}


def _module_name(full: str) -> str:
    return full.removeprefix("pipeline.")


def _own(name: str) -> set[str]:
    """Modules of the pipeline that a module imports; a package stands for its ``__init__``."""
    names = {_module_name(n) for n in _imported(FILES[name]) if n.startswith("pipeline.")}
    return {n for n in names if n in FILES} - {name}


def test_the_modules_are_there() -> None:
    assert {*BASE, *STAGES, "run", "cli"} <= set(FILES)


@pytest.mark.parametrize("name", BASE)
def test_the_base_knows_only_what_is_below_it(name: str) -> None:
    assert _own(name) <= BASE[name]


@pytest.mark.parametrize("name", [n for n in FILES if n.split(".")[0] in {*STAGES, *EXCEPTIONS}])
def test_stages_know_the_base_and_not_each_other(name: str) -> None:
    """A stage in several files is a package, whose files may know each other."""
    foreign = {n for n in _own(name) if n.split(".")[0] != name.split(".", maxsplit=1)[0]}
    assert foreign - set(BASE) <= EXCEPTIONS.get(name, set())


def test_the_exceptions_are_needed() -> None:
    """An exception that nobody uses any more is deleted."""
    for name, allowed in EXCEPTIONS.items():
        assert allowed <= _own(name), name


MAIN_PATH = ("run", "bench", "examine")  # what to do, where it is done, what is done with one batch


def test_the_main_path_knows_neither_outputs_nor_commands() -> None:
    known = {n for part in MAIN_PATH for n in _own(part)}
    assert not _top(known) & (OUTPUTS | COMMANDS)
    assert set(STAGES) - {"intake", "values"} <= known


def _top(names: set[str]) -> set[str]:
    return {n.split(".")[0] for n in names}


def test_nobody_imports_the_commands() -> None:
    for name in FILES:
        if _top({name}) <= COMMANDS:
            continue
        assert not _top(_own(name)) & COMMANDS, name


def test_there_is_no_circle() -> None:
    below = {name: _own(name) - {"__init__"} for name in FILES}
    done: set[str] = set()
    while ready := {n for n in below if n not in done and below[n] <= done}:
        done |= ready
    assert set(below) - done == set()


def _users(library: str) -> set[str]:
    return {n for n, path in FILES.items() if any(i.split(".")[0] == library for i in _imported(path))}


def test_one_module_talks_to_pandera() -> None:
    assert _users("pandera") == {"schema"}


def test_only_the_commands_talk_to_the_terminal() -> None:
    assert _top(_users("click") | _users("rich")) <= COMMANDS


def test_only_intake_opens_what_was_received() -> None:
    main_path = {*STAGES, *EXCEPTIONS, *MAIN_PATH}  # the outputs may look at what they wrote themselves
    assert _users("python_calamine") & main_path == {"intake"}


def test_a_child_that_only_reads_loads_nothing_heavy() -> None:
    """It is waited for when a single workbook is checked; pandas alone takes longer than the reading."""
    code = "import sys, pipeline.engine.batch; print(*{m.split('.')[0] for m in sys.modules})"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert not {"pandas", "numpy", "pandera", "openpyxl", "xlsxwriter", "pyarrow"} & set(loaded.split())
