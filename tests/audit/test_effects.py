"""Wirkung der Auslegung: what would come out otherwise under another reading, or under other rules."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result

from pipeline.cli import cli
from pipeline.evaluate.effects import Effect
from pipeline.report.summary import summary_bytes
from pipeline.report.summary.tracing.reading_effects import effect_names
from pipeline.rules import Rules
from pipeline.rules.alternatives import other_readings
from pipeline.rules.loading.load import load_rules
from pipeline.rules.loading.yaml_lines import RulesError
from pipeline.run import run
from tests.builder import ROOT
from tests.report.conftest import fill, form_of, persons
from tests.rule_edits import edit

AS_OF = date(2026, 6, 30)
P = "projekt.yaml"


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Hanau: a stock of 20, 13 recorded, 2 more recorded whose paper nobody has checked (15 are 75 %)."""
    place, rules = tmp_path_factory.mktemp("eingang"), load_rules(ROOT / "rules")
    people = persons(15, 15, date(2026, 2, 10))
    for one in people[13:]:
        one["Aufenthaltspapier geprüft"] = "nein"
    tables = {
        "Bestand": [{"Stichtag": date(2026, 1, 31), "Anzahl": 20, "Quelle": "Meldebehörde"}],
        "Personen": people,
    }
    tables["Kontakte"] = [
        {
            "Datum": date(2026, 2, 10),
            "Kontaktform": "persönlich",
            "Anlass": "Ansprache",
            "Integrationsguide": "AB",
        }
    ]
    fill(place / "a.xlsx", rules.kinds["kommune"], rules, form_of("06415000", "Hanau", AS_OF), tables)
    return place


def effects(inputs: Path, rules: Rules) -> list[tuple[object, ...]]:
    """The rows of the block, its header first."""
    sheet = openpyxl.load_workbook(BytesIO(summary_bytes(run(inputs, rules, AS_OF))))["Regelwerk"]
    rows = list(sheet.iter_rows(values_only=True))
    starts = {r[0]: n for n, r in enumerate(rows) if r[1:] == (None,) * 6}
    titles = [
        "Auslegung und Klärungsbedarf",
        "Wirkung der Auslegung",
        "Ausnahmen von Prüfungen (ausnahmen.yaml)",
    ]
    reading, first, last = (starts[title] for title in titles)
    assert reading < first < last
    return rows[first + 1 : last]


def test_the_sheet_names_what_would_come_out_otherwise(inputs: Path) -> None:
    """65 % with checked papers, 75 % without: only so Z1.2 would be met. MS1.2 is due on 30.06. by the text and
    on 30.09. by the timeline, 92 days later. One contact in 2026: the calendar year 2025 is over without one.
    """
    header, *rows = effects(inputs, load_rules(ROOT / "rules"))
    assert header[:2] == ("Zu Frage", "Zielwert, Meilenstein")
    found = {(r[0], r[1], r[4]): (r[3], r[5]) for r in rows}
    assert found["zu A2", "Z1.2", "1: Hanau"] == ("offen", "erreicht")
    assert found["zu A2", "Z1.2", "Projekt"] == ("offen", "erreicht")
    assert found["zu A1", "MS1.2", "1: Hanau"] == ("überfällig", "offen")
    assert found["zu A3", "Z1.4", "1: Hanau"] == ("2025/26: offen", "2025: verfehlt, 2026: offen")
    assert found["zu A3", "Z1.4", "Projekt"] == ("2025/26: offen", "2025: verfehlt, 2026: offen")
    assert [r[0] for r in rows if r[4] == "Es käme überall dasselbe heraus."] == ["zu A7"]
    assert rows[-1][2] == (
        "Zu A4, A5, A6, A8, A9, A10, A11, A12, A13, A14, A15 ist keine andere Lesart hinterlegt, die sich rechnen lässt."
    )


