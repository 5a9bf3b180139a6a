"""What a reader sees of a chart, in German words: titles, series, labels, axes, legend, colours."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pipeline.audit.verify.formatting import contrast
from pipeline.audit.verify.number_formats import shown_value
from pipeline.audit.verify.xml import (
    COMPATIBILITY,
    DRAWING_SPACES,
    UNKNOWN_PARTS,
    Element,
    at,
    child,
    every,
    local,
    number,
    on,
    purified,
    val,
    whole,
)
from pipeline.xlsx.relations import Relation

ChartFacts = dict[str, str]
ALTERNATIVE = "Beschreibung für Vorlesegeräte"  # LibreOffice 7.4 does not write it
SMALLEST, LEAST_CONTRAST = 600, 1.5  # hundredths of a point
_TYPES = {"barChart": "Säulen", "lineChart": "Linien", "pieChart": "Kreis", "areaChart": "Flächen"}
_ADDED = {"trendline": "Trendlinien", "errBars": "Fehlerbalken", "dTable": "Datentabelle", "upDownBars": "Pos-/Neg-Abweichungen"}  # fmt: skip
_RELATED = {"chartUserShapes": "Formen oder Text über dem Diagramm", "externalLinkPath": "Verknüpfung mit einer anderen Datei", "oleObject": "Verknüpfung mit einer anderen Datei", "package": "eigene Daten im Diagramm", "themeOverride": "eigenes Farbschema", "image": "Bild im Diagramm"}  # fmt: skip
_HIDING = ("filteredLineSeries", "filteredBarSeries", "filteredPieSeries", "filteredSeries", "filteredCategoryTitle", "filteredSeriesTitle", "datalabelsRange")  # fmt: skip
_SHOWN = {"showVal": "Wert", "showCatName": "Rubrik", "showSerName": "Reihe", "showPercent": "Prozent", "showLegendKey": "Legendensymbol"}  # fmt: skip
_ONCE = ("chart", "plotArea", "title", "tx", "rich", "legend", "scaling", "cat", "val", "strRef", "numRef", "strCache", "numCache", "f", "v", "dLbls", "spPr")  # fmt: skip
_SHEET = re.compile(r"[\s'$]")


def chart_facts(root: Element, described: str, related: Iterable[Relation]) -> ChartFacts:
    """German name → value of everything visible in a chart; what is absent has no entry."""
    found = {ALTERNATIVE: described, **dict(_facts(root))}
    for relation in related:
        if relation.kind in _RELATED:
            found[_RELATED[relation.kind]] = "vorhanden"
    return {name: text for name, text in found.items() if text}


def _facts(root: Element) -> Iterator[tuple[str, str]]:
    chart, area = at(root, "chart"), at(root, "chart", "plotArea")
    if chart is None or area is None:
        return
    strange = purified(root, DRAWING_SPACES, quiet=(COMPATIBILITY, "http://schemas.microsoft.com/"))
    yield UNKNOWN_PARTS, "vorhanden" if strange or _doubled(root) else ""
    yield "Titel", _text(child(chart, "title"))
    groups = [e for e in area if local(e).endswith("Chart")]
    yield "Art", ", ".join(map(_type, groups))
    yield (
        "Beschriftung aller Reihen",
        "; ".join(", ".join(filter(None, _labels(e))) for g in groups for e in g if local(e) == "dLbls"),
    )
    yield "Lage der Zeichnungsfläche", "eigene" if at(area, "layout", "manualLayout") is not None else ""
    for position, series in enumerate((e for g in groups for e in g if local(e) == "ser"), start=1):
        lines = any(series in g for g in groups if local(g) in ("lineChart", "scatterChart", "radarChart"))
        for name, text in _series(series, lines=lines):
            yield f"{name} der {position}. Datenreihe", text
    for position, axis in enumerate(
        (e for e in area if local(e) in ("catAx", "valAx", "dateAx", "serAx")), start=1
    ):
        for name, text in _axis(axis):
            yield f"{name} der {position}. Achse", text
    yield from _legend(child(chart, "legend"))
    if any(local(g) != "barChart" for g in groups):  # a bar for nothing is none either way
        yield "Leere Zellen", val(child(chart, "dispBlanksAs"), "zero")
    yield "Ausgeblendete Zellen", "" if on(child(chart, "plotVisOnly"), "val", default=True) else "gezeigt"
    for name, word in {**_ADDED, **dict.fromkeys(_HIDING, "Ausgewählte oder eigene Beschriftungen")}.items():
        yield word, "vorhanden" if next(every(root, name), None) is not None else ""
    yield "Schwer lesbarer Text", _hard_to_read(root)


def _type(group: Element) -> str:
    name = local(group)
    words = [_TYPES.get(name, name)]
    words += [val(child(group, "grouping")), val(child(group, "barDir"))]
    overlap = val(child(group, "overlap"))
    return " ".join(filter(None, [*words, f"Überlappung {overlap}" if overlap not in ("", "0") else ""]))


def _text(title: Element | None) -> str:
    """The text of a title: its own, or that of the cell it refers to."""
    if title is None:
        return ""
    written = "\n".join("".join(t.text or "" for t in every(p, "t")) for p in every(title, "p"))
    cell = _reference(title)
    return written.strip() or " ".join([cell, *(v.text or "" for v in every(title, "v"))]).strip()


def _reference(element: Element) -> str:
    found = next(every(element, "f"), None)
    return _SHEET.sub("", found.text or "").upper() if found is not None else ""


def _series(series: Element, *, lines: bool) -> Iterator[tuple[str, str]]:
    names = {"tx": "Name", "cat": "Rubriken", "val": "Werte", "xVal": "X-Werte", "yVal": "Y-Werte", "bubbleSize": "Größen"}  # fmt: skip
    for part in series:
        if (word := names.get(local(part))) is not None:
            yield f"{word} (Bereich)", _reference(part)
            yield f"{word} (gezeigt)", _cache(part)
    yield "Farbe", _colour(child(series, "spPr"), lines=lines)
    points = [
        f"{val(child(e, 'idx'))}: {_colour(child(e, 'spPr'), lines=lines)}"
        for e in series
        if local(e) == "dPt"
    ]
    yield "Farben einzelner Punkte", ", ".join(points)
    labels = child(series, "dLbls")
    if labels is not None:
        yield "Beschriftung", ", ".join(filter(None, _labels(labels)))


def _cache(part: Element) -> str:
    """The values cached with a series. A program may store 0 or nothing for an empty cell."""
    points = (
        (whole(p.get("idx"), -1), _plain("".join(v.text or "" for v in every(p, "v"))))
        for p in every(part, "pt")
    )
    return "; ".join(f"{index + 1}: {value}" for index, value in sorted(points) if value not in ("", "0"))


def _plain(text: str) -> str:
    """A number rounded to 12 digits: programs store 15 to 17."""
    try:
        return f"{float(text):.12g}".replace(".", ",")
    except ValueError:
        return text


def _colour(element: Element | None, *, lines: bool) -> str:
    """Colour of the line in a line chart, else of the filled area."""
    where = child(element, "ln") if lines else element
    if where is None:
        return ""
    if child(where, "noFill") is not None:
        return "keine"
    solid = child(where, "solidFill")
    if solid is not None and len(solid):
        alpha = val(child(solid[0], "alpha"), "100000")
        return val(solid[0]).upper() + ("" if alpha == "100000" else f" durchsichtig {alpha}")
    return (
        "Verlauf oder Muster" if any(local(e) in ("gradFill", "pattFill", "blipFill") for e in where) else ""
    )


def _labels(labels: Element) -> Iterator[str]:
    if on(child(labels, "delete"), "val"):
        return
    yield from (word for name, word in _SHOWN.items() if on(child(labels, name), "val"))
    format_ = child(labels, "numFmt")
    if format_ is not None and not on(format_, "sourceLinked"):
        yield _examples(format_.get("formatCode", ""))
    texts = child(labels, "txPr")
    colour = next(every(texts, "srgbClr"), None) if texts is not None else None
    yield f"Schrift {val(colour).upper()}" if colour is not None else ""
    for own in (e for e in labels if local(e) == "dLbl"):
        index = whole(val(child(own, "idx"))) + 1
        if on(child(own, "delete"), "val"):
            yield f"{index}. ohne"
        elif text := _text(own):
            yield f"{index}. „{text}“"
        elif not on(child(own, "showVal"), "val", default=True):
            yield f"{index}. ohne Wert"


def _examples(code: str) -> str:
    """A number format, described by what it shows for sample values."""
    try:
        return " / ".join(filter(None, (shown_value(code, value).text for value in (0.0, 0.245, 3.0, -3.0))))
    except ValueError:
        return code


def _axis(axis: Element) -> Iterator[tuple[str, str]]:
    yield "Titel", _text(child(axis, "title"))
    yield "Sichtbarkeit", "keine" if on(child(axis, "delete"), "val") else ""
    scaling = child(axis, "scaling")
    yield "Richtung", "absteigend" if val(child(scaling, "orientation")) == "maxMin" else "aufsteigend"
    for name, word in (("min", "Anfang"), ("max", "Ende"), ("logBase", "Logarithmus")):
        found = child(scaling, name)
        yield word, f"{number(val(found)):g}".replace(".", ",") if found is not None else ""
    yield "Schnittpunkt", _crossing(axis)
    unit = child(axis, "majorUnit")
    yield "Schritt", f"{number(val(unit)):g}".replace(".", ",") if unit is not None else ""
    labels = val(child(axis, "tickLblPos"), "nextTo")
    yield "Beschriftung", "keine" if labels == "none" else ""
    if (
        local(axis) == "valAx"
        and (format_ := child(axis, "numFmt")) is not None
        and not on(format_, "sourceLinked")
    ):
        yield "Zahlenformat", _examples(format_.get("formatCode", ""))
    units = child(axis, "dispUnits")
    yield "Einheit", val(child(units, "builtInUnit"), "eigene") if units is not None else ""


def _crossing(axis: Element) -> str:
    where = child(axis, "crossesAt")
    if where is not None:
        return f"{number(val(where)):g}".replace(".", ",")
    return val(child(axis, "crosses"), "autoZero").replace("autoZero", "")


def _doubled(root: Element) -> bool:
    """Whether an element stands twice that programs read once: they differ in which one they take."""
    return any(len([c for c in e if local(c) == name]) > 1 for name in _ONCE for e in {*_parents(root, name)})


def _parents(root: Element, name: str) -> Iterator[Element]:
    return (above for e in every(root, name) if (above := e.getparent()) is not None)


def _legend(legend: Element | None) -> Iterator[tuple[str, str]]:
    if legend is None:
        yield "Legende", "keine"
        return
    yield "Legende", val(child(legend, "legendPos"), "r")
    gone = [
        val(child(e, "idx")) for e in legend if local(e) == "legendEntry" and on(child(e, "delete"), "val")
    ]
    yield "Einträge ohne Legende", ", ".join(gone)


def _hard_to_read(root: Element) -> str:
    """Text smaller than 6 points, or in the colour of the paper outside of bars."""
    found = set()
    for properties in every(root, "defRPr", "rPr"):
        size = whole(properties.get("sz"), 1000)
        colour = val(next(every(properties, "srgbClr"), None))
        on_area = any(local(e) == "dLbls" for e in properties.iterancestors())
        if size < SMALLEST:
            found.add(f"Schriftgröße {size / 100:g}".replace(".", ","))
        if colour and not on_area and contrast(colour.upper(), "FFFFFF") < LEAST_CONTRAST:
            found.add(f"Schriftfarbe {colour.upper()}")
        if child(properties, "noFill") is not None:
            found.add("Schrift ohne Farbe")
    return ", ".join(sorted(found))
