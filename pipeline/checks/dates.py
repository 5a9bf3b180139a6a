"""Checks of dates that contradict those of another record: warnings and notes.

A cell that has an error is not compared.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from dateutil.relativedelta import relativedelta

from pipeline.checks.context import CheckContext, finding_at, first_values
from pipeline.definitions.model import Finding
from pipeline.definitions.sheet_types import Column, Sheet
from pipeline.definitions.sheets import (
    CRITERIA,
    EVENTS,
    EVIDENCE,
    EVIDENCE_DATE,
    EVIDENCE_KEY,
    NEED_ADDRESSED,
    NEED_OFFER,
    NEEDS,
    OFFER_KEY,
    OFFER_START,
    OFFER_VISITED,
    OFFERS,
    PARTICIPATION_END,
    PARTICIPATION_PERSON,
    PARTICIPATION_START,
    PARTICIPATION_STATE,
    PARTICIPATIONS,
    PERSON_ARRIVED,
    PERSON_KEY,
    PERSON_LEFT,
    PERSONS,
    RULE_FULFILLED,
    RUNNING,
    STOCK,
    STOCK_DATE,
    TARGETS,
    TRAININGS,
)


def running_after_its_end(context: CheckContext) -> Iterator[Finding]:
    """P44: a Teilnahme is "laufend" although its Ende lies before the Stichtag."""
    stichtag = context.stichtag
    if not context.has(PARTICIPATIONS) or stichtag is None:
        return
    table = context.table(PARTICIPATIONS)
    for row, end, state in table.records(PARTICIPATION_END.name, PARTICIPATION_STATE.name):
        if state == RUNNING and end is not None and end < stichtag:
            yield finding_at("P44", table, row, PARTICIPATION_STATE, other=PARTICIPATION_END.name)


def participation_within_stay(context: CheckContext) -> Iterator[Finding]:
    """P45: a Teilnahme begins before the person's Zugang or after the Abgang."""
    if not context.has(PARTICIPATIONS):
        return
    arrived = _sound(context, PERSONS, PERSON_KEY, PERSON_ARRIVED)
    left = _sound(context, PERSONS, PERSON_KEY, PERSON_LEFT)
    table = context.table(PARTICIPATIONS)
    for row, person, begun in table.records(PARTICIPATION_PERSON.name, PARTICIPATION_START.name):
        if begun is None:
            continue
        if (first := arrived.get(person)) and begun < first:
            yield finding_at("P45", table, row, PARTICIPATION_START, when="vor", other=PERSON_ARRIVED.name)
        if (last := left.get(person)) and begun > last:
            yield finding_at("P45", table, row, PARTICIPATION_START, when="nach", other=PERSON_LEFT.name)


def addressed_by_an_offer_that_runs(context: CheckContext) -> Iterator[Finding]:
    """P46: a need is addressed before the Beginn of its offer."""
    if not context.has(NEEDS):
        return
    begun = _sound(context, OFFERS, OFFER_KEY, OFFER_START)
    table = context.table(NEEDS)
    for row, on, offer in table.records(NEED_ADDRESSED.name, NEED_OFFER.name):
        if on is not None and (start := begun.get(offer)) and on < start:
            yield finding_at("P46", table, row, NEED_ADDRESSED, other=OFFER_START.name)


PROVEN: tuple[
    tuple[Sheet, tuple[Column, ...]], ...
] = (  # sheet, and the dates that its evidence proves: the first that is filled
    (STOCK, (STOCK_DATE,)),
    (OFFERS, (OFFER_VISITED, OFFER_START)),
    (EVENTS, (EVENTS.column("Datum"),)),
    (TRAININGS, (TRAININGS.column("Datum"),)),
    (CRITERIA, (RULE_FULFILLED,)),
    (TARGETS, (RULE_FULFILLED,)),
)


def evidence_not_before_what_it_proves(context: CheckContext) -> Iterator[Finding]:
    """P47: every document of a row is dated before what it is to prove."""
    dated = _sound(context, EVIDENCE, EVIDENCE_KEY, EVIDENCE_DATE)
    for sheet, columns in PROVEN:
        if not context.has(sheet):
            continue
        table, evidence = context.table(sheet), sheet.column(sheet.evidence_column or "")
        broken = context.broken(sheet.title, *(c.name for c in columns))
        for row, numbers, *dates in table.records(evidence.name, *(c.name for c in columns)):
            proven = next((d for d in dates if d is not None), None)
            days = [dated[n] for n in numbers or () if n in dated]
            whole = len(days) == len(numbers or ())
            if row not in broken and proven is not None and days and whole and max(days) < proven:
                yield finding_at("P47", table, row, evidence, table=EVIDENCE.title)


def stock_is_recent(context: CheckContext) -> Iterator[Finding]:
    """P48: the latest Bestand on the Stichtag is older than so many months (rule parameter)."""
    stichtag, months = context.stichtag, context.rules.project.parameters.stock_max_age_months
    if not context.has(STOCK) or stichtag is None:
        return
    table = context.table(STOCK)
    known = [(on, row) for row, on in table.records(STOCK_DATE.name) if on is not None and on <= stichtag]
    if known and max(known)[0] < stichtag - relativedelta(months=months):
        yield finding_at("P48", table, max(known)[1], STOCK_DATE, months=months)


def _sound(context: CheckContext, sheet: Sheet, key: Column, column: Column) -> dict[Any, date]:
    """Key → date of its first record, where neither carries an error."""
    table, broken = context.table(sheet), context.broken(sheet.title, key.name, column.name)
    rows = table.records(key.name, column.name)
    found = first_values((k, on) for row, k, on in rows if row not in broken)
    return {k: on for k, on in found.items() if k is not None and on is not None}
