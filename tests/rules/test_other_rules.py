"""Edits of the rule files take effect in template, checks and results without a change of the program."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from pipeline.report.ergebnis import ergebnis
from pipeline.rules import Rules
from pipeline.rules.loading.load import load_rules
from pipeline.run import run
from pipeline.template import template_bytes
from pipeline.template.fill import Content, Entry, fill
from tests import builder, expected
from tests.cell_edits import Text, edited, plain_valid
from tests.expected import ExpectedFinding, reported
from tests.rule_edits import edit

P, M1, M4 = "projekt.yaml", "massnahme_1.yaml", "massnahme_4.yaml"


def _edited(rules_folder: Path, *edits: tuple[str, str, str]) -> Rules:
    for file, old, new in edits:
        edit(rules_folder, file, old, new)
    return load_rules(rules_folder)


def _report(rules_folder: Path, rules: Rules, workbook: bytes, as_of: str) -> dict[str, Any]:
    """ergebnis.json of one municipality."""
    inputs = rules_folder.parent / "eingang"
    inputs.mkdir(exist_ok=True)
    (inputs / "a.xlsx").write_bytes(workbook)
    return ergebnis(run(inputs, rules, date.fromisoformat(as_of)))


def _filled(rules: Rules, content: Content) -> bytes:
    """A municipality's workbook, made from the template of these rules."""
    kind = rules.kinds["kommune"]
    return fill(template_bytes(rules, kind), kind, content)


