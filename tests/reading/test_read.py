"""What is mended and what is refused (workbook.md): each kind with its cell, its rule and what is read."""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import openpyxl
import pytest

from pipeline.definitions.model import Workbook
from pipeline.engine.batch import examine_batch
from pipeline.reading import package as intake
from pipeline.reading.package import preflight
from pipeline.reading.values import parse
from tests import builder, cell_edits, expected
from tests.cell_edits import ErrorValue, Formula, Text, edited
from tests.expected import Case, Cases, ExpectedFinding, at, examine, reported

SERIAL_2026_03_31 = (date(2026, 3, 31) - date(1899, 12, 30)).days


def value(workbook: Workbook, place: str) -> Any:
    """What was read of a cell of the valid workbook."""
    sheet, cell = place.split("!")
    header = expected.header_at(place)
    if sheet == "Stammdaten":
        return workbook.form[header]
    table = workbook.tables[sheet]
    return table[header][table.rows.index(int(re.sub(r"\D", "", cell)))]


# --- mended -------------------------------------------------------------------------------------------

MENDED: list[tuple[str, str, Any, str, Any]] = [
    # (name, cell, what stands there, rule, what is read)
    ("surrounding spaces", "Angebote!B5", Text("  Sprachcafé "), "M01", "Sprachcafé"),
    ("no-break space around", "Angebote!B5", Text("\u00a0Sprachcafé\u202f"), "M01", "Sprachcafé"),
    ("no-break space inside", "Angebote!B5", Text("Café\u00a0Nord"), "M01", "Café Nord"),
    ("zero-width space", "Angebote!B5", Text("Sprach\u200bcafé"), "M01", "Sprachcafé"),
    ("byte order mark", "Angebote!B5", Text("\ufeffSprachcafé"), "M01", "Sprachcafé"),
    ("spaces around a key", "Personen!A9", Text(" P-0005 "), "M01", "P-0005"),
    ("spaces around a choice", "Bestand!C6", Text("Zuweisungsliste "), "M01", "Zuweisungsliste"),
    ("spaces in Stammdaten", "Stammdaten!B4", Text(" Büdingen"), "M01", "Büdingen"),
    ("decomposed umlaut in text", "Angebote!B5", unicodedata.normalize("NFD", "Büro"), "M02", "Büro"),
    ("decomposed umlaut in a choice", "Kontakte!B5", unicodedata.normalize("NFD", "persönlich"), "M02", "persönlich"),
    *[(f"{yes} for ja", "Personen!C5", yes, "M03", "ja") for yes in ("Ja", "JA", "x", "X", "✓")],
    ("NEIN for nein", "Verwaltung!B6", "NEIN", "M03", "nein"),
    ("Ja in Veranstaltungen", "Veranstaltungen!F7", "Ja", "M03", "ja"),
    ("evidence point in small letters", "Nachweise!F8", "n1.2", "M04", ("N1.2",)),
    ("choice in capitals", "Angebote!C5", "BESTEHEND", "M04", "bestehend"),
    ("choice in small letters", "Bestand!C5", "ausländerbehörde", "M04", "Ausländerbehörde"),
    ("integer as text", "Bestand!B7", Text("50"), "M05", 50),
    ("integer with a decimal zero", "Bestand!B7", "50,0", "M05", 50),
    ("integer with decimal zeros", "Bestand!B7", "50,00", "M05", 50),
    ("Abgabe-Nr. as text", "Stammdaten!B8", Text("1"), "M05", 1),
    ("German date as text", "Bestand!A6", Text("31.03.2026"), "M06", date(2026, 3, 31)),
    ("short German date as text", "Bedarfe!D6", Text("5.3.2026"), "M06", date(2026, 3, 5)),
    ("ISO date as text", "Bestand!A6", Text("2026-03-31"), "M06", date(2026, 3, 31)),
    ("Stichtag as text", "Stammdaten!B7", Text("30.06.2026"), "M06", date(2026, 6, 30)),
    ("AGS as a number", "Stammdaten!B5", 6440004, "M07", "06440004"),
    ("AGS as text without its zero", "Stammdaten!B5", Text("6440004"), "M07", "06440004"),
    ("formula in an integer", "Bestand!B7", Formula("25*2", 50), "M08", 50),
    ("formula in a date", "Bestand!A6", Formula("DATE(2026,3,31)", SERIAL_2026_03_31), "M08", date(2026, 3, 31)),
    ("formula in a text", "Angebote!B5", Formula('"A"&"B"', "AB"), "M08", "AB"),
    ("formula in a key", "Personen!A9", Formula('"P-"&"0005"', "P-0005"), "M08", "P-0005"),
    ("formula in Stammdaten", "Stammdaten!B8", Formula("0+1", 1), "M08", 1),
]  # fmt: skip


