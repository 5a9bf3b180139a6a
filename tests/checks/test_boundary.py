"""What is checked, where everything lies on the boundary day (tests/boundary.py), and a day beside it.

The workbook has one finding: the contact on the day before the project. Each case moves one cell by the one
day, or the one person, that makes the difference.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.checks.exemptions import apply_exemptions, uses
from pipeline.checks.plausibility import plausibility_findings
from pipeline.definitions.messages import finding
from pipeline.definitions.model import ExemptionState
from pipeline.rules import Exemption
from tests import boundary, builder
from tests.boundary import BEFORE, DAY
from tests.expected import Case, Cases, at, reported

BEFORE_THE_PROJECT = at("P20", "warning", "Kontakte!A5")


def beside(name: str, edits: dict[str, object], rule: str, severity: str = "warning") -> Case:
    """``edits`` change one cell, and the finding is at it."""
    (place,) = edits
    return Case(name, edits, (at(rule, severity, place),))


CASES = Cases(
    (
        Case("on the day", {}),
        Case(
            "running, ended the day before",
            {"Teilnahmen!D5": "2026-09-29"},
            (at("P44", "warning", "Teilnahmen!E5"),),
        ),
        beside("takes part the day before arrival", {"Teilnahmen!C6": "2026-09-29"}, "P45"),
        beside("addressed the day before the offer begins", {"Bedarfe!E6": "2026-09-29"}, "P46"),
        beside("released the day before", {"Stammdaten!B12": "2026-09-29"}, "P43"),
        beside("one person more than the stock", {"Bestand!B5": 9}, "P11", "error"),
        beside("one participation more than participants", {"Schulungen!G6": 1}, "P12", "error"),
        beside("a stock of the day after", {"Bestand!A5": "2026-10-01"}, "P02", "error"),
        beside("a contact of the day after", {"Kontakte!A35": "2026-10-01"}, "P02", "error"),
        beside("a volunteer begins the day after", {"Ehrenamtliche!C13": "2026-10-01"}, "P02", "error"),
    ),
    boundary.own,
)


@pytest.mark.parametrize("case", CASES.params)
def test_a_day_makes_the_difference(case: Case) -> None:
    assert sorted(reported(CASES[case].findings)) == sorted([*case.expected, BEFORE_THE_PROJECT])


def test_nothing_there_deserves_a_second_look() -> None:
    assert plausibility_findings(boundary.workbook(), None) == []


WORDS = {"ags": builder.AGS, "reason": "Bestand fehlt", "decided_by": "Referat 3"}


@pytest.mark.parametrize(
    ("until", "severity", "use"),
    [(DAY, "warning", ExemptionState.USED), (BEFORE, "error", ExemptionState.EXPIRED)],
)
def test_an_exemption_holds_on_its_last_day(until: object, severity: str, use: ExemptionState) -> None:
    """The Berichtsstichtag is the last day, or the day after it."""
    exemption = Exemption(**WORDS, rule="P11", valid_until=until)  # type: ignore[arg-type]
    (found,) = apply_exemptions(
        boundary.workbook(), [finding("P11", "Bestand", "B5", "Anzahl", table="Personen")], [exemption]
    )
    assert found.severity == severity
    settled = replace(boundary.workbook(), findings=[found])
    assert [u.use for u in uses([exemption], [settled])] == [use]
