"""manifest.json: SHA-256 of inputs and outputs, and versions of program and libraries."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path

from pipeline import __version__
from pipeline.definitions.sheets import TEMPLATE_VERSION
from pipeline.disk.publish import MANIFEST
from pipeline.outcome import Outcome
from pipeline.report.ministry_form import FormPlan
from pipeline.report.published import PublishedReport
from pipeline.rules import Rules
from pipeline.rules.wording.rule_values import exemption_values, rule_values
from pipeline.selection import Submission

LIBRARIES = (
    "click",
    "filelock",
    "Jinja2",
    "lxml",
    "msgspec",
    "olefile",
    "openpyxl",
    "pandas",
    "pandera",
    "pyarrow",
    "pydantic",
    "pygal",
    "python-calamine",
    "python-dateutil",
    "python-oxmsg",
    "PyYAML",
    "xlsxwriter",
)


def manifest_text(
    outcome: Outcome, folder: Path, forms: Sequence[FormPlan] = (), previous: PublishedReport | None = None
) -> str:
    """Hashes of all inputs, forms, rule files and of every file in ``folder``; versions. No time, no path.

    ``previous``: the earlier report that this one compares itself with.
    """
    hashes = _hashes(outcome.received, outcome.rules, folder)
    head = {"as_of": outcome.as_of.isoformat(), **hashes, "forms": form_hashes(forms)}
    return _text({**head, **_previous(previous)})


def _previous(previous: PublishedReport | None) -> dict[str, object]:
    if previous is None:
        return {}
    return {"previous": {"as_of": previous.as_of.isoformat(), "sha256": previous.sha256}}


def _hashes(submissions: Iterable[Submission], rules: Rules, folder: Path) -> dict[str, object]:
    files = sorted(p for p in folder.rglob("*") if p.is_file() and p != folder / MANIFEST)
    return {
        "inputs": input_hashes(submissions),
        "rules": rules_entry(rules),
        "outputs": {
            p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files
        },
        "program": versions(),
    }


def rules_entry(rules: Rules) -> dict[str, object]:
    """Version, hashes and values of the rules, so that two reports can be compared without their rule files."""
    return {
        "version": rules.project.version,
        "files": dict(rules.files),
        "values": rule_values(rules),
        "exemptions": exemption_values(rules),
    }


def _text(document: dict[str, object]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def input_hashes(submissions: Iterable[Submission]) -> dict[str, str]:
    """Received file → SHA-256."""
    return {s.workbook.file: s.workbook.sha256 for s in submissions}


def form_hashes(forms: Iterable[FormPlan]) -> dict[str, str]:
    """Form before filling → SHA-256."""
    return {f.name: hashlib.sha256(f.data).hexdigest() for f in sorted(forms, key=lambda f: f.name)}


def versions() -> dict[str, str]:
    """Versions of program, template, Python and libraries."""
    return {
        "kisi": __version__,
        "template": TEMPLATE_VERSION,
        "python": platform.python_version(),
        **{name: version(name) for name in LIBRARIES},
    }
