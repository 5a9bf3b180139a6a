"""How every target, criterion, milestone and evidence point of one municipality stands. Pure.

A closed set of calculations: share, count, every, attested, info. All counting is in integers and
``Fraction``; a threshold is compared before anything is rounded. Every date means the end of that day.
Contract: catalogue.md, "How the open questions are read"; results.md, "ergebnis.json".
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property
from typing import Any, NamedTuple

from pipeline.model import Status, Workbook
from pipeline.rules import (
    Attested,
    Count,
    Criterion,
    Every,
    EvidencePoint,
    Info,
    Latest,
    Linked,
    Milestone,
    Period,
    Rows,
    Rules,
    Share,
    Target,
)
from pipeline.sheets import (
    CRITERIA,
    EVIDENCE,
    EVIDENCE_DATE,
    EVIDENCE_POINT,
    LEAD_AGS,
    RULE_EVIDENCE,
    RULE_FULFILLED,
    RULE_NR,
    TARGETS,
    YES,
    nil_return_label,
)

# --- results ------------------------------------------------------------------------------------------

Value = Fraction | int | None


@dataclass(frozen=True, slots=True)
class TargetResult:
    """A figure as of ``data_as_of``. ``year`` is the label of a project year, None for the project."""

    ags: str
    nr: str
    year: str | None
    status: Status
    threshold: Value
    data_as_of: date | None
    numerator: int | None = None
    denominator: int | None = None
    value: Value = None


@dataclass(frozen=True, slots=True)
class CriterionResult:
    nr: str
    status: Status
    threshold: Value
    reached_on: date | None = None
    value: Value = None
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MilestoneResult:
    ags: str
    nr: str
    due: date | None
    status: Status
    reached_on: date | None = None
    criteria: tuple[CriterionResult, ...] = ()


@dataclass(frozen=True, slots=True)
class EvidenceResult:
    ags: str
    nr: str
    due: date | None
    count: int | None
    status: Status


@dataclass(frozen=True, slots=True)
class Result:
    """Everything the rules ask of one municipality, in the source's order."""

    ags: str
    data_as_of: date | None
    targets: tuple[TargetResult, ...]
    milestones: tuple[MilestoneResult, ...]
    evidence: tuple[EvidenceResult, ...]


# --- rows in time -------------------------------------------------------------------------------------


class Span(NamedTuple):
    """A record that counts from ``start`` until before ``end``. Sorts by start, then row."""

    start: date
    row: int
    end: date | None
    evidence: tuple[str, ...]


class Spans:
    """Records that match, and how many count on a date."""

    def __init__(self, spans: Iterable[Span]) -> None:
        self.spans = sorted(s for s in spans if s.end is None or s.end > s.start)
        self._starts = [s.start for s in self.spans]
        self._ends = sorted(s.end for s in self.spans if s.end is not None)

    def on(self, day: date) -> int:
        return bisect_right(self._starts, day) - bisect_right(self._ends, day)

    def upto(self, day: date) -> list[Span]:
        return self.spans[: bisect_right(self._starts, day)]

    def present(self, day: date) -> list[Span]:
        """The records that ``on`` counts."""
        return [s for s in self.upto(day) if s.end is None or s.end > day]

    @property
    def events(self) -> set[date]:
        return {*self._starts, *self._ends}


class Stock:
    """The latest official number on or before a date; None before the first. Rows: (date, number, row)."""

    def __init__(self, rows: Iterable[tuple[date, int, int]]) -> None:
        self._known = sorted(rows)
        self._days = [day for day, _, _ in self._known]

    def on(self, day: date) -> int | None:
        latest = self.latest(day)
        return latest[1] if latest else None

    def latest(self, day: date) -> tuple[date, int, int] | None:
        position = bisect_right(self._days, day)
        return self._known[position - 1] if position else None

    @property
    def events(self) -> set[date]:
        return set(self._days)


