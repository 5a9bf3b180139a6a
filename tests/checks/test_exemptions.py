"""rules/ausnahmen.yaml: what is refused, what an exception does, and that it is reported.

The valid workbook (builder.VALID) has five people present with a checked paper on 2026-03-31; with an
official stock of 5 it stands, with 4 or fewer it breaks P11 at Bestand!B6.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner

from pipeline.checks.deduplicate import deduplicate_findings
from pipeline.checks.exemptions import apply_exemptions
from pipeline.cli import cli
from pipeline.definitions.messages import MESSAGES, finding
from pipeline.definitions.model import ExemptionState
from pipeline.outcome import Outcome
from pipeline.report.ergebnis import ergebnis
from pipeline.report.write import write_report
from pipeline.rules import Exemption, Rules
from pipeline.rules.loading.load import load_rules
from pipeline.rules.loading.yaml_lines import RulesError
from pipeline.run import run
from tests import builder, expected
from tests.builder import AGS
from tests.cell_edits import edited
from tests.expected import at, reported

ONE = {
    "rule": "P11", "ags": AGS, "sheet": "Bestand", "column": "Anzahl", "reason": "Bestand kommt erst später.",
    "decided_by": "Referat 3", "valid_until": date(2026, 6, 30),
}  # fmt: skip
TOO_FEW = {"Bestand!B6": 1}
MESSAGE = MESSAGES["P11"].text.format(table="Personen")


def granted(**changes: Any) -> Rules:
    return replace(builder.rules(), exemptions=(Exemption(**{**ONE, **changes}),))


def outcome(folder: Path, rules: Rules, edits: dict[str, Any] | None = None) -> Outcome:
    (folder / "a.xlsx").write_bytes(edited(edits or TOO_FEW))
    return run(folder, rules)


# --- what it does -------------------------------------------------------------------------------------


def test_the_error_becomes_a_warning_that_says_why(tmp_path: Path) -> None:
    found = outcome(tmp_path, granted())
    workbook = found.submissions[0].workbook
    assert reported(workbook.findings) == [at("P11", "warning", "Bestand!B6")]
    assert workbook.findings[0].message == (
        f"{MESSAGE} Ausnahme: Bestand kommt erst später (entschieden: Referat 3), bis 30.06.2026."
    )
    assert found.submissions[0].state.value == "accepted"
    assert [(u.use, u.files) for u in found.exemptions] == [(ExemptionState.USED, ("a.xlsx",))]


def test_without_it_the_workbook_is_rejected(tmp_path: Path) -> None:
    found = outcome(tmp_path, builder.rules())
    assert reported(found.submissions[0].workbook.findings) == [at("P11", "error", "Bestand!B6")]
    assert found.submissions[0].state.value == "rejected"
    assert found.exemptions == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"ags": "06440002"},
        {"rule": "P12"},
        {"sheet": "Personen", "column": None},
        {"column": "Stichtag"},
    ],
    ids=["another municipality", "another rule", "another sheet", "another column"],
)
def test_it_holds_for_nothing_else(tmp_path: Path, changes: dict[str, Any]) -> None:
    found = outcome(tmp_path, granted(**changes))
    assert reported(found.submissions[0].workbook.findings) == [at("P11", "error", "Bestand!B6")]
    assert [(u.use, u.files) for u in found.exemptions] == [(ExemptionState.UNUSED, ())]


@pytest.mark.parametrize("changes", [{"column": None}, {"sheet": None, "column": None}])
def test_without_sheet_or_column_it_holds_everywhere(tmp_path: Path, changes: dict[str, Any]) -> None:
    found = outcome(tmp_path, granted(**changes))
    assert reported(found.submissions[0].workbook.findings) == [at("P11", "warning", "Bestand!B6")]


def test_after_its_last_day_the_error_stays_and_a_note_says_so(tmp_path: Path) -> None:
    found = outcome(tmp_path, granted(valid_until=date(2026, 6, 29)))
    workbook = found.submissions[0].workbook
    assert reported(workbook.findings) == [at("P11", "error", "Bestand!B6"), at("X01", "note", "Bestand!B6")]
    assert "bis 29.06.2026" in workbook.findings[1].message
    assert found.submissions[0].state.value == "rejected"
    assert [(u.use, u.files) for u in found.exemptions] == [(ExemptionState.EXPIRED, ("a.xlsx",))]


def test_an_expired_one_that_nobody_needs_is_unused(tmp_path: Path) -> None:
    found = outcome(tmp_path, granted(valid_until=date(2026, 1, 1)), {"Bestand!B6": 7})
    assert reported(found.submissions[0].workbook.findings) == []
    assert [u.use for u in found.exemptions] == [ExemptionState.UNUSED]


def test_of_two_errors_on_one_cell_the_other_comes_to_light() -> None:
    """A cell keeps only the first of its errors; when that one is excepted, the other must not be lost."""
    place = ("Bedarfe", "D5", "Erfasst am")
    workbook = expected.broken({})
    found = [finding("P04", *place, before="x"), finding("P09", *place, other="y")]
    assert reported(deduplicate_findings(found, None)) == [at("P04", "error", "Bedarfe!D5")]
    exemptions = granted(rule="P04", sheet=None, column=None).exemptions
    assert reported(deduplicate_findings(apply_exemptions(workbook, found, exemptions), None)) == [
        at("P09", "error", "Bedarfe!D5")
    ]


UNREADABLE = [
    *((rule, place, value) for rule, place, value in (
        ("W13", "Personen!D5", None), ("W13", "Personen!A5", None), ("W13", "Bestand!A6", None),
        ("W13", "Bestand!B6", None), ("W13", "Bedarfe!B5", None), ("W13", "Bedarfe!D5", None),
        ("W13", "Angebote!H5", None), ("W13", "Kontakte!A5", None), ("W13", "Veranstaltungen!B5", None),
        ("W13", "Ehrenamtliche!B5", None), ("W13", "Schulungen!B5", None), ("W13", "Schulungen!G5", None),
        ("W13", "Schulungsteilnahmen!B5", None), ("W13", "Verwaltung!A5", None), ("W13", "Nachweise!D5", None),
        ("W05", "Bedarfe!D5", "bald"), ("W07", "Bestand!B6", "viele"), ("P13", "Stammdaten!B15", "ja"),
        ("P05", "Bedarfe!F5", None), ("P10", "Personen!F5", None), ("P12", "Schulungen!G5", 1),
        ("P14", "Meilensteine!A6", "MS9.9z"),
    )),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("rule", "place", "value"), UNREADABLE)
def test_what_an_exception_lets_in_can_be_evaluated(
    tmp_path: Path, rule: str, place: str, value: object
) -> None:
    """Cells that could not be read are empty then; figures, comparison and report must bear that."""
    rules = granted(rule=rule, sheet=None, column=None, valid_until=date(2030, 1, 1))
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "b.xlsx").write_bytes(edited({place: value, "Stammdaten!B8": 2}))
    found = run(folder, rules, date(2026, 6, 30))
    findings = found.submissions[0].workbook.findings
    assert (rule, "warning") in {(f.rule, f.severity.value) for f in findings}
    json.dumps(ergebnis(found))


@pytest.mark.parametrize(
    ("rule", "place", "value"),
    [
        ("W05", "Bedarfe!D5", "bald"),  # else W13: required and empty
        ("W05", "Personen!F5", "bald"),  # else P10: this person has needs
    ],
)
def test_an_excepted_cell_that_was_not_read_is_not_called_empty(
    tmp_path: Path, rule: str, place: str, value: str
) -> None:
    rules = granted(rule=rule, sheet=None, column=None)
    (tmp_path / "a.xlsx").write_bytes(edited({place: value}))
    (found,) = run(tmp_path, rules).submissions
    assert [f for f in reported(found.workbook.findings) if f.severity == "error"] == []
    assert at(rule, "warning", place) in reported(found.workbook.findings)


def test_the_previous_stichtag_with_an_unread_cell_can_be_compared(tmp_path: Path) -> None:
    rules = granted(rule="W13", sheet=None, column=None, valid_until=date(2030, 1, 1))
    (tmp_path / "a.xlsx").write_bytes(edited({"Personen!A5": None, "Bestand!A6": None}))
    later = {"Stammdaten!B7": "2026-09-30", "Bedarfe!D5": None, "Personen!A6": None}
    (tmp_path / "b.xlsx").write_bytes(edited(later))
    states = {s.workbook.file: s.state.value for s in run(tmp_path, rules).submissions}
    assert set(states) == {"a.xlsx", "b.xlsx"}


# --- the file -----------------------------------------------------------------------------------------

ENTRY = """exceptions:
  - rule: "P11"
    ags: "06440004"
    sheet: "Bestand"
    column: "Anzahl"
    reason: "Bestand kommt erst später"
    decided_by: "Referat 3"
    valid_until: 2026-06-30