def test_what_each_alternative_concerns() -> None:
    found = {one.id: one.numbers for one in other_readings(load_rules(ROOT / "rules"))}
    assert found == {
        "A1": {"MS1.2", "MS2.2", "MS2.3", "MS2.4", "MS3.1", "MS3.2", "MS3.3"},
        "A2": {"Z1.1", "Z1.2", "MS1.1", "MS1.2", "MS1.3", "MS1.4"},
        "A3": {"Z1.4", "Z2.4", "Z3.7", "Z4.1"},
        "A7": {"Z2.5", "Z2.6", "MS2.2"},
    }


def test_reading_and_alternative_change_places_with_the_parameter(inputs: Path, rules_folder: Path) -> None:
    edit(rules_folder, P, "deadline_basis: months ", "deadline_basis: quarter ")
    edit(rules_folder, P, "year_basis: project_year ", "year_basis: calendar_year ")
    rules = load_rules(rules_folder)
    readings = {one.id: one.reading for one in rules.readings}
    assert readings["A1"].startswith("Die Zeitschiene entscheidet")
    assert readings["A3"].startswith("Das Kalenderjahr")
    found = {(r[0], r[1], r[4]): (r[3], r[5]) for r in effects(inputs, rules)}
    assert found["zu A1", "MS1.2", "1: Hanau"] == ("offen", "überfällig")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('without_where: {"Personen"', 'without_where: {"Person"'),
        ('without_until: ["Ehrenamtliche"]', 'without_until: ["Kontakte"]'),
    ],
)
def test_an_alternative_that_changes_nothing_is_refused_with_its_line(
    rules_folder: Path, old: str, new: str
) -> None:
    edit(rules_folder, P, old, new)
    with pytest.raises(RulesError) as caught:
        load_rules(rules_folder)
    (problem,) = caught.value.problems
    lines = (rules_folder / P).read_text(encoding="utf-8").splitlines()
    assert lines[problem.line - 1].strip() == "alternative:"
    assert problem.line in range(lines.index(next(x for x in lines if new in x)) - 1, len(lines))
    assert "ändert keine Entscheidung" in problem.text


# --- the command --------------------------------------------------------------------------------------


def kisi(*arguments: object) -> Result:
    return CliRunner().invoke(cli, [str(a) for a in arguments], prog_name="kisi")


def test_the_command_tells_the_same(inputs: Path, tmp_path: Path) -> None:
    answer = kisi(
        "rules", inputs, "--as-of", AS_OF, "--rules", ROOT / "rules", "--out", tmp_path, "--jobs", 0
    )
    assert answer.exit_code == 0, answer.output
    assert "  A2 Woran werden die Anteile gemessen?\n    Andere Lesart: Gezählt werden alle" in answer.output
    assert "    Z1.2 offen → erreicht – 1 Kommune: Hanau\n" in answer.output


def test_with_other_rules_it_tells_what_they_change(inputs: Path, rules_folder: Path, tmp_path: Path) -> None:
    """65 % are recorded."""
    edit(rules_folder, "massnahme_1.yaml", 'at_least: "70 %"', 'at_least: "65 %"')
    answer = kisi(
        "rules", inputs, "--compare", ROOT / "rules", "--as-of", AS_OF, "--rules", rules_folder, "--out", tmp_path, "--jobs", 0
    )  # fmt: skip
    assert answer.exit_code == 0, answer.output
    shown = answer.output[answer.output.index("Was sich dadurch ändert, Stand 30.06.2026:") :]
    assert "  Z1.2 offen → erreicht – Projekt\n  Z1.2 offen → erreicht – 1 Kommune: Hanau\n" in shown
    assert "MS1.2" not in shown


def test_a_long_list_of_municipalities_goes_on_in_further_rows() -> None:
    names = {f"{n:08d}": f"Ort {n}" for n in range(45)}
    effect = Effect("Z1.2", "offen", "erreicht", tuple(names))
    rows = list(effect_names(names, effect))
    assert [row.count("Ort") for row in rows] == [20, 20, 5]
    assert rows[0].startswith("45: Ort 0, Ort 1, ")
    assert rows[2].endswith("Ort 44")
    assert list(effect_names(names, Effect("Z1.2", "offen", "erreicht", ()))) == ["Projekt"]
