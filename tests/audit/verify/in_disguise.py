"""What somebody may do so that a comparison reads what was computed, and a reader sees something else."""

from __future__ import annotations

import copy
from collections.abc import Iterator

from lxml import etree

from tests.audit.verify.edited import DOCUMENT, MAIN, NS, Edited, Element
from tests.audit.verify.in_books import C, chart_part, first
from tests.audit.verify.table import OVERVIEW, TARGETS, TIMELINE, Manipulation, Spots

FOREIGN = "urn:x"
NEEDS, REGISTER = "Bedarfe und Angebote", "Nachweisregister"
UNKNOWN = "Bestandteile, die das Programm nicht kennt"


def disguised(element: Element) -> Element:
    """The same in a namespace that programs pass over."""
    other = copy.deepcopy(element)
    for one in other.iter():
        one.tag = f"{{{FOREIGN}}}{etree.QName(one).localname}"
    return other


def disguises(s: Spots) -> Iterator[Manipulation]:
    share, status = s.shares[-1], s.statuses[-1]
    yield Manipulation(
        "Wert hinter einem, den Programme übergehen",
        lambda e: _value(e, share),
        f"Zelle {share}: im Bericht „0,99“",
    )
    yield Manipulation(
        "Wert nur, wo Programme ihn übergehen",
        lambda e: _only_there(e, status),
        f"Zelle {status}: im Bericht leer",
    )
    yield Manipulation(
        "Fußzeile hinter einer, die Programme übergehen",
        _footer,
        "Blatt Maßnahme 1: Fußzeile: im Bericht „Mitte: geprüft“",
    )
    yield Manipulation("zwei Fußzeilen", _two_footers, f"Blatt Maßnahme 2: enthält {UNKNOWN}", named=True)
    yield Manipulation("Zeilen außerhalb der Tabelle", _outside, "Blatt AMIF, ", apart=True)
    yield Manipulation(
        "Diagramm nicht mehr gezeigt", _no_drawing, f"Blatt {NEEDS}: Diagramm: fehlt", apart=True
    )
    yield Manipulation(
        "Titel hinter einem, den Programme übergehen", _axis_title, "Titel der 1. Achse: im Bericht „Jahr“"
    )
    yield Manipulation(
        "Beschriftung aller Reihen",
        lambda e: first(e.chart_of(OVERVIEW), "barChart").append(
            chart_part('<c:dLbls><c:showSerName val="1"/></c:dLbls>')
        ),
        "Beschriftung aller Reihen: im Bericht „Reihe“",
    )
    yield Manipulation(
        "Farbe der Beschriftung",
        lambda e: first(e.chart_of(OVERVIEW), "dLbls", "srgbClr").set("val", "3c8d5a"),
        "Schrift 3C8D5A",
    )
    yield Manipulation(
        "Zeichnungsfläche verschoben", _layout, "Lage der Zeichnungsfläche: im Bericht „eigene“"
    )
    yield Manipulation(
        "Schriftfarbe des Fensters",
        lambda e: e.font_value(TARGETS, s.statuses[-2], "color", indexed="65"),
        f"Zelle {s.statuses[-2]}: die Schrift ist nicht zu lesen, Weiß auf ",
    )
    yield Manipulation(
        "Schriftfarbe aus dem Farbschema",
        lambda e: e.font_value(TARGETS, s.statuses[-3], "color", theme="0", tint="-0.02"),
        f"Zelle {s.statuses[-3]}: die Schrift ist nicht zu lesen, #FAFAFA auf ",
    )
    yield Manipulation(
        "Leserichtung", lambda e: e.alignment(TARGETS, share, readingOrder="2"), f"Zelle {share}"
    )
    yield Manipulation(
        "Steuerelement alter Art", _control, f"Blatt {REGISTER}: enthält Steuerelemente", named=True
    )
    yield Manipulation(
        "Hinweis am Link",
        lambda e: e.child(TARGETS, "hyperlinks")[1].set("tooltip", "erreicht"),
        "Hinweis zum Link an Zelle ",
    )
    yield Manipulation(
        "Register der Blätter ausgeblendet",
        lambda e: first(e.book, "workbookView").set("showSheetTabs", "0"),
        "Einstellung der Arbeitsmappe, Register der Blätter: im Bericht „ausgeblendet“",
    )
    yield Manipulation(
        "Blatt unter demselben Namen",
        _same_name,
        "Blatt AMIF (zweimal): gehört nicht zum Bericht",
        apart=True,
    )
    yield Manipulation(
        "zweite Formatvorlagen",
        lambda e: e.relate("xl/workbook.xml", "styles", "styles.xml") and None,
        "Die Datei enthält mehrere Bestandteile, wo einer sein kann",
        named=True,
    )
    yield Manipulation(
        "bunte Tabelle",
        _table,
        f"Blatt {REGISTER}: Tabelle A1:B2: im Bericht „Neu (x, y) Weiss (eigenes Format)“",
    )


