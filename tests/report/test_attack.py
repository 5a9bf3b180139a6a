"""An attacker with the reports of eight quarters: what he reads in every sheet, and what he can compute.

Two municipalities with one to three persons in every place. The attacker knows which fields have offers, and
that counts do not fall.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from pipeline.definitions.sheets import OF_PERSONS
from pipeline.outcome import Outcome
from pipeline.report.html import overview_html
from pipeline.report.summary import summary_bytes
from pipeline.rules import Rules
from pipeline.run import run
from tests.report.attacker import Reports, given_away
from tests.report.conftest import fill, form_of

BASE = 3
GROUPS = (
    "1 – Daueraufenthalt EU (§ 9a AufenthG)",
    "3 – Aufenthaltserlaubnis ab 12 Monaten (§ 7 AufenthG)",
    "6 – Vorübergehender Schutz (§ 24 AufenthG)",
)
FIELDS, REASONS = ("Sprache", "Wohnen", "Gesundheit"), ("Wegzug", "Gesundheit", "Sonstiges")
# Quarter in which each person of a municipality arrives, is recorded and drops out.
PLACES = {"06415000": ("Hanau", (0, 0, 1, 1, 2, 4, 5)), "06440012": ("Karben", (0, 1, 3, 3, 6, 7, 7))}


def _tables(quarters: tuple[int, ...], days: list[date], upto: int) -> dict[str, list[dict[str, Any]]]:
    here = [(n, q) for n, q in enumerate(quarters) if q <= upto]
    begun = {n: days[q] - timedelta(days=20) for n, q in here}
    return {
        "Personen": [
            {
                "Kennung": f"P-{n:03d}",
                "Zielgruppe": GROUPS[n % 3],
                "Aufenthaltspapier geprüft": "ja" if n else "nein",
                "Zugang am": begun[n],
                "Angesprochen am": begun[n],
                "Bedarf erfasst am": begun[n],
                "Altersgruppe": ("unter 18", "18 bis 60", "über 60")[n % 3],
                "Geschlecht": "weiblich",
            }
            for n, _ in here
        ],
        "Angebote": [
            {
                "Angebot-Nr.": f"A-{n:03d}",
                "Bezeichnung": field,
                "Art": "bestehend",
                "Durchführung": "anderer Träger",
                "Trägerschaft": "hauptamtlich",
                "Gebiet": "Kommune",
                "Bedarfsfeld": field,
                "Beginn": date(2025, 10, 1),
            }
            for n, field in enumerate(FIELDS)
        ],
        "Teilnahmen": [
            {
                "Kennung": f"P-{n:03d}",
                "Angebot-Nr.": f"A-{n % 3:03d}",
                "Beginn": begun[n],
                "Stand": "abgebrochen",
                "Abbruchgrund": REASONS[n % 3],
            }
            for n, _ in here
        ],
    }


@pytest.fixture(scope="module")
def outcomes(rules: Rules, tmp_path_factory: pytest.TempPathFactory) -> list[Outcome]:
    folder = tmp_path_factory.mktemp("eingang")
    days = [d.stichtag for d in rules.reporting_dates[:8]]
    for upto, day in enumerate(days):
        for ags, (name, quarters) in PLACES.items():
            form = form_of(ags, name, day)
            path = folder / f"{name}_{day}.xlsx"
            fill(path, rules.kinds["kommune"], rules, form, _tables(quarters, days, upto))
    found = [run(folder, rules, day) for day in days]
    assert all(o.accepted(ags) for o in found for ags in PLACES)
    return found


@pytest.fixture(scope="module")
def books(outcomes: list[Outcome]) -> list[Workbook]:
    return [load_workbook(BytesIO(summary_bytes(o)), data_only=True, read_only=True) for o in outcomes]


def column(
    book: Workbook, head: str, names: tuple[str, ...], at: int, last: str = "Zusammen"
) -> Iterator[int]:
    """The numbers beside the names, then the total, in the table of Bedarfe und Angebote with this header.

    Where no total stands, it says no more than the sum of the numbers.
    """
    lines = list(book["Bedarfe und Angebote"].iter_rows(values_only=True))
    start = next(i for i, line in enumerate(lines) if line[0] == head)
    found = {str(line[0]): line[at] for line in reversed(lines[start:])}
    numbers = [int(str(found[name])) for name in names]
    yield from numbers
    yield sum(numbers) if found[last] is None else int(str(found[last]))


MUNICIPALITIES = tuple(f"{name} ({ags})" for ags, (name, _) in PLACES.items())


@pytest.mark.parametrize(
    ("head", "names", "at", "last"),
    [
        ("Bedarfsfeld", FIELDS, 7, "Zusammen"),
        ("Abbruchgrund", REASONS, 1, "Zusammen"),
        ("Zielgruppe", GROUPS, 1, "Zusammen"),
        ("Kommune", MUNICIPALITIES, 7, "Projekt"),
        ("Kommune", MUNICIPALITIES, 8, "Projekt"),
    ],
)
def test_no_small_count_or_change(
    books: list[Workbook], head: str, names: tuple[str, ...], at: int, last: str
) -> None:
    reports: Reports = []
    for book in books:
        *counts, total = column(book, head, names, at, last)
        assert [n % BASE for n in (*counts, total)] == [0] * (len(names) + 1)
        reports.append((tuple(counts), total))
    known, changes = given_away(reports, BASE)
    assert not {1, 2} & {*known.values(), *changes.values()}


def test_no_row_and_no_cell_of_a_person(books: list[Workbook], outcomes: list[Outcome]) -> None:
    for book, outcome in zip(books, outcomes, strict=True):
        for line in book["Herkunft"].iter_rows(values_only=True):
            assert line[9] not in OF_PERSONS or line[10] == "siehe Regel"
        seen = 0
        for line in book["Prüfprotokoll"].iter_rows(values_only=True):
            if line[3] in OF_PERSONS and isinstance(line[7], (int, float)):
                assert line[4] is None
                assert line[7] >= BASE
                assert line[7] % BASE == 0
                seen += 1
        assert seen  # the papers that are not checked
        page = overview_html(outcome)
        assert not re.search(r"<td>(Personen|Teilnahmen)</td>\s*<td>[A-Z]", page)
