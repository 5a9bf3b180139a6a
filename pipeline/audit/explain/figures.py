"""Calculations and reasons of ``kisi explain`` in German words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from fractions import Fraction

from pipeline.definitions.messages import by_number, german_date, number_of
from pipeline.definitions.model import Status
from pipeline.definitions.results import CriterionResult, MilestoneResult, TargetResult, Value
from pipeline.definitions.shares import about_percent
from pipeline.definitions.sheets import RULE_EVIDENCE, RULE_FULFILLED
from pipeline.evaluate.exclusion import NotCounted
from pipeline.evaluate.provenance import Role, SourceRows, row_ranges, why_not_evaluable
from pipeline.evaluate.records import SubmissionRecords
from pipeline.evaluate.shortfall import missing_count, shortfall_of, shortfall_words
from pipeline.rules import Attested, Count, Criterion, Rules, Share, Target
from pipeline.rules.wording.in_words import UNDEFINED

# --- numbers ------------------------------------------------------------------------------------------


def _quotient(top: int, bottom: int | None, value: Value) -> str:
    if bottom is None:
        return f"Anzahl {top}"
    return f"{top} ÷ {bottom}" + (f" = {about_percent(value)}" if isinstance(value, Fraction) else "")


def _threshold(value: Value) -> str:
    if value is None:
        return "ohne Schwelle"
    return f"Schwelle {about_percent(value) if isinstance(value, Fraction) else value}"


def target_words(data: SubmissionRecords, target: Target, result: TargetResult, rules: Rules) -> str:
    """``12 ÷ 50 = 24 %; Schwelle 70 %; es fehlen 23 Personen``, or why there is no figure."""
    on = result.data_as_of
    assert on is not None
    if isinstance(target.decide, Attested):
        return attested_words(data, target.id, on)
    if result.status is Status.NOT_EVALUABLE or result.numerator is None:
        started = next((y.start for y in rules.years if y.label == result.year), None)
        return f"Keine Zahl: {why_not_evaluable(data, target, started, on)}."
    words = [_quotient(result.numerator, result.denominator, result.value), _threshold(result.threshold)]
    gap = shortfall_of(target, result.numerator, result.denominator)
    return "; ".join(words if gap is None else [*words, shortfall_words(target, gap)])


def attested_words(data: SubmissionRecords, nr: str, on: date) -> str:
    """Date and evidence number in the requirement's row; neither is a value of a person."""
    fulfilled, evidence = data.attested.get(nr, (None, ()))
    when = f"„{RULE_FULFILLED.name}“ {german_date(fulfilled) if fulfilled else 'ist leer'}"
    if fulfilled and fulfilled > on:
        when += ", also nach dem Tag der Daten"
    return f"{when}; „{RULE_EVIDENCE.name}“ {', '.join(evidence) if evidence else 'ist leer'}"


def criterion_words(
    data: SubmissionRecords | None,
    criterion: Criterion,
    result: CriterionResult,
    parts: Iterable[SourceRows],
    on: date,
) -> Iterator[str]:
    """The current figure, and that of the day on which the criterion was reached."""
    if result.status is Status.NOT_EVALUABLE:
        yield f"Keine Zahl: {why_not_evaluable(data, criterion, None, on)}."
        return
    numbers = {(p.role, p.reached): p for p in parts}
    yield "; ".join(_figure(criterion, numbers, result.threshold, reached=False))
    if result.status is Status.EVIDENCE_MISSING:
        yield f"Es fehlen Zeilen mit „{RULE_EVIDENCE.name}“."
    if result.reached_on:
        words = "; ".join(_figure(criterion, numbers, result.threshold, reached=True))
        yield f"Am {german_date(result.reached_on)}, dem ersten Tag, an dem es galt: {words}"


def _figure(
    criterion: Criterion, numbers: dict[tuple[Role, bool], SourceRows], threshold: Value, *, reached: bool
) -> list[str]:
    top = numbers[Role.NUMERATOR, reached].number or 0
    below = numbers.get((Role.DENOMINATOR, reached))
    bottom = (below.number or 0) if below else None
    words = [_quotient(top, bottom, Fraction(top, bottom) if bottom else None), _threshold(threshold)]
    if not reached and threshold is not None and isinstance(criterion.decide, Share | Count):
        words.append(shortfall_words(criterion, missing_count(threshold, top, bottom)))
    return words


# --- rows ---------------------------------------------------------------------------------------------


def part_lines(parts: Iterable[SourceRows], file: str) -> Iterator[str]:
    """``Zähler (12): Blatt Personen, Zeilen 5–9, 11–17``, below a line with the file where there are rows."""
    details = list(parts)
    if details:
        yield f"Zeilen in {file}"
    for part in details:
        number = "" if part.number is None else f" ({part.number})"
        when = f", am {german_date(part.day)}" if part.reached else ""
        word = by_number(len(part.rows), "Zeile", "Zeilen")
        yield f"  {part.role}{number}{when}: Blatt {part.sheet}, {word} {row_ranges(part.rows)}"


def left_out_lines(left_out: Iterable[NotCounted]) -> Iterator[str]:
    """``Nicht gezählt (2), weil „Bedarf erfasst am“ leer ist: Blatt Personen, Zeilen 7, 9``"""
    for one in left_out:
        word = by_number(len(one.rows), "Zeile", "Zeilen")
        yield (
            f"  Nicht gezählt ({len(one.rows)}), weil {one.reason}: Blatt {one.sheet}, {word} {row_ranges(one.rows)}"
        )


# --- milestones ---------------------------------------------------------------------------------------


def milestone_reason(result: MilestoneResult, on: date | None, as_of: date, rules: Rules) -> Iterator[str]:
    """German sentence: why the milestone has its status."""
    if result.status is Status.UNDEFINED:
        yield UNDEFINED
    if result.due is None or on is None:
        return
    yield _reason(result, result.due, on, as_of, rules)


def _with(result: MilestoneResult, status: Status) -> str:
    return ", ".join(c.nr for c in result.criteria if c.status is status)


def _reason(result: MilestoneResult, due: date, on: date, as_of: date, rules: Rules) -> str:
    unmet = f"Offen: {_with(result, Status.UNMET)}"
    match result.status:
        case Status.REACHED | Status.REACHED_LATE:
            after = "nach" if result.status is Status.REACHED_LATE else "nicht nach"
            return f"Alle Kriterien sind erfüllt, das letzte am {german_date(result.reached_on)}, {after} der Frist."
        case Status.EVIDENCE_MISSING:
            return f"Nicht belegt: {_with(result, Status.EVIDENCE_MISSING)}."
        case Status.OVERDUE:
            return (
                f"{unmet}; die Frist am {german_date(due)} war am Tag der Daten ({german_date(on)}) erreicht."
            )
        case Status.NOT_EVALUABLE if _with(result, Status.UNMET):
            return f"{unmet}; die Daten enden am {german_date(on)} vor der Frist, der Stand {german_date(as_of)} liegt danach."
        case Status.NOT_EVALUABLE:
            return f"Nicht bewertbar: {_with(result, Status.NOT_EVALUABLE)}; kein Kriterium ist offen."
        case Status.AT_RISK:
            days = rules.project.parameters.at_risk_days
            return f"{unmet}; bis zur Frist {_days(due - as_of)}, höchstens {days}."
        case _:
            return f"{unmet}; bis zur Frist {_days(due - as_of)}."


def _days(until: timedelta) -> str:
    return f"{by_number(until.days, 'ist', 'sind')} es {number_of(until.days, 'Tag', 'Tage')}"
