"""Sheet AMIF: persons supported by age bracket and gender, counted by hand; and the line that leaves it out."""

from __future__ import annotations

import shutil
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from pipeline.evaluate.amif import supported
from pipeline.evaluate.records import SubmissionRecords
from pipeline.report.summary import sheets_of, summary_bytes
from pipeline.rules import Rules
from pipeline.rules.loading.load import load_rules
from pipeline.rules.loading.yaml_lines import RulesError
from pipeline.run import run
from tests.builder import ROOT
from tests.report.conftest import fill, form_of

DAY = date(2026, 6, 30)
CAME, LATER = date(2025, 11, 1), date(2026, 9, 1)
UNDER, OVER = "unter 18", "über 60"
OFFER = {
    "Art": "bestehend",
    "Durchführung": "anderer Träger",
    "Trägerschaft": "ehrenamtlich",
    "Gebiet": "Kommune",
    "Beginn": CAME,
}


def _person(number: int, age: str | None, gender: str | None, **more: Any) -> dict[str, Any]:
    return {
        "Kennung": f"P-{number:03d}",
        "Zielgruppe": "1 – Daueraufenthalt EU (§ 9a AufenthG)",
        "Aufenthaltspapier geprüft": "ja",
        "Zugang am": CAME,
        "Angesprochen am": CAME,
        "Bedarf erfasst am": CAME,
        "Altersgruppe": age,
        "Geschlecht": gender,
    } | more


def _tables() -> dict[str, list[dict[str, Any]]]:
    """Five girls supported, four old men of whom one only takes part; one without age, two unchecked, one of no need."""
    persons = [
        *(_person(n, UNDER, "weiblich") for n in range(1, 6)),
        *(_person(n, OVER, "männlich") for n in range(6, 9)),
        _person(9, OVER, "männlich", **{"Bedarf erfasst am": None}),
        _person(10, None, "divers"),
        *(_person(n, UNDER, "weiblich", **{"Aufenthaltspapier geprüft": "nein"}) for n in (11, 12)),
        _person(13, UNDER, "weiblich", **{"Bedarf erfasst am": None}),
    ]
    taking = [(1, "A-001"), (1, "A-002"), (2, "A-001"), (9, "A-001"), (3, "A-003")]
    return {
        "Personen": persons,
        "Angebote": [
            OFFER | {"Angebot-Nr.": nr, "Bezeichnung": nr, "Bedarfsfeld": field}
            for nr, field in (("A-001", "Sprache"), ("A-002", "Sprache"), ("A-003", "Wohnen"))
        ],
        "Teilnahmen": [
            {"Kennung": f"P-{n:03d}", "Angebot-Nr.": nr, "Beginn": date(2026, 2, 1), "Stand": "laufend"}
            for n, nr in taking
        ],
    }


@pytest.fixture(scope="module")
def folder(rules: Rules, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("eingang")
    form = form_of("06415000", "Hanau", DAY)
    fill(place / "hanau.xlsx", rules.kinds["kommune"], rules, form, _tables())
    return place


def test_each_person_once(folder: Path, rules: Rules) -> None:
    accepted = run(folder, rules, DAY).accepted("06415000")
    assert accepted
    assert rules.amif
    data, (all_of_them, language) = SubmissionRecords(accepted.workbook, rules), rules.amif.indicators
    found = supported(data, all_of_them, DAY)
    assert found
    assert dict(found.persons) == {(UNDER, "weiblich"): 5, (OVER, "männlich"): 4, (None, "divers"): 1}
    assert found.unchecked == 2
    courses = supported(data, language, DAY)
    assert courses
    # persons 1, 2 and 9; the first at two language offers, the third only at one for housing
    assert dict(courses.persons) == {(UNDER, "weiblich"): 2, (OVER, "männlich"): 1}
    early = supported(data, all_of_them, date(2025, 10, 31))
    assert early
    assert not early.persons


def test_the_sheet_shows_multiples_of_three(folder: Path, rules: Rules) -> None:
    book = load_workbook(BytesIO(summary_bytes(run(folder, rules, DAY))), data_only=True)
    lines = [tuple(c for c in line if c is not None) for line in book["AMIF"].iter_rows(values_only=True)]
    text = "\n".join(str(c) for line in lines for c in line)
    assert "vom Ministerium zu bestätigen" in text
    assert "Verordnung (EU) 2021/1147, Anhang VIII" in text
    first, second = (i for i, line in enumerate(lines) if str(line[:1]).startswith("('O.2.3"))
    assert lines[first + 3 : first + 7] == [
        (UNDER, 6, 0, 0, 0, 6),
        ("18 bis 60", 0, 0, 0, 0, 0),
        (OVER, 0, 3, 0, 0, 3),
        ("Zusammen", 6, 3, 0, 0, 9),
    ]
    shown = "9 von 9 Personen mit beiden Angaben (gerundet). Ohne 7 von 8 Kommunen: "
    assert str(lines[first + 7][0]).startswith(shown)
    assert lines[first + 9 : first + 13] == [
        ("Altersgruppe fehlt", 0),  # one
        ("Geschlecht fehlt", 0),
        ("beide Angaben fehlen", 0),
        ("Aufenthaltspapier nicht geprüft", 3),  # two
    ]
    assert lines[second + 3] == (UNDER, 3, 0, 0, 0, 3)
    assert lines[second + 6] == ("Zusammen", 3, 0, 0, 0, 3)


def _rules(folder: Path, old: str = "", new: str = "") -> Rules:
    place = folder / "rules"
    shutil.copytree(ROOT / "rules", place)
    text = (place / "amif.yaml").read_text(encoding="utf-8")
    assert old in text
    (place / "amif.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")
    return load_rules(place)


def test_one_line_leaves_it_out(tmp_path: Path) -> None:
    rules = _rules(tmp_path, "include: true", "include: false")
    assert "AMIF" not in [sheet.title for sheet in sheets_of(rules)]
    assert "A15" not in [one.id for one in rules.interpretations]


def test_the_file_is_optional(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "rules", tmp_path / "rules")
    (tmp_path / "rules" / "amif.yaml").unlink()
    assert "AMIF" not in [sheet.title for sheet in sheets_of(load_rules(tmp_path / "rules"))]


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        (
            'field: "Sprache"',
            'field: "Sprachen"',
            "amif.yaml, Zeile 15: Das Bedarfsfeld „Sprachen“ gibt es nicht.",
        ),
        ('id: "O.2.3.1"', 'id: "O.2.3"', "amif.yaml, Zeile 12: Der Indikator „O.2.3“ steht doppelt."),
        ('id: "A15"', 'id: "A1"', "amif.yaml, Zeile 18: Die Nummer „A1“ ist doppelt vergeben."),
        ("include: true", "include: vielleicht", "amif.yaml, Zeile 4"),
        ("include: true", "include: true\nzeigen: true", "amif.yaml, Zeile 5"),
    ],
)
def test_it_is_strict(tmp_path: Path, old: str, new: str, shown: str) -> None:
    with pytest.raises(RulesError) as refused:
        _rules(tmp_path, old, new)
    assert any(str(problem).startswith(shown) for problem in refused.value.problems), refused.value.problems
