"""How much is missing to a threshold, exactly and in words."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from pipeline.definitions.model import Status
from pipeline.definitions.results import TargetResult
from pipeline.evaluate.shortfall import missing_count, shortfall_of, shortfall_words, target_remark
from pipeline.rules import Criterion, Target
from tests import builder

RULES = builder.rules()
DAY = date(2026, 6, 30)
S = Status


def target(nr: str) -> Target:
    return next(t for t in RULES.targets if t.id == nr)


def criterion(nr: str) -> Criterion:
    return next(c for c in RULES.criteria if c.id == nr)


@pytest.mark.parametrize(
    ("threshold", "top", "bottom", "missing"),
    [
        (Fraction(7, 10), 6, 10, 1),
        (Fraction(7, 10), 7, 10, 0),
        (Fraction(7, 10), 8, 10, 0),
        (Fraction(7, 10), 7, 11, 1),  # 7.7 wanted
        (Fraction(7, 10), 0, 0, 0),
        (Fraction(1, 3), 0, 100, 34),
        (30, 29, None, 1),
        (30, 30, None, 0),
        (30, 31, None, 0),
        (30, 0, None, 30),
    ],
)
def test_how_many_are_missing(threshold: Fraction | int, top: int, bottom: int | None, missing: int) -> None:
    assert missing_count(threshold, top, bottom) == missing


@pytest.mark.parametrize(
    ("nr", "top", "bottom", "missing"),
    [
        ("Z1.2", 6, 10, 1),
        ("Z1.2", 6, None, None),
        ("Z1.2", None, 10, None),
        ("Z1.4", 28, None, 2),
        ("Z1.4", None, None, None),
        ("Z2.1", 5, None, None),  # only shown
        ("Z2.2", None, None, None),  # attested
    ],
)
def test_the_shortfall_of_a_target(nr: str, top: int | None, bottom: int | None, missing: int | None) -> None:
    assert shortfall_of(target(nr), top, bottom) == missing


@pytest.mark.parametrize(
    ("nr", "gap", "words"),
    [
        ("Z1.2", 0, "Schwelle erreicht"),
        ("Z1.2", 1, "es fehlt 1 Person"),  # not of the stock that it is a share of
        ("Z1.2", 14, "es fehlen 14 Personen"),
        ("Z1.3", 2, "es fehlen 2 Bedarfe"),
        ("Z1.4", 1, "es fehlt 1 Kontakt"),
        ("Z2.4", 2, "es fehlen 2 Schulungen"),
        ("Z2.5", 2, "es fehlen 2 ehrenamtliche Kräfte"),
        ("Z2.6", 1, "es fehlt 1 ehrenamtliche Kraft"),
        ("Z4.1", 1, "es fehlt 1 Veranstaltung"),
    ],
)
def test_the_shortfall_in_words(nr: str, gap: int, words: str) -> None:
    assert shortfall_words(target(nr), gap) == words


def test_a_criterion_of_units_and_a_sheet_without_a_word() -> None:
    every = criterion("MS3.1a")
    assert shortfall_words(every, 3) == "es fehlen 3 Organisationseinheiten"
    other = every.model_copy(update={"decide": every.decide.model_copy(update={"sheet": "Nachweise"})})
    assert [shortfall_words(other, gap) for gap in (1, 2)] == ["es fehlt 1 Zeile", "es fehlen 2 Zeilen"]


def remark(
    nr: str,
    status: Status,
    top: int | None = None,
    bottom: int | None = None,
    *,
    reason: str | None = None,
) -> str:
    result = TargetResult(builder.AGS, nr, None, status, None, DAY, top, bottom)
    return target_remark(target(nr), result, reason)


def test_the_remark_beside_a_figure() -> None:
    assert remark("Z1.2", S.OPEN, 6, 10) == "es fehlt 1 Person"
    assert remark("Z1.2", S.MET, 7, 10) == "Schwelle erreicht"
    assert remark("Z2.1", S.INFO, 3) == "ohne Schwelle"
    assert remark("Z2.1", S.NO_SUBMISSION) == ""
    assert remark("Z2.2", S.MET) == "Datum und Nachweis liegen vor"
    assert remark("Z2.2", S.OPEN) == remark("Z2.2", S.MISSED) == "Datum oder Nachweis fehlt"
    assert remark("Z2.2", S.NO_SUBMISSION) == ""
    assert remark("Z1.2", S.NO_SUBMISSION) == ""


def test_the_remark_where_nothing_could_be_evaluated() -> None:
    for nr in ("Z1.2", "Z2.1", "Z2.2"):
        assert remark(nr, S.NOT_EVALUABLE, reason="Nenner fehlt oder ist 0") == "Nenner fehlt oder ist 0"
        assert remark(nr, S.NOT_EVALUABLE) == ""
    assert remark("Z1.2", S.OPEN, 6, 10, reason="Nenner fehlt oder ist 0") == "es fehlt 1 Person"
