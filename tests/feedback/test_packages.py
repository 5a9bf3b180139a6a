"""Copies of workbooks that other programs and other people's work have left their traces in."""

from __future__ import annotations

import io
import pickle
import re
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import replace

import openpyxl
import pytest
from lxml import etree
from openpyxl.comments import Comment

from pipeline.definitions.foreign import escaped
from pipeline.definitions.model import State
from pipeline.feedback import FEEDBACK_TITLE, LetterContext, feedback, feedback_batch, task_of
from pipeline.feedback.notes import _shapes
from pipeline.selection import Submission
from pipeline.xlsx.sheet_cells import SheetCells
from tests import builder, cell_edits
from tests.cell_edits import pack, unpack
from tests.feedback.soundness import assert_sound
from tests.feedback.test_feedback import (
    BROKEN,
    CORRECTED,
    broken_bytes,
    edit,
    examined,
    marked,
    noted,
    returned,
)
from tests.template.office import needs_libreoffice, recalculate

PERSONS = "xl/worksheets/sheet5.xml"
RELATIONS = "xl/worksheets/_rels/sheet5.xml.rels"
TYPES = "[Content_Types].xml"
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
SHEETML = "application/vnd.openxmlformats-officedocument.spreadsheetml"
STRICT = {
    cell_edits.MAIN: "http://purl.oclc.org/ooxml/spreadsheetml/main",
    REL: "http://purl.oclc.org/ooxml/officeDocument/relationships",
}
# 1 × 1 pixel
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f64540"
    "0000000049454e44ae426082"
)
DRAWING = (
    '<xdr:wsDr xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><xdr:oneCellAnchor><xdr:from><xdr:col>9'
    "</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>1</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:from><xdr:ext "
    'cx="90000" cy="90000"/><xdr:pic><xdr:nvPicPr><xdr:cNvPr id="2" name="Wappen"/><xdr:cNvPicPr/>'
    f'</xdr:nvPicPr><xdr:blipFill><a:blip xmlns:r="{REL}" r:embed="rId1"/><a:stretch><a:fillRect/></a:stretch>'
    '</xdr:blipFill><xdr:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="90000" cy="90000"/></a:xfrm><a:prstGeom '
    'prst="rect"><a:avLst/></a:prstGeom></xdr:spPr></xdr:pic><xdr:clientData/></xdr:oneCellAnchor></xdr:wsDr>'
)
HEADER_PICTURE = (
    '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel"><v:shape id="LH" o:spid="_x0000_s1025" '
    'type="#_x0000_t75" style="width:20pt;height:20pt"><v:imagedata o:relid="rId1" o:title="w"/></v:shape></xml>'
)
X14 = (
    '<extLst><ext xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main" '
    'uri="{78C0D931-6437-407d-A8EE-F0AAD7539E65}"><x14:conditionalFormattings><x14:conditionalFormatting '
    'xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"><x14:cfRule type="dataBar" '
    'id="{11111111-2222-4333-8444-555555555555}"><x14:dataBar minLength="0" maxLength="100"><x14:cfvo '
    'type="autoMin"/><x14:cfvo type="autoMax"/><x14:negativeFillColor rgb="FFFF0000"/><x14:axisColor '
    'rgb="FF000000"/></x14:dataBar></x14:cfRule><xm:sqref>D5:D9</xm:sqref></x14:conditionalFormatting>'
    "</x14:conditionalFormattings></ext></extLst>"
)


def relations(*rows: tuple[str, str, str]) -> bytes:
    """(id, end of the type or a whole one, target)"""
    lines = "".join(
        f'<Relationship Id="{i}" Type="{t if ":" in t else f"{REL}/{t}"}" Target="{to}"/>'
        for i, t, to in rows
    )
    return f'<Relationships xmlns="{PACKAGE}">{lines}</Relationships>'.encode()


def typed(types: bytes, **parts: str) -> bytes:
    """Content types with more parts (``a__b`` is written for ``a/b`` below xl) and pictures."""
    lines = "".join(
        f'<Override PartName="/xl/{p.replace("__", "/")}.xml" ContentType="{t}"/>' for p, t in parts.items()
    )
    if b'Extension="png"' not in types:
        lines = f'<Default Extension="png" ContentType="image/png"/>{lines}'
    return types.replace(b"</Types>", lines.encode() + b"</Types>")


