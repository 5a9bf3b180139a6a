"""Calculates targets and criteria: one calculation for each kind of decision (``rules.decisions``).

Counts are integers and shares ``Fraction``; a threshold is compared before anything is rounded. Contract:
catalogue.md, "How the open questions are read".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from fractions import Fraction

from pipeline.definitions.model import Status
from pipeline.definitions.results import CriterionResult, TargetResult
from pipeline.evaluate.records import ShareSeries, Span, SubmissionRecords, counted_in_year, with_evidence
from pipeline.rules import Attested, Count, Criterion, Every, Info, Period, Rules, Share, Target


def years_of(target: Target, rules: Rules, as_of: date) -> tuple[Period | None, ...]:
    """Return the project years begun by ``as_of`` for a yearly target, else one entry None."""
    return rules.years_begun(as_of) if target.per_year else (None,)


# --- criteria -----------------------------------------------------------------------------------------


def evaluate_criterion(data: SubmissionRecords, criterion: Criterion, on: date) -> CriterionResult:
    """Evaluate a criterion as of ``on``: met from the first day on which it held.

    A figure that falls below the threshold later does not take that back.
    """
    blank = CriterionResult(criterion.id, Status.NOT_EVALUABLE, criterion.decide.minimum)
    if not data.reported(criterion.decide.sheets):
        return blank
    match criterion.decide:
        case Share():
            return _share_criterion(data, criterion.decide, blank, on)
        case Count():
            return _count_criterion(data, criterion.decide, blank, on)
        case Every():
            return _every_criterion(data, criterion.decide, blank, on)
        case Attested():
            return _attested_criterion(data, blank, on)


def _share_criterion(
    data: SubmissionRecords, share: Share, blank: CriterionResult, on: date
) -> CriterionResult:
    series = ShareSeries(data, share)
    top, bottom = series.on(on)
    value = Fraction(top, bottom) if bottom else None
    reached = series.first_held(on)
    if reached:
        return replace(blank, status=Status.MET, reached_on=reached, value=value)
    return replace(blank, status=Status.UNMET, value=value) if bottom else blank


def _count_criterion(
    data: SubmissionRecords, count: Count, blank: CriterionResult, on: date
) -> CriterionResult:
    spans = data.spans(count.rows)
    if count.rows.until:
        events = sorted(e for e in spans.events if e <= on)
        reached = next((e for e in events if spans.on(e) >= count.at_least), None)
        status = Status.MET if reached else Status.UNMET
        return replace(blank, status=status, reached_on=reached, value=spans.on(on))
    rows = spans.upto(on)
    counted = with_evidence(data, count.rows, rows)
    blank = replace(blank, value=len(rows), evidence=_by_evidence(s.evidence for s in rows))
    if len(counted) >= count.at_least:
        return replace(blank, status=Status.MET, reached_on=counted[count.at_least - 1].start)
    enough = len(rows) >= count.at_least
    return replace(blank, status=Status.EVIDENCE_MISSING if enough else Status.UNMET)


def _every_criterion(
    data: SubmissionRecords, every: Every, blank: CriterionResult, on: date
) -> CriterionResult:
    days = data.column(every.sheet, every.date)
    if not days:
        return replace(blank, status=Status.UNMET)
    done = [d for d in days if d is not None and d <= on]
    value = Fraction(len(done), len(days))
    if len(done) < len(days):
        return replace(blank, status=Status.UNMET, value=value)
    return replace(blank, status=Status.MET, reached_on=max(done), value=value)


def _attested_criterion(data: SubmissionRecords, blank: CriterionResult, on: date) -> CriterionResult:
    fulfilled, evidence = data.attested.get(blank.nr, (None, ()))
    if fulfilled is None or fulfilled > on:
        return replace(blank, status=Status.UNMET)
    if not evidence:
        return replace(blank, status=Status.EVIDENCE_MISSING)
    return replace(blank, status=Status.MET, reached_on=fulfilled, evidence=_by_evidence([evidence]))


def _by_evidence(evidence: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(sorted({number for numbers in evidence for number in numbers}))


# --- targets ------------------------------------------------------------------------------------------


def evaluate_target(
    target: Target, data: SubmissionRecords, year: Period | None, rules: Rules, on: date
) -> TargetResult:
    """Evaluate a target by the figure on ``on`` alone; ``year`` is given for a yearly target."""
    ags = data.workbook.ags or ""
    label = year.label if year else None
    blank = TargetResult(ags, target.id, label, Status.NOT_EVALUABLE, target.decide.minimum, on)
    if not data.reported(target.decide.sheets) or (year and year.start > on):
        return blank
    over = on >= (year.end if year else rules.project.end)
    match target.decide:
        case Share():
            return _share_target(data, target.decide, blank, on, over)
        case Count():
            number = _count(data, target.decide, year, on)
            status = _judged(number >= target.decide.at_least, over)
            return replace(blank, status=status, numerator=number, value=number)
        case Attested():
            fulfilled, evidence = data.attested.get(target.id, (None, ()))
            met = fulfilled is not None and fulfilled <= on and bool(evidence)
            return replace(blank, status=_judged(met, over))
        case Info(rows=rows):
            number = data.spans(rows).on(on)
            return replace(blank, status=Status.INFO, numerator=number, value=number)


def _judged(met: bool, over: bool) -> Status:
    return Status.MET if met else Status.MISSED if over else Status.OPEN


def _share_target(
    data: SubmissionRecords, share: Share, blank: TargetResult, on: date, over: bool
) -> TargetResult:
    series = ShareSeries(data, share)
    top, bottom = series.on(on)
    if not bottom:
        return blank
    status = _judged(series.holds(on), over)
    return replace(blank, status=status, numerator=top, denominator=bottom, value=Fraction(top, bottom))


def counted_spans(data: SubmissionRecords, decide: Count | Info, year: Period | None, on: date) -> list[Span]:
    """Return the records behind a number: those of the project year, or all that count on ``on``."""
    if year and isinstance(decide, Count):
        return counted_in_year(data, decide, year, on)
    return data.spans(decide.rows).present(on)


def _count(data: SubmissionRecords, count: Count, year: Period | None, on: date) -> int:
    return len(counted_in_year(data, count, year, on)) if year else data.spans(count.rows).on(on)
