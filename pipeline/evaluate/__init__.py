"""Evaluates every target, criterion, milestone and evidence point of one municipality. Pure functions.

Every date means the end of that day. Contract: catalogue.md, "How the open questions are read"; results.md,
"ergebnis.json".
"""

from __future__ import annotations

from datetime import date

from pipeline.definitions.model import Status, Workbook
from pipeline.definitions.results import EvidenceResult, MilestoneResult, Result, TargetResult
from pipeline.definitions.sheets import LEAD_AGS, MUNICIPALITY, PROJECT_LEAD
from pipeline.evaluate.calculations import evaluate_target, years_of
from pipeline.evaluate.deadlines import evaluate_evidence, evaluate_milestone
from pipeline.evaluate.records import SubmissionRecords
from pipeline.rules import Rules


def evaluate(workbook: Workbook, lead: Workbook | None, rules: Rules, as_of: date) -> Result:
    """Evaluate one accepted submission as of ``as_of``; ``lead`` is the project lead's accepted one, if any.

    The project lead's own result has its targets only. Values with a history are those of ``as_of``.
    """
    rules = rules.at(as_of)
    own, of_lead = SubmissionRecords(workbook, rules), SubmissionRecords(lead, rules) if lead else None
    return evaluate_records(own, of_lead, rules, as_of)


def evaluate_records(
    data: SubmissionRecords, lead: SubmissionRecords | None, rules: Rules, as_of: date
) -> Result:
    """Do what ``evaluate`` does with the records of workbooks; ``rules`` are those of ``as_of``."""
    workbook = data.workbook
    assert workbook.stichtag is not None
    assert workbook.ags is not None
    on = min(as_of, workbook.stichtag)
    targets = tuple(
        evaluate_target(t, data, year, rules, on)
        for t in rules.targets_of(workbook.kind)
        for year in years_of(t, rules, as_of)
    )
    if workbook.ags == LEAD_AGS:
        return Result(workbook.ags, on, targets, (), ())
    milestones = tuple(evaluate_milestone(m, data, lead, rules, as_of, on) for m in rules.milestones)
    evidence = tuple(e for p in rules.evidence for e in evaluate_evidence(p, data, rules, as_of, on))
    return Result(workbook.ags, on, targets, milestones, evidence)


def without_submission(ags: str, rules: Rules, as_of: date) -> Result:
    """Return the result of a municipality without an accepted submission: no figure, never a zero."""
    rules, is_lead = rules.at(as_of), ags == LEAD_AGS
    kind = PROJECT_LEAD.id if is_lead else MUNICIPALITY.id
    none = Status.NO_SUBMISSION
    targets = tuple(
        TargetResult(ags, t.id, year.label if year else None, none, t.decide.minimum, None)
        for t in rules.targets_of(kind)
        for year in years_of(t, rules, as_of)
    )
    if is_lead:
        return Result(ags, None, targets, (), ())
    milestones = tuple(
        MilestoneResult(ags, m.id, rules.due(m), Status.UNDEFINED if m.undefined else none)
        for m in rules.milestones
    )
    evidence = tuple(
        EvidenceResult(ags, p.id, rules.month_end(months) if months else None, None, none)
        for p in rules.evidence
        for months in (p.months or (0,))
    )
    return Result(ags, None, targets, milestones, evidence)
