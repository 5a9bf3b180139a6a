"""What ``kisi demo`` lays beside the quarter's files: each mishap is handled as the contract says."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.cli.console import outcome_lines
from pipeline.outcome import Outcome
from pipeline.rules.loading.load import load_rules
from pipeline.run import run
from tests.demo_files import MISHAPS, lay_out_demo

MAIL, *COPIES, WITHDRAWN, SLIP = MISHAPS
LATE = f"{MAIL}/KISI_Karben.xlsx"


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    inputs, rules = lay_out_demo(tmp_path_factory.mktemp("demo"))
    return {
        day: run(inputs, load_rules(rules), date.fromisoformat(day)) for day in ("2026-06-30", "2026-09-30")
    }


def states(outcome: Outcome) -> dict[str, str]:
    return {s.workbook.file: s.state.value for s in outcome.received}


def test_a_late_one_came_in_a_mail(outcomes: dict[str, Outcome]) -> None:
    outcome = outcomes["2026-06-30"]
    accepted = outcome.accepted("06440012")
    assert accepted is not None
    assert (accepted.workbook.file, accepted.workbook.received_on) == (LATE, date(2026, 8, 14))
    assert outcome.round.due == date(2026, 7, 31)
    assert {d.member.ags for d in outcome.round.deliveries if d.status.value == "delivered"} == {"06440012"}
    assert states(outcomes["2026-09-30"])[LATE] == "earlier"


def test_a_slip_in_the_stichtag_is_asked_for(outcomes: dict[str, Outcome]) -> None:
    outcome = outcomes["2026-09-30"]
    assert states(outcome)[SLIP] == "later"
    assert f"  {SLIP} – Karben nennt den Stichtag 30.09.2027: Tippfehler?" in list(outcome_lines(outcome))


def test_a_withdrawn_one_does_not_replace_the_first(outcomes: dict[str, Outcome]) -> None:
    found = states(outcomes["2026-09-30"])
    assert (found[WITHDRAWN], found["2026-09-30/KISI_Hanau.xlsx"]) == ("withdrawn", "accepted")


def test_two_colleagues_copies_are_rejected_and_the_first_stands_in(outcomes: dict[str, Outcome]) -> None:
    outcome = outcomes["2026-09-30"]
    assert [states(outcome)[file] for file in COPIES] == ["rejected", "rejected"]
    for submission in outcome.submissions:
        if submission.workbook.file in COPIES:
            assert "A01" in [f.rule for f in submission.workbook.findings]
    accepted = outcome.accepted("06440002")
    assert accepted is not None
    assert (accepted.workbook.file, accepted.substitute) == ("2026-09-30/KISI_Bad_Nauheim.xlsx", True)
