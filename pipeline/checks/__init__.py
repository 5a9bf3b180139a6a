"""Checks the tables of a workbook and settles its findings. Contract: workbook.md, "Further checks".

Checks: that a cell must be filled is said in ``definitions.sheets``; single cells and rows in ``schema``;
rows against each other and other sheets in ``references``, ``consistency``, ``dates``, ``prefilled``,
``form`` and ``stichtag``, listed in ``CHECKS``, each with a ``CheckContext`` and yielding findings; against
an earlier submission in ``previous`` and ``plausibility``.

Findings: ``gather`` applies ``exemptions``, ``deduplicate`` and ``answers``; ``not_run`` names checks that
another finding prevented.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeline.checks.consistency import (
    empty_beside_unread,
    needs_after_recording,
    papers_unchecked,
    repeated_contacts,
    stock_covers_persons,
    training_sizes,
)
from pipeline.checks.context import Check, CheckContext
from pipeline.checks.dates import (
    addressed_by_an_offer_that_runs,
    evidence_not_before_what_it_proves,
    participation_within_stay,
    running_after_its_end,
    stock_is_recent,
)
from pipeline.checks.form import name_fits_key, released_after_stichtag, rules_are_current
from pipeline.checks.gather import gather
from pipeline.checks.not_run import checks_not_run
from pipeline.checks.prefilled import (
    attested_without_evidence,
    nil_returns,
    rule_rows,
    stichtag_planned,
    stichtag_within_project,
    unused_evidence,
)
from pipeline.checks.references import references
from pipeline.checks.stichtag import one_for_many_later
from pipeline.definitions.model import Finding, Workbook
from pipeline.rules import Rules

CHECKS: tuple[Check, ...] = (
    stichtag_within_project,
    stichtag_planned,
    nil_returns,
    references,
    empty_beside_unread,
    papers_unchecked,
    needs_after_recording,
    stock_covers_persons,
    training_sizes,
    repeated_contacts,
    rule_rows,
    attested_without_evidence,
    unused_evidence,
    name_fits_key,
    rules_are_current,
    released_after_stichtag,
    running_after_its_end,
    participation_within_stay,
    addressed_by_an_offer_that_runs,
    evidence_not_before_what_it_proves,
    stock_is_recent,
)


def check_workbook(workbook: Workbook, of_schema: Sequence[Finding], rules: Rules) -> Workbook:
    """Return the workbook with all findings of its own, and the checks that could not run.

    ``of_schema``: the findings of single cells and rows, which some checks need. A refused workbook is not
    checked.
    """
    if workbook.refused:
        return gather(workbook, of_schema, rules)
    context = CheckContext(workbook, rules.kinds[workbook.kind], rules, (*workbook.findings, *of_schema))
    across = [found for check in CHECKS for found in check(context)]
    whole = replace(context, found=(*context.found, *across))
    found = one_for_many_later(workbook, [*of_schema, *across])
    return replace(gather(workbook, found, rules), not_run=checks_not_run(whole))
