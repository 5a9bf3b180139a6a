"""Sheet Bedarfe und Angebote, counted by hand from the demo and from invented drop-outs.

Needs of the demo run through Sprache, Wohnen, Arbeit, Gesundheit: on 30 September Büdingen 13 (8 addressed),
Hanau 10 (6), Bad Homburg 15 (0), Friedberg 2 (0), Karben none; Bad Nauheim reported nothing.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from openpyxl import Workbook, load_workbook

from pipeline.evaluate.needs import needs_figures
from pipeline.evaluate.records import SubmissionRecords
from pipeline.outcome import Outcome
from pipeline.report.summary import summary_bytes
from pipeline.rules import Rules
from pipeline.run import run
from tests import builder

SHEET = "Bedarfe und Angebote"
MARCH, SEPTEMBER = date(2026, 3, 31), date(2026, 9, 30)


@pytest.fixture(scope="module")
def demo(demo_outcome: Outcome) -> Outcome:
    return demo_outcome


@pytest.fixture(scope="module")
def lines(demo_stored: Workbook) -> list[tuple[Any, ...]]:
    return list(demo_stored[SHEET].iter_rows(values_only=True))


def table(lines: list[tuple[Any, ...]], header: str, last: str = "Zusammen") -> dict[str, tuple[Any, ...]]:
    """Label → the cells beside it, from the header to the sums."""
    start = next(i for i, line in enumerate(lines) if line[0] == header)
    end = next(i for i in range(start, len(lines)) if lines[i][0] == last)
    return {str(line[0]): line[1:] for line in lines[start + 1 : end + 1]}


def test_needs_against_offers_by_field(lines: list[tuple[Any, ...]]) -> None:
    found = table(lines, "Bedarfsfeld")
    # (recorded, addressed, share, existing, new, offers, participations); 12 recorded, 4 addressed: shown as 3
    assert found["Sprache"][:2] == (12, 3)  # 4 + 3 + 4 + 1; Büdingen 2 (1st, 9th), Hanau 2 (1st, 5th)
    assert found["Sprache"][2] == pytest.approx(1 / 4)
    assert found["Sprache"][3:6] == (3, 1, 4)  # Büdingen 2 existing and 1 new, Hanau 1 existing
    assert found["Zusammen"][:2] == (40, 14)
    assert found["Zusammen"][2] == pytest.approx(0.35)


def test_counts_of_persons_are_rounded(lines: list[tuple[Any, ...]]) -> None:
    # 2 participations at an offer of Sprache, 1 of them dropped out for work, both in Büdingen
    assert table(lines, "Bedarfsfeld")["Sprache"][6] == 3
    assert table(lines, "Abbruchgrund")["Arbeitsaufnahme"][0] == 0
    assert table(lines, "Abbruchgrund")["Zusammen"][0] == 0
    communes = table(lines, "Kommune", "Projekt")
    assert communes["Büdingen (06440004)"][6:8] == (3, 0)
    assert communes["Hanau (06415000)"][6:8] == (0, 0)
    groups = [c for row in table(lines, "Zielgruppe").values() for c in row[:3]]
    shown = [c for row in communes.values() for c in row[6:8] if c is not None]
    assert [c % 3 for c in (*groups, *shown)] == [0] * (len(groups) + len(shown)) != []


def test_target_groups_do_not_show_the_only_relative(lines: list[tuple[Any, ...]]) -> None:
    found = table(lines, "Zielgruppe")
    nine = next(cells for label, cells in found.items() if label.startswith("9"))
    assert nine[:3] == (0, 0, 0)  # P-0003 of Büdingen
    assert found["Zusammen"][:3] == (78, 6, 84)  # of 79 and 8


def test_municipalities_that_reported_nothing_are_no_zero(lines: list[tuple[Any, ...]]) -> None:
    communes = table(lines, "Kommune", "Projekt")
    assert communes["Nidda (06440016)"] == (*[None] * 8, "keine gültige Abgabe")
    assert communes["Bad Nauheim (06440002)"][:8] == (None,) * 8
    assert str(communes["Bad Nauheim (06440002)"][8]).startswith("leer ohne Leermeldung: Blatt „Bedarfe“")
    assert communes["Karben (06440012)"][0] == 0
    assert communes["Projekt"][:2] == (40, 14)


def test_sums_and_shares_are_live(demo_content: bytes) -> None:
    sheet = load_workbook(BytesIO(demo_content))[SHEET]
    formulas = [c.value for row in sheet.iter_rows() for c in row if str(c.value).startswith("=")]
    assert sum(f.startswith("=SUM(") for f in formulas) == 8
    assert any(f.startswith("=C") for f in formulas)


def test_the_chart_has_an_alternative_text(demo_content: bytes) -> None:
    with ZipFile(BytesIO(demo_content)) as archive:
        drawings = [archive.read(n).decode() for n in archive.namelist() if "drawings/drawing" in n]
    assert any("Sprache: 12 erfasst, 3 adressiert" in d for d in drawings)


def test_the_same_project_total_in_every_table(lines: list[tuple[Any, ...]]) -> None:
    """Tables that share a total show the same, so that none gives away what the other hides."""
    fields, communes = table(lines, "Bedarfsfeld"), table(lines, "Kommune", "Projekt")
    assert fields["Zusammen"][6] == communes["Projekt"][6]
    assert table(lines, "Abbruchgrund")["Zusammen"][0] == communes["Projekt"][7]


def test_a_record_counts_from_its_date_on(rules: Rules) -> None:
    workbook = builder.built(
        tables={
            "Bedarfe": [
                {
                    "Bedarf-Nr.": "B-001",
                    "Bedarfsfeld": "Wohnen",
                    "Erfasst am": MARCH,
                    "Adressiert am": SEPTEMBER,
                }
            ],
            "Angebote": [
                {"Angebot-Nr.": "A-001", "Art": "bestehend", "Bedarfsfeld": "Wohnen", "Beginn": SEPTEMBER}
            ],
            "Teilnahmen": [
                {"Angebot-Nr.": "A-001", "Beginn": MARCH, "Stand": "abgebrochen", "Abbruchgrund": "Wegzug"},
                {"Angebot-Nr.": "A-001", "Beginn": SEPTEMBER, "Stand": "laufend"},
            ],
        }
    )
    data = SubmissionRecords(workbook, rules)
    early, late = needs_figures(data, MARCH), needs_figures(data, SEPTEMBER)
    assert (early.needs, early.addressed, early.existing) == (Counter(Wohnen=1), Counter(), Counter())
    assert (late.addressed, late.existing, late.new) == (Counter(Wohnen=1), Counter(Wohnen=1), Counter())
    assert (early.participations, late.participations) == (Counter(Wohnen=1), Counter(Wohnen=2))
    assert early.drop_outs == late.drop_outs == Counter(Wegzug=1)


def test_no_key_of_a_person(demo_content: bytes) -> None:
    with ZipFile(BytesIO(demo_content)) as archive:
        assert not any(b"P-0" in archive.read(n) or b"E-0" in archive.read(n) for n in archive.namelist())


def test_an_empty_folder_is_reported_as_well(rules: Rules, tmp_path: Path) -> None:
    empty = load_workbook(BytesIO(summary_bytes(run(tmp_path, rules, SEPTEMBER))), data_only=True)
    lines = list(empty[SHEET].iter_rows(values_only=True))
    assert table(lines, "Bedarfsfeld")["Zusammen"][:3] == (0, 0, None)
    assert table(lines, "Kommune", "Projekt")["Projekt"][6:8] == (0, 0)
