"""What would come out otherwise under another reading: whose status, in which words, in which order."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from pipeline.definitions.model import Status
from pipeline.definitions.results import MilestoneResult, Result, TargetResult
from pipeline.evaluate import without_submission
from pipeline.evaluate.consolidate import ProjectResult, consolidate
from pipeline.evaluate.effects import Effect, Flips, ReadingEffects, judged
from pipeline.rules.alternatives import other_readings
from tests import builder

S = Status
RULES = builder.rules()
AS_OF = date(2026, 6, 30)
ONE, TWO = "06415000", "06411000"
Z12, MS12, Z37 = ("Z1.2", None), ("MS1.2", None), ("Z3.7", "2025/26")
Given = dict[tuple[str, str | None], Status]


def result(given: Given, ags: str = ONE, shares: tuple[int, int] | None = None) -> Result:
    top, bottom = shares or (None, None)
    value = Fraction(*shares) if shares else None
    targets = tuple(
        TargetResult(ags, nr, year, status, Fraction(7, 10), AS_OF, top, bottom, value)
        for (nr, year), status in given.items()
        if nr.startswith("Z")
    )
    milestones = tuple(
        MilestoneResult(ags, nr, AS_OF, status) for (nr, _), status in given.items() if nr.startswith("MS")
    )
    return Result(ags, AS_OF, targets, milestones, ())


def project(*results: Result) -> ProjectResult:
    """Of these municipalities, and a project lead that sent nothing."""
    return consolidate([without_submission("00000000", RULES, AS_OF), *results], RULES, AS_OF)


def flips(*pairs: tuple[Result, Result], numbers: frozenset[str]) -> list[Effect]:
    found = Flips()
    for now, otherwise in pairs:
        found.add(now, otherwise, numbers)
    return found.effects(["Z1.2", "Z1.4", "Z3.7", "MS1.2", "MS1.3"])


def test_statuses_by_number_and_year() -> None:
    given = {Z37: S.MISSED, ("Z3.7", "2026/27"): S.OPEN, Z12: S.MET, MS12: S.OVERDUE}
    assert judged(result(given)) == {
        "Z3.7": [("2025/26", S.MISSED), ("2026/27", S.OPEN)],
        "Z1.2": [(None, S.MET)],
        "MS1.2": [(None, S.OVERDUE)],
    }


def test_whose_status_would_be_another_and_in_which_words() -> None:
    """Both alike in Z1.2, of MS1.2 one each way; Z3.7 is not asked, MS1.3 is the same."""
    same: Given = {Z37: S.OPEN, ("MS1.3", None): S.OPEN}
    one = (
        result(same | {MS12: S.OVERDUE, Z12: S.OPEN}),
        result(same | {MS12: S.OPEN, Z12: S.MET, Z37: S.MET}),
    )
    two = (
        result(same | {MS12: S.OPEN, Z12: S.OPEN}, TWO),
        result(same | {MS12: S.REACHED, Z12: S.MET}, TWO),
    )
    assert flips(one, two, numbers=frozenset({"Z1.2", "MS1.2", "MS1.3"})) == [
        Effect("Z1.2", "offen", "erreicht", (ONE, TWO)),
        Effect("MS1.2", "überfällig", "offen", (ONE,)),
        Effect("MS1.2", "offen", "erreicht", (TWO,)),
    ]


def test_years_of_two_readings_are_compared_by_their_statuses() -> None:
    now = result({("Z1.4", "2025/26"): S.OPEN})
    asked = frozenset({"Z1.4"})
    alike = result({("Z1.4", "2025"): S.OPEN, ("Z1.4", "2026"): S.OPEN})
    assert flips((now, alike), numbers=asked) == []
    other = result({("Z1.4", "2025"): S.MISSED, ("Z1.4", "2026"): S.OPEN})
    assert flips((now, other), numbers=asked) == [
        Effect("Z1.4", "2025/26: offen", "2025: verfehlt, 2026: offen", (ONE,))
    ]
    assert flips((now, result({})), numbers=asked) == [
        Effect("Z1.4", "2025/26: offen", "nicht bewertet", (ONE,))
    ]


def test_the_project_comes_before_the_municipalities() -> None:
    now, otherwise = result({Z12: S.OPEN}, shares=(13, 20)), result({Z12: S.MET}, shares=(15, 20))
    whole, other = project(now), project(otherwise)
    found = Flips()
    found.add(now, otherwise, frozenset({"Z1.2"}))
    found.add_project(whole, other, frozenset({"Z1.2"}))
    found.add_project(whole, other, frozenset({"Z1.1"}))
    assert found.effects(["Z1.1", "Z1.2"]) == [
        Effect("Z1.2", "offen", "erreicht", ()),
        Effect("Z1.2", "offen", "erreicht", (ONE,)),
    ]
    nothing = Flips()
    nothing.add_project(whole, whole, frozenset({"Z1.2"}))
    assert nothing.effects(["Z1.2"]) == []


def test_a_target_of_the_project_that_the_other_reading_does_not_know() -> None:
    found = Flips()
    whole = project(result({Z12: S.OPEN}, shares=(13, 20)))
    (only_other,) = (one.rules for one in other_readings(RULES) if one.id == "A7")
    found.add_project(whole, consolidate([], only_other, AS_OF), frozenset({"Z1.2"}))
    assert found.effects(["Z1.2"]) == [Effect("Z1.2", "offen", "nicht bewertet", ())]


def test_each_other_reading_over_all_members() -> None:
    """Of one municipality 13 of 20 count now, 15 without a look at the papers (A2); the other sent nothing."""
    now = result({Z12: S.OPEN, MS12: S.OVERDUE}, shares=(13, 20))
    readings = [one.id for one in other_readings(RULES)]
    assert readings == ["A1", "A2", "A3", "A7"]
    by_timeline = result({MS12: S.OPEN})
    by_all = result({Z12: S.MET, MS12: S.OVERDUE}, shares=(15, 20))
    silent = without_submission(TWO, RULES, AS_OF)
    effects = ReadingEffects(RULES, AS_OF)
    effects.add(silent, None)
    effects.add(now, [by_timeline, by_all, result({}), result({})])
    assert [(one.id, found) for one, found in effects.each(project(silent, now))] == [
        ("A1", [Effect("MS1.2", "überfällig", "offen", (ONE,))]),
        (
            "A2",
            [Effect("Z1.2", "offen", "erreicht", ()), Effect("Z1.2", "offen", "erreicht", (ONE,))],
        ),
        ("A3", []),
        ("A7", []),
    ]
