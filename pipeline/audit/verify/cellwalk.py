"""Reads the cells of a worksheet as an office program does: values, formulas, runs of text, style numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from openpyxl.formula.translate import Translator

from pipeline.audit.verify.xml import (
    UNKNOWN_PARTS,
    Element,
    child,
    every,
    local,
    number,
    run_text,
    unescaped,
    whole,
)
from pipeline.xlsx.addresses import column_letters
from pipeline.xlsx.package import remove_element


@dataclass(frozen=True, slots=True)
class Text:
    """A text; ``runs``: pieces with their fonts if any piece has its own; ``hints``: phonetic text, which a
    program may show above it.
    """

    text: str
    runs: tuple[tuple[str, Element | None], ...] = ()
    hints: bool = False


@dataclass(frozen=True, slots=True)
class ReportCell:
    """A cell: ``value`` (numbers as float), ``formula``, ``style`` (number of its format).

    ``extra``: what a reader sees instead of or beside the value: a picture in the cell, phonetic text.
    """

    value: str | float | None
    formula: str | None
    style: int = 0
    runs: tuple[tuple[str, Element | None], ...] = ()
    extra: str = ""


EMPTY = ReportCell(None, None)


@cache
def _blank(style: int) -> ReportCell:
    """The empty cell of a style; kept, as a sheet may have many."""
    return ReportCell(None, None, style)


def string_text(element: Element) -> Text:
    """The text of a shared or inline string."""
    runs = tuple((run_text(r), child(r, "rPr")) for r in element if local(r) == "r")
    with_fonts = any(font is not None for _, font in runs)
    hints = any(t.text for hint in every(element, "rPh") for t in every(hint, "t"))
    return Text(run_text(element), runs if with_fonts else (), hints)


class Cells:
    """Reads rows and cells in document order; addresses may be missing, formulas may be shared by several
    cells.
    """

    def __init__(self, strings: Sequence[Text]) -> None:
        self._strings = strings
        self._shared: dict[str, tuple[str, str]] = {}
        self._row = self._column = 0

    def begin(self, name: str, element: Element) -> int:
        """Takes note of the start of a row or cell; returns the number of the current row."""
        if name == "row":
            self._row, self._column = whole(element.get("r"), self._row + 1), 0
        elif name == "c":
            self._column += 1
        return self._row

    def found(self, element: Element) -> tuple[str, ReportCell]:
        """(address, cell) of a completed cell element."""
        address = (element.get("r") or f"{column_letters(self._column)}{self._row}").upper()
        kind, style = element.get("t", "n"), whole(element.get("s"))
        if not len(element):
            return address, _blank(style)
        space = element.tag[: element.tag.index("}") + 1]
        foreign = [e for e in element.iterdescendants() if not str(e.tag).startswith(space)]
        for strange in foreign:  # programs pass them over
            remove_element(strange)
        formula = _formula(child(element, "f"), address, self._shared)
        text = self._text(kind, element)
        value = _value(kind, child(element, "v")) if text is None else text.text
        extra = UNKNOWN_PARTS if foreign else "ein Objekt statt des Werts" if element.get("vm") else ""
        if text is None:
            return address, ReportCell(value, formula, style, (), extra)
        return address, ReportCell(
            value, formula, style, text.runs, extra or ("Lautschrift" if text.hints else "")
        )

    def _text(self, kind: str, element: Element) -> Text | None:
        if kind == "inlineStr":
            found = child(element, "is")
            return string_text(found) if found is not None else None
        stored = child(element, "v")
        if kind != "s" or stored is None:
            return None
        index = whole((stored.text or "").strip(), -1)
        return self._strings[index] if 0 <= index < len(self._strings) else Text(f"#{index}")


def _formula(element: Element | None, address: str, shared: dict[str, tuple[str, str]]) -> str | None:
    """The formula; a shared one is written out for each of its cells, an array formula names its range."""
    if element is None:
        return None
    text, index, kind = element.text or "", element.get("si"), element.get("t", "normal")
    if kind == "shared" and index is not None:
        if text:
            shared[index] = (text, address)
        elif index in shared:
            origin, at = shared[index]
            text = Translator("=" + origin, at).translate_formula(address).removeprefix("=")
    if kind == "array":
        where = element.get("ref", address).partition(":")
        return f"{{{text}}}" + (f" über {where[0]}:{where[2]}" if where[2] not in ("", where[0]) else "")
    return f"Datentabelle {element.get('ref', '')}" if kind == "dataTable" else text


def _value(kind: str, stored: Element | None) -> str | float | None:
    if stored is None:
        return None
    text = stored.text or ""
    if kind == "b":
        return "WAHR" if text.strip() in ("1", "true") else "FALSCH"
    if kind in ("str", "e", "d", "inlineStr"):
        return unescaped(text)
    try:
        return float(text) if text.strip() else None
    except ValueError:
        return text


def sized(element: Element, name: str) -> float | None:
    """A width or height attribute as a number, None where it is missing."""
    text = element.get(name)
    return None if text is None else number(text)
