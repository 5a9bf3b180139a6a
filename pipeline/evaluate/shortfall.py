"""How much is missing to a threshold: as an exact number in the unit of the rule, and in German words."""

from __future__ import annotations

from fractions import Fraction
from math import ceil

from pipeline.definitions.messages import by_number, number_of
from pipeline.definitions.model import Status
from pipeline.definitions.results import TargetResult
from pipeline.definitions.sheets import (
    ATTENDANCES,
    CONTACTS,
    EVENTS,
    NEEDS,
    OFFERS,
    PARTICIPATIONS,
    PERSONS,
    TRAININGS,
    UNITS,
    VOLUNTEERS,
)
from pipeline.rules import Attested, Criterion, Info, Share, Target

UNIT_WORDS = {
    PERSONS.title: ("Person", "Personen"),
    NEEDS.title: ("Bedarf", "Bedarfe"),
    OFFERS.title: ("Angebot", "Angebote"),
    PARTICIPATIONS.title: ("Teilnahme", "Teilnahmen"),
    CONTACTS.title: ("Kontakt", "Kontakte"),
    EVENTS.title: ("Veranstaltung", "Veranstaltungen"),
    VOLUNTEERS.title: ("ehrenamtliche Kraft", "ehrenamtliche Kräfte"),
    TRAININGS.title: ("Schulung", "Schulungen"),
    ATTENDANCES.title: ("Schulungsteilnahme", "Schulungsteilnahmen"),
    UNITS.title: ("Organisationseinheit", "Organisationseinheiten"),
}
THRESHOLD_REACHED = "Schwelle erreicht"


def missing_count(threshold: Fraction | int, numerator: int, denominator: int | None) -> int:
    """Return how many more are needed to reach the threshold, at least 0; a share is rounded up to whole
    units.
    """
    wanted = threshold if denominator is None else threshold * denominator
    return max(0, ceil(wanted - numerator))


def shortfall_of(target: Target, numerator: int | None, denominator: int | None) -> int | None:
    """Return how many are missing; None where there is no threshold or no figure."""
    minimum = target.decide.minimum
    if minimum is None or numerator is None or (isinstance(minimum, Fraction) and denominator is None):
        return None
    return missing_count(minimum, numerator, denominator)


def shortfall_words(target: Target | Criterion, gap: int) -> str:
    """Return the shortfall in words: ``es fehlen 14 Personen``."""
    if gap == 0:
        return THRESHOLD_REACHED
    decide = target.decide
    sheet = decide.numerator.sheet if isinstance(decide, Share) else decide.sheets[0]
    one, many = UNIT_WORDS.get(sheet, ("Zeile", "Zeilen"))
    return f"es {by_number(gap, 'fehlt', 'fehlen')} {number_of(gap, one, many)}"


def target_remark(target: Target, result: TargetResult, reason: str | None) -> str:
    """Return the remark beside a municipality's figure; empty where the status needs no explanation.

    ``reason`` says why there is no figure.
    """
    gap = shortfall_of(target, result.numerator, result.denominator)
    if gap is not None:
        return shortfall_words(target, gap)
    match target.decide:
        case _ if result.status is Status.NOT_EVALUABLE:
            return reason or ""
        case Attested() if result.status is Status.MET:
            return "Datum und Nachweis liegen vor"
        case Attested() if result.status is not Status.NO_SUBMISSION:
            return "Datum oder Nachweis fehlt"
        case Info() if result.status is Status.INFO:
            return "ohne Schwelle"
        case _:
            return ""
