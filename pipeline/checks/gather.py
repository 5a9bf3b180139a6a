"""Gathers the findings of a workbook: exempted, one per cause, in reading order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from pipeline.checks.answers import GivenAnswer, reply
from pipeline.checks.deduplicate import deduplicate_findings, each_cell, group_findings
from pipeline.checks.exemptions import apply_exemptions, with_expiry_notes
from pipeline.definitions.model import Finding, Workbook
from pipeline.rules import Rules


def gather(workbook: Workbook, more: Iterable[Finding], rules: Rules) -> Workbook:
    """The workbook with its findings and ``more``; may be called again with later findings.

    Exempted errors become warnings, a cell keeps one error per cause, a note follows an error whose exemption
    has expired, and findings that repeat in a column for the same reason are combined.
    """
    found = each_cell([*workbook.findings, *more])
    exempted = apply_exemptions(workbook, found, rules.exemptions)
    settled = deduplicate_findings(exempted, rules.kinds.get(workbook.kind))
    noted = with_expiry_notes(workbook, settled, rules.exemptions)
    return replace(workbook, findings=tuple(group_findings(noted)))


def with_answers(workbook: Workbook, said: Sequence[GivenAnswer]) -> Workbook:
    """The workbook with the municipality's answers to its findings, from this or earlier submissions."""
    if not said or workbook.refused:
        return workbook
    return replace(workbook, findings=reply(workbook, said))


def without_findings(workbook: Workbook) -> Workbook:
    """Return a copy of the workbook without findings, for a duplicate reported with the other file."""
    return replace(workbook, findings=(), not_run=())
