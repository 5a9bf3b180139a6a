"""What was found, as lines in German: by sheet and cell, the same once for all its cells, without inner names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby

from pipeline.definitions.messages import number_of
from pipeline.xlsx.addresses import column_letters, column_number

LONGEST, BEFORE, MOST_RANGES, MOST_TOLD = 80, 12, 4, 10_000
_ADDRESS = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing at one place. Those with the same ``group`` on a sheet are told with the first of them."""

    text: str
    sheet: str = ""
    cell: str = ""
    group: str = ""


@dataclass(slots=True)
class Told:
    """``differences`` from what was computed, what could not be compared, and notes for the reader."""

    differences: list[Fact] = field(default_factory=list)
    uncompared: list[Fact] = field(default_factory=list)
    notes: list[Fact] = field(default_factory=list)


def lines(facts: Iterable[Fact]) -> list[str]:
    """In the order of their first appearance."""
    groups: dict[tuple[str, str], list[Fact]] = {}
    for fact in facts:
        groups.setdefault((fact.sheet, fact.group or fact.text), []).append(fact)
    found = [_line(group) for group in groups.values()]
    if (more := len(found) - MOST_TOLD) > 0:  # a file of another origin may have millions
        found[MOST_TOLD:] = [f"… und {more} weitere Abweichungen im Bericht."]
    return found


def _line(group: list[Fact]) -> str:
    first = group[0]
    where = f"Blatt {first.sheet}" if first.sheet else ""
    cells = [fact.cell for fact in group if fact.cell]
    if len(cells) == 1:
        where += f", Zelle {cells[0]}" if where else f"Zelle {cells[0]}"
    if len(cells) > 1 and len({fact.text for fact in group}) == 1:
        return f"{where}, {number_of(len(cells), 'Zelle', 'Zellen')} ({ranges(cells)}): {first.text}"
    if len(cells) > 1:
        also = number_of(len(cells) - 1, "weiteren Zelle", "weiteren Zellen")
        return f"{where}, Zelle {cells[0]}: {first.text}; ebenso in {also} ({ranges(cells[1:])})"
    return f"{where}: {first.text}" if where else first.text


def ranges(cells: Iterable[str]) -> str:
    """Addresses as areas, the first few: ``A1:A5, B7 …``."""
    found = list(_areas(cells))
    return ", ".join(found[:MOST_RANGES]) + (" …" if len(found) > MOST_RANGES else "")


def _areas(cells: Iterable[str]) -> Iterator[str]:
    at = sorted({(column_number(m[1]), int(m[2])) for c in cells if (m := _ADDRESS.fullmatch(c))})
    for (column, _), run in groupby(enumerate(at), key=lambda e: (e[1][0], e[1][1] - e[0])):
        rows = [row for _, (_, row) in run]
        letters = column_letters(column)
        yield f"{letters}{rows[0]}" + (f":{letters}{rows[-1]}" if len(rows) > 1 else "")


def numbers(found: Iterable[int]) -> str:
    """Numbers as runs: ``3–5, 9``."""
    runs = []
    for _, run in groupby(enumerate(sorted(set(found))), key=lambda e: e[1] - e[0]):
        inside = [n for _, n in run]
        runs.append(f"{inside[0]}–{inside[-1]}" if len(inside) > 1 else str(inside[0]))
    return ", ".join(runs[:MOST_RANGES]) + (" …" if len(runs) > MOST_RANGES else "")


def reading_order(address: str) -> tuple[int, int, str]:
    match = _ADDRESS.match(address)
    return (int(match[2]), column_number(match[1]), address) if match else (0, 0, address)


def quoted(value: str | float | None) -> str:
    """A value in quotation marks, or ``leer``."""
    if value is None or value == "":
        return "leer"
    text = f"{value:.15g}".replace(".", ",") if isinstance(value, float) else value
    return f"„{short(text)}“"


def short(text: str) -> str:
    """On one line and printable; the middle is left out where it is long."""
    plain = "".join(c if c.isprintable() else " " for c in text)
    return plain if len(plain) <= LONGEST else f"{plain[: LONGEST // 2]} … {plain[-LONGEST // 2 :]}"


def instead(is_: str | float | None, should: str | float | None) -> str:
    """Both values; of long texts the part where they part."""
    if isinstance(is_, str) and isinstance(should, str) and max(len(is_), len(should)) > LONGEST:
        alike = next((i for i, (a, b) in enumerate(zip(is_, should, strict=False)) if a != b), 0)
        start = max(0, alike - BEFORE)
        if start:
            is_, should = (f"… {text[start:]}" for text in (is_, should))
    return f"im Bericht {quoted(is_)}, nachgerechnet {quoted(should)}"
