"""What a sheet's XML says is what is read, or it is reported with its cell; the file's own word is not believed."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from pipeline.reading import package as intake
from pipeline.reading.package import RawSheet, Refused, read_raw
from pipeline.reading.package.preflight import MAX_RATIO, open_package, plain_xml
from pipeline.reading.package.sheetwalk import shared_texts, walked
from pipeline.reading.package.special import SheetXml, merged_areas, ordinary
from tests import builder, cell_edits, expected
from tests.cell_edits import ErrorValue, Formula

SHEETS = ("Stammdaten", "Personen", "Bedarfe", "Meilensteine", "Prüfung", "Stand")
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
FORMATS = ("0", "14", "20", "46", "22")  # number, date, time, duration, date with time
STYLES = "".join(f'<xf numFmtId="{n}"/>' for n in FORMATS)


def _sheet(rows: str, before: str = "", after: str = "") -> str:
    return (
        f'<worksheet xmlns="{MAIN}" xmlns:x="{MAIN}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>'
    )


def _relations(*relations: tuple[str, str, str]) -> str:
    inside = "".join(f'<Relationship Id="{i}" Type="{OFFICE}/{k}" Target="{t}"/>' for i, k, t in relations)
    return f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{inside}</Relationships>'


def _parts(sheet: str, texts: str = "", properties: str = "") -> dict[str, bytes]:
    """The smallest workbook, with one sheet ``Bestand``."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    parts = {
        "[Content_Types].xml": f'<Types><Override PartName="/xl/workbook.xml" ContentType="{kind}"/></Types>',
        "_rels/.rels": _relations(("r1", "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:q="{OFFICE}">{properties}<sheets><sheet name="Bestand" sheetId="1" q:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _relations(
            ("r1", "worksheet", "blatt.xml"), ("r2", "styles", "formate.xml"), ("r3", "sharedStrings", "texte.xml")
        ),
        "xl/blatt.xml": sheet,
        "xl/formate.xml": f'<styleSheet xmlns="{MAIN}"><cellXfs count="99999999">{STYLES}</cellXfs></styleSheet>',
        "xl/texte.xml": f'<sst xmlns="{MAIN}" uniqueCount="99999999999999">{texts}</sst>',
    }  # fmt: skip
    return {name: part.encode() for name, part in parts.items()}


def _read(sheet: str, texts: str = "", properties: str = "") -> RawSheet:
    return read_raw(cell_edits.pack(_parts(sheet, texts, properties)), "Bestand".__eq__).sheets["Bestand"]


def _refusal(data: bytes) -> tuple[str, str | None, str | None]:
    with pytest.raises(Refused) as caught:
        read_raw(data, "Bestand".__eq__)
    found = caught.value.finding
    return found.rule, found.sheet, found.cell


def _refused(sheet: str) -> tuple[str, str | None, str | None]:
    return _refusal(cell_edits.pack(_parts(sheet)))


# --- cells --------------------------------------------------------------------------------------------

