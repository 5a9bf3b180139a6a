"""Lays an invented project of any size: rules with a roster, and one filled workbook a municipality.

The same call gives the same bytes. By hand: ``python -m benchmarks.generate FOLDER --municipalities 100``.
"""

from __future__ import annotations

import argparse
import shutil
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from itertools import repeat
from multiprocessing import get_context
from pathlib import Path

from benchmarks.content import spoil, typical
from benchmarks.excelfile import Blank
from pipeline.rulefiles import ROSTER_FILE, load_rules
from pipeline.rules import Municipality, Rules
from pipeline.sheets import MUNICIPALITY
from pipeline.template import template_bytes

FIRST_AGS = 6900000
PERSONS = 500
RULES = Path(__file__).parents[1] / "rules"


@dataclass(frozen=True)
class Generated:
    """Where the project lies, and how many errors a check must find in it."""

    rules: Path
    inputs: Path
    errors: int


def generate(
    folder: Path, municipalities: int, persons: int = PERSONS, mistakes: float = 0.0, jobs: int = 1
) -> Generated:
    """Writes ``folder/rules`` and ``folder/eingang`` anew. ``mistakes``: share of the records with one."""
    rules_copy, inputs = folder / "rules", folder / "eingang"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(RULES, rules_copy)
    inputs.mkdir(parents=True)
    lines = [f"{FIRST_AGS + i:08d};Gemeinde {i};Musterkreis" for i in range(1, municipalities + 1)]
    (rules_copy / ROSTER_FILE).write_text("\n".join(["ags;name;landkreis", *lines, ""]), encoding="utf-8")
    roster = load_rules(rules_copy).roster
    step = 100
    batches = [roster[i : i + step] for i in range(0, len(roster), step)]
    work = (batches, repeat(folder), repeat(persons), repeat(mistakes))
    if jobs == 1 or len(batches) == 1:
        made = sum(map(_write_batch, *work))
    else:
        with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
            made = sum(pool.map(_write_batch, *work))
    return Generated(rules_copy, inputs, made)


def change(folder: Path, position: int, persons: int = PERSONS, mistakes: float = 0.0) -> Path:
    """Writes one workbook of a generated project anew with other content: the municipality resent it."""
    roster = load_rules(folder / "rules").roster
    _write(roster[position], folder, persons, mistakes, round_=1)
    return _path(folder, roster[position])


def _path(folder: Path, municipality: Municipality) -> Path:
    return folder / "eingang" / f"{municipality.ags}.xlsx"


def _write_batch(batch: tuple[Municipality, ...], folder: Path, persons: int, mistakes: float) -> int:
    return sum(_write(m, folder, persons, mistakes) for m in batch)


def _write(municipality: Municipality, folder: Path, persons: int, mistakes: float, round_: int = 0) -> int:
    rules, blank = _blank(folder / "rules")
    seed = int(municipality.ags) + round_ * 10_000_000
    content = typical(municipality.ags, municipality.name, rules, persons, seed)
    made = spoil(content, mistakes, seed) if mistakes else 0
    _path(folder, municipality).write_bytes(blank.fill(content))
    return made


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
