"""Charts as plain SVG: drawn by pygal, then stripped of scripts, styles, random ids and dates.

The page's style sheet colours them. The table beside a chart says the same in words.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import pygal
from lxml import etree
from markupsafe import Markup
from pygal.style import Style

from pipeline.definitions.shares import percent
from pipeline.definitions.words import Tone, Word

_SVG = "{http://www.w3.org/2000/svg}"
_ROW, _FRAME, _WIDTH = 22, 90, 900
_DROPPED = ("script", "style", "desc", "title")
_STYLE = Style(
    font_family="sans-serif", label_font_size=12, major_label_font_size=12, value_font_size=12,
    legend_font_size=12, no_data_font_size=14,
)  # fmt: skip
_COMMON = {
    "style": _STYLE, "js": (), "css": (), "explicit_size": False, "truncate_label": -1, "truncate_legend": -1,
    "width": _WIDTH, "margin": 8, "legend_at_bottom": True, "no_data_text": "keine Zahlen",
}  # fmt: skip
_QUARTERS = (0.0, 0.25, 0.5, 0.75, 1.0)
_TOUCHING = 0.07  # so near to each other, two labels of the axis would overlap
ShareValue = Fraction | None


def share_chart(
    name: str, rows: Sequence[tuple[str, ShareValue]], threshold: Fraction, alternative: str
) -> Markup:
    """A bar per share; the line marks the threshold. An unknown share has no bar."""
    top = max([Fraction(1), *(v for _, v in rows if v is not None)])
    apart = [mark for mark in _QUARTERS if abs(mark - float(threshold)) > _TOUCHING]
    marks = sorted([*apart, float(threshold)])
    chart = _bars(len(rows), top)
    chart.y_labels = [{"value": mark, "label": _mark(mark)} for mark in marks]
    chart.y_labels_major = [float(threshold)]
    chart.x_labels = [label for label, _ in reversed(rows)]
    chart.add(name, [None if v is None else float(v) for _, v in reversed(rows)])
    chart.show_legend = False
    return _plain(chart, name, [Tone.PENDING], alternative, "threshold")


def compared_chart(rows: Sequence[tuple[str, ShareValue, Fraction]], alternative: str) -> Markup:
    """Two bars per target: the project's share, and the threshold."""
    top = max([Fraction(1), *(v for _, v, _ in rows if v is not None)])
    chart = _bars(2 * len(rows), top)
    chart.y_labels = [{"value": mark, "label": _mark(mark)} for mark in _QUARTERS]
    chart.x_labels = [label for label, _, _ in reversed(rows)]
    chart.add("Schwelle", [float(t) for _, _, t in reversed(rows)])
    chart.add("Wert des Projekts", [None if v is None else float(v) for _, v, _ in reversed(rows)])
    return _plain(chart, "projekt", [Tone.NONE, Tone.PENDING], alternative)


def counts_chart(
    labels: Sequence[str], series: Sequence[tuple[Word, Sequence[int]]], alternative: str
) -> Markup:
    """A column per milestone: number of municipalities by status."""
    chart = pygal.StackedBar(**_COMMON, height=320)
    chart.x_labels = list(labels)
    chart.value_formatter = _whole
    for word, counts in series:
        chart.add(word.label, list(counts))
    return _plain(chart, "meilensteine", [word.tone for word, _ in series], alternative)


def _whole(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else ""


def _mark(value: float) -> str:
    return percent(Fraction(value).limit_denominator(10**6))


def _bars(rows: int, top: Fraction) -> pygal.HorizontalBar:
    return pygal.HorizontalBar(**_COMMON, height=_FRAME + _ROW * max(rows, 1), range=(0, float(top)))


def _plain(
    chart: pygal.graph.graph.Graph, name: str, tones: Sequence[Tone], alternative: str, kind: str = "plain"
) -> Markup:
    """The SVG element without scripts, styles, comments and ids, with the page's own classes."""
    root = chart.render_tree()
    etree.strip_elements(root, etree.Comment, *(_SVG + tag for tag in _DROPPED), *_DROPPED, with_tail=False)
    for element in root.iter():
        for attribute in ("style", "id"):
            element.attrib.pop(attribute, None)
        classes = element.get("class", "")
        if "color-" in classes:
            element.set("class", _toned(classes, tones))
        _shorten(element)
    root.set("id", f"chart-{name}")
    root.set("class", f"pygal-chart {kind}")
    root.set("role", "img")
    root.set("aria-label", alternative)
    etree.cleanup_namespaces(root)
    return Markup(etree.tostring(root, encoding="unicode"))  # noqa: S704  - texts are escaped by lxml


def _toned(classes: str, tones: Sequence[Tone]) -> str:
    numbers = [c.removeprefix("color-") for c in classes.split() if c.startswith("color-")]
    return f"{classes} fill-{tones[int(numbers[0]) % len(tones)].value}"


def _shorten(element: etree._Element) -> None:
    """Rounds coordinates to two decimals: a third of the size, and equal on every machine."""
    for attribute in ("x", "y", "width", "height"):
        text = element.get(attribute)
        if text is not None and "." in text:
            element.set(attribute, f"{float(text):.2f}")