VALUES: dict[str, tuple[str, Any]] = {
    "number": ("<c{}><v>12.5</v></c>", 12.5),
    "number with exponent": ("<c{}><v>1E+2</v></c>", 100.0),
    "number with a comment in it": ("<c{}><v>5<!-- -->0</v></c>", 50.0),
    "number in CDATA": ("<c{}><v><![CDATA[50]]></v></c>", 50.0),
    "number in references": ("<c{}><v>&#53;&#48;</v></c>", 50.0),
    "number with a processing instruction": ("<c{}><v>5<?x y?>0</v></c>", 50.0),
    "number with spaces": ("<c{}><v> 50 </v></c>", 50.0),
    "negative number": ("<c{}><v>-3</v></c>", -3.0),
    "formula": ("<c{}><f>25*2</f><v>50</v></c>", 50.0),
    "formula behind its result": ("<c{}><v>50</v><f>25*2</f></c>", 50.0),
    "formula with an empty text": ('<c{} t="str"><f>""</f><v></v></c>', ""),
    "text of a formula": ('<c{} t="str"><f>A1</f><v>a &amp; b</v></c>', "a & b"),
    "truth": ('<c{} t="b"><v>1</v></c>', True),
    "truth in a word": ('<c{} t="b"><v>false</v></c>', False),
    "inline text": ('<c{} t="inlineStr"><is><t>Büro</t></is></c>', "Büro"),
    "inline text in pieces": ('<c{} t="inlineStr"><is><r><t>Bü</t></r><r><rPr><b/></rPr><t>ro</t></r></is></c>', "Büro"),
    "inline text with its reading": ('<c{} t="inlineStr"><is><t>漢</t><rPh sb="0" eb="1"><t>kan</t></rPh></is></c>', "漢"),
    "inline text with a line end": ('<c{} t="inlineStr"><is><t>a_x000D_b</t></is></c>', "a\rb"),
    "kept spaces": ('<c{} t="inlineStr"><is><t xml:space="preserve"> a </t></is></c>', " a "),
    "shared text": ('<c{} t="s"><v>0</v></c>', "erster"),
    "shared text in pieces, with its reading": ('<c{} t="s"><v>1</v></c>', "zweiter"),
    "shared text of nothing": ('<c{} t="s"><v>2</v></c>', ""),
    "shared text that looks missing": ('<c{} t="s"><v>3</v></c>', "NA"),
    "date": ('<c{} s="1"><v>46112</v></c>', date(2026, 3, 31)),
    "date with time": ('<c{} s="4"><v>46112.5</v></c>', datetime(2026, 3, 31, 12)),  # noqa: DTZ001
    "time": ('<c{} s="2"><v>0.5</v></c>', time(12)),
    "duration": ('<c{} s="3"><v>1.5</v></c>', timedelta(days=1.5)),
    "number too large for its date format": ('<c{} s="3"><v>100000000000</v></c>', 1e11),
    "date of Strict files": ('<c{} t="d"><v>2026-03-31</v></c>', date(2026, 3, 31)),
    "date of Strict files in UTC": ('<c{} t="d"><v>2026-03-31T12:00:00Z</v></c>', datetime(2026, 3, 31, 12)),  # noqa: DTZ001
    "more than the cell's value": ("<c{}><v>7</v><extLst><ext><v>8</v></ext></extLst></c>", 7.0),
}  # fmt: skip
TEXTS = "<si><t>erster</t></si><si><r><t>zwei</t></r><r><t>ter</t></r><rPh sb='0' eb='1'><t>x</t></rPh></si><si><t/></si><si><t>NA</t></si>"
UNREADABLE = {
    "word for a number": "<c{}><v>fünf</v></c>",
    "no number": "<c{}><v>NaN</v></c>",
    "infinite number": "<c{}><v>1e999</v></c>",
    "hexadecimal number": "<c{}><v>0x10</v></c>",
    "shared text that is not there": '<c{} t="s"><v>4</v></c>',
    "shared text before the first": '<c{} t="s"><v>-1</v></c>',
    "shared text by a word": '<c{} t="s"><v>x</v></c>',
    "half true": '<c{} t="b"><v>2</v></c>',
    "unknown type": '<c{} t="neu"><v>1</v></c>',
    "date in words": '<c{} t="d"><v>gestern</v></c>',
    "inline text and a value": '<c{} t="inlineStr"><is><t>a</t></is><v>1</v></c>',
    "inline text without its element": '<c{} t="inlineStr"><v>1</v></c>',
}
ERRORS = (
    "#REF!",
    "#N/A",
    "#DIV/0!",
    "#SPILL!",
    "#CALC!",
    "#GETTING_DATA",
    "#BLOCKED!",
    "#CONNECT!",
    "#FIELD!",
)


def _cells(one: str) -> str:
    """A sheet with that cell in B2, between two others."""
    return _sheet(
        '<row r="1"><c r="A1"><v>1</v></c></row>'
        f'<row r="2">{one.format(" r=" + chr(34) + "B2" + chr(34))}<c r="C2"><v>3</v></c></row>'
    )


