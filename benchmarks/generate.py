"""Generates an invented project of any size: rules with a roster, and one filled workbook a municipality.

A typical workbook has 500 persons, 1,200 needs and 600 contacts. The numbers come from a fixed seed, so the
same call gives the same project.
"""

from __future__ import annotations

import random
import shutil
from datetime import date, timedelta
from pathlib import Path

from pipeline.fill import Content, Entry, Row, fill
from pipeline.rulefiles import ROSTER_FILE, load_rules
from pipeline.rules import Rules
from pipeline.sheets import FIELDS_OF_NEED, FORM_AGS, FORM_COMMUNE, MUNICIPALITY, YES, nil_return_label
from pipeline.template import template_bytes

STICHTAG = date(2027, 3, 31)
START = date(2025, 10, 1)


def generate(folder: Path, municipalities: int, rules_folder: Path, persons: int = 500) -> tuple[Path, Path]:
    """Writes ``folder/rules`` and ``folder/eingang``; returns both. Other sizes follow from ``persons``."""
    rules_copy, inputs = folder / "rules", folder / "eingang"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(rules_folder, rules_copy)
    inputs.mkdir(parents=True)
    lines = [f"{6900000 + i:08d};Gemeinde {i};Musterkreis" for i in range(1, municipalities + 1)]
    (rules_copy / ROSTER_FILE).write_text("\n".join(["ags;name;landkreis", *lines, ""]), encoding="utf-8")
    rules = load_rules(rules_copy)
    template = template_bytes(rules, MUNICIPALITY)
    for municipality in rules.roster:
        content = workbook_content(municipality.ags, municipality.name, rules, persons)
        (inputs / f"{municipality.ags}.xlsx").write_bytes(fill(template, MUNICIPALITY, content))
    return rules_copy, inputs


def workbook_content(ags: str, name: str, rules: Rules, persons: int) -> Content:
    """A valid workbook: ``persons`` people, 2.4 needs and 1.2 contacts for each."""
    draw = random.Random(int(ags))
    people = [_person(draw, i, rules) for i in range(1, persons + 1)]
    recorded = [p for p in people if p["Bedarf erfasst am"]]
    content = Content(
        {
            FORM_COMMUNE.name: name,
            FORM_AGS.name: ags,
            "Berichtsstichtag": STICHTAG,
            "Abgabe-Nr.": 1,
            "Integrationsguide(s)": "AB",
        },
        {
            "Bestand": [
                {
                    "Stichtag": START + timedelta(days=90 * q),
                    "Anzahl": persons + draw.randrange(50),
                    "Quelle": "Meldebehörde",
                }
                for q in range(1, 6)
            ],
            "Personen": people,
            "Bedarfe": [_need(draw, i, recorded) for i in range(1, int(persons * 2.4) + 1)],
            "Angebote": [_offer(i) for i in range(1, 21)],
            "Kontakte": [_contact(draw, i, people) for i in range(int(persons * 1.2))],
            "Nachweise": [_document(i) for i in range(1, 31)],
        },
        {
            c.id: Entry(_day(draw, START, STICHTAG), "NW-001")
            for c in rules.criteria_of("kommune")
            if c.id not in rules.computed
        },
    )
    for sheet in MUNICIPALITY.tables:
        if sheet.nil_return and sheet.title not in content.tables:
            content.form[nil_return_label(sheet)] = YES
    return content


def _day(draw: random.Random, first: date, last: date) -> date:
    return first + timedelta(days=draw.randrange((last - first).days + 1))


def _person(draw: random.Random, number: int, rules: Rules) -> Row:
    arrived = _day(draw, START, STICHTAG)
    approached = _day(draw, arrived, STICHTAG)
    group = rules.project.target_groups.groups[draw.choice((0, 1, 2, 3, 4, 5, 6, 7, 9, 10))]
    return {
        "Kennung": f"P-{number:05d}",
        "Zielgruppe": group.choice,
        "Aufenthaltspapier geprüft": "ja",
        "Zugang am": arrived,
        "Angesprochen am": approached,
        "Bedarf erfasst am": _day(draw, approached, STICHTAG) if number % 3 else None,
    }


def _need(draw: random.Random, number: int, recorded: list[Row]) -> Row:
    person = draw.choice(recorded)
    on = _day(draw, person["Bedarf erfasst am"], STICHTAG)
    addressed = _day(draw, on, STICHTAG) if number % 5 > 1 else None
    return {
        "Bedarf-Nr.": f"B-{number:05d}",
        "Kennung": person["Kennung"],
        "Bedarfsfeld": draw.choice(FIELDS_OF_NEED),
        "Erfasst am": on,
        "Adressiert am": addressed,
        "Angebot-Nr.": f"A-{draw.randrange(1, 21):03d}" if addressed else None,
    }


def _offer(number: int) -> Row:
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


def _contact(draw: random.Random, number: int, people: list[Row]) -> Row:
    return {
        "Datum": _day(draw, START, STICHTAG),
        "Kontaktform": draw.choice(("persönlich", "telefonisch", "digital", "aufsuchend")),
        "Anlass": draw.choice(("Ansprache", "Bedarfserfassung", "Begleitung", "Verweisung")),
        "Integrationsguide": "AB",
        "Kennung": people[number % len(people)]["Kennung"],
    }


def _document(number: int) -> Row:
    return {
        "Nachweis-Nr.": f"NW-{number:03d}",
        "Art": "Protokoll",
        "Titel": f"Protokoll {number}",
        "Datum": START + timedelta(days=number),
        "Ablage": f"Akte {number}",
        "Nachweispunkt": "N1.2",
    }
