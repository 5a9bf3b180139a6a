"""What somebody may change in a report beside its cells: charts, drawings, comments, names, the file itself."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from tests.audit.verify.edited import DOCUMENT, MAIN, NS, Edited, Element
from tests.audit.verify.table import OVERVIEW, TARGETS, TIMELINE, Manipulation, Spots

A = "http://schemas.openxmlformats.org/drawingml/2006/main"
C = "http://schemas.openxmlformats.org/drawingml/2006/chart"
XDR = "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360f8cf50000003000180"
    "5b2bd43b0000000049454e44ae426082"
)
NEEDS = "Bedarfe und Angebote"


def chart_part(xml: str) -> Element:
    return etree.fromstring(f'<x xmlns:c="{C}" xmlns:a="{A}">{xml}</x>')[0]


def first(element: Element, *path: str) -> Element:
    """The first element below with this name, then below that …"""
    for name in path:
        element = next(element.iter(f"{{*}}{name}"))
    return element


def charts(_: Spots) -> Iterator[Manipulation]:
    rich = "<c:tx><c:rich><a:bodyPr/><a:p><a:r><a:t>Alle Ziele erreicht</a:t></a:r></a:p></c:rich></c:tx>"
    yield Manipulation(
        "Titel eines Diagramms",
        lambda e: first(e.chart_of(OVERVIEW), "chart").insert(0, chart_part(f"<c:title>{rich}</c:title>")),
        "Titel: im Bericht „Alle Ziele erreicht“, nachgerechnet leer",
    )
    yield Manipulation(
        "Titel einer Achse",
        lambda e: _text(first(e.chart_of(TIMELINE), "valAx", "title", "t"), "Prozent"),
        "Titel der 2. Achse: im Bericht „Prozent“, nachgerechnet „Anteil“",
    )
    yield Manipulation(
        "Achse beginnt woanders",
        lambda e: first(e.chart_of(TIMELINE), "valAx", "max").set("val", "0.3"),
        "Ende der 2. Achse: im Bericht „0,3“, nachgerechnet „1“",
    )
    yield Manipulation(
        "Achse umgedreht",
        lambda e: first(e.chart_of(NEEDS), "valAx", "orientation").set("val", "maxMin"),
        "Richtung der 2. Achse: im Bericht „absteigend“",
    )
    yield Manipulation(
        "gezeigter Wert eines Diagramms",
        lambda e: _text(first(e.chart_of(TIMELINE), "val", "pt", "v"), "0.9"),
        "Werte (gezeigt) der 1. Datenreihe: im Bericht „1: 0,9",
    )
    yield Manipulation(
        "gezeigte Rubrik",
        lambda e: _text(first(e.chart_of(TIMELINE), "cat", "pt", "v"), "31.12.2024"),
        "Rubriken (gezeigt) der 1. Datenreihe: im Bericht „1: 31.12.2024",
    )
    yield Manipulation(
        "gezeigter Name einer Reihe",
        lambda e: _text(first(e.chart_of(OVERVIEW), "ser", "tx", "pt", "v"), "✗ überfällig"),
        "Name (gezeigt) der 1. Datenreihe: im Bericht „1: ✗ überfällig“",
    )
    yield Manipulation(
        "anderer Bereich",
        lambda e: _text(first(e.chart_of(NEEDS), "val", "f"), "'Bedarfe und Angebote'!$C$6:$C$13"),
        "Werte (Bereich) der 1. Datenreihe: im Bericht „BEDARFEUNDANGEBOTE!C6:C13“",
    )
    yield Manipulation(
        "Farbe einer Reihe",
        lambda e: first(e.chart_of(OVERVIEW), "ser", "spPr", "srgbClr").set("val", "b3372f"),
        "Farbe der 1. Datenreihe: im Bericht „B3372F“",
    )
    yield Manipulation(
        "eigene Beschriftung eines Punkts",
        lambda e: first(e.chart_of(TIMELINE), "dLbls").insert(
            0, chart_part(f'<c:dLbl><c:idx val="2"/>{rich}</c:dLbl>')
        ),
        "3. „Alle Ziele erreicht“",
    )
    yield Manipulation(
        "Trendlinie",
        lambda e: first(e.chart_of(TIMELINE), "ser").append(
            chart_part('<c:trendline><c:trendlineType val="linear"/></c:trendline>')
        ),
        "Trendlinien: im Bericht „vorhanden“",
    )
    yield Manipulation(
        "Legende fehlt", lambda e: _remove(first(e.chart_of(NEEDS), "legend")), "Legende: im Bericht „keine“"
    )
    yield Manipulation(
        "Diagramm verschoben",
        lambda e: _text(first(e.xml(e.drawing_of(NEEDS)), "from", "row"), "0"),
        "Diagramm bei Zelle A15: liegt an anderer Stelle",
    )
    yield Manipulation(
        "Diagramm entfernt",
        lambda e: _remove(first(e.xml(e.drawing_of(OVERVIEW)), "twoCellAnchor")),
        "Blatt Übersicht: Diagramm: fehlt",
        apart=True,
    )
    yield Manipulation(
        "Text über dem Diagramm", _over_chart, "Formen oder Text über dem Diagramm: im Bericht „vorhanden“"
    )


def _over_chart(edited: Edited) -> None:
    edited.chart_of(TIMELINE)
    part = next(n for n, t in edited._trees.items() if "charts/chart" in n and t is edited.chart_of(TIMELINE))
    edited.parts["xl/drawings/over.xml"] = f'<c:userShapes xmlns:c="{C}"/>'.encode()
    edited.relate(part, "chartUserShapes", "../drawings/over.xml")


def _text(element: Element, text: str) -> None:
    element.text = text


def _remove(element: Element) -> None:
    parent = element.getparent()
    assert parent is not None
    parent.remove(element)


def _anchored(edited: Edited, sheet: str, xml: str) -> None:
    place = "<xdr:from><xdr:col>3</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>6</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:from><xdr:to><xdr:col>5</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>9</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:to>"
    anchor = etree.fromstring(
        f'<x xmlns:xdr="{XDR}" xmlns:a="{A}" xmlns:r="{DOCUMENT}"><xdr:twoCellAnchor>{place}{xml}<xdr:clientData/></xdr:twoCellAnchor></x>'
    )[0]
    edited.xml(edited.drawing_of(sheet)).append(anchor)


def _text_box(edited: Edited) -> None:
    _anchored(
        edited,
        TIMELINE,
        '<xdr:sp><xdr:nvSpPr><xdr:cNvPr id="9" name="T"/><xdr:cNvSpPr txBox="1"/></xdr:nvSpPr><xdr:txBody><a:bodyPr/><a:p><a:r><a:t>erreicht</a:t></a:r></a:p></xdr:txBody></xdr:sp>',
    )


def _picture(edited: Edited) -> None:
    edited.parts["xl/media/image9.png"] = PNG
    id_ = edited.relate(edited.drawing_of(NEEDS), "image", "../media/image9.png")
    _anchored(
        edited,
        NEEDS,
        f'<xdr:pic><xdr:nvPicPr><xdr:cNvPr id="8" name="B"/><xdr:cNvPicPr/></xdr:nvPicPr><xdr:blipFill><a:blip r:embed="{id_}"/></xdr:blipFill></xdr:pic>',
    )


def objects(_: Spots) -> Iterator[Manipulation]:
    yield Manipulation(
        "Textfeld über Zahlen",
        _text_box,
        "Blatt Zeitschiene: Form oder Textfeld bei Zelle D7: gehört nicht zum Bericht „erreicht“",
    )
    yield Manipulation(
        "Bild über Zahlen",
        _picture,
        "Blatt Bedarfe und Angebote: Bild bei Zelle D7: gehört nicht zum Bericht",
    )
    yield Manipulation(
        "Kommentar",
        lambda e: _comment(
            e,
            "comments",
            f'<comments xmlns="{MAIN}"><authors><author>x</author></authors><commentList><comment ref="B7" authorId="0"><text><t>geprüft</t></text></comment></commentList></comments>',
        ),
        "Kommentar an Zelle B7: im Bericht „geprüft“",
    )
    yield Manipulation(
        "Kommentar mit Antworten",
        lambda e: _comment(
            e,
            "threadedComment",
            '<ThreadedComments xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"><threadedComment ref="B8" id="{1}"><text>stimmt</text></threadedComment></ThreadedComments>',
        ),
        "Kommentar an Zelle B8: im Bericht „stimmt“",
    )
    yield Manipulation(
        "Ziel eines Links",
        lambda e: e.child(TARGETS, "hyperlinks")[0].set("location", "Herkunft!C99"),
        "Link an Zelle ",
    )
    yield Manipulation("Link nach außen", _outward, "Link an Zelle A1: im Bericht „https://example.org“")
    yield Manipulation(
        "Sparklines",
        lambda e: e.add(
            "AMIF",
            "extLst",
            '<ext uri="y"><s:sparklineGroups xmlns:s="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"/></ext>',
        ),
        "Blatt AMIF: enthält kleine Diagramme in Zellen",
        named=True,
    )
    yield Manipulation(
        "Hintergrundbild",
        lambda e: e.child("Abgaben", "picture").set(f"{{{DOCUMENT}}}id", "rId9"),
        "Blatt Abgaben: enthält ein Hintergrundbild",
        named=True,
    )


def _comment(edited: Edited, kind: str, xml: str) -> None:
    edited.parts[f"xl/{kind}9.xml"] = xml.encode()
    type_ = (
        "http://schemas.microsoft.com/office/2017/10/relationships/threadedComment"
        if kind == "threadedComment"
        else kind
    )
    edited.relate(edited.part_of(TARGETS), type_, f"../{kind}9.xml")


def _outward(edited: Edited) -> None:
    id_ = edited.relate(edited.part_of(TARGETS), "hyperlink", "https://example.org", external=True)
    link = etree.SubElement(edited.child(TARGETS, "hyperlinks"), f"{NS}hyperlink", ref="A1")
    link.set(f"{{{DOCUMENT}}}id", id_)


def files(_: Spots) -> Iterator[Manipulation]:
    book = "xl/workbook.xml"
    yield Manipulation(
        "definierter Name",
        lambda e: _named(e, "Quote", "0.75"),
        "Definierter Name Quote: im Bericht „0.75“, nachgerechnet leer",
    )
    yield Manipulation(
        "Titel der Datei",
        lambda e: _text(first(e.xml("docProps/core.xml"), "title"), "KISI – Bericht zum 31.12.2026"),
        "Eigenschaften der Datei, Titel: im Bericht „KISI – Bericht zum 31.12.2026“",
    )
    yield Manipulation(
        "Verfasser der Datei",
        lambda e: _text(first(e.xml("docProps/core.xml"), "creator"), "Landesrechnungshof"),
        "Eigenschaften der Datei, Verfasser: im Bericht „Landesrechnungshof“",
    )
    yield Manipulation(
        "eigene Eigenschaft", _property, "Eigenschaften der Datei, Eigenschaft „Geprüft“: im Bericht „ja“"
    )
    yield Manipulation(
        "Verknüpfung mit anderer Datei",
        lambda e: _part(e, book, "externalLink", "externalLinks/externalLink1.xml"),
        "gehört: Verknüpfung mit einer anderen Datei.",
    )
    yield Manipulation(
        "Datenverbindung",
        lambda e: _part(e, book, "connections", "connections.xml"),
        "gehört: Datenverbindung.",
    )
    yield Manipulation("Makros", lambda e: _part(e, book, "vbaProject", "vbaProject.bin"), "gehört: Makros.")
    yield Manipulation(
        "eigene Daten (XML)",
        lambda e: _part(e, book, "customXml", "../customXml/item1.xml"),
        "gehört: eigene Daten (XML).",
    )
    yield Manipulation(
        "eingebettetes Objekt",
        lambda e: _part(e, e.part_of("AMIF"), "oleObject", "../embeddings/o.bin"),
        "gehört: eingebettetes Objekt.",
    )
    yield Manipulation(
        "unbekannter Bestandteil",
        lambda e: _part(e, book, "neuesDing", "neu.xml"),
        "Bestandteile, die das Programm nicht kennt",
        named=True,
    )
    yield Manipulation(
        "Datumssystem 1904",
        lambda e: first(e.book, "workbookPr").set("date1904", "1"),
        "Einstellung der Arbeitsmappe, Datumssystem: im Bericht „1904“",
    )
    yield Manipulation(
        "Berechnung von Hand",
        lambda e: first(e.book, "calcPr").set("calcMode", "manual"),
        "Einstellung der Arbeitsmappe, Berechnung: im Bericht „von Hand“",
    )
    yield Manipulation(
        "Genauigkeit wie angezeigt",
        lambda e: first(e.book, "calcPr").set("fullPrecision", "0"),
        "Genauigkeit: im Bericht „wie angezeigt“",
    )
    yield Manipulation("Blatt dazu", _sheet_added, "Blatt Nachtrag: gehört nicht zum Bericht")
    yield Manipulation(
        "Blatt umbenannt",
        lambda e: e.sheet_entry("Herkunft").set("name", "Herkunft alt"),
        "Blatt Herkunft: fehlt oder wurde umbenannt.",
        apart=True,
    )
    yield Manipulation(
        "Blätter vertauscht",
        lambda e: e.sheet_entry("AMIF").addprevious(e.sheet_entry("Regelwerk")),
        "steht an ",
        apart=True,
    )


def _named(edited: Edited, name: str, text: str) -> None:
    etree.SubElement(first(edited.book, "definedNames"), f"{NS}definedName", name=name).text = text


def _part(edited: Edited, owner: str, kind: str, target: str) -> None:
    folder = "xl/" if owner.endswith("workbook.xml") else "xl/worksheets/"
    name = "/".join(
        p for p in (folder + target).replace("xl/worksheets/../", "xl/").replace("xl/../", "").split("/")
    )
    edited.parts[name] = b"<x/>"
    edited.relate(owner, kind, target)


def _property(edited: Edited) -> None:
    edited.parts["docProps/custom.xml"] = (
        b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"><property fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}" pid="2" name="Gepr\xc3\xbcft"><vt:lpwstr>ja</vt:lpwstr></property></Properties>'
    )


def _sheet_added(edited: Edited) -> None:
    edited.parts["xl/worksheets/sheet99.xml"] = f'<worksheet xmlns="{MAIN}"><sheetData/></worksheet>'.encode()
    id_ = edited.relate("xl/workbook.xml", "worksheet", "worksheets/sheet99.xml")
    entry = etree.SubElement(first(edited.book, "sheets"), f"{NS}sheet", name="Nachtrag", sheetId="99")
    entry.set(f"{{{DOCUMENT}}}id", id_)