@pytest.mark.parametrize("name", VALUES)
def test_each_kind_of_cell_is_read_as_excel_shows_it(name: str) -> None:
    xml, wanted = VALUES[name]
    sheet = _read(_cells(xml), TEXTS)
    assert sheet.rows == [[1.0, "", ""], ["", wanted, 3.0]]
    assert type(sheet.rows[1][1]) is type(wanted)
    assert sheet.values == (3 if wanted != "" else 2)
    assert sheet.special.unread == set()


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_damaged_cell_is_reported_and_its_neighbours_are_read(name: str) -> None:
    sheet = _read(_cells(UNREADABLE[name]), TEXTS)
    assert sheet.special.unreadable == {(2, 2)}
    assert sheet.rows == [[1.0, "", ""], ["", "", 3.0]]


@pytest.mark.parametrize("error", ERRORS)
def test_every_error_value_is_one(error: str) -> None:
    sheet = _read(_cells(f'<c{{}} t="e"><f>X</f><v>{error}</v></c>'))
    assert sheet.special.errors == {(2, 2)}
    assert sheet.special.without_result == set()
    assert sheet.rows == [[1.0, "", ""], ["", "", 3.0]]


def test_a_damaged_cell_in_a_workbook_is_one_error_at_it() -> None:
    damaged = cell_edits.rewritten(
        "Bestand", lambda xml: xml.replace("<v>50</v>", "<v>fünfzig</v>", 1).replace("<v>7</v>", "<v>7</v>")
    )
    found = expected.examine(damaged).findings
    assert [(f.rule, f.sheet, f.cell) for f in found] == [("W15", "Bestand", "B7")]
    assert "fünfzig" not in found[0].message + found[0].remedy


def test_a_cell_with_something_but_no_value_has_its_place() -> None:
    """The last row and column hold nothing that the reading library returns."""
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="3"><c r="C3"><f>1+1</f></c></row>'
    sheet = _read(_sheet(rows))
    assert sheet.rows == [[1.0, "", ""], ["", "", ""], ["", "", ""]]
    assert sheet.special.without_result == {(3, 3)}


def test_the_1904_system_counts_from_another_day() -> None:
    sheet = _read(_cells('<c{} s="1"><v>44650</v></c>'), properties='<workbookPr date1904="true"/>')
    assert sheet.rows[1][1] == date(2026, 3, 31)


# --- addresses ----------------------------------------------------------------------------------------


def test_cells_without_addresses_are_counted() -> None:
    rows = '<row><c><v>1</v></c><c><v>2</v></c></row><row r="3"><c r="B3"><v>3</v></c><c><v>4</v></c></row>'
    assert _read(_sheet(rows)).rows == [[1.0, 2.0, ""], ["", "", ""], ["", 3.0, 4.0]]


def test_rows_and_cells_in_another_order_stand_where_they_say() -> None:
    rows = (
        '<row r="2"><c r="B2"><v>4</v></c><c r="A2"><v>3</v></c></row><row r="1"><c r="A1"><v>1</v></c></row>'
    )
    assert _read(_sheet(rows)).rows == [[1.0, ""], [3.0, 4.0]]


def test_prefixes_make_no_difference() -> None:
    rows = '<x:row r="1"><x:c r="A1" t="inlineStr"><x:is><x:t>a</x:t></x:is></x:c></x:row>'
    sheet = f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData>{rows}</x:sheetData></x:worksheet>'
    assert _read(sheet).rows == [["a"]]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_unicode_in_other_forms_is_read(encoding: str) -> None:
    parts = _parts("")
    xml = _sheet('<row r="1"><c r="A1" t="inlineStr"><is><t>Büro</t></is></c></row>')
    parts["xl/blatt.xml"] = xml.encode(encoding)
    assert read_raw(cell_edits.pack(parts), "Bestand".__eq__).sheets["Bestand"].rows == [["Büro"]]


