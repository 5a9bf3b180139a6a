"""A workbook in which each row of each sheet has one cell that is damaged, or written in another way.

All other rows stay in order, so what is found in a row is the doing of its one cell. Keys that others refer to
stand in rows of their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from pipeline.definitions.sheet_types import Column, Kind, Sheet, WorkbookKind
from pipeline.template.fill import Content, Literal

STICHTAG = date(2026, 9, 30)
Row = dict[str, Any]
FIRST_ROW = 5

GOOD: dict[str, Row] = {
    "Bestand": {
        "Stichtag": date(2026, 3, 31),
        "Anzahl": 5000,
        "Quelle": "Meldebehörde",
        "Nachweis-Nr.": "NW-001",
    },
    "Personen": {
        "Kennung": "P-0001",
        "Zielgruppe": "3 – Aufenthaltserlaubnis ab 12 Monaten (§ 7 AufenthG)",
        "Aufenthaltspapier geprüft": "ja",
        "Zugang am": date(2026, 1, 12),
        "Angesprochen am": date(2026, 1, 20),
        "Bedarf erfasst am": date(2026, 2, 3),
        "Abgang am": date(2026, 8, 1),
        "Altersgruppe": "18 bis 60",
        "Geschlecht": "weiblich",
    },
    "Bedarfe": {
        "Bedarf-Nr.": "B-0001",
        "Kennung": "P-0001",
        "Bedarfsfeld": "Sprache",
        "Erfasst am": date(2026, 2, 3),
        "Adressiert am": date(2026, 3, 2),
        "Angebot-Nr.": "A-001",
    },
    "Angebote": {
        "Angebot-Nr.": "A-001",
        "Bezeichnung": "Sprachcafé",
        "Art": "bestehend",
        "Durchführung": "anderer Träger",
        "Trägerschaft": "ehrenamtlich",
        "Gebiet": "Kommune",
        "Bedarfsfeld": "Sprache",
        "Beginn": date(2025, 11, 3),
        "Ende": date(2027, 11, 3),
        "Besucht am": date(2026, 2, 10),
        "Modifikation": "keine",
        "Nachweis-Nr.": "NW-001",
    },
    "Teilnahmen": {
        "Kennung": "P-0001",
        "Angebot-Nr.": "A-001",
        "Beginn": date(2026, 3, 2),
        "Ende": date(2026, 7, 1),
        "Stand": "abgebrochen",
        "Abbruchgrund": "Wegzug",
    },
    "Kontakte": {
        "Datum": date(2026, 1, 20),
        "Kontaktform": "persönlich",
        "Anlass": "Ansprache",
        "Integrationsguide": "AB",
        "Kennung": "P-0001",
    },
    "Veranstaltungen": {
        "Veranstaltung-Nr.": "V-001",
        "Datum": date(2026, 2, 18),
        "Art": "Austausch Ehrenamt–Projekt",
        "Titel": "Runder Tisch",
        "Teilnehmendenzahl": 18,
        "Politische Spitze beteiligt": "nein",
        "Nachweis-Nr.": "NW-001",
    },
    "Ehrenamtliche": {
        "Kennung": "E-001",
        "Gewonnen am": date(2026, 1, 5),
        "Aktiv ab": date(2026, 2, 1),
        "Ausgeschieden am": date(2026, 6, 1),
    },
    "Schulungen": {
        "Schulung-Nr.": "S-001",
        "Datum": date(2026, 3, 12),
        "Zielgruppe": "Ehrenamtliche",
        "Thema": "Einfache Sprache",
        "Schwerpunkt": "einfache Sprache",
        "Anbieter": "VHS",
        "Teilnehmendenzahl": 400,
        "Nachweis-Nr.": "NW-001",
    },
    "Schulungsteilnahmen": {"Schulung-Nr.": "S-001", "Kennung": "E-001"},
    "Verwaltung": {
        "Organisationseinheit": "Amt 1",
        "Ansprechperson benannt": "ja",
        "Vorgestellt am": date(2026, 2, 1),
        "Vernetzt am": date(2026, 3, 1),
        "Leitfaden bekannt am": date(2026, 4, 1),
        "Schulungsangebot am": date(2026, 5, 1),
    },
    "Nachweise": {
        "Nachweis-Nr.": "NW-001",
        "Art": "Protokoll",
        "Titel": "Protokoll",
        "Datum": date(2026, 9, 27),
        "Ablage": "Akte",
        "Nachweispunkt": "N1.2",
    },
}
NBSP, ZWSP, LRM, SHY = "\u00a0", "\u200b", "\u200e", "\u00ad"
EN, NB_HYPHEN = "\u2013", "\u2011"
ERROR = "#DIV/0!"


@dataclass(frozen=True)
class Damage:
    """One cell that is not as it should be. ``place`` is its sheet and cell."""

    sheet: str
    cell: str
    column: str
    value: Any


def _dates(good: date) -> Iterator[Any]:
    german = f"{good:%d.%m.%Y}"
    month = ("Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember")[good.month - 1]  # fmt: skip
    yield from (german, f"{good.day}.{good.month}.{good:%y}", f"{good.day}. {month} {good.year}")
    yield from (f"{good.day}. {month[:3]}. {good.year}", f"{good:%Y-%m-%d}", f"{good:%Y-%m-%d} 00:00:00")
    yield from (f" {german}{NBSP}", f"{LRM}{german}", f"{german} 00:00", f"{german}\n")
    yield datetime(good.year, good.month, good.day, 9, 30)  # noqa: DTZ001
    yield from (
        "31.02.2026",
        "03/04/26",
        "April 2026",
        "abc",
        "31.12.1949",
        "1.1.2040",
        "31.03",
        "1.2.3.2026",
    )
    yield from (True, 12, 60000, -1, "2026-02-31", "31-03-2026")


def _integers(good: int) -> Iterator[Any]:
    yield from (f"{good}", f"{good},0", f" {good}{ZWSP}", good + 1e-12, f"{good},00")
    yield from ("1.234", "abc", -1, good + 0.5, True, "1e3", "12 %", "12,5", "-3", "1/2", "(3)")


def _keys(good: str, prefix: str) -> Iterator[Any]:
    digits = good.split("-")[1]
    yield from (good.lower(), f"{prefix}{EN}{digits}", f"{prefix}{NB_HYPHEN}{digits}", f"{ZWSP}{good} ")
    yield from (f"{prefix} - {digits}", f"{prefix}-{NBSP}{digits}", f"{prefix}{SHY}-{digits}")
    yield from (
        f"{prefix}-1",
        f"{prefix}-1e3",
        f"{prefix}-1.5",
        f"{prefix}-1234567",
        f"{prefix}-*",
        "*",
        5,
        True,
    )
    yield from (
        f"{prefix}-12 3",
        f"{prefix}-1,5",
        f"{prefix}-12%",
        f"{prefix}-(12)",
        f"X-{digits}",
        "Max Muster",
    )


def _several(good: str, prefix: str) -> Iterator[Any]:
    second = f"{prefix}-002"
    yield from (
        f"{good.lower()}, {second}",
        f"{good} und {second}",
        f"{good}\n{second}",
        f"{good};{second};",
        ";",
    )
    yield from (
        f"{prefix}-1",
        f"{good}; {prefix}-999",
        "*",
        f"{prefix}-*",
        "siehe Akte",
        f"{good} {second}",
        7,
    )


def _choices(column: Column, good: str) -> Iterator[Any]:
    yield from (good.upper(), f" {good}{NBSP}", f"{ZWSP}{good}", good.replace("–", "-"))
    if "ja" in column.choices:
        yield from ("JA", "x", "✓", True, False)
    yield from ("*", f"{good[:-1]}?", "abc", 1, f"{good} x")


def _points(good: str) -> Iterator[Any]:
    yield from (
        good.lower(),
        f"{good}, N1.3",
        f"{good} und N2.1",
        f"{good}\nN1.3",
        "N9.9",
        f"{good}; N9.9",
        "*",
        "N1",
    )


def _texts(column: Column) -> Iterator[Any]:
    yield from (" x ", 5, True)
    if column.max_length < Column.max_length:
        yield from ("ABCDEFGHIJ", "ABCDEFGHIJK", "12345678901")


def values_of(column: Column, good: Any) -> Iterator[Any]:
    """What may stand in a cell of the column in place of a good value."""
    match column.kind:
        case Kind.DATE:
            yield from _dates(good)
        case Kind.INTEGER:
            yield from _integers(good)
        case Kind.KEY | Kind.REFERENCE:
            yield from _keys(good, column.prefix)
        case Kind.REFERENCES:
            yield from _several(good, column.prefix)
        case Kind.CHOICE:
            yield from _choices(column, good)
        case Kind.CHOICES:
            yield from _points(good)
        case _:
            yield from _texts(column)
    yield from (None, " ", NBSP, ERROR)


PERSONS, VOLUNTEERS = 37, 120


def _supplies(sheet: Sheet) -> list[Row]:
    """Rows in order, to which the others refer."""
    good = GOOD[sheet.title]
    if sheet.title == "Personen":
        return [good | {"Kennung": f"P-{n:04d}"} for n in range(1, PERSONS + 1)]
    if sheet.title == "Ehrenamtliche":
        return [good | {"Kennung": f"E-{n:03d}"} for n in range(1, VOLUNTEERS + 1)]
    if sheet.title == "Nachweise":
        return [good, good | {"Nachweis-Nr.": "NW-002"}]
    return [good] if sheet.title in {"Angebote", "Schulungen"} else []


def _own(sheet: Sheet, n: int) -> Row:
    """A row in order, with a key of its own."""
    row = dict(GOOD[sheet.title])
    for name in sheet.key:
        column = sheet.column(name)
        if column.kind is Kind.KEY:
            row[name] = f"{column.prefix}-{20_000 + n}"
        elif column.kind is Kind.TEXT:
            row[name] = f"Amt {n}"
        elif column.kind is Kind.DATE:
            start = date(2024, 1, 1) if len(sheet.key) == 1 else date(2026, 2, 15)
            row[name] = start + timedelta(n % 120)
        elif column.prefix == "P":
            row[name] = f"P-{1 + n % PERSONS:04d}"
        elif column.prefix == "E":
            row[name] = f"E-{1 + n % VOLUNTEERS:03d}"
    return row


def damaged(kind: WorkbookKind, *, keys: bool, every: bool = False) -> tuple[Content, list[Damage]]:
    """The content of the workbook, and every cell of it that is not as it should be.

    Damaged are the columns of keys, or all others: a lost reference is not reported while a key is broken. Of the
    others one of each kind is damaged in each sheet, or with ``every`` all of them.
    """
    seen: set[tuple[str, Kind, bool]] = set()
    tables: dict[str, list[Row]] = {}
    found: list[Damage] = []
    for sheet in (t for t in kind.tables if not t.prefill):
        rows = _supplies(sheet)
        for i, column in enumerate(sheet.columns):
            good = GOOD[sheet.title].get(column.name)
            if good is None or (column.kind is Kind.KEY) is not keys:
                continue
            alike = (sheet.title if column.kind is Kind.DATE else "", column.kind, "ja" in column.choices)
            if not every and not keys and alike in seen:
                continue
            seen.add(alike)
            for k in range(len(list(values_of(column, good)))):
                row = _own(sheet, len(rows))
                value = list(values_of(column, row[column.name]))[k]
                found.append(
                    Damage(sheet.title, f"{chr(ord('A') + i)}{FIRST_ROW + len(rows)}", column.name, value)
                )
                rows.append(row | {column.name: _typed(value)})
        tables[sheet.title] = rows or [GOOD[sheet.title]]
    form = {
        "Kommune": "Büdingen",
        "AGS": "06440004",
        "Berichtsstichtag": STICHTAG,
        "Abgabe-Nr.": 1,
        "Integrationsguide(s)": "AB",
    }
    return Content(form, tables), found  # type: ignore[arg-type]


def _typed(value: Any) -> Any:
    return Literal(value) if isinstance(value, str) and value != ERROR else value
