"""The long trial: all variants, many mutants, a mixed folder, many kills; prints the table of docs/robustheit.md.

``python -m tests.hostile.trial --mutants 5000 --kills 60 --seed 1``. Everything runs in processes that may
die: a death or a hang is counted and reported, it does not end the trial.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from pathlib import Path

from pipeline.engine.batch import examine_batch
from tests import builder
from tests.hostile.answers import wrong_answer
from tests.hostile.catalogue import VARIANTS
from tests.hostile.folder import TO_REFUSE, ergebnis, kisi, lay, of_municipalities
from tests.hostile.judge import Tally, try_mutants, word
from tests.hostile.kills import a_place, kill_once, rerun, seconds_of_a_run, strange

CHUNK, SECONDS = 50, 300
DEATH, HANG = "Abstürze", "Hänger"


def say(what: str) -> None:
    print(what, flush=True)  # noqa: T201  - a script for developers


# --- mutants and variants -----------------------------------------------------------------------------


def alone(work: object, *arguments: object) -> object:
    """A call in a process of its own; DEATH or HANG in place of what it would have returned."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        try:
            return pool.submit(work, *arguments).result(timeout=SECONDS)  # type: ignore[arg-type]
        except BrokenProcessPool:
            return DEATH
        except TimeoutError:
            for process in list(pool._processes.values()):
                process.kill()
            return HANG


def mutants_of(seeds: range) -> Tally:
    """Chunk by chunk; where a chunk ends badly, each of its mutants by itself."""
    tally = Tally()
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        chunks = [range(s, min(s + CHUNK, seeds.stop)) for s in seeds[::CHUNK]]
        waiting = [(chunk, pool.submit(try_mutants, chunk)) for chunk in chunks]
        for chunk, future in waiting:
            try:
                tally.add(future.result(timeout=SECONDS * 4))
            except (BrokenProcessPool, TimeoutError):
                for seed in chunk:
                    tally.add(one_by_one(seed))
    return tally


def one_by_one(seed: int) -> Tally:
    outcome = alone(try_mutants, range(seed, seed + 1))
    if isinstance(outcome, Tally):
        return outcome
    tally = Tally()
    tally.ended[str(outcome)] += 1
    say(f"  {outcome}: mutant {seed}")
    return tally


def examine_variants(numbers: range) -> Tally:
    """Some variants in one batch; what is wrong with an answer stands under ``silent``."""
    some = [VARIANTS[n] for n in numbers]
    tally = Tally()
    for variant, workbook in zip(
        some, examine_batch([(v.name, v.make()) for v in some], builder.rules()), strict=True
    ):
        tally.ended[word(workbook)] += 1
        if wrong := wrong_answer(variant, workbook):
            tally.silent.append(f"{variant.name}: {wrong}")
    return tally


def variants() -> Tally:
    tally = Tally()
    numbers = range(len(VARIANTS))
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        for one in pool.map(examine_variants, (numbers[n : n + CHUNK] for n in numbers[::CHUNK])):
            tally.add(one)
    return tally


# --- a folder -----------------------------------------------------------------------------------------


def folder(place: Path, good: int) -> Iterator[str]:
    """The good files alone and among every file that is to be refused, by the real command."""
    trial = lay(place, good, TO_REFUSE)
    options = ("--rules", trial.rules, "--as-of", builder.STICHTAG.isoformat())
    runs = [
        kisi("report", source, "--out", place / out, *options)
        for source, out in ((trial.alone, "a"), (trial.mixed, "b"))
    ]
    documents = [of_municipalities(ergebnis(place / out), trial.good) for out in "ab"]
    accepted = sum(s["state"] == "accepted" for s in documents[1]["submissions"])
    yield f"{good} gute und {len(trial.hostile)} feindliche Dateien, Rückgabe {[r.returncode for r in runs]}"
    yield f"  angenommen: {accepted}; Zahlen gleich: {documents[0] == documents[1]}"
    yield f"  Interne Fehler gemeldet: {sum('Interner Fehler' in r.stderr + r.stdout for r in runs)}"


# --- kill -9 ------------------------------------------------------------------------------------------


def kills(place: Path, many: int, seed: int) -> Iterator[str]:
    here = a_place(place, files=3)
    dice = random.Random(seed)  # noqa: S311  - no secret
    whole = seconds_of_a_run(here)
    hits, torn, reruns = 0, 0, 0
    for number in range(1, many + 1):
        hit, found = kill_once(here, dice, number, whole)
        hits += hit
        if found:
            torn += 1
            yield f"  Versuch {number}: {found}"
        if number % 10 == 0:
            again = rerun(here, number) + [f"left over: {name}" for name in strange(here)]
            reruns += 1
            torn += bool(again)
            yield from (f"  danach: {problem}" for problem in again)
    yield f"kill -9: {many} Versuche, {hits} trafen, unvollständig {torn}; {reruns} Folgeläufe geprüft"


# --- all ----------------------------------------------------------------------------------------------


def shown(title: str, tally: Tally) -> None:
    say(f"{title}: {sum(tally.ended.values())}, {dict(tally.ended)}, falsch oder still: {len(tally.silent)}")
    for line in tally.silent[:30]:
        say(f"  {line[:200]}")


def main() -> None:
    parser = argparse.ArgumentParser(description="Versuche mit feindlichen Dateien")
    for name, default in (("mutants", 5000), ("kills", 60), ("seed", 1), ("good", 30)):
        parser.add_argument(f"--{name}", type=int, default=default)
    given = parser.parse_args()
    if given.good:
        shown("Varianten", variants())
        with tempfile.TemporaryDirectory() as place:
            for line in folder(Path(place), given.good):
                say(line)
    if given.mutants:
        first = given.seed * 1_000_000
        shown("Mutanten", mutants_of(range(first, first + given.mutants)))
    if given.kills:
        with tempfile.TemporaryDirectory() as place:
            for line in kills(Path(place), given.kills, given.seed):
                say(line)


if __name__ == "__main__":
    main()
