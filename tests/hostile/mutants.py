"""Valid workbooks with a few bytes changed at random, in the zip or inside its parts.

A mutant is known by its seed: the same seed gives the same bytes on every machine.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from tests import builder, cell_edits
from tests.hostile import excel, rawzip, zips

Change = Callable[[random.Random, bytearray], None]


def flip(dice: random.Random, data: bytearray) -> None:
    data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)


def put(dice: random.Random, data: bytearray) -> None:
    data[dice.randrange(len(data))] = dice.choice((0, 9, 32, 34, 38, 39, 45, 46, 48, 49, 57, 60, 62, 255))


def insert(dice: random.Random, data: bytearray) -> None:
    place = dice.randrange(len(data))
    data[place:place] = bytes(dice.randrange(256) for _ in range(dice.randint(1, 8)))


def delete(dice: random.Random, data: bytearray) -> None:
    place = dice.randrange(len(data))
    del data[place : place + dice.randint(1, 40)]


def truncate(dice: random.Random, data: bytearray) -> None:
    del data[dice.randrange(len(data)) :]


def swap(dice: random.Random, data: bytearray) -> None:
    a, b = dice.randrange(len(data)), dice.randrange(len(data))
    data[a], data[b] = data[b], data[a]


def repeat(dice: random.Random, data: bytearray) -> None:
    place = dice.randrange(len(data))
    data[place:place] = data[place : place + dice.randint(1, 200)]


BYTES: tuple[Change, ...] = (flip, put, insert, delete, truncate, swap, repeat)


# --- inside the XML, where it still is XML ----------------------------------------------------------------


def _piece(dice: random.Random, data: bytearray, pattern: bytes) -> re.Match[bytes] | None:
    found = list(re.finditer(pattern, data))
    return dice.choice(found) if found else None


def drop_element(dice: random.Random, data: bytearray) -> None:
    if match := _piece(
        dice, data, rb"<(c|row|si|t|is|v|sheet|xf|numFmt|Relationship|Override)\b[^>]*/?>(?:[^<]*</\1>)?"
    ):
        del data[match.start() : match.end()]


def drop_attribute(dice: random.Random, data: bytearray) -> None:
    if match := _piece(dice, data, rb' [\w:]+="[^"]*"'):
        del data[match.start() : match.end()]


def other_digit(dice: random.Random, data: bytearray) -> None:
    if match := _piece(dice, data, rb"[0-9]"):
        data[match.start() : match.end()] = b"%d" % dice.randrange(10)


def other_reference(dice: random.Random, data: bytearray) -> None:
    if match := _piece(dice, data, rb'r="[A-Z]*[0-9]+"'):
        data[match.start() : match.end()] = dice.choice(
            (b'r="B7"', b'r="A0"', b'r="XFD1048576"', b'r="7"', b'r="A5"', b'r="C9"', b'r="99"', b'r=""')
        )


def other_type(dice: random.Random, data: bytearray) -> None:
    if match := _piece(dice, data, rb't="(?:n|s|inlineStr)"'):
        data[match.start() : match.end()] = b't="%s"' % dice.choice(
            (b"e", b"b", b"d", b"str", b"n", b"s", b"q")
        )


def odd_markup(dice: random.Random, data: bytearray) -> None:
    odd = (
        b"<!-- x -->",
        b"<?x y?>",
        b"<![CDATA[1]]>",
        b"&#49;",
        b"&amp;",
        b"&x;",
        b"<f/>",
        b"<v>1</v>",
        b"<r><t>1</t></r>",
    )
    if match := _piece(dice, data, rb">"):
        data[match.end() : match.end()] = dice.choice(odd)


XML: tuple[Change, ...] = (drop_element, drop_attribute, other_digit, other_reference, other_type, odd_markup)


# --- mutants ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Mutant:
    """``zipped``: bytes of the zip itself were changed, whose checksums must betray any change of content."""

    name: str
    data: bytes
    zipped: bool


@cache
def _archive() -> bytes:
    return rawzip.write(zips.members())


@cache
def _members(shared: bool) -> dict[str, bytes]:
    return excel.shared_parts() if shared else cell_edits.unpack(builder.valid())


@cache
def _parts(shared: bool) -> list[str]:
    """Parts that matter come often, others seldom."""
    names = list(_members(shared))
    data = [n for n in names if re.search(r"sheet([2-9]|1[0-6]|19)\.xml", n)]
    book = [n for n in names if n.startswith("xl/") and n not in data and "sheet1" not in n]
    return names + data * 4 + [n for n in book if "theme" not in n] * 6


def mutant(seed: int) -> Mutant:
    dice = random.Random(seed)  # noqa: S311  - no secret
    if dice.random() < 0.3:
        archive, change = bytearray(_archive()), dice.choice(BYTES)
        for _ in range(dice.randint(1, 3)):
            if archive:
                change(dice, archive)
        return Mutant(f"{seed} zip {change.__name__}", bytes(archive), zipped=True)
    shared = dice.random() < 0.5
    name, change = dice.choice(_parts(shared)), dice.choice(BYTES + XML * 2)
    part = bytearray(_members(shared)[name])
    for _ in range(dice.randint(1, 2)):
        if part:
            change(dice, part)
    data = cell_edits.pack(_members(shared) | {name: bytes(part)})
    return Mutant(f"{seed} {name} {change.__name__}", data, zipped=False)
