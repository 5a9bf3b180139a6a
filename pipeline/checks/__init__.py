"""Checks across rows and sheets of one workbook, in one visible list (``CHECKS``).

Each check has one shape: context in, findings out. Checks of a single cell or row stand in ``schema``;
checks against another submission in ``compare``. Contract: workbook.md, "Further checks".
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.checks.consistency import (
    needs_after_recording,
    papers_unchecked,
    repeated_contacts,
    stock_covers_persons,
    training_sizes,
)
from pipeline.checks.context import Check, Context
from pipeline.checks.prefilled import (
    attested_without_evidence,
    nil_returns,
    rule_rows,
    stichtag_within_project,
    unused_evidence,
)
from pipeline.checks.references import references
from pipeline.definitions.model import Finding, Workbook
from pipeline.rules import Rules

CHECKS: tuple[Check, ...] = (
    stichtag_within_project,
    nil_returns,
    references,
    papers_unchecked,
    needs_after_recording,
    stock_covers_persons,
    training_sizes,
    repeated_contacts,
    rule_rows,
    attested_without_evidence,
    unused_evidence,
)


def check_workbook(workbook: Workbook, of_schema: Sequence[Finding], rules: Rules) -> list[Finding]:
    """All findings across rows and sheets; a refused workbook has none.

    ``of_schema`` are those of single cells and rows, which some checks ask for.
    """
    if workbook.refused:
        return []
    context = Context(workbook, rules.kinds[workbook.kind], rules, (*workbook.findings, *of_schema))
    return [found for check in CHECKS for found in check(context)]
