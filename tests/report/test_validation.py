"""validierungsbericht.json: the structure of the European Statistical System, the findings, nobody's data."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from pipeline.outcome import Outcome
from pipeline.report.ergebnis import ergebnis
from pipeline.report.validation import validation_text, write_validation

TEXTS = {"type": "array", "items": {"type": "string"}}
EVENT = {
    "type": "object",
    "properties": {
        "time": {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},  # ISO 8601
        "actor": {"type": "string", "minLength": 1},
        "agent": {"type": "string"},
        "trigger": {"type": "string"},
    },
    "required": ["time", "actor"],
    "additionalProperties": False,
}
DATA = {
    "type": "object",
    "properties": {
        "source": {"type": "array", "items": TEXTS, "minItems": 1},
        "target": {"type": "array", "items": TEXTS, "minItems": 1},
        "description": {"type": "string"},
    },
    "required": ["source", "target"],
    "additionalProperties": False,
}
RULE = {
    "type": "object",
    "properties": {
        "language": {"type": "string"},
        "expression": {"type": "string", "minLength": 1},
        "severity": {"enum": ["information", "warning", "error"]},
        "description": {"type": "string"},
    },
    "required": ["language", "expression", "severity"],
    "additionalProperties": False,
}
AGGREGATE = {
    "type": "object",
    "properties": {n: {"type": "string"} for n in ("language", "expression", "description")},
    "required": ["language", "expression"],
    "additionalProperties": False,
}


def _object(kind: str, value: dict[str, Any], **parts: dict[str, Any]) -> dict[str, Any]:
    properties = {
        "id": {"type": "string"},
        "type": {"const": kind},
        "event": EVENT,
        "data": DATA,
        "value": value,
    }
    return {
        "type": "object",
        "properties": properties | parts,
        "required": [*properties, *parts],
        "additionalProperties": False,
    }


SCHEMA = {
    "type": "array",
    "items": {
        "oneOf": [
            _object("validation", {"enum": ["0", "1", "NA"]}, rule=RULE),
            _object("aggregation", {"type": "string"}, aggregate=AGGREGATE),
        ]
    },
}


@pytest.fixture(scope="module")
def report(outcome: Outcome) -> list[dict[str, Any]]:
    found = json.loads(validation_text(outcome))
    assert isinstance(found, list)
    return found


def test_it_has_the_structure_of_the_standard(report: list[dict[str, Any]]) -> None:
    Draft202012Validator(SCHEMA).validate(report)
    assert len({one["id"] for one in report}) == len(report)


def test_every_finding_is_a_failed_validation(report: list[dict[str, Any]], outcome: Outcome) -> None:
    severities = {"error": "error", "warning": "warning", "note": "information"}
    sent = [f for f in ergebnis(outcome)["findings"] if f["file"] != "~$hanau.xlsx"]  # no submission
    expected = [(f["rule"], severities[f["severity"]]) for f in sent]
    failed = [one["rule"] for one in report if one["type"] == "validation" and one["value"] == "0"]
    assert [(r["expression"], r["severity"]) for r in failed] == expected


def test_one_finding_of_a_file(report: list[dict[str, Any]]) -> None:
    (broken,) = [one for one in report if one.get("rule", {}).get("expression") == "D01"]
    assert broken["data"] == {
        "source": [["KISI", "", "", "Datei"]],
        "target": [["KISI", "", "", "Datei"]],
        "description": "Datei =kaputt.xlsx",
    }
    assert broken["rule"]["description"] == "Die Datei ist keine Excel-Arbeitsmappe."
    assert broken["event"]["time"] == "2026-06-30"
    assert broken["event"]["actor"] == "Projektleitung KISI"


def test_findings_about_persons_have_no_cell_and_a_rounded_count(report: list[dict[str, Any]]) -> None:
    """Nidda: one person whose dates lie after the Stichtag; three cells, each a finding of its column."""
    persons = [
        one
        for one in report
        if one["type"] == "validation" and one["data"]["target"][0][3].startswith("Personen")
    ]
    assert persons
    for one in persons:
        assert "Zelle" not in one["data"]["description"]
        assert one["data"]["description"].endswith(", rund 3-mal")
    assert "P-001" not in json.dumps(report, ensure_ascii=False)


def test_sums_by_rule_count_files(report: list[dict[str, Any]]) -> None:
    sums = {one["aggregate"]["expression"]: one["value"] for one in report if one["type"] == "aggregation"}
    assert sums["Anzahl(D01)"] == "1"
    assert sums["Anzahl(P22)"] == "5", "Hanau, both of Karben, Nidda and the project lead have empty sheets"


def test_checks_that_could_not_run_are_not_available(outcome: Outcome) -> None:
    first, *rest = outcome.submissions
    shown = replace(
        first, workbook=replace(first.workbook, not_run=("Blatt Bestand: Zahlen nicht verglichen.",))
    )
    report = json.loads(validation_text(replace(outcome, submissions=(shown, *rest))))
    (one,) = [
        entry for entry in report if entry["value"] == "NA" and "Zahlen nicht" in entry["rule"]["description"]
    ]
    assert one["rule"]["severity"] == "information"


def test_the_file_is_the_text_and_without_findings_empty(outcome: Outcome, tmp_path: Path) -> None:
    write_validation(outcome, tmp_path / "a.json")
    assert (tmp_path / "a.json").read_bytes() == validation_text(outcome).encode()
    assert validation_text(replace(outcome, submissions=(), notes=())) == "[]\n"
