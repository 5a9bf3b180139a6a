"""Evaluates what has a deadline: milestones with their criteria, and evidence points."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from pipeline.definitions.model import Status
from pipeline.definitions.results import REACHED, CriterionResult, EvidenceResult, MilestoneResult
from pipeline.evaluate.calculations import evaluate_criterion
from pipeline.evaluate.records import SubmissionRecords
from pipeline.rules import Criterion, EvidencePoint, Milestone, Rules

# --- milestones ---------------------------------------------------------------------------------------


def evaluate_milestone(
    milestone: Milestone,
    data: SubmissionRecords,
    lead: SubmissionRecords | None,
    rules: Rules,
    as_of: date,
    on: date,
) -> MilestoneResult:
    """Evaluate a milestone with its criteria; ``on`` is data_as_of, ``lead`` decides the lead's criteria."""
    due = rules.due(milestone)
    ags = data.workbook.ags or ""
    if due is None or milestone.undefined:
        return MilestoneResult(ags, milestone.id, due, Status.UNDEFINED)
    criteria = tuple(
        evaluate_criterion(data, c, on) if c.reported_by == data.kind.id else _lead_criterion(lead, c, on)
        for c in milestone.criteria
    )
    status = milestone_status(criteria, due, as_of, on, rules.project.parameters.at_risk_days)
    reached = status in REACHED
    reached_on = max(c.reached_on for c in criteria if c.reached_on) if reached else None
    return MilestoneResult(ags, milestone.id, due, status, reached_on, criteria)


def milestone_status(
    criteria: Sequence[CriterionResult], due: date, as_of: date, on: date, at_risk_days: int
) -> Status:
    """Return the first status of results.md ("Milestones") that applies; ``on`` is data_as_of."""
    found = {c.status for c in criteria}
    if found == {Status.MET}:
        late = any(c.reached_on is not None and c.reached_on > due for c in criteria)
        return Status.REACHED_LATE if late else Status.REACHED
    if found <= {Status.MET, Status.EVIDENCE_MISSING}:
        return Status.EVIDENCE_MISSING
    if Status.UNMET not in found:
        return Status.NOT_EVALUABLE
    if due <= on:
        return Status.OVERDUE
    if due <= as_of:
        return Status.NOT_EVALUABLE
    return Status.AT_RISK if due <= as_of + timedelta(days=at_risk_days) else Status.OPEN


def _lead_criterion(lead: SubmissionRecords | None, criterion: Criterion, on: date) -> CriterionResult:
    """Evaluate a criterion of the project lead inside a municipal milestone, on the municipality's date."""
    blank = CriterionResult(criterion.id, Status.NOT_EVALUABLE, criterion.decide.minimum)
    if lead is None:
        return blank
    result = evaluate_criterion(lead, criterion, on)
    stichtag = lead.workbook.stichtag
    if result.status is Status.UNMET and stichtag is not None and stichtag < on:
        return blank
    return result


# --- evidence points ----------------------------------------------------------------------------------


def evaluate_evidence(
    point: EvidencePoint, data: SubmissionRecords, rules: Rules, as_of: date, on: date
) -> list[EvidenceResult]:
    """Return one result, or one per deadline: the k-th document by date serves the k-th deadline."""
    ags = data.workbook.ags or ""
    days = [day for day, _ in data.documents(point.id, on)]
    if not point.months:
        status = Status.PROVIDED if days else Status.OPEN
        return [EvidenceResult(ags, point.id, None, len(days), status)]
    found = []
    for k, months in enumerate(point.months):
        due = rules.month_end(months)
        provided = days[k] if k < len(days) else None
        status = _evidence_status(provided, due, as_of, on)
        found.append(EvidenceResult(ags, point.id, due, len(days), status))
    return found


def _evidence_status(provided: date | None, due: date, as_of: date, on: date) -> Status:
    if provided is not None:
        return Status.PROVIDED if provided <= due else Status.PROVIDED_LATE
    if due <= on:
        return Status.OVERDUE
    return Status.NOT_EVALUABLE if due <= as_of else Status.OPEN
