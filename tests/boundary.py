"""A reporting round in which every date lies on its boundary, for the boundary tests of all outputs.

The Berichtsstichtag is ``DAY``, 30 September 2026: the last day of project year 2025/26, the day of N3.1's
first document, a planned Stichtag. Whatever can lie on a boundary does: arrivals, departures, volunteers that
begin and leave, the stock, dates on a deadline and on the day after it, the first and the last day of a project
year; each threshold is reached exactly. So a ``<`` in the place of a ``<=`` changes a figure somewhere. The
figures beside the rows were worked out by hand from catalogue.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pipeline.definitions.model import Workbook
from pipeline.outcome import Outcome
from pipeline.run import run
from pipeline.template.fill import Content, Entry
from tests import builder
from tests.builder import G6, rows_of

DAY = date(2026, 9, 30)
BEFORE, AFTER = DAY - timedelta(days=1), DAY + timedelta(days=1)
FILES = (OWN, LEAD) = ("kommune.xlsx", "projektleitung.xlsx")

# Bedarfserfassung: 3 of 20 = 15 % on the day of MS1.1, 3 of 12 = 25 % on the day of MS1.2, 7 of 10 = 70 % on DAY.
# P-0011 leaves on DAY: the eleventh is neither present nor one more than the stock. Rows 5 to 15.
_PERSONS = [
    {
        "Kennung": f"P-{n:04d}",
        "Zielgruppe": G6,
        "Aufenthaltspapier geprüft": "ja",
        "Zugang am": DAY if n == 10 else date(2026, 1, 12),
        "Angesprochen am": DAY if n == 10 else date(2026, 1, 12),
        "Bedarf erfasst am": date(2026, 3, 31) if n <= 3 else DAY if n <= 7 or n == 11 else None,
        "Abgang am": DAY if n == 11 else None,
    }
    for n in range(1, 12)
]

# 30 contacts of the year 2025/26: the first on its first day, the last on its last; one on the day before.
_CONTACTS = [
    {"Datum": day, "Kontaktform": "persönlich", "Anlass": "Begleitung", "Integrationsguide": "AB"}
    for day in (
        date(2025, 9, 30),
        *(date(2025, 10, 1) + timedelta(days=10 * n) for n in range(29)),
        DAY,
    )
]

# Ten active on DAY: two begin on it, E-011 leaves on it. Rows 5 to 15.
_VOLUNTEERS = [
    {
        "Kennung": f"E-{n:03d}",
        "Gewonnen am": date(2025, 10, 1),
        "Aktiv ab": DAY if n in (9, 10) else date(2026, 2, 1),
        "Ausgeschieden am": DAY if n == 11 else None,
    }
    for n in range(1, 12)
]
_ATTENDANCES = [
    {"Schulung-Nr.": "S-001" if n <= 8 else "S-002", "Kennung": f"E-{n:03d}"} for n in range(1, 11)
]

TABLES: Mapping[str, Any] = {
    "Bestand": """
        Stichtag   | Anzahl | Quelle           | Nachweis-Nr.
        2026-09-30 | 10     | Meldebehörde     |
        2026-03-31 | 20     | Ausländerbehörde |
        2026-06-30 | 12     | Meldebehörde     |
    """,
    "Personen": _PERSONS,
    # Z1.3: 3 of 5 = 60 %, two of them only on DAY.
    "Bedarfe": """
        Bedarf-Nr. | Kennung | Bedarfsfeld | Erfasst am | Adressiert am | Angebot-Nr.
        B-0001     | P-0001  | Sprache     | 2026-03-31 | 2026-06-30    | A-001
        B-0002     | P-0002  | Wohnen      | 2026-03-31 | 2026-09-30    | A-002
        B-0003     | P-0003  | Sprache     | 2026-06-30 | 2026-09-30    | A-001
        B-0004     | P-0004  | Gesundheit  | 2026-09-30 |               |
        B-0005     | P-0011  | Sonstiges   | 2026-09-30 |               |
    """,
    # Z2.3: have begun; A-003 begins on the day after.
    "Angebote": """
        Angebot-Nr. | Bezeichnung | Art            | Durchführung    | Trägerschaft | Gebiet  | Bedarfsfeld | Beginn     | Ende       | Besucht am | Modifikation | Nachweis-Nr.
        A-001       | Sprachcafé  | bestehend      | anderer Träger  | ehrenamtlich | Kommune | Sprache     | 2026-03-31 |            | 2026-09-30 |              |
        A-002       | Beratung    | neu geschaffen | Projektpersonal | hauptamtlich | Kommune | Wohnen      | 2026-09-30 | 2026-09-30 |            |              |
        A-003       | Lesekreis   | bestehend      | anderer Träger  | ehrenamtlich | Kommune | Sprache     | 2026-10-01 |            |            |              |
        A-004       | Begleitung  | bestehend      | anderer Träger  | ehrenamtlich | Kommune | Sonstiges   | 2026-09-30 |            |            |              |
    """,
    # Still running on its last day; begun on the day of arrival, and of departure.
    "Teilnahmen": """
        Kennung | Angebot-Nr. | Beginn     | Ende       | Stand         | Abbruchgrund
        P-0001  | A-001       | 2026-03-31 | 2026-09-30 | laufend       |
        P-0010  | A-002       | 2026-09-30 |            | laufend       |
        P-0011  | A-004       | 2026-09-30 | 2026-09-30 | abgebrochen   | Wegzug
    """,
    "Kontakte": _CONTACTS,
    "Veranstaltungen": """
        Veranstaltung-Nr. | Datum      | Art                                    | Titel       | Teilnehmendenzahl | Politische Spitze beteiligt | Nachweis-Nr.
        V-001             | 2026-03-31 | Auftaktworkshop Integrationsguides     | Auftakt     | 12                | nein                        | NW-002
        V-002             | 2026-09-30 | Dialogforum                            | Forum       | 80                | ja                          |
        V-003             | 2026-09-30 | Netzwerktreffen                        | Runder Tisch | 9                | nein                        |
        V-004             | 2026-09-30 | Austauschformat Integrationsguides     | Austausch   | 9                 | nein                        | NW-003
    """,
    "Ehrenamtliche": _VOLUNTEERS,
    # Two for volunteers in 2025/26, on its first and its last day; as many took part as the list says.
    "Schulungen": """
        Schulung-Nr. | Datum      | Zielgruppe    | Thema         | Schwerpunkt                     | Anbieter | Teilnehmendenzahl | Nachweis-Nr.
        S-001        | 2025-10-01 | Ehrenamtliche | Ehrenamt      | Ehrenamt und Integrationslotsen |          | 8                 |
        S-002        | 2026-09-30 | Ehrenamtliche | Vielfalt      | interkulturell                  |          | 2                 |
        S-003        | 2026-09-30 | Verwaltung    | Klare Sprache | einfache Sprache                |          | 15                | NW-003
    """,
    "Schulungsteilnahmen": _ATTENDANCES,
    # MS3.1 is due on 30 April: the last unit was visited on the day after.
    "Verwaltung": """
        Organisationseinheit | Ansprechperson benannt | Vorgestellt am | Vernetzt am | Leitfaden bekannt am | Schulungsangebot am
        Sozialamt            | ja                     | 2026-04-30     | 2026-09-30  | 2026-09-30           | 2026-09-30
        Jugendamt            | ja                     | 2026-05-01     | 2026-06-30  | 2026-09-30           | 2026-06-30
    """,
    # N3.1: a document on the day it is due, and one of the day after that does not count yet.
    "Nachweise": """
        Nachweis-Nr. | Art       | Titel         | Datum      | Ablage  | Nachweispunkt
        NW-001       | Protokoll | Netzwerk II   | 2026-10-01 | Akte 01 | N3.1
        NW-002       | Protokoll | Auftakt       | 2026-03-31 | Akte 02 | N1.6
        NW-003       | Protokoll | Netzwerk I    | 2026-09-30 | Akte 03 | N3.1
    """,
}  # fmt: skip

ENTRIES = {
    **dict.fromkeys(("MS1.1b", "MS1.1c", "MS2.1a", "MS2.1b", "MS2.1c"), Entry(date(2026, 3, 31), "NW-002")),
    "MS1.2a": Entry(date(2026, 7, 1), "NW-003"),  # due on 30 June
    **dict.fromkeys(("MS3.1b", "MS3.1c", "MS3.1d"), Entry(date(2026, 4, 30), "NW-003")),
    **dict.fromkeys(("MS3.2a", "MS3.2b", "Z2.2"), Entry(DAY, "NW-003")),
}

LEAD_TABLES = {
    "Schulungen": """
        Schulung-Nr. | Datum      | Zielgruppe         | Thema    | Schwerpunkt                     | Anbieter | Teilnehmendenzahl | Nachweis-Nr.
        S-001        | 2026-03-31 | Integrationsguides | Ehrenamt | Ehrenamt und Integrationslotsen |          | 16                | NW-001
    """,
    "Nachweise": """
        Nachweis-Nr. | Art             | Titel    | Datum      | Ablage  | Nachweispunkt
        NW-001       | Teilnehmerliste | Schulung | 2026-03-31 | Akte 01 |
    """,
}  # fmt: skip


def _records(tables: Mapping[str, Any]) -> dict[str, Any]:
    return {title: rows_of(t) if isinstance(t, str) else t for title, t in tables.items()}


@cache
def own() -> bytes:
    """The municipality's workbook."""
    form = builder.FORM | {"Berichtsstichtag": DAY, "Freigegeben am": DAY}
    return builder.filled(Content(form, _records(TABLES), dict(ENTRIES)))


@cache
def lead() -> bytes:
    """The project lead's, of the same day."""
    form = {
        "Berichtsstichtag": DAY,
        "Abgabe-Nr.": 1,
        "Integrationsguide(s)": "Projektleitung",
        "Leermeldung: Veranstaltungen": "ja",
    }
    return builder.filled(Content(form, _records(LEAD_TABLES)), "projektleitung")


def lay(folder: Path) -> None:
    """Both files, as they come in."""
    (folder / OWN).write_bytes(own())
    (folder / LEAD).write_bytes(lead())


@cache
def outcome(as_of: date) -> Outcome:
    """The run over both files by the committed rules."""
    return run(folder(), builder.rules(), as_of)


@cache
def _place() -> TemporaryDirectory[str]:
    place = TemporaryDirectory()
    lay(Path(place.name))
    return place


def folder() -> Path:
    """Where both files lie while the tests of a process run."""
    return Path(_place().name)


def workbook(name: str = OWN) -> Workbook:
    """One of the two as read and checked."""
    return next(s.workbook for s in outcome(DAY).submissions if s.workbook.file == name)