def at_end(xml: bytes, elements: str) -> bytes:
    return xml.replace(b"</worksheet>", elements.encode() + b"</worksheet>")


def with_notes(data: bytes, cells: Iterable[str] = ("C6", "A8", "B5")) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(data))
    for cell in cells:
        book["Personen"][cell].comment = Comment("Papier liegt vor", "Amt 50")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def with_pictures(data: bytes) -> bytes:
    """A coat of arms on the sheet and one in the header of its printed pages, and newer conditional formats."""
    parts = unpack(data)
    tail = f'<drawing xmlns:r="{REL}" r:id="rId1"/><legacyDrawingHF xmlns:r="{REL}" r:id="rId2"/>{X14}'
    return pack(
        parts
        | {
            PERSONS: at_end(parts[PERSONS], tail),
            RELATIONS: relations(
                ("rId1", "drawing", "../drawings/drawing1.xml"),
                ("rId2", "vmlDrawing", "../drawings/vmlDrawing1.vml"),
            ),
            "xl/drawings/drawing1.xml": DRAWING.encode(),
            "xl/drawings/_rels/drawing1.xml.rels": relations(("rId1", "image", "../media/image1.png")),
            "xl/drawings/vmlDrawing1.vml": HEADER_PICTURE.encode(),
            "xl/drawings/_rels/vmlDrawing1.vml.rels": relations(("rId1", "image", "../media/image1.png")),
            "xl/media/image1.png": PNG,
            TYPES: typed(
                parts[TYPES], drawings__drawing1="application/vnd.openxmlformats-officedocument.drawing+xml"
            ).replace(
                b"</Types>",
                b'<Default Extension="vml" ContentType="application/vnd.openxmlformats-officedocument.'
                b'vmlDrawing"/></Types>',
            ),
        }
    )


def with_threads(data: bytes) -> bytes:
    """A thread of comments as newer versions of Excel keep it: beside a note that stands in for it."""
    parts = unpack(with_notes(data))
    ms = "http://schemas.microsoft.com/office/2017/10/relationships"
    ns = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"
    rels = parts[RELATIONS].replace(
        b"</Relationships>",
        f'<Relationship Id="rIdT" Type="{ms}/threadedComment" Target="../threadedComments/threadedComment1.xml"/>'
        "</Relationships>".encode(),
    )
    book = parts["xl/_rels/workbook.xml.rels"].replace(
        b"</Relationships>",
        f'<Relationship Id="rIdP" Type="{ms}/person" Target="persons/person.xml"/></Relationships>'.encode(),
    )
    thread = (
        f'<ThreadedComments xmlns="{ns}"><threadedComment ref="C6" dT="2026-09-01T08:00:00.00" '
        'personId="{0A}" id="{0B}"><text>Papier liegt vor</text></threadedComment></ThreadedComments>'
    )
    person = f'<personList xmlns="{ns}"><person displayName="Amt 50" id="{{0A}}" userId="a" providerId="None"/></personList>'
    return pack(
        parts
        | {
            RELATIONS: rels,
            "xl/_rels/workbook.xml.rels": book,
            "xl/threadedComments/threadedComment1.xml": thread.encode(),
            "xl/persons/person.xml": person.encode(),
            TYPES: typed(
                parts[TYPES],
                threadedComments__threadedComment1="application/vnd.ms-excel.threadedcomments+xml",
                persons__person="application/vnd.ms-excel.person+xml",
            ),
        }
    )


def with_slicer(data: bytes) -> bytes:
    """A part that neither we nor openpyxl know, in relation to a sheet that gets marks."""
    parts = unpack(data)
    ms = "http://schemas.microsoft.com/office"
    slicers = f'<slicers xmlns="{ms}/spreadsheetml/2009/9/main"><slicer name="S" cache="C" rowHeight="1"/></slicers>'
    return pack(
        parts
        | {
            RELATIONS: relations(("rIdKisi1", f"{ms}/2007/relationships/slicer", "/xl/slicers/slicer1.xml")),
            "xl/slicers/slicer1.xml": slicers.encode(),
            TYPES: typed(parts[TYPES], slicers__slicer1="application/vnd.ms-excel.slicer+xml"),
        }
    )


