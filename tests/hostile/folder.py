"""A folder of good and hostile files, reported on by the real command in a process of its own."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from pipeline.cli import cli
from tests import builder, cell_edits
from tests.cell_edits import Text
from tests.hostile.catalogue import VARIANTS
from tests.hostile.variant import Variant, Verdict, place_of

Json = dict[str, Any]
DISTRICT = "Musterkreis"
# Names that have tripped programs: a formula, an option, markup, a line break, a device, no extension.
ODD_NAMES = (
    "=HYPERLINK(1).xlsx", "-rf.xlsx", "<script>.xlsx", "a\nb.xlsx", "CON.xlsx", "ohne Endung", "%s{0}.xlsx",
    "'\"`;$(x).xlsx", "\u202egnp.xlsx", "Bu\u0308dingen.xlsx", "Büdingen.xlsx", ("ü" * 120) + ".xlsx",
)  # fmt: skip

TO_REFUSE = tuple(v for v in VARIANTS if v.verdict in (Verdict.REFUSED, Verdict.REJECTED))


@dataclass(frozen=True)
class Trial:
    """``alone`` holds the good files, ``mixed`` the same ones and the hostile ones."""

    rules: Path
    alone: Path
    mixed: Path
    hostile: dict[str, Variant]  # by path in ``mixed``
    good: tuple[str, ...]  # AGS


def ags_of(number: int) -> str:
    return f"069{number:05d}"


def good_file(number: int) -> bytes:
    """A valid workbook of a municipality of its own, with figures of its own."""
    edits: dict[str, Any] = {
        "Stammdaten!B4": f"Gemeinde {number}",
        "Stammdaten!B5": Text(ags_of(number)),
        "Bestand!B7": 8 + number,
        "Personen!C8": "ja" if number % 2 else "nein",
        "Bedarfe!E6": date(2026, 4, 1 + number % 28),
        "Bedarfe!F6": "A-001",
    }
    if number % 3 == 0:
        edits |= {"Verwaltung!C7": None, "Ehrenamtliche!C8": date(2026, 5, 1)}
    return cell_edits.edited(edits)


def lay(place: Path, good: int, hostile: Sequence[Variant]) -> Trial:
    """Rules with a roster of the invented municipalities and of the one that the hostile files name."""
    shutil.copytree(builder.ROOT / "rules", place / "rules")
    numbers = range(1, good + 1)
    roster = [f"{builder.AGS};{builder.MUNICIPALITY};Wetteraukreis"]
    roster += [f"{ags_of(n)};Gemeinde {n};{DISTRICT}" for n in numbers]
    (place / "rules" / "kommunen.csv").write_text(
        "\n".join(["ags;name;landkreis", *roster, ""]), encoding="utf-8"
    )
    for folder in ("alone", "mixed"):
        (place / folder).mkdir()
        for number in numbers:
            (place / folder / f"gut {number:02d}.xlsx").write_bytes(good_file(number))
    (place / "mixed" / "fremd").mkdir()
    files = dict(_named(hostile))
    for name, variant in files.items():
        (place / "mixed" / name).write_bytes(variant.make())
    return Trial(place / "rules", place / "alone", place / "mixed", files, tuple(map(ags_of, numbers)))


def _named(hostile: Iterable[Variant]) -> Iterable[tuple[str, Variant]]:
    for number, variant in enumerate(hostile):
        yield f"fremd/{ODD_NAMES[number] if number < len(ODD_NAMES) else f'{number:03d}.xlsx'}", variant


def kisi(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command as a user calls it; children read the files, whatever the other tests do."""
    return subprocess.run(
        command(*arguments), env=surroundings(**environment), capture_output=True, text=True, check=False
    )


def kisi_here(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """The same command in this process, where all libraries are loaded already."""
    result = CliRunner().invoke(cli, [str(a) for a in arguments])
    return subprocess.CompletedProcess([], result.exit_code, result.stdout, result.stderr)


def unusual(said: str) -> list[str]:
    """Lines on the error channel that do not only say how far the work is."""
    return [line for line in said.splitlines() if not re.fullmatch(r"[0-9]+ Dateien? .*geprüft.*", line)]


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "pipeline", *map(str, arguments)]


def surroundings(**more: str) -> dict[str, str]:
    own = {k: v for k, v in os.environ.items() if k != "KISI_JOBS"}
    return own | {"PYTHONPATH": str(builder.ROOT)} | more


def ergebnis(out: Path) -> Json:
    document: Json = json.loads((out / builder.STICHTAG.isoformat() / "ergebnis.json").read_text("utf-8"))
    return document


def of_municipalities(document: Json, ags: Sequence[str]) -> Json:
    """Everything that the document says about some municipalities, and the figures of the project."""
    parts = ("submissions", "findings", "targets", "milestones", "evidence")
    said = {part: [entry for entry in document[part] if entry["ags"] in ags] for part in parts}
    return said | {"consolidated": document["consolidated"]}


def answers(document: Json) -> dict[str, tuple[str, ...]]:
    """File → its findings, as variants write them down."""
    found: dict[str, tuple[str, ...]] = {}
    for one in document["findings"]:
        place = place_of(one["rule"], one["sheet"], one["cell"])
        found[one["file"]] = (*found.get(one["file"], ()), place)
    return found
