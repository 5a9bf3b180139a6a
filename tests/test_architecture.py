"""Imports run one way: each folder of pipeline/ may import the folders before it in ``FLOORS``, and itself.

Read from the syntax tree, so an import inside a function counts as well.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from tests.builder import ROOT
from tests.conftest import SLOW

FLOORS = (
    "definitions",  # what code must name
    "xlsx",  # the file format
    "disk",  # the file system
    "rules",  # what the ministry sets
    "reading",  # bytes → workbook
    "evaluate",  # workbook → figures
    "checks",  # workbook → findings; "a cumulative figure that fell" is a figure
    "submissions",  # what lies in the folder
    "selection",  # which file counts for whom
    "outcome",  # everything the report says
    "engine",  # who does the work of the floors before it
    "across_files",  # what concerns several files
    "run",  # the main path
    "feedback",  # what goes back
    "template",  # what goes out
    "report",  # what is handed on
    "dispatch",  # what goes out by e-mail
    "audit",  # for those who retrace it
    "doctor",
    "desk",  # the same work in a browser
    "demo",
    "cli",
    "__main__",
)
INDEPENDENT = ("definitions", "xlsx", "disk")  # know nothing of each other or of anything else


def _module(path: Path) -> str:
    """``pipeline/report/row_files.py`` → ``report.row_files``"""
    parts = path.relative_to(ROOT / "pipeline").with_suffix("").parts
    return ".".join(p for p in parts if p != "__init__") or "__init__"


FILES = {_module(p): p for p in sorted((ROOT / "pipeline").rglob("*.py"))}


@cache
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
            found |= {n if n.removeprefix("pipeline.") in FILES else module for n in names}
    return found


def _own(name: str) -> set[str]:
    """Modules of the pipeline that a module imports; a package stands for its ``__init__``."""
    names = {n.removeprefix("pipeline.") for n in _imported(FILES[name]) if n.startswith("pipeline.")}
    return {n for n in names if n in FILES} - {name}


def _floor(name: str) -> str:
    return name.split(".", maxsplit=1)[0]


def test_every_folder_and_file_at_the_top_has_its_floor() -> None:
    assert {_floor(n) for n in FILES} - {"__init__"} == set(FLOORS)


@pytest.mark.parametrize("name", [n for n in FILES if n != "__init__"])
def test_a_module_imports_its_own_floor_and_those_before_it(name: str) -> None:
    allowed = FLOORS[: FLOORS.index(_floor(name)) + 1]
    if _floor(name) in INDEPENDENT:
        allowed = (_floor(name),)
    assert {_floor(n) for n in _own(name)} <= set(allowed)


def test_there_is_no_circle() -> None:
    below = {name: _own(name) - {"__init__"} for name in FILES}
    done: set[str] = set()
    while ready := {n for n in below if n not in done and below[n] <= done}:
        done |= ready
    assert set(below) - done == set()


@pytest.mark.parametrize("path", sorted((ROOT / "pipeline").rglob("__init__.py")))
def test_every_folder_says_what_it_is_for(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


def _users(library: str) -> set[str]:
    return {n for n, path in FILES.items() if any(i.split(".")[0] == library for i in _imported(path))}


def test_one_module_talks_to_pandera() -> None:
    assert _users("pandera") == {"checks.schema"}


def test_only_the_commands_talk_to_the_terminal() -> None:
    assert {_floor(n) for n in _users("click") | _users("rich")} == {"cli"}


def test_only_reading_opens_what_was_received() -> None:
    """The outputs may look at what they wrote themselves."""
    assert {n for n in _users("python_calamine") if FLOORS.index(_floor(n)) <= FLOORS.index("run")} == {
        "reading.package"
    }


def test_a_child_that_only_reads_loads_nothing_heavy() -> None:
    """It is waited for when a single workbook is checked; pandas alone takes longer than the reading."""
    code = "import sys, pipeline.engine.batch; print(*{m.split('.')[0] for m in sys.modules})"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert not {"pandas", "numpy", "pandera", "openpyxl", "xlsxwriter", "pyarrow", "ssl"} & set(
        loaded.split()
    )


def test_each_room_that_is_slow_exists() -> None:
    assert [name for name in SLOW if not (ROOT / "tests" / name).exists()] == []
