"""ergebnis.json as results.md describes it: keys and their order, entries and their order, forms of values."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipeline.report.ergebnis import ergebnis_text
from pipeline.run import run
from tests import builder
from tests.cell_edits import Text, edited
from tests.schema_problems import problems

Json = dict[str, Any]
AS_OF = date(2026, 6, 30)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Büdingen twice the same, Hanau with an error, a file that is none, the project lead, a lock file."""
    path = tmp_path_factory.mktemp("eingang")
    files = {
        "b.xlsx": builder.valid(),
        "a/kopie.xlsx": builder.valid(),
        "hanau.xlsx": edited(
            {
                "Stammdaten!B4": "Hanau",
                "Stammdaten!B5": Text("06415000"),
                "Bestand!C6": "Quatsch",
                "Personen!C9": "nein",
            }
        ),
        "lead.xlsx": builder.lead_valid(),
        "notiz.txt": b"Hallo",
        "~$b.xlsx": b"",
    }
    for name, data in files.items():
        (path / name).parent.mkdir(exist_ok=True)
        (path / name).write_bytes(data)
    return path


@pytest.fixture(scope="module")
def text(folder: Path) -> str:
    return ergebnis_text(run(folder, builder.rules(), AS_OF))


@pytest.fixture(scope="module")
def document(text: str) -> Json:
    return dict(json.loads(text))


# --- keys ---------------------------------------------------------------------------------------------

KEYS = {
    "submissions": ["ags", "commune", "file", "sha256", "stichtag", "abgabe_nr", "state", "closed", "rows_read", "rows_accepted", "errors", "warnings", "notes"],
    "findings": ["rule", "severity", "ags", "file", "sheet", "cell", "column", "count", "cells", "answer", "message", "remedy"],
    "targets": ["ags", "nr", "year", "numerator", "denominator", "value", "threshold", "status", "data_as_of"],
    "milestones": ["ags", "nr", "due", "status", "reached_on", "criteria"],
    "evidence": ["ags", "nr", "due", "count", "status"],
}  # fmt: skip


def test_keys_and_their_order(document: Json) -> None:
    assert list(document) == [
        "as_of", "project", "rules", "round", "submissions", "findings", "targets", "milestones", "evidence", "consolidated",
    ]  # fmt: skip
    assert list(document["round"]) == ["stichtag", "due", "municipalities", "counts"]
    assert all(list(m) == ["ags", "status", "file"] for m in document["round"]["municipalities"])
    assert list(document["project"]) == ["start", "end"]
    assert list(document["rules"]) == ["version", "sha256"]
    for part, keys in KEYS.items():
        assert document[part]
        assert all(list(entry) == keys for entry in document[part])
    criteria = [c for m in document["milestones"] for c in m["criteria"]]
    assert criteria
    assert all(list(c) == ["nr", "status", "reached_on", "value", "threshold", "evidence"] for c in criteria)
    assert list(document["consolidated"]) == ["targets", "milestones"]
    assert all(
        list(t) == ["nr", "year", "numerator", "denominator", "value", "communes_met", "communes_evaluated", "communes_total", "status"]
        for t in document["consolidated"]["targets"]
    )  # fmt: skip
    assert all(
        list(m) == ["nr", "due", "counts", "communes_total"] for m in document["consolidated"]["milestones"]
    )


def test_it_fits_its_schema(document: Json) -> None:
    assert problems(document) == []


# --- submissions and findings ---------------------------------------------------------------------------


def test_files_by_path_then_who_is_missing_by_ags(document: Json) -> None:
    found = [(s["file"], s["ags"], s["state"]) for s in document["submissions"]]
    assert found == [
        ("a/kopie.xlsx", "06440004", "accepted"),
        ("b.xlsx", "06440004", "duplicate"),
        ("hanau.xlsx", "06415000", "rejected"),
        ("lead.xlsx", "00000000", "accepted"),
        (None, "06434001", "missing"),
        (None, "06434008", "missing"),
        (None, "06440002", "missing"),
        (None, "06440008", "missing"),
        (None, "06440012", "missing"),
        (None, "06440016", "missing"),
    ]


