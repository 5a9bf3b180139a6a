"""Allowed but conspicuous data: notes, each with a rule of its own, listed in ``PLAUSIBILITY_CHECKS``.

Notes neither reject a workbook nor warn; the project lead decides whether to ask. No note names a person or
repeats a cell's value.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date

from pipeline.checks.previous import SubmissionPair
from pipeline.definitions.messages import finding
from pipeline.definitions.model import Finding, Table, Workbook
from pipeline.definitions.sheet_types import Column, Sheet
from pipeline.definitions.sheets import (
    CONTACT_DATE,
    CONTACTS,
    FORM_NUMBER,
    FORM_RELEASED_BY,
    FORM_RELEASED_ON,
    FORM_STICHTAG,
    NEED_ADDRESSED,
    NEEDS,
    PERSON_RECORDED,
    PERSONS,
)

TENFOLD, LEAST_GROWTH = 10, 20
SEVERAL, MANY = 10, 30
_OWN_TO_A_SUBMISSION = {c.name for c in (FORM_STICHTAG, FORM_NUMBER, FORM_RELEASED_BY, FORM_RELEASED_ON)}
PlausibilityCheck = Callable[[Workbook, SubmissionPair | None], Iterator[Finding]]


def plausibility_findings(now: Workbook, pair: SubmissionPair | None) -> list[Finding]:
    """Notes on a valid submission; ``pair``: it and the one for the previous reporting date, if there is one."""
    return [one for look in PLAUSIBILITY_CHECKS for one in look(now, pair)]


# --- against the previous Stichtag --------------------------------------------------------------------


def grown_tenfold(now: Workbook, pair: SubmissionPair | None) -> Iterator[Finding]:
    """V10: a figure that can only grow is at least ten times what it was, and 20 more."""
    if pair is None:
        return
    for f in pair.figures:
        if f.before and f.now >= TENFOLD * f.before and f.now - f.before >= LEAST_GROWTH:
            yield finding("V10", f.sheet, nr=f.nr, now=f.now, before=f.before, **pair.words)


def same_as_before(now: Workbook, pair: SubmissionPair | None) -> Iterator[Finding]:
    """V11: the same rows as in the earlier submission, unless both have none."""
    if pair is None:
        return
    sheets, before = pair.rules.kinds[now.kind].tables, pair.before
    reported = any(sheet.nil_return and len(now.tables[sheet.title]) for sheet in sheets)
    if reported and _form(now) == _form(before) and all(_same_rows(s, now, before) for s in sheets):
        yield finding("V11", **pair.words)


def _form(workbook: Workbook) -> dict[str, object]:
    lines = workbook.form.items()
    return {k: v for k, v in lines if k not in _OWN_TO_A_SUBMISSION and v is not None}


def _same_rows(sheet: Sheet, now: Workbook, before: Workbook) -> bool:
    return _records(now.tables[sheet.title]) == _records(before.tables[sheet.title])


def _records(table: Table) -> Counter[tuple[object, ...]]:
    """The records regardless of their order; columns of a later template count as empty."""
    names = sorted(n for n, values in table.columns.items() if any(v is not None for v in values))
    return Counter((tuple(names), *values) for _, *values in table.records(*names))


# --- days ---------------------------------------------------------------------------------------------


def addressed_on_one_day(now: Workbook, pair: SubmissionPair | None) -> Iterator[Finding]:
    """V12: at least ten needs, and all of them addressed on one day."""
    yield from _one_day("V12", now, NEEDS, NEED_ADDRESSED)


def recorded_on_one_day(now: Workbook, pair: SubmissionPair | None) -> Iterator[Finding]:
    """V13: at least ten persons since the previous reporting date, all recorded on one day.

    Not for a first submission: a project may begin with one day for all.
    """
    if pair is not None and pair.before.stichtag is not None:
        yield from _one_day("V13", now, PERSONS, PERSON_RECORDED, pair.before.stichtag)


def _one_day(
    rule: str, workbook: Workbook, sheet: Sheet, column: Column, after: date = date.min
) -> Iterator[Finding]:
    days = [d for d in _days(workbook, sheet, column) if d > after]
    if len(days) >= SEVERAL and len(set(days)) == 1:
        yield finding(rule, sheet.title, None, column.name, n=len(days))


def many_contacts_on_a_day(now: Workbook, pair: SubmissionPair | None) -> Iterator[Finding]:
    """V14: at least thirty contacts on a single day, as many as are wanted in a year; once per workbook."""
    most = Counter(_days(now, CONTACTS, CONTACT_DATE)).most_common(1)
    if most and most[0][1] >= MANY:
        yield finding("V14", CONTACTS.title, None, CONTACT_DATE.name, n=most[0][1])


def _days(workbook: Workbook, sheet: Sheet, column: Column) -> list[date]:
    table = workbook.tables.get(sheet.title)
    return [d for d in table[column.name] if d is not None] if table else []


PLAUSIBILITY_CHECKS: tuple[PlausibilityCheck, ...] = (
    grown_tenfold,
    same_as_before,
    addressed_on_one_day,
    recorded_on_one_day,
    many_contacts_on_a_day,
)
