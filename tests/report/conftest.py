"""A small folder of hand-made workbooks and its outcome; every expected value can be counted by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from openpyxl import Workbook, load_workbook

from pipeline.definitions.sheet_types import Sheet, WorkbookKind
from pipeline.definitions.sheets import FORM_TITLE, LISTS_TITLE, NON_DATA_TITLES, TEMPLATE_VERSION
from pipeline.outcome import Outcome
from pipeline.report.summary import summary_bytes
from pipeline.rules import Rules
from pipeline.rules.loading.load import load_rules
from pipeline.run import run
from tests.builder import ROOT

Tables = dict[str, list[dict[str, Any]]]
Fill = Callable[..., Path]


@pytest.fixture(scope="session")
def rules() -> Rules:
    return load_rules(ROOT / "rules")


def fill(path: Path, kind: WorkbookKind, rules: Rules, form: dict[str, Any], tables: Tables) -> Path:
    """Writes a filled workbook from the sheet definitions; ``tables`` maps a sheet to its records."""
    path.parent.mkdir(parents=True, exist_ok=True)
    options = {"strings_to_formulas": False, "strings_to_urls": False, "default_date_format": "dd.mm.yyyy"}
    with xlsxwriter.Workbook(path, options) as file:
        _write_form(file.add_worksheet(FORM_TITLE), kind.form, form)
        for sheet in kind.tables:
            _write_table(file.add_worksheet(sheet.title), sheet, tables.get(sheet.title, []))
        for title in NON_DATA_TITLES:
            other = file.add_worksheet(title)
            if title == LISTS_TITLE:
                identity = (
                    ("Vorlage", kind.id),
                    ("Vorlagenversion", TEMPLATE_VERSION),
                    ("Regelversion", rules.project.version),
                )
                for row, pair in enumerate(identity):
                    other.write_row(row, 0, pair)
    return path


def _write_form(sheet: Any, form: Sheet, values: dict[str, Any]) -> None:
    for row, column in enumerate(form.columns):
        sheet.write_row(row, 0, [column.name, values.get(column.name)])


def _write_table(sheet: Any, definition: Sheet, records: list[dict[str, Any]]) -> None:
    sheet.write_row(0, 0, definition.names)
    for row, record in enumerate(records, 1):
        sheet.write_row(row, 0, [record.get(name) for name in definition.names])


def form_of(ags: str, name: str, stichtag: date, number: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "Kommune": name,
        "AGS": ags,
        "Berichtsstichtag": stichtag,
        "Abgabe-Nr.": number,
        "Integrationsguide(s)": "AB",
        "Freigegeben durch": "Amtsleitung",
        "Freigegeben am": stichtag,
    } | more


def persons(total: int, recorded: int, on: date) -> list[dict[str, Any]]:
    """``total`` present persons with checked papers, of whom the first ``recorded`` have needs recorded."""
    return [
        {
            "Kennung": f"P-{i:03d}",
            "Zielgruppe": "1 – Daueraufenthalt EU (§ 9a AufenthG)",
            "Aufenthaltspapier geprüft": "ja",
            "Zugang am": date(2025, 10, 15),
            "Angesprochen am": on,
            "Bedarf erfasst am": on if i <= recorded else None,
        }
        for i in range(1, total + 1)
    ]


def _hanau() -> Tables:
    """40 persons of a stock of 60 recorded: 66.67 %; 42 are needed for 70 %, so 2 are missing."""
    day = date(2026, 2, 10)
    rows = [("MS1.1b", "=1+1"), ("MS1.1c", "Leitfaden liegt vor"), ("MS1.2a", None)]
    return {
        "Bestand": [{"Stichtag": date(2026, 1, 31), "Anzahl": 60, "Quelle": "Meldebehörde"}],
        "Personen": persons(40, 40, day),
        "Kontakte": [
            {"Datum": day, "Kontaktform": "persönlich", "Anlass": "Ansprache", "Integrationsguide": f"G{i}"}
            for i in range(29)
        ],
        "Veranstaltungen": [
            {
                "Veranstaltung-Nr.": "V-001",
                "Datum": date(2026, 3, 2),
                "Art": "Auftaktworkshop Integrationsguides",
                "Titel": "Auftakt",
                "Teilnehmendenzahl": 12,
                "Politische Spitze beteiligt": "nein",
                "Nachweis-Nr.": "NW-001",
            }
        ],
        "Verwaltung": [
            {"Organisationseinheit": "Sozialamt", "Ansprechperson benannt": "ja", "Vorgestellt am": day},
            {"Organisationseinheit": "Jugendamt", "Ansprechperson benannt": "ja", "Vorgestellt am": None},
        ],
        "Meilensteine": [
            {"Nr.": nr, "Erfüllt am": date(2026, 3, 10), "Nachweis-Nr.": "NW-001", "Erläuterung": note}
            for nr, note in rows
        ],
        "Nachweise": [
            {
                "Nachweis-Nr.": "NW-001",
                "Art": "Protokoll",
                "Titel": "Auftakt",
                "Datum": date(2026, 3, 2),
                "Ablage": "Akte 1",
                "Nachweispunkt": "N1.6",
            }
        ],
    }


def _karben() -> Tables:
    """42 persons of a stock of 60 recorded: exactly 70 %; 30 contacts."""
    tables = _hanau()
    return {
        "Bestand": tables["Bestand"],
        "Personen": persons(42, 42, date(2026, 2, 10)),
        "Kontakte": [tables["Kontakte"][0] | {"Integrationsguide": f"K{i}"} for i in range(30)],
    }


@pytest.fixture(scope="session")
def folder(rules: Rules, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Hanau (Stichtag 30.06.2026), Karben (twice), Nidda with an error, one broken file, one lock file."""
    place = tmp_path_factory.mktemp("eingang")
    kind, day = rules.kinds["kommune"], date(2026, 6, 30)
    fill(place / "hanau.xlsx", kind, rules, form_of("06415000", "Hanau", day), _hanau())
    fill(place / "karben_1.xlsx", kind, rules, form_of("06440012", "Karben", day), {})
    fill(place / "karben_2.xlsx", kind, rules, form_of("06440012", "Karben", day, 2), _karben())
    wrong = persons(1, 1, date(2026, 9, 1))
    fill(place / "nidda.xlsx", kind, rules, form_of("06440016", "Nidda", day), {"Personen": wrong})
    (place / "=kaputt.xlsx").write_bytes(b"kein Archiv")
    (place / "~$hanau.xlsx").write_bytes(b"")
    lead = {
        "Schulungen": [
            {
                "Schulung-Nr.": "S-001",
                "Datum": date(2026, 1, 20),
                "Zielgruppe": "Integrationsguides",
                "Thema": "Ehrenamt",
                "Schwerpunkt": "Ehrenamt und Integrationslotsen",
                "Teilnehmendenzahl": 8,
                "Nachweis-Nr.": None,
            }
        ]
    }
    form = form_of("00000000", "Projektleitung", day)
    fill(place / "leitung.xlsx", rules.kinds["projektleitung"], rules, form, lead)
    return place


@pytest.fixture(scope="session")
def outcome(folder: Path, rules: Rules) -> Outcome:
    return run(folder, rules)


@pytest.fixture(scope="session")
def content(outcome: Outcome) -> bytes:
    """The summary workbook of the folder."""
    return summary_bytes(outcome)


@pytest.fixture(scope="session")
def stored(content: bytes) -> Workbook:
    """The summary workbook with the stored results of its formulas; not to be changed."""
    return load_workbook(BytesIO(content), data_only=True)


@pytest.fixture(scope="session")
def formulas(content: bytes) -> Workbook:
    """The summary workbook with its formulas; not to be changed."""
    return load_workbook(BytesIO(content))


@pytest.fixture(scope="session")
def demo_content(demo_outcome: Outcome) -> bytes:
    """The summary workbook of the demo."""
    return summary_bytes(demo_outcome)


@pytest.fixture(scope="session")
def demo_stored(demo_content: bytes) -> Workbook:
    """The same with the stored results of its formulas; not to be changed."""
    return load_workbook(BytesIO(demo_content), data_only=True)
