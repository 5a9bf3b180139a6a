"""Forms that are filled for each municipality: which they are, where they lie, what stands in them."""

from __future__ import annotations

import io
import json
import re
import zipfile
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from click.testing import CliRunner
from openxml_audit import OpenXmlValidator

from pipeline.cli import cli
from pipeline.outcome import Outcome
from pipeline.report.ministry_form import (
    FormError,
    check_together,
    fill_form,
    fill_forms,
    form_paths,
    plan_form,
)
from pipeline.report.ministry_form.catalogue import MUNICIPALITY, PROJECT, TABLE, form_fields
from pipeline.report.ministry_form.changed_figures import FormHistory
from pipeline.rules import FormMapping, Rules
from tests import builder

SAMPLES = builder.ROOT / "docs/beispiel"
AS_OF = date(2026, 9, 30)
BUEDINGEN, NIDDA = "06440004", "06440016"


@pytest.fixture(scope="module")
def outcome(demo_outcome: Outcome) -> Outcome:
    return demo_outcome


def rules() -> Rules:
    return replace(builder.rules(), form=None)


def workbook(names: dict[str, str], cells: dict[str, str] | None = None) -> bytes:
    """A form with the sheet "Blatt": names (without KISI_) on ranges, texts in cells."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet("Blatt")
        for address, text in (cells or {}).items():
            sheet.write(address, text, book.add_format({"bold": True}))
        for name, target in names.items():
            book.define_name(f"KISI_{name}", f"=Blatt!{target}")
    return out.getvalue()


def filled(data: bytes, outcome: Outcome, ags: str | None = BUEDINGEN, by: Rules | None = None) -> Any:
    plan = plan_form("f.xlsx", data, by or rules())
    return openpyxl.load_workbook(io.BytesIO(fill_form(plan, outcome, ags)))["Blatt"]


# --- once, or for each --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("names", "for_each"),
    [
        (["name", "Z1.2.value"], True),
        (["Z1.2.value"], True),
        (["name", "communes_total"], True),
        (["MS1.1.criteria"], True),
        (["06440004.Z1.2.value", "Z1.2.value"], False),
        (["06440004.MS1.1.criteria"], False),
        (["communes"], False),
        (["communes_total", "MS1.1.counts.reached", "MS1.1.due"], False),
        (["project.Z1.2.value"], False),
    ],
)
def test_a_form_that_names_no_municipality_is_filled_for_each(names: list[str], for_each: bool) -> None:
    column = {n: f"${'ABC'[i]}$1" for i, n in enumerate(names)}
    data = workbook(column, {"A1": "KISI_name" if names == ["communes"] else "KISI_nr"})
    assert plan_form("f.xlsx", data, rules()).for_each is for_each


def test_a_mapping_with_a_row_for_each_municipality_makes_one_form() -> None:
    mapping = FormMapping(tables=[{"start": "Blatt!A1", "columns": ["ags"]}])
    plan = plan_form("f.xlsx", workbook({"Z1.2.value": "$D$1"}), replace(rules(), form=mapping))
    assert not plan.for_each


def test_names_mean_the_municipality_and_project_names_the_project(outcome: Outcome) -> None:
    names = ("name", "Z1.2.value", "project.Z1.2.value", "communes_total", "as_of", "Z1.2.value_text")
    data = workbook({n: f"$A${i}" for i, n in enumerate(names, 1)})
    sheet = filled(data, outcome)
    # Büdingen recorded the needs of 12 of 50 persons, all together 78 of 320
    assert [sheet[f"A{i}"].value for i in range(1, 7)] == ["Büdingen", 0.24, 0.24375, 8, "30.09.2026", "24 %"]


def test_a_municipality_without_a_submission_gets_a_form_that_says_so(outcome: Outcome) -> None:
    data = workbook(
        {n: f"$A${i}" for i, n in enumerate(("name", "submission", "MS1.1.status", "Z1.2.value"), 1)}
    )
    sheet = filled(data, outcome, NIDDA)
    none = "keine gültige Abgabe"
    assert [sheet[f"A{i}"].value for i in range(1, 5)] == ["Nidda", none, none, None]


# --- tables -------------------------------------------------------------------------------------------

CRITERIA = [
    ("MS1.1a", "erfüllt", datetime(2026, 2, 10), None),  # noqa: DTZ001
    ("MS1.1b", "erfüllt", datetime(2025, 12, 15), "NW-003"),  # noqa: DTZ001
    ("MS1.1c", "erfüllt", datetime(2026, 1, 30), "NW-003"),  # noqa: DTZ001
    ("MS1.1d", "erfüllt", datetime(2025, 11, 20), "NW-001"),  # noqa: DTZ001
]
PATTERN = {"A3": "KISI_nr", "B3": "KISI_status", "C3": "KISI_reached_on", "D3": "KISI_evidence"}


def test_rows_of_criteria_below_a_pattern(outcome: Outcome) -> None:
    data = workbook({"MS1.1.criteria": "$A$3:$D$3"}, PATTERN | {"A8": "Summe"})
    sheet = filled(data, outcome)
    rows = [tuple(c.value for c in row) for row in sheet["A3:D6"]]
    assert rows == [(nr, word, f"{day:%d.%m.%Y}", numbers) for nr, word, day, numbers in CRITERIA]
    assert (sheet["A6"].font.bold, sheet["A7"].value, sheet["A8"].value) == (True, None, "Summe")


def test_rows_of_criteria_within_a_block(outcome: Outcome) -> None:
    data = workbook({"MS1.1.criteria": "$A$3:$D$7"}, PATTERN | {"A7": "bleibt nicht", "E4": "bleibt"})
    sheet = filled(data, outcome)
    assert [sheet[f"A{row}"].value for row in range(3, 8)] == ["MS1.1a", "MS1.1b", "MS1.1c", "MS1.1d", None]
    assert sheet["E4"].value == "bleibt"


@pytest.mark.parametrize(
    ("names", "cells", "text"),
    [
        ({"MS1.1.criteria": "$A$3:$D$5"}, PATTERN, "braucht 4 Zeilen; der Name umfasst nur 3."),
        ({"MS1.1.criteria": "$A$3:$D$3"}, PATTERN | {"B5": "x"}, "Blatt!B5 kann nicht ausgefüllt werden: dort steht schon etwas; für alle Zeilen der Tabelle reicht der Platz nicht."),
        ({"MS1.1.criteria": "$A$3:$D$3"}, {}, "in ihrer ersten Zeile muss als Text stehen"),
        ({"MS1.1.criteria": "$A$3"}, {"A3": "KISI_farbe"}, "Die Angabe „MS1.1a.farbe“ gibt es nicht"),
        ({"MS9.1.criteria": "$A$3"}, {"A3": "KISI_nr"}, "Die Tabelle „MS9.1.criteria“ gibt es nicht"),
        ({"MS4.1.criteria": "$A$3"}, {"A3": "KISI_nr"}, "oder sie hätte keine Zeile."),
    ],
)  # fmt: skip
def test_tables_that_cannot_be_filled(names: dict[str, str], cells: dict[str, str], text: str) -> None:
    with pytest.raises(FormError) as error:
        plan_form("f.xlsx", workbook(names, cells), rules())
    assert text in "\n".join(error.value.problems)


def test_a_table_of_the_municipalities_in_a_form_for_the_project(outcome: Outcome) -> None:
    cells = {"A1": "KISI_name", "B1": "KISI_Z1.2.value_text"}
    sheet = filled(workbook({"communes": "$A$1:$B$1"}, cells), outcome, None)
    assert [sheet[f"A{row}"].value for row in (1, 5, 8)] == ["Hanau", "Büdingen", "Nidda"]
    assert [sheet[f"B{row}"].value for row in (1, 5, 8)] == ["24,5 %", "24 %", None]


# --- files --------------------------------------------------------------------------------------------


def test_paths_of_the_filled_forms() -> None:
    own = plan_form("Meldung.xlsx", workbook({"name": "$A$1"}), rules())
    document = plan_form("Meldung.docx", (SAMPLES / "Formular_Kommune.docx").read_bytes(), rules())
    project = plan_form("Projekt.xlsx", workbook({"communes_total": "$A$1"}), rules())
    paths = [path for path, _, _ in form_paths([own, document, project], rules())]
    assert paths[0] == "formulare/06415000_Hanau.xlsx"
    assert paths[1] == "formulare/06434001_Bad_Homburg_v_d_Hoehe.xlsx"
    assert paths[8] == "formulare/06415000_Hanau.docx"
    assert paths[16:] == ["Projekt.xlsx"]
    other = plan_form("Anlage B.xlsx", workbook({"name": "$A$1"}), rules())
    assert [p for p, _, _ in form_paths([own, other], rules())][::8] == [
        "formulare/06415000_Hanau_Meldung.xlsx",
        "formulare/06415000_Hanau_Anlage_B.xlsx",
    ]
    with pytest.raises(FormError, match="heißen gleich"):
        check_together([project, project], rules())


def test_untouched_parts_stay_byte_for_byte(outcome: Outcome) -> None:
    touched = {
        "Formular_Kommune.xlsx": [f"xl/worksheets/sheet{n}.xml" for n in range(1, 6)],
        "Formular_Kommune.docx": ["word/document.xml", "word/header1.xml"],
    }
    for name, parts in touched.items():
        data = (SAMPLES / name).read_bytes()
        after = fill_form(plan_form(name, data, builder.rules()), outcome, BUEDINGEN)
        old, new = (zipfile.ZipFile(io.BytesIO(d)) for d in (data, after))
        assert old.namelist() == new.namelist()
        assert [n for n in old.namelist() if old.read(n) != new.read(n)] == parts


def test_the_command_fills_a_form_for_each_municipality(
    demo_inputs: Path, outcome: Outcome, tmp_path: Path
) -> None:
    names = ("Formular_Kommune.xlsx", "Formular_Kommune.docx")
    arguments = ["report", str(demo_inputs), "--rules", str(builder.ROOT / "rules"), "--out", str(tmp_path)]
    arguments += ["--as-of", "2026-09-30", "--no-feedback", "--no-rows", "--jobs", "2"]
    done = CliRunner().invoke(cli, [*arguments, *(a for n in names for a in ("--form", str(SAMPLES / n)))])
    assert done.exit_code == 1  # files were rejected
    target = tmp_path / "2026-09-30"
    assert f"Formular_Kommune.docx, ausgefüllt für jede Kommune: {target / 'formulare'}" in done.output
    manifest = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
    assert sorted(manifest["forms"]) == sorted(names)
    plans = [plan_form(n, (SAMPLES / n).read_bytes(), builder.rules()) for n in names]
    forms = {path: one.data for path, one in fill_forms(plans, outcome)}  # in this process
    assert len(forms) == 16
    assert {f"formulare/{p.name}": p.read_bytes() for p in (target / "formulare").iterdir()} == forms
    assert forms.keys() <= manifest["outputs"].keys()
    book = openpyxl.load_workbook(io.BytesIO(forms[f"formulare/{NIDDA}_Nidda.xlsx"]))
    assert book["Deckblatt"]["B9"].value == "keine gültige Abgabe"


# --- what changed -------------------------------------------------------------------------------------


def history_lines(out: Path, outcome: Outcome, data: bytes) -> list[str]:
    """What a run tells of a form, which it then leaves in ``out``."""
    plan = plan_form("Meldung.xlsx", data, rules())
    history = FormHistory([plan], outcome, out)
    folder = out / outcome.as_of.isoformat() / "formulare"
    folder.mkdir(parents=True, exist_ok=True)
    for path, one in fill_forms([plan], outcome, before=history.before):
        (folder.parent / path).write_bytes(one.data)
        history.add(path, one)
    return list(history.lines())


def test_what_changed_against_the_form_of_the_last_run(outcome: Outcome, tmp_path: Path) -> None:
    names = {"name": "$A$1", "Z1.2.value": "$A$2", "as_of": "$A$3"}
    assert history_lines(tmp_path, outcome, workbook(names)) == []  # the first run
    assert history_lines(tmp_path, outcome, workbook(names)) == []  # nothing changed
    changed = workbook({"name": "$B$1", "Z1.2.value": "$A$2", "Z1.2.status": "$A$4"})
    assert history_lines(tmp_path, outcome, changed) == [
        "Meldung.xlsx: gegenüber dem Formular des letzten Laufs zum 30.09.2026 geändert:",
        "  neuer Name: KISI_Z1.2.status",
        "  Name entfallen: KISI_as_of",
    ]
    file = tmp_path / "2026-09-30/formulare/06440004_Buedingen.xlsx"
    book = openpyxl.load_workbook(file)
    book["Blatt"]["A2"] = 0.5
    book.save(file)
    assert history_lines(tmp_path, outcome, changed)[1:] == ["  Büdingen, Z1.2.value: 50 % → 24 %"]
    later = replace(outcome, as_of=date(2026, 12, 31))
    table = workbook({"MS1.1.criteria": "$A$1:$B$1", "as_of": "$D$1"}, {"A1": "KISI_nr", "B1": "KISI_status"})
    assert history_lines(tmp_path, later, table) == [
        "Meldung.xlsx: gegenüber dem Formular vom 30.09.2026 geändert:",
        "  neuer Name: KISI_MS1.1.criteria",
        "  neuer Name: KISI_as_of",
        "  Name entfallen: KISI_Z1.2.status",
        "  Name entfallen: KISI_Z1.2.value",
        "  Name entfallen: KISI_name",
    ]
    shown = history_lines(tmp_path, replace(outcome, as_of=date(2027, 3, 31)), table)
    assert shown[1] == "  Hanau, as_of: 31.12.2026 → 31.03.2027"
    assert len(shown) == 1 + 8
    every = workbook({"criteria": "$A$1:$B$1", "as_of": "$D$1"}, {"A1": "KISI_nr", "B1": "KISI_due"})
    history_lines(tmp_path, replace(outcome, as_of=date(2027, 6, 30)), every)
    other = tmp_path / "2027-06-30/formulare/06415000_Hanau.xlsx"
    book = openpyxl.load_workbook(other)
    for row in range(1, 38):
        book["Blatt"][f"A{row}"] = "x"
    book.save(other)
    shown = history_lines(tmp_path, replace(outcome, as_of=date(2027, 6, 30)), every)
    assert shown[1:] == [
        "  Hanau, 37 Angaben: MS1.1a.nr, MS1.1b.nr, MS1.1c.nr, MS1.1d.nr, MS1.2a.nr und 32 weitere"
    ]


def test_a_word_form_is_held_against_the_last_one_too(outcome: Outcome) -> None:
    data = (SAMPLES / "Formular_Kommune.docx").read_bytes()
    plan = plan_form("Formular_Kommune.docx", data, rules())
    before = fill_form(plan, outcome, BUEDINGEN)
    ((_, hanau), *_) = fill_forms([plan], outcome, before=lambda _: before)
    shown = {d.label: (d.then, d.now) for d in hanau.differences}
    assert shown["name"] == ("Büdingen", "Hanau")
    assert shown["MS1.1.status"] == ("erreicht", "verspätet erreicht")
    assert "Z1.1.text" not in shown
    assert hanau.names_then == frozenset(plan.names)


def test_something_else_in_the_place_of_the_last_form_is_passed_over(outcome: Outcome) -> None:
    plan = plan_form("Meldung.xlsx", workbook({"name": "$A$1"}), rules())
    for before in (b"Text", builder.valid()[:500], (SAMPLES / "Formular_Kommune.docx").read_bytes()):
        ((_, one), *_) = fill_forms([plan], outcome, before=lambda _, given=before: given)  # type: ignore[misc]
        assert (one.names_then, one.differences) == (None, ())


# --- the list of names --------------------------------------------------------------------------------


def test_every_name_of_the_list_can_be_filled(outcome: Outcome) -> None:
    fields = [f for f in form_fields(rules()) if f.kind != TABLE]
    own = [f.written[5:] for f in fields if f.scope != PROJECT]
    project = [f"project.{f.written[5:]}" for f in fields if f.scope != MUNICIPALITY]
    assert len(own) > 900
    assert len(set(own)) == len(own)
    for names, ags in ((own, BUEDINGEN), (project, None)):
        plan = plan_form("f.xlsx", workbook({n: f"$A${i}" for i, n in enumerate(names, 1)}), rules())
        assert plan.for_each is (ags is not None)
        sheet = openpyxl.load_workbook(io.BytesIO(fill_form(plan, outcome, ags)))["Blatt"]
        kinds = {f.written[5:]: f.kind for f in fields}
        for row, name in enumerate(names, 1):
            value = sheet[f"A{row}"].value
            fits = {"Zahl": int, "Anteil": (int, float), "Datum": str, "Text": str}[
                kinds[name.removeprefix("project.")]
            ]
            assert value is None or isinstance(value, fits), name


def test_the_command_lists_the_names_and_lays_the_samples(tmp_path: Path) -> None:
    by = ["--rules", str(builder.ROOT / "rules")]
    done = CliRunner().invoke(cli, ["form-fields", "z1.2", *by])
    assert done.exit_code == 0
    assert "Z1.2 Erfassung der Bedarfe von mindestens 70% der Drittstaatsangehörigen\n" in done.output
    assert re.search(r"KISI_Z1\.2\.value +Anteil +24,38 % +Anteil oder Anzahl\.", done.output)
    assert "Z1.3" not in done.output
    table = tmp_path / "namen.csv"
    done = CliRunner().invoke(
        cli, ["form-fields", *by, "--out", str(table), "--samples", str(tmp_path / "m")]
    )
    assert done.exit_code == 0
    head, first = table.read_text(encoding="utf-8-sig").splitlines()[:2]
    assert (head, first.split(";")[0]) == ("Name;Gilt für;Art;Beispiel;Bedeutung;Anforderung", "KISI_ags")
    assert sorted(p.name for p in (tmp_path / "m").iterdir()) == [
        "Formular_Kommune.docx",
        "Formular_Kommune.xlsx",
        "Formular_Ministerium.xlsx",
    ]
    book = tmp_path / "namen.xlsx"
    assert CliRunner().invoke(cli, ["form-fields", *by, "--out", str(book)]).exit_code == 0
    assert openpyxl.load_workbook(book)["Namen"]["A2"].value == "KISI_ags"
    for wrong in (["form-fields", "Z9.9"], ["form-fields", "--out", str(tmp_path / "namen.ods")]):
        assert CliRunner().invoke(cli, [*wrong, *by]).exit_code == 2


@pytest.mark.parametrize(
    "name", ["Formular_Kommune.xlsx", "Formular_Kommune.docx", "Formular_Ministerium.xlsx"]
)
def test_a_filled_form_is_as_sound_as_it_was(name: str, outcome: Outcome, tmp_path: Path) -> None:
    before, after = SAMPLES / name, tmp_path / name
    plan = plan_form(name, before.read_bytes(), builder.rules())
    after.write_bytes(fill_form(plan, outcome, BUEDINGEN if plan.for_each else None))
    was, is_ = ({str(e) for e in OpenXmlValidator().validate(p).errors} for p in (before, after))
    assert is_ == was
