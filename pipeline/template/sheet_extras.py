"""Content of a filled workbook beside its values: links, struck-through text, comment threads, pictures,
shapes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from pipeline.definitions.messages import number_of
from pipeline.xlsx.addresses import column_letters
from pipeline.xlsx.package import Element, Package, local_name
from pipeline.xlsx.sheet_cells import split_address
from pipeline.xlsx.workbook import WorkbookPart

_LARGEST_AREA = 10_000  # cells of one link
_DRAWN = {
    "pic": ("Bild", "Bilder"),
    "sp": ("Textfeld oder Form", "Textfelder oder Formen"),
    "cxnSp": ("Linie", "Linien"),
    "graphicFrame": ("Diagramm", "Diagramme"),
}
_RELATED = {
    "ctrlProp": ("Steuerelement", "Steuerelemente"),
    "control": ("Steuerelement", "Steuerelemente"),
    "oleObject": ("eingebettetes Objekt", "eingebettete Objekte"),
    "package": ("eingebettetes Objekt", "eingebettete Objekte"),
    "image": ("Hintergrundbild", "Hintergrundbilder"),
}
_IN_HEADER = ("Bild in Kopf- oder Fußzeile", "Bilder in Kopf- oder Fußzeile")


@dataclass(slots=True)
class SheetExtras:
    """Such content of one sheet. ``links``: (row, column) → target; ``struck`` and ``threads``: addresses;
    ``objects``: German text.
    """

    links: dict[tuple[int, int], str] = field(default_factory=dict)
    struck: list[str] = field(default_factory=list)
    threads: list[str] = field(default_factory=list)
    objects: str = ""


def sheet_extras(data: bytes) -> dict[str, SheetExtras]:
    """Sheet title → its extras. Raises ``feedback.UNUSUAL`` for a package that is not built as programs build
    it.
    """
    package = Package(data)
    book = WorkbookPart(package)
    struck = _Struck(package, book)
    parts = ((title, book.worksheet(title)) for title in book.names)
    return {title: _beside(package, book, part, struck) for title, part in parts if part is not None}


def _beside(package: Package, book: WorkbookPart, part: str, struck: _Struck) -> SheetExtras:
    root = package.xml(part)
    return SheetExtras(
        dict(_links(package, book, part, root)),
        [c.get("r", "") for c in root.iter(f"{{{book.ns}}}c") if struck.shows(c)],
        list(_threads(package, part)),
        ", ".join(number_of(count, *words) for words, count in _objects(package, part, root).items()),
    )


def _links(
    package: Package, book: WorkbookPart, part: str, root: Element
) -> Iterator[tuple[tuple[int, int], str]]:
    for link in root.iter(f"{{{book.ns}}}hyperlink"):
        relation = package.relation(part, link.get(f"{{{book.rel}}}id", ""))
        inside = f"#{link.get('location')}" if link.get("location") else ""
        target = (relation.target if relation else "") + inside
        first, _, last = link.get("ref", "").partition(":")
        (top, left), (bottom, right) = split_address(first), split_address(last or first)
        if (bottom - top + 1) * (right - left + 1) <= _LARGEST_AREA:
            cells = ((r, c) for r in range(top, bottom + 1) for c in range(left, right + 1))
            yield from ((cell, target) for cell in cells)


def _threads(package: Package, part: str) -> Iterator[str]:
    for relation in package.relations(part):
        if relation.kind == "threadedComment" and relation.target in package:
            comments = package.xml(relation.target).iter()
            yield from dict.fromkeys(c.get("ref", "") for c in comments if local_name(c) == "threadedComment")


def _objects(package: Package, part: str, root: Element) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    for relation in package.relations(part):
        if relation.kind in _RELATED:
            found[_RELATED[relation.kind]] += 1
        elif relation.kind == "drawing" and relation.target in package:
            drawn = (local_name(e) for e in package.xml(relation.target).iter())
            found.update(_DRAWN[name] for name in drawn if name in _DRAWN)
    found[_IN_HEADER] += sum(local_name(e) == "legacyDrawingHF" for e in root)
    return +found


class _Struck:
    """Which cells show their text struck through, by their format or by a run of their text."""

    def __init__(self, package: Package, book: WorkbookPart) -> None:
        self._styles: set[str] = set()
        self._texts: set[str] = set()
        styles = book.styles_part()
        if styles is not None:
            tables = {local_name(e): e for e in package.xml(styles)}
            fonts = {str(i) for i, font in enumerate(tables.get("fonts", ())) if _strikes(font)}
            formats = enumerate(tables.get("cellXfs", ()))
            self._styles = {str(i) for i, xf in formats if xf.get("fontId", "0") in fonts}
        strings = package.related(book.name, "sharedStrings")
        if strings is not None and strings in package:
            items = (e for e in package.xml(strings) if local_name(e) == "si")
            self._texts = {str(i) for i, item in enumerate(items) if _strikes(item)}

    def shows(self, cell: Element) -> bool:
        value = next((e.text or "" for e in cell if local_name(e) == "v"), "")
        text = cell.get("t") == "inlineStr"
        if not value and not text:
            return False
        shared = cell.get("t") == "s" and value in self._texts
        return cell.get("s", "0") in self._styles or shared or (text and _strikes(cell))


def _strikes(element: Element) -> bool:
    return any(local_name(e) == "strike" and e.get("val") not in ("0", "false") for e in element.iter())


def first_cells(cells: list[str], shown: int = 5) -> str:
    """The first addresses and the number of the others: ``A5, A6 und 12 weitere``."""
    more = len(cells) - shown
    return ", ".join(cells[:shown]) + (f" und {more} weitere" if more > 0 else "")


def address(at: tuple[int, int]) -> str:
    """(row, column) → ``B7``"""
    return f"{column_letters(at[1])}{at[0]}"
