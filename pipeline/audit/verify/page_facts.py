"""Page and view set-up of a sheet, as German name → value."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.audit.verify.formatting import BLACK, Colours
from pipeline.audit.verify.xml import Element, at, child, every, local, number, on, whole

PANES, TAB = "Fixierte Zeilen und Spalten", "Farbe des Registers"
PAPER_SIZES = {0: "Letter", 1: "Letter", 5: "Legal", 8: "A3", 9: "A4", 11: "A5"}
LEAST_ZOOM, MOST_ZOOM = 50, 250
SMALLEST = 6  # points in a header or footer
_MARGINS = {"left": "links", "right": "rechts", "top": "oben", "bottom": "unten", "header": "Kopfzeile", "footer": "Fußzeile"}  # fmt: skip
_USUAL = {"left": 0.7, "right": 0.7, "top": 0.75, "bottom": 0.75, "header": 0.3, "footer": 0.3}
_FIELDS = {"P": "[Seite]", "N": "[Seiten]", "A": "[Blatt]", "F": "[Datei]", "D": "[Datum]", "T": "[Zeit]", "Z": "[Pfad]", "G": "[Bild]", "&": "&"}  # fmt: skip
_CODE = re.compile(r'&(?:(?P<part>[LCR])|"(?P<font>[^"]*)"|(?P<size>\d+)|K(?P<colour>[0-9A-Fa-f]{6}|\d\d[+-]\d{3})|(?P<field>[PNAFDTZG&])|(?P<style>.))|(?P<text>[^&]+)', re.DOTALL)  # fmt: skip

PageFacts = dict[str, str | float]


def page_facts(root: Element, colours: Colours) -> PageFacts:
    """Every setting that is not at its default, and those that have none."""
    found: PageFacts = {}
    for name, value in _each(root, colours):
        if value not in ("", None):
            found[name] = value
    return found


def _each(root: Element, colours: Colours) -> Iterator[tuple[str, str | float]]:
    yield TAB, colours.of(at(root, "sheetPr", "tabColor"), "")
    yield from _view(root)
    yield from _filter(root)
    yield "Blattschutz", "ein" if on(child(root, "sheetProtection"), "sheet") else ""
    yield from _page(root)
    yield from _headers(child(root, "headerFooter"))
    for name, word in (
        ("rowBreaks", "Seitenumbrüche nach Zeile"),
        ("colBreaks", "Seitenumbrüche nach Spalte"),
    ):
        breaks = child(root, name)
        yield word, ", ".join(e.get("id", "") for e in breaks) if breaks is not None else ""


def _view(root: Element) -> Iterator[tuple[str, str | float]]:
    view = next(every(root, "sheetView"), None)
    if view is None:
        return
    yield "Formeln statt Werten", "ein" if on(view, "showFormulas") else ""
    yield "Nullwerte", "" if on(view, "showZeros", default=True) else "ausgeblendet"
    yield "Blatt von rechts nach links", "ein" if on(view, "rightToLeft") else ""
    zoom = number(view.get("zoomScale"), 100)
    yield "Zoom", "" if LEAST_ZOOM <= zoom <= MOST_ZOOM else f"{zoom:g} %"
    pane = child(view, "pane")
    if pane is not None:
        down, right = (f"{number(pane.get(n)):g}" for n in ("ySplit", "xSplit"))
        word = "" if pane.get("state", "split") in ("frozen", "frozenSplit") else ", nur geteilt"
        yield PANES, f"{down} Zeilen, {right} Spalten{word}"


def _filter(root: Element) -> Iterator[tuple[str, str]]:
    filter_ = child(root, "autoFilter")
    if filter_ is None:
        return
    yield "Filter", filter_.get("ref", "").replace("$", "")
    chosen = [e for e in every(filter_, "filterColumn") if len(e)]
    yield "Gefilterte Spalten", ", ".join(str(whole(e.get("colId")) + 1) for e in chosen)


def _page(root: Element) -> Iterator[tuple[str, str | float]]:
    setup = child(root, "pageSetup")
    get = setup.get if setup is not None else lambda _name, default: default
    yield "Papier", PAPER_SIZES.get(whole(get("paperSize", "1")), f"Nr. {get('paperSize', '')}")
    yield "Ausrichtung", {"landscape": "quer"}.get(get("orientation", ""), "hoch")
    if on(at(root, "sheetPr", "pageSetUpPr"), "fitToPage"):
        yield "Skalierung", f"{get('fitToWidth', '1')} mal {get('fitToHeight', '1')} Seiten"
    else:
        yield "Skalierung", f"{get('scale', '100')} %"
    yield "Seitenfolge", {"overThenDown": "erst nach rechts"}.get(get("pageOrder", ""), "")
    yield "Erste Seitenzahl", get("firstPageNumber", "") if on(setup, "useFirstPageNumber") else ""
    for name, word in (("blackAndWhite", "Schwarzweiß drucken"), ("draft", "Entwurf drucken")):
        yield word, "ein" if on(setup, name) else ""
    yield "Fehlerwerte drucken als", get("errors", "").replace("displayed", "")
    options = child(root, "printOptions")
    names = {"gridLines": "Gitternetz drucken", "headings": "Zeilen- und Spaltenköpfe drucken", "horizontalCentered": "Waagrecht zentrieren", "verticalCentered": "Senkrecht zentrieren"}  # fmt: skip
    for name, word in names.items():
        yield word, "ein" if on(options, name) else ""
    yield from _margins(root)


def _margins(root: Element) -> Iterator[tuple[str, float]]:
    """Margins in inches; those of an empty header or footer are left out, programs set them as they like."""
    margins, texts = child(root, "pageMargins"), child(root, "headerFooter")
    for name, word in _MARGINS.items():
        if name in ("header", "footer") and not any(
            name in local(e).lower() and e.text for e in (texts if texts is not None else ())
        ):
            continue
        value = margins.get(name) if margins is not None else None
        yield f"Rand {word} (Zoll)", number(value, _USUAL[name])


def _headers(element: Element | None) -> Iterator[tuple[str, str]]:
    if element is None:
        return
    kinds = {"odd": "", "even": " gerader Seiten" if on(element, "differentOddEven") else None, "first": " der ersten Seite" if on(element, "differentFirst") else None}  # fmt: skip
    for kind, word in kinds.items():
        if word is not None:
            for name, title in (("Header", "Kopfzeile"), ("Footer", "Fußzeile")):
                found = child(element, kind + name)
                yield title + word, header_text((found.text or "") if found is not None else "")
            if word:  # an empty one takes the place of the usual
                yield f"Eigene Kopf- und Fußzeile{word}", "ein"


def header_text(code: str) -> str:
    """A header or footer as read on paper: ``links: … | Mitte: … | rechts: …``, hardly legible parts named."""
    parts = {"L": "", "C": "", "R": ""}
    part = "C"
    for match in _CODE.finditer(code):
        kind = match.lastgroup
        if kind == "part":
            part = match["part"]
        elif kind == "text":
            parts[part] += match["text"]
        elif kind == "field":
            parts[part] += _FIELDS[match["field"]]
        elif kind == "size" and int(match["size"][:4]) < SMALLEST:
            parts[part] += f"[Schriftgröße {match['size']}]"
        elif kind == "colour" and match["colour"] != BLACK:
            parts[part] += f"[Farbe {match['colour']}]"
    words = {"L": "links", "C": "Mitte", "R": "rechts"}
    return " | ".join(f"{words[p]}: {' '.join(t.split())}" for p, t in parts.items() if t.strip())
