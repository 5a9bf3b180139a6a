"""Random valid workbooks: rows in which every date, key and reference fits, and the same rows to count by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from hypothesis import strategies as st

from benchmarks.excelfile import Blank
from pipeline.definitions.sheets import MUNICIPALITY
from pipeline.template.fill import Content
from tests import builder

START, STICHTAG = date(2025, 10, 1), date(2027, 3, 31)
Row = dict[str, Any]
Rows = Mapping[str, list[Row]]
GROUPS = (builder.G1, builder.G3, builder.G6, builder.G10)
FIELDS = ("Sprache", "Wohnen", "Gesundheit", "Sonstiges")


@dataclass(frozen=True)
class Project:
    """``rows``: sheet → records by header, as they stand in ``data``."""

    rows: Rows
    data: bytes


def days(first: date = START, last: date = STICHTAG) -> st.SearchStrategy[date]:
    return st.dates(first, last)


def later(day: date | None, last: date = STICHTAG) -> st.SearchStrategy[date | None]:
    """A day on or after another, or none."""
    return st.none() | (days(day, last) if day else st.none())


@st.composite
def _person(draw: st.DrawFn, number: int) -> Row:
    arrived = draw(days(date(2024, 1, 1)))
    approached = draw(later(max(arrived, START)))
    return {
        "Kennung": f"P-{number:04d}",
        "Zielgruppe": draw(st.sampled_from(GROUPS)),
        "Aufenthaltspapier geprüft": draw(st.sampled_from(("ja", "ja", "ja", "nein"))),
        "Zugang am": arrived,
        "Angesprochen am": approached,
        "Bedarf erfasst am": draw(later(approached)),
        "Abgang am": draw(later(arrived)),
    }


@st.composite
def _need(draw: st.DrawFn, number: int, persons: list[Row]) -> Row:
    person = draw(st.sampled_from(persons))
    recorded = draw(days(person["Bedarf erfasst am"]))
    addressed = draw(later(recorded))
    return {
        "Bedarf-Nr.": f"B-{number:04d}",
        "Kennung": person["Kennung"],
        "Bedarfsfeld": draw(st.sampled_from(FIELDS)),
        "Erfasst am": recorded,
        "Adressiert am": addressed,
        "Angebot-Nr.": "A-001" if addressed else None,
    }


@st.composite
def _volunteer(draw: st.DrawFn, number: int) -> Row:
    won = draw(days(date(2024, 1, 1)))
    active = draw(later(won))
    return {
        "Kennung": f"E-{number:03d}",
        "Gewonnen am": won,
        "Aktiv ab": active,
        "Ausgeschieden am": draw(later(active)) if active else None,
    }


def _contact(day: date) -> Row:
    return {"Datum": day, "Kontaktform": "digital", "Anlass": "Begleitung", "Integrationsguide": "ÄB"}


@st.composite
def _training(draw: st.DrawFn, number: int) -> Row:
    return {
        "Schulung-Nr.": f"S-{number:03d}",
        "Datum": draw(days()),
        "Zielgruppe": draw(st.sampled_from(("Ehrenamtliche", "Ehrenamtliche", "Verwaltung"))),
        "Thema": draw(st.text("abc =<>&\"'+-@", min_size=1, max_size=20).map(str.strip).filter(bool)),
        "Schwerpunkt": "Sonstiges",
        "Teilnehmendenzahl": draw(st.integers(50, 90)),
    }


OFFER = {
    "Angebot-Nr.": "A-001", "Bezeichnung": "Sprachcafé", "Art": "bestehend", "Durchführung": "anderer Träger",
    "Trägerschaft": "ehrenamtlich", "Gebiet": "Kommune", "Bedarfsfeld": "Sprache", "Beginn": date(2024, 1, 1),
}  # fmt: skip


@st.composite
def rows(draw: st.DrawFn) -> dict[str, list[Row]]:
    persons = [draw(_person(n)) for n in range(1, draw(st.integers(1, 12)) + 1)]
    with_needs = [p for p in persons if p["Bedarf erfasst am"]]
    needs = [draw(_need(n, with_needs)) for n in range(1, draw(st.integers(0, 8)) + 1)] if with_needs else []
    volunteers = [draw(_volunteer(n)) for n in range(1, draw(st.integers(0, 12)) + 1)]
    trainings = [draw(_training(n)) for n in range(1, draw(st.integers(0, 5)) + 1)]
    pairs = [
        (t["Schulung-Nr."], v["Kennung"])
        for t in trainings
        if t["Zielgruppe"] == "Ehrenamtliche"
        for v in volunteers
    ]
    attended = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=9)) if pairs else []
    stock = draw(st.lists(days(), unique=True, min_size=1, max_size=4))
    return {
        "Bestand": [
            {"Stichtag": d, "Anzahl": draw(st.integers(12, 40)), "Quelle": "Meldebehörde"} for d in stock
        ],
        "Personen": persons,
        "Bedarfe": needs,
        "Angebote": [OFFER],
        "Kontakte": [_contact(day) for day in draw(st.lists(days(), max_size=35))],
        "Ehrenamtliche": volunteers,
        "Schulungen": trainings,
        "Schulungsteilnahmen": [{"Schulung-Nr.": s, "Kennung": e} for s, e in attended],
    }


@cache
def _blank() -> Blank:
    return Blank(builder.blank(), MUNICIPALITY)


def file_of(given: Rows) -> bytes:
    """A workbook with these rows, a Leermeldung for each sheet that has none."""
    form = dict(builder.FORM) | {"Berichtsstichtag": STICHTAG}
    form |= {f"Leermeldung: {title}": "ja" for title in builder.NIL_RETURNS if not given.get(title)}
    return _blank().fill(Content(form, {title: r for title, r in given.items() if r}, {})).data()


def projects() -> st.SearchStrategy[Project]:
    return rows().map(lambda given: Project(given, file_of(given)))


def shuffled(given: Rows, draw: Any) -> dict[str, list[Row]]:
    """The same records in another order."""
    return {title: draw(st.permutations(records)) for title, records in given.items()}