def strict(data: bytes) -> bytes:
    parts = unpack(data)
    for name, part in parts.items():
        if name.endswith((".xml", ".rels")):
            for old, new in STRICT.items():
                part = part.replace(old.encode(), new.encode())  # noqa: PLW2901
            parts[name] = part
    return pack(parts)


def single_quoted(data: bytes) -> bytes:
    parts = unpack(data)
    for name in [n for n in parts if n.startswith("xl/w") or n == "xl/styles.xml"]:
        parts[name] = re.sub(rb"""([\w:]+)="([^"'<]*)"(?=[^<]*>)""", rb"\1='\2'", parts[name])
    return pack(parts)


def prefixed(data: bytes) -> bytes:
    """The main namespace under a prefix, as some libraries write it."""
    parts = unpack(data)
    for name in [
        n for n in parts if n.startswith("xl/worksheets/sheet") or n in ("xl/styles.xml", "xl/workbook.xml")
    ]:
        xml = re.sub(rb"<(/?)([A-Za-z]+)(?=[\s/>])", rb"<\1x:\2", parts[name])
        parts[name] = xml.replace(
            b' xmlns="' + cell_edits.MAIN.encode(), b' xmlns:x="' + cell_edits.MAIN.encode()
        )
    return pack(parts)


CASES: dict[str, Callable[[bytes], bytes]] = {
    "notes": with_notes,
    "pictures": with_pictures,
    "threads": with_threads,
    "slicer": with_slicer,
    "strict": strict,
    "single-quoted": single_quoted,
    "prefixed": prefixed,
}


@pytest.fixture(scope="module")
def copies() -> dict[str, tuple[bytes, bytes]]:
    """Name of the case → the file and its annotated copy."""
    files = {name: make(broken_bytes()) for name, make in CASES.items()}
    return {name: (data, returned(data)[0]) for name, data in files.items()}


@pytest.mark.filterwarnings("ignore:Conditional Formatting extension")
@pytest.mark.parametrize("case", CASES)
def test_a_copy_is_sound_and_marks_every_cell(copies: dict[str, tuple[bytes, bytes]], case: str) -> None:
    before, after = copies[case]
    assert cell_edits.unpack(before).keys() <= cell_edits.unpack(after).keys()
    assert_sound(after)
    if case != "strict":  # openpyxl does not read it; LibreOffice does, below
        assert set(marked(after)) == set(BROKEN)
        assert set(BROKEN) <= set(noted(after))


@pytest.mark.parametrize("case", CASES)
def test_a_copy_is_read_again_as_it_was(copies: dict[str, tuple[bytes, bytes]], case: str) -> None:
    before, after = copies[case]
    one, two = examined(before)[0], examined(after)[0]
    assert (one.content, one.findings) == (two.content, two.findings)
    assert_sound(returned(after)[0])


def test_what_is_not_ours_stays_byte_for_byte(copies: dict[str, tuple[bytes, bytes]]) -> None:
    foreign = re.compile(r"drawing1\.|media|threaded|persons|slicer|vmlDrawing1\.vml\.rels")
    seen = 0
    for case in ("pictures", "threads", "slicer"):
        before, after = map(unpack, copies[case])
        for name in filter(foreign.search, before):
            assert after[name] == before[name], name
            seen += 1
    assert seen > 6
    assert unpack(copies["pictures"][1])["xl/drawings/vmlDrawing1.vml"] == HEADER_PICTURE.encode()
    sheet = unpack(copies["pictures"][1])[PERSONS].decode()
    tags = ("<drawing ", "<legacyDrawing ", "<legacyDrawingHF ", "<extLst>")
    assert sorted(tags, key=sheet.index) == list(tags)
    assert 'id="{11111111-2222-4333-8444-555555555555}"' in sheet


