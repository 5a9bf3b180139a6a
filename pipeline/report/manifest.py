"""manifest.json: what went in and what came out, by SHA-256, and which program did it."""

from __future__ import annotations

import hashlib
import json
import platform
from importlib.metadata import version
from pathlib import Path

from pipeline import __version__
from pipeline.run import Outcome
from pipeline.sheets import TEMPLATE_VERSION

MANIFEST = "manifest.json"
LIBRARIES = (
    "click",
    "Jinja2",
    "lxml",
    "openpyxl",
    "pandas",
    "pandera",
    "pyarrow",
    "pydantic",
    "pygal",
    "python-calamine",
    "python-dateutil",
    "PyYAML",
    "xlsxwriter",
)


def manifest_text(outcome: Outcome, folder: Path) -> str:
    """Hashes of all inputs, rule files and of every file in ``folder``; versions. No time, no path."""
    files = sorted(p for p in folder.rglob("*") if p.is_file() and p.name != MANIFEST)
    document = {
        "as_of": outcome.as_of.isoformat(),
        "inputs": input_hashes(outcome),
        "rules": {"version": outcome.rules.project.version, "files": dict(outcome.rules.files)},
        "outputs": {
            p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files
        },
        "program": versions(),
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def input_hashes(outcome: Outcome) -> dict[str, str]:
    """Every received file to its SHA-256."""
    return {s.workbook.file: s.workbook.sha256 for s in outcome.submissions}


def versions() -> dict[str, str]:
    """Program, template, Python and libraries."""
    return {
        "kisi": __version__,
        "template": TEMPLATE_VERSION,
        "python": platform.python_version(),
        **{name: version(name) for name in LIBRARIES},
    }
