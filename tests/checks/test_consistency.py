"""Persons, needs, stock, trainings and contacts against each other: just so, and one beside it."""

from __future__ import annotations

import pytest

from pipeline.checks.consistency import (
    empty_beside_unread,
    needs_after_recording,
    papers_unchecked,
    repeated_contacts,
    stock_covers_persons,
    training_sizes,
)
from pipeline.definitions.messages import finding
from tests.checks.contexts import context, places


def test_the_project_lead_has_none_of_these_sheets() -> None:
    lead = context(kind="projektleitung")
    for check in (
        papers_unchecked,
        empty_beside_unread,
        needs_after_recording,
        stock_covers_persons,
        training_sizes,
        repeated_contacts,
    ):
        assert list(check(lead)) == []


def test_each_paper_that_was_not_checked() -> None:
    persons = "Kennung | Aufenthaltspapier geprüft\nP-0001 | nein\nP-0002 | ja\nP-0003 |\nP-0004 | nein"
    assert list(papers_unchecked(context({"Personen": persons}))) == [
        finding("P30", "Personen", cell, "Aufenthaltspapier geprüft") for cell in ("C5", "C8")
    ]


TAKEN = """
    Kennung | Angebot-Nr. | Beginn     | Ende       | Stand       | Abbruchgrund
    P-0001  | A-001       | 2026-03-16 |            | laufend     |
    P-0002  | A-001       | 2026-03-16 |            | abgebrochen |
    P-0003  | A-001       | 2026-03-16 |            |             |
    P-0004  | A-001       | 2026-03-16 |            | laufend     |
    P-0005  | A-001       | 2026-03-16 |            | laufend     | Wegzug
    P-0006  | A-001       | 2026-03-16 | 2026-04-01 | abgeschlossen |
    P-0007  | A-001       | 2026-03-16 |            | laufend     |
"""


def test_what_was_not_read_in_a_cell_that_must_be_empty() -> None:
    """Not where it is asked for, the Stand is empty, the value was read, the cell is covered or has another error."""
    found = [finding("W10", "Teilnahmen", f"F{row}", "Abbruchgrund") for row in (5, 6, 7, 9, 10)]
    found += [
        finding("W24", "Teilnahmen", "F8", "Abbruchgrund"),  # empty below another cell
        finding("W13", "Teilnahmen", "D11", "Ende"),
        finding("W13", "Bedarfe", "F11", "Abbruchgrund"),
        finding("P07", "Teilnahmen", "F11", "Abbruchgrund", table="x"),
    ]
    of_state = {"condition": "„Stand“ „abgebrochen“ ist", "other": "Stand"}
    assert list(empty_beside_unread(context({"Teilnahmen": TAKEN}, found=found))) == [
        finding("P06", "Teilnahmen", cell, "Abbruchgrund", **of_state) for cell in ("F5", "F10")
    ]


RECORDED = {
    "Personen": """
        Kennung | Bedarf erfasst am
        P-0001  | 2026-02-10
        P-0002  |
        P-0003  |
        P-0004  |
        P-0001  | 2026-06-01
    """,
    "Bedarfe": """
        Bedarf-Nr. | Kennung | Erfasst am
        B-0001     | P-0001  | 2026-02-09
        B-0002     | P-0001  | 2026-02-10
        B-0003     | P-0001  |
        B-0004     | P-0004  | 2026-02-10
        B-0005     | P-0002  | 2026-02-10
        B-0006     | P-0002  | 2026-02-11
        B-0007     |         | 2026-02-09
        B-0008     | P-0099  | 2026-02-09
        B-0009     | P-0001  | 2026-01-01
    """,
}


def test_needs_are_recorded_when_their_person_is_or_later() -> None:
    """A person with needs and no date is reported once, in the order of the rows; a repeat of P-0001 says nothing."""
    assert list(needs_after_recording(context(RECORDED))) == [
        finding("P09", "Bedarfe", "D5", "Erfasst am", other="Bedarf erfasst am"),
        finding("P09", "Bedarfe", "D13", "Erfasst am", other="Bedarf erfasst am"),
        finding("P10", "Personen", "F6", "Bedarf erfasst am"),
        finding("P10", "Personen", "F8", "Bedarf erfasst am"),
    ]


def test_a_date_of_the_person_with_an_error_is_not_reported_at_each_need() -> None:
    late = finding("P02", "Personen", "F5", "Bedarf erfasst am")
    assert [f.rule for f in needs_after_recording(context(RECORDED, found=[late]))] == ["P10", "P10"]
    other = finding("P02", "Personen", "F6", "Bedarf erfasst am")
    assert [f.rule for f in needs_after_recording(context(RECORDED, found=[other]))] == [
        "P09",
        "P09",
        "P10",
        "P10",
    ]


