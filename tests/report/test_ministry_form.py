"""The ministry's own form: which cells are filled with what, what stays, and what is refused beforehand."""

from __future__ import annotations

import io
import runpy
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from click.testing import CliRunner, Result

from pipeline.cli import cli
from pipeline.outcome import Outcome
from pipeline.report.ministry_form import FormError, fill_form, plan_form
from pipeline.report.ministry_form.figure_values import value_of
from pipeline.rules import FormMapping, Rules
from pipeline.rules.loading.load import load_rules
from pipeline.rules.loading.yaml_lines import RulesError
from pipeline.rules.wording.figure_names import UnknownFigure, parse_figure
from tests import builder

SAMPLE = builder.ROOT / "docs/beispiel/Formular_Ministerium.xlsx"
AS_OF = date(2026, 9, 30)


@pytest.fixture(scope="module")
def outcome(demo_outcome: Outcome) -> Outcome:
    return demo_outcome


def day(*parts: int) -> datetime:
    """A date as openpyxl reads it."""
    return datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001


def mapped(**mapping: Any) -> Rules:
    return replace(builder.rules(), form=FormMapping(**mapping) if mapping else None)


def form(make: Callable[[Any, Any], None]) -> bytes:
    """A small form: ``make`` gets the workbook and its sheet "Blatt 1"."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        make(book, book.add_worksheet("Blatt 1"))
    return out.getvalue()


def named(*names: tuple[str, str]) -> bytes:
    def make(book: Any, _: Any) -> None:
        for name, target in names:
            book.define_name(name, f"={target}")

    return form(make)


def filled(data: bytes, rules: Rules, outcome: Outcome) -> Any:
    return openpyxl.load_workbook(io.BytesIO(fill_form(plan_form("f.xlsx", data, rules), outcome)))


def refused(data: bytes, rules: Rules) -> list[str]:
    with pytest.raises(FormError) as error:
        plan_form("f.xlsx", data, rules)
    return error.value.problems


# --- the sample -----------------------------------------------------------------------------------------


def test_the_samples_are_what_their_script_makes() -> None:
    made = runpy.run_path(str(SAMPLE.with_name("formular.py")))["files"]()
    there = {p.name: p.read_bytes() for p in SAMPLE.parent.iterdir() if p.suffix in (".xlsx", ".docx")}
    assert there == made


def test_the_sample_is_filled_cell_by_cell(outcome: Outcome) -> None:
    book = filled(SAMPLE.read_bytes(), builder.rules(), outcome)
    cover = [book["Deckblatt"][f"C{row}"].value for row in range(4, 13)]
    # 78 of 320 recorded; 94 contacts; MS1.1 in time in one municipality, late in another
    assert cover == [day(2026, 9, 30), 8, 7, 1, 0.24375, "offen", 94, 1, day(2026, 3, 31)]
    assert book["Deckblatt"]["C14"].value == "=C6+C7"
    rows = list(book["Kommunen"].iter_rows(min_row=4, max_col=7, values_only=True))
    none = "keine gültige Abgabe"
    assert rows == [
        ("06415000", "Hanau", 0.245, "offen", None, "verspätet erreicht", day(2026, 4, 20)),
        ("06434001", "Bad Homburg v. d. Höhe", 0.25, "offen", None, "Nachweis fehlt", None),
        ("06434008", "Oberursel (Taunus)", None, none, None, none, None),
        ("06440002", "Bad Nauheim", None, "nicht bewertbar", None, "nicht bewertbar", None),
        ("06440004", "Büdingen", 0.24, "offen", None, "erreicht", day(2026, 2, 10)),
        ("06440008", "Friedberg (Hessen)", 0.2, "offen", None, "überfällig", None),
        ("06440012", "Karben", None, "nicht bewertbar", None, "überfällig", None),
        ("06440016", "Nidda", None, none, None, none, None),
    ]


def test_everything_else_stays_as_it_was(outcome: Outcome) -> None:
    before = SAMPLE.read_bytes()
    after = fill_form(plan_form("f.xlsx", before, builder.rules()), outcome)
    assert after == fill_form(plan_form("f.xlsx", before, builder.rules()), outcome)
    old, new = (zipfile.ZipFile(io.BytesIO(data)) for data in (before, after))
    assert old.namelist() == new.namelist()
    changed = [n for n in old.namelist() if old.read(n) != new.read(n)]
    assert changed == ["xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"]
    for title in ("Deckblatt", "Kommunen"):
        one, two = (openpyxl.load_workbook(io.BytesIO(data))[title] for data in (before, after))
        for cell in (c for row in one.iter_rows() for c in row):
            assert cell.number_format == two[cell.coordinate].number_format
            assert cell.value in (None, two[cell.coordinate].value)


def reported(folder: Path, out: Path, *options: str) -> Result:
    """What ``kisi report`` says of the folder, by the shipped rules."""
    rules = str(builder.ROOT / "rules")
    return CliRunner().invoke(cli, ["report", str(folder), "--rules", rules, "--out", str(out), *options])


def test_the_command_lays_it_beside_the_report(demo_inputs: Path, tmp_path: Path) -> None:
    done = reported(
        demo_inputs, tmp_path / "o", "--as-of", "2026-09-30", "--no-feedback", "--form", str(SAMPLE)
    )
    assert done.exit_code == 1  # files were rejected
    path = tmp_path / "o/2026-09-30/Formular_Ministerium.xlsx"
    assert f"Formular: {path}" in done.output
    assert openpyxl.load_workbook(path)["Deckblatt"]["C8"].value == 0.24375
    assert path.name in (path.parent / "manifest.json").read_text(encoding="utf-8")


def test_nothing_is_written_when_a_name_is_wrong(demo_inputs: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "f.xlsx"
    wrong.write_bytes(named(("KISI_Z1.2.wert", "'Blatt 1'!$B$4")))
    done = reported(demo_inputs, tmp_path / "o", "--form", str(wrong))
    assert done.exit_code == 2
    assert "kann nicht ausgefüllt werden" in done.output
    assert "Die Angabe „Z1.2.wert“ gibt es nicht" in done.output
    assert not (tmp_path / "o").exists()


@pytest.mark.libreoffice
@pytest.mark.skipif(shutil.which("soffice") is None, reason="NOTICE: no LibreOffice here")
def test_the_ministrys_formulas_follow(outcome: Outcome, tmp_path: Path) -> None:
    path = tmp_path / "form.xlsx"
    path.write_bytes(fill_form(plan_form("f.xlsx", SAMPLE.read_bytes(), builder.rules()), outcome))
    call = ["soffice", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless"]
    call += ["--convert-to", "xlsx", "--outdir", str(tmp_path / "out"), str(path)]
    subprocess.run(call, check=True, capture_output=True, timeout=180)
    book = openpyxl.load_workbook(tmp_path / "out/form.xlsx", data_only=True)
    assert book["Deckblatt"]["C14"].value == 8


def test_results_that_rest_on_filled_cells_are_dropped_and_no_other(outcome: Outcome) -> None:
    def make(book: Any, sheet: Any) -> None:
        other = book.add_worksheet("Weiter")
        book.add_worksheet("Ruhig").write_formula("A1", "=B1", None, 3)
        book.define_name("Summe", "='Blatt 1'!$B$1")
        sheet.write_formula("B1", "=SUM(A:A)+1", None, 1)
        sheet.write_formula("B2", "=C9*2", None, 5)
        sheet.write_array_formula("D1:D2", "{=A1:A2*2}", None, 0)
        other.write_formula("A1", "=Summe", None, 1)
        other.write_formula("A2", "=A1+'Blatt 1'!B2", None, 6)
        other.write_formula("A3", "=A4", None, 7)
        other.write_formula("A5", '=INDIRECT("A"&"1")', None, 1)

    rules = mapped(cells=[{"cell": "Blatt 1!A2", "figure": "communes_total"}])
    data = fill_form(plan_form("f.xlsx", form(make), rules), outcome)
    stored = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    one, two = stored["Blatt 1"], stored["Weiter"]
    assert [one[c].value for c in ("A2", "B1", "B2", "D1", "D2")] == [8, None, 5, None, None]
    assert [two[c].value for c in ("A1", "A2", "A3", "A5")] == [None, None, 7, None]
    formulas = openpyxl.load_workbook(io.BytesIO(data))
    third = [zipfile.ZipFile(io.BytesIO(d)).read("xl/worksheets/sheet3.xml") for d in (form(make), data)]
    assert third[0] == third[1]  # it has a formula, and none that rests on a filled cell
    assert formulas["Weiter"]["A2"].value == "=A1+'Blatt 1'!B2"


# --- cells ----------------------------------------------------------------------------------------------


def test_cells_by_name_by_address_and_in_a_sheet_with_a_blank(outcome: Outcome) -> None:
    rules = mapped(
        cells=[
            {"cell": "Blatt 1!D9", "figure": "06440004.Z1.2.numerator"},
            {"cell": "mein_name", "figure": "06440004.MS1.1.reached_on"},
        ]
    )
    data = named(("Mein_Name", "'Blatt 1'!$C$3"), ("KISI_as_of", "'Blatt 1'!$A$1"))
    sheet = filled(data, rules, outcome)["Blatt 1"]
    assert sheet["D9"].value == 12
    assert sheet["C3"].value == "10.02.2026"  # the cell has no date format, so it is written out
    assert sheet["A1"].value == "30.09.2026"


def test_what_stood_in_a_cell_is_replaced_and_its_looks_stay(outcome: Outcome) -> None:
    def make(book: Any, sheet: Any) -> None:
        look = book.add_format({"bold": True, "num_format": "0.00 %"})
        sheet.write("B2", "hier der Anteil", look)
        sheet.write("B3", "kein Wert", look)
        sheet.write("C2", "bleibt")

    cells = [
        {"cell": "Blatt 1!B2", "figure": "Z1.2.value"},
        {"cell": "Blatt 1!B3", "figure": "06440016.Z1.2.value"},
    ]
    sheet = filled(form(make), mapped(cells=cells), outcome)["Blatt 1"]
    assert (sheet["B2"].value, sheet["B2"].font.bold, sheet["B2"].number_format) == (0.24375, True, "0.00 %")
    assert (sheet["B3"].value, sheet["B3"].font.bold) == (None, True)
    assert sheet["C2"].value == "bleibt"


def test_text_never_becomes_a_formula(outcome: Outcome) -> None:
    roster = tuple(replace(m, name="=1+1") if m.ags == "06440004" else m for m in builder.rules().roster)
    rules = replace(builder.rules(), roster=roster)
    changed = replace(outcome, rules=rules)
    figures = mapped(cells=[{"cell": "Blatt 1!A1", "figure": "06440004.name"}])
    book = filled(named(), replace(rules, form=figures.form), changed)
    assert (book["Blatt 1"]["A1"].value, book["Blatt 1"]["A1"].data_type) == ("=1+1", "s")


def test_a_workbook_that_counts_from_1904(outcome: Outcome) -> None:
    def make(book: Any, sheet: Any) -> None:
        sheet.write_blank("A1", None, book.add_format({"num_format": "dd.mm.yyyy"}))

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"date_1904": True}) as book:
        make(book, book.add_worksheet("Blatt 1"))
    rules = mapped(cells=[{"cell": "Blatt 1!A1", "figure": "as_of"}])
    assert filled(out.getvalue(), rules, outcome)["Blatt 1"]["A1"].value == day(2026, 9, 30)


@pytest.mark.parametrize("target", ["$B$2", "$C$3", "$B$2:$C$3"])
def test_a_name_on_a_merged_cell_means_its_first(target: str, outcome: Outcome) -> None:
    def make(book: Any, sheet: Any) -> None:
        sheet.merge_range("B2:C3", "x")
        book.define_name("KISI_communes_total", f"='Blatt 1'!{target}")

    sheet = filled(form(make), mapped(), outcome)["Blatt 1"]
    assert (sheet["B2"].value, sheet["C3"].value) == (8, None)


# --- what is refused ------------------------------------------------------------------------------------


def cell_rules(place: str, figure: str = "as_of") -> Rules:
    return mapped(cells=[{"cell": place, "figure": figure}])


def test_a_formula_is_never_overwritten() -> None:
    data = form(lambda _, sheet: sheet.write_formula("B4", "=1+1"))
    assert refused(data, cell_rules("Blatt 1!B4")) == [
        "Blatt 1!B4 kann nicht ausgefüllt werden: dort steht eine Formel."
    ]
    data = form(lambda _, sheet: sheet.write_array_formula("B2:B4", "{=A2:A4}"))
    assert "eine Formel" in refused(data, cell_rules("Blatt 1!B4"))[0]


def test_other_cells_that_cannot_be_filled() -> None:
    data = form(lambda _, sheet: sheet.merge_range("B2:B3", "x"))
    rules = mapped(tables=[{"start": "Blatt 1!B2", "columns": ["ags"]}])
    assert "Blatt 1!B3 kann nicht ausgefüllt werden: die Zelle ist Teil einer verbundenen Zelle." in refused(
        data, rules
    )
    data = form(lambda _, sheet: sheet.add_table("B2:C5"))
    assert "Überschrift einer Excel-Tabelle" in refused(data, cell_rules("Blatt 1!C2"))[0]
    plan_form("f.xlsx", data, cell_rules("Blatt 1!C3"))


@pytest.mark.parametrize(
    ("names", "text"),
    [
        ([], "Den Namen „Stand“ gibt es im Formular nicht."),
        ([("Stand", "'Blatt 1'!$A$1:$B$2")], "Der Name „Stand“ zeigt nicht auf genau eine Zelle."),
        ([("Stand", "#REF!")], "Der Name „Stand“ zeigt nicht auf genau eine Zelle."),
        ([("Stand", "'Blatt 2'!$A$1")], "Das Blatt „Blatt 2“ („Stand“) gibt es im Formular nicht."),
    ],
)
def test_names_that_lead_nowhere(names: list[tuple[str, str]], text: str) -> None:
    assert refused(named(*names), cell_rules("Stand")) == [text]


def test_one_cell_for_two_figures() -> None:
    data = named(("KISI_as_of", "'Blatt 1'!$A$1"))
    assert refused(data, cell_rules("Blatt 1!A1", "Z1.2.value")) == [
        "Blatt 1!A1 soll mehrfach ausgefüllt werden."
    ]


def test_a_table_needs_room_for_all_municipalities(outcome: Outcome) -> None:
    rules = mapped(tables=[{"start": "Blatt 1!A3", "columns": ["ags", None, "name"]}])
    data = form(lambda _, sheet: sheet.write("C10", "Summe"))
    assert refused(data, rules) == [
        "Blatt 1!C10 kann nicht ausgefüllt werden: dort steht schon etwas; für alle Zeilen der Tabelle reicht der Platz nicht."
    ]
    free = form(lambda _, sheet: sheet.write("C11", "Summe"))
    sheet = filled(free, rules, outcome)["Blatt 1"]
    assert [sheet[f"C{row}"].value for row in (3, 10, 11)] == ["Hanau", "Nidda", "Summe"]
    assert sheet["B3"].value is None


def test_a_form_that_names_nothing_or_is_none() -> None:
    assert refused(named(), mapped())[0].startswith("Im Formular ist keine Zelle benannt")
    assert refused(b"kein Archiv", builder.rules()) == ["Die Datei ist keine Excel-Arbeitsmappe."]
    with pytest.raises(FormError, match="kisi_bericht"):
        plan_form("KISI_Bericht_2026-09-30.xlsx", SAMPLE.read_bytes(), builder.rules())


# --- names of figures -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("as_of", AS_OF),
        ("communes_total", 8),
        ("submissions.rejected", 2),
        ("Z1.2.value", Fraction(78, 320)),
        ("Z1.2.communes_met", 0),
        ("Z1.4.2025/26.status", "verfehlt"),
        ("Z1.4.2027/28.value", None),
        ("Z2.7.value", 1),
        ("MS1.1.counts.reached", 1),
        ("MS1.1.counts.overdue", 2),
        ("MS4.1.due", None),
        ("06440004.name", "Büdingen"),
        ("06440004.data_as_of", AS_OF),
        ("06440004.Z1.2.denominator", 50),
        ("06440004.Z1.2.threshold", Fraction(7, 10)),
        ("06440004.MS1.1.status", "erreicht"),
        ("06440016.MS1.1.status", "keine gültige Abgabe"),
        ("06440016.MS1.1a.status", "keine gültige Abgabe"),
        ("06440016.submission", "keine gültige Abgabe"),
        ("06440004.submission", "angenommen"),
        ("06440004.MS1.1a.milestone", "MS1.1"),
        ("project.communes_total", 8),
        ("06440004.N3.1.1.due", date(2026, 9, 30)),
        ("06440016.N1.1.status", "keine gültige Abgabe"),
        ("06440004.MS1.1a.reached_on", date(2026, 2, 10)),
    ],
)
def test_figures(name: str, expected: object, outcome: Outcome) -> None:
    rules = builder.rules()
    assert value_of(parse_figure(name, rules), outcome) == expected


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("stichtag", "Die Angabe „stichtag“ gibt es nicht"),
        ("Z9.9.value", "Den Zielwert „Z9.9“ in „Z9.9.value“ gibt es nicht."),
        ("Z1.2.quote", "Die Angabe „Z1.2.quote“ gibt es nicht; möglich sind hier: value"),
        ("Z1.2.2025/26.value", "„Z1.2.2025/26.value“: Zu Z1.2 gehört kein Jahr."),
        ("Z1.4.value", "„Z1.4.value“: Zu Z1.4 gehört ein Jahr, z. B. „Z1.4.2025/26.value“."),
        ("Z1.4.2031/32.value", "Das Jahr 2031/32 gibt es nicht"),
        ("MS1.1.status", "möglich sind hier: due"),
        ("MS1.9.due", "„MS1.9“ in „MS1.9.due“ gibt es nicht."),
        ("MS1.1z.status", "„MS1.1z“ in „MS1.1z.status“ gibt es nicht."),
        ("06999999.Z1.2.value", "Der AGS „06999999“ in „06999999.Z1.2.value“ steht nicht auf der Liste"),
        ("06440004.Z2.7.value", "Z2.7 wird von der Projektleitung berichtet"),
    ],
)
def test_unknown_figures(name: str, text: str) -> None:
    with pytest.raises(UnknownFigure) as error:
        parse_figure(name, builder.rules())
    assert text in str(error.value)


# --- the mapping file -----------------------------------------------------------------------------------

MAPPING = """cells:
  - cell: "Stand"
    figure: "as_of"
  - cell: "Blatt!B4"
    figure: "Z1.2.value"
