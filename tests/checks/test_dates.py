"""Dates that contradict those of another record: on the day, and one day beside it. First record: Excel row 5."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.checks.dates import (
    addressed_by_an_offer_that_runs,
    evidence_not_before_what_it_proves,
    participation_within_stay,
    running_after_its_end,
    stock_is_recent,
)
from pipeline.definitions.messages import finding
from tests.checks.contexts import context, places

TAKEN = """
    Kennung | Angebot-Nr. | Beginn     | Ende       | Stand
    P-0001  | A-001       | 2026-03-16 | 2026-06-29 | laufend
    P-0001  | A-001       | 2026-03-17 | 2026-06-30 | laufend
    P-0001  | A-001       | 2026-03-18 | 2026-06-29 | abgeschlossen
    P-0001  | A-001       | 2026-03-19 |            | laufend
    P-0002  | A-001       | 2026-03-19 | 2026-01-01 | laufend
"""


def test_running_and_ended_before_the_stichtag() -> None:
    found = list(running_after_its_end(context({"Teilnahmen": TAKEN})))
    assert found == [finding("P44", "Teilnahmen", f"E{row}", "Stand", other="Ende") for row in (5, 9)]


@pytest.mark.parametrize(
    ("kind", "stichtag", "rows"),
    [("kommune", "2025-09-30", 0), ("kommune", "2028-10-01", 0), ("kommune", "2028-09-30", 3)],
)
def test_from_a_stichtag_outside_the_project_nothing_follows(kind: str, stichtag: str, rows: int) -> None:
    assert len(list(running_after_its_end(context({"Teilnahmen": TAKEN}, stichtag=stichtag)))) == rows
    stock = {"Bestand": "Stichtag | Anzahl\n2020-01-01 | 5"}
    assert len(list(stock_is_recent(context(stock, stichtag=stichtag)))) == (1 if rows else 0)


def test_the_project_lead_has_none_of_these_sheets() -> None:
    lead = context(kind="projektleitung")
    for check in (
        running_after_its_end,
        participation_within_stay,
        addressed_by_an_offer_that_runs,
        evidence_not_before_what_it_proves,
        stock_is_recent,
    ):
        assert list(check(lead)) == []


STAYS = {
    "Personen": """
        Kennung | Zugang am  | Abgang am
        P-0001  | 2026-01-12 | 2026-05-31
        P-0002  | 2026-01-12 |
        P-0003  |            |
        P-0001  | 2025-01-01 | 2030-01-01
    """,
    "Teilnahmen": """
        Kennung | Angebot-Nr. | Beginn
        P-0001  | A-001       | 2026-01-11
        P-0001  | A-001       | 2026-01-12
        P-0001  | A-001       | 2026-05-31
        P-0001  | A-001       | 2026-06-01
        P-0001  | A-001       |
        P-0002  | A-001       | 2026-01-11
        P-0003  | A-001       | 2026-01-11
        P-0099  | A-001       | 2026-01-11
        P-0002  | A-001       | 2026-06-30
    """,
}


def test_a_participation_begins_within_the_stay() -> None:
    """The first record of P-0001 speaks for it, not its repeat."""
    assert list(participation_within_stay(context(STAYS))) == [
        finding("P45", "Teilnahmen", "C5", "Beginn", when="vor", other="Zugang am"),
        finding("P45", "Teilnahmen", "C8", "Beginn", when="nach", other="Abgang am"),
        finding("P45", "Teilnahmen", "C10", "Beginn", when="vor", other="Zugang am"),
    ]


@pytest.mark.parametrize(
    ("error", "left"),
    [
        ("Personen!D5", ["C8", "C10"]),  # arrival: nothing is compared with it
        ("Personen!G5", ["C5", "C10"]),
        ("Personen!D6", ["C5", "C8"]),
        ("Personen!A6", ["C5", "C8"]),
    ],
)
def test_a_cell_with_an_error_is_not_compared(error: str, left: list[str]) -> None:
    rows = {
        **STAYS,
        "Personen": STAYS["Personen"].replace("P-0001  | 2025-01-01 | 2030-01-01", "P-0004  |  |  "),
    }
    assert [f.cell for f in participation_within_stay(context(rows, error))] == left


@pytest.mark.parametrize("place", ["Personen!A5", "Personen!D5"])
def test_a_value_with_an_error_is_not_compared_though_it_was_read(place: str) -> None:
    """A repeat of a key, a date after the Stichtag."""
    sheet, cell = place.split("!")
    column = {"A": "Kennung", "D": "Zugang am"}[cell[0]]
    rows = {**STAYS, "Personen": "Kennung | Zugang am\nP-0001 | 2026-01-12"}
    error = finding("P02", sheet, cell, column)
    assert [f.cell for f in participation_within_stay(context(rows))] == ["C5"]
    assert [f.cell for f in participation_within_stay(context(rows, found=[error]))] == []


OFFERED = {
    "Angebote": """
        Angebot-Nr. | Beginn
        A-001       | 2026-03-16
        A-002       |
    """,
    "Bedarfe": """
        Bedarf-Nr. | Adressiert am | Angebot-Nr.
        B-0001     | 2026-03-15    | A-001
        B-0002     | 2026-03-16    | A-001
        B-0003     |               | A-001
        B-0004     | 2026-03-15    | A-002
        B-0005     | 2026-03-15    | A-099
        B-0006     | 2026-03-15    |
        B-0007     | 2026-03-01    | A-001
    """,
}


def test_a_need_is_addressed_once_its_offer_has_begun() -> None:
    assert list(addressed_by_an_offer_that_runs(context(OFFERED))) == [
        finding("P46", "Bedarfe", f"E{row}", "Adressiert am", other="Beginn") for row in (5, 11)
    ]
    assert list(addressed_by_an_offer_that_runs(context(OFFERED, "Angebote!H5"))) == []


DOCUMENTS = """
    Nachweis-Nr. | Datum
    NW-001       | 2026-03-15
    NW-002       | 2026-03-16
    NW-003       |
