"""``kisi verify``: is this workbook what the received files and the rules give?

Everything is computed anew as of the date that the report names, and compared: the workbook cell by cell,
ergebnis.json, and the hashes of the manifest beside it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from pipeline.audit.verify.cells import compare_workbooks
from pipeline.audit.verify.manifest import Manifest, manifest_differences, read_manifest
from pipeline.audit.verify.read import Opened, read_opened
from pipeline.disk.publish import MANIFEST
from pipeline.engine.engine import Engine
from pipeline.report.ergebnis import ergebnis_text
from pipeline.report.summary import summary_bytes
from pipeline.rules import Rules
from pipeline.run import Outcome, Progress, no_progress, run

ERGEBNIS = "ergebnis.json"
_GERMAN_DAY = re.compile(r"\b(\d{2})\.(\d{2})\.(\d{4})\b")
_ISO_DAY = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})")


class NoDate(Exception):  # noqa: N818  - an answer to the user, not a fault of ours
    """Neither the report nor its manifest names an as-of date."""


@dataclass(slots=True)
class Verdict:
    """``differences``: what is not as computed. ``notes``: what the reader should know. German."""

    as_of: date
    cells: int
    differences: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def verify(
    report: Path, folder: Path, rules: Rules, progress: Progress = no_progress, engine: Engine | None = None
) -> Verdict:
    """Refused when ``report`` is no readable workbook, NoDate, OSError when something cannot be read."""
    data = report.read_bytes()
    given = read_opened(data)
    manifest = read_manifest(report.parent)
    as_of = _as_of(given, report.name, manifest)
    outcome = run(folder, rules, as_of, progress, engine)
    found = compare_workbooks(given, read_opened(summary_bytes(outcome)))
    verdict = Verdict(as_of, found.cells)
    if manifest is None:
        verdict.notes.append(
            f"{MANIFEST} liegt nicht neben dem Bericht oder ist nicht lesbar; Prüfsummen sind nicht verglichen."
        )
    else:  # first, for it names the cause of what follows
        verdict.differences, verdict.notes = manifest_differences(
            manifest, report, outcome, resaved=found.resaved
        )
    verdict.differences += [*_ergebnis(report.parent / ERGEBNIS, outcome), *found.differences]
    verdict.notes += found.notes
    return verdict


def _ergebnis(path: Path, outcome: Outcome) -> Iterator[str]:
    """The file for programs says the same as the workbook: it is computed anew as well."""
    if path.is_file() and path.read_bytes() != ergebnis_text(outcome).encode():
        yield f"{path.name}: der Inhalt ist nicht der nachgerechnete."


# --- the date -----------------------------------------------------------------------------------------


def _as_of(given: Opened, name: str, manifest: Manifest | None) -> date:
    """The date that most places of the report name, so that one edited cell does not lead astray."""
    votes = Counter(d for d in _dates(given, name) if d is not None)
    if votes:
        return min(votes, key=lambda d: (-votes[d], d))
    if manifest is not None and manifest.as_of is not None:
        return manifest.as_of
    raise NoDate


def _dates(given: Opened, name: str) -> Iterator[date | None]:
    """File name, titles in A1, footers, document properties."""
    yield _day(_ISO_DAY.search(name), 1, 2, 3)
    for sheet in given.sheets.values():
        title = sheet.cells.get("A1")
        for text in (sheet.footer, title.value if title else None):
            if isinstance(text, str):
                yield _day(_GERMAN_DAY.search(text), 3, 2, 1)
    yield _day(_GERMAN_DAY.search(given.properties.decode("utf-8", "replace")), 3, 2, 1)


def _day(match: re.Match[str] | None, year: int, month: int, day: int) -> date | None:
    if match is None:
        return None
    try:
        return date(int(match[year]), int(match[month]), int(match[day]))
    except ValueError:
        return None