def _as_written(what: Any) -> Any:
    return Text(what) if isinstance(what, str) else what


MENDED_CASES = Cases(
    Case(name, {place: _as_written(what)}, (at(rule, "note", place),))
    for name, place, what, rule, _ in MENDED
)


@pytest.mark.parametrize(
    ("case", "place", "wanted"),
    [
        pytest.param(c, m[1], m[4], id=c.name.replace(" ", "-"))
        for c, m in zip(MENDED_CASES.cases, MENDED, strict=True)
    ],
)
def test_mended_with_a_note_and_taken_over(case: Case, place: str, wanted: Any) -> None:
    workbook = MENDED_CASES[case]
    assert reported(workbook.findings) == list(case.expected)
    assert workbook.valid
    assert value(workbook, place) == wanted
    assert type(value(workbook, place)) is type(wanted)


def test_several_numbers_in_one_cell() -> None:
    workbook = examine(edited({"Bestand!D5": Text("NW-003 ;NW-001;; NW-003")}))
    assert reported(workbook.findings) == []
    assert value(workbook, "Bestand!D5") == ("NW-003", "NW-001")


# --- structure that is mended -------------------------------------------------------------------------


def _by_openpyxl(change: Callable[[openpyxl.Workbook], Any]) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(builder.valid()))
    change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_blank_rows_between_records() -> None:
    blank = {f"Kontakte!{letter}6": None for letter in "ABCDE"}
    workbook = examine(edited(blank))
    assert reported(workbook.findings) == [ExpectedFinding("M09", "note", "Kontakte", "A6", None)]
    assert workbook.tables["Kontakte"].rows == [5, 7, 8]


def test_a_row_of_spaces_is_blank() -> None:
    workbook = examine(edited({f"Kontakte!{letter}6": Text("\u00a0 ") for letter in "ABCDE"}))
    assert reported(workbook.findings) == [ExpectedFinding("M09", "note", "Kontakte", "A6", None)]
    assert workbook.tables["Kontakte"].rows == [5, 7, 8]


def test_swapped_columns() -> None:
    numbers, sources = (
        ("Anzahl*", 30, 7, 50),
        ("Quelle*", "Ausländerbehörde", "Zuweisungsliste", "Meldebehörde"),
    )
    swapped = {f"Bestand!B{row}": v for row, v in enumerate(sources, start=4)}
    swapped |= {f"Bestand!C{row}": v for row, v in enumerate(numbers, start=4)}
    workbook = examine(edited(swapped))
    assert reported(workbook.findings) == [ExpectedFinding("M10", "note", "Bestand", "B4", "Quelle")]
    assert workbook.tables["Bestand"]["Anzahl"] == [30, 7, 50]
    assert workbook.content == expected.valid_workbook().content
    wrong = examine(edited(swapped | {"Bestand!C6": "viele"}))
    assert ExpectedFinding("W07", "error", "Bestand", "C6", "Anzahl") in reported(wrong.findings)


def test_extra_columns_are_ignored() -> None:
    with_header = examine(
        edited({"Bestand!E4": "Bemerkung", "Bestand!E5": "ungefähr", "Bestand!F4": "Kürzel"})
    )
    assert reported(with_header.findings) == [
        ExpectedFinding("M11", "note", "Bestand", "E4", None),
        ExpectedFinding("M11", "note", "Bestand", "F4", None),
    ]
    without = examine(edited({"Bestand!E6": "ungefähr"}))
    assert reported(without.findings) == [ExpectedFinding("M11", "note", "Bestand", "E4", None)]
    assert with_header.content == without.content == expected.valid_workbook().content


def test_extra_sheets_are_ignored() -> None:
    workbook = examine(_by_openpyxl(lambda book: book.create_sheet("Notizen").append(["Anzahl", 5])))
    assert reported(workbook.findings) == [ExpectedFinding("M12", "note", None, None, None)]


