"""Criteria of milestones and evidence that a municipality has not reached, in the words of the report."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from pipeline.definitions.model import Status
from pipeline.definitions.results import CriterionResult, MilestoneResult, Result
from pipeline.definitions.sheets import LEAD_AGS
from pipeline.definitions.words import CRITERION_WORDS, EVIDENCE_WORDS, MILESTONE_WORDS
from pipeline.feedback.task import OpenItem
from pipeline.rules import Milestone, Rules
from pipeline.rules.wording.history import requirement_text

URGENT = (Status.OVERDUE, Status.AT_RISK, Status.EVIDENCE_MISSING)
NOT_PROVIDED = (Status.OVERDUE, Status.NOT_EVALUABLE, Status.NO_SUBMISSION)  # statuses of evidence


def open_items(result: Result, rules: Rules, as_of: date, kind: str) -> tuple[OpenItem, ...]:
    """What is due up to the next deadline after ``as_of``, and whatever is at risk, sorted by due date.

    Of milestones only the criteria that this kind of workbook reports. Empty for the project lead.
    """
    if result.ags == LEAD_AGS:
        return ()
    horizon = min((due for m in rules.milestones if (due := rules.due(m)) and due > as_of), default=as_of)
    found = [*_of_milestones(result, rules, horizon, kind), *_of_evidence(result, rules, horizon)]
    return tuple(sorted(found, key=lambda item: item.due))


def _of_milestones(result: Result, rules: Rules, horizon: date, kind: str) -> Iterator[OpenItem]:
    for milestone, found in zip(rules.milestones, result.milestones, strict=True):
        if found.due is None or (found.due > horizon and found.status is not Status.AT_RISK):
            continue
        if found.status is Status.NO_SUBMISSION:
            word = MILESTONE_WORDS[found.status].text
            yield OpenItem(found.due, milestone.id, requirement_text(milestone, rules), word)
        own = {c.id: c for c in milestone.criteria if c.reported_by == kind}
        for criterion in found.criteria:
            if criterion.nr in own and criterion.status is not Status.MET:
                yield _item(found, criterion, requirement_text(own[criterion.nr], rules), found.due)


def _item(found: MilestoneResult, criterion: CriterionResult, text: str, due: date) -> OpenItem:
    """The open item of a criterion; its status names the milestone's, and its own where that says more."""
    whole, part = MILESTONE_WORDS[found.status].text, CRITERION_WORDS[criterion.status].text
    status = whole if part in (whole, CRITERION_WORDS[Status.UNMET].text) else f"{whole} ({part})"
    return OpenItem(due, criterion.nr, text, status, found.status in URGENT)


def _of_evidence(result: Result, rules: Rules, horizon: date) -> Iterator[OpenItem]:
    texts = {point.id: point.text for point in rules.evidence}
    for found in result.evidence:
        if found.status in NOT_PROVIDED and found.due is not None and found.due <= horizon:
            word = EVIDENCE_WORDS[found.status].text
            yield OpenItem(found.due, found.nr, texts[found.nr], word, found.status in URGENT)


def milestones_of(items: tuple[OpenItem, ...], rules: Rules) -> list[str]:
    """Ids of the milestones and evidence points of the urgent items, each once."""
    whole: dict[str, Milestone] = rules.milestone_of
    return list(dict.fromkeys(whole[i.nr].id if i.nr in whole else i.nr for i in items if i.urgent))