PRESENT = """
    Kennung | Aufenthaltspapier geprüft | Zugang am  | Abgang am
    P-0001  | ja                        | 2026-03-31 |
    P-0002  | ja                        | 2026-01-12 | 2026-04-01
    P-0003  | ja                        | 2026-01-12 | 2026-03-31
    P-0004  | nein                      | 2026-01-12 |
    P-0005  | ja                        | 2026-04-01 |
    P-0006  |                           | 2026-01-12 |
    P-0007  | ja                        |            |
    P-0008  | ja                        | 2026-02-01 | 2026-02-01
    P-0009  | ja                        | 2026-02-01 | 2026-01-31
"""


def stock(*rows: str) -> str:
    return "Stichtag | Anzahl\n" + "\n".join(rows)


@pytest.mark.parametrize(
    ("row", "shown"),
    [
        ("2026-03-31 | 1", True),  # P-0001 and P-0002 are there; P-0003 leaves on the day
        ("2026-03-31 | 2", False),
        ("2026-03-30 | 1", True),  # P-0002 and P-0003
        ("2026-03-30 | 2", False),
        ("2026-04-01 | 1", True),  # P-0001 and P-0005; P-0002 leaves on the day
        ("2026-04-01 | 2", False),
        ("2026-01-11 | 0", False),  # nobody yet
        (" | 0", False),
        ("2026-03-31 | ", False),
    ],
)
def test_the_stock_covers_the_persons_that_are_there(row: str, shown: bool) -> None:
    found = list(stock_covers_persons(context({"Personen": PRESENT, "Bestand": stock(row)})))
    assert found == ([finding("P11", "Bestand", "B5", "Anzahl", table="Personen")] if shown else [])


def test_each_row_of_the_stock_is_asked() -> None:
    rows = stock(" | 0", "2026-03-31 | ", "2026-03-31 | 1", "2026-03-30 | 2", "2026-04-01 | 1")
    found = stock_covers_persons(context({"Personen": PRESENT, "Bestand": rows}))
    assert places(found) == [("P11", "Bestand!B7"), ("P11", "Bestand!B9")]


@pytest.mark.parametrize("cell", ["A5", "C5", "D5", "G5"])
def test_a_person_with_an_error_is_not_counted(cell: str) -> None:
    rows = {"Personen": PRESENT, "Bestand": stock("2026-03-31 | 1")}
    assert places(stock_covers_persons(context(rows, f"Personen!{cell}"))) == []
    assert places(stock_covers_persons(context(rows, "Personen!E5"))) == [("P11", "Bestand!B5")]


TRAINED = {
    "Ehrenamtliche": "Kennung\nE-001\nE-002\nE-003",
    "Schulungen": """
        Schulung-Nr. | Zielgruppe    | Teilnehmendenzahl
        S-001        | Ehrenamtliche | 1
        S-002        | Ehrenamtliche | 2
        S-003        | Verwaltung    | 1
        S-004        | Ehrenamtliche |
                     | Ehrenamtliche | 0
        S-006        | Ehrenamtliche | 0
    """,
    "Schulungsteilnahmen": """
        Schulung-Nr. | Kennung
        S-001        | E-001
        S-001        | E-002
        S-002        | E-001
        S-002        | E-002
        S-002        | E-002
        S-003        | E-001
        S-003        | E-002
        S-004        | E-001
                     | E-001
        S-006        |
    """,
}


def test_a_training_has_as_many_participants_as_rows_say() -> None:
    """A repeat of a row is no further one, nor is one without a Kennung."""
    assert list(training_sizes(context(TRAINED))) == [
        finding("P12", "Schulungen", "G5", "Teilnehmendenzahl", table="Schulungsteilnahmen")
    ]


def test_a_lost_volunteer_is_reported_there_and_not_counted() -> None:
    lost = {**TRAINED, "Ehrenamtliche": "Kennung\nE-001\nE-003"}
    assert list(training_sizes(context(lost))) == []


CONTACTS = """
    Datum      | Kontaktform | Anlass      | Integrationsguide | Kennung
    2026-02-11 | digital     | Begleitung  | AB                | P-0001
    2026-02-11 | digital     | Begleitung  | AB                |
    2026-02-11 | digital     | Begleitung  | AB                | P-0001
    2026-02-11 | digital     | Verweisung  | AB                | P-0001
    2026-02-11 | digital     | Begleitung  | AB                |
    2026-02-11 | digital     | Begleitung  | AB                | P-0001
"""


def test_identical_contacts_are_reported_with_their_number_and_the_first_of_them() -> None:
    words = {"rows": "3 Zeilen gleichen", "first": 7}
    assert list(repeated_contacts(context({"Kontakte": CONTACTS}))) == [
        finding("P32", "Kontakte", cell, "Datum", **words) for cell in ("A7", "A9", "A10")
    ]
    two = "\n".join(CONTACTS.splitlines()[:5])
    one = finding("P32", "Kontakte", "A7", "Datum", rows="1 Zeile gleicht", first=7)
    assert list(repeated_contacts(context({"Kontakte": two}))) == [one]
