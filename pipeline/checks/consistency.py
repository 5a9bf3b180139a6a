"""Checks of persons, needs, stock, trainings and contacts."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator

from pipeline.checks.context import CheckContext, finding_at, first_values
from pipeline.checks.references import lost_references
from pipeline.definitions.messages import condition_text, number_of
from pipeline.definitions.model import Finding
from pipeline.definitions.sheets import (
    ATTENDANCE_TRAINING,
    ATTENDANCE_VOLUNTEER,
    ATTENDANCES,
    CONTACTS,
    NEED_PERSON,
    NEED_RECORDED,
    NEEDS,
    NO,
    PERSON_ARRIVED,
    PERSON_KEY,
    PERSON_LEFT,
    PERSON_PAPER,
    PERSON_RECORDED,
    PERSONS,
    STOCK,
    STOCK_DATE,
    STOCK_NUMBER,
    TRAINING_AUDIENCE,
    TRAINING_KEY,
    TRAINING_SIZE,
    TRAININGS,
    VOLUNTEERS,
    YES,
)


def papers_unchecked(context: CheckContext) -> Iterator[Finding]:
    """P30."""
    if context.has(PERSONS):
        table = context.table(PERSONS)
        for row, checked in table.records(PERSON_PAPER.name):
            if checked == NO:
                yield finding_at("P30", table, row, PERSON_PAPER)


def empty_beside_unread(context: CheckContext) -> Iterator[Finding]:
    """P06 for a cell that must be empty and holds what could not be read: a right value would not do either."""
    for sheet in context.kind.tables:
        for dependent in (d for d in sheet.dependents if d.else_empty):
            column, when = sheet.column(dependent.column), dependent.when
            fitting = set(sheet.column(when.column).choices) - set(when.values)
            unread = context.unread(sheet.title, column.name)
            table = context.table(sheet)
            for row, value, said in table.records(column.name, when.column):
                if row in unread and value is None and said in fitting:
                    words = {"condition": condition_text(when), "other": when.column}
                    yield finding_at("P06", table, row, column, **words)


def needs_after_recording(context: CheckContext) -> Iterator[Finding]:
    """P09 for a need older than its person's first recording, P10 for a person with needs and no date.

    A date of the person with an error of its own is not reported again at each need.
    """
    if not context.has(NEEDS):
        return
    persons, needs = context.table(PERSONS), context.table(NEEDS)
    rows = persons.records(PERSON_KEY.name, PERSON_RECORDED.name)
    recorded = first_values((key, (row, on)) for row, key, on in rows)
    without: set[int] = set()
    for row, person, on in needs.records(NEED_PERSON.name, NEED_RECORDED.name):
        if person is None or person not in recorded:
            continue
        person_row, first = recorded[person]
        if first is None:
            without.add(person_row)
        elif on is not None and on < first and not context.has_error(persons, person_row, PERSON_RECORDED):
            yield finding_at("P09", needs, row, NEED_RECORDED, other=PERSON_RECORDED.name)
    for row in sorted(without):
        yield finding_at("P10", persons, row, PERSON_RECORDED)


def stock_covers_persons(context: CheckContext) -> Iterator[Finding]:
    """P11: on the date of a Bestand row, no more persons with checked paper than its number.

    A person whose cells have an error is not counted.
    """
    if not context.has(STOCK):
        return
    stock, persons = context.table(STOCK), context.table(PERSONS)
    columns = (PERSON_PAPER.name, PERSON_ARRIVED.name, PERSON_LEFT.name)
    broken = context.broken(PERSONS.title, PERSON_KEY.name, *columns)
    stays = [
        (arrived, left)
        for row, paper, arrived, left in persons.records(*columns)
        if paper == YES and arrived is not None and (left is None or left > arrived) and row not in broken
    ]
    arrivals, departures = sorted(a for a, _ in stays), sorted(d for _, d in stays if d is not None)
    for row, on, number in stock.records(STOCK_DATE.name, STOCK_NUMBER.name):
        if on is None or number is None:
            continue
        if bisect_right(arrivals, on) - bisect_right(departures, on) > number:
            yield finding_at("P11", stock, row, STOCK_NUMBER, table=PERSONS.title)


def training_sizes(context: CheckContext) -> Iterator[Finding]:
    """P12: a volunteer training has at least as many participants as Schulungsteilnahmen of volunteers that are not lost."""
    if not context.has(ATTENDANCES):
        return
    trainings = context.table(TRAININGS)
    lost = {
        r.row for r in lost_references(context, VOLUNTEERS).reported if r.table.sheet == ATTENDANCES.title
    }
    rows = context.table(ATTENDANCES).records(ATTENDANCE_TRAINING.name, ATTENDANCE_VOLUNTEER.name)
    pairs = {(training, who) for row, training, who in rows if who is not None and row not in lost}
    attended = Counter(training for training, _ in pairs)
    audiences = ATTENDANCE_TRAINING.to_where
    assert audiences is not None
    for row, key, audience, size in trainings.records(
        TRAINING_KEY.name, TRAINING_AUDIENCE.name, TRAINING_SIZE.name
    ):
        if key and audience in audiences.values and size is not None and attended[key] > size:
            yield finding_at("P12", trainings, row, TRAINING_SIZE, table=ATTENDANCES.title)


def repeated_contacts(context: CheckContext) -> Iterator[Finding]:
    """P32: identical rows each count, with one note for the sheet: how many, and the first of them."""
    if not context.has(CONTACTS):
        return
    table = context.table(CONTACTS)
    seen: set[tuple[object, ...]] = set()
    repeats = []
    for row, *contact in table.records(*CONTACTS.names):
        if tuple(contact) in seen:
            repeats.append(row)
        seen.add(tuple(contact))
    alike = number_of(len(repeats), "Zeile gleicht", "Zeilen gleichen")
    for row in repeats:
        yield finding_at("P32", table, row, CONTACTS.columns[0], rows=alike, first=repeats[0])
