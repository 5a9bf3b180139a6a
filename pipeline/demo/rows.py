"""Short functions for the rows of an invented workbook; dates are given as ``"2026-02-10"``."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from pipeline.template.fill import Row

GROUP_3 = "3 – Aufenthaltserlaubnis ab 12 Monaten (§ 7 AufenthG)"
GROUP_6 = "6 – Vorübergehender Schutz (§ 24 AufenthG)"
GROUP_9 = "9 – Verwandtschaft 1. Grades zu Gruppe 1–5"


def iso_date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def stock(*rows: tuple[str, int]) -> list[Row]:
    """Bestand: (Stichtag, Anzahl)."""
    return [{"Stichtag": iso_date(on), "Anzahl": number, "Quelle": "Ausländerbehörde"} for on, number in rows]


def persons(
    *groups: tuple[int, str, str | None, str | None], checked: str = "ja", first: int = 1
) -> list[Row]:
    """Personen: (how many, Zugang, Angesprochen, Bedarf erfasst), numbered on from ``first``."""
    rows: list[Row] = []
    for size, arrived, approached, recorded in groups:
        for _ in range(size):
            number = first + len(rows)
            rows.append(
                {
                    "Kennung": f"P-{number:04d}",
                    "Zielgruppe": GROUP_3 if number % 2 else GROUP_6,
                    "Aufenthaltspapier geprüft": checked,
                    "Zugang am": iso_date(arrived),
                    "Angesprochen am": iso_date(approached),
                    "Bedarf erfasst am": iso_date(recorded),
                    **_voluntary(number),
                }
            )
    return rows


def _voluntary(number: int) -> Row:
    """Altersgruppe and Geschlecht of the person of that number; every tenth and every seventh gave none."""
    answers: dict[str, Any] = {}
    if number % 10:
        answers["Altersgruppe"] = ("unter 18", "18 bis 60", "18 bis 60", "über 60")[number % 4]
    if number % 11 == 0:
        answers["Geschlecht"] = "keine Angabe"
    elif number % 7:
        answers["Geschlecht"] = ("männlich", "weiblich", "weiblich")[number % 3]
    return answers


def change(rows: Iterable[Row], key: str, **values: Any) -> list[Row]:
    """The rows with further values in the record of that key; ``_`` in a name stands for a space."""
    named = {name.replace("_", " "): value for name, value in values.items()}
    return [{**row, **named} if key in row.values() else row for row in rows]


def needs(*groups: tuple[int, int, str, str | None], offer: str = "A-001") -> list[Row]:
    """Bedarfe: (how many, number of the first person, Erfasst, Adressiert), one to a person."""
    rows: list[Row] = []
    fields = ("Sprache", "Wohnen", "Arbeit und Ausbildung", "Gesundheit")
    for size, person, recorded, addressed in groups:
        for i in range(size):
            rows.append(
                {
                    "Bedarf-Nr.": f"B-{len(rows) + 1:04d}",
                    "Kennung": f"P-{person + i:04d}",
                    "Bedarfsfeld": fields[len(rows) % len(fields)],
                    "Erfasst am": iso_date(recorded),
                    "Adressiert am": iso_date(addressed),
                    "Angebot-Nr.": offer if addressed else None,
                }
            )
    return rows


def contacts(*series: tuple[int, str]) -> list[Row]:
    """Kontakte: (how many, first day), one a day."""
    return [
        {
            "Datum": date.fromisoformat(start) + timedelta(days=i),
            "Kontaktform": ("persönlich", "telefonisch", "aufsuchend")[i % 3],
            "Anlass": ("Ansprache", "Begleitung")[i % 2],
            "Integrationsguide": "AB",
        }
        for size, start in series
        for i in range(size)
    ]


def offers(*rows: tuple[str, str, str, str]) -> list[Row]:
    """Angebote: (Bezeichnung, Art, Trägerschaft, Beginn)."""
    return [
        {
            "Angebot-Nr.": f"A-{i:03d}",
            "Bezeichnung": name,
            "Art": kind,
            "Durchführung": "anderer Träger" if kind == "bestehend" else "Projektpersonal",
            "Trägerschaft": carrier,
            "Gebiet": "Kommune",
            "Bedarfsfeld": "Sprache",
            "Beginn": iso_date(start),
        }
        for i, (name, kind, carrier, start) in enumerate(rows, start=1)
    ]


def participations(*rows: tuple[str, str, str, str | None]) -> list[Row]:
    """Teilnahmen at offer A-001: (Kennung, Beginn, Stand, Abbruchgrund)."""
    return [
        {
            "Kennung": key,
            "Angebot-Nr.": "A-001",
            "Beginn": iso_date(start),
            "Stand": state,
            "Abbruchgrund": reason,
        }
        for key, start, state, reason in rows
    ]


def events(*rows: tuple[str, str, str | None], politics: str = "nein") -> list[Row]:
    """Veranstaltungen: (Datum, Art, Nachweis-Nr.)."""
    return [
        {
            "Veranstaltung-Nr.": f"V-{i:03d}",
            "Datum": iso_date(on),
            "Art": kind,
            "Titel": f"{kind} {i}",
            "Teilnehmendenzahl": 12 + i,
            "Politische Spitze beteiligt": "ja" if kind == "Dialogforum" else politics,
            "Nachweis-Nr.": evidence,
        }
        for i, (on, kind, evidence) in enumerate(rows, start=1)
    ]


def volunteers(*groups: tuple[int, str, str | None]) -> list[Row]:
    """Ehrenamtliche: (how many, Gewonnen, Aktiv ab)."""
    rows: list[Row] = []
    for size, won, active in groups:
        for _ in range(size):
            rows.append(
                {
                    "Kennung": f"E-{len(rows) + 1:03d}",
                    "Gewonnen am": iso_date(won),
                    "Aktiv ab": iso_date(active),
                }
            )
    return rows


def trainings(*rows: tuple[str, str, str | None]) -> list[Row]:
    """Schulungen: (Datum, Zielgruppe, Nachweis-Nr.)."""
    return [
        {
            "Schulung-Nr.": f"S-{i:03d}",
            "Datum": iso_date(on),
            "Zielgruppe": audience,
            "Thema": f"Grundlagen {i}",
            "Schwerpunkt": "interkulturell"
            if audience == "Verwaltung"
            else "Ehrenamt und Integrationslotsen",
            "Teilnehmendenzahl": 15,
            "Nachweis-Nr.": evidence,
        }
        for i, (on, audience, evidence) in enumerate(rows, start=1)
    ]


def attendances(training: str, numbers: Iterable[int]) -> list[Row]:
    return [{"Schulung-Nr.": training, "Kennung": f"E-{number:03d}"} for number in numbers]


def units(*rows: tuple[str, str | None, str | None]) -> list[Row]:
    """Verwaltung: (Organisationseinheit, Vorgestellt, Vernetzt)."""
    return [
        {
            "Organisationseinheit": name,
            "Ansprechperson benannt": "ja",
            "Vorgestellt am": iso_date(introduced),
            "Vernetzt am": iso_date(connected),
        }
        for name, introduced, connected in rows
    ]


def evidence(*rows: tuple[str, str, str, str | None]) -> list[Row]:
    """Nachweise: (Art, Titel, Datum, Nachweispunkt), numbered NW-001, NW-002, …"""
    return [
        {
            "Nachweis-Nr.": f"NW-{i:03d}",
            "Art": kind,
            "Titel": title,
            "Datum": iso_date(on),
            "Ablage": f"Akte 50-3/KISI/{i:03d}",
            "Nachweispunkt": point,
        }
        for i, (kind, title, on, point) in enumerate(rows, start=1)
    ]