FAR = {
    "last cell of the grid": ('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>', ("D17", "Bestand", "XFD1048576")),
    "text in the last column": ('<row r="5"><c r="XFD5" t="inlineStr"><is><t>a</t></is></c></row>', ("D17", "Bestand", "XFD5")),
    "one column too far": ('<row r="5"><c r="DA5"><v>1</v></c></row>', ("D17", "Bestand", "DA5")),
    "error value far away": ('<row r="200000"><c r="A200000" t="e"><v>#REF!</v></c></row>', ("D17", "Bestand", "A200000")),
    "both far, neither too far": ('<row r="90000"><c r="CZ90000"><v>1</v></c></row>', ("D17", "Bestand", "CZ90000")),
    "row that wraps around": ('<row r="4294967297"><c r="A4294967297"><v>1</v></c></row>', ("D05", "Bestand", None)),
    "row that wraps around without an address": ('<row r="4294967297"><c><v>1</v></c></row>', ("D05", "Bestand", None)),
    "row 0": ('<row r="0"><c r="A0"><v>1</v></c></row>', ("D05", "Bestand", None)),
    "row of minus one": ('<row r="-1"><c r="A1"><v>1</v></c></row>', ("D05", "Bestand", None)),
    "cell in another row": ('<row r="5"><c r="A6"><v>1</v></c></row>', ("D05", "Bestand", "A6")),
    "cell twice": ('<row r="5"><c r="A5"><v>1</v></c><c r="A5"><v>2</v></c></row>', ("D05", "Bestand", "A5")),
    "row twice": ('<row r="5"><c r="A5"><v>1</v></c></row><row r="5"><c r="A5"><v>2</v></c></row>', ("D05", "Bestand", "A5")),
    "two values in a cell": ('<row r="5"><c r="A5"><v>1</v><v>2</v></c></row>', ("D05", "Bestand", "A5")),
    "two formulas in a cell": ('<row r="5"><c r="A5"><f>1</f><f>2</f><v>1</v></c></row>', ("D05", "Bestand", "A5")),
    "cell in a foreign element": ('<row r="5"><neu><c r="A5"><v>1</v></c></neu></row>', ("D05", "Bestand", None)),
}  # fmt: skip


@pytest.mark.parametrize("name", FAR)
def test_what_lies_outside_is_reported(name: str) -> None:
    rows, wanted = FAR[name]
    assert _refused(_sheet(rows)) == wanted


EMPTY = {
    "one formatted cell in the last place": ('<row r="1048576"><c r="XFD1048576" s="1"/></row>', ""),
    "the last row of LibreOffice": ('<row r="1048576" customHeight="true" ht="12.8"></row>', ""),
    "whole columns formatted": ("".join(f'<row r="{r}"><c r="A{r}" s="1"/><c r="XFD{r}" s="1"/></row>' for r in range(2, 20_000)), ""),
    "the whole grid merged": ("", '<mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'),
}  # fmt: skip


@pytest.mark.parametrize("name", EMPTY)
def test_what_is_empty_is_no_hindrance(name: str) -> None:
    rows, after = EMPTY[name]
    sheet = _read(
        _sheet(f'<row r="1"><c r="A1"><v>1</v></c></row>{rows}', '<dimension ref="A1:XFD1048576"/>', after)
    )
    assert sheet.rows == [[1.0]]


# --- fast and slow say the same ---------------------------------------------------------------------------


def part(title: str, data: bytes) -> bytes:
    return cell_edits.unpack(data)[cell_edits.sheet_part(title, data)]


def _both(title: str, data: bytes) -> tuple[SheetXml | None, SheetXml]:
    texts = cell_edits.unpack(data).get("xl/sharedStrings.xml")
    return ordinary(part(title, data)), walked(title, part(title, data), shared_texts(texts) if texts else [])


@pytest.mark.parametrize("title", SHEETS)
def test_looking_finds_what_walking_finds(title: str) -> None:
    fast, slow = _both(title, builder.valid())
    assert fast is not None
    assert (fast.special, fast.values) == (slow.special, slow.values)


