"""What somebody may change in the cells of a report that LibreOffice has saved: values and looks."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from tests.audit.verify.edited import MAIN, NS, Edited
from tests.audit.verify.table import (
    FILES,
    OVERVIEW,
    REGISTER,
    SIGN_OFF,
    TARGETS,
    X14,
    Manipulation,
    Spots,
)


def set_value(edited: Edited, sheet: str, address: str, xml: str) -> None:
    """``<v>…</v>`` as written, in place of the stored value."""
    cell = edited.cell(sheet, address)
    for old in cell.findall(f"{NS}v"):
        cell.remove(old)
    cell.append(etree.fromstring(f'<x xmlns="{MAIN}">{xml}</x>')[0])


def set_text(edited: Edited, sheet: str, address: str, xml: str) -> None:
    """An inline text as written, in place of what stands there."""
    cell = edited.cell(sheet, address)
    cell[:] = [etree.fromstring(f'<x xmlns="{MAIN}"><is>{xml}</is></x>')[0]]
    cell.set("t", "inlineStr")


def values(s: Spots) -> Iterator[Manipulation]:
    share, status = s.shares[1], s.statuses[0]
    yield Manipulation(
        "gespeicherter Wert einer Formel",
        lambda e: set_value(e, TARGETS, share, "<v>0.75</v>"),
        f"Zelle {share}: im Bericht „0,75“",
    )
    yield Manipulation(
        "Kommentar mitten im Wert",
        lambda e: set_value(e, TARGETS, s.count, "<v>9<!-- x -->99</v>"),
        f"Zelle {s.count}: im Bericht „999“",
    )
    yield Manipulation(
        "Verarbeitungsanweisung mitten im Text",
        lambda e: set_text(e, TARGETS, status, "<t>er<?x y?>füllt</t>"),
        f"Zelle {status}: im Bericht „erfüllt“",
    )
    yield Manipulation(
        "Text in Stücken",
        lambda e: set_text(e, TARGETS, s.statuses[1], "<r><t>nicht </t></r><r><t>bewertbar</t></r>"),
        f"Zelle {s.statuses[1]}: im Bericht „nicht bewertbar“",
    )
    yield Manipulation(
        "Lautschrift über dem Text",
        lambda e: set_text(
            e,
            TARGETS,
            s.statuses[2],
            f"<t>{s._computed.sheets[TARGETS].cells[s.statuses[2]].value}</t><rPh sb='0' eb='1'><t>erreicht</t></rPh>",
        ),
        f"Zelle {s.statuses[2]}: zeigt Lautschrift",
    )
    yield Manipulation(
        "Formel durch ihren Wert ersetzt",
        lambda e: _without_formula(e, s.shares[2]),
        f"Zelle {s.shares[2]}: Formel im Bericht keine",
    )
    yield Manipulation(
        "Formel über mehrere Zellen",
        lambda e: e.cell(TARGETS, s.shares[3]).find(f"{NS}f").set("t", "array"),
        f"Zelle {s.shares[3]}: Formel im Bericht „={{",
    )  # type: ignore[union-attr]
    yield Manipulation(
        "Datentabelle",
        lambda e: e.cell(TARGETS, s.shares[4]).find(f"{NS}f").set("t", "dataTable"),
        f"Zelle {s.shares[4]}: Formel im Bericht „=Datentabelle",
    )  # type: ignore[union-attr]
    yield Manipulation(
        "Bild in der Zelle",
        lambda e: e.cell(TARGETS, s.statuses[3]).set("vm", "1"),
        f"Zelle {s.statuses[3]}: zeigt ein Objekt statt des Werts",
    )
    yield Manipulation("Zelle zweimal", lambda e: _twice(e, s.statuses[4]), f"{s.statuses[4]} (zweimal)")
    yield Manipulation(
        "Formel im Freigabefeld",
        lambda e: e.cell(SIGN_OFF, "B6").append(etree.fromstring(f'<f xmlns="{MAIN}">1+1</f>')),
        "Zelle B6: Formel im Bericht „=1+1“",
    )


def _without_formula(edited: Edited, address: str) -> None:
    cell = edited.cell(TARGETS, address)
    cell.remove(cell.find(f"{NS}f"))  # type: ignore[arg-type]


def _twice(edited: Edited, address: str) -> None:
    cell = edited.cell(TARGETS, address)
    other = etree.fromstring(etree.tostring(cell))
    cell.addnext(other)


def looks(s: Spots) -> Iterator[Manipulation]:
    c = s.shares[5:]
    t = s.statuses[5:]
    yield Manipulation(
        "Zahlenformat mit fester Zahl",
        lambda e: e.format(TARGETS, s.share, '"75,00 %"'),
        f"Zelle {s.share}: Zahlenformat zeigt „75,00 %“, berechnet wird „",
    )
    yield Manipulation(
        "Zahlenformat, das verbirgt",
        lambda e: e.format(TARGETS, c[0], ";;;"),
        f"Zelle {c[0]}: Zahlenformat zeigt nichts",
    )
    yield Manipulation(
        "Zahlenformat mit Bedingung",
        lambda e: e.format(TARGETS, c[1], '[<2]"erfüllt";0'),
        f"Zelle {c[1]}: Zahlenformat zeigt „erfüllt“",
    )
    yield Manipulation(
        "Zahlenformat, das färbt",
        lambda e: e.format(TARGETS, c[2], "[White]0.00 %"),
        f"Zelle {c[2]}: Zahlenformat färbt den Wert",
    )
    yield Manipulation(
        "Zahlenformat für Texte",
        lambda e: e.format(TARGETS, t[0], '0;0;0;"erreicht"'),
        f"Zelle {t[0]}: Zahlenformat zeigt „erreicht“",
    )
    yield Manipulation(
        "Zahlenformat als Bruch",
        lambda e: e.format(TARGETS, c[3], "# ?/?"),
        f"Zelle {c[3]}: das Zahlenformat „# ?/?“ lässt sich nicht vergleichen",
        named=True,
    )
    yield Manipulation(
        "weiße Schrift",
        lambda e: e.font_value(TARGETS, t[1], "color", rgb="FFFEFEFE"),
        f"Zelle {t[1]}: die Schrift ist nicht zu lesen, #FEFEFE auf ",
    )
    yield Manipulation(
        "weiße Schrift aus der Palette",
        lambda e: e.font_value(TARGETS, c[4], "color", indexed="1"),
        f"Zelle {c[4]}: die Schrift ist nicht zu lesen, Weiß auf Weiß",
    )
    yield Manipulation(
        "Schriftgröße 1",
        lambda e: e.font_value(TARGETS, t[2], "sz", val="1"),
        f"Zelle {t[2]}: Schriftgröße 1, nachgerechnet 9",
    )
    yield Manipulation(
        "Symbolschrift",
        lambda e: e.font_value(TARGETS, t[3], "name", val="Wingdings"),
        f"Zelle {t[3]}: Schriftart Wingdings",
    )
    yield Manipulation(
        "durchgestrichen",
        lambda e: e.font_value(TARGETS, t[4], "strike", val="true"),
        f"Zelle {t[4]}: Schrift durchgestrichen",
    )
    yield Manipulation(
        "Hintergrund wie die Schrift",
        lambda e: e.fill(
            TARGETS, t[5], '<patternFill patternType="solid"><fgColor rgb="FF1A1A1A"/></patternFill>'
        ),
        f"Zelle {t[5]}: die Schrift ist nicht zu lesen, #1A1A1A auf #1A1A1A",
    )
    yield Manipulation(
        "Farbe eines anderen Status",
        lambda e: e.fill(
            TARGETS, t[6], '<patternFill patternType="solid"><fgColor rgb="FF00B050"/></patternFill>'
        ),
        f"Zelle {t[6]}: Hintergrund #00B050",
    )
    yield Manipulation(
        "Muster über der Zelle",
        lambda e: e.fill(
            TARGETS, t[7], '<patternFill patternType="darkTrellis"><fgColor rgb="FF000000"/></patternFill>'
        ),
        f"Zelle {t[7]}: Muster des Hintergrunds",
    )
    yield Manipulation(
        "Text gedreht",
        lambda e: e.alignment(TARGETS, t[8], textRotation="90"),
        f"Zelle {t[8]}: Ausrichtung gedreht um 90",
    )
    yield Manipulation(
        "Inhalt wiederholt",
        lambda e: e.alignment(TARGETS, c[5], horizontal="fill"),
        f"Zelle {c[5]}: Ausrichtung Inhalt wiederholt",
    )
    title = s.titles[0]
    text = s._computed.sheets[OVERVIEW].cells[title].value
    white = '<rPr><sz val="9"/><color rgb="FFFFFFFF"/><rFont val="Arial"/></rPr>'
    yield Manipulation(
        "ein Wort in weißer Schrift",
        lambda e: set_text(
            e, OVERVIEW, title, f"<r>{white}<t>{str(text)[:5]}</t></r><r><t>{str(text)[5:]}</t></r>"
        ),
        f"Zelle {title}: ein Teil des Textes: Schriftfarbe Weiß",
    )
    yield Manipulation(
        "bedingte Formatierung, die verbirgt",
        _conditional,
        "Bedingte Formatierung für A1:A9: im Bericht „Formel TRUE → Schrift FFFFFF“",
    )
    yield Manipulation(
        "bedingte Formatierung neuer Art",
        lambda e: e.add(
            REGISTER, "extLst", f'<ext uri="x"><y:conditionalFormattings xmlns:y="{X14}"/></ext>'
        ),
        "Blatt Nachweisregister: enthält bedingte Formate neuer Art",
        named=True,
    )
    yield Manipulation(
        "Datenbalken",
        lambda e: _rule(
            e,
            FILES,
            "A1:A3",
            '<cfRule type="dataBar" priority="9"><dataBar><cfvo type="min"/><cfvo type="max"/><color rgb="FFFF0000"/></dataBar></cfRule>',
        ),
        "Blatt Abgaben: Bedingte Formatierung für A1:A3: im Bericht „dataBar",
    )


def _conditional(edited: Edited) -> None:
    number = edited.conditional_look('<dxf><font><color rgb="FFFFFFFF"/></font></dxf>')
    _rule(
        edited,
        OVERVIEW,
        "A1:A9",
        f'<cfRule type="expression" dxfId="{number}" priority="1"><formula>TRUE</formula></cfRule>',
    )


def _rule(edited: Edited, sheet: str, where: str, xml: str) -> None:
    block = etree.Element(f"{NS}conditionalFormatting", sqref=where)
    block.append(etree.fromstring(f'<x xmlns="{MAIN}">{xml}</x>')[0])
    root = edited.sheet(sheet)
    place = root.find(f"{NS}mergeCells")
    (place if place is not None else root.find(f"{NS}sheetData")).addnext(block)  # type: ignore[union-attr]