"""


@pytest.mark.parametrize(
    ("numbers", "shown"),
    [
        ("NW-001", True),
        ("NW-002", False),  # on the day
        ("NW-001; NW-002", False),  # one of them is enough
        ("NW-001; NW-003", False),  # whose date is not known
        ("NW-001; NW-099", False),
        ("NW-003", False),
        (None, False),
    ],
)
@pytest.mark.parametrize(
    ("sheet", "date_column", "cell"),
    [
        ("Bestand", "Stichtag", "D5"),
        ("Angebote", "Besucht am", "L5"),
        ("Angebote", "Beginn", "L5"),
        ("Veranstaltungen", "Datum", "G5"),
        ("Schulungen", "Datum", "H5"),
    ],
)
def test_a_document_is_not_older_than_what_it_proves(
    sheet: str, date_column: str, cell: str, numbers: str | None, shown: bool
) -> None:
    table = f"{date_column} | Nachweis-Nr.\n2026-03-16 | {numbers or ''}"
    found = list(evidence_not_before_what_it_proves(context({sheet: table, "Nachweise": DOCUMENTS})))
    assert found == ([finding("P47", sheet, cell, "Nachweis-Nr.", table="Nachweise")] if shown else [])


def test_of_an_offer_the_day_of_the_visit_is_proven_where_there_is_one() -> None:
    table = """
        Beginn     | Besucht am | Nachweis-Nr.
        2026-03-01 | 2026-03-16 | NW-001
        2026-03-16 | 2026-03-01 | NW-001
    """
    rows: dict[str, Any] = {"Angebote": table, "Nachweise": DOCUMENTS}
    assert places(evidence_not_before_what_it_proves(context(rows))) == [("P47", "Angebote!L5")]
    assert places(evidence_not_before_what_it_proves(context(rows, "Angebote!J5"))) == []
    assert places(evidence_not_before_what_it_proves(context(rows, "Angebote!H5"))) == []
    assert places(evidence_not_before_what_it_proves(context(rows, "Nachweise!D5"))) == []


def test_of_the_project_lead_too() -> None:
    """It has neither Bestand nor Angebote; what it has is looked at."""
    rows = {"Schulungen": "Datum | Nachweis-Nr.\n2026-03-16 | NW-001", "Nachweise": DOCUMENTS}
    found = evidence_not_before_what_it_proves(context(rows, kind="projektleitung"))
    assert places(found) == [("P47", "Schulungen!H5")]


def test_a_row_without_its_date_proves_nothing() -> None:
    rows = {"Veranstaltungen": "Datum | Nachweis-Nr.\n | NW-001\n2026-03-16 | NW-001", "Nachweise": DOCUMENTS}
    assert places(evidence_not_before_what_it_proves(context(rows))) == [("P47", "Veranstaltungen!G6")]


def test_entries_of_criteria_and_targets_are_looked_at_too() -> None:
    entries = {"MS1.1b": ("2026-03-16", "NW-001"), "Z2.2": ("2026-03-15", "NW-001")}
    found = places(evidence_not_before_what_it_proves(context({"Nachweise": DOCUMENTS}, entries=entries)))
    assert found == [("P47", "Meilensteine!F5"), ("P47", "Zielwerte!E5")]


@pytest.mark.parametrize(
    ("rows", "cell"),
    [
        (["2025-06-29"], "A5"),
        (["2025-06-30"], None),  # twelve months to the day
        (["2024-01-01", "2025-06-29", "2023-01-01"], "A6"),
        (["2024-01-01", "2026-07-01"], "A5"),  # one of after the Stichtag is not the latest on it
        (["2024-01-01", "2026-06-30"], None),
        ([None], None),
        ([None, "2025-06-29"], "A6"),
        ([], None),
    ],
)
def test_the_stock_is_not_older_than_twelve_months(rows: list[str | None], cell: str | None) -> None:
    table = "Stichtag | Anzahl\n" + "\n".join(f"{on or ''} | 5" for on in rows)
    found = list(stock_is_recent(context({"Bestand": table if rows else []})))
    assert found == ([finding("P48", "Bestand", cell, "Stichtag", months=12)] if cell else [])