def _value(edited: Edited, address: str) -> None:
    value = edited.cell(TARGETS, address).find(f"{NS}v")
    assert value is not None
    value.addprevious(disguised(value))
    value.text = "0.99"


def _only_there(edited: Edited, address: str) -> None:
    cell = edited.cell(TARGETS, address)
    cell[:] = [disguised(e) for e in cell]


def _footer(edited: Edited) -> None:
    texts = edited.child("Maßnahme 1", "headerFooter")
    texts.addprevious(disguised(texts))
    next(texts.iter(f"{NS}oddFooter")).text = "&Cgeprüft"


def _two_footers(edited: Edited) -> None:
    texts = edited.child("Maßnahme 2", "headerFooter")
    other = copy.deepcopy(texts)
    next(other.iter(f"{NS}oddFooter")).text = "&Cgeprüft"
    texts.addnext(other)


def _outside(edited: Edited) -> None:
    """Rows where no program looks for them."""
    rows = edited.child("AMIF", "sheetData")
    place = etree.SubElement(edited.child("AMIF", "extLst"), f"{NS}ext")
    place.extend(list(rows)[2:])


def _no_drawing(edited: Edited) -> None:
    drawing = edited.child(NEEDS, "drawing")
    edited.sheet(NEEDS).remove(drawing)


def _axis_title(edited: Edited) -> None:
    title = first(edited.chart_of(OVERVIEW), "catAx", "title")
    title.addprevious(disguised(title))
    first(title, "t").text = "Jahr"


def _layout(edited: Edited) -> None:
    area = first(edited.chart_of(TIMELINE), "plotArea")
    for old in area.findall(f"{{{C}}}layout"):
        area.remove(old)
    area.insert(0, chart_part('<c:layout><c:manualLayout><c:h val="0.01"/></c:manualLayout></c:layout>'))


def _control(edited: Edited) -> None:
    edited.parts["xl/drawings/vml9.vml"] = (
        b'<xml xmlns:x="urn:schemas-microsoft-com:office:excel"><x:ClientData ObjectType="Label"/></xml>'
    )
    edited.relate(edited.part_of(REGISTER), "vmlDrawing", "../drawings/vml9.vml")


def _same_name(edited: Edited) -> None:
    entry = edited.sheet_entry("AMIF")
    other = copy.deepcopy(entry)
    edited.parts["xl/worksheets/sheet98.xml"] = f'<worksheet xmlns="{MAIN}"><sheetData/></worksheet>'.encode()
    other.set(f"{{{DOCUMENT}}}id", edited.relate("xl/workbook.xml", "worksheet", "worksheets/sheet98.xml"))
    other.set("sheetId", "98")
    entry.addnext(other)


def _table(edited: Edited) -> None:
    edited.parts["xl/tables/table99.xml"] = (
        f'<table xmlns="{MAIN}" id="9" displayName="Neu" ref="A1:B2"><tableColumns count="2"><tableColumn id="1" name="x"/><tableColumn id="2" name="y"/></tableColumns><tableStyleInfo name="Weiss"/></table>'.encode()
    )
    edited.relate(edited.part_of(REGISTER), "table", "../tables/table99.xml")
    styles = etree.SubElement(edited.xml("xl/styles.xml"), f"{NS}tableStyles")
    etree.SubElement(styles, f"{NS}tableStyle", name="Weiss")
