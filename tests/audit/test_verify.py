"""``kisi verify``: a fresh report passes; every single change is found and its cell is named."""

from __future__ import annotations

import io
import json
import os
import random
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import pytest
from lxml import etree

from pipeline.audit.verify.compare_workbooks import Comparison, compare_workbooks
from pipeline.audit.verify.opened_report import OpenedReport, read_opened
from tests.audit.verify import place as place_of_all
from tests.audit.verify.edited import Edited
from tests.audit.verify.place import Place, original, resaved
from tests.cell_edits import edited
from tests.template.office import SOFFICE

SEED = 4711
SAMPLE = int(os.environ.get("KISI_CELLS", "12"))  # cells that are changed one by one
NS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture(scope="module")
def data() -> bytes:
    return original().report.read_bytes()


@pytest.fixture(scope="module")
def computed() -> OpenedReport:
    return place_of_all.computed()


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return original().copy(tmp_path)


# --- changing one thing -------------------------------------------------------------------------------


def changed(data: bytes, change: Callable[[dict[str, bytes]], None]) -> bytes:
    """The package with some parts changed, everything else byte for byte."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {i.filename: archive.read(i) for i in archive.infolist()}
    change(parts)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def in_part(name: str, edit: Callable[[etree._Element], None]) -> Callable[[dict[str, bytes]], None]:
    def change(parts: dict[str, bytes]) -> None:
        root = etree.fromstring(parts[name])
        edit(root)
        parts[name] = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)

    return change


def in_cell(
    part: str, address: str, edit: Callable[[etree._Element], None]
) -> Callable[[dict[str, bytes]], None]:
    def find(root: etree._Element) -> None:
        edit(next(c for c in root.iter(NS + "c") if c.get("r") == address))

    return in_part(part, find)


def spoil(cell: etree._Element, rng: random.Random) -> None:
    """Another stored value, formula or text, or none at all."""
    formula, value = cell.find(NS + "f"), cell.find(NS + "v")
    kind = cell.get("t", "n")
    if formula is not None and rng.random() < 0.5:
        formula.text = "0*" + formula.text if rng.random() < 0.5 else formula.text + "+1"
    elif rng.random() < 0.1:
        cell.getparent().remove(cell)
    elif kind == "s":
        cell.set("t", "str")
        value.text = rng.choice(("erreicht", "offen ", "=1+1", "06440004", "x"))
    elif kind == "str":
        value.text += " "
    else:
        value.text = rng.choice(
            (str(float(value.text) + 1), repr(float(value.text) * 1.0000001 + 1e-6), "1e9")
        )


def compared(data: bytes, computed: OpenedReport) -> Comparison:
    return compare_workbooks(read_opened(data), computed)


def at(sheet: str, cell: str) -> str:
    return f"Blatt {sheet}, Zelle {cell}:"


def cells(computed: OpenedReport) -> Iterator[tuple[str, str, str]]:
    for sheet in computed.sheets.values():
        filled = (a for a, cell in sheet.cells.items() if cell.value is not None)
        yield from ((sheet.name, sheet.part, address) for address in filled)


# --- tests --------------------------------------------------------------------------------------------


def test_fresh_report_passes(place: Place) -> None:
    answer = place.verify()
    assert answer.exit_code == 0, answer.output
    assert "Stand 30.09.2026: Der Bericht stimmt; nachgerechnet wurden" in answer.output
    assert "Abweichung" not in answer.output


def test_any_single_cell_is_found(data: bytes, computed: OpenedReport) -> None:
    """All edits in one file, which is read once."""
    rng = random.Random(SEED)  # noqa: S311  - the same edits in each run
    chosen = rng.sample(sorted(cells(computed)), SAMPLE)

    def edit(parts: dict[str, bytes]) -> None:
        for _, part, address in chosen:
            in_cell(part, address, lambda c: spoil(c, rng))(parts)

    found = compared(changed(data, edit), computed)
    heads = (re.match(r"Blatt (.+), (?:Zelle|[0-9]+ Zellen) (.+?): ", d) for d in found.differences)
    named = {(m[1], address) for m in heads if m for address in re.findall("[A-Z]+[0-9]+", m[2])}
    assert named == {(sheet, address) for sheet, _, address in chosen}, found.differences
    assert not found.resaved


def test_stored_value_of_a_formula_is_shown(data: bytes, computed: OpenedReport) -> None:
    sheet = computed.sheets["Zielwerte"]
    address = next(a for a, c in sheet.cells.items() if c.formula and c.value == 14.0)

    def edit(cell: etree._Element) -> None:
        cell.find(NS + "v").text = "15"

    found = compared(changed(data, in_cell(sheet.part, address, edit)), computed)
    assert found.differences == [f"{at('Zielwerte', address)} im Bericht „15“, nachgerechnet „14“"]


def test_edits_through_a_library_that_saves_anew(data: bytes, computed: OpenedReport) -> None:
    rng = random.Random(SEED)  # noqa: S311  - the same edits in each run
    book = openpyxl.load_workbook(io.BytesIO(data))
    chosen = rng.sample(sorted(cells(computed)), 8)
    for sheet, _, address in chosen:
        book[sheet][address].value = "verändert"
    out = io.BytesIO()
    book.save(out)
    found = compared(out.getvalue(), computed)
    named = [d for d in found.differences if ", Zelle " in d]
    assert len(named) == len(chosen)
    for sheet, _, address in chosen:
        assert any(d.startswith(at(sheet, address)) for d in named)
    assert found.resaved
    # that library stores no results: reported once for each sheet with formulas
    assert any("Zellen mit Formel fehlt der gespeicherte Wert" in d for d in found.differences)


def by_library(data: bytes, edit: Callable[[openpyxl.Workbook], None]) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(data))
    edit(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


Edit = Callable[[openpyxl.Workbook], object]
# what is reported, and the edit; those of a group do not touch one another
EDITS: tuple[dict[str, Edit], ...] = (
    {
        "Blatt Zusatz: gehört nicht zum Bericht": lambda b: b.create_sheet("Zusatz"),
        "Blatt Abgaben: fehlt oder wurde umbenannt.": lambda b: b.remove(b["Abgaben"]),
        "Blatt Zielwerte: Zeile 9 ausgeblendet.": lambda b: setattr(b["Zielwerte"].row_dimensions[9], "hidden", True),
        "Link an Zelle A9": lambda b: setattr(b["Zielwerte"]["A9"], "hyperlink", "https://example.org"),
        "Blatt Übersicht: Diagramm: fehlt": lambda b: b["Übersicht"]._charts.clear(),
    },
    {
        "Blatt Abgabe: gehört nicht zum Bericht": lambda b: setattr(b["Abgaben"], "title", "Abgabe"),
        "Kommentar an Zelle A9": lambda b: setattr(
            b["Zielwerte"]["A9"], "comment", openpyxl.comments.Comment("stimmt nicht", "x")
        ),
        "Definierter Name Quote: im Bericht „1“, nachgerechnet leer.": lambda b: b.defined_names.add(
            openpyxl.workbook.defined_name.DefinedName("Quote", attr_text="1")
        ),
    },
    {
        "Blatt Abgaben: ist ausgeblendet": lambda b: setattr(b["Abgaben"], "sheet_state", "hidden"),
        "steht an ": lambda b: b.move_sheet("Regelwerk", -3),
    },
)  # fmt: skip


@pytest.mark.parametrize("edits", EDITS)
def test_sheets_and_what_is_no_cell(data: bytes, computed: OpenedReport, edits: dict[str, Edit]) -> None:
    def edit(book: openpyxl.Workbook) -> None:
        for one in edits.values():
            one(book)

    found = compared(by_library(data, edit), computed).differences
    assert [message for message in edits if not any(message in line for line in found)] == [], found


def _hide(root: etree._Element) -> None:
    next(s for s in root.iter(NS + "sheet") if s.get("name") == "Prüfprotokoll").set("state", "veryHidden")


def _series(root: etree._Element) -> None:
    next(root.iter("{*}f")).text = "Übersicht!$A$99"


@pytest.mark.parametrize(
    ("part", "edit", "message"),
    [
        ("xl/workbook.xml", _hide, "Blatt Prüfprotokoll: ist tief ausgeblendet, nachgerechnet eingeblendet."),
        (
            "xl/charts/chart1.xml",
            _series,
            "Name (Bereich) der 1. Datenreihe: im Bericht „ÜBERSICHT!A99“, nachgerechnet „ÜBERSICHT!A",
        ),
    ],
)  # fmt: skip
def test_tampering_with_a_part_is_reported_once(
    data: bytes, computed: OpenedReport, part: str, edit: Callable[[etree._Element], None], message: str
) -> None:
    (line,) = compared(changed(data, in_part(part, edit)), computed).differences
    assert message in line


def test_foreign_part(data: bytes, computed: OpenedReport) -> None:
    copy = changed(data, lambda parts: parts.update({"xl/vbaProject.bin": b"x"}))
    message = "Die Datei enthält etwas, das nicht zum Bericht gehört: Makros."
    assert compared(copy, computed).differences == [message]


# --- what lies beside the report ----------------------------------------------------------------------


def test_swapped_input(place: Place) -> None:
    path = place.inputs / "2026-09-30/KISI_Hanau.xlsx"
    path.write_bytes((place.inputs / "2026-09-30/KISI_Karben.xlsx").read_bytes())
    answer = place.verify()
    assert answer.exit_code == 1
    assert "Empfangene Datei 2026-09-30/KISI_Hanau.xlsx: ist nicht dieselbe" in answer.output
    assert re.search(r"Blatt Übersicht, Zelle [A-Z]+\d+:", answer.output)
    assert re.search(r"… und \d+ weitere Abweichungen\.", answer.output)


def test_files_of_the_next_quarter_are_no_difference(place: Place) -> None:
    """A report of September is verified in January, when the workbooks of December lie in the same folder."""
    data = (place.inputs / "2026-09-30/KISI_Hanau.xlsx").read_bytes()
    later = edited({"Stammdaten!B7": "31.12.2026"}, data)
    (place.inputs / "2026-12-31").mkdir()
    (place.inputs / "2026-12-31/KISI_Hanau.xlsx").write_bytes(later)
    answer = place.verify()
    assert answer.exit_code == 0, answer.output
    assert "2026-12-31/KISI_Hanau.xlsx: kam später hinzu" in answer.output


def test_edited_rule_missing_and_added_input(place: Place) -> None:
    rule = place.rules / "massnahme_1.yaml"
    rule.write_text(rule.read_text(encoding="utf-8") + "\n# nachgetragen\n", encoding="utf-8")
    lock = place.inputs / "2026-09-30/KISI_Karben_Kopie.xlsx"
    lock.rename(place.inputs / "neu.xlsx")
    answer = place.verify()
    assert answer.exit_code == 1
    assert "Regeldatei massnahme_1.yaml: ist nicht dieselbe" in answer.output
    assert "Empfangene Datei 2026-09-30/KISI_Karben_Kopie.xlsx: fehlt" in answer.output
    assert "Empfangene Datei neu.xlsx: ist hinzugekommen" in answer.output


def test_changed_results_and_other_versions(place: Place) -> None:
    """Even where the manifest was mended to fit, ergebnis.json is computed anew."""
    path = place.results / "ergebnis.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"open"', '"met"', 1), encoding="utf-8")
    manifest = place.results / "manifest.json"
    document = json.loads(manifest.read_text(encoding="utf-8"))
    document["program"]["xlsxwriter"] = "0.0"
    manifest.write_text(json.dumps(document), encoding="utf-8")
    answer = place.verify()
    assert answer.exit_code == 1
    assert "Ergebnisdatei ergebnis.json: wurde verändert" in answer.output
    assert "ergebnis.json: Zielwerte, " in answer.output
    assert "im Bericht „met“, nachgerechnet „open“." in answer.output
    assert "Hinweis: Version von xlsxwriter: damals 0.0, jetzt" in answer.output


def test_report_of_other_rules(place: Place) -> None:
    """Its own message, what to do, and one line for each sheet instead of a flood."""
    path = place.rules / "projekt.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub('version: "?[0-9.]+"?', 'version: "2030.1"', text, count=1), encoding="utf-8")
    rule = place.rules / "massnahme_1.yaml"
    rule.write_text(rule.read_text(encoding="utf-8").replace("70 %", "71 %"), encoding="utf-8")
    answer = place.verify()
    assert answer.exit_code == 1
    assert re.match(
        r"Der Bericht ist nach Regelwerk 2026\.2 erstellt, verglichen wurde mit Regelwerk 2030\.1\. "
        r"Nehmen Sie die Regeldateien von damals \(--rules\)",
        answer.output[answer.output.index("Der Bericht ist") :],
    )
    sheets = re.findall("^Abweichung: Blatt (.+?): [0-9]+ Abweichung", answer.output, re.MULTILINE)
    assert "Zielwerte" in sheets
    assert len(sheets) == len(set(sheets))


def test_report_of_another_program(place: Place) -> None:
    """A note where all is well."""
    manifest = place.results / "manifest.json"
    document = json.loads(manifest.read_text(encoding="utf-8"))
    document["program"]["kisi"] = "0.0.1"
    manifest.write_text(json.dumps(document), encoding="utf-8")
    answer = place.verify()
    assert answer.exit_code == 0, answer.output
    assert "Der Bericht ist mit Fassung 0.0.1 des Programms erstellt, hier läuft " in answer.output


@pytest.mark.libreoffice
@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
def test_saved_again_by_libreoffice(place: Place) -> None:
    place.report.write_bytes(resaved())
    answer = place.verify()
    assert answer.exit_code == 0, answer.output
    assert "Der Bericht stimmt" in answer.output
    assert "Die Datei wurde mit einem anderen Programm neu gespeichert." in answer.output


@pytest.mark.libreoffice
@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
def test_what_cannot_be_compared_ends_with_3(place: Place) -> None:
    book = Edited(resaved())
    book.child("Abgaben", "picture")
    place.report.write_bytes(book.save())
    answer = place.verify()
    assert answer.exit_code == 3, answer.output
    assert "Nicht verglichen: Blatt Abgaben: enthält ein Hintergrundbild" in answer.output
    assert "Die Zahlen stimmen, aber nicht alles ließ sich vergleichen" in answer.output


def test_the_date_survives_an_edited_title(place: Place, data: bytes) -> None:
    copy = by_library(data, lambda b: setattr(b["Übersicht"]["A1"], "value", "Bericht zum 31.03.2026"))
    place.report.with_name("bericht.xlsx").write_bytes(copy)
    place.report = place.report.with_name("bericht.xlsx")
    (place.results / "manifest.json").unlink()
    answer = place.verify()
    assert answer.exit_code == 1
    assert "Blatt Übersicht, Zelle A1: im Bericht „Bericht zum 31.03.2026“" in answer.output
    assert "manifest.json liegt nicht neben dem Bericht" in answer.output


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"kein Archiv", "keine Excel-Arbeitsmappe"), (b"PK\x03\x04", "beschädigt")],
)
def test_unreadable_report(place: Place, content: bytes, message: str) -> None:
    place.report.write_bytes(content)
    answer = place.verify()
    assert (answer.exit_code, message in answer.output) == (2, True), answer.output
