"""Fills ergebnis.json, the report for programs. Its structure: ``ergebnis_schema``. Contract: results.md,
"ergebnis.json".
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import cast

import msgspec

from pipeline.definitions.model import Finding, Severity, State
from pipeline.definitions.results import Result, Value
from pipeline.evaluate.consolidate import ProjectResult
from pipeline.outcome import Outcome
from pipeline.report.ergebnis_schema import (
    ConsolidatedEntry,
    Document,
    EvidenceEntry,
    FindingEntry,
    MilestoneEntry,
    PeriodEntry,
    ProjectMilestoneEntry,
    ProjectTargetEntry,
    RoundEntry,
    RulesEntry,
    SubmissionEntry,
    TargetEntry,
)
from pipeline.selection import Round, Submission

ERGEBNIS = "ergebnis.json"


@dataclass(frozen=True)
class Entries:
    """The parts of the document; those with an entry per municipality are iterators, computed on demand."""

    as_of: str
    project: PeriodEntry
    rules: RulesEntry
    round: RoundEntry
    submissions: Iterator[SubmissionEntry]
    findings: Iterator[FindingEntry]
    targets: Iterator[TargetEntry]
    milestones: Iterator[MilestoneEntry]
    evidence: Iterator[EvidenceEntry]
    consolidated: ConsolidatedEntry


def entries(outcome: Outcome) -> Entries:
    """The parts of the document, by the keys of the contract and in their order. Each iterator can be used
    once.
    """
    rules, results = outcome.rules, outcome.results
    return Entries(
        as_of=outcome.as_of.isoformat(),
        project={"start": rules.project.start.isoformat(), "end": rules.project.end.isoformat()},
        rules={"version": rules.project.version, "sha256": rules.sha256},
        round=_round(outcome.round),
        submissions=chain(
            (_submission(s) for s in outcome.received),
            (_missing(m.ags, m.name) for m in outcome.missing),
        ),
        findings=_findings(outcome),
        targets=(t for r in results for t in _targets(r)),
        milestones=(m for r in results for m in _milestones(r)),
        evidence=(e for r in results for e in _evidence(r)),
        consolidated=_consolidated(outcome.project),
    )


def ergebnis(outcome: Outcome) -> Document:
    """The whole document as plain values."""
    found = {name: list(v) if isinstance(v, Iterator) else v for name, v in vars(entries(outcome)).items()}
    return cast("Document", found)


def ergebnis_text(outcome: Outcome) -> str:
    """The document as JSON text."""
    return "".join(_chunks(outcome))


def write_ergebnis(outcome: Outcome, path: Path) -> None:
    """Writes the document piece by piece, never whole in memory."""
    with path.open("wb") as file:
        for chunk in _chunks(outcome):
            file.write(chunk.encode())


def _chunks(outcome: Outcome) -> Iterator[str]:
    """The JSON text in pieces, indented file names in an unknown encoding are escaped."""
    before = "{"
    for name, value in vars(entries(outcome)).items():
        yield f'{before}\n "{name}": '
        yield from _listed(value) if isinstance(value, Iterator) else (_indented(value, 1),)
        before = ","
    yield "\n}\n"


def _listed(values: Iterator[object]) -> Iterator[str]:
    before = "["
    for value in values:
        yield f"{before}\n  {_indented(value, 2)}"
        before = ","
    yield "[]" if before == "[" else "\n ]"


def _indented(value: object, depth: int) -> str:
    plain = json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")
    text = msgspec.json.format(plain, indent=1).decode("utf-8", "surrogatepass")
    return text.replace("\n", "\n" + depth * " ").encode("utf-8", "backslashreplace").decode()


def decimal(share: Fraction) -> str:
    """A share as a decimal of six places, rounded half to even in exact arithmetic."""
    millionths = round(share * 10**6)
    return f"{millionths // 10**6}.{millionths % 10**6:06d}"


def _value(value: Value) -> str | int | None:
    return decimal(value) if isinstance(value, Fraction) else value


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _round(of: Round) -> RoundEntry:
    return {
        "stichtag": _day(of.stichtag),
        "due": _day(of.due),
        "municipalities": [{"ags": d.member.ags, "status": d.status, "file": d.file} for d in of.deliveries],
        "counts": dict(of.counts),
    }


def _submission(submission: Submission) -> SubmissionEntry:
    """The entry of a file; for one of a later reporting date without numbers of findings."""
    workbook, state = submission.workbook, submission.state
    part = state is not State.LATER
    return {
        "ags": workbook.ags,
        "commune": workbook.municipality,
        "file": workbook.file,
        "sha256": workbook.sha256 or None,
        "stichtag": _day(workbook.stichtag),
        "abgabe_nr": workbook.number,
        "state": state,
        "closed": submission.closed if state is State.REJECTED else None,
        "rows_read": workbook.rows_read if part else None,
        "rows_accepted": (workbook.rows_read if state is State.ACCEPTED else 0) if part else None,
        "errors": workbook.count(Severity.ERROR) if part else None,
        "warnings": workbook.count(Severity.WARNING) if part else None,
        "notes": workbook.count(Severity.NOTE) if part else None,
    }


def _missing(ags: str, commune: str) -> SubmissionEntry:
    return {
        "ags": ags,
        "commune": commune,
        "file": None,
        "sha256": None,
        "stichtag": None,
        "abgabe_nr": None,
        "state": State.MISSING,
        "closed": None,
        "rows_read": None,
        "rows_accepted": None,
        "errors": None,
        "warnings": None,
        "notes": None,
    }


def _findings(outcome: Outcome) -> Iterator[FindingEntry]:
    """By file, then in reading order; notes on files that are no submission stand at their path."""
    found: list[tuple[str, str | None, Finding]] = [(name, None, one) for name, one in outcome.notes]
    for submission in outcome.submissions:
        workbook = submission.workbook
        found += [(workbook.file, workbook.ags, one) for one in workbook.findings]
    return (_finding(ags, file, one) for file, ags, one in sorted(found, key=lambda t: t[0]))


def _finding(ags: str | None, file: str, one: Finding) -> FindingEntry:
    return {
        "rule": one.rule,
        "severity": one.severity,
        "ags": ags,
        "file": file,
        "sheet": one.sheet,
        "cell": one.cell,
        "column": one.column,
        "count": one.count,
        "cells": list(one.cells),
        "answer": one.answer.shown if one.answer else None,
        "message": one.message,
        "remedy": one.remedy,
    }


def _targets(result: Result) -> list[TargetEntry]:
    return [
        {
            "ags": t.ags,
            "nr": t.nr,
            "year": t.year,
            "numerator": t.numerator,
            "denominator": t.denominator,
            "value": _value(t.value),
            "threshold": _value(t.threshold),
            "status": t.status,
            "data_as_of": _day(t.data_as_of),
        }
        for t in result.targets
    ]


def _milestones(result: Result) -> list[MilestoneEntry]:
    return [
        {
            "ags": m.ags,
            "nr": m.nr,
            "due": _day(m.due),
            "status": m.status,
            "reached_on": _day(m.reached_on),
            "criteria": [
                {
                    "nr": c.nr,
                    "status": c.status,
                    "reached_on": _day(c.reached_on),
                    "value": _value(c.value),
                    "threshold": _value(c.threshold),
                    "evidence": list(c.evidence),
                }
                for c in m.criteria
            ],
        }
        for m in result.milestones
    ]


def _evidence(result: Result) -> list[EvidenceEntry]:
    return [
        {"ags": e.ags, "nr": e.nr, "due": _day(e.due), "count": e.count, "status": e.status}
        for e in result.evidence
    ]


def _consolidated(project: ProjectResult) -> ConsolidatedEntry:
    targets: list[ProjectTargetEntry] = [
        {
            "nr": t.nr,
            "year": t.year,
            "numerator": t.numerator,
            "denominator": t.denominator,
            "value": _value(t.value),
            "communes_met": t.communes_met,
            "communes_evaluated": t.communes_evaluated,
            "communes_total": t.communes_total,
            "status": t.status,
        }
        for t in project.targets
    ]
    milestones: list[ProjectMilestoneEntry] = [
        {"nr": m.nr, "due": _day(m.due), "counts": dict(m.counts), "communes_total": m.communes_total}
        for m in project.milestones
    ]
    return {"targets": targets, "milestones": milestones}
