"""``kisi report`` killed at a random moment: the old results are whole, or the new ones are."""

from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipeline.disk.publish import WORK
from tests import builder, cell_edits
from tests.hostile.folder import command, ergebnis, good_file, kisi, lay, surroundings


@dataclass(frozen=True)
class Place:
    """A working folder: rules, received files, results."""

    root: Path

    @property
    def received(self) -> Path:
        return self.root / "eingang"

    @property
    def out(self) -> Path:
        return self.root / "output"

    @property
    def results(self) -> Path:
        return self.out / builder.STICHTAG.isoformat()

    def call(self, *more: str) -> tuple[str | Path, ...]:
        return ("report", self.received, "--out", self.out, "--rules", self.root / "rules", *more)


def a_place(root: Path, files: int) -> Place:
    """A working folder with rules and received files, and no results yet."""
    trial = lay(root / "lage", files, ())
    trial.rules.rename(root / "rules")
    trial.alone.rename(root / "eingang")
    return Place(root)


def correct(place: Place, number: int, stock: int) -> None:
    """The municipality's file with another stock, so that old and new results differ."""
    data = cell_edits.edited({"Bestand!B7": stock}, good_file(number))
    (place.received / f"gut {number:02d}.xlsx").write_bytes(data)


def stock_of(place: Place) -> int | None:
    """The denominator of Z1.2 of the first municipality in the results as they lie there."""
    targets = ergebnis(place.out)["targets"]
    found = [t["denominator"] for t in targets if t["nr"] == "Z1.2" and t["ags"] == "06900001"]
    return found[0] if found else None


def problems(place: Place) -> list[str]:
    """What is wrong with the set of results: every hash, and nothing missing or foreign."""
    manifest = json.loads((place.results / "manifest.json").read_text("utf-8"))
    there = {p.relative_to(place.results).as_posix() for p in place.results.rglob("*") if p.is_file()}
    found = [f"more or less than the manifest names: {there ^ {'manifest.json', *manifest['outputs']}}"]
    found = found if there != {"manifest.json", *manifest["outputs"]} else []
    for name in there & set(manifest["outputs"]):
        if hashlib.sha256((place.results / name).read_bytes()).hexdigest() != manifest["outputs"][name]:
            found.append(f"{name} is not what the manifest says")
    return found


Kisi = Callable[..., subprocess.CompletedProcess[str]]


def seconds_of_a_run(place: Place, call: Kisi = kisi) -> float:
    start = time.monotonic()
    run = call(*place.call())
    assert run.returncode == 0, run.stderr
    return time.monotonic() - start


def killed(place: Place, after: float, *, of_writing: bool) -> bool:
    """Starts a run and kills it ``after`` seconds, counted from its start or from its first output.

    False when it was done before.
    """
    process = subprocess.Popen(
        command(*place.call()), env=surroundings(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    while of_writing and process.poll() is None and not (place.out / WORK / "neu").exists():
        time.sleep(0.001)
    try:
        process.wait(timeout=after)
    except subprocess.TimeoutExpired:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        return True
    return False


def kill_once(place: Place, dice: random.Random, number: int, whole: float) -> tuple[bool, list[str]]:
    """One trial with a stock of its own: whether the run was hit, and what is wrong with what it left.

    Two of three are hit while results are written and put in place, which is a small part of a run.
    """
    before, now = stock_of(place), 100 + number
    correct(place, 1, now)
    of_writing = number % 3 != 0
    hit = killed(place, dice.uniform(0, 0.4 * whole if of_writing else whole), of_writing=of_writing)
    found = problems(place)
    if stock_of(place) not in (before, now):
        found.append("figures of no run")
    return hit, found


def rerun(place: Place, number: int, call: Kisi = kisi) -> list[str]:
    """Problems of the next run, which must end as if nothing had happened, and of what verify says."""
    run = call(*place.call())
    found = [f"the next run ended with {run.returncode}: {run.stderr}"] if run.returncode else []
    found += problems(place)
    if stock_of(place) != 100 + number:
        found.append("the next run did not count the corrected file")
    report = place.results / f"KISI_Bericht_{builder.STICHTAG.isoformat()}.xlsx"
    verdict = call("verify", report, place.received, "--rules", place.root / "rules")
    if verdict.returncode:
        found.append(f"verify: {verdict.stdout} {verdict.stderr}")
    return found


def strange(place: Place) -> list[str]:
    """What lies in the output folder beside results and the store, once a run has ended."""
    known = {place.results.name, ".kisi-zwischenspeicher.sqlite"}
    return sorted(p.name for p in place.out.iterdir() if p.name not in known)