def test_hidden_rows_are_read() -> None:
    hidden = cell_edits.rewritten(
        "Personen", lambda x: re.sub(r'<row r="([78])"', r'<row r="\1" hidden="1"', x)
    )
    workbook = examine(hidden)
    assert reported(workbook.findings) == [ExpectedFinding("M13", "note", "Personen", "A7", None)]
    assert len(workbook.tables["Personen"]) == 8


def test_external_links_are_read() -> None:
    parts = cell_edits.unpack(builder.valid())
    link = '<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>'
    parts["xl/elsewhere/link.xml"] = link.encode()  # the relationship says what it is
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLink"
    parts["xl/_rels/workbook.xml.rels"] = parts["xl/_rels/workbook.xml.rels"].replace(
        b"</Relationships>",
        f'<Relationship Id="rIdX" Type="{kind}" Target="elsewhere/link.xml"/></Relationships>'.encode(),
    )
    workbook = examine(cell_edits.pack(parts))
    assert reported(workbook.findings) == [ExpectedFinding("M14", "note", None, None, None)]
    assert workbook.valid


def _shifted(xml: str, by: int) -> str:
    """All rows moved down: as if somebody had inserted rows at the top."""
    xml = re.sub(r'<row r="(\d+)"', lambda m: f'<row r="{int(m[1]) + by}"', xml)
    return re.sub(r'<c r="([A-Z]+)(\d+)"', lambda m: f'<c r="{m[1]}{int(m[2]) + by}"', xml)


def test_the_header_is_found_by_its_texts() -> None:
    lower = cell_edits.rewritten("Bestand", lambda xml: _shifted(xml, 7))
    workbook = examine(lower)
    assert reported(workbook.findings) == []
    assert workbook.tables["Bestand"].rows == [12, 13, 14]
    wrong = examine(edited({"Bestand!C13": "Quatsch"}, lower))
    assert reported(wrong.findings) == [ExpectedFinding("W10", "error", "Bestand", "C13", "Quelle")]
    form = examine(cell_edits.rewritten("Stammdaten", lambda xml: _shifted(xml, 2)))
    assert reported(form.findings) == []
    assert form.key == expected.valid_workbook().key


def test_formulas_without_result_outside_the_data_are_no_finding() -> None:
    """openpyxl stores no results: Prüfung and Stand of the valid workbook are full of such formulas."""
    parts = cell_edits.unpack(builder.valid())
    assert b"<f>" in parts[cell_edits.sheet_part("Stand")]
    broken = edited({"Prüfung!A1": ErrorValue(), "Stand!A1": ErrorValue(), "Anleitung!A1": ErrorValue()})
    assert reported(examine(broken).findings) == []


STRICT = (
    ("http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://purl.oclc.org/ooxml/spreadsheetml/main"),
    ("http://schemas.openxmlformats.org/officeDocument/2006/relationships", "http://purl.oclc.org/ooxml/officeDocument/relationships"),
    ("http://schemas.openxmlformats.org/drawingml/2006/main", "http://purl.oclc.org/ooxml/drawingml/main"),
    ("http://schemas.openxmlformats.org/officeDocument/2006/extended-properties", "http://purl.oclc.org/ooxml/officeDocument/extendedProperties"),
)  # fmt: skip


def _strict(data: bytes) -> bytes:
    parts = cell_edits.unpack(data)
    for name, part in parts.items():
        for transitional, strict in STRICT:
            part = part.replace(transitional.encode(), strict.encode())  # noqa: PLW2901
        parts[name] = part
    assert b"purl.oclc.org" in parts["xl/workbook.xml"]
    return cell_edits.pack(parts)


def test_strict_ooxml_is_read() -> None:
    workbook = examine(_strict(builder.valid()))
    assert reported(workbook.findings) == []
    assert workbook.content == expected.valid_workbook().content
    wrong = examine(_strict(edited({"Personen!E5": ErrorValue(), "Personen!F6": Formula("1+1")})))
    assert reported(wrong.findings) == [at("W01", "error", "Personen!E5"), at("W02", "error", "Personen!F6")]


