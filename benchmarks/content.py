"""What stands in a typical workbook: 500 persons, 1,200 needs, 600 contacts; and mistakes of known number.

Everything follows from a seed, so the same call gives the same workbook.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import date, timedelta

from pipeline.definitions.sheets import (
    FIELDS_OF_NEED,
    FORM_AGS,
    FORM_MUNICIPALITY,
    MUNICIPALITY,
    YES,
    nil_return_label,
)
from pipeline.rules import Rules
from pipeline.template.fill import Content, Entry

Record = dict[str, object]
STICHTAG = date(2027, 3, 31)
START = date(2025, 10, 1)
_DAYS = [START + timedelta(days=i) for i in range((STICHTAG - START).days + 1)]
_LAST = len(_DAYS) - 1


def typical(ags: str, name: str, rules: Rules, persons: int, seed: int) -> Content:
    """A valid workbook: ``persons`` people, 2.4 needs and 1.2 contacts for each."""
    draw = random.Random(seed)
    groups = [g.choice for g in rules.project.target_groups.groups]
    del groups[8]  # group 9 wants a relative
    people, since = _people(draw, persons, groups)
    form = {
        FORM_MUNICIPALITY.name: name,
        FORM_AGS.name: ags,
        "Berichtsstichtag": STICHTAG,
        "Abgabe-Nr.": 1,
        "Integrationsguide(s)": "AB",
    }
    tables: dict[str, Sequence[Record]] = {
        "Bestand": [_stock(draw, quarter, persons) for quarter in range(1, 6)],
        "Personen": people,
        "Bedarfe": _needs(draw, int(persons * 2.4), since),
        "Angebote": [_offer(i) for i in range(1, 21)],
        "Kontakte": _contacts(draw, int(persons * 1.2), persons),
        "Nachweise": [_document(i) for i in range(1, 31)],
    }
    nil = {nil_return_label(s): YES for s in MUNICIPALITY.tables if s.nil_return and s.title not in tables}
    entries = {
        c.id: Entry(_DAYS[_below(draw, _LAST)], "NW-001")
        for c in rules.criteria_of(MUNICIPALITY.id)
        if c.id not in rules.computed
    }
    return Content({**form, **nil}, dict(tables), entries)


def _below(draw: random.Random, most: int) -> int:
    """0 … ``most``; many times faster than randrange."""
    return int(draw.random() * (most + 1))


def _from(draw: random.Random, first: int) -> int:
    """A day of the reporting period on or after another, as its index."""
    return first + _below(draw, _LAST - first)


def _stock(draw: random.Random, quarter: int, persons: int) -> Record:
    number = persons + _below(draw, 50)
    return {"Stichtag": START + timedelta(days=90 * quarter), "Anzahl": number, "Quelle": "Meldebehörde"}


def _people(draw: random.Random, many: int, groups: list[str]) -> tuple[list[Record], list[tuple[str, int]]]:
    """(records, [(key, day of the first recording) of those with needs])."""
    records: list[Record] = []
    since = []
    for number in range(1, many + 1):
        key = f"P-{number:05d}"
        arrived = _below(draw, _LAST)
        approached = _from(draw, arrived)
        recorded = _from(draw, approached) if number % 3 else None
        if recorded is not None:
            since.append((key, recorded))
        records.append(
            {
                "Kennung": key,
                "Zielgruppe": groups[_below(draw, len(groups) - 1)],
                "Aufenthaltspapier geprüft": YES,
                "Zugang am": _DAYS[arrived],
                "Angesprochen am": _DAYS[approached],
                "Bedarf erfasst am": None if recorded is None else _DAYS[recorded],
            }
        )
    return records, since


def _needs(draw: random.Random, many: int, since: list[tuple[str, int]]) -> list[Record]:
    records: list[Record] = []
    for number in range(1, many + 1):
        person, first = since[_below(draw, len(since) - 1)]
        on = _from(draw, first)
        addressed = number % 5 > 1
        records.append(
            {
                "Bedarf-Nr.": f"B-{number:05d}",
                "Kennung": person,
                "Bedarfsfeld": FIELDS_OF_NEED[_below(draw, len(FIELDS_OF_NEED) - 1)],
                "Erfasst am": _DAYS[on],
                "Adressiert am": _DAYS[_from(draw, on)] if addressed else None,
                "Angebot-Nr.": f"A-{1 + _below(draw, 19):03d}" if addressed else None,
            }
        )
    return records


def _contacts(draw: random.Random, many: int, persons: int) -> list[Record]:
    forms = ("persönlich", "telefonisch", "digital", "aufsuchend")
    reasons = ("Ansprache", "Bedarfserfassung", "Begleitung", "Verweisung")
    return [
        {
            "Datum": _DAYS[_below(draw, _LAST)],
            "Kontaktform": forms[_below(draw, 3)],
            "Anlass": reasons[_below(draw, 3)],
            "Integrationsguide": "AB",
            "Kennung": f"P-{1 + number % persons:05d}",
        }
        for number in range(many)
    ]


def _offer(number: int) -> Record:
    return {
        "Angebot-Nr.": f"A-{number:03d}",
        "Bezeichnung": f"Angebot {number}",
        "Art": "bestehend" if number % 2 else "neu geschaffen",
        "Durchführung": "anderer Träger",
        "Trägerschaft": "ehrenamtlich" if number % 3 else "hauptamtlich",
        "Gebiet": "Kommune",
        "Bedarfsfeld": FIELDS_OF_NEED[number % len(FIELDS_OF_NEED)],
        "Beginn": START + timedelta(days=number),
    }


def _document(number: int) -> Record:
    return {
        "Nachweis-Nr.": f"NW-{number:03d}",
        "Art": "Protokoll",
        "Titel": f"Protokoll {number}",
        "Datum": START + timedelta(days=number),
        "Ablage": f"Akte {number}",
        "Nachweispunkt": "N1.2",
    }


# --- mistakes -----------------------------------------------------------------------------------------
# Each is one error in one cell, whatever other mistakes stand in the workbook: no key that others refer
# to is broken, and no date that is needed to judge another record.

Mistake = Callable[[Record, int], Record]  # record, its number → the cells that change

_EARLY = timedelta(days=-900)
MISTAKES: dict[str, tuple[Mistake, ...]] = {
    "Personen": (
        lambda r, n: {"Zielgruppe": "4 - Aufenthaltserlaubnis"},
        lambda r, n: {"Aufenthaltspapier geprüft": None},
        lambda r, n: {"Zugang am": "31.02.2026"},
        lambda r, n: {"Angesprochen am": r["Zugang am"] - timedelta(days=30)},  # type: ignore[operator]
        lambda r, n: {"Angesprochen am": "30.02.2027"},
        lambda r, n: {"Bezugsperson": "P-00001"},
    ),
    "Bedarfe": (
        lambda r, n: {"Bedarf-Nr.": "B-00001"},
        lambda r, n: {"Bedarf-Nr.": f"B{n}"},
        lambda r, n: {"Kennung": f"P-9{n:04d}"},
        lambda r, n: {"Bedarfsfeld": "Sprachkurs"},
        lambda r, n: {"Adressiert am": r["Erfasst am"] - timedelta(days=5), "Angebot-Nr.": "A-001"},  # type: ignore[operator]
        lambda r, n: {"Adressiert am": STICHTAG, "Angebot-Nr.": None},
        lambda r, n: {"Erfasst am": "03/04/26"},
        lambda r, n: {"Erfasst am": r["Erfasst am"] + _EARLY},  # type: ignore[operator]
    ),
    "Angebote": (
        lambda r, n: {"Art": "alt"},
        lambda r, n: {"Bezeichnung": None},
        lambda r, n: {"Beginn": "13.13.2026"},
    ),
    "Kontakte": (
        lambda r, n: {"Datum": "Januar"},
        lambda r, n: {"Kontaktform": "Brief"},
        lambda r, n: {"Anlass": None},
        lambda r, n: {"Integrationsguide": "Abteilung Soziales"},
        lambda r, n: {"Kennung": f"P-8{n:04d}"},
        lambda r, n: {"Datum": "31.06.2026"},
    ),
    "Nachweise": (
        lambda r, n: {"Datum": None},
        lambda r, n: {"Art": "Foto"},
        lambda r, n: {"Ablage": None},
    ),
}


def spoil(content: Content, share: float, seed: int) -> int:
    """Puts one mistake into that share of the records of each sheet; returns how many there are.

    The first record of a sheet stays good, for a repeated key needs one that is repeated.
    """
    draw = random.Random(seed)
    made = 0
    for title, mistakes in MISTAKES.items():
        records = [dict(r) for r in content.tables[title]]
        chosen = draw.sample(range(1, len(records)), min(round(len(records) * share), len(records) - 1))
        for turn, place in enumerate(chosen, start=seed):
            records[place] |= mistakes[turn % len(mistakes)](records[place], place)
        content.tables[title] = records
        made += len(chosen)
    return made