def test_names_of_a_sheet_still_belong_to_it(copies: dict[str, tuple[bytes, bytes]]) -> None:
    """Repeated headers and filters are kept under the number of the sheet, and a sheet came in front."""
    for case in ("notes", "prefixed", "single-quoted"):
        root = etree.fromstring(unpack(copies[case][1])["xl/workbook.xml"])
        sheets = [e.get("name") for e in root.iter() if etree.QName(e).localname == "sheet"]
        names = [e for e in root.iter() if e.get("localSheetId")]
        assert sheets[0] == FEEDBACK_TITLE
        assert len(names) > 20
        for name in names:
            title = (name.text or "").split("!")[0].strip("'")
            assert sheets[int(name.get("localSheetId", ""))] == title


def test_sheets_renamed_and_moved_since_do_not_mix_up_the_notes() -> None:
    """The first Rückmeldung was kept under another name, and a sheet was moved: no part is written over."""
    parts = unpack(returned(broken_bytes())[0])
    book = parts["xl/workbook.xml"].decode().replace(f'name="{FEEDBACK_TITLE}"', 'name="Erste Antwort"')
    sheets = re.findall(r"<sheet .*?/>", book)
    moved = [sheets[0], *sheets[3:], *sheets[1:3]]
    book = re.sub(r"<sheets>.*</sheets>", f"<sheets>{''.join(moved)}</sheets>", book)
    data = pack(parts | {"xl/workbook.xml": re.sub(r"<definedName .*?</definedName>", "", book).encode()})
    copy = returned(data)[0]
    assert_sound(copy)
    titles = openpyxl.load_workbook(io.BytesIO(copy)).sheetnames
    assert titles[:2] == [FEEDBACK_TITLE, "Erste Antwort"]
    assert {place for place in marked(copy) if place[0] != "Erste Antwort"} == set(BROKEN)
    assert set(noted(copy)) == set(BROKEN)


def test_a_sheet_without_rows_and_a_row_with_an_extension() -> None:
    ns = f'xmlns="{cell_edits.MAIN}"'
    empty = etree.fromstring(
        f'<worksheet {ns}><cols><col min="2" max="3" style="7"/></cols><sheetData/></worksheet>'
    )
    SheetCells(empty).get("B7")
    assert (
        etree.tostring(empty[1]).decode() == f'<sheetData {ns}><row r="7"><c r="B7" s="7"/></row></sheetData>'
    )
    row = '<row r="2" spans="1:2"><c/><c r="D2"/><extLst/></row>'
    some = etree.fromstring(f"<worksheet {ns}><sheetData><!-- --><row/>{row}<row/></sheetData></worksheet>")
    cells = SheetCells(some)
    for address in ("E2", "C2", "A2", "A9"):
        cells.get(address)
    assert [c.get("r") for c in some[0][2]] == [None, "C2", "D2", "E2", None]
    assert "spans" not in some[0][2].attrib
    assert [r.get("r") for r in some[0].iter(f"{{{cell_edits.MAIN}}}row")] == [None, "2", None, "9"]


UNUSUAL = {
    "no styles": lambda parts: {n: p for n, p in parts.items() if n != "xl/styles.xml"}
    | {"xl/_rels/workbook.xml.rels": re.sub(rb"<Relationship [^>]*styles[^>]*>", b"", parts["xl/_rels/workbook.xml.rels"])},
    "a drawing of notes that is not one": lambda parts: parts
    | {n: b"<xml/>" for n in parts if n.lower().endswith("vml")},
}  # fmt: skip


@pytest.mark.parametrize("case", UNUSUAL)
def test_where_a_copy_is_not_possible_there_is_a_letter(case: str) -> None:
    data = pack(UNUSUAL[case](unpack(with_notes(broken_bytes(), ["C6"]))))
    workbook, state = examined(data)
    copy, letter = feedback(workbook, state, data, builder.rules())
    assert copy is None
    assert "zurückgewiesen" in letter
    assert "liegt bei" not in letter


SHAPE = '<v:shape id="_x0000_s{}"><x:Row>{}</x:Row><x:Column>2</x:Column></v:shape>'


