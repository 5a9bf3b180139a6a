"""Word forms: what content controls become, and what is never put into one."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import date

import pytest
from lxml import etree

from pipeline.report.ministry_form import FillTask, FormError, fill_batch, plan_form
from pipeline.report.ministry_form.figure_values import FigureValue
from pipeline.rules import Rules
from tests import builder

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
W15 = "http://schemas.microsoft.com/office/word/2012/wordml"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SAMPLE = builder.ROOT / "docs/beispiel/Formular_Kommune.docx"


def rules() -> Rules:
    return replace(builder.rules(), form=None)


def document(body: str, type_: str = f"{_TYPE}.main+xml") -> bytes:
    """A document of one part beside a picture that nobody touches."""
    parts = {
        "[Content_Types].xml": f'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="{type_}"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/document.xml": f'<w:document xmlns:w="{W}" xmlns:w15="{W15}" xmlns:w14="urn:w14"><w:body>{body}</w:body></w:document>',
        "word/media/image1.png": "Bild",
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return out.getvalue()


def control(tag: str, content: str = "<w:r><w:t>x</w:t></w:r>", settings: str = "") -> str:
    return f'<w:sdt><w:sdtPr><w:tag w:val="{tag}"/>{settings}</w:sdtPr><w:sdtContent>{content}</w:sdtContent></w:sdt>'


def line(*inside: str) -> str:
    return f"<w:p>{''.join(inside)}</w:p>"


def filled(body: str, *values: FigureValue) -> etree._Element:
    """The body after filling; ``values`` in the order of the controls."""
    plan = plan_form("f.docx", document(body), rules())
    assert len(plan.asked) == len(values)
    (done,) = fill_batch([FillTask(plan, values)])
    assert done is not None
    archive = zipfile.ZipFile(io.BytesIO(done.data))
    assert archive.read("word/media/image1.png") == b"Bild"
    return etree.fromstring(archive.read("word/document.xml"))[0]


def texts(body: etree._Element) -> list[str]:
    return ["".join(t.text or "" for t in p.iter(f"{{{W}}}t")) for p in body.iter(f"{{{W}}}p")]


def refused(body: str, name: str = "f.docx") -> str:
    with pytest.raises(FormError) as error:
        plan_form(name, document(body), rules())
    return "\n".join(error.value.problems)


# --- texts --------------------------------------------------------------------------------------------


def test_a_control_in_a_line_around_a_paragraph_and_around_a_cell() -> None:
    cell = control("KISI_name", f"<w:tc><w:tcPr/>{line('<w:r><w:t>alt</w:t></w:r>')}{line()}</w:tc>")
    body = filled(
        line("<w:r><w:t>Kommune: </w:t></w:r>", control("KISI_name"))
        + control("KISI_ags", line("<w:pPr><w:jc w:val='right'/></w:pPr>", "<w:r><w:t>a</w:t></w:r>") + line())
        + f"<w:tbl><w:tr>{cell}<w:tc><w:p/></w:tc></w:tr></w:tbl>",
        "Büdingen", "06440004", "Büdingen",
    )  # fmt: skip
    assert texts(body) == ["Kommune: Büdingen", "06440004", "Büdingen", ""]
    assert body.find(f".//{{{W}}}jc") is not None
    assert len(body.findall(f".//{{{W}}}tc")) == 2


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "–"),
        (1234, "1.234"),
        (date(2026, 6, 30), "30.06.2026"),
        ("zwei  Leerzeichen ", "zwei  Leerzeichen "),
        ("a\x01b", "a�b"),
    ],
)
def test_values_as_texts(value: FigureValue, shown: str) -> None:
    assert texts(filled(line(control("KISI_name")), value)) == [shown]


def test_the_prompt_goes_and_the_looks_stay() -> None:
    prompt = '<w:r><w:rPr><w:rStyle w:val="PlaceholderText"/></w:rPr><w:t>[Name]</w:t></w:r>'
    own = "<w:rPr><w:b/></w:rPr><w:showingPlcHdr/><w:dataBinding w:xpath='/a'/>"
    body = filled(line(control("KISI_name", prompt, own), control("KISI_ags", "<w:r><w:rPr><w:i/></w:rPr><w:t>x</w:t></w:r>")), "A", "B")  # fmt: skip
    first, second = body.iter(f"{{{W}}}r")
    assert [etree.QName(e).localname for e in first[0]] == ["b"]
    assert [etree.QName(e).localname for e in second[0]] == ["i"]
    assert body.find(f".//{{{W}}}showingPlcHdr") is None
    assert body.find(f".//{{{W}}}dataBinding") is None


def test_a_calendar_gets_its_date() -> None:
    body = filled(line(control("KISI_as_of", settings="<w:date w:fullDate='2020-01-01T00:00:00Z'/>"), control("KISI_name")), date(2026, 6, 30), "A")  # fmt: skip
    assert body.find(f".//{{{W}}}date").get(f"{{{W}}}fullDate") == "2026-06-30T00:00:00Z"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "text",
    ['=HYPERLINK("http://a")', '{ HYPERLINK "http://a" }', "http://a.example", "<w:instrText>", "] ]>"],
)
def test_a_text_never_becomes_a_field_or_a_link(text: str) -> None:
    body = filled(line(control("KISI_name", "<w:hyperlink><w:r><w:t>alt</w:t></w:r></w:hyperlink>")), text)
    assert texts(body) == [text]
    assert [etree.QName(e).localname for e in body.iter()][-3:] == ["sdtContent", "r", "t"]


# --- rows ---------------------------------------------------------------------------------------------


def row(*cells: str, settings: str = "<w15:repeatingSection/>", item: bool = True) -> str:
    inside = "".join(f"<w:tc>{line(c)}</w:tc>" for c in cells)
    content = f'<w:tr w14:paraId="0A">{inside}</w:tr>'
    if item:
        content = f"<w:sdt><w:sdtPr><w:id w:val='7'/><w15:repeatingSectionItem/></w:sdtPr><w:sdtContent>{content}</w:sdtContent></w:sdt>"
    return f"<w:tbl>{control('KISI_MS1.1.criteria', content, settings)}</w:tbl>"


@pytest.mark.parametrize("section", [True, False])
def test_a_row_for_each_criterion(section: bool) -> None:
    pattern = row(control("KISI_nr"), "<w:r><w:t>fest</w:t></w:r>", control("KISI_evidence"), item=section, settings="<w15:repeatingSection/>" if section else "")  # fmt: skip
    values = ("MS1.1a", "NW-1", "MS1.1b", None, "MS1.1c", "NW-1; NW-2", "MS1.1d", "NW-4")
    body = filled(pattern, *values)
    rows = [["".join(c.itertext()) for c in r.iter(f"{{{W}}}tc")] for r in body.iter(f"{{{W}}}tr")]
    assert rows == [
        ["MS1.1a", "fest", "NW-1"],
        ["MS1.1b", "fest", "–"],
        ["MS1.1c", "fest", "NW-1; NW-2"],
        ["MS1.1d", "fest", "NW-4"],
    ]
    assert [r.get("{urn:w14}paraId") for r in body.iter(f"{{{W}}}tr")] == ["0A", None, None, None]
    assert len(body.findall(f".//{{{W}}}id")) == int(section)


def test_rows_that_somebody_has_added_are_replaced() -> None:
    item = "<w:sdt><w:sdtPr><w15:repeatingSectionItem/></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>"
    items = item.format(line(control("KISI_nr"))) + item.format(line("<w:r><w:t>von Hand</w:t></w:r>"))
    body = filled(control("KISI_MS1.1.criteria", items, "<w15:repeatingSection/>"), "a", "b", "c", "d")
    assert texts(body) == ["a", "b", "c", "d"]


# --- what is refused ----------------------------------------------------------------------------------

FIELD = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (line("<w:r><w:t>leer</w:t></w:r>"), "Im Formular ist kein Inhaltssteuerelement benannt"),
        (line(control("KISI_farbe")), "Die Angabe „farbe“ gibt es nicht"),
        (line(control("KISI_name", settings="<w14:checkbox/>")), "das Steuerelement ist ein Kontrollkästchen."),
        (line(control("KISI_name", settings="<w:picture/>")), "das Steuerelement ist ein Bild."),
        (line(control("KISI_name", settings="<w15:repeatingSection/>")), "ist ein wiederholter Abschnitt."),
        (line("<w:hyperlink>", control("KISI_name"), "</w:hyperlink>"), "liegt in einem Link oder Feld."),
        (line("<w:fldSimple>", control("KISI_name"), "</w:fldSimple>"), "liegt in einem Link oder Feld."),
        (line(FIELD.format("begin"), control("KISI_name"), FIELD.format("end")), "liegt in einem Link oder Feld."),
        (line(control("KISI_name", FIELD.format("begin")), FIELD.format("end")), "liegt in einem Link oder Feld."),
        (line(control("KISI_name", control("KISI_ags"))), "im Steuerelement liegt ein weiteres."),
        (f"<w:tbl>{control('KISI_name', '<w:tr><w:tc><w:p/></w:tc></w:tr>')}</w:tbl>", "umfasst eine Tabelle oder mehrere Zellen."),
        (row("<w:r><w:t>fest</w:t></w:r>"), "in ihrer ersten Zeile braucht es Steuerelemente"),
        (row(control("KISI_farbe")), "Die Angabe „MS1.1a.farbe“ gibt es nicht"),
    ],
)  # fmt: skip
def test_controls_that_cannot_be_filled(body: str, text: str) -> None:
    assert text in refused(body)


def test_a_field_that_ends_before_the_control_is_no_obstacle() -> None:
    ended = FIELD.format("begin") + FIELD.format("end")
    assert texts(filled(line(ended, control("KISI_name", ended)), "A")) == ["A"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Meldung.docm", "Dateien der Art .docm werden nicht ausgefüllt: Öffnen Sie das Formular in Word und speichern Sie es mit „Datei → Speichern unter“ als „Word-Dokument (*.docx)“."),
        ("Meldung.xlsm", "Dateien der Art .xlsm werden nicht ausgefüllt: Öffnen Sie das Formular in Excel und speichern Sie es mit „Datei → Speichern unter“ als „Excel-Arbeitsmappe (*.xlsx)“."),
        ("Meldung.ods", "Dateien der Art .ods werden nicht ausgefüllt: Öffnen Sie das Formular in LibreOffice und speichern Sie es mit „Datei → Speichern unter“ als „Excel 2007–365 (.xlsx)“."),
        ("Meldung.ODT", "Dateien der Art .odt werden nicht ausgefüllt"),
        ("Meldung.pdf", "Ein Formular ist eine Excel-Arbeitsmappe (.xlsx) oder ein Word-Dokument (.docx)."),
        ("Meldung.xlsx", "Die Datei ist keine Excel-Arbeitsmappe."),
    ],
)  # fmt: skip
def test_other_kinds_of_files_get_one_sentence(name: str, text: str) -> None:
    assert text in refused(line(control("KISI_name")), name)


def test_macros_and_other_content_under_the_name_of_a_document() -> None:
    body = line(control("KISI_name"))
    with pytest.raises(FormError, match=r"\.docm werden nicht ausgefüllt"):
        plan_form("f.docx", document(body, "application/vnd.ms-word.document.macroEnabled.main+xml"), rules())
    broken = "Die Datei ist beschädigt oder ungewöhnlich aufgebaut und wird nicht gelesen."
    for data, text in (
        (b"kein Archiv", "Die Datei ist kein Word-Dokument."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Die Datei hat das alte Word-Format (.doc)."),
        (builder.valid(), "Die Datei ist kein Word-Dokument."),
        (
            document("<!DOCTYPE a>"),
            "Die Datei enthält eine Dokumenttyp-Definition (DTD) und wird nicht gelesen.",
        ),
        (document("<w:p>" + " " * 30_000_000 + "</w:p>"), broken),
        (document("<w:p>"), broken),
    ):
        with pytest.raises(FormError) as error:
            plan_form("f.docx", data, rules())
        assert error.value.problems == [text]


def test_the_tags_of_the_sample_are_found() -> None:
    plan = plan_form(SAMPLE.name, SAMPLE.read_bytes(), builder.rules())
    assert plan.for_each
    assert {"KISI_name", "KISI_targets", "KISI_MS1.1.criteria", "KISI_evidence"} <= set(plan.names)