def test_all_sheets_read_the_same_either_way(monkeypatch: pytest.MonkeyPatch) -> None:
    edits = {"Personen!E5": ErrorValue(), "Personen!F6": Formula("1+1"), "Bestand!B7": Formula("25*2", 50)}
    data = cell_edits.edited(edits)
    fast = read_raw(data, bool)
    monkeypatch.setattr(intake, "ordinary", lambda _: None)
    assert read_raw(data, bool) == fast


def test_errors_formulas_and_hidden_rows_by_hand() -> None:
    data = cell_edits.edited({"Personen!E5": ErrorValue(), "Personen!F6": Formula("1+1")})
    found = ordinary(part("Personen", data).replace(b'<row r="7"', b'<row r="7" hidden="1"'))
    assert found is not None
    assert found.special.errors == {(5, 5)}
    assert found.special.hidden_rows == {7}
    assert (6, 6) in found.special.formulas
    below_header = {
        at for at in found.special.without_result if at[0] > 4
    }  # row 3 shows the next free number
    assert below_header == {(6, 6)}  # Formula() writes no result


def test_an_error_in_a_text_is_none() -> None:
    sheet = _read(_cells('<c{} t="inlineStr"><is><t>t="e" und hidden="1"</t></is></c>'))
    assert sheet.special.errors == sheet.special.hidden_rows == set()
    assert sheet.rows[1][1] == 't="e" und hidden="1"'


# --- the work grows with the length alone: at these, a pattern that goes back would take hours ----------


def test_merged_areas_are_found_in_one_look() -> None:
    words = b"mergeCell " * 300_000
    cells = b'<mergeCells a=">"><mergeCell ref="A1:B2"/><x:mergeCell n=">" ref="C3:D4"/></mergeCells>'
    assert merged_areas(b"<x>" + words + b"</x>" + cells + b"</worksheet>") == [(1, 1, 2, 2), (3, 3, 4, 4)]


def test_errors_are_found_in_one_look() -> None:
    text = b't="e" ' * 300_000
    xml = _sheet(
        '<row r="1"><c r="A1" t="inlineStr"><is><t>TEXT</t></is></c><c r="B1" t="e"><v>#REF!</v></c></row>'
    )
    sheet = ordinary(xml.encode().replace(b"TEXT", text))
    assert sheet is not None
    assert sheet.special.errors == {(1, 2)}


def test_a_declaration_behind_spaces_is_found_in_one_look() -> None:
    spaces = (" " * 300_000 + "<a/>").encode("utf-16")
    assert plain_xml(spaces) == b" " * 300_000 + b"<a/>"


# --- the file's word is not believed ------------------------------------------------------------------------


def _deflated(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def test_a_part_that_nobody_reads_must_be_sound_all_the_same() -> None:
    data = bytearray(cell_edits.pack(_parts(_cells("<c{}/>")) | {"docProps/app.xml": b"<a>Amt</a>"}))
    data[data.index(b"<a>Amt") + 3] ^= 1
    assert _refusal(bytes(data)) == ("D05", None, None)


def test_a_member_whose_own_header_has_another_name_is_refused() -> None:
    data = bytearray(cell_edits.pack(_parts(_cells("<c{}/>"))))
    place = data.index(b"xl/blatt.xml", data.index(b"PK\x01\x02"))
    data[place : place + 12] = b"xl/blats.xml"
    assert _refusal(bytes(data)) == ("D05", None, None)


@pytest.mark.parametrize("junk", [b"\0", b"PK\x05\x06" + bytes(18)])
def test_nothing_may_follow_the_zip(junk: bytes) -> None:
    assert _refusal(cell_edits.pack(_parts(_cells("<c{}/>"))) + junk) == ("D05", None, None)


def test_a_bomb_is_refused_before_it_is_large() -> None:
    bomb = _deflated(_parts(_cells("<c{}/>")) | {"xl/media/bild.png": bytes(MAX_RATIO * 30_000)})
    assert len(bomb) < 20_000
    assert _refusal(bomb) == ("D05", None, None)


def test_a_large_file_is_reported_to_be_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "MAX_INFLATED", 5_000)
    assert _refusal(cell_edits.pack(_parts(_sheet("")) | {"xl/bild.png": bytes(5_000)})) == (
        "D22",
        None,
        None,
    )