def test_a_drawing_of_notes_is_looked_through_once() -> None:
    """Starts without an end, with one prefix and with many: going back for each of them would take hours."""
    many = "".join(f"<p{n}:shape " for n in range(30_000)) + "<v:shape " * 100_000
    rows = "".join(SHAPE.format(1025 + row, row) for row in range(3))
    drawing = f"<xml>{rows}<v:shape r='1'/>{many}</xml>".encode()
    found = [drawing[start:end] for start, end in _shapes(drawing)]
    assert found == [SHAPE.format(1025 + row, row).encode() for row in range(3)] + [b"<v:shape r='1'/>"]


def with_things_outside(data: bytes) -> bytes:
    """Links, pictures and objects that load from elsewhere, a signature, and links that may stay."""
    parts = unpack(with_pictures(data))
    links = {
        "h1": "https://kommune.example/akte", "h2": "mailto:amt@example.org", "h3": "akten/1.pdf",
        "h4": r"\\server\freigabe\x", "h5": "javascript:alert(1)", "h6": "file://server/x.exe",
    }  # fmt: skip
    tail = "".join(f'<hyperlink ref="A{n}" r:id="{i}"/>' for n, i in enumerate(links, start=6))
    hyperlinks = f'<hyperlinks xmlns:r="{REL}">{tail}</hyperlinks>'.encode()
    parts[PERSONS] = re.sub(rb"<(?=printOptions|pageMargins)", hyperlinks + b"<", parts[PERSONS], count=1)
    outside = [(i, "hyperlink", target) for i, target in links.items()]
    outside += [
        ("o1", "oleObject", "file:///C:/x.doc"),
        ("a1", "attachedTemplate", "https://x.example/t.dotm"),
    ]
    parts[RELATIONS] = with_more(parts[RELATIONS], outside)
    drawing = "xl/drawings/_rels/drawing1.xml.rels"
    parts[drawing] = with_more(parts[drawing], [("p1", "image", "http://spur.example/1.png")])
    vml = parts["xl/drawings/vmlDrawing1.vml"]
    parts["xl/drawings/vmlDrawing1.vml"] = vml.replace(b"o:relid", b'src="http://spur.example/2.png" o:relid')
    dde = f'<externalLink xmlns="{cell_edits.MAIN}"><ddeLink ddeService="cmd" ddeTopic="/c calc"/></externalLink>'
    book = "xl/_rels/workbook.xml.rels"
    link = f'<Relationship Id="e1" Type="{REL}/externalLink" Target="/xl/dde.xml"/></Relationships>'
    parts[book] = parts[book].replace(b"</Relationships>", link.encode())
    sign = f'<Relationship Id="s1" Type="{PACKAGE}/digital-signature/origin" Target="_xmlsignatures/origin.sigs"/>'
    parts["_rels/.rels"] = parts["_rels/.rels"].replace(
        b"</Relationships>", f"{sign}</Relationships>".encode()
    )
    signature = relations(("g1", f"{PACKAGE}/digital-signature/signature", "sig1.xml"))
    return pack(
        parts
        | {
            "xl/dde.xml": dde.encode(),
            "_xmlsignatures/origin.sigs": b"",
            "_xmlsignatures/_rels/origin.sigs.rels": signature,
            "_xmlsignatures/sig1.xml": b"<Signature/>",
            TYPES: typed(parts[TYPES], dde=f"{SHEETML}.externalLink+xml").replace(
                b"</Types>",
                b'<Override PartName="/_xmlsignatures/sig1.xml" ContentType="application/xml"/>'
                b'<Default Extension="sigs" ContentType="application/x"/></Types>',
            ),
        }
    )


def with_more(relations_part: bytes, outside: list[tuple[str, str, str]]) -> bytes:
    lines = "".join(
        f'<Relationship Id="{i}" Type="{REL}/{kind}" Target="{target}" TargetMode="External"/>'
        for i, kind, target in outside
    )
    return relations_part.replace(b"</Relationships>", f"{lines}</Relationships>".encode())


