"""What a stranger relies on: the lock, the declared dependencies."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
IMPORTED_AS = {
    "dateutil": "python-dateutil",
    "yaml": "pyyaml",
    "python_calamine": "python-calamine",
    "typing_extensions": "typing-extensions",
}


def names(requirements: list[str]) -> set[str]:
    return {re.match(r"[\w.-]+", r)[0].lower() for r in requirements}


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


def test_the_program_imports_what_it_declares_and_nothing_else() -> None:
    # numpy comes with pandas, whose values it is asked about; the cluster is an extra
    declared = PROJECT["dependencies"] + PROJECT["optional-dependencies"]["cluster"]
    assert imported("pipeline") - {"numpy"} == names(declared)


def test_every_dependency_is_locked_with_hashes() -> None:
    locked = dict(re.findall(r"^([\w.-]+)==\S+.*?((?:\\\n    --hash=sha256:[0-9a-f]{64} ?)+)$", LOCK, re.M))
    wanted = names(PROJECT["dependencies"] + PROJECT["optional-dependencies"]["dev"])
    assert wanted <= locked.keys()
    assert len(re.findall(r"^[\w.-]+==", LOCK, re.M)) == len(
        re.findall(r"^[\w.-]+==.*\\\n    --hash", LOCK, re.M)
    )


def test_the_lock_names_no_address_and_no_path() -> None:
    assert not re.search(r"://|^-|^\s*--(?!hash)|/", re.sub(r"^#.*", "", LOCK, flags=re.M), re.M)