def test_strict_ooxml_writes_dates_as_text_of_their_own_type() -> None:
    """Excel's Strict files hold ``<c t="d"><v>2026-03-31</v></c>``."""

    def iso(xml: str) -> str:
        return re.sub(
            rf'(<c r="A6"[^>]*?)(?: t="n")?><v>{SERIAL_2026_03_31}</v>',
            r'\1 t="d"><v>2026-03-31T00:00:00</v>',
            xml,
        )

    workbook = examine(_strict(cell_edits.rewritten("Bestand", iso)))
    assert reported(workbook.findings) == []
    assert value(workbook, "Bestand!A6") == date(2026, 3, 31)


def test_dates_of_the_1904_system_are_read() -> None:
    """Old Macintosh workbooks count from 1904-01-01: the same serial is 1462 days later."""
    parts = cell_edits.unpack(builder.valid())
    book = parts["xl/workbook.xml"].decode()
    assert "<workbookPr" in book
    parts["xl/workbook.xml"] = re.sub(r"<workbookPr[^>]*/>", '<workbookPr date1904="1"/>', book).encode()
    assert value(examine(cell_edits.pack(parts)), "Angebote!H5") == date(
        2028, 11, 4
    )  # 2024-11-03 + 1462 days


# --- cells that are refused -----------------------------------------------------------------------------

REFUSED: list[tuple[str, str, Any, tuple[str, ...]]] = [
    # (rule, name, what stands there, cells)
    ("W01", "error value", ErrorValue(), ("Bestand!A7", "Bestand!B7", "Bestand!C6", "Bestand!D5", "Personen!A9", "Bedarfe!B6", "Angebote!B5", "Stammdaten!B12")),
    ("W01", "division by zero", ErrorValue("#DIV/0!"), ("Bestand!B7",)),
    ("W01", "error as the result of a formula", ErrorValue("#DIV/0!", "1/0"), ("Bestand!B7", "Personen!F12")),
    ("W02", "formula without a result", Formula("1+1"), ("Bestand!A7", "Bestand!B7", "Bestand!C6", "Bestand!D5", "Personen!A9", "Bedarfe!B6", "Angebote!B5", "Angebote!K5", "Stammdaten!B12", "Stammdaten!B10")),
    ("W03", "day that does not exist", Text("31.02.2026"), ("Bestand!A7", "Personen!F12", "Stammdaten!B12")),
    ("W03", "ISO day that does not exist", Text("2026-02-30"), ("Bestand!A7",)),
    ("W03", "month that does not exist", Text("01.13.2026"), ("Bestand!A7",)),
    ("W04", "two-digit year", Text("03/04/26"), ("Bestand!A7", "Personen!F12", "Stammdaten!B12")),
    ("W04", "slashes", Text("03/04/2026"), ("Bestand!A7",)),
    ("W05", "word in a date", "gestern", ("Bestand!A7", "Personen!F12", "Stammdaten!B12")),
    ("W04", "month without a day", "März 2026", ("Bestand!A7",)),
    ("W04", "month without a day, in numbers", Text("04/2026"), ("Bestand!A7",)),
    ("W04", "day without a year", Text("31.03."), ("Bestand!A7",)),
    ("W05", "text with a time", Text("31.03.2026 14:30"), ("Bestand!A7",)),
    ("W05", "month that is no month", "12. Brumaire 2026", ("Bestand!A7",)),
    ("W03", "day that does not exist, in words", "30. Februar 2026", ("Bestand!A7",)),
    ("W06", "thousands or decimal", "1.234", ("Bestand!B7", "Veranstaltungen!E6", "Schulungen!G6")),
    ("W06", "thousands twice", "1.234.567", ("Bestand!B7",)),
    ("W07", "text with number", "50 Personen", ("Bestand!B7", "Veranstaltungen!E6")),
    ("W07", "percent", "50 %", ("Bestand!B7",)),
    ("W09", "text too long", "a" * 32768, ("Angebote!B5", "Angebote!K5", "Meilensteine!G6", "Stammdaten!B10")),
]  # fmt: skip
REFUSED_CASES = Cases(
    Case(f"{name} {place}", {place: what}, (at(rule, "error", place),))
    for rule, name, what, places in REFUSED
    for place in places
)
TEXT_KEPT = Case("the longest text", {"Angebote!K5": "a" * 32767})


@pytest.mark.parametrize("case", REFUSED_CASES.params)
def test_refused_with_the_cells_address(case: Case) -> None:
    workbook = REFUSED_CASES[case]
    assert reported(workbook.findings) == list(case.expected)
    assert not workbook.valid