def test_what_loads_from_elsewhere_and_a_signature_stay_out_and_are_reported() -> None:
    data = with_things_outside(broken_bytes())
    copy, letter = returned(data)
    assert_sound(copy)
    after = unpack(copy)
    everything = b"".join(part for part in after.values())
    for gone in (
        b"server",
        b"javascript:",
        b"x.doc",
        b"spur.example",
        b"t.dotm",
        b'ddeService="cmd',
        b"/c calc",
    ):
        assert gone not in everything, gone
    for kept in (b"https://kommune.example/akte", b"mailto:amt@example.org", b"akten/1.pdf"):
        assert kept in after[RELATIONS]
    assert after[RELATIONS].count(b"about:blank") == 5
    assert not any("_xmlsignatures" in name for name in after)
    assert b"digital-signature" not in after["_rels/.rels"]
    listed = [
        "In der Kopie fehlt: 8 Verweise, die Inhalte von anderswo laden oder ausführen (Bilder, Objekte, "
        "Verknüpfungen).",
        "In der Kopie fehlt: die digitale Signatur, denn sie gilt nur für Ihre unveränderte Datei.",
    ]
    assert [line for line in letter.splitlines() if line.startswith("In der Kopie")] == listed
    first = openpyxl.load_workbook(io.BytesIO(copy))[FEEDBACK_TITLE]
    shown = [str(row[0]) for row in first.iter_rows(values_only=True)]
    assert [s for s in shown if s.startswith("In dieser Kopie fehlt")] == [
        line.replace("der Kopie", "dieser Kopie") for line in listed
    ]


def test_a_full_table_of_formats_has_no_room_for_marks() -> None:
    parts = unpack(broken_bytes())
    styles = etree.fromstring(parts["xl/styles.xml"])
    formats = next(e for e in styles if etree.QName(e).localname == "cellXfs")
    formats.extend([etree.fromstring(etree.tostring(formats[0])) for _ in range(65_490 - len(formats))])
    data = pack(parts | {"xl/styles.xml": etree.tostring(styles)})
    workbook, state = examined(data)
    copy, letter = feedback(workbook, state, data, builder.rules())
    assert copy is None
    assert "liegt bei" not in letter


def test_a_fill_of_the_municipality_comes_back() -> None:
    """Their own colour, and one of the theme."""
    book = openpyxl.load_workbook(io.BytesIO(broken_bytes()))
    fills = {"B5": openpyxl.styles.Color(rgb="FF00B0F0"), "B6": openpyxl.styles.Color(theme=7, tint=0.4)}
    for cell, colour in fills.items():
        book["Personen"][cell].fill = openpyxl.styles.PatternFill("solid", fgColor=colour)
    out = io.BytesIO()
    book.save(out)
    first = returned(edit(out.getvalue(), {("Personen", "B6"): "Gruppe 9"}))[0]
    assert ("Personen", "B6") in marked(first)
    second = returned(edit(first, {**CORRECTED, ("Personen", "B6"): builder.G6}))[0]
    sheet = openpyxl.load_workbook(io.BytesIO(second))["Personen"]
    assert sheet["B5"].fill.fgColor.rgb == "FF00B0F0"
    assert (sheet["B6"].fill.fgColor.theme, sheet["B6"].fill.fgColor.tint) == (7, 0.4)


OPENED = ("notes", "pictures", "strict", "prefixed")


# --- with LibreOffice ---------------------------------------------------------------------------------


def locked_row_marked() -> tuple[bytes, str]:
    """A warning on the grey of a computed row; and its cell."""
    return returned(edit(broken_bytes(), {("Meilensteine", "G5"): "erfüllt"}))[0], "G5"


@pytest.fixture(scope="module")
def saved(
    copies: dict[str, tuple[bytes, bytes]], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, bytes]:
    """Each copy opened and saved by LibreOffice, and the broken file as well; one call for all."""
    folder = tmp_path_factory.mktemp("office")
    files = {name: copies[name][1] for name in OPENED}
    files |= {"broken": broken_bytes(), "grey": locked_row_marked()[0]}
    for name, data in files.items():
        (folder / f"{name}.xlsx").write_bytes(data)
    out = recalculate(folder, [folder / f"{name}.xlsx" for name in files])
    return {name: (out / f"{name}.xlsx").read_bytes() for name in files}


