"""Which rows count: filled down, struck through, merged, computed, and those that are no record at all."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

import pytest

from pipeline.engine.batch import examine_batch
from pipeline.evaluate import evaluate
from pipeline.reading.package.struck import striking
from tests import builder, cell_edits, expected
from tests.cell_edits import ErrorValue, Formula, Text, edited
from tests.expected import Case, Cases, ExpectedFinding, at, examine, reported

# --- filled down --------------------------------------------------------------------------------------


@pytest.mark.parametrize("no", [False, Text("nein"), Text(" Nein\u00a0")])
def test_rows_of_nothing_but_nein_are_one_warning_and_do_not_count(no: Any) -> None:
    workbook = examine(edited({f"Personen!C{row}": no for row in range(13, 113)}))
    assert reported(workbook.findings) == [ExpectedFinding("W20", "warning", "Personen", "C13", None)]
    assert (workbook.findings[0].cells, workbook.findings[0].count) == (("C13:C112",), 100)
    assert workbook.valid
    assert len(workbook.tables["Personen"]) == 8
    assert workbook.content == expected.valid_workbook().content


def test_rows_filled_down_with_gaps_are_still_one_warning() -> None:
    rows = [14, 15, 16, 20, 30, 31]
    workbook = examine(edited({f"Personen!C{row}": False for row in rows}))
    assert reported(workbook.findings) == [ExpectedFinding("W20", "warning", "Personen", "C14", None)]
    assert workbook.findings[0].cells == ("C14:C16", "C20", "C30:C31")


def test_a_row_with_anything_else_is_a_record() -> None:
    workbook = examine(edited({"Verwaltung!B8": "nein", "Verwaltung!C8": "2026-01-14"}))
    assert reported(workbook.findings) == [at("W13", "error", "Verwaltung!A8")]


def test_ja_alone_is_no_fill_down() -> None:
    """A tick was set by somebody: nothing is passed over silently."""
    workbook = examine(edited({"Personen!C13": True, "Personen!C14": False}))
    found = reported(workbook.findings)
    assert ExpectedFinding("W20", "warning", "Personen", "C14", None) in found
    assert at("W13", "error", "Personen!A13") in found


def test_a_sheet_that_was_only_filled_down_is_empty() -> None:
    empty = builder.filled(builder.Content(dict(builder.FORM)))
    workbook = examine(edited({f"Verwaltung!B{row}": False for row in range(5, 9)}, empty))
    found = [f for f in reported(workbook.findings) if f.sheet == "Verwaltung"]
    assert found == [
        ExpectedFinding("P22", "warning", "Verwaltung", None, None),
        ExpectedFinding("W20", "warning", "Verwaltung", "B5", None),
    ]


# --- no record ----------------------------------------------------------------------------------------

STRAY: list[tuple[str, dict[str, Any], str]] = [
    # (what, cells, the cell that is reported)
    ("total with its word", {"Bestand!A8": "Summe", "Bestand!B8": Formula("SUM(B5:B7)", 87)}, "Bestand!A8"),
    ("total in the next column", {"Bestand!B8": 87, "Bestand!C8": "Gesamt"}, "Bestand!B8"),
    ("number alone", {"Bestand!B8": Formula("SUM(B5:B7)", 87)}, "Bestand!B8"),
    ("number alone, an Ist of events", {"Veranstaltungen!E8": 92}, "Veranstaltungen!E8"),
    ("total below persons", {"Personen!A13": "Gesamt:", "Personen!B13": Text("8 Personen")}, "Personen!A13"),
    ("heading between records", {"Personen!A13": "Zugänge im 3. Quartal"}, "Personen!A13"),
    ("headers again", {"Bestand!A8": "Stichtag*", "Bestand!B8": "Anzahl*", "Bestand!C8": "Quelle*"}, "Bestand!A8"),
    ("headers of two references again", {"Schulungsteilnahmen!A8": "Schulung-Nr.*", "Schulungsteilnahmen!B8": "Kennung*"}, "Schulungsteilnahmen!A8"),
    ("note below", {"Kontakte!B9": "weitere Kontakte siehe Liste im Ordner"}, "Kontakte!B9"),
    ("note in an optional column", {"Angebote!K8": "Stand Juni, wird ergänzt"}, "Angebote!K8"),
    ("total of units", {"Verwaltung!A8": "Summe"}, "Verwaltung!A8"),
    ("note below units", {"Verwaltung!A8": "Hinweis: Zahlen vorläufig"}, "Verwaltung!A8"),
    ("note below evidence", {"Nachweise!C9": "Ende der Liste"}, "Nachweise!C9"),
    ("note below milestones", {"Meilensteine!B60": "Bitte nichts löschen"}, "Meilensteine!B60"),
]  # fmt: skip
STRAYS = Cases(Case(name, cells, (at("W23", "error", place),)) for name, cells, place in STRAY)


@pytest.mark.parametrize("case", STRAYS.params)
def test_a_row_that_is_no_record_is_one_error_at_its_first_cell(case: Case) -> None:
    found = [f for f in STRAYS[case].findings if f.rule != "M09"]
    assert reported(found) == list(case.expected)
    assert "Inhalt der Zeile leeren" in found[0].remedy


RECORDS: list[tuple[str, dict[str, Any], set[str]]] = [
    # (what, cells, the rules that are reported)
    ("only its key", {"Personen!A13": "P-0009"}, {"W13"}),
    ("only a malformed key", {"Personen!A13": "P-9"}, {"W12", "W13"}),
    ("only a key in small letters", {"Personen!A13": Text("p-0009")}, {"M21", "W13"}),
    ("only a date", {"Bestand!A8": "2026-05-01"}, {"W13"}),
    ("only a choice", {"Kontakte!B9": "digital"}, {"W13"}),
    ("a unit that is begun", {"Verwaltung!A8": "Bauamt"}, {"W13"}),
    ("a unit whose name begins like a total", {"Verwaltung!A8": "Gesamtverwaltung", "Verwaltung!B8": "ja"}, set()),
    ("a title that is a total", {"Angebote!B7": "Gesamt", "Angebote!C7": None}, {"W13"}),
    ("an error value alone", {"Kontakte!D9": ErrorValue()}, {"W01", "W13"}),
    ("three wrong cells", {"Kontakte!A9": "x", "Kontakte!B9": "y", "Kontakte!C9": "z"}, {"W05", "W10", "W13"}),
]  # fmt: skip


BEGUN = Cases(Case(name, cells) for name, cells, _ in RECORDS)


@pytest.mark.parametrize(
    ("case", "rules"),
    [pytest.param(c, r[2], id=c.name) for c, r in zip(BEGUN.cases, RECORDS, strict=True)],
)
def test_a_record_that_is_only_begun_is_reported_cell_by_cell(case: Case, rules: set[str]) -> None:
    assert {f.rule for f in BEGUN[case].findings} == rules


def test_a_note_beside_a_leermeldung_is_no_row_of_the_sheet() -> None:
    empty = builder.filled(builder.Content(dict(builder.FORM)))
    edits = {f"Stammdaten!B{row}": "ja" for row in range(15, 26)} | {"Kontakte!C5": "keine Kontakte"}
    found = reported(examine(edited(edits, empty)).findings)
    assert found == [at("W23", "error", "Kontakte!C5")]


def test_files_with_different_notes_are_no_copies_of_each_other() -> None:
    one, other = (examine(edited({"Kontakte!B9": f"Anmerkung {n} dazu"})) for n in (1, 2))
    assert one.content != other.content


# --- struck through -----------------------------------------------------------------------------------


def _struck(*cells: str, base: bytes | None = None) -> bytes:
    """The valid workbook with some cells of Personen in a font that strikes through."""
    parts = cell_edits.unpack(base or builder.valid())
    styles = parts["xl/styles.xml"].decode()
    fonts = len(re.findall(r"<font>|<font ", styles[styles.index("<fonts") : styles.index("</fonts>")]))
    xfs = styles[styles.index("<cellXfs") : styles.index("</cellXfs>")]
    number = len(re.findall(r"<xf ", xfs))
    styles = styles.replace("</fonts>", '<font><strike/><sz val="11"/><name val="Calibri"/></font></fonts>')
    styles = styles.replace("</cellXfs>", f'<xf numFmtId="0" fontId="{fonts}" applyFont="1"/></cellXfs>')
    name = cell_edits.sheet_part("Personen")
    xml = parts[name].decode()
    for cell in cells:
        xml = re.sub(rf'(<c r="{cell}"[^>]*?) s="\d+"', rf'\1 s="{number}"', xml)
    assert xml.count(f's="{number}"') == len(cells)
    return cell_edits.pack(parts | {"xl/styles.xml": styles.encode(), name: xml.encode()})


def test_struck_rows_are_read_and_reported_at_the_first() -> None:
    workbook = examine(_struck("A8", "B8", "A9", "B9"))
    assert reported(workbook.findings) == [ExpectedFinding("M25", "note", "Personen", "A8", None)]
    assert len(workbook.tables["Personen"]) == 8
    assert workbook.valid


def test_a_run_of_a_text_that_is_struck_is_reported_as_well() -> None:
    """Whole cells have a format; of a part of a text only the text itself knows, in the cell or shared."""
    parts = cell_edits.unpack(builder.valid())
    name = cell_edits.sheet_part("Kontakte")
    run = "<r><rPr><strike/></rPr><t>A</t></r><r><t>B</t></r>"
    inline = re.sub(
        r'(<c r="D6"[^>]*?) t="\w+">.*?</c>',
        rf'\1 t="inlineStr"><is>{run}</is></c>',
        parts[name].decode(),
    )
    assert run in inline
    workbook = examine(cell_edits.pack(parts | {name: inline.encode()}))
    assert reported(workbook.findings) == [ExpectedFinding("M25", "note", "Kontakte", "D6", None)]
    strings = f"<sst><si><t>plain</t></si><si>{run}</si></sst>".encode()
    sheet = b'<c r="B5" s="1" t="s"><v>0</v></c><c r="D5" t="s"><v>1</v></c><c r="E5"><v>1</v></c>'
    assert striking(b"<styleSheet/>", strings).cells(sheet) == {(5, 4)}


def test_struck_title_and_headers_say_nothing() -> None:
    assert reported(examine(_struck("A1", "A4")).findings) == []


# --- merged -------------------------------------------------------------------------------------------


def _merged(sheet: str, ref: str, edits: dict[str, Any] | None = None) -> bytes:
    merge = f'</sheetData><mergeCells count="1"><mergeCell ref="{ref}"/></mergeCells>'
    return cell_edits.rewritten(sheet, lambda xml: xml.replace("</sheetData>", merge), edited(edits or {}))


def test_a_merged_cell_of_a_record_is_refused_with_that_word() -> None:
    workbook = examine(_merged("Bestand", "C5:C7", {"Bestand!C6": None, "Bestand!C7": None}))
    assert reported(workbook.findings) == [at("W24", "error", "Bestand!C6")]
    assert workbook.findings[0].cells == ("C6:C7",)
    assert "verbunden" in workbook.findings[0].message


def test_values_that_a_merged_area_hides_are_refused_where_they_are() -> None:
    assert reported(examine(_merged("Bestand", "B5:C5")).findings) == [at("W24", "error", "Bestand!C5")]


@pytest.mark.parametrize("ref", ["A1:D1", "A40:D41", "F5:G9", "D5:E5"])
def test_merged_cells_beside_the_records_are_of_no_concern(ref: str) -> None:
    """The title, empty rows below, columns beside the table, and an area whose first cell is in the record."""
    assert reported(examine(_merged("Bestand", ref)).findings) == []


# --- computed -----------------------------------------------------------------------------------------


WHATEVER = (
    Text("31.02.2026"),
    Text("siehe Akte"),
    ErrorValue(),
    Formula("1+1"),
    Formula("1+1", 46000),
    True,
    7,
)
COMPUTED = Cases(
    Case(f"{what} {cell}", {place: what}, (at("P23", "warning", place),))
    for what in WHATEVER
    for cell in ("E5", "F5", "G5")
    for place in (f"Meilensteine!{cell}",)
)


@pytest.mark.parametrize("case", COMPUTED.params)
def test_a_computed_row_is_one_warning_whatever_stands_there(case: Case) -> None:
    assert reported(COMPUTED[case].findings) == list(case.expected)
    assert COMPUTED[case].content == expected.valid_workbook().content


def test_several_entries_of_a_computed_row_are_one_warning() -> None:
    edits = {
        "Meilensteine!E5": "2026-03-01",
        "Meilensteine!F5": Text("NW-999"),
        "Meilensteine!G5": "a" * 32768,
    }
    assert reported(examine(edited(edits)).findings) == [at("P23", "warning", "Meilensteine!E5")]


# --- the figure of the report -------------------------------------------------------------------------


def test_a_unit_that_is_reported_twice_never_changes_a_share() -> None:
    """Two of three units are linked by 2026-06-30; a second "Sozialamt" would make it three of four."""
    double = {"Verwaltung!A8": Text("Sozialamt\u200e"), "Verwaltung!B8": "ja", "Verwaltung!D8": "2026-05-11"}
    good, bad = examine_batch([("a", builder.valid()), ("b", edited(double))], builder.rules())
    assert (good.valid, bad.valid) == (True, False)
    result = evaluate(good, None, builder.rules(), builder.STICHTAG)
    milestone = next(m for m in result.milestones if m.nr == "MS3.2")
    share = next(c for c in milestone.criteria if c.nr == "MS3.2c")
    assert share.value == Fraction(2, 3)