def _rows(rules: Rules, sheet: str, kind: str = "kommune") -> dict[str, list[Any]]:
    """Rows of a prefilled sheet of the template by number."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(template_bytes(rules, rules.kinds[kind])))
    rows = book.get_sheet_by_name(sheet).to_python()
    return {row[0]: row[1:] for row in rows[builder.HEADER_ROW :] if row[0]}


def _milestone(document: dict[str, Any], nr: str) -> dict[str, Any]:
    (found,) = [m for m in document["milestones"] if (m["ags"], m["nr"]) == (builder.AGS, nr)]
    return dict(found)


def test_one_threshold(rules_folder: Path) -> None:
    """On 2026-03-31 the stock is 7 and 4 are recorded (persons 1, 2, 3, 8): 57 %, above 15, below 60."""
    before = _milestone(_report(rules_folder, load_rules(rules_folder), plain_valid(), "2026-06-30"), "MS1.1")
    assert before["criteria"][0]["status"] == "met"
    rules = _edited(rules_folder, (M1, 'at_least: "15 %"', 'at_least: "60 %"'))
    after = _milestone(_report(rules_folder, rules, plain_valid(), "2026-06-30"), "MS1.1")
    assert after["criteria"][0]["threshold"] == "0.600000"
    assert after["criteria"][0]["status"] == "unmet"


def test_one_date(rules_folder: Path) -> None:
    rules = _edited(rules_folder, (M1, "months: 6", "months: 7"))
    assert _rows(rules, "Meilensteine")["MS1.1b"][1] == date(2026, 4, 30)
    assert (
        _milestone(_report(rules_folder, rules, plain_valid(), "2026-06-30"), "MS1.1")["due"] == "2026-04-30"
    )


def test_one_wording(rules_folder: Path) -> None:
    rules = _edited(
        rules_folder, (M1, "Erarbeitung eines Frageleitfadens", "Erarbeitung zweier Frageleitfäden")
    )
    assert (
        _rows(rules, "Meilensteine")["MS1.1c"][0]
        == "Erarbeitung zweier Frageleitfäden mit den Integrationsguides"
    )
    assert rules.sha256 != builder.rules().sha256


def test_the_days_at_risk(rules_folder: Path) -> None:
    rules = _edited(rules_folder, (P, "at_risk_days: 60", "at_risk_days: 122"))
    document = _report(rules_folder, rules, plain_valid(), "2026-06-30")
    # MS3.2 is due on 2026-10-31: 123 days after 30 June, 122 after 1 July
    assert _milestone(document, "MS3.2")["status"] == "open"
    assert (
        _milestone(_report(rules_folder, rules, plain_valid(), "2026-07-01"), "MS3.2")["status"] == "at_risk"
    )


def test_the_marked_quarter_as_deadline(rules_folder: Path) -> None:
    """The alternative reading 1: only MS1.2 and MS2.4 move, and MS3.1 and others to the end of their quarter."""
    rules = _edited(rules_folder, (P, "deadline_basis: months", "deadline_basis: quarter"))
    due = {m.id: rules.due(m) for m in rules.milestones}
    assert due == {
        "MS1.1": date(2026, 3, 31), "MS1.2": date(2026, 9, 30), "MS1.3": date(2027, 9, 30),
        "MS1.4": date(2028, 9, 30), "MS2.1": date(2026, 3, 31), "MS2.2": date(2026, 12, 31),
        "MS2.3": date(2027, 6, 30), "MS2.4": date(2028, 6, 30), "MS3.1": date(2026, 6, 30),
        "MS3.2": date(2026, 12, 31), "MS3.3": date(2027, 6, 30), "MS3.4": date(2028, 9, 30),
        "MS4.1": None, "MS4.2": None, "MS4.3": None, "MS4.4": None,
    }  # fmt: skip
    assert _rows(rules, "Meilensteine")["MS1.2a"][1] == date(2026, 9, 30)
    assert (
        _milestone(_report(rules_folder, rules, plain_valid(), "2026-06-30"), "MS1.2")["due"] == "2026-09-30"
    )


def test_calendar_years(rules_folder: Path) -> None:
    rules = _edited(rules_folder, (P, "year_basis: project_year", "year_basis: calendar_year"))
    document = _report(rules_folder, rules, plain_valid(), "2026-06-30")
    found = {t["year"]: t for t in document["targets"] if (t["ags"], t["nr"]) == (builder.AGS, "Z1.4")}
    # the four contacts: one on 2025-10-01, three in 2026; 2025 is over
    assert {y: (t["numerator"], t["status"]) for y, t in found.items()} == {
        "2025": (1, "missed"),
        "2026": (3, "open"),
    }


MEASURE_4 = """milestones:
  - id: "MS4.1"
    text: "9 Monate nach Projektbeginn"
    heading: "Meilensteine"
    months: 9
    quarter: "2026-Q2"
    criteria:
      - id: "MS4.1a"
        text: "Gelingenskriterien mit den Beteiligten entwickelt"
        heading: "Meilensteine"
        decide: {kind: attested}
      - id: "MS4.1b"
        text: "Ein Dialogforum durchgeführt"
        heading: "Meilensteine"
        decide:
          kind: count
          rows: {sheet: "Veranstaltungen", dates: ["Datum"], where: {"Art": "Dialogforum"}}
          at_least: 1
  - id: "MS4.2"
    text: "12 Monate nach Projektbeginn"
    heading: "Meilensteine"
    months: 12
    quarter: "2026-Q3"
    criteria:
      - id: "MS4.2a"
        text: "Die Hälfte der Bedarfe ist adressiert"
        heading: "Meilensteine"
        decide:
          kind: share
          numerator: {sheet: "Bedarfe", dates: ["Erfasst am", "Adressiert am"]}
          denominator: {sheet: "Bedarfe", dates: ["Erfasst am"]}
          at_least: "50 %"
  - id: "MS4.3"
    text: "24 Monate nach Projektbeginn"
    heading: "Meilensteine"
    months: 24
    criteria:
      - id: "MS4.3a"
        text: "Alle Einheiten sind vernetzt"
        heading: "Meilensteine"
        decide: {kind: every, sheet: "Verwaltung", date: "Vernetzt am"}
  - id: "MS4.4"
    text: "36 Monate nach Projektbeginn"
    heading: "Meilensteine"
    months: 36
    criteria:
      - id: "MS4.4a"
        text: "Die Projektleitung hat gewürdigt"
        heading: "Meilensteine"
        reported_by: projektleitung
        decide: {kind: attested}
