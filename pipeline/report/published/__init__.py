"""Reads a published report back from its folder, without received files.

``kisi compare`` compares two of them; the sheet Änderungen shows what differs from the previous one in the
output folder.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from pipeline.definitions.sheets import LEAD_AGS, PROJECT_LEAD
from pipeline.disk.publish import MANIFEST
from pipeline.outcome import Outcome
from pipeline.report.ergebnis import ERGEBNIS, entries
from pipeline.report.ergebnis_schema import Document, SubmissionEntry
from pipeline.report.published.facts import (
    Difference,
    Facts,
    ReportFacts,
    differences,
    facts_of,
    of_rule_files,
)
from pipeline.rules.wording.rule_values import Values, exemption_values, rule_values
from pipeline.rules.wording.warnings import EarlierRules

MAX_REPORT_FILE = 500_000_000  # bytes; the report of 421 municipalities has some ten million
_FOLDER = re.compile(r"\d{4}-\d{2}-\d{2}")


class NotAReport(Exception):  # noqa: N818  - an answer to the user, not a fault of ours
    """A folder or file is no published report; the message is German and names it."""


@dataclass(frozen=True)
class PublishedReport:
    """One report: as-of date, SHA-256 of its ergebnis.json, facts, and names by AGS.

    ``has_rule_values`` is False where no readable manifest lies beside it.
    """

    as_of: date
    sha256: str
    facts: Facts
    names: Mapping[str, str]
    has_rule_values: bool = True


def compare_reports(before: PublishedReport, now: PublishedReport) -> list[Difference]:
    """Differences of two reports; values of the rules only where both have them."""
    found = differences(before.facts, now.facts)
    if before.has_rule_values and now.has_rule_values:
        return found
    return [d for d in found if not of_rule_files(d.fact)]


def read_published(path: Path) -> PublishedReport:
    """Reads a folder of results or its ergebnis.json. Raises NotAReport for anything else."""
    file = path / ERGEBNIS if path.is_dir() else path
    data = _bytes(file)
    try:
        document = TypeAdapter(Document).validate_json(data)
        values = _rule_values(file.parent / MANIFEST, document)
        facts = dict(facts_of(_told(document), values))
        day = date.fromisoformat(document["as_of"])
    except (ValidationError, ValueError, KeyError, RecursionError, OverflowError):
        raise NotAReport(
            f"{file} ist kein Bericht dieses Programms: Der Inhalt hat nicht die Form von {ERGEBNIS}."
        ) from None
    names = _names(document["submissions"])
    return PublishedReport(day, hashlib.sha256(data).hexdigest(), facts, names, values is not None)


def _told(document: Document) -> ReportFacts:
    return ReportFacts(
        document["as_of"],
        document["rules"],
        document["round"],
        document["submissions"],
        document["targets"],
        document["milestones"],
        document["evidence"],
        document["consolidated"],
    )


def _bytes(file: Path) -> bytes:
    try:
        if not file.is_file():
            raise NotAReport(f"{file} fehlt. Nennen Sie den Ordner eines Berichts oder seine {ERGEBNIS}.")
        if file.stat().st_size > MAX_REPORT_FILE:
            raise NotAReport(f"{file} ist größer als {MAX_REPORT_FILE // 1_000_000} MB.")
        return file.read_bytes()
    except OSError:
        raise NotAReport(f"{file} lässt sich nicht lesen. Prüfen Sie Ihre Berechtigung.") from None


def _rule_values(manifest: Path, document: Document) -> tuple[Values, Values] | None:
    """(values, exemptions) from the manifest beside the report, None without a readable one of this report."""
    try:
        if manifest.stat().st_size > MAX_REPORT_FILE:
            return None
        stated = json.loads(manifest.read_bytes())
        rules = stated["rules"]
        if (stated["as_of"], rules["version"]) != (document["as_of"], document["rules"]["version"]):
            return None
        return _texts(rules["values"]), _texts(rules["exemptions"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _texts(value: Any) -> dict[str, dict[str, str]]:
    return {str(nr): {str(s): str(t) for s, t in dict(subjects).items()} for nr, subjects in value.items()}


def _names(submissions: Iterable[SubmissionEntry]) -> dict[str, str]:
    """AGS → name, as the report's submissions name them."""
    found = {LEAD_AGS: PROJECT_LEAD.title}
    for one in submissions:
        if one["ags"] and one["commune"]:
            found.setdefault(one["ags"], one["commune"])
    return found


def published_now(outcome: Outcome) -> PublishedReport:
    """The report that is being written, in the same form."""
    now = entries(outcome)
    parts = ReportFacts(
        now.as_of,
        now.rules,
        now.round,
        now.submissions,
        now.targets,
        now.milestones,
        now.evidence,
        now.consolidated,
    )
    facts = dict(facts_of(parts, (rule_values(outcome.rules), exemption_values(outcome.rules))))
    return PublishedReport(outcome.as_of, "", facts, {m.ags: m.name for m in outcome.rules.members})


def rules_of_last_report(out: Path) -> EarlierRules | None:
    """Rules according to the manifest of the latest report in ``out``; None without a readable one."""
    for folder in sorted((p for p in out.glob("????-??-??") if _FOLDER.fullmatch(p.name)), reverse=True):
        try:
            rules = json.loads((folder / MANIFEST).read_bytes())["rules"]
            values = _texts(rules["values"])
            return EarlierRules(f"des Berichts in {folder}", str(rules["version"]), values)
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            continue
    return None


def previous_published(out: Path, as_of: date) -> PublishedReport | None:
    """The latest readable report in ``out`` with an earlier as-of date."""
    folders = (p for p in out.glob("????-??-??") if _FOLDER.fullmatch(p.name) and p.name < as_of.isoformat())
    for folder in sorted(folders, reverse=True):
        try:
            found = read_published(folder)
        except NotAReport:
            continue
        if found.as_of.isoformat() == folder.name:
            return found
    return None
