"""Exemptions over findings made by hand: which they turn, on which day, and what is said of their use.

That the whole of a report tells it is tested in test_exemptions.py.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from pipeline.checks.exemptions import (
    ExemptionUse,
    apply_exemptions,
    covers,
    in_force,
    uses,
    with_expiry_notes,
)
from pipeline.definitions.messages import exempted, finding
from pipeline.definitions.model import ExemptionState, Finding, Severity, Workbook
from pipeline.rules import Exemption
from tests.builder import AGS
from tests.expected import reported

DAY, BEFORE = date(2026, 6, 30), date(2026, 6, 29)
BOOK = Workbook("a.xlsx", "0" * 64, ags=AGS, stichtag=DAY)
STOCK = finding("P11", "Bestand", "B6", "Anzahl", table="Personen")
SECOND = finding("P11", "Bestand", "B7", "Anzahl", table="Personen")
WARNING = finding("P21", "Zielwerte", "E10", "Nachweis-Nr.", table="Nachweise")


def exemption(rule: str = "P11", until: date = DAY, **named: Any) -> Exemption:
    words = {"reason": "Bestand fehlt.", "decided_by": "Referat 3", "ags": AGS}
    return Exemption(**{**words, **named}, rule=rule, valid_until=until)


def turned(one: Finding, until: date = DAY) -> Finding:
    return exempted(one, "Bestand fehlt.", "Referat 3", until)


@pytest.mark.parametrize(
    ("named", "hit"),
    [
        ({}, True),
        ({"sheet": "Bestand"}, True),
        ({"sheet": "Bestand", "column": "Anzahl"}, True),
        ({"ags": "06440002"}, False),
        ({"rule": "P12"}, False),
        ({"sheet": "Personen"}, False),
        ({"sheet": "Bestand", "column": "Stichtag"}, False),
    ],
)
def test_what_it_covers(named: dict[str, Any], hit: bool) -> None:
    assert covers(exemption(**named), BOOK, STOCK) is hit


@pytest.mark.parametrize(
    ("stichtag", "holds"), [(BEFORE, True), (DAY, True), (date(2026, 7, 1), False), (None, False)]
)
def test_it_holds_up_to_its_last_day(stichtag: date | None, holds: bool) -> None:
    assert in_force(exemption(), replace(BOOK, stichtag=stichtag)) is holds


def test_an_error_becomes_a_warning_and_everything_else_stays() -> None:
    found = apply_exemptions(
        BOOK, [WARNING, STOCK, SECOND], [exemption("P21"), exemption("P12"), exemption()]
    )
    assert found == [WARNING, turned(STOCK), turned(SECOND)]
    assert [f.severity.value for f in found] == ["warning"] * 3
    assert "Ausnahme: Bestand fehlt (entschieden: Referat 3), bis 30.06.2026." in found[1].message


def test_the_first_exemption_that_holds_gives_the_reason() -> None:
    rules = [exemption(until=BEFORE), exemption(until=DAY), exemption(until=date(2027, 1, 1))]
    assert apply_exemptions(BOOK, [STOCK], rules) == [turned(STOCK)]
    assert apply_exemptions(BOOK, [STOCK], []) == [STOCK]


UNREAD = finding("W05", "Bedarfe", "D5", "Erfasst am")
EMPTY = [finding("W13", "Bedarfe", "D5", "Erfasst am"), finding("P10", "Bedarfe", "D5", "Erfasst am")]
NEEDED = finding("P05", "Bedarfe", "D5", "Erfasst am", condition="x")


def test_an_excepted_cell_that_was_not_read_is_not_called_empty() -> None:
    of_another = [finding("W13", "Bedarfe", "D6", "Erfasst am"), finding("W13", "Angebote", "D5", "Gebiet")]
    found = [UNREAD, *EMPTY, NEEDED, *of_another]
    assert apply_exemptions(BOOK, found, [exemption("W05")]) == [turned(UNREAD), *of_another]
    assert apply_exemptions(BOOK, found, [exemption("W05", BEFORE)]) == found
    assert apply_exemptions(BOOK, found, []) == found


def test_what_is_said_of_the_cell_besides_stays() -> None:
    """Another error on the unread cell; but not that it is empty, even where that is exempted as well."""
    other = finding("P04", "Bedarfe", "D5", "Erfasst am", before="x")
    found = apply_exemptions(BOOK, [UNREAD, other, EMPTY[0]], [exemption("W05"), exemption("W13")])
    assert found == [turned(UNREAD), other]
    assert apply_exemptions(BOOK, [EMPTY[0]], [exemption("W05"), exemption("W13")]) == [turned(EMPTY[0])]


def test_only_an_excepted_reading_silences_the_gap() -> None:
    """P11 is no finding of reading, and a warning that was one from the start is no exempted error."""
    gap = finding("W13", "Bestand", "B6", "Anzahl")
    assert apply_exemptions(BOOK, [STOCK, gap], [exemption()]) == [turned(STOCK), gap]
    planned = finding("W40", "Bestand", "B6", "Anzahl", nearest="x")
    assert planned.severity is Severity.WARNING
    assert apply_exemptions(BOOK, [planned, gap], []) == [planned, gap]


def test_an_expired_one_is_noted_once_after_the_first_error_it_names() -> None:
    found = [WARNING, STOCK, SECOND]
    rules = [exemption("P21", BEFORE), exemption("P12", BEFORE), exemption(until=BEFORE)]
    noted = with_expiry_notes(BOOK, found, rules)
    assert reported(noted) == reported([WARNING, STOCK, finding("X01", "Bestand", "B6", "Anzahl", rule="P11", until="29.06.2026"), SECOND])  # fmt: skip
    assert noted[2] == finding("X01", "Bestand", "B6", "Anzahl", rule="P11", until="29.06.2026")
    assert found == [WARNING, STOCK, SECOND]  # what was given is as it was


@pytest.mark.parametrize(
    ("stichtag", "until"), [(DAY, DAY), (None, BEFORE)], ids=["in force", "without a Stichtag"]
)
def test_there_is_no_note_while_it_holds_or_nobody_knows(stichtag: date | None, until: date) -> None:
    book = replace(BOOK, stichtag=stichtag)
    assert with_expiry_notes(book, [STOCK], [exemption(until=until)]) == [STOCK]


def with_findings(file: str, *found: Finding, stichtag: date | None = DAY, ags: str = AGS) -> Workbook:
    return Workbook(file, "0" * 64, ags=ags, stichtag=stichtag, findings=found)


def test_how_each_exemption_was_used_and_where() -> None:
    books = [
        with_findings("a", turned(STOCK)),
        with_findings("b", WARNING, turned(SECOND)),
        with_findings("c", STOCK, stichtag=date(2026, 7, 1)),
        with_findings("d", turned(STOCK), ags="06440002"),
        with_findings("e"),
        with_findings("f", turned(STOCK), stichtag=None),
    ]
    of_bestand, of_p12, of_p21 = exemption(sheet="Bestand"), exemption("P12"), exemption("P21")
    assert uses([of_bestand, of_p12, of_p21], iter(books)) == (
        ExemptionUse(of_bestand, ExemptionState.USED, ("a", "b")),
        ExemptionUse(of_p12, ExemptionState.UNUSED, ()),
        ExemptionUse(of_p21, ExemptionState.UNUSED, ()),  # a warning needs none
    )
    assert uses([of_bestand], books[2:]) == (ExemptionUse(of_bestand, ExemptionState.EXPIRED, ("c",)),)
    assert uses([of_bestand], books[3:]) == (ExemptionUse(of_bestand, ExemptionState.UNUSED, ()),)
    assert uses([], books) == ()


def test_an_error_that_an_exemption_in_force_would_turn_is_no_use_of_it() -> None:
    """It stands there as an error: the file was read before the exemption was granted."""
    one = exemption()
    assert uses([one], [with_findings("a", STOCK)]) == (ExemptionUse(one, ExemptionState.UNUSED, ()),)
