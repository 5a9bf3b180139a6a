"""Sheet Dokumentation: what the source wants documented, by hand; and the table that says where it stands."""

from __future__ import annotations

import re
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from pipeline.outcome import Outcome
from pipeline.report.summary import sheets_of, summary_bytes
from pipeline.rules import Rules
from pipeline.run import run
from tests.builder import ROOT
from tests.report.conftest import fill, form_of

Line = tuple[Any, ...]
DAY = date(2026, 6, 30)


def _tables() -> dict[str, list[dict[str, Any]]]:
    """Two trainings (2 and 16 participants), a visited offer, one of later, five contacts, three drop-outs."""
    contact = {"Integrationsguide": "AB", "Kontaktform": "persönlich", "Anlass": "Ansprache"}
    training = {"Zielgruppe": "Verwaltung", "Schwerpunkt": "interkulturell", "Thema": "Vielfalt"}
    offer = {
        "Art": "bestehend",
        "Durchführung": "anderer Träger",
        "Trägerschaft": "ehrenamtlich",
        "Gebiet": "Kommune",
        "Bedarfsfeld": "Sprache",
    }
    person = {
        "Zielgruppe": "1 – Daueraufenthalt EU (§ 9a AufenthG)",
        "Aufenthaltspapier geprüft": "ja",
        "Zugang am": date(2025, 11, 1),
    }
    left = {"Angebot-Nr.": "A-001", "Beginn": date(2026, 2, 1), "Stand": "abgebrochen"}
    keys = [f"P-{n:03d}" for n in range(1, 6)]
    reasons = ["Wegzug", "Wegzug", "Gesundheit", "Gesundheit", "Gesundheit"]
    return {
        "Schulungen": [
            training | {"Schulung-Nr.": "S-002", "Datum": date(2026, 5, 1), "Teilnehmendenzahl": 16},
            training
            | {"Schulung-Nr.": "S-001", "Datum": date(2026, 3, 1), "Teilnehmendenzahl": 1, "Anbieter": "VHS"},
        ],
        "Angebote": [
            offer
            | {
                "Angebot-Nr.": "A-001",
                "Bezeichnung": "=Sprachcafé",
                "Beginn": date(2025, 11, 3),
                "Besucht am": date(2026, 2, 10),
                "Modifikation": "mit Kinderbetreuung",
            },
            offer | {"Angebot-Nr.": "A-002", "Bezeichnung": "später", "Beginn": date(2026, 9, 1)},
        ],
        "Veranstaltungen": [
            {
                "Veranstaltung-Nr.": "V-001",
                "Datum": DAY,
                "Art": "Dialogforum",
                "Titel": "Forum",
                "Teilnehmendenzahl": 82,
                "Politische Spitze beteiligt": "ja",
            }
        ],
        "Kontakte": [
            *(contact | {"Datum": date(2026, 1, n)} for n in range(1, 4)),
            contact | {"Datum": date(2026, 1, 9), "Kontaktform": "digital", "Anlass": "Verweisung"},
            contact | {"Datum": date(2026, 1, 9), "Kontaktform": "digital", "Anlass": "Begleitung"},
        ],
        "Personen": [person | {"Kennung": key} for key in keys],
        "Teilnahmen": [
            left | {"Kennung": key, "Abbruchgrund": reason} for key, reason in zip(keys, reasons, strict=True)
        ],
    }


@pytest.fixture(scope="module")
def outcome(rules: Rules, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    folder = tmp_path_factory.mktemp("eingang")
    form = form_of("06415000", "Hanau", DAY)
    fill(folder / "hanau.xlsx", rules.kinds["kommune"], rules, form, _tables())
    outcome = run(folder, rules, DAY)
    assert outcome.accepted("06415000")
    return outcome


@pytest.fixture(scope="module")
def book(outcome: Outcome) -> Workbook:
    return load_workbook(BytesIO(summary_bytes(outcome)), data_only=True)


@pytest.fixture(scope="module")
def lines(book: Workbook) -> list[Line]:
    rows = book["Dokumentation"].iter_rows(values_only=True)
    return [tuple(c.date() if isinstance(c, datetime) else c for c in row) for row in rows]


def records(lines: list[Line], section: str) -> list[Line]:
    """Below the header of the section that begins so."""
    start = next(i for i, line in enumerate(lines) if str(line[0]).startswith(section)) + 2
    end = next((i for i in range(start, len(lines)) if lines[i][0] is None), len(lines))
    return lines[start:end]


def test_trainings_with_theme_and_rounded_participants(lines: list[Line]) -> None:
    first, second = records(lines, "Schulungen")
    assert first[:9] == (
        "Hanau",
        "S-001",
        date(2026, 3, 1),
        "Verwaltung",
        "interkulturell",
        0,  # of 1
        "Vielfalt",
        "VHS",
        None,
    )
    assert (second[1], second[5]) == ("S-002", 15)  # of 16


def test_offers_begun_with_visit_and_modification(lines: list[Line]) -> None:
    (offer,) = records(lines, "Bestehende")
    assert offer[1:9] == (
        "A-001",
        date(2025, 11, 3),
        "bestehend",
        "Sprache",
        "ehrenamtlich",
        "=Sprachcafé",
        "mit Kinderbetreuung",
        date(2026, 2, 10),
    )


def test_events(lines: list[Line]) -> None:
    (event,) = records(lines, "Veranstaltungen")
    assert event[:8] == ("Hanau", "V-001", date(2026, 6, 30), "ja", "Dialogforum", 81, "Forum", None)


def test_contacts_by_form_and_occasion(lines: list[Line]) -> None:
    found = {line[0]: line[1:10] for line in records(lines, "Kontakte")}
    assert found["Hanau"] == found["Projekt"] == (3, 0, 2, 0, 3, 0, 1, 1, 0)
    assert found["Nidda"] == (None,) * 9  # no submission is no zero


def test_taken_up_and_broken_off_as_in_the_other_sheet(book: Workbook, lines: list[Line]) -> None:
    taken = {line[0]: line[1] for line in records(lines, "Angenommene")}
    left = {line[0]: line[1] for line in records(lines, "Abgebrochene")}
    assert (taken["Sprache"], taken["Zusammen"]) == (6, 6)  # of 5
    # 2 + 3 shown as 3 and 3; the total by itself 6
    assert (left["Wegzug"], left["Gesundheit"], left["Zusammen"]) == (3, 3, 6)
    other = list(book["Bedarfe und Angebote"].iter_rows(values_only=True))
    assert ("Zusammen", 6) in {line[:2] for line in other}


def test_the_table_tells_the_place_of_every_sentence(rules: Rules) -> None:
    """Every evidence point, and every criterion that asks for something written."""
    text = Path(ROOT, "docs", "dokumentation.md").read_text(encoding="utf-8")
    rows = {
        cells[0]: cells[1:]
        for line in text.splitlines()
        if re.match(r"\| (N|MS)\d", line)
        for cells in [[c.strip() for c in line.strip("| ").split("|")]]
    }
    asked = {e.id: e.text for e in rules.evidence}
    asked |= {
        c.id: c.text for c in rules.criteria if re.search("Dokumentation|Auswertung|tabellarisch", c.text)
    }
    assert {nr: cells[0] for nr, cells in rows.items()} == asked
    titles = {sheet.title for sheet in sheets_of(rules)}
    assert {cells[1] for cells in rows.values()} <= titles
