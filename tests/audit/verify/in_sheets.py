"""What somebody may change around the cells of a report that LibreOffice has saved: sizes, views, pages."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from tests.audit.verify.edited import MAIN, NS, Edited
from tests.audit.verify.table import (
    FILES,
    OVERVIEW,
    REGISTER,
    TARGETS,
    TIMELINE,
    Manipulation,
    Spots,
    row_of,
)


def sizes(s: Spots) -> Iterator[Manipulation]:
    row = row_of(s.statuses[10])
    yield Manipulation(
        "Zeilenhöhe 0,1",
        lambda e: _set(e.row(TARGETS, row), ht="0.1", customHeight="1"),
        f"Blatt Zielwerte: Zeile {row}: Höhe 0,1, nachgerechnet ",
    )
    yield Manipulation(
        "Zeile ausgeblendet",
        lambda e: _set(e.row(TARGETS, row + 1), hidden="1"),
        f"Blatt Zielwerte: Zeile {row + 1} ausgeblendet.",
    )
    yield Manipulation(
        "Gliederung zugeklappt",
        lambda e: [_set(e.row(FILES, r), hidden="1", outlineLevel="1") for r in (10, 11, 12)] and None,
        "Blatt Abgaben: Zeilen 10–12 ausgeblendet.",
    )
    yield Manipulation(
        "Spalte ausgeblendet",
        lambda e: _set(e.column(TARGETS, 10), hidden="true"),
        "Blatt Zielwerte: Spalte J ausgeblendet.",
    )
    yield Manipulation(
        "Spaltenbreite 0,5",
        lambda e: _set(e.column(TARGETS, 12), width="0.5"),
        "Blatt Zielwerte: Spalte L: Breite 0,5, nachgerechnet ",
    )
    yield Manipulation(
        "Blatt ausgeblendet",
        lambda e: e.sheet_entry("Änderungen").set("state", "hidden"),
        "Blatt Änderungen: ist ausgeblendet",
    )
    yield Manipulation(
        "Blatt tief ausgeblendet",
        lambda e: e.sheet_entry("Prüfprotokoll").set("state", "veryHidden"),
        "Blatt Prüfprotokoll: ist tief ausgeblendet",
    )
    yield Manipulation(
        "Filter, der Zeilen verbirgt",
        lambda e: e.add(
            FILES,
            "autoFilter",
            '<filterColumn colId="3"><filters><filter val="angenommen"/></filters></filterColumn>',
        ),
        "Blatt Abgaben: Gefilterte Spalten: im Bericht „4“",
    )
    yield Manipulation(
        "Fixierung über alles",
        lambda e: view(e, REGISTER, pane='<pane ySplit="200" topLeftCell="A201" state="frozen"/>'),
        "Blatt Nachweisregister: Fixierte Zeilen und Spalten: im Bericht „200 Zeilen",
    )
    yield Manipulation(
        "Zoom 10 %", lambda e: view(e, OVERVIEW, zoomScale="10"), "Blatt Übersicht: Zoom: im Bericht „10 %“"
    )
    yield Manipulation(
        "Nullen ausgeblendet",
        lambda e: view(e, "Bedarfe und Angebote", showZeros="0"),
        "Blatt Bedarfe und Angebote: Nullwerte: im Bericht „ausgeblendet“",
    )
    yield Manipulation(
        "Formeln statt Werten",
        lambda e: view(e, "AMIF", showFormulas="1"),
        "Blatt AMIF: Formeln statt Werten: im Bericht „ein“",
    )
    yield Manipulation(
        "Zellen über Zahlen verbunden",
        lambda e: e.add(TARGETS, "mergeCells", '<mergeCell ref="F40:I40"/>'),
        "Verbundene Zellen F40:I40: gehören nicht zum Bericht.",
    )
    yield Manipulation(
        "Verbindung gelöst",
        lambda e: e.child(OVERVIEW, "mergeCells").remove(e.child(OVERVIEW, "mergeCells")[0]),
        "sind nicht mehr verbunden.",
    )
    yield Manipulation(
        "Eingabeprüfung mit Hinweis",
        lambda e: e.add(
            "Änderungen",
            "dataValidations",
            '<dataValidation type="whole" sqref="A2" showInputMessage="1" promptTitle="Geprüft" prompt="Alles in Ordnung"><formula1>1</formula1></dataValidation>',
        ),
        "Eingabeprüfung für A2: im Bericht „whole · between · 1 · Geprüft · Alles in Ordnung“",
    )
    yield Manipulation(
        "Blattschutz",
        lambda e: e.child("AMIF", "sheetProtection").set("sheet", "1"),
        "Blatt AMIF: Blattschutz: im Bericht „ein“",
    )


def _set(element: etree._Element, **attributes: str) -> None:
    for name, text in attributes.items():
        element.set(name, text)


def view(edited: Edited, sheet: str, pane: str = "", **attributes: str) -> None:
    view = edited.child(sheet, "sheetViews")[0]
    _set(view, **attributes)
    if pane:
        view.insert(0, etree.fromstring(f'<x xmlns="{MAIN}">{pane}</x>')[0])


def pages(_: Spots) -> Iterator[Manipulation]:
    yield Manipulation(
        "andere Fußzeile",
        lambda e: _footer(e, OVERVIEW, "&CStichtag 31.12.2026"),
        "Blatt Übersicht: Fußzeile: im Bericht „Mitte: Stichtag 31.12.2026“",
    )
    yield Manipulation(
        "Fußzeile winzig",
        lambda e: _footer(e, "AMIF", "&L&9 KISI · &A&C&1Stichtag 30.09.2026&R&9Seite &P von &N"),
        "Mitte: [Schriftgröße 1]Stichtag",
    )
    yield Manipulation(
        "Kopfzeile dazu",
        lambda e: _set_text(e.child("Dokumentation", "headerFooter").find(f"{NS}oddHeader"), "&CENTWURF"),
        "Blatt Dokumentation: Kopfzeile: im Bericht „Mitte: ENTWURF“, nachgerechnet leer",
    )
    yield Manipulation(
        "erste Seite ohne Fußzeile",
        lambda e: _set(e.child("Nachweise", "headerFooter"), differentFirst="1"),
        "Blatt Nachweise: Eigene Kopf- und Fußzeile der ersten Seite",
    )
    yield Manipulation(
        "Druckbereich verkleinert",
        lambda e: _name(e, "_xlnm.Print_Area", TARGETS, "Zielwerte!$A$1:$M$40"),
        "Blatt Zielwerte: Druckbereich: im Bericht „ZIELWERTE!$A$1:$M$40“",
    )
    yield Manipulation(
        "anderer Kopf je Seite",
        lambda e: _name(e, "_xlnm.Print_Titles", "Meilensteine", "Meilensteine!$1:$1"),
        "Blatt Meilensteine: Auf jeder Seite wiederholt: im Bericht „MEILENSTEINE!$1:$1“",
    )
    yield Manipulation(
        "Hochformat",
        lambda e: _set(e.child(TARGETS, "pageSetup"), orientation="portrait"),
        "Blatt Zielwerte: Ausrichtung: im Bericht „hoch“, nachgerechnet „quer“",
    )
    yield Manipulation(
        "Druck auf 10 %",
        lambda e: _set(e.child(TIMELINE, "pageSetup"), scale="10"),
        "Blatt Zeitschiene: Skalierung: im Bericht „10 %“",
    )
    yield Manipulation(
        "anderes Papier",
        lambda e: _set(e.child("Regelwerk", "pageSetup"), paperSize="8"),
        "Blatt Regelwerk: Papier: im Bericht „A3“, nachgerechnet „A4“",
    )
    yield Manipulation(
        "Seitenrand 5 Zoll",
        lambda e: _set(e.child("Herkunft", "pageMargins"), left="5"),
        "Blatt Herkunft: Rand links (Zoll): im Bericht „5“",
    )
    yield Manipulation(
        "Seitenumbruch dazu",
        lambda e: e.add("Prüfprotokoll", "rowBreaks", '<brk id="5" max="16383" man="1"/>'),
        "Blatt Prüfprotokoll: Seitenumbrüche nach Zeile",
    )


def _footer(edited: Edited, sheet: str, text: str) -> None:
    _set_text(edited.child(sheet, "headerFooter").find(f"{NS}oddFooter"), text)


def _set_text(element: etree._Element | None, text: str) -> None:
    assert element is not None
    element.text = text


def _name(edited: Edited, name: str, sheet: str, text: str) -> None:
    position = [e.get("name") for e in edited.book.iter(f"{NS}sheet")].index(sheet)
    found = (e for e in edited.book.iter(f"{NS}definedName") if e.get("name") == name)
    next(e for e in found if e.get("localSheetId") == str(position)).text = text