def test_the_round_names_everyone(document: Json) -> None:
    """Hanau's only file is rejected; the six others of the sample roster have sent nothing."""
    found = document["round"]
    assert (found["stichtag"], found["due"]) == ("2026-06-30", "2026-07-31")
    assert [(m["ags"], m["status"], m["file"]) for m in found["municipalities"]] == [
        ("00000000", "delivered", "lead.xlsx"),
        ("06415000", "rejected", None),
        ("06434001", "outstanding", None),
        ("06434008", "outstanding", None),
        ("06440002", "outstanding", None),
        ("06440004", "delivered", "a/kopie.xlsx"),
        ("06440008", "outstanding", None),
        ("06440012", "outstanding", None),
        ("06440016", "outstanding", None),
    ]
    assert found["counts"] == {"delivered": 2, "rejected": 1, "outstanding": 6}


def test_a_missing_entry_is_null_but_for_who_and_state(document: Json) -> None:
    karben = next(s for s in document["submissions"] if s["ags"] == "06440012")
    assert {k: v for k, v in karben.items() if v is not None} == {
        "ags": "06440012", "commune": "Karben", "state": "missing",
    }  # fmt: skip


def test_what_is_said_of_a_file(document: Json) -> None:
    accepted, duplicate, hanau, *_ = document["submissions"]
    rows = 3 + 8 + 4 + 3 + 4 + 4 + 3 + 4 + 4 + 3 + 3 + 4  # the tables of builder.VALID
    rows += 37 + 20  # criteria and targets of a municipality
    assert (accepted["rows_read"], accepted["rows_accepted"]) == (rows, rows)
    assert (duplicate["rows_read"], duplicate["rows_accepted"]) == (rows, 0)
    assert (hanau["rows_read"], hanau["rows_accepted"]) == (rows, 0)
    assert (hanau["errors"], hanau["warnings"], hanau["notes"]) == (1, 0, 1)
    assert (accepted["stichtag"], accepted["abgabe_nr"]) == ("2026-06-30", 1)
    assert re.fullmatch(r"[0-9a-f]{64}", accepted["sha256"])


def test_findings_by_file_with_notes_on_what_is_no_submission(document: Json) -> None:
    found = [
        (f["file"], f["ags"], f["severity"], f["rule"], f["sheet"], f["cell"]) for f in document["findings"]
    ]
    assert found == [
        ("hanau.xlsx", "06415000", "error", "W10", "Bestand", "C6"),
        ("hanau.xlsx", "06415000", "note", "P30", "Personen", "C9"),
        ("notiz.txt", None, "note", "N30", None, None),
        ("~$b.xlsx", None, "note", "N01", None, None),
    ]
    assert all(f["message"] and f["remedy"] for f in document["findings"])


# --- results ----------------------------------------------------------------------------------------------


def test_results_by_ags_the_project_lead_first(document: Json) -> None:
    communes = [
        "06415000",
        "06434001",
        "06434008",
        "06440002",
        "06440004",
        "06440008",
        "06440012",
        "06440016",
    ]
    assert list(dict.fromkeys(t["ags"] for t in document["targets"])) == ["00000000", *communes]
    assert list(dict.fromkeys(m["ags"] for m in document["milestones"])) == communes
    assert list(dict.fromkeys(e["ags"] for e in document["evidence"])) == communes


def _of(document: Json, part: str, nr: str) -> list[Json]:
    return [e for e in document[part] if (e["ags"], e["nr"]) == ("06440004", nr)]


def test_forms_of_figures(document: Json) -> None:
    """Büdingen on 2026-06-30, see builder.VALID: stock 50; approached and present with paper 1, 3, 4, 7."""
    (share,) = _of(document, "targets", "Z1.1")
    assert share == {
        "ags": "06440004", "nr": "Z1.1", "year": None, "numerator": 4, "denominator": 50, "value": "0.080000",
        "threshold": "1.000000", "status": "open", "data_as_of": "2026-06-30",
    }  # fmt: skip
    (count,) = _of(document, "targets", "Z1.4")
    assert (count["year"], count["numerator"], count["denominator"], count["value"], count["threshold"]) == (
        "2025/26", 4, None, 4, 30,
    )  # fmt: skip
    (info,) = _of(document, "targets", "Z2.3")  # one offer: bestehend, ehrenamtlich
    assert (info["numerator"], info["value"], info["threshold"], info["status"]) == (1, 1, None, "info")
    (attested,) = _of(document, "targets", "Z2.2")
    assert [attested[k] for k in ("numerator", "denominator", "value", "threshold", "status")] == [
        None
    ] * 4 + ["met"]
    (every,) = _of(document, "milestones", "MS3.2")
    assert every["criteria"][2] == {  # two of three units are connected
        "nr": "MS3.2c", "status": "unmet", "reached_on": None, "value": "0.666667", "threshold": "1.000000",
        "evidence": [],
    }  # fmt: skip


