"""Finds the report that the verified one compares itself with (sheet Änderungen).

Where the earlier report is not at hand, the section on it is taken from the given workbook, and a remark says
so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from pipeline.audit.verify.manifest import Manifest
from pipeline.audit.verify.opened_report import OpenedReport
from pipeline.disk.publish import MANIFEST
from pipeline.outcome import Outcome
from pipeline.report.ergebnis import ERGEBNIS
from pipeline.report.published import NotAReport, PublishedReport, read_published
from pipeline.report.summary.tracing.differences_sheet import TITLE
from pipeline.report.summary.tracing.published_differences import SECTION, as_told

_ADDRESS = re.compile(r"([A-Z]+)([0-9]+)")
_DAY = re.compile(r"(\d{2})\.(\d{2})\.(\d{4})")


@dataclass(frozen=True, slots=True)
class ChangesSection:
    """Content of the sheet Änderungen: date of the earlier report, texts by row and column letter.

    ``as_of`` is None where the workbook has no such section.
    """

    as_of: date | None = None
    rows: dict[int, dict[str, str]] = field(default_factory=dict)


@dataclass(slots=True)
class PreviousComparison:
    """German lines about the earlier report: differences, and what could not be compared."""

    differences: list[str] = field(default_factory=list)
    uncompared: list[str] = field(default_factory=list)


def section_of(given: OpenedReport) -> ChangesSection:
    """The section of the sheet Änderungen; without a date where it is missing or its date cannot be read."""
    rows: dict[int, dict[str, str]] = {}
    for sheet in given.sheets.values():
        if sheet.name.startswith(TITLE):
            for address, cell in sheet.cells.items():
                match = _ADDRESS.fullmatch(address)
                if match and isinstance(cell.value, str):
                    rows.setdefault(int(match[2]), {})[match[1]] = cell.value
            start = next((n for n, cells in rows.items() if cells.get("A", "").startswith(SECTION)), None)
            if start is not None and (day := _day(rows[start]["A"])):
                return ChangesSection(day, {n: c for n, c in sorted(rows.items()) if n > start + 1})
            rows.clear()
    return ChangesSection()


def _day(text: str) -> date | None:
    match = _DAY.search(text)
    try:
        return date(int(match[3]), int(match[2]), int(match[1])) if match else None
    except ValueError:
        return None


def previous_of_report(
    section: ChangesSection, report: Path, manifest: Manifest | None, outcome: Outcome
) -> tuple[PublishedReport | None, PreviousComparison]:
    """(the earlier report that the given one must be compared with, or None; what to say of it)."""
    remarks = PreviousComparison()
    named = manifest.previous if manifest else {}
    if not named and (manifest is not None or section.as_of is None):
        return None, remarks  # a section that nothing accounts for shows as a difference of its cells
    day = named.get("as_of") or (section.as_of.isoformat() if section.as_of else "")
    folder = report.parent.parent / day
    found = _beside(folder) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", day) else None
    if found is not None and manifest is not None and found.sha256 != named.get("sha256"):
        remarks.differences.append(
            f"{folder.name}/{ERGEBNIS}: ist nicht der frühere Bericht, mit dem verglichen wurde (SHA-256 weicht ab)."
        )
    elif found is not None and manifest is not None:
        return found, remarks
    elif found is None:
        remarks.uncompared.append(
            f"Der frühere Bericht {day} liegt nicht neben diesem; was das Blatt „{TITLE}“ von ihm sagt, ist nicht "
            "nachgerechnet."
        )
    else:
        remarks.uncompared.append(
            f"Ohne {MANIFEST} ist nicht zu prüfen, ob der frühere Bericht der verglichene ist; was das Blatt "
            f"„{TITLE}“ von ihm sagt, ist nicht nachgerechnet."
        )
    return (as_told(section.rows, outcome, section.as_of) if section.as_of else None), remarks


def _beside(folder: Path) -> PublishedReport | None:
    try:
        return read_published(folder)
    except NotAReport:
        return None
