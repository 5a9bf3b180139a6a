"""Remarks on a workbook as German lines: by sheet and cell, equal ones merged, inner names translated."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby

from pipeline.definitions.messages import number_of
from pipeline.xlsx.addresses import column_letters, column_number

LONGEST, BEFORE, MOST_RANGES, MOST_REMARKS = 80, 12, 4, 10_000
_ADDRESS = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


@dataclass(frozen=True, slots=True)
class Remark:
    """A text about a place. Remarks of one ``group`` on one sheet are merged into a line with the first one's
    text.
    """

    text: str
    sheet: str = ""
    cell: str = ""
    group: str = ""


@dataclass(slots=True)
class Remarks:
    """``differences`` from the computed workbook, what could not be compared, notes for the reader."""

    differences: list[Remark] = field(default_factory=list)
    uncompared: list[Remark] = field(default_factory=list)
    notes: list[Remark] = field(default_factory=list)


def remark_lines(facts: Iterable[Remark]) -> list[str]:
    """The remarks as lines, in the order of their first appearance."""
    groups: dict[tuple[str, str], list[Remark]] = {}
    for fact in facts:
        groups.setdefault((fact.sheet, fact.group or fact.text), []).append(fact)
    found = [_line(group) for group in groups.values()]
    if (more := len(found) - MOST_REMARKS) > 0:  # a file of another origin may have millions
        found[MOST_REMARKS:] = [f"… und {more} weitere Abweichungen im Bericht."]
    return found


def _line(group: list[Remark]) -> str:
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
    """Cell addresses as ranges, the first few: ``A1:A5, B7 …``."""
    found = list(_areas(cells))
    return ", ".join(found[:MOST_RANGES]) + (" …" if len(found) > MOST_RANGES else "")


def _areas(cells: Iterable[str]) -> Iterator[str]:
    at = sorted({(column_number(m[1]), int(m[2])) for c in cells if (m := _ADDRESS.fullmatch(c))})
    for (column, _), run in groupby(enumerate(at), key=lambda e: (e[1][0], e[1][1] - e[0])):
        rows = [row for _, (_, row) in run]
        letters = column_letters(column)
        yield f"{letters}{rows[0]}" + (f":{letters}{rows[-1]}" if len(rows) > 1 else "")


def numbers(found: Iterable[int]) -> str:
    """Numbers as ranges: ``3–5, 9``."""
    runs = []
    for _, run in groupby(enumerate(sorted(set(found))), key=lambda e: e[1] - e[0]):
        inside = [n for _, n in run]
        runs.append(f"{inside[0]}–{inside[-1]}" if len(inside) > 1 else str(inside[0]))
    return ", ".join(runs[:MOST_RANGES]) + (" …" if len(runs) > MOST_RANGES else "")


def reading_order(address: str) -> tuple[int, int, str]:
    """Sort key of an address: row before column."""
    match = _ADDRESS.match(address)
    return (int(match[2]), column_number(match[1]), address) if match else (0, 0, address)


def quoted_value(value: str | float | None) -> str:
    """A value in quotation marks, or ``leer``."""
    if value is None or value == "":
        return "leer"
    text = f"{value:.15g}".replace(".", ",") if isinstance(value, float) else value
    return f"„{short(text)}“"


def short(text: str) -> str:
    """A text on one line, printable; a long one without its middle."""
    plain = "".join(c if c.isprintable() else " " for c in text)
    return plain if len(plain) <= LONGEST else f"{plain[: LONGEST // 2]} … {plain[-LONGEST // 2 :]}"


def instead(is_: str | float | None, should: str | float | None) -> str:
    """ "X statt Y" for two values; of long texts only around the first difference."""
    if isinstance(is_, str) and isinstance(should, str) and max(len(is_), len(should)) > LONGEST:
        alike = next((i for i, (a, b) in enumerate(zip(is_, should, strict=False)) if a != b), 0)
        start = max(0, alike - BEFORE)
        if start:
            is_, should = (f"… {text[start:]}" for text in (is_, should))
    return f"im Bericht {quoted_value(is_)}, nachgerechnet {quoted_value(should)}"