def test_forms_of_milestones(document: Json) -> None:
    (found,) = _of(document, "milestones", "MS1.1")
    # a: 4 recorded (1, 2, 3, 8) of the stock of 30 on 2025-12-31: 3 on 2026-02-11 would be 10 %, 4 on
    # 2026-02-12 13.3 %; the stock of 7 on 2026-03-31 makes it 57 %. On 2026-06-30 person 2 has left: 3 of 50.
    assert found == {
        "ags": "06440004", "nr": "MS1.1", "due": "2026-03-31", "status": "reached_late", "reached_on": "2026-06-30",
        "criteria": [
            {"nr": "MS1.1a", "status": "met", "reached_on": "2026-03-31", "value": "0.060000", "threshold": "0.150000", "evidence": []},
            {"nr": "MS1.1b", "status": "met", "reached_on": "2025-10-01", "value": None, "threshold": None, "evidence": ["NW-004"]},
            {"nr": "MS1.1c", "status": "met", "reached_on": "2026-06-30", "value": None, "threshold": None, "evidence": ["NW-003", "NW-004"]},
            {"nr": "MS1.1d", "status": "met", "reached_on": "2025-11-20", "value": 1, "threshold": 1, "evidence": ["NW-001", "NW-002"]},
        ],
    }  # fmt: skip
    (undefined,) = _of(document, "milestones", "MS4.1")
    assert undefined == {
        "ags": "06440004", "nr": "MS4.1", "due": None, "status": "undefined", "reached_on": None, "criteria": [],
    }  # fmt: skip


def test_forms_of_evidence(document: Json) -> None:
    assert [(e["due"], e["count"], e["status"]) for e in _of(document, "evidence", "N3.1")] == [
        ("2026-09-30", 0, "open"), ("2027-09-30", 0, "open"), ("2028-09-30", 0, "open"),
    ]  # fmt: skip
    assert [(e["due"], e["count"], e["status"]) for e in _of(document, "evidence", "N1.6")] == [
        (None, 2, "provided")
    ]


def test_the_frame(document: Json) -> None:
    assert document["as_of"] == "2026-06-30"
    assert document["project"] == {"start": "2025-10-01", "end": "2028-09-30"}
    assert document["rules"]["sha256"] == builder.rules().sha256


WORDS = {
    "targets": {"met", "open", "missed", "not_evaluable", "info", "no_submission"},
    "milestones": {
        "undefined", "no_submission", "reached", "reached_late", "evidence_missing", "not_evaluable", "overdue",
        "at_risk", "open",
    },
    "evidence": {"provided", "open", "no_submission", "provided_late", "overdue", "not_evaluable"},
}  # fmt: skip


def _floats(value: Any) -> Iterator[float]:
    if isinstance(value, float):
        yield value
    elif isinstance(value, dict):
        for v in value.values():
            yield from _floats(v)
    elif isinstance(value, list):
        for v in value:
            yield from _floats(v)


def test_words_of_statuses_and_no_binary_fractions(document: Json) -> None:
    for part, words in WORDS.items():
        assert {e["status"] for e in document[part]} <= words
    criteria = {c["status"] for m in document["milestones"] for c in m["criteria"]}
    assert criteria <= {"met", "evidence_missing", "unmet", "not_evaluable"}
    assert list(_floats(document)) == []


# --- the same bytes -----------------------------------------------------------------------------------------


def test_the_order_in_which_files_are_listed_makes_no_difference(
    folder: Path, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    scan = os.scandir

    def backwards(path: Path) -> list[os.DirEntry[str]]:
        return sorted(scan(path), key=lambda e: e.name, reverse=True)

    monkeypatch.setattr(os, "scandir", backwards)
    assert ergebnis_text(run(folder, builder.rules(), AS_OF)) == text


def test_another_place_and_time_make_no_difference(folder: Path, text: str, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(folder, tmp_path / "ganz woanders"))
    for path in copy.rglob("*"):
        os.utime(path, (0, 0))
    assert ergebnis_text(run(copy, builder.rules(), AS_OF)) == text


def test_umlauts_stay_readable(text: str) -> None:
    assert "Büdingen" in text
    assert "\\u" not in text
    assert text.endswith("}\n")
