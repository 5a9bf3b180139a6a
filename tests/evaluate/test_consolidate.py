"""All municipalities → the project: sums over sums, statuses, and nothing counted that was not reported.

Contract: catalogue.md, reading 4; results.md, "Consolidated targets".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import pytest

from pipeline.definitions.model import Status
from pipeline.definitions.results import MilestoneResult, Result, TargetResult
from pipeline.evaluate import without_submission
from pipeline.evaluate.consolidate import ProjectResult, ProjectTarget, consolidate
from tests import builder

S = Status
RULES = builder.rules()
AGS = [m.ags for m in RULES.roster]
LEAD = "00000000"
RUNNING, OVER = date(2026, 6, 30), date(2028, 9, 30)
YEAR = "2025/26"

Given = tuple[Status, int | None, int | None]  # status, numerator, denominator
NE: Given = (S.NOT_EVALUABLE, None, None)
NO: Given = (S.NO_SUBMISSION, None, None)


def project(
    as_of: date, nr: str, given: list[Given], year: str | None = None, lead: Given | None = None
) -> ProjectResult:
    """Consolidates municipalities that have one target each; those without a given result sent nothing."""
    results = []
    for ags, (status, top, bottom) in zip(AGS, [*given, *[NO] * (len(AGS) - len(given))], strict=True):
        value = Fraction(top or 0, bottom) if bottom else top
        results.append(
            Result(ags, as_of, (TargetResult(ags, nr, year, status, 1, as_of, top, bottom, value),), (), ())
        )
    own = without_submission(LEAD, RULES, as_of)
    if lead:
        status, top, _ = lead
        own = Result(
            LEAD, as_of, (TargetResult(LEAD, "Z2.7", None, status, 1, as_of, top, None, top),), (), ()
        )
    return consolidate([own, *results], RULES, as_of)


def target(found: ProjectResult, nr: str, year: str | None = None) -> ProjectTarget:
    (one,) = [t for t in found.targets if (t.nr, t.year) == (nr, year)]
    return one


@dataclass(frozen=True)
class Case:
    """A target over the eight municipalities of the roster; who is not given sent nothing."""

    name: str
    nr: str
    given: list[Given]
    status: Status
    figures: tuple[int | None, int | None]
    met: int
    evaluated: int
    as_of: date = RUNNING


ALL = [(S.MET, 10, None)] * 8
CASES = [
    # Z1.2, 70 %: Σ ÷ Σ. A mean of the percentages would be 55 % and 95 %.
    Case("a large one decides", "Z1.2", [(S.MET, 10, 10), (S.OPEN, 100, 1000)], S.OPEN, (110, 1010), 1, 2),
    Case("a large one reaches it", "Z1.2", [(S.MET, 900, 1000), (S.OPEN, 0, 10)], S.MET, (900, 1010), 1, 2),
    Case("exactly 70 %", "Z1.2", [(S.MET, 40, 50), (S.OPEN, 30, 50)], S.MET, (70, 100), 1, 2),
    Case("just below", "Z1.2", [(S.MET, 40, 50), (S.OPEN, 29, 50)], S.OPEN, (69, 100), 1, 2),
    Case("just below at the end", "Z1.2", [(S.MET, 40, 50), (S.MISSED, 29, 50)], S.MISSED, (69, 100), 1, 2, OVER),
    Case("met at the end though one missed", "Z1.2", [(S.MET, 50, 50), (S.MISSED, 29, 50)], S.MET, (79, 100), 1, 2, OVER),
    Case("early data, over by the as-of date", "Z1.2", [(S.OPEN, 1, 50)], S.MISSED, (1, 50), 0, 1, OVER),
    Case("others cannot be evaluated", "Z1.2", [(S.MET, 7, 10), NE, NE, NO], S.MET, (7, 10), 1, 1),
    Case("nobody can be evaluated", "Z1.2", [NE, NE], S.NOT_EVALUABLE, (None, None), 0, 0),
    Case("nobody sent anything", "Z1.2", [], S.NOT_EVALUABLE, (None, None), 0, 0),
    # Z2.6, at least 10 in each municipality
    Case("all of the roster", "Z2.6", ALL, S.MET, (80, None), 8, 8),
    Case("all but one, which sent nothing", "Z2.6", ALL[:7], S.OPEN, (70, None), 7, 7),
    Case("all but one, which cannot be evaluated", "Z2.6", [*ALL[:7], NE], S.OPEN, (70, None), 7, 7),
    Case("all but one, at the end", "Z2.6", ALL[:7], S.NOT_EVALUABLE, (70, None), 7, 7, OVER),
    Case("one is open", "Z2.6", [*ALL[:7], (S.OPEN, 9, None)], S.OPEN, (79, None), 7, 8),
    Case("one missed it", "Z2.6", [*ALL[:7], (S.MISSED, 9, None)], S.MISSED, (79, None), 7, 8, OVER),
    Case("one missed it, others sent nothing", "Z2.6", [(S.MET, 10, None), (S.MISSED, 0, None)], S.MISSED, (10, None), 1, 2, OVER),
    Case("zero is a number", "Z2.6", [(S.OPEN, 0, None)], S.OPEN, (0, None), 0, 1),
    Case("nobody", "Z2.6", [NE], S.NOT_EVALUABLE, (None, None), 0, 0),
    # Z3.4, attested: no figures
    Case("attested by all", "Z3.4", [(S.MET, None, None)] * 8, S.MET, (None, None), 8, 8),
    Case("attested by some", "Z3.4", [(S.MET, None, None), (S.OPEN, None, None)], S.OPEN, (None, None), 1, 2),
    # Z2.1, info: the sum
    Case("info", "Z2.1", [(S.INFO, 3, None), (S.INFO, 4, None), NE], S.INFO, (7, None), 0, 0),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c.nr}-{c.name}".replace(" ", "-"))
def test_target(case: Case) -> None:
    found = target(project(case.as_of, case.nr, case.given), case.nr)
    assert found.status is case.status
    assert (found.numerator, found.denominator) == case.figures
    top, bottom = case.figures
    assert found.value == (Fraction(top or 0, bottom) if bottom else top)
    assert (found.communes_met, found.communes_evaluated, found.communes_total) == (
        case.met,
        case.evaluated,
        8,
    )


@pytest.mark.parametrize(
    ("given", "as_of", "status"),
    [
        ([(S.MET, 30, None)] * 8, date(2026, 9, 30), S.MET),
        ([(S.MET, 30, None)] * 7, date(2026, 9, 29), S.OPEN),
        ([(S.MET, 30, None)] * 7, date(2026, 9, 30), S.NOT_EVALUABLE),  # the year is over, one is silent
        ([(S.MET, 30, None)] * 7 + [(S.OPEN, 5, None)], date(2026, 9, 30), S.NOT_EVALUABLE),  # early data
        ([(S.MET, 30, None)] * 7 + [(S.MISSED, 29, None)], date(2026, 9, 30), S.MISSED),
        ([(S.MET, 30, None), (S.MISSED, 29, None)] + [NE] * 6, date(2026, 9, 30), S.MISSED),
    ],
)
def test_a_project_year_ends_by_the_as_of_date(given: list[Given], as_of: date, status: Status) -> None:
    assert target(project(as_of, "Z1.4", given, YEAR), "Z1.4", YEAR).status is status


def test_every_target_and_every_year_begun_has_an_entry() -> None:
    found = project(date(2026, 10, 1), "Z1.4", [])
    assert [t.year for t in found.targets if t.nr == "Z1.4"] == ["2025/26", "2026/27"]
    assert [t.nr for t in found.targets if t.nr.startswith("Z2") and t.year is None] == [
        "Z2.1", "Z2.2", "Z2.3", "Z2.5", "Z2.6", "Z2.7",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("lead", "figures"),
    [
        ((S.MET, 1, None), (S.MET, 1, None, 1)),
        ((S.OPEN, 0, None), (S.OPEN, 0, None, 0)),
        (NE, (S.NOT_EVALUABLE, None, None, None)),
        (None, (S.NO_SUBMISSION, None, None, None)),
    ],
)
def test_z27_is_the_project_leads_alone(lead: Given | None, figures: tuple[object, ...]) -> None:
    found = target(project(RUNNING, "Z2.6", ALL, lead=lead), "Z2.7")
    assert (found.status, found.numerator, found.denominator, found.value) == figures
    assert (found.communes_met, found.communes_evaluated, found.communes_total) == (None, None, None)


def test_milestones_are_counted_by_status() -> None:
    given = [
        S.REACHED,
        S.REACHED,
        S.REACHED_LATE,
        S.OVERDUE,
        S.NO_SUBMISSION,
        S.REACHED,
        S.AT_RISK,
        S.AT_RISK,
    ]
    results = [
        Result(ags, RUNNING, (), (MilestoneResult(ags, "MS1.1", None, s), MilestoneResult(ags, "MS4.1", None, S.UNDEFINED)), ())
        for ags, s in zip(AGS, given, strict=True)
    ]  # fmt: skip
    found = {
        m.nr: m
        for m in consolidate([without_submission(LEAD, RULES, RUNNING), *results], RULES, RUNNING).milestones
    }
    assert found["MS1.1"].counts == {
        S.REACHED: 3, S.REACHED_LATE: 1, S.OVERDUE: 1, S.NO_SUBMISSION: 1, S.AT_RISK: 2,
    }  # fmt: skip
    assert found["MS4.1"].counts == {S.UNDEFINED: 8}
    assert (found["MS1.1"].due, found["MS4.1"].due) == (date(2026, 3, 31), None)
    assert found["MS1.1"].communes_total == 8
    assert len(found) == 16


def results_on(*days: date | None, status: Status = S.OPEN) -> list[Result]:
    """One municipality for each day of data, with 1 of 2 for Z1.2."""
    return [
        Result(ags, on, (TargetResult(ags, "Z1.2", None, status, 1, on, 1, 2, Fraction(1, 2)),), (), ())
        for ags, on in zip(AGS, days, strict=False)
    ]


def test_the_first_and_the_last_day_of_the_data_that_are_summed() -> None:
    """A result that is not summed gives no day, nor does one without."""
    first, last = date(2026, 3, 31), date(2026, 6, 30)
    given = [
        *results_on(last, first, date(2026, 4, 1), None),
        *results_on(date(2025, 1, 1), status=S.NOT_EVALUABLE),
    ]
    own = TargetResult(LEAD, "Z2.7", None, S.MET, 1, first, 1, None, 1)
    lead = Result(LEAD, first, (own,), (), ())
    found = consolidate([lead, *given], RULES, RUNNING)
    shared = target(found, "Z1.2")
    assert (shared.numerator, shared.denominator) == (4, 8)
    assert (shared.oldest, shared.youngest) == (first, last)
    assert (target(found, "Z2.7").oldest, target(found, "Z2.7").youngest) == (first, first)
    assert (target(found, "Z2.6").oldest, target(found, "Z2.6").youngest) == (None, None)


def test_none_of_ten_is_zero_and_no_figure_adds_nothing() -> None:
    assert target(project(RUNNING, "Z1.2", [(S.OPEN, 0, 10)]), "Z1.2").value == Fraction(0)
    given: list[Given] = [(S.MET, 7, 10), (S.MET, None, None), (S.MET, 1, 10)]
    found = target(project(RUNNING, "Z1.2", given), "Z1.2")
    assert (found.numerator, found.denominator, found.value) == (8, 20, Fraction(2, 5))
