"""Lays an invented project of any size: rules with a roster, and one filled workbook a municipality.

The first 1,000 differ in every record; further ones repeat them under their own key and name, so that a
project of 10,000 takes minutes.
The same call gives the same bytes. By hand: ``python -m benchmarks.generate FOLDER --municipalities 100``.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from itertools import repeat
from multiprocessing import get_context
from pathlib import Path

from benchmarks.content import spoil, typical
from benchmarks.excelfile import Blank
from pipeline.definitions.sheets import MUNICIPALITY
from pipeline.rules import Municipality, Rules
from pipeline.rules.loading.load import ROSTER_FILE, load_rules
from pipeline.template import template_bytes

FIRST_AGS = 6900000
KEPT = "made_of.txt"
PERSONS = 500
DISTINCT = 1000
RULES = Path(__file__).parents[1] / "rules"


@dataclass(frozen=True)
class Generated:
    """Where the project lies, and how many errors a check must find in it."""

    rules: Path
    inputs: Path
    errors: int


def generate(
    folder: Path,
    municipalities: int,
    persons: int = PERSONS,
    mistakes: float = 0.0,
    jobs: int = 1,
    *,
    again: bool = True,
) -> Generated:
    """Writes ``folder/rules`` and ``folder/eingang``. ``mistakes``: share of the records with one.

    Without ``again`` an earlier project of the same template, rules and size is kept.
    """
    rules_copy, inputs = folder / "rules", folder / "eingang"
    made_of = f"{load_rules(RULES).sha256} {_template_hash()} {municipalities} {persons} {mistakes}"
    if not again and (kept := _kept(folder / KEPT, made_of)) is not None:
        return Generated(rules_copy, inputs, kept)
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(RULES, rules_copy)
    inputs.mkdir(parents=True)
    lines = [f"{FIRST_AGS + i:08d};Gemeinde {i};Musterkreis" for i in range(1, municipalities + 1)]
    (rules_copy / ROSTER_FILE).write_text("\n".join(["ags;name;landkreis", *lines, ""]), encoding="utf-8")
    roster = load_rules(rules_copy).roster
    step = 50
    alike = [roster[i::DISTINCT] for i in range(min(DISTINCT, len(roster)))]
    batches = [alike[i : i + step] for i in range(0, len(alike), step)]
    work = (batches, repeat(folder), repeat(persons), repeat(mistakes))
    if jobs == 1 or len(batches) == 1:
        made = sum(map(_write_batch, *work))
    else:
        with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
            made = sum(pool.map(_write_batch, *work))
    (folder / KEPT).write_text(f"{made_of}\n{made}\n", encoding="utf-8")
    return Generated(rules_copy, inputs, made)


def _template_hash() -> str:
    return hashlib.sha256(template_bytes(load_rules(RULES), MUNICIPALITY)).hexdigest()


def _kept(file: Path, made_of: str) -> int | None:
    """How many errors a project that was made of the same has; None when there is no such project."""
    if not file.exists():
        return None
    before, errors = file.read_text(encoding="utf-8").splitlines()
    return int(errors) if before == made_of else None


def change(folder: Path, position: int, round_: int = 1, persons: int = PERSONS) -> Path:
    """Writes one valid workbook of a project anew, its content another in each round: it was sent again."""
    municipality = load_rules(folder / "rules").roster[position]
    _write((municipality,), folder, persons, 0.0, round_)
    return _path(folder, municipality)


def _path(folder: Path, municipality: Municipality) -> Path:
    return folder / "eingang" / f"{municipality.ags}.xlsx"


def _write_batch(batch: list[tuple[Municipality, ...]], folder: Path, persons: int, mistakes: float) -> int:
    return sum(_write(alike, folder, persons, mistakes) for alike in batch)


def _write(
    alike: tuple[Municipality, ...], folder: Path, persons: int, mistakes: float, round_: int = 0
) -> int:
    """The workbooks of municipalities that report the same; returns the errors in them."""
    municipality, *others = alike
    rules, blank = _blank(folder / "rules")
    seed = int(municipality.ags) + round_ * 10_000_000
    content = typical(municipality.ags, municipality.name, rules, persons, seed)
    made = spoil(content, mistakes, seed) if mistakes else 0
    filled = blank.fill(content)
    _path(folder, municipality).write_bytes(filled.data())
    for other in others:
        same = filled.instead({municipality.ags: other.ags, municipality.name: other.name})
        _path(folder, other).write_bytes(same.data())
    return made * len(alike)


@cache
def _blank(rules_folder: Path) -> tuple[Rules, Blank]:
    rules = load_rules(rules_folder)
    return rules, Blank(template_bytes(rules, MUNICIPALITY), MUNICIPALITY)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.generate", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--municipalities", type=int, default=50)
    parser.add_argument("--persons", type=int, default=PERSONS)
    parser.add_argument("--mistakes", type=float, default=0.0, help="share of the records with a mistake")
    parser.add_argument("--jobs", type=int, default=2)
    arguments = parser.parse_args()
    made = generate(**vars(arguments))
    print(f"{made.inputs}\n{made.rules}\n{made.errors} errors")


if __name__ == "__main__":
    main()
