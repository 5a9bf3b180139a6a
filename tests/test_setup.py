"""What a stranger relies on: the locks, the declared dependencies, the steps of set-up."""

from __future__ import annotations

import ast
import re
import runpy
import sys
import tomllib
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT, GROUPS = PYPROJECT["project"], PYPROJECT["dependency-groups"]
RUNNING, DEVELOPING = (
    (ROOT / n).read_text(encoding="utf-8") for n in ("requirements.lock", "requirements-dev.lock")
)
WHEELS = runpy.run_path(str(ROOT / ".ci" / "wheels.py"))
TARGETS = [(system, python) for system in WHEELS["SYSTEMS"] for python in WHEELS["PYTHONS"]]
TO_RUN = [*PROJECT["dependencies"], *GROUPS["build"]]
TO_DEVELOP = [*PROJECT["optional-dependencies"]["cluster"], *GROUPS["dev"]]
IMPORTED_AS = {
    "dateutil": "python-dateutil",
    "markdown_it": "markdown-it-py",
    "oxmsg": "python-oxmsg",
    "python_multipart": "python-multipart",
    "yaml": "pyyaml",
    "python_calamine": "python-calamine",
    "typing_extensions": "typing-extensions",
}


def names(requirements: list[str]) -> set[str]:
    return {canonicalize_name(Requirement(r).name) for r in requirements}


def imported(folder: str) -> set[str]:
    """Top-level packages imported anywhere below ``folder``, as they are called in pyproject.toml."""
    found: set[str] = set()
    for path in (ROOT / folder).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {a.name.split(".")[0] for a in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                found.add(node.module.split(".")[0])
    return {IMPORTED_AS.get(n, n) for n in found - set(sys.stdlib_module_names)} - {"pipeline"}


def pinned(lock: str, where: dict[str, str]) -> dict[str, str]:
    """Name and version of each pin that holds on a target, or twice the name in a lock that contradicts itself."""
    pins = [(canonicalize_name(r.name), str(r.specifier)[2:]) for r in WHEELS["locked"](lock, where)]
    assert len(dict(pins)) == len(pins)
    return dict(pins)


def unmet(wanted: list[str], pins: dict[str, str], where: dict[str, str]) -> tuple[list[str], set[str]]:
    """What no pin meets of requirements and of all that those lead to, and the names they lead to.

    Extras and markers are evaluated for the target. What a distribution requires is read from the one that
    is installed here; one that is not (colorama, needed on Windows only) requires nothing in turn.
    """
    missing, seen = [], set()
    waiting = [r for r in map(Requirement, wanted) if not r.marker or r.marker.evaluate(dict(where))]
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        if name not in pins or pins[name] not in requirement.specifier:
            missing.append(str(requirement))
        if (name, *sorted(requirement.extras)) in seen:
            continue
        seen.add((name, *sorted(requirement.extras)))
        if name == "colorama":
            continue
        for text in distribution(name).requires or ():
            further = Requirement(text)
            if not further.marker or any(
                further.marker.evaluate({**where, "extra": e}) for e in ("", *requirement.extras)
            ):
                waiting.append(further)
    return missing, {name for name, *_ in seen}


def test_the_program_imports_what_it_declares_and_nothing_else() -> None:
    # numpy comes with pandas, whose values it is asked about; the cluster is an extra
    declared = PROJECT["dependencies"] + PROJECT["optional-dependencies"]["cluster"]
    assert imported("pipeline") - {"numpy"} == names(declared)


@pytest.mark.parametrize(("system", "python"), TARGETS, ids=[f"{s.name}-{p}" for s, p in TARGETS])
def test_the_locks_hold_all_that_is_needed_and_nothing_else(system: object, python: str) -> None:
    """So that they can be installed as they stand: nothing is left for pip to find on its own."""
    where = WHEELS["environment"](system, python)
    run, more = pinned(RUNNING, where), pinned(DEVELOPING, where)
    assert not run.keys() & more.keys()
    assert unmet(TO_RUN, run, where) == ([], run.keys())
    assert unmet(TO_RUN + TO_DEVELOP, run | more, where) == ([], run.keys() | more.keys())


def test_what_a_lock_lacks_is_named_extras_included() -> None:
    where = WHEELS["environment"](*TARGETS[0])
    pins = pinned(RUNNING, where) | pinned(DEVELOPING, where)
    del pins["coverage"]
    assert unmet(TO_DEVELOP, pins, where)[0] == ["coverage[toml]>=7.10.6"]
    pins = pinned(RUNNING, where) | {"numpy": "1.0"}
    assert unmet(PROJECT["dependencies"], pins, where)[0] == ['numpy>=2.0.2; python_version < "3.14"']


def test_the_running_lock_brings_no_test_tool() -> None:
    pins = pinned(RUNNING, WHEELS["environment"](*TARGETS[0]))
    assert not pins.keys() & (names(GROUPS["dev"]) - {"packaging"})
    assert not [n for n in pins if re.search(r"pytest|hypothesis|coverage|ruff|^mypy$|stubs|^types-", n)]


@pytest.mark.parametrize("lock", [RUNNING, DEVELOPING])
def test_every_pin_has_hashes_and_the_lock_names_no_address_and_no_path(lock: str) -> None:
    hashed = re.findall(r"^[\w.-]+==[^\\\n]+(?:\\\n    --hash=sha256:[0-9a-f]{64} ?)+$", lock, re.MULTILINE)
    assert len(hashed) == len(re.findall("==[0-9]", lock)) > 30
    assert not re.search(
        r"://|^-|^\s*--(?!hash)|/", re.sub(r"^#.*", "", lock, flags=re.MULTILINE), re.MULTILINE
    )


@pytest.mark.parametrize("file", ["Makefile", "README.md", ".ci/audit"])
def test_what_is_locked_is_installed_without_being_resolved_anew(file: str) -> None:
    """A later release of any package then changes nothing for whoever sets up."""
    text = (ROOT / file).read_text(encoding="utf-8").replace("\\\n", " ")
    installing = [line for line in text.splitlines() if re.search(r"\binstall\b.* -r ", line)]
    assert installing
    for line in installing:
        assert "--no-deps" in line
        assert "--require-hashes" in line
