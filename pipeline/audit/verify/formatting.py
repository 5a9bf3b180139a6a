"""Cell formats of a workbook: font, fill, borders, alignment, number format, with colours resolved.

Every program that saves a workbook renumbers its styles, so formats are compared, not numbers.
"""

from __future__ import annotations

import colorsys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from pipeline.audit.verify.number_formats import BUILT_IN, GENERAL
from pipeline.audit.verify.xml import (
    COMPATIBILITY,
    SHEET_SPACES,
    Element,
    Parts,
    at,
    child,
    doubled,
    every,
    inside,
    local,
    number,
    on,
    part_tree,
    purified,
    switched,
    val,
    whole,
)

WHITE, BLACK = "FFFFFF", "000000"
T = TypeVar("T")
_INDEXED = (
    "000000", "FFFFFF", "FF0000", "00FF00", "0000FF", "FFFF00", "FF00FF", "00FFFF", "000000", "FFFFFF",
    "FF0000", "00FF00", "0000FF", "FFFF00", "FF00FF", "00FFFF", "800000", "008000", "000080", "808000",
    "800080", "008080", "C0C0C0", "808080", "9999FF", "993366", "FFFFCC", "CCFFFF", "660066", "FF8080",
    "0066CC", "CCCCFF", "000080", "FF00FF", "FFFF00", "00FFFF", "800080", "800000", "008080", "0000FF",
    "00CCFF", "CCFFFF", "CCFFCC", "FFFF99", "99CCFF", "FF99CC", "CC99FF", "FFCC99", "3366FF", "33CCCC",
    "99CC00", "FFCC00", "FF9900", "FF6600", "666699", "969696", "003366", "339966", "003300", "333300",
    "993300", "993366", "333399", "333333",
)  # fmt: skip
_THEME_ORDER = ("lt1", "dk1", "lt2", "dk2", "accent1", "accent2", "accent3", "accent4", "accent5", "accent6", "hlink", "folHlink")  # fmt: skip
_SYSTEM = {64: BLACK, 65: WHITE, 81: BLACK}  # of the window: text, paper, text of a note
_OFFICE = {
    "dk1": "000000", "lt1": "FFFFFF", "dk2": "1F497D", "lt2": "EEECE1", "accent1": "4F81BD", "accent2": "C0504D",
    "accent3": "9BBB59", "accent4": "8064A2", "accent5": "4BACC6", "accent6": "F79646", "hlink": "0000FF",
    "folHlink": "800080",
}  # fmt: skip
_SIDES = {"left": "links", "right": "rechts", "top": "oben", "bottom": "unten", "diagonal": "diagonal"}
_OTHER_SIDES = {"start": "left", "end": "right"}  # so the strict form calls them


@dataclass(frozen=True, slots=True)
class Font:
    """Font of a cell or a piece of text; ``colour`` is RRGGBB."""

    name: str = "Arial"
    size: float = 10
    colour: str = BLACK
    style: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CellFormat:
    """``background`` is RRGGBB; ``borders`` by side; ``format`` the code of the number format."""

    font: Font = Font()
    background: str = WHITE
    pattern: str = ""
    borders: tuple[str, ...] = ()
    alignment: tuple[str, ...] = ()
    format: str = GENERAL


@dataclass(slots=True)
class Colours:
    """The colour palette and theme of a workbook."""

    palette: list[str] = field(default_factory=lambda: list(_INDEXED))
    theme: Mapping[str, str] = field(default_factory=dict)
    fonts: Mapping[str, str] = field(default_factory=dict)

    def of(self, element: Element | None, default: str) -> str:
        """RRGGBB of a ``<color>`` element in any of its notations."""
        if element is None or on(element, "auto"):
            return default
        found = default
        if rgb := element.get("rgb"):
            found = rgb[-6:].upper()
        elif theme := element.get("theme"):
            at_ = whole(theme, -1)
            name = _THEME_ORDER[at_] if 0 <= at_ < len(_THEME_ORDER) else ""
            found = (self.theme or _OFFICE).get(name, default)
        elif indexed := element.get("indexed"):
            at_ = whole(indexed, -1)
            found = self.palette[at_] if 0 <= at_ < len(self.palette) else _SYSTEM.get(at_, default)
        return tinted(found, number(element.get("tint")))