"""


@pytest.fixture
def with_measure_4(rules_folder: Path) -> Rules:
    path = rules_folder / M4
    text = path.read_text(encoding="utf-8")
    path.write_text(text[: text.index("\nmilestones:") + 1] + MEASURE_4, encoding="utf-8")
    return load_rules(rules_folder)


def test_the_milestones_of_measure_4_in_template_checks_status_and_result(
    rules_folder: Path, with_measure_4: Rules
) -> None:
    rules = with_measure_4
    rows = _rows(rules, "Meilensteine")
    assert list(rows)[-4:] == ["MS4.1a", "MS4.1b", "MS4.2a", "MS4.3a"]  # MS4.4a is the project lead's
    assert rows["MS4.1a"][:3] == [
        "Gelingenskriterien mit den Beteiligten entwickelt", date(2026, 6, 30), "bitte angeben",
    ]  # fmt: skip
    assert rows["MS4.1b"][2] == "wird berechnet"
    assert list(_rows(rules, "Meilensteine", "projektleitung")) == ["MS2.1d", "MS2.4b", "MS4.4a"]

    content = builder.content()
    content.entries |= {"MS4.1a": Entry(date(2026, 6, 1), None), "MS4.2a": Entry(date(2026, 6, 1))}
    document = _report(rules_folder, rules, _filled(rules, content), "2026-06-30")
    found = [(f["rule"], f["sheet"], f["cell"]) for f in document["findings"]]
    # the 38th and the 40th criterion of a municipality
    assert found == [("P21", "Meilensteine", "F42"), ("P23", "Meilensteine", "E44")]

    statuses = {m["nr"]: m["status"] for m in document["milestones"] if m["ags"] == builder.AGS}
    assert {nr: statuses[nr] for nr in ("MS4.1", "MS4.2", "MS4.3", "MS4.4")} == {
        "MS4.1": "evidence_missing",
        "MS4.2": "reached",
        "MS4.3": "open",  # two of three units
        "MS4.4": "not_evaluable",  # no workbook of the project lead
    }
    (share,) = _milestone(document, "MS4.2")["criteria"]
    assert (share["value"], share["threshold"]) == ("0.500000", "0.500000")
    counts = {m["nr"]: m["counts"] for m in document["consolidated"]["milestones"]}
    assert counts["MS4.2"] == {"no_submission": 7, "reached": 1}


def test_a_workbook_of_the_old_rules_is_reported_what_is_missing(with_measure_4: Rules) -> None:
    found = expected.examine(plain_valid(), with_measure_4).findings
    assert reported(found) == [ExpectedFinding("P24", "warning", "Meilensteine", None, None)]
    assert "MS4.1a" in found[0].message


def test_another_roster(rules_folder: Path) -> None:
    roster = "ags;name;landkreis;beitritt;fruehere_ags\n06440012;Karben;Wetteraukreis;;\n"
    (rules_folder / "kommunen.csv").write_text(roster, encoding="utf-8")
    rules = load_rules(rules_folder)
    assert [f.rule for f in expected.examine(plain_valid(), rules).findings] == ["D16"]
    karben = edited({"Stammdaten!B4": "Karben", "Stammdaten!B5": Text("06440012")})
    document = _report(rules_folder, rules, karben, "2026-06-30")
    assert {m["communes_total"] for m in document["consolidated"]["milestones"]} == {1}


def test_another_target_group(rules_folder: Path) -> None:
    rules = _edited(
        rules_folder, (P, '"10 – Teilnahmeberechtigung Integrationskurs (IntV)"', '"10 – Integrationskurs"')
    )
    assert reported(expected.examine(plain_valid(), rules).findings) == [
        expected.at("W10", "error", "Personen!B9")
    ]
