"""``kisi doctor`` where everything lies on the boundary day (tests/boundary.py)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from pipeline.doctor.received import check_coming_deadlines
from pipeline.doctor.round import archivable, check_newer_round, check_round
from pipeline.doctor.rules_and_templates import check_exemption_use
from pipeline.rules import Exemption
from tests import boundary, builder
from tests.boundary import AFTER, BEFORE, DAY

RULES = builder.rules()


@pytest.mark.parametrize("as_of", [DAY, AFTER])
def test_a_submission_of_the_day_is_of_the_round(as_of: date) -> None:
    found = check_round(boundary.outcome(as_of))
    assert found.title == "Runde 30.09.2026"
    assert found.found.splitlines()[:2] == [
        "Abgabe bis 31.10.2026",
        "abgegeben (2): Projektleitung, Büdingen",
    ]
    assert archivable(boundary.outcome(as_of)) == []


@pytest.mark.parametrize(("joined", "shown"), [(DAY, False), (AFTER, True)])
def test_the_day_of_joining_is_reported_where_it_lies_after_the_stichtag(joined: date, shown: bool) -> None:
    roster = tuple(replace(m, joined=joined) if m.name == "Karben" else m for m in RULES.roster)
    outcome = boundary.outcome(DAY)
    deliveries = tuple(
        replace(d, member=next((m for m in roster if m.ags == d.member.ags), d.member))
        for d in outcome.round.deliveries
    )
    found = check_round(replace(outcome, round=replace(outcome.round, deliveries=deliveries))).found
    assert ("Karben [Beitritt 01.10.2026]" in found) is shown


@pytest.mark.parametrize(("as_of", "expired"), [(DAY, 0), (AFTER, 1)])
def test_an_exemption_expires_after_its_last_day(as_of: date, expired: int) -> None:
    one = Exemption(
        rule="P11", ags=builder.AGS, reason="Bestand fehlt", decided_by="Referat 3", valid_until=DAY
    )
    (check,) = check_exemption_use(replace(RULES, exemptions=(one,)), as_of)
    assert f"davon {expired} am" in check.found


@pytest.mark.parametrize(
    ("today", "ahead"),
    [
        (BEFORE, ["30.09.2026: N3.1", "31.10.2026: MS3.2"]),
        (DAY, ["30.09.2026: N3.1", "31.10.2026: MS3.2"]),  # MS2.2 is 61 days away
        (AFTER, ["31.10.2026: MS3.2", "30.11.2026: MS2.2"]),
    ],
)
def test_deadlines_from_the_day_to_the_sixtieth(today: date, ahead: list[str]) -> None:
    """Büdingen has met N3.1 and MS3.2; the seven others have sent nothing."""
    lines = check_coming_deadlines(RULES, today, boundary.outcome(DAY)).found.splitlines()
    assert [line.split(",")[0] for line in lines[:-1]] == ahead
    lacking = {line.split(": ")[1].split(",")[0]: line.split(" bei ")[1] for line in lines[:-1]}
    expected = {"N3.1": "7 von 8 Kommunen", "MS3.2": "7 von 8 Kommunen", "MS2.2": "8 von 8 Kommunen"}
    assert lacking == {nr: expected[nr] for nr in lacking}


def test_a_round_begins_on_its_stichtag() -> None:
    outcome = boundary.outcome(DAY)
    assert list(check_newer_round(RULES, outcome, date(2026, 12, 30))) == []
    (found,) = check_newer_round(RULES, outcome, date(2026, 12, 31))
    assert "31.12.2026 (Abgabe bis 31.01.2027)" in found.found