class Data:
    """The tables of one accepted workbook, asked in the terms of the rules."""

    def __init__(self, workbook: Workbook, rules: Rules) -> None:
        self.workbook = workbook
        self.kind = rules.kinds[workbook.kind]
        self._spans: dict[Rows, Spans] = {}

    def column(self, sheet: str, name: str) -> list[Any]:
        return self.workbook.tables[sheet][name]

    def reported(self, sheets: Iterable[str]) -> bool:
        """False when one of the sheets is empty without its Leermeldung."""
        return all(len(self.workbook.tables[s]) or self._declared_empty(s) for s in sheets)

    def _declared_empty(self, sheet: str) -> bool:
        return self.workbook.form.get(nil_return_label(self.kind.table(sheet))) == YES

    def stock(self, latest: Latest) -> Stock:
        rows = self.workbook.tables[latest.sheet].records(latest.date, latest.latest)
        return Stock(
            (day, number, row) for row, day, number in rows if day is not None and number is not None
        )

    def spans(self, rows: Rows) -> Spans:
        if rows not in self._spans:
            self._spans[rows] = Spans(self._find(rows))
        return self._spans[rows]

    def _find(self, rows: Rows) -> Iterable[Span]:
        table = self.workbook.tables[rows.sheet]
        size = len(table)
        dates = [table[name] for name in rows.dates]
        if rows.linked:
            dates.append(self._linked_dates(rows.sheet, rows.linked))
        ends = table[rows.until] if rows.until else [None] * size
        evidence_column = self.kind.table(rows.sheet).evidence_column
        evidence = table[evidence_column] if evidence_column else [None] * size
        wanted = [(table[name], values) for name, values in rows.where]
        for i in range(size):
            if all(values[i] in allowed for values, allowed in wanted):
                found = [values[i] for values in dates]
                if None not in found:
                    yield Span(max(found), table.rows[i], ends[i], evidence[i] or ())

    def _linked_dates(self, sheet: str, linked: Linked) -> list[date | None]:
        """For each row the earliest date of a linked record, None where there is none."""
        dated = self.kind.table(linked.dated_sheet)
        day_of = dict(
            zip(self.column(dated.title, dated.key[0]), self.column(dated.title, linked.date), strict=True)
        )
        first: dict[str, date] = {}
        pairs = zip(
            self.column(linked.sheet, linked.column), self.column(linked.sheet, linked.dated_by), strict=True
        )
        for key, reference in pairs:
            day = day_of.get(reference)
            if day is not None:
                first[key] = min(first.get(key, day), day)
        return [first.get(key) for key in self.column(sheet, self.kind.table(sheet).key[0])]

    @cached_property
    def attested(self) -> dict[str, tuple[date | None, tuple[str, ...]]]:
        """Number of the rule → (Erfüllt am, evidence numbers)."""
        found = {}
        for sheet in (CRITERIA, TARGETS):
            table = self.workbook.tables[sheet.title]
            for _, nr, on, evidence in table.records(RULE_NR.name, RULE_FULFILLED.name, RULE_EVIDENCE.name):
                found[nr] = (on, evidence or ())
        return found

    @cached_property
    def _register(self) -> list[tuple[date, int, tuple[str, ...]]]:
        """(Datum, row, Nachweispunkte) of the register, by date."""
        rows = self.workbook.tables[EVIDENCE.title].records(EVIDENCE_DATE.name, EVIDENCE_POINT.name)
        return sorted((on, row, points) for row, on, points in rows if on is not None and points is not None)

    def documents(self, point: str, upto: date) -> list[tuple[date, int]]:
        """(Datum, row) of the documents that serve an evidence point, by date."""
        return [(on, row) for on, row, points in self._register if point in points and on <= upto]


# --- share --------------------------------------------------------------------------------------------


class ShareSeries:
    """Numerator and denominator of a share on any date."""

    def __init__(self, data: Data, share: Share) -> None:
        self._share = share
        self.top = data.spans(share.numerator)
        below = share.denominator
        self.bottom = data.stock(below) if isinstance(below, Latest) else data.spans(below)

    def on(self, day: date) -> tuple[int, int | None]:
        return self.top.on(day), self.bottom.on(day)

    def holds(self, day: date) -> bool:
        top, bottom = self.on(day)
        return bool(bottom) and top >= self._share.at_least * (bottom or 0)

    def first_held(self, until: date) -> date | None:
        events = sorted(e for e in self.top.events | self.bottom.events if e <= until)
        return next((e for e in events if self.holds(e)), None)


