"""Writes a package, chained to the previous one, and packages from which a file was deleted."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline import __version__
from pipeline.audit.pack.bag import PAYLOAD, tag_files
from pipeline.audit.pack.collect import Content, manifest_of, retention_until, sha256
from pipeline.audit.pack.places import (
    AS_OF,
    CONTENT,
    DELETED_COLUMNS,
    DELETED_FILE,
    LEDGER_COLUMNS,
    LEDGER_FILE,
    PACKAGE_NAME,
    PREVIOUS,
    PREVIOUS_HASH,
    RECEIVED,
    RESULTS,
    RETENTION,
    RULES_VERSION,
    VERSION,
)
from pipeline.audit.pack.read_package import OpenedPackage, opened_package
from pipeline.disk.csv_table import csv_table
from pipeline.disk.publish import publish_files
from pipeline.report.feedback_files import FEEDBACK_FOLDER
from pipeline.report.feedback_places import LETTER
from pipeline.report.row_files import DATA_FOLDER
from pipeline.rules import Rules

_MIDNIGHT = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can say, so that the bytes depend on nothing else


@dataclass(frozen=True, slots=True)
class Written:
    """The package; ``new`` is False where the same content was packed before. ``removed``: deleted paths."""

    path: Path
    new: bool = True
    removed: tuple[str, ...] = ()


def write_package(
    content: Mapping[str, Content], results: Path, rules: Rules, archive: Path, previous: Path | None
) -> Written:
    """Write the package into ``archive``, whole or not at all.

    ``previous``: the package before it; by default the latest one there. The same content is not packed twice.
    Raises CannotWrite, and BadPackage for a previous one that is none.
    """
    manifest = manifest_of(results)
    assert manifest.as_of is not None
    latest = previous or latest_package(archive)
    payload = {path: sha256(data) for path, data in content.items()}
    digest = content_hash(payload)
    info = [
        ("Source-Organization", " ".join(filter(None, (rules.project.short_title, rules.project.fund)))),
        (
            "External-Description",
            f"KISI-Bericht zum {manifest.as_of.isoformat()} mit allem, woraus er entstand",
        ),
        (AS_OF, manifest.as_of.isoformat()),
        (RULES_VERSION, rules.project.version),
        (VERSION, __version__),
        (RETENTION, retention_until(rules).isoformat()),
        (CONTENT, digest),
    ]
    rows: list[list[str]] = []
    if latest is not None:
        with opened_package(latest) as before:
            if before.info.get(CONTENT) == digest:
                return Written(latest, new=False)
            rows = [*before.ledger, _entry(latest, before)]
        info += [(PREVIOUS, latest.name), (PREVIOUS_HASH, sha256(latest))]
    ledger = csv_table(LEDGER_COLUMNS, rows)
    name = _free_name(archive, PACKAGE_NAME.format(as_of=manifest.as_of.isoformat()))
    return Written(_publish(archive, name, {**content, LEDGER_FILE: ledger}, info))


def content_hash(payload: Mapping[str, str]) -> str:
    """One hash over the packed content, without the chain."""
    listed = "".join(f"{digest}  {path}\n" for path, digest in sorted(payload.items()))
    return hashlib.sha256(listed.encode()).hexdigest()


def latest_package(archive: Path) -> Path | None:
    """The package in a folder that was written last: by date, then by number."""
    pattern = re.compile(
        re.escape(PACKAGE_NAME).replace(r"\{as_of\}", r"(\d{4}-\d{2}-\d{2})") + r"(?:_(\d+))?\.zip"
    )
    named = ((pattern.fullmatch(p.name), p) for p in archive.glob("*.zip"))
    found = [((m[1], int(m[2] or 1)), p) for m, p in named if m]
    return max(found)[1] if found else None


def _free_name(archive: Path, stem: str) -> str:
    number = 1
    while (archive / (name := f"{stem}{f'_{number}' if number > 1 else ''}.zip")).exists():
        number += 1
    return name


def _entry(path: Path, package: OpenedPackage) -> list[str]:
    return [path.name, sha256(path), package.info.get(AS_OF, ""), package.info.get(RULES_VERSION, "")]


def _publish(
    archive: Path, name: str, content: Mapping[str, Content], info: Sequence[tuple[str, str]]
) -> Path:
    stem = name.removesuffix(".zip")
    payload = {path: sha256(data) for path, data in content.items()}
    files: dict[str, Content] = {
        **tag_files(payload, info),
        **{PAYLOAD + p: data for p, data in content.items()},
    }
    archive.mkdir(parents=True, exist_ok=True)
    (path,) = publish_files(archive, [(name, _zipped(stem, files))])
    return path


def _zipped(stem: str, files: Mapping[str, Content]) -> bytes:
    """The bag as a zip: names sorted, no time, no owner."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for path, content in sorted(files.items()):
            entry = zipfile.ZipInfo(f"{stem}/{path}", _MIDNIGHT)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            data = content if isinstance(content, bytes) else content.read_bytes()
            archive.writestr(entry, data)
    return target.getvalue()


# --- deletion -----------------------------------------------------------------------------------------


def without_file(package: Path, file: str, reason: str) -> Written:
    """Write a package beside ``package`` from which a received file was taken out, with all that repeats it.

    That is the file in ``eingang``, its copy and letter, and the consolidated rows. What was taken out stays
    named with its SHA-256 and the reason. Raises BadPackage, CannotWrite, and KeyError for an unknown file.
    """
    with opened_package(package) as before:
        gone = {p for p in before.payload if _repeats(p, file)}
        if f"{RECEIVED}/{file}" not in gone:
            raise KeyError(file)
        kept: dict[str, Content] = {p: path for p, path in before.payload.items() if p not in gone}
        deleted = [*before.deleted, *([p, before.digests[p], reason] for p in sorted(gone))]
        kept[DELETED_FILE] = csv_table(DELETED_COLUMNS, deleted)
        kept[LEDGER_FILE] = csv_table(LEDGER_COLUMNS, [*before.ledger, _entry(package, before)])
        info = [(k, v) for k, v in before.info.items() if k not in (PREVIOUS, PREVIOUS_HASH)]
        info += [(PREVIOUS, package.name), (PREVIOUS_HASH, sha256(package))]
        stem = PACKAGE_NAME.format(as_of=before.info.get(AS_OF, ""))
        path = _publish(package.parent, _free_name(package.parent, stem), kept, info)
    return Written(path, removed=tuple(sorted(gone)))


def _repeats(path: str, file: str) -> bool:
    """Whether a payload file holds rows of a received file."""
    place, _, inside = path.partition("/")
    if place == RECEIVED:
        return inside == file
    if place != RESULTS:
        return False
    _, _, output = inside.partition("/")
    stem = file.rpartition(".")[0]
    copies = (
        f"{FEEDBACK_FOLDER}/{file}",
        f"{FEEDBACK_FOLDER}/{file}{LETTER}",
        f"{FEEDBACK_FOLDER}/{stem}.xlsx",
    )
    return output in copies or output.startswith((f"{DATA_FOLDER}/", f"{FEEDBACK_FOLDER}/{file}/"))
