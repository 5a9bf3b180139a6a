"""Counts needs, offers, participations, drop-outs and target groups of one municipality. Pure functions.

A record counts from its date on, up to the end of data_as_of. A sheet that is empty without its Leermeldung
is not reported: its counts are None, never 0.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from pipeline.definitions.sheets import (
    DROP_OUT_REASON,
    DROPPED_OUT,
    FIELDS_OF_NEED,
    NEED_ADDRESSED,
    NEED_FIELD,
    NEED_RECORDED,
    NEEDS,
    OFFER_EXISTING,
    OFFER_FIELD,
    OFFER_KEY,
    OFFER_KIND,
    OFFER_NEW,
    OFFER_START,
    OFFERS,
    PARTICIPATION_OFFER,
    PARTICIPATION_START,
    PARTICIPATION_STATE,
    PARTICIPATIONS,
    PERSON_ARRIVED,
    PERSON_GROUP,
    PERSON_RECORDED,
    PERSONS,
)
from pipeline.evaluate.records import SubmissionRecords

Counts = Counter[str] | None
NO_GROUP = ""  # an exemption allows the cell to be empty
NEEDS_SHEETS = (NEEDS.title, OFFERS.title, PARTICIPATIONS.title, PERSONS.title)


@dataclass(frozen=True, slots=True)
class NeedsFigures:
    """Counts by field of need, reason or target group; None where the sheet is not reported."""

    needs: Counts  # field → recorded needs
    addressed: Counts
    existing: Counts  # field → offers
    new: Counts
    participations: Counts  # field of the offer → rows; each is a person at an offer
    drop_outs: Counts  # reason → rows
    recorded: Counts  # target group → persons with needs recorded
    waiting: Counts  # target group → persons without
    unreported: tuple[str, ...] = ()


def needs_figures(data: SubmissionRecords, on: date) -> NeedsFigures:
    """Count the records of one municipality as of the end of ``on``."""
    reported = {sheet: data.reported((sheet,)) for sheet in NEEDS_SHEETS}
    needs, offers = reported[NEEDS.title], reported[OFFERS.title]
    taken, persons = reported[PARTICIPATIONS.title], reported[PERSONS.title]
    return NeedsFigures(
        _needs(data, NEED_RECORDED.name, on) if needs else None,
        _needs(data, NEED_ADDRESSED.name, on) if needs else None,
        _offers(data, OFFER_EXISTING, on) if offers else None,
        _offers(data, OFFER_NEW, on) if offers else None,
        _participations(data, on) if taken else None,
        _drop_outs(data, on) if taken else None,
        _persons(data, on, recorded=True) if persons else None,
        _persons(data, on, recorded=False) if persons else None,
        tuple(sheet for sheet, there in reported.items() if not there),
    )


def sum_counts(counts: Iterable[Counts]) -> Counter[str]:
    """Add up the counts of several municipalities; those not reported add nothing."""
    found: Counter[str] = Counter()
    for known in counts:
        found.update(known or {})
    return found


def _field(name: str | None) -> str:
    """Return the field of need, "Sonstiges" where an exemption allows the cell to be empty."""
    return name or FIELDS_OF_NEED[-1]


def _by(day: date | None, on: date) -> bool:
    return day is not None and day <= on


def _needs(data: SubmissionRecords, column: str, on: date) -> Counter[str]:
    rows = data.workbook.tables[NEEDS.title].records(NEED_FIELD.name, NEED_RECORDED.name, column)
    return Counter(_field(field) for _, field, recorded, day in rows if _by(recorded, on) and _by(day, on))


def _offers(data: SubmissionRecords, kind: str, on: date) -> Counter[str]:
    rows = data.workbook.tables[OFFERS.title].records(OFFER_FIELD.name, OFFER_KIND.name, OFFER_START.name)
    return Counter(_field(field) for _, field, its_kind, day in rows if its_kind == kind and _by(day, on))


def _participations(data: SubmissionRecords, on: date) -> Counter[str]:
    offers = data.workbook.tables[OFFERS.title].records(OFFER_KEY.name, OFFER_FIELD.name)
    field_of = {key: field for _, key, field in offers}
    rows = data.workbook.tables[PARTICIPATIONS.title].records(
        PARTICIPATION_OFFER.name, PARTICIPATION_START.name
    )
    return Counter(_field(field_of.get(offer)) for _, offer, day in rows if _by(day, on))


def _drop_outs(data: SubmissionRecords, on: date) -> Counter[str]:
    rows = data.workbook.tables[PARTICIPATIONS.title].records(
        DROP_OUT_REASON.name, PARTICIPATION_STATE.name, PARTICIPATION_START.name
    )
    return Counter(
        reason or DROP_OUT_REASON.choices[-1]
        for _, reason, state, day in rows
        if state == DROPPED_OUT and _by(day, on)
    )


def _persons(data: SubmissionRecords, on: date, *, recorded: bool) -> Counter[str]:
    rows = data.workbook.tables[PERSONS.title].records(
        PERSON_GROUP.name, PERSON_ARRIVED.name, PERSON_RECORDED.name
    )
    return Counter(
        group or NO_GROUP for _, group, came, day in rows if _by(came, on) and _by(day, on) is recorded
    )
