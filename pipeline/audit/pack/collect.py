"""Collects the files of a package by path: received files, rules, results, empty forms and the program."""

from __future__ import annotations

import hashlib
import platform
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from importlib.metadata import distributions
from pathlib import Path

import pipeline
from pipeline.audit.pack.places import FORMS, PROGRAM, RECEIVED, RESULTS, RULES
from pipeline.audit.verify.manifest import Manifest, read_manifest
from pipeline.audit.verify.outputs import find_by_hash
from pipeline.disk.publish import MANIFEST
from pipeline.disk.system_calls import entries_below, sha256_of_file
from pipeline.report.ergebnis import ERGEBNIS
from pipeline.rules import Rules

RETENTION_YEARS = 5  # Regulation (EU) 2021/1060, Article 82: from the 31 December after the last payment
LOCK = "requirements.lock"
Content = Path | bytes


class NotPackable(Exception):  # noqa: N818  - an answer to the user, not a fault of ours
    """Folder and results do not belong together; the message is German and says what to do."""


def sha256(content: Content) -> str:
    return hashlib.sha256(content).hexdigest() if isinstance(content, bytes) else sha256_of_file(content)


def manifest_of(results: Path) -> Manifest:
    """Return the manifest of a folder of results. Raises NotPackable without one."""
    manifest = read_manifest(results)
    if manifest is None or manifest.as_of is None:
        raise NotPackable(
            f"{results} ist kein Ordner mit Ergebnissen: {MANIFEST} fehlt oder ist nicht lesbar."
        )
    return manifest


def retention_until(rules: Rules) -> date:
    """The last day of retention, if the last payment falls into the year after the project's end."""
    return date(rules.project.end.year + 1 + RETENTION_YEARS, 12, 31)


def collect(
    results: Path, folder: Path, rules_folder: Path, rules: Rules, forms: Sequence[Path]
) -> dict[str, Content]:
    """Return path below ``data/`` → content. Raises NotPackable where something is not what the report was made from."""
    manifest = manifest_of(results)
    found: dict[str, Content] = dict(_below(RECEIVED, folder))
    found |= {f"{RULES}/{p}": rules_folder / p for p in _rule_files(rules_folder, manifest, rules)}
    found |= _results(results, manifest)
    found |= _forms(forms, manifest, (*results.parents[:2], folder.parent, rules_folder, rules_folder.parent))
    return found | dict(_program())


def _below(place: str, folder: Path) -> Iterator[tuple[str, Content]]:
    """Every ordinary file of a folder; links are left out, as they may lead to other people's files."""
    for path in entries_below(folder):
        if path.is_file() and not path.is_symlink():
            yield f"{place}/{path.relative_to(folder).as_posix()}", path


def _rule_files(folder: Path, manifest: Manifest, rules: Rules) -> Iterator[str]:
    if dict(rules.files) != dict(manifest.rules):
        raise NotPackable(
            f"Die Regeldateien in {folder} sind andere als die des Berichts. Nennen Sie mit --rules den Ordner, mit "
            "dem er gemacht wurde."
        )
    letters = (p.relative_to(folder).as_posix() for p in sorted(folder.rglob("*.j2")))
    yield from (*manifest.rules, *letters)


def _results(results: Path, manifest: Manifest) -> dict[str, Content]:
    """The files of the manifest, unchanged or signed, and of the previous report what this one compares with."""
    assert manifest.as_of is not None
    place = f"{RESULTS}/{manifest.as_of.isoformat()}"
    missing = [name for name in manifest.outputs if not (results / name).is_file()]
    if missing:
        raise NotPackable(f"In {results} fehlt {missing[0]}. Führen Sie „kisi report“ noch einmal aus.")
    found: dict[str, Content] = {f"{place}/{name}": results / name for name in manifest.outputs}
    found[f"{place}/{MANIFEST}"] = results / MANIFEST
    before = str(manifest.previous.get("as_of", ""))
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", before):
        earlier = (results.parent / before / name for name in (ERGEBNIS, MANIFEST))
        found |= {f"{RESULTS}/{before}/{p.name}": p for p in earlier if p.is_file()}
    return found


def _forms(forms: Sequence[Path], manifest: Manifest, near: Sequence[Path]) -> dict[str, Content]:
    """The empty forms: those named, or files of their names near by, if the hash matches."""
    named = {sha256(path): path.read_bytes() for path in forms}
    found: dict[str, Content] = {}
    for name, digest in manifest.forms.items():
        data = named.get(digest) or find_by_hash(name, digest, near)
        if data is None:
            raise NotPackable(
                f"Der Bericht füllt das Formular {name}. Nennen Sie es mit --form, wie es leer war."
            )
        found[f"{FORMS}/{name}"] = data
    return found


def check_inputs(inputs: Mapping[str, str], manifest: Manifest) -> None:
    """Raise NotPackable when the folder holds other files than those of the report. ``inputs``: file → SHA-256."""
    if inputs != manifest.inputs:
        other = sorted({k for k, _ in inputs.items() ^ manifest.inputs.items()})
        raise NotPackable(
            f"Die empfangenen Dateien sind andere als die des Berichts, zuerst {other[0]}. Führen Sie „kisi report“ "
            "noch einmal aus, und packen Sie dann."
        )


# --- the program --------------------------------------------------------------------------------------


def _program() -> Iterator[tuple[str, Content]]:
    """Source of the program, its lock file if there, and the installed versions."""
    package = Path(pipeline.__path__[0])
    for path in entries_below(package):
        if path.is_file() and not path.is_symlink() and "__pycache__" not in path.parts:
            yield f"{PROGRAM}/{package.name}/{path.relative_to(package).as_posix()}", path
    if (lock := package.parent / LOCK).is_file():
        yield f"{PROGRAM}/{LOCK}", lock
    yield f"{PROGRAM}/versionen.txt", _versions().encode()


def _versions() -> str:
    names = {str(d.metadata["Name"]): d.version for d in distributions() if d.metadata["Name"]}
    lines = [f"{name}=={version}" for name, version in sorted(names.items(), key=lambda e: e[0].lower())]
    return "\n".join([f"# Python {platform.python_version()}", *lines, ""])
