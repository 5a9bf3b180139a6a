"""Compares the manifest beside a report with what is found now: inputs, rule files, outputs, versions."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any

from pipeline.disk.publish import MANIFEST
from pipeline.disk.system_calls import entries_below
from pipeline.dispatch.write_drafts import DISPATCH_FOLDER
from pipeline.outcome import Outcome
from pipeline.report.manifest import input_hashes, rules_entry, versions

Hashes = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Manifest:
    """SHA-256 by file name, and the versions of program and libraries. ``previous``: as_of and sha256 of the
    report that this one compares itself with.
    """

    as_of: date | None
    inputs: Hashes
    rules: Hashes
    outputs: Hashes
    program: Hashes
    previous: Mapping[str, str]  # as_of and sha256 of the report that this one compares itself with
    rules_entry: Any
    rules_version: str = ""
    forms: Hashes = field(default_factory=dict)


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest in a folder of results; None when there is none or it cannot be read."""
    try:
        document = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return Manifest(
            date.fromisoformat(document["as_of"]),
            _texts(document["inputs"]),
            _texts(document["rules"]["files"]),
            _texts(document["outputs"]),
            _texts(document["program"]),
            _texts(document.get("previous", {})),
            document["rules"],
            str(document["rules"].get("version", "")),
            _texts(document.get("forms", {})),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _texts(value: Any) -> dict[str, str]:
    return {str(k): str(v) for k, v in dict(value).items()}


def manifest_differences(
    manifest: Manifest, report: Path, outcome: Outcome, *, resaved: bool
) -> tuple[list[str], list[str]]:
    """(differences, notes). The hash of a report that was saved again is not compared."""
    differences = []
    if manifest.as_of != outcome.as_of:
        differences.append(f"{MANIFEST} nennt einen anderen Stichtag als der Bericht.")
    differences += _differing("Empfangene Datei", manifest.inputs, input_hashes(outcome.received))
    differences += _differing("Regeldatei", manifest.rules, dict(outcome.rules.files))
    skip = report.name if resaved else ""
    if manifest.rules == dict(outcome.rules.files) and manifest.rules_entry != rules_entry(outcome.rules):
        differences.append(f"{MANIFEST}: Die Angaben zu den Regeln sind nicht die der Regeldateien.")
    differences += _outputs(manifest.outputs, report.parent, skip)
    notes = [*_versions(manifest.program, versions()), *_folders_absent(manifest.outputs, report.parent)]
    return differences, [*notes, *_strangers(manifest.outputs, report.parent)]


def _differing(what: str, then: Hashes, now: Hashes) -> Iterator[str]:
    for name in sorted(then.keys() | now.keys()):
        if name not in now:
            yield f"{what} {name}: fehlt, lag dem Bericht aber zugrunde."
        elif name not in then:
            yield f"{what} {name}: ist hinzugekommen, lag dem Bericht nicht zugrunde."
        elif then[name] != now[name]:
            yield f"{what} {name}: ist nicht dieselbe, die dem Bericht zugrunde lag (SHA-256 weicht ab)."


def _outputs(outputs: Hashes, folder: Path, skip: str) -> Iterator[str]:
    for name, wanted in sorted(outputs.items()):
        pure = PurePosixPath(name)
        outside = not pure.parts or pure.is_absolute() or ".." in pure.parts
        if name == skip or outside or not (folder / pure.parts[0]).exists():
            continue
        path = folder / name
        if not path.is_file():
            yield f"Ergebnisdatei {name}: fehlt."
        elif hashlib.sha256(path.read_bytes()).hexdigest() != wanted:
            yield f"Ergebnisdatei {name}: wurde verändert (SHA-256 weicht ab)."


def _folders_absent(outputs: Hashes, folder: Path) -> Iterator[str]:
    """Notes on folders that were not handed on, such as the feedback to municipalities."""
    tops = Counter(parts[0] for name in outputs if (parts := PurePosixPath(name).parts))
    for top, count in sorted(tops.items()):
        if not (folder / top).exists():
            what = f"{count} Dateien" if count > 1 else "1 Datei"
            yield f"{top} ({what} laut {MANIFEST}) liegt nicht beim Bericht und ist nicht verglichen."


def _strangers(outputs: Hashes, folder: Path) -> Iterator[str]:
    for path in sorted(p for p in entries_below(folder) if p.is_file()):
        name = path.relative_to(folder).as_posix()
        if name not in outputs and name != MANIFEST and PurePosixPath(name).parts[0] != DISPATCH_FOLDER:
            yield f"{name} liegt beim Bericht, steht aber nicht in {MANIFEST}."


def _versions(then: Hashes, now: Hashes) -> Iterator[str]:
    for name in sorted(then.keys() | now.keys()):
        if then.get(name) != now.get(name) and name != "kisi":  # named before all else
            yield f"Version von {name}: damals {then.get(name, 'keine')}, jetzt {now.get(name, 'keine')}."