class TestLibreOffice:
    pytestmark = needs_libreoffice

    def test_opens_every_copy(self, saved: dict[str, bytes]) -> None:
        for case in OPENED:
            assert openpyxl.load_workbook(io.BytesIO(saved[case])).sheetnames[0] == FEEDBACK_TITLE, case
            assert set(marked(saved[case])) == set(BROKEN), case
            assert set(BROKEN) <= set(noted(saved[case])), case

    def test_a_file_that_it_saved_is_marked_and_cleaned(self, saved: dict[str, bytes]) -> None:
        copy = returned(saved["broken"])[0]
        assert_sound(copy)
        assert set(marked(copy)) == set(noted(copy)) == set(BROKEN)
        again = returned(edit(saved["notes"], CORRECTED))[0]
        assert set(marked(again)) == {("Kontakte", "B5")}
        assert noted(again)["Personen", "C6"] == "Papier liegt vor"
        assert noted(again)["Personen", "B5"] == "Papier liegt vor"

    def test_what_a_mark_covered_comes_back(self, saved: dict[str, bytes]) -> None:
        """No fill stays no fill, grey stays grey, though LibreOffice writes background colours of its own."""
        again = returned(edit(saved["grey"], {**CORRECTED, ("Meilensteine", "G5"): None}))[0]
        book = openpyxl.load_workbook(io.BytesIO(again))
        assert book["Personen"]["B5"].fill.fill_type is None
        assert book["Meilensteine"]["G5"].fill.fgColor.rgb == "FFD9D9D9"


def test_what_is_not_touched_goes_on_as_it_was_packed() -> None:
    """Stored and deflated parts, with a description behind them; the sums still hold."""
    source, out = broken_bytes(), io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(source)) as given, zipfile.ZipFile(_Pipe(out), "w") as archive:
        for number, name in enumerate(given.namelist()):
            method = zipfile.ZIP_STORED if number % 2 else zipfile.ZIP_DEFLATED
            archive.writestr(name, given.read(name), method, 1)
    copy = returned(out.getvalue())[0]
    with zipfile.ZipFile(io.BytesIO(copy)) as archive, zipfile.ZipFile(out) as given:
        assert archive.testzip() is None
        before = {i.filename: i for i in given.infolist()}
        kept = [i for i in archive.infolist() if i.filename in before and i.CRC == before[i.filename].CRC]
        assert {i.compress_type for i in kept} == {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
        for info in kept:
            assert info.compress_size == before[info.filename].compress_size
            assert archive.read(info.filename) == given.read(info.filename)
    assert_sound(copy)


class _Pipe(io.RawIOBase):
    """A target that cannot go back: lengths and sums then stand behind each part."""

    def __init__(self, target: io.BytesIO) -> None:
        self._target = target

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        return self._target.write(data)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("=1+1", "=1+1"),
        ("a\x01b\ud800", "a\\x01b\\ud800"),
        ("<r>&</r>", "<r>&</r>"),
        ("_x0041_", "_x005F_x0041_"),
    ],  # as openpyxl reads it; Excel shows _x0041_
)
def test_a_name_is_text_in_the_first_sheet(name: str, shown: str) -> None:
    workbook, state = examined(broken_bytes())
    odd = replace(workbook, municipality=name)
    copy, letter = feedback(odd, state, broken_bytes(), builder.rules())
    assert copy is not None
    assert escaped(name) in letter
    cell = openpyxl.load_workbook(io.BytesIO(copy))[FEEDBACK_TITLE]["A2"]
    assert str(cell.value).startswith(f"{shown} ·")
    assert (cell.data_type, cell.quotePrefix) == ("s", True)


def test_a_task_can_be_sent_to_another_process() -> None:
    data, rules = builder.valid(), builder.rules()
    workbook, state = examined(data)
    assert state is State.ACCEPTED
    task = task_of(Submission(workbook, state), data, rules, LetterContext())
    (again,) = feedback_batch([pickle.loads(pickle.dumps(task))])  # noqa: S301  - our own
    assert again == feedback(workbook, state, data, rules)
    assert "Noch nicht erreicht (Stand an Ihrem Berichtsstichtag):" in again[1]
