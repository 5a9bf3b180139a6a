"""Compares all parts of a sheet but its cells: sizes, page set-up, links, comments, merged cells, drawings,
charts.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from pipeline.audit.verify.chart_facts import ALTERNATIVE
from pipeline.audit.verify.drawings import CHART, Drawing
from pipeline.audit.verify.opened_sheet import (
    CHOICE,
    COMMENT,
    CONDITIONAL,
    LINK,
    MERGED,
    TABLE,
    TIP,
    Band,
    OpenedSheet,
)
from pipeline.audit.verify.page_facts import PANES
from pipeline.audit.verify.remarks import Remark, Remarks, instead, numbers, quoted_value
from pipeline.definitions.messages import by_number
from pipeline.xlsx.addresses import column_letters, column_number

FACT_TOLERANCE = 0.03  # of an inch
LEAST_FREE, MOST_FREE = 0.75, 4.0  # of the usual height, where the program may choose it
MOVED = 1.0  # columns or rows that a drawing may shift when lengths are rounded
_LOST = (PANES, ALTERNATIVE)  # LibreOffice does not always write them; nothing is hidden without them


def compare_surroundings(given: OpenedSheet, computed: OpenedSheet, remarks: Remarks) -> None:
    """Adds a remark for each difference of a sheet apart from its cells."""
    texts = [
        *_facts(given.facts, computed.facts),
        *_items(given, computed),
        *_rows(given, computed),
        *_columns(given, computed),
        *_drawings(given.drawings, computed.drawings),
    ]
    if given.kind != computed.kind:
        texts.insert(0, "ist kein Tabellenblatt.")
    remarks.differences += (Remark(text, computed.name) for text in texts)
    remarks.uncompared += (
        Remark(f"enthält {text}; das lässt sich nicht vergleichen", computed.name)
        for text in dict.fromkeys(given.unknown)
        if text not in computed.unknown
    )


def _facts(given: dict[str, str | float], computed: dict[str, str | float]) -> Iterator[str]:
    for name in [*computed, *(n for n in given if n not in computed)]:
        is_, should = given.get(name), computed.get(name)
        if is_ is None and name in _LOST:
            continue
        if isinstance(is_, float) and isinstance(should, float):
            if not math.isclose(is_, should, abs_tol=FACT_TOLERANCE):
                yield f"{name}: {instead(round(is_, 2), round(should, 2))}."
        elif is_ != should:
            yield f"{name}: {instead(is_, should)}."


def _items(given: OpenedSheet, computed: OpenedSheet) -> Iterator[str]:
    for kind in (LINK, TIP, COMMENT, MERGED, CHOICE, CONDITIONAL, TABLE):
        is_, should = given.items.get(kind, {}), computed.items.get(kind, {})
        for place in sorted(is_.keys() | should.keys()):
            here, there = is_.get(place), should.get(place)
            if here == there or (kind in (TABLE, TIP) and here is None):  # LibreOffice does not write them
                continue
            if kind == MERGED:
                yield f"{kind} {place}: " + (
                    "gehören nicht zum Bericht." if there is None else "sind nicht mehr verbunden."
                )
            else:
                yield f"{kind} {place}: {instead(here, there)}."


# --- sizes --------------------------------------------------------------------------------------------


def _rows(given: OpenedSheet, computed: OpenedSheet) -> Iterator[str]:
    last = max((row for row, _ in _places(computed)), default=0)

    def band(sheet: OpenedSheet, row: int) -> Band:
        found = sheet.rows.get(row)
        if found is None:
            return Band(row, row, sheet.height, sheet.rows_hidden, free=True)
        size = sheet.height if found.size < 0 else found.size
        return Band(row, row, size, found.hidden, found.style, found.free)

    pairs = ((row, band(given, row), band(computed, row)) for row in range(1, last + 1))
    yield from _sizes(pairs, ("Zeile", "Zeilen", "Höhe"), numbers)


def _columns(given: OpenedSheet, computed: OpenedSheet) -> Iterator[str]:
    last = max((column for _, column in _places(computed)), default=0)

    def band(sheet: OpenedSheet, column: int) -> Band:
        found = next((b for b in sheet.columns if b.first <= column <= b.last), None)
        return found or Band(column, column, sheet.width, free=True)

    pairs = ((column, band(given, column), band(computed, column)) for column in range(1, last + 1))
    yield from _sizes(pairs, ("Spalte", "Spalten", "Breite"), _letters)


def _letters(columns: Iterable[int]) -> str:
    return ", ".join(column_letters(c) for c in sorted(columns))


def _places(sheet: OpenedSheet) -> Iterator[tuple[int, int]]:
    for address in sheet.cells:
        letters = address.rstrip("0123456789")
        if letters.isalpha():
            yield int(address[len(letters) :]), column_number(letters)


def _sizes(
    pairs: Iterable[tuple[int, Band, Band]], words: tuple[str, str, str], name: Callable[[Iterable[int]], str]
) -> Iterator[str]:
    found: dict[str, list[int]] = {}
    for at, is_, should in pairs:
        if is_.hidden != should.hidden:
            found.setdefault("ausgeblendet." if is_.hidden else "eingeblendet.", []).append(at)
        elif not is_.hidden and not _alike(is_.size, should):
            text = f"{words[2]} {is_.size:.4g}, nachgerechnet {should.size:.4g}.".replace(".", ",", 1)
            found.setdefault(_comma(text), []).append(at)
    for text, places in found.items():
        yield f"{by_number(len(places), *words[:2])} {name(places)}{' ' if text.endswith('eblendet.') else ': '}{text}"


def _comma(text: str) -> str:
    return text[:-1].replace(".", ",") + "."


def _alike(size: float, should: Band) -> bool:
    if should.free:
        return LEAST_FREE * should.size <= size <= MOST_FREE * should.size
    return math.isclose(size, should.size, rel_tol=0.03, abs_tol=0.8)


# --- drawings -----------------------------------------------------------------------------------------


def _drawings(given: list[Drawing], computed: list[Drawing]) -> Iterator[str]:
    here, there = Counter(d.kind for d in given), Counter(d.kind for d in computed)
    for kind in sorted(here.keys() | there.keys()):
        ours = [d for d in computed if d.kind == kind]
        theirs = [d for d in given if d.kind == kind]
        if here[kind] < there[kind]:
            yield f"{kind}: fehlt ({here[kind]} von {there[kind]} vorhanden)."
        elif here[kind] > there[kind]:
            places = ", ".join(filter(None, (d.cell for d in theirs)))
            texts = "".join(f" {quoted_value(d.text)}" for d in theirs if d.text and kind != CHART)
            yield f"{kind} bei Zelle {places}: gehört nicht zum Bericht{texts}."
        else:
            for one, other in zip(theirs, ours, strict=True):
                yield from _drawing(one, other)


def _drawing(is_: Drawing, should: Drawing) -> Iterator[str]:
    where = f"{should.kind} bei Zelle {should.cell}"
    if is_.text != should.text:
        yield f"{where}, Text: {instead(is_.text, should.text)}."
    if is_.box is None or should.box is None:
        moved = is_.box != should.box
    else:
        moved = any(abs(a - b) > MOVED for a, b in zip(is_.box, should.box, strict=True))
    if moved:
        yield f"{where}: liegt an anderer Stelle oder hat eine andere Größe."
    here, there = is_.facts or {}, should.facts or {}
    for name in [*there, *(n for n in here if n not in there)]:
        if here.get(name) != there.get(name) and not (name in _LOST and name not in here):
            yield f"{where}, {name}: {instead(here.get(name), there.get(name))}."