"""


def test_what_stands_in_the_file_is_part_of_the_rules(rules_folder: Path) -> None:
    (rules_folder / "ausnahmen.yaml").write_text(ENTRY, encoding="utf-8")
    rules = load_rules(rules_folder)
    assert rules.exemptions == (Exemption(**{**ONE, "reason": "Bestand kommt erst später"}),)
    assert "ausnahmen.yaml" in dict(rules.files)
    assert rules.sha256 != builder.rules().sha256
    (rules_folder / "ausnahmen.yaml").unlink()
    assert load_rules(rules_folder).exemptions == ()
    assert "ausnahmen.yaml" not in dict(load_rules(rules_folder).files)


def test_the_example_in_the_comment_can_be_used(rules_folder: Path) -> None:
    path = rules_folder / "ausnahmen.yaml"
    lines = path.read_text(encoding="utf-8").splitlines()
    start = lines.index("# exceptions:")
    example = [line.removeprefix("# ") for line in lines[start:] if line.startswith("#")]
    path.write_text("\n".join(example), encoding="utf-8")
    assert [(g.rule, g.ags) for g in load_rules(rules_folder).exemptions] == [("P11", AGS)]


@pytest.mark.parametrize(
    ("old", "new", "line", "text"),
    [
        ('rule: "P11"', 'rule: "P99"', 2, "Die Prüfregel „P99“ gibt es nicht."),
        ('rule: "P11"', 'rule: "P21"', 2, "P21 ist kein Fehler; eine Ausnahme ist nicht nötig."),
        ('rule: "P11"', 'rule: "D13"', 2, "Von D13 gibt es keine Ausnahme: Die Datei als Ganzes ist nicht verwendbar."),
        ('rule: "P11"', 'rule: "A01"', 2, "Von A01 gibt es keine Ausnahme: Die Datei als Ganzes ist nicht verwendbar."),
        ('rule: "P11"', 'rule: "W11"', 2, "Von W11 gibt es keine Ausnahme: Die Regel schützt personenbezogene Daten."),
        ('rule: "P11"', 'rule: "W12"', 2, "Von W12 gibt es keine Ausnahme: Die Regel schützt personenbezogene Daten."),
        *(
            ('rule: "P11"', f'rule: "{rule}"', 2, f"Von {rule} gibt es keine Ausnahme: Sie ließe falsche Angaben in den Bericht.")
            for rule in ("W08", "W09", "W10", "W14", "P01", "P02", "P03", "P04", "P06", "P07", "P08", "P09", "P40", "P41")
        ),
        ('"06440004"', '"06999999"', 3, "Der AGS „06999999“ steht nicht auf der Liste der Kommunen."),
        ('"06440004"', "6440004", 3, "„ags“ muss ein Text sein; setzen Sie ihn in Anführungszeichen."),
        ('"06440004"', '"0644"', 3, "„ags“ hat nicht die erwartete Form."),
        ('sheet: "Bestand"', 'sheet: "Bestände"', 4, "Das Blatt „Bestände“ gibt es in dieser Arbeitsmappe nicht."),
        ('column: "Anzahl"', 'column: "Zahl"', 5, "Die Spalte „Zahl“ gibt es im Blatt „Bestand“ nicht."),
        ('    sheet: "Bestand"\n', "", 4, "Zu „column“ gehört „sheet“."),
        ("decided_by:", "decided:", 7, "Schlüssel „decided“ ist unbekannt."),
        ('    decided_by: "Referat 3"\n', "", 2, "Schlüssel „decided_by“ fehlt."),
        ("2026-06-30", '"2026-06-30"', 8, "„valid_until“ muss ein Datum der Form 2026-03-31 ohne Anführungszeichen sein."),
        ('"Referat 3"', '""', 7, "„decided_by“ ist leer."),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_with_its_line(
    rules_folder: Path, old: str, new: str, line: int, text: str
) -> None:
    assert ENTRY.count(old) == 1
    (rules_folder / "ausnahmen.yaml").write_text(ENTRY.replace(old, new), encoding="utf-8")
    with pytest.raises(RulesError) as refused:
        load_rules(rules_folder)
    assert f"ausnahmen.yaml, Zeile {line}: {text}" in str(refused.value).splitlines()


def test_an_exception_that_stands_twice_is_refused(rules_folder: Path) -> None:
    twice = ENTRY + ENTRY.removeprefix("exceptions:\n")
    (rules_folder / "ausnahmen.yaml").write_text(twice, encoding="utf-8")
    with pytest.raises(
        RulesError, match=r"ausnahmen\.yaml, Zeile 9: Die Ausnahme von P11 für 06440004 steht doppelt"
    ):
        load_rules(rules_folder)


# --- where it is reported ---------------------------------------------------------------------------------


def test_rules_and_report_tell_it(rules_folder: Path, tmp_path: Path) -> None:
    (rules_folder / "ausnahmen.yaml").write_text(ENTRY, encoding="utf-8")
    printed = CliRunner().invoke(cli, ["rules", "--rules", str(rules_folder)]).output
    assert "P11     06440004, Blatt „Bestand“, Spalte „Anzahl“, bis 30.06.2026: Bestand kommt" in printed
    inputs = tmp_path / "in"
    inputs.mkdir()
    found = outcome(inputs, load_rules(rules_folder))
    written = write_report(found, tmp_path / "out", with_feedback=False)
    book = openpyxl.load_workbook(written / "KISI_Bericht_2026-06-30.xlsx")
    for title in ("Prüfprotokoll", "Regelwerk"):
        texts = [str(c.value) for row in book[title].iter_rows() for c in row if c.value]
        assert any("Bestand kommt erst später" in t for t in texts), title
        assert any("angewendet" in t for t in texts), title