def _by_evidence(evidence: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(sorted({number for numbers in evidence for number in numbers}))


# --- criteria -----------------------------------------------------------------------------------------


def threshold_of(requirement: Target | Criterion) -> Value:
    """A share's Fraction, a count's integer, 1 for every row, None for what is not measured."""
    match requirement.decide:
        case Share(at_least=share):
            return share
        case Count(at_least=number):
            return number
        case Every():
            return Fraction(1)
        case _:
            return None


def evaluate_criterion(data: Data, criterion: Criterion, on: date) -> CriterionResult:
    """Reached when it first held, on or before ``on``; a later fall does not take it back."""
    blank = CriterionResult(criterion.id, Status.NOT_EVALUABLE, threshold_of(criterion))
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


def _share_criterion(data: Data, share: Share, blank: CriterionResult, on: date) -> CriterionResult:
    series = ShareSeries(data, share)
    top, bottom = series.on(on)
    value = Fraction(top, bottom) if bottom else None
    reached = series.first_held(on)
    if reached:
        return replace(blank, status=Status.MET, reached_on=reached, value=value)
    return replace(blank, status=Status.UNMET, value=value) if bottom else blank


def _count_criterion(data: Data, count: Count, blank: CriterionResult, on: date) -> CriterionResult:
    spans = data.spans(count.rows)
    if count.rows.until:
        events = sorted(e for e in spans.events if e <= on)
        reached = next((e for e in events if spans.on(e) >= count.at_least), None)
        status = Status.MET if reached else Status.UNMET
        return replace(blank, status=status, reached_on=reached, value=spans.on(on))
    rows = spans.upto(on)
    counted = evidenced(data, count.rows, rows)
    blank = replace(blank, value=len(rows), evidence=_by_evidence(s.evidence for s in rows))
    if len(counted) >= count.at_least:
        return replace(blank, status=Status.MET, reached_on=counted[count.at_least - 1].start)
    enough = len(rows) >= count.at_least
    return replace(blank, status=Status.EVIDENCE_MISSING if enough else Status.UNMET)


def evidenced(data: Data, rows: Rows, spans: Iterable[Span]) -> list[Span]:
    """Those with evidence; all of them where the sheet asks for none."""
    needs_evidence = data.kind.table(rows.sheet).evidence_column is not None
    return [s for s in spans if s.evidence or not needs_evidence]


def _every_criterion(data: Data, every: Every, blank: CriterionResult, on: date) -> CriterionResult:
    days = data.column(every.sheet, every.date)
    if not days:
        return replace(blank, status=Status.UNMET)
    done = [d for d in days if d is not None and d <= on]
    value = Fraction(len(done), len(days))
    if len(done) < len(days):
        return replace(blank, status=Status.UNMET, value=value)
    return replace(blank, status=Status.MET, reached_on=max(done), value=value)


def _attested_criterion(data: Data, blank: CriterionResult, on: date) -> CriterionResult:
    fulfilled, evidence = data.attested.get(blank.nr, (None, ()))
    if fulfilled is None or fulfilled > on:
        return replace(blank, status=Status.UNMET)
    if not evidence:
        return replace(blank, status=Status.EVIDENCE_MISSING)
    return replace(blank, status=Status.MET, reached_on=fulfilled, evidence=_by_evidence([evidence]))


def _lead_criterion(lead: Data | None, criterion: Criterion, on: date) -> CriterionResult:
    """A criterion of the project lead inside a municipal milestone, on the municipality's date."""
    blank = CriterionResult(criterion.id, Status.NOT_EVALUABLE, threshold_of(criterion))
    if lead is None:
        return blank
    result = evaluate_criterion(lead, criterion, on)
    stichtag = lead.workbook.stichtag
    if result.status is Status.UNMET and stichtag is not None and stichtag < on:
        return blank
    return result


# --- milestones ---------------------------------------------------------------------------------------


def evaluate_milestone(
    milestone: Milestone, data: Data, lead: Data | None, rules: Rules, as_of: date, on: date
) -> MilestoneResult:
    due = rules.due(milestone)
    ags = data.workbook.ags or ""
    if due is None or milestone.undefined:
        return MilestoneResult(ags, milestone.id, due, Status.UNDEFINED)
    criteria = tuple(
        evaluate_criterion(data, c, on) if c.reported_by == data.kind.id else _lead_criterion(lead, c, on)
        for c in milestone.criteria
    )
    status = milestone_status(criteria, due, as_of, on, rules.project.parameters.at_risk_days)
    reached = status in (Status.REACHED, Status.REACHED_LATE)
    reached_on = max(c.reached_on for c in criteria if c.reached_on) if reached else None
    return MilestoneResult(ags, milestone.id, due, status, reached_on, criteria)


def milestone_status(
    criteria: Sequence[CriterionResult], due: date, as_of: date, on: date, at_risk_days: int
) -> Status:
    """The first that fits, as results.md lists them; ``on`` is data_as_of."""
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


# --- targets ------------------------------------------------------------------------------------------


def evaluate_target(target: Target, data: Data, year: Period | None, rules: Rules, on: date) -> TargetResult:
    """As of ``on`` alone; ``year`` only for a yearly target."""
    ags = data.workbook.ags or ""
    label = year.label if year else None
    blank = TargetResult(ags, target.id, label, Status.NOT_EVALUABLE, threshold_of(target), on)
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
            spans = data.spans(rows)
            number = spans.on(on) if rows.until else len(spans.upto(on))
            return replace(blank, status=Status.INFO, numerator=number, value=number)


def _judged(met: bool, over: bool) -> Status:
    return Status.MET if met else Status.MISSED if over else Status.OPEN


def _share_target(data: Data, share: Share, blank: TargetResult, on: date, over: bool) -> TargetResult:
    series = ShareSeries(data, share)
    top, bottom = series.on(on)
    if not bottom:
        return blank
    status = _judged(series.holds(on), over)
    return replace(blank, status=status, numerator=top, denominator=bottom, value=Fraction(top, bottom))


def _count(data: Data, count: Count, year: Period | None, on: date) -> int:
    return len(within(data, count, year, on)) if year else data.spans(count.rows).on(on)


def within(data: Data, count: Count, year: Period, on: date) -> list[Span]:
    """The rows that a yearly target counts."""
    return [s for s in data.spans(count.rows).upto(on) if year.start <= s.start <= year.end]


# --- evidence points ----------------------------------------------------------------------------------


def evaluate_evidence(
    point: EvidencePoint, data: Data, rules: Rules, as_of: date, on: date
) -> list[EvidenceResult]:
    """One entry, or one per deadline: the k-th document by date serves the k-th deadline."""
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


# --- a municipality -----------------------------------------------------------------------------------


def years_of(target: Target, rules: Rules, as_of: date) -> tuple[Period | None, ...]:
    """The project years begun by ``as_of`` for a yearly target, else one entry without a year."""
    return rules.years_begun(as_of) if target.per_year else (None,)


def evaluate(workbook: Workbook, lead: Workbook | None, rules: Rules, as_of: date) -> Result:
    """Result of one accepted submission. ``lead`` is the project lead's accepted one, if there is one.

    The project lead's own result has its targets only.
    """
    data = Data(workbook, rules)
    lead_data = Data(lead, rules) if lead else None
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
    milestones = tuple(evaluate_milestone(m, data, lead_data, rules, as_of, on) for m in rules.milestones)
    evidence = tuple(e for p in rules.evidence for e in evaluate_evidence(p, data, rules, as_of, on))
    return Result(workbook.ags, on, targets, milestones, evidence)


def without_submission(ags: str, rules: Rules, as_of: date) -> Result:
    """A municipality from which nothing valid came: every requirement, and never a zero."""
    is_lead = ags == LEAD_AGS
    kind = "projektleitung" if is_lead else "kommune"
    none = Status.NO_SUBMISSION
    targets = tuple(
        TargetResult(ags, t.id, year.label if year else None, none, threshold_of(t), None)
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