@dataclass(slots=True)
class Formatting:
    """All formats of a workbook: of cells by style number, of conditional formats by theirs."""

    cells: list[CellFormat] = field(default_factory=lambda: [CellFormat()])
    conditional: list[str] = field(default_factory=list)
    tables: set[str] = field(default_factory=set)  # names of formats of tables that are the workbook's own
    doubtful: bool = False
    colours: Colours = field(default_factory=Colours)

    def look(self, index: int) -> CellFormat:
        return self.cells[index] if 0 <= index < len(self.cells) else self.cells[0]


def tinted(colour: str, tint: float) -> str:
    """A colour made lighter or darker, as the attribute ``tint`` says."""
    if not tint:
        return colour
    hue, light, saturation = colorsys.rgb_to_hls(*(part / 255 for part in channels(colour)))
    light = light * (1 + tint) if tint < 0 else light + (1 - light) * tint
    mixed = colorsys.hls_to_rgb(hue, min(1, max(0, light)), saturation)
    return "".join(f"{round(part * 255):02X}" for part in mixed)


def channels(colour: str) -> tuple[int, int, int]:
    try:
        return int(colour[0:2], 16), int(colour[2:4], 16), int(colour[4:6], 16)
    except ValueError:
        return 0, 0, 0


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.2)."""

    def light(colour: str) -> float:
        parts = [c / 255 for c in channels(colour)]
        red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


# --- reading ------------------------------------------------------------------------------------------


def read_styles(parts: Parts, main: str) -> Formatting:
    """The formats of a workbook; default ones where it has no style part."""
    names = inside(parts, main, "styles")
    if not names:
        return Formatting()
    root = part_tree(parts, names[0])
    doubtful = purified(
        root, SHEET_SPACES, quiet=(COMPATIBILITY, "http://schemas.microsoft.com/")
    ) or doubled(root)
    colours = _colours(parts, main, root)
    formats = {**BUILT_IN, **_formats(at(root, "numFmts"))}
    fonts = [font_of(e, colours) for e in _children(root, "fonts", "font")]
    fills = [_fill(e, colours) for e in _children(root, "fills", "fill")]
    borders = [_borders(e, colours) for e in _children(root, "borders", "border")]
    cells = [
        CellFormat(
            _item(fonts, e.get("fontId"), Font()),
            *_item(fills, e.get("fillId"), (WHITE, "")),
            _item(borders, e.get("borderId"), ()),
            _alignment(child(e, "alignment")),
            formats.get(whole(e.get("numFmtId")), GENERAL),
        )
        for e in _children(root, "cellXfs", "xf")
    ]
    conditional = [_difference(e, colours) for e in _children(root, "dxfs", "dxf")]
    tables = {e.get("name", "") for e in _children(root, "tableStyles", "tableStyle")}
    return Formatting(cells or [CellFormat()], conditional, tables, doubtful, colours)


def _children(root: Element, container: str, name: str) -> Iterator[Element]:
    found = child(root, container)
    yield from (e for e in found if local(e) == name) if found is not None else ()


def _item(items: list[T], index: str | None, default: T) -> T:
    at_ = whole(index)
    return items[at_] if at_ < len(items) else default


def _formats(element: Element | None) -> dict[int, str]:
    found = every(element, "numFmt") if element is not None else ()
    return {whole(e.get("numFmtId")): e.get("formatCode", GENERAL) for e in found}


def _colours(parts: Parts, main: str, styles: Element) -> Colours:
    colours = Colours()
    own = at(styles, "colors", "indexedColors")
    for position, element in enumerate(own if own is not None else ()):
        if position < len(colours.palette) and (rgb := element.get("rgb")):
            colours.palette[position] = rgb[-6:].upper()
    for name in inside(parts, main, "theme"):
        root = part_tree(parts, name)
        scheme = next(every(root, "clrScheme"), None)
        colours.theme = {local(e): _theme_colour(e) for e in scheme} if scheme is not None else {}
        colours.fonts = {
            kind: str(face.get("typeface", ""))
            for kind in ("major", "minor")
            if (face := at(next(every(root, f"{kind}Font"), None), "latin")) is not None
        }
    return colours


def _theme_colour(element: Element) -> str:
    first = next(iter(element), None)
    return BLACK if first is None else str(first.get("lastClr") or first.get("val") or BLACK)[-6:].upper()


def font_of(element: Element | None, colours: Colours, base: Font | None = None) -> Font:
    """The font of a style, or of a run of text on top of that of its cell (``base``)."""
    base = base or Font()
    name = val(child(element, "name")) or val(child(element, "rFont")) or base.name
    name = colours.fonts.get(val(child(element, "scheme")), name)
    style = [n for n in ("b", "i", "strike", "outline", "shadow") if switched(element, n)]
    under = child(element, "u")
    if under is not None and val(under, "single") != "none":
        style.append("u")
    raised = val(child(element, "vertAlign"))
    style += [raised] if raised not in ("", "baseline") else []
    colour = colours.of(child(element, "color"), base.colour)
    return Font(name, number(val(child(element, "sz")), base.size), colour, tuple(style))


def _fill(element: Element, colours: Colours) -> tuple[str, str]:
    """(background, pattern); a pattern that is not solid is named with its colour."""
    pattern = child(element, "patternFill")
    if pattern is None:
        return WHITE, "Verlauf" if child(element, "gradientFill") is not None else ""
    kind = pattern.get("patternType", "none")
    if kind == "none":
        return WHITE, ""
    front = colours.of(child(pattern, "fgColor"), BLACK)
    if kind == "solid":
        return front, ""
    return colours.of(child(pattern, "bgColor"), WHITE), f"{kind} {front}"


def _borders(element: Element, colours: Colours) -> tuple[str, ...]:
    found = []
    for side in element:
        name = _SIDES.get(_OTHER_SIDES.get(local(side), local(side)))
        style = side.get("style", "none")
        crossed = local(side) != "diagonal" or on(element, "diagonalUp") or on(element, "diagonalDown")
        if name and style != "none" and crossed:
            found.append(f"{name} {style} {colours.of(child(side, 'color'), BLACK)}")
    return tuple(sorted(found))


_PLAIN = {
    "readingOrder": "0",
    "horizontal": "general",
    "vertical": "bottom",
    "textRotation": "0",
    "indent": "0",
}
_SWITCHES = ("wrapText", "shrinkToFit")


def _alignment(element: Element | None) -> tuple[str, ...]:
    """Alignment settings that differ from the default."""
    if element is None:
        return ()
    found = [f"{n}={element.get(n)}" for n, usual in _PLAIN.items() if element.get(n, usual) != usual]
    return (*found, *(n for n in _SWITCHES if on(element, n)))


def _difference(element: Element, colours: Colours) -> str:
    """A conditional format as one text. Colours of its border are left out: LibreOffice does not write them."""
    pieces = []
    font = child(element, "font")
    if font is not None:
        pieces += [f"Schrift {colours.of(child(font, 'color'), 'wie sonst')}"]
        pieces += [n for n in ("b", "i", "u", "strike") if switched(font, n)]
        pieces += [f"Größe {val(child(font, 'sz'))}"] if child(font, "sz") is not None else []
    fill = at(element, "fill", "patternFill")
    if fill is not None:
        back = child(fill, "bgColor")
        pieces.append(
            f"Hintergrund {colours.of(back if back is not None else child(fill, 'fgColor'), WHITE)}"
        )
    border = child(element, "border")
    sides = [local(e) for e in border if e.get("style")] if border is not None else []
    pieces += [f"Rahmen {' '.join(sorted(sides))}"] if sides else []
    format_ = child(element, "numFmt")
    pieces += [f"Format {format_.get('formatCode')}"] if format_ is not None else []
    return ", ".join(pieces)