def test_the_longest_text_that_excel_allows_is_read() -> None:
    workbook = examine(edited(TEXT_KEPT.edits))
    assert reported(workbook.findings) == []
    assert len(value(workbook, "Angebote!K5")) == 32767


def test_a_refused_cell_of_a_row_with_nothing_else_is_reported() -> None:
    workbook = examine(edited({"Kontakte!D9": ErrorValue()}))
    assert at("W01", "error", "Kontakte!D9") in reported(workbook.findings)


@pytest.mark.parametrize("text", ["31.02.2026", "03/04/26", "1.234", "gestern"])
def test_nothing_is_guessed(text: str) -> None:
    sheet = builder.rules().kinds["kommune"].table("Bestand")
    for name in ("Stichtag", "Anzahl"):
        assert parse(sheet.column(name), text)[0] is None


def test_the_same_finding_in_a_batch_and_alone() -> None:
    """Reading and checking are functions of one file: its neighbours in the batch make no difference."""
    some = REFUSED_CASES.cases[::16]
    files = [(c.name, edited(c.edits)) for c in some]
    together = examine_batch(files, builder.rules())
    alone = [examine_batch([f], builder.rules())[0] for f in files]
    assert together == alone


@pytest.mark.parametrize("whole", [builder.valid, builder.lead_valid], ids=["municipality", "project lead"])
def test_a_workbook_reads_the_same_without_its_formulas_and_lists(whole: Callable[[], bytes]) -> None:
    """Most tests read the plain workbook, which takes a third of the time."""
    short = cell_edits.plain(whole())
    assert b"<definedNames>" not in short
    assert replace(examine(short), sha256="") == replace(examine(whole()), sha256="")


# --- files that are refused ---------------------------------------------------------------------------

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


def _zip(**members: bytes) -> bytes:
    return cell_edits.pack({name.replace("__", "/"): data for name, data in members.items()})


def _with(**parts: bytes) -> bytes:
    return cell_edits.pack(
        cell_edits.unpack(builder.valid()) | {k.replace("__", "/"): v for k, v in parts.items()}
    )


def _dtd(part: str, encoding: str = "utf-8") -> bytes:
    """A DTD in one part, whatever the part; a declared encoding must not hide it."""
    parts = cell_edits.unpack(builder.valid())
    name = {"sheet": cell_edits.sheet_part("Personen"), "guide": cell_edits.sheet_part("Anleitung")}.get(
        part, part
    )
    body = re.sub(r"<\?xml[^>]*\?>", "", parts[name].decode())
    text = f'<?xml version="1.0" encoding="{encoding}"?>\n<!DOCTYPE x [<!ENTITY a "b">]>\n{body}'
    return cell_edits.pack(parts | {name: text.encode(encoding)})


def _without_sheet(title: str) -> bytes:
    return _by_openpyxl(lambda book: book.remove(book[title]))


def _renamed_sheet(old: str, new: str) -> bytes:
    parts = cell_edits.unpack(builder.valid())
    book = parts["xl/workbook.xml"].decode().replace(f'name="{old}"', f'name="{new}"')
    return cell_edits.pack(parts | {"xl/workbook.xml": book.encode()})


def _blank_book() -> bytes:
    out = io.BytesIO()
    openpyxl.Workbook().save(out)
    return out.getvalue()


def _encrypted_zip() -> bytes:
    """The flag "encrypted" on every member."""
    data = bytearray(builder.valid())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = data.find(mark)
        while place >= 0:
            data[place + offset] |= 1
            place = data.find(mark, place + 1)
    return bytes(data)


def _double_member() -> bytes:
    out = io.BytesIO(builder.valid())
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(out, "a") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return out.getvalue()


def _far_cell() -> bytes:
    far = '<row r="900000"><c r="A900000"><v>1</v></c></row></sheetData>'
    return cell_edits.rewritten("Bestand", lambda xml: xml.replace("</sheetData>", far))