def test_a_part_is_inflated_once() -> None:
    package = open_package(cell_edits.pack(_parts(_sheet(""))), 100_000)
    assert package.part("xl/blatt.xml") is package.part("XL/Blatt.xml")


def test_a_panic_of_the_reading_library_is_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    panic = type("PanicException", (BaseException,), {})

    def panics(_: Any) -> None:
        raise panic

    monkeypatch.setattr(intake.python_calamine, "load_workbook", panics)
    assert _refused(_cells("<c{}/>")) == ("D18", None, None)


def test_ctrl_c_is_not_taken_for_a_panic(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupts(_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(intake.python_calamine, "load_workbook", interrupts)
    with pytest.raises(KeyboardInterrupt):
        _read(_cells("<c{}/>"))


EXCEL = (
    '<row r="1" spans="1:3" s="2" customFormat="1" ht="26.25" customHeight="1" x14ac:dyDescent="0.25">'
    '<c r="A1" s="2" t="s"><v>0</v></c><c r="B1" s="2"/><c r="C1" s="1"><v>4.5999999999999996</v></c></row>'
    '<row r="2" spans="1:3" hidden="1" x14ac:dyDescent="0.25"><c r="A2" t="str" cm="1">'
    '<f t="array" aca="1" ref="A2" ca="1">_xlfn.X(B1:B3)&amp;"a"</f><v>a</v></c>'
    '<c r="B2" s="1"><f t="shared" ref="B2:B3" si="0">C1*2</f><v>1E-3</v></c></row>'
    '<row r="3" spans="1:3"><c r="B3" s="1"><f t="shared" si="0"/><v>-7</v></c><c r="C3" t="b"><v>1</v></c></row>'
)
OFFICE_ROWS = (
    '<row r="1" customFormat="false" ht="12.8" hidden="false" customHeight="false" outlineLevel="0" collapsed="false">'
    '<c r="A1" s="1" t="s"><v>0</v></c><c r="B1" s="1" t="n"><v>46112</v></c></row>'
    '<row r="2" customFormat="false" ht="12.8" hidden="true" customHeight="false" outlineLevel="0" collapsed="false">'
    '<c r="A2" s="0" t="str"><f aca="false">A1</f><v>x</v></c><c r="B2" s="0" t="e"><f aca="false">1/0</f><v>#DIV/0!</v></c></row>'
    '<row r="1048576" customFormat="false" ht="12.8" hidden="false" customHeight="true" outlineLevel="0" collapsed="false"/>'
)  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "formulas", "errors", "values"),
    [(EXCEL, {(2, 1), (2, 2), (3, 2)}, set(), 6), (OFFICE_ROWS, {(2, 1), (2, 2)}, {(2, 2)}, 3)],
    ids=["Excel", "LibreOffice"],
)
def test_what_the_usual_programs_write_is_not_walked(
    rows: str, formulas: set[tuple[int, int]], errors: set[tuple[int, int]], values: int
) -> None:
    namespaces = 'xmlns:x="a" xmlns:x14ac="b"'
    found = ordinary(_sheet(rows).replace('xmlns:x="', f'{namespaces} xmlns:y="').encode())
    assert found is not None
    assert (found.special.formulas, found.special.errors, found.values) == (formulas, errors, values)
    assert found.special.hidden_rows == {2}
    assert found.special.without_result == set()
    assert b"<f" not in found.body


@pytest.mark.parametrize(
    "cell",
    [
        '<c{} t="inlineStr"><r><t>1</t></r><is><t>a</t></is></c>',
        "<c{}><v><r><t>1</t></r>37</v></c>",
        '<c{} t="inlineStr"><is><t>a<b>c</b></t></is></c>',
    ],
)
def test_elements_where_they_do_not_belong_are_refused_at_their_cell(cell: str) -> None:
    assert _refused(_cells(cell)) == ("D05", "Bestand", "B2")
