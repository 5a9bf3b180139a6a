"""``kisi verify PACKAGE.zip``: checks a package against its own lists and recomputes its report."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from pipeline import __version__
from pipeline.audit.pack.collect import sha256
from pipeline.audit.pack.places import (
    AS_OF,
    FORMS,
    PREVIOUS,
    PREVIOUS_HASH,
    RECEIVED,
    RESULTS,
    RETENTION,
    RULES,
    VERSION,
)
from pipeline.audit.pack.read_package import BadPackage, OpenedPackage
from pipeline.audit.verify import Verdict
from pipeline.audit.verify.manifest import Manifest, read_manifest
from pipeline.report.write import report_file

Recompute = Callable[[Path, Path, Path, Path], Verdict]  # report, received, rules, forms → verdict


@dataclass
class PackageVerdict:
    """``differences`` and ``notes`` about the package; ``report``: None where it cannot be recomputed."""

    differences: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    report: Verdict | None = None


def verify_package(package: OpenedPackage, path: Path, recompute: Recompute) -> PackageVerdict:
    """Checks a package and recomputes its report. Raises BadPackage where it holds no report."""
    found = PackageVerdict(list(package.differences), list(_about(package, path)))
    day = _as_of(package)
    as_of, data = day.isoformat(), package.folder / "data"
    results = data / RESULTS / as_of
    report = results / report_file(day)
    manifest = read_manifest(results)
    if manifest is None or not report.is_file():
        raise BadPackage(f"Das Paket enthält keinen Bericht zum Stand {as_of}.")
    if package.deleted:
        found.differences += _not_accounted(package, manifest, as_of)
        found.notes += _deletions(package)
    else:
        found.report = recompute(report, data / RECEIVED, data / RULES, data / FORMS)
    return found


def _as_of(package: OpenedPackage) -> date:
    """Date of the report, which becomes part of a path, so it is parsed as a date."""
    try:
        return date.fromisoformat(package.info.get(AS_OF, ""))
    except ValueError:
        raise BadPackage("Das Paket nennt nicht den Stand seines Berichts.") from None


def _about(package: OpenedPackage, path: Path) -> Iterator[str]:
    """What the package states about itself, and its chain to the previous package if that is beside it."""
    info = package.info
    if info.get(RETENTION):
        yield f"Aufzubewahren mindestens bis {info[RETENTION]}."
    if info.get(VERSION, __version__) != __version__:
        yield (
            f"Das Paket wurde mit kisi {info[VERSION]} gemacht, hier läuft {__version__}. Das damalige Programm liegt im "
            "Paket unter data/programm."
        )
    if previous := info.get(PREVIOUS):
        beside = path.parent / Path(previous).name
        if not beside.is_file():
            yield f"Das Paket davor, {previous}, liegt nicht daneben; die Kette ist nicht geprüft."
        elif sha256(beside) == info.get(PREVIOUS_HASH):
            yield f"Das Paket davor, {previous}, ist unverändert."
        else:
            yield f"Achtung: {previous} daneben ist nicht das Paket, an das dieses anschließt."


def _deletions(package: OpenedPackage) -> Iterator[str]:
    for path, digest, reason in package.deleted:
        yield f"Gelöscht: {path} (SHA-256 {digest[:16]}…), Grund: {reason}."
    yield (
        "Weil Dateien gelöscht sind, wird nicht nachgerechnet; verglichen sind alle Prüfsummen. Das Paket davor belegt "
        "die Rechnung, solange es aufbewahrt wird."
    )


def _not_accounted(package: OpenedPackage, manifest: Manifest, as_of: str) -> Iterator[str]:
    """Files of the report's manifest that are missing or changed and not listed as deleted."""
    known = {**package.digests, **{path: digest for path, digest, _ in package.deleted}}
    named = {f"{RESULTS}/{as_of}/{name}": digest for name, digest in manifest.outputs.items()}
    named |= {f"{RULES}/{name}": digest for name, digest in manifest.rules.items()}
    inputs = {f"{RECEIVED}/{name}": digest for name, digest in manifest.inputs.items()}
    named |= {path: digest for path, digest in inputs.items() if path in known}
    for path, digest in sorted(named.items()):
        if path not in known:
            yield f"{path} fehlt und ist nicht als gelöscht genannt."
        elif known[path] != digest:
            yield f"{path} hat eine andere Prüfsumme als im Bericht."