FILES: dict[str, tuple[Callable[[], bytes], str, str | None, str | None]] = {
    "empty": (lambda: b"", "D01", None, None),
    "text": (lambda: b"AGS;06440004\n", "D01", None, None),
    "pdf": (lambda: b"%PDF-1.7\n" + bytes(100), "D01", None, None),
    "some zip": (lambda: _zip(a=b"1"), "D01", None, None),
    "a document of Word": (lambda: _zip(**{"[Content_Types].xml": b"<Types/>", "word__document.xml": b"<d/>", "_rels__.rels": b"<Relationships/>"}), "D01", None, None),
    "old xls": (lambda: OLE, "D02", None, None),
    "password": (lambda: OLE + "EncryptedPackage".encode("utf-16-le"), "D03", None, None),
    "sensitivity label": (lambda: OLE + "".join(("EncryptedPackage", "DRMEncryptedDataSpace")).encode("utf-16-le"), "D23", None, None),
    "ods": (lambda: _zip(mimetype=b"application/vnd.oasis.opendocument.spreadsheet", **{"content.xml": b"<a/>"}), "D26", None, None),
    "text of OpenOffice": (lambda: _zip(mimetype=b"application/vnd.oasis.opendocument.text", **{"content.xml": b"<a/>"}), "D01", None, None),
    "macros": (lambda: _with(**{"xl__vbaProject.bin": OLE}), "D04", None, None),
    "truncated": (lambda: builder.valid()[:-500], "D05", None, None),
    "half": (lambda: builder.valid()[: len(builder.valid()) // 2], "D05", None, None),
    "encrypted zip": (_encrypted_zip, "D05", None, None),
    "a member twice": (_double_member, "D05", None, None),
    "XML that ends early": (lambda: _with(**{"xl__workbook.xml": b"<workbook><sheets>"}), "D05", None, None),
    "DTD in a sheet": (lambda: _dtd("sheet"), "D06", None, None),
    "DTD in the workbook": (lambda: _dtd("xl/workbook.xml"), "D06", None, None),
    "DTD in the relations": (lambda: _dtd("xl/_rels/workbook.xml.rels"), "D06", None, None),
    "DTD in the styles": (lambda: _dtd("xl/styles.xml"), "D06", None, None),
    "DTD in a sheet that is no data": (lambda: _dtd("guide"), "D06", None, None),
    "DTD in UTF-16": (lambda: _dtd("xl/styles.xml", "utf-16"), "D06", None, None),
    "no template of ours": (_blank_book, "D07", None, None),
    "another template": (lambda: edited({"Listen!B1": "etwas"}), "D07", None, None),
    "without the hidden list": (lambda: _without_sheet("Listen"), "D07", None, None),
    "old version": (lambda: edited({"Listen!B2": "0"}), "D08", None, None),
    "missing sheet": (lambda: _without_sheet("Kontakte"), "D09", None, None),
    "renamed sheet": (lambda: _renamed_sheet("Kontakte", "Gespräche"), "D24", None, None),
    "sheet with a number behind its name": (lambda: _renamed_sheet("Kontakte", "Kontakte (2)"), "D24", None, None),
    "renamed form": (lambda: _renamed_sheet("Stammdaten", "Deckblatt"), "D24", None, None),
    "missing form": (lambda: _without_sheet("Stammdaten"), "D09", None, None),
    "missing column": (lambda: edited({"Bestand!B4": None}), "D10", "Bestand", None),
    "renamed column": (lambda: edited({"Personen!F4": "Erfasst"}), "D10", "Personen", None),
    "empty sheet": (lambda: edited({f"Verwaltung!{c}{r}": None for c in "ABCDEF" for r in range(1, 8)}), "D10", "Verwaltung", None),
    "header over another": (lambda: edited({"Personen!F4": "Zugang am*"}), "D25", "Personen", "F4"),
    "header over the one before it": (lambda: edited({"Personen!D4": "Angesprochen am"}), "D25", "Personen", "D4"),
    "header over another, in another case": (lambda: edited({"Bestand!B4": "stichtag"}), "D25", "Bestand", "B4"),
    "column twice": (lambda: edited({"Bestand!E4": "Anzahl"}), "D11", "Bestand", None),
    "missing line": (lambda: edited({"Stammdaten!A10": None}), "D12", "Stammdaten", None),
    "missing AGS line": (lambda: edited({"Stammdaten!A5": None}), "D12", "Stammdaten", None),
    "missing Leermeldung": (lambda: edited({"Stammdaten!A15": "Leermeldung"}), "D12", "Stammdaten", None),
    "line twice": (lambda: edited({"Stammdaten!A40": "AGS"}), "D12", "Stammdaten", None),
    "AGS empty": (lambda: edited({"Stammdaten!B5": None}), "D13", "Stammdaten", "B5"),
    "AGS in words": (lambda: edited({"Stammdaten!B5": "Büdingen"}), "D13", "Stammdaten", "B5"),
    "AGS too short": (lambda: edited({"Stammdaten!B5": Text("064400")}), "D13", "Stammdaten", "B5"),
    "AGS without its last digit": (lambda: edited({"Stammdaten!B5": Text("0644000")}), "D13", "Stammdaten", "B5"),
    "AGS too long": (lambda: edited({"Stammdaten!B5": Text("064400041")}), "D13", "Stammdaten", "B5"),
    "AGS is an error": (lambda: edited({"Stammdaten!B5": ErrorValue()}), "D13", "Stammdaten", "B5"),
    "Stichtag empty": (lambda: edited({"Stammdaten!B7": None}), "D14", "Stammdaten", "B7"),
    "Stichtag in words": (lambda: edited({"Stammdaten!B7": "Ende März"}), "D14", "Stammdaten", "B7"),
    "Stichtag impossible": (lambda: edited({"Stammdaten!B7": Text("31.06.2026")}), "D14", "Stammdaten", "B7"),
    "number empty": (lambda: edited({"Stammdaten!B8": None}), "D15", "Stammdaten", "B8"),
    "number zero": (lambda: edited({"Stammdaten!B8": 0}), "D15", "Stammdaten", "B8"),
    "number in words": (lambda: edited({"Stammdaten!B8": "eins"}), "D15", "Stammdaten", "B8"),
    "number with a fraction": (lambda: edited({"Stammdaten!B8": 1.5}), "D15", "Stammdaten", "B8"),
    "not on the roster": (lambda: edited({"Stammdaten!B5": Text("06440999")}), "D16", "Stammdaten", "B5"),
    "cell far away": (_far_cell, "D17", "Bestand", "A900000"),
    "project lead's AGS": (lambda: edited({"Stammdaten!B5": Text("00000000")}), "D19", "Stammdaten", "B5"),
    "municipality's AGS in the lead's workbook": (lambda: edited({"Stammdaten!B5": Text("06440004")}, builder.lead_valid()), "D19", "Stammdaten", "B5"),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_refused_as_a_file_with_one_message(name: str) -> None:
    make, rule, sheet, cell = FILES[name]
    workbook = examine(make())
    found = [(f.rule, f.severity.value, f.sheet, f.cell) for f in workbook.findings]
    assert found == [(rule, "error", sheet, cell)]
    assert workbook.refused
    assert workbook.tables == {}
    assert len(workbook.findings[0].remedy) > 20


@pytest.mark.usefixtures("afresh")
def test_a_file_that_inflates_beyond_measure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "MAX_INFLATED", 50_000)
    assert [f.rule for f in examine(builder.valid()).findings] == ["D22"]


@pytest.mark.usefixtures("afresh")
def test_a_file_of_too_many_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preflight, "MAX_PARTS", 5)
    assert [f.rule for f in examine(builder.valid()).findings] == ["D05"]


@pytest.mark.parametrize("name", ["abgabe.XLSX", "abgabe.xls", "abgabe.pdf", "abgabe", "Ordner/äöü.xlsm"])
def test_content_decides_not_the_extension(name: str) -> None:
    workbook = examine(builder.valid(), name=name)
    assert reported(workbook.findings) == []
    assert (workbook.file, workbook.ags) == (name, "06440004")
    assert [f.rule for f in examine(b"kein Excel", name="abgabe.xlsx").findings] == ["D01"]


def test_a_refused_file_keeps_the_key_that_could_be_read() -> None:
    workbook = examine(edited({"Bestand!B4": None}))
    key = workbook.key
    assert key is not None
    assert (key.ags, key.stichtag, key.number) == ("06440004", date(2026, 6, 30), 1)
    assert workbook.municipality == "Büdingen"


def test_the_template_version_is_read() -> None:
    version = expected.valid_workbook().template_version
    assert version in builder.rules().project.accepted_templates
    as_a_number = examine(edited({"Listen!B2": int(version or 0)}))
    assert reported(as_a_number.findings) == []
    assert as_a_number.template_version == version