tables:
  - start: "Tabelle"
    columns: ["ags", null, "Z1.2.value"]
"""


def load(tmp_path: Path, text: str) -> Rules:
    copy = Path(shutil.copytree(builder.ROOT / "rules", tmp_path / "rules"))
    (copy / "formular.yaml").write_text(text, encoding="utf-8")
    return load_rules(copy)


def test_the_mapping_is_part_of_the_rules(tmp_path: Path) -> None:
    rules = load(tmp_path, MAPPING)
    assert rules.form is not None
    assert rules.form.tables[0].columns == ("ags", None, "Z1.2.value")
    assert "formular.yaml" in dict(rules.files)


@pytest.mark.parametrize(
    ("old", "new", "line", "text"),
    [
        ('figure: "as_of"', 'figure: "datum"', 3, "Die Angabe „datum“ gibt es nicht"),
        ('figure: "as_of"', 'zahl: "as_of"', 3, "Schlüssel „zahl“ ist unbekannt."),
        ('    figure: "as_of"\n', "", 2, "Schlüssel „figure“ fehlt."),
        ('"Blatt!B4"', '"Stand"', 4, "Die Stelle „Stand“ steht doppelt."),
        ('"Blatt!B4"', '"Blatt!4B"', 4, "„Blatt!4B“ ist weder ein Name noch eine Zelle der Form Blatt!B4."),
        ('null, "Z1.2.value"', 'null, "06440004.Z1.2.value"', 8, "Die Angabe „06440004.Z1.2.value“ gibt es nicht."),
        ('["ags", null, "Z1.2.value"]', '"ags"', 8, "„columns“ muss eine Liste sein."),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_with_its_line(
    tmp_path: Path, old: str, new: str, line: int, text: str
) -> None:
    assert MAPPING.count(old) == 1
    with pytest.raises(RulesError) as error:
        load(tmp_path, MAPPING.replace(old, new))
    assert f"formular.yaml, Zeile {line}: {text}" in str(error.value)
