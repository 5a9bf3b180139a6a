"""Differences in the appearance of two cells, in German words."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from pipeline.audit.verify.cellwalk import ReportCell
from pipeline.audit.verify.formatting import BLACK, WHITE, CellFormat, Font, Formatting, contrast, font_of
from pipeline.audit.verify.number_formats import shown_value

LEAST_CONTRAST = 1.8  # below, text is no longer seen on its background
SIZE_TOLERANCE = 0.26  # of a point
_STYLES = {"b": "fett", "i": "kursiv", "strike": "durchgestrichen", "outline": "Umriss", "shadow": "Schatten", "u": "unterstrichen", "superscript": "hochgestellt", "subscript": "tiefgestellt"}  # fmt: skip
_ALIGNED = {
    "horizontal=left": "links", "horizontal=right": "rechts", "horizontal=center": "zentriert",
    "horizontal=fill": "Inhalt wiederholt", "horizontal=justify": "Blocksatz",
    "horizontal=centerContinuous": "über Spalten zentriert", "vertical=top": "oben", "vertical=center": "Mitte",
    "wrapText": "mit Zeilenumbruch", "shrinkToFit": "verkleinert",
}  # fmt: skip


class NotComparable(Exception):  # noqa: N818  - an answer, not a fault of ours
    """A number format that this program does not understand."""


@lru_cache(maxsize=20_000)
def look_differences(is_: CellFormat, should: CellFormat, *, filled: bool) -> tuple[str, ...]:
    """Differences of two cell formats. ``filled``: the cell shows something, so font and alignment matter."""
    if is_ == should:
        return ()
    return tuple(_differences(is_, should, filled=filled))


def _differences(is_: CellFormat, should: CellFormat, *, filled: bool) -> Iterator[str]:
    hidden = (
        filled and _unreadable(is_.font, is_.background) and not _unreadable(should.font, should.background)
    )
    if hidden:
        yield (
            f"die Schrift ist nicht zu lesen, {colour(is_.font.colour)} auf {colour(is_.background)}; nachgerechnet "
            f"{colour(should.font.colour)} auf {colour(should.background)}"
        )
    if filled:
        yield from font_differences(is_.font, should.font, with_colour=not hidden)
        if is_.alignment != should.alignment:
            yield f"Ausrichtung {_aligned(is_)}, nachgerechnet {_aligned(should)}"
    if is_.background != should.background and not hidden:
        yield f"Hintergrund {colour(is_.background)}, nachgerechnet {colour(should.background)}"
    if is_.pattern != should.pattern:
        yield f"Muster des Hintergrunds {is_.pattern or 'keines'}, nachgerechnet {should.pattern or 'keines'}"
    if is_.borders != should.borders:
        yield "der Rahmen ist ein anderer"


def font_differences(is_: Font, should: Font, *, with_colour: bool = True) -> Iterator[str]:
    if with_colour and is_.colour != should.colour:
        yield f"Schriftfarbe {colour(is_.colour)}, nachgerechnet {colour(should.colour)}"
    if abs(is_.size - should.size) > SIZE_TOLERANCE:
        yield f"Schriftgröße {is_.size:g}, nachgerechnet {should.size:g}".replace(".", ",")
    if is_.name.casefold() != should.name.casefold():
        yield f"Schriftart {is_.name}, nachgerechnet {should.name}"
    if is_.style != should.style:
        yield f"Schrift {_styled(is_)}, nachgerechnet {_styled(should)}"


def _unreadable(font: Font, background: str) -> bool:
    return contrast(font.colour, background) < LEAST_CONTRAST


def colour(code: str) -> str:
    return {WHITE: "Weiß", BLACK: "Schwarz"}.get(code, f"#{code}")


def _styled(font: Font) -> str:
    return ", ".join(_STYLES.get(s, s) for s in font.style) or "gerade und normal"


def _aligned(look: CellFormat) -> str:
    words = [
        _ALIGNED.get(a, a.replace("textRotation=", "gedreht um ").replace("indent=", "Einzug "))
        for a in look.alignment
    ]
    return ", ".join(words) or "wie üblich"


def format_difference(is_: CellFormat, should: CellFormat, value: str | float | None) -> str | None:
    """What the number format shows instead, None for the same; NotComparable for an unknown format."""
    if is_.format == should.format or value is None:
        return None
    try:
        here, there = shown_value(is_.format, value), shown_value(should.format, value)
    except (ValueError, ArithmeticError, OverflowError):
        raise NotComparable from None
    if here.text != there.text:
        return f"Zahlenformat zeigt {_seen(here.text)}, berechnet wird {_seen(there.text)}"
    if here.colour != there.colour:
        return f"Zahlenformat färbt den Wert ({here.colour or 'ohne Farbe'})"
    return None


def _seen(text: str) -> str:
    return f"„{text}“" if text else "nichts"


def run_differences(
    is_: ReportCell,
    look: CellFormat,
    styles: Formatting,
    should: ReportCell,
    expected: CellFormat,
    own: Formatting,
) -> Iterator[str]:
    """Differences in the fonts of single pieces of a text."""
    if not is_.runs and not should.runs:
        return
    here, there = _fonts(is_, look, styles), _fonts(should, expected, own)
    for font, wanted in sorted({(h, t) for h, t in zip(here, there, strict=False) if h != t}, key=repr):
        for text in font_differences(font, wanted):
            yield f"ein Teil des Textes: {text}"


def _fonts(cell: ReportCell, look: CellFormat, styles: Formatting) -> list[Font]:
    """The font of each character."""
    if not cell.runs:
        return [look.font] * len(str(cell.value or ""))
    fonts = [
        (text, font_of(f, styles.colours, look.font) if f is not None else look.font) for text, f in cell.runs
    ]
    return [font for text, font in fonts for _ in text]
