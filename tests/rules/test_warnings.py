"""``kisi rules``: what a change means for workbooks and reports that are already there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipeline.cli import cli
from pipeline.rules.loading.load import load_rules
from pipeline.rules.versions import is_older
from pipeline.rules.wording.rule_values import rule_values
from pipeline.rules.wording.warnings import earlier_rules, rule_warnings
from tests import builder
from tests.builder import LATER_VERSION, ROOT, RULES_VERSION
from tests.rule_edits import edit

M1, P = "massnahme_1.yaml", "projekt.yaml"
RAISED = (P, f'version: "{RULES_VERSION}"', f'version: "{LATER_VERSION}"')
FIRST = builder.rules().project.target_groups.groups[0].choice


def warnings(rules_folder: Path, *edits: tuple[str, str, str]) -> list[str]:
    for one in edits:
        edit(rules_folder, *one)
    return list(rule_warnings(earlier_rules(builder.rules(), "rules"), load_rules(rules_folder)))


LAST_CRITERION = """      - id: "MS1.4c"
        text: "Auswertung der Bedarfe im Vergleich zu wahrgenommenen Angeboten"
        heading: "Projektmaßnahme · Meilenstein 4"
        decide: {kind: attested}
"""
HISTORY = 'at_least: {"2025-10-01": {value: "70 %", reason: "G", reference: "F"}, "2027-01-01": {value: "65 %", reason: "G", reference: "F"}}'
CASES = {
    "nothing": ((), []),
    "a removed criterion": (((M1, LAST_CRITERION, ""), RAISED), ["MS1.4c gibt es nicht mehr"]),
    "a reworded choice": (((P, f'choice: "{FIRST}"', 'choice: "1 – Neuer Name"'), RAISED), [f"Zielgruppe 1: Die Auswahl „{FIRST}“"]),
    "a reworded choice that is read as the old one": (
        ((P, f'choice: "{FIRST}"', f'choice: "1 – Neuer Name"\n      former_choices: ["{FIRST}"]'), RAISED),
        [],
    ),
    "another basis of deadlines": (
        ((P, "deadline_basis: months ", "deadline_basis: quarter "), RAISED),
        ["deadline_basis war months und ist quarter: die Fristen der Meilensteine"],
    ),
    "another basis of years": (
        ((P, "year_basis: project_year ", "year_basis: calendar_year "), RAISED),
        ["year_basis war project_year und ist calendar_year: die Zielwerte je Jahr", "Anders entschieden wird über Z1.4, Z2.4, Z3.7, Z4.1"],
    ),
    "another threshold": (((M1, 'at_least: "70 %"', 'at_least: "65 %"'), RAISED), ["Anders entschieden wird über Z1.2, auch zu früheren"]),
    "another threshold from a day on": (((M1, 'at_least: "70 %"', HISTORY), RAISED), []),
    "the version not raised": (((P, "at_risk_days: 60 ", "at_risk_days: 61 "),), ["Werte haben sich geändert, aber „version“"]),
    "a municipality that is gone": ((("kommunen.csv", "06440004", "06440005"), RAISED), ["Büdingen (06440004) steht nicht mehr"]),
    "a Stichtag that is gone": (
        (("berichtsplan.yaml", "  - {stichtag: 2026-09-30, due: 2026-10-31}\n", ""), RAISED),
        ["Stichtag 30.09.2026 steht nicht mehr im Berichtsplan"],
    ),
    "an older template": (((P, '["1", "2", "3"]', '["2", "3"]'), RAISED), ["Vorlagen der Version 1 werden nicht mehr angenommen."]),
}  # fmt: skip


@pytest.mark.parametrize(("edits", "expected"), CASES.values(), ids=CASES)
def test_warnings(rules_folder: Path, edits: tuple[tuple[str, str, str], ...], expected: list[str]) -> None:
    found = warnings(rules_folder, *edits)
    assert [text[: len(begin)] for text, begin in zip(found, expected, strict=True)] == expected


@pytest.mark.parametrize(
    ("given", "than", "older"),
    [
        ("2026.1", "2026.2", True),
        ("2026.9", "2026.10", True),
        ("2026.2", "2026.2", False),
        ("2026.3", "2026.2", False),
        ("2025.12", "2026.1", True),
        ("alt", "2026.1", True),
        ("alt", "alt", False),
    ],
)
def test_which_version_is_older(given: str, than: str, older: bool) -> None:
    assert is_older(given, than) is older


# --- the command --------------------------------------------------------------------------------------


def kisi(*arguments: object) -> Result:
    return CliRunner().invoke(cli, [str(a) for a in arguments], prog_name="kisi")


def test_compared_with_another_folder_it_names_both_values(rules_folder: Path, tmp_path: Path) -> None:
    edit(rules_folder, M1, 'at_least: "70 %"', 'at_least: "65 %"')
    answer = kisi("rules", "--rules", rules_folder, "--compare", ROOT / "rules", "--out", tmp_path)
    assert answer.exit_code == 0, "a warning refuses nothing"
    assert "  Z1.2, Schwelle: 70 % → 65 %\n" in answer.output
    assert "Warnung: Anders entschieden wird über Z1.2" in answer.output
    assert f"„version“ in projekt.yaml ist nicht erhöht ({RULES_VERSION} → {RULES_VERSION})" in answer.output


def test_without_a_folder_it_compares_with_the_last_report(rules_folder: Path, tmp_path: Path) -> None:
    known = {"rules": {"version": RULES_VERSION, "values": rule_values(builder.rules())}}
    for day, content in (("2026-03-31", "{}"), ("2026-06-30", json.dumps(known)), ("2026-09-30", "[")):
        (tmp_path / "out" / day).mkdir(parents=True)
        (tmp_path / "out" / day / "manifest.json").write_text(content, encoding="utf-8")
    edit(rules_folder, P, "deadline_basis: months ", "deadline_basis: quarter ")
    edit(rules_folder, *RAISED)
    answer = kisi("rules", "--rules", rules_folder, "--out", tmp_path / "out")
    assert (
        f"Gegenüber den Regeln des Berichts in {tmp_path / 'out' / '2026-06-30'} (Version {RULES_VERSION}): "
        in answer.output
    )
    assert "Warnung: deadline_basis war months und ist quarter" in answer.output


def test_without_any_report_nothing_is_compared(rules_folder: Path, tmp_path: Path) -> None:
    assert "Gegenüber" not in kisi("rules", "--rules", rules_folder, "--out", tmp_path).output
