"""AMIF indicators: persons supported in one municipality, by age bracket and gender, each person once. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from pipeline.definitions.sheets import (
    OFFER_FIELD,
    OFFER_KEY,
    OFFERS,
    PARTICIPATION_OFFER,
    PARTICIPATION_PERSON,
    PARTICIPATION_START,
    PARTICIPATIONS,
    PERSON_AGE,
    PERSON_ARRIVED,
    PERSON_GENDER,
    PERSON_KEY,
    PERSON_PAPER,
    PERSON_RECORDED,
    PERSONS,
    YES,
)
from pipeline.evaluate.records import SubmissionRecords
from pipeline.rules import AmifIndicator


@dataclass(frozen=True, slots=True)
class Supported:
    """Persons by (age bracket, gender), None for an answer that is missing; and those without checked paper."""

    persons: tuple[tuple[tuple[str | None, str | None], int], ...]
    unchecked: int


def supported(data: SubmissionRecords, indicator: AmifIndicator, on: date) -> Supported | None:
    """As of the end of ``on``; None where a sheet it rests on is empty without its Leermeldung."""
    if not data.reported((PERSONS.title, PARTICIPATIONS.title)):
        return None
    taking_part = _taking_part(data, indicator.field, on)
    found: Counter[tuple[str | None, str | None]] = Counter()
    unchecked = 0
    columns = (PERSON_KEY, PERSON_ARRIVED, PERSON_RECORDED, PERSON_PAPER, PERSON_AGE, PERSON_GENDER)
    for _, key, came, recorded, paper, age, gender in data.workbook.tables[PERSONS.title].records(
        *(c.name for c in columns)
    ):
        by_need = indicator.field is None and recorded is not None and recorded <= on
        if came is None or came > on or not (by_need or key in taking_part):
            continue
        if paper == YES:
            found[age, gender] += 1
        else:
            unchecked += 1
    return Supported(tuple(found.items()), unchecked)


def _taking_part(data: SubmissionRecords, field: str | None, on: date) -> set[str]:
    """Keys of the persons at an offer, of one field where it is given."""
    offers = data.workbook.tables[OFFERS.title].records(OFFER_KEY.name, OFFER_FIELD.name)
    asked = {key for _, key, of in offers if field in (None, of)}
    rows = data.workbook.tables[PARTICIPATIONS.title].records(
        PARTICIPATION_PERSON.name, PARTICIPATION_OFFER.name, PARTICIPATION_START.name
    )
    return {person for _, person, offer, day in rows if offer in asked and day is not None and day <= on}
