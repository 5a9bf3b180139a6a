"""What is measured, by turns: each round runs every contender once, so that noise meets all of them alike."""

from __future__ import annotations

import shutil
import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.generate import Generated, change
from benchmarks.measure import Measured, process

Series = dict[str, list[Measured]]
COLD, WARM, CHANGED, ONE_JOB, PLAIN, FLOOR = "cold", "warm", "one changed", "one job", "plain", "floor"
OTHERS = 1000  # up to this many workbooks the other contenders run beside ours


@dataclass(frozen=True)
class Plan:
    """``plain``: how many workbooks the plain pipeline takes; it needs as long for each."""

    runs: int
    jobs: int
    plain: int


def trial(project: Path, size: int, plan: Plan, mistakes: dict[str, Generated] | None = None) -> Series:
    """Seconds and memory of each contender; ``mistakes``: further projects that ours takes cold.

    The report is written in the first cold run only; no ratio depends on it.
    """
    series: Series = defaultdict(list)
    out = project / "out"
    for turn in range(plan.runs if size <= OTHERS else 1):
        shutil.rmtree(out, ignore_errors=True)
        series[COLD].append(ours(project, out, plan.jobs, *(["--write"] if turn == 0 else [])))
        series[WARM].append(ours(project, out, plan.jobs))
        change(project, turn % size, turn + 1)
        series[CHANGED].append(ours(project, out, plan.jobs))
        if size <= OTHERS:
            series[PLAIN].append(contender("plain", project, "--most", plan.plain, "--jobs", plan.jobs))
            series[FLOOR].append(contender("floor", project, "--most", size, "--jobs", plan.jobs))
            series[ONE_JOB].append(ours(project, project / f"out1-{turn}", 1))
        for name, spoiled in (mistakes or {}).items():
            folder = spoiled.rules.parent
            series[name].append(ours(folder, folder / f"out-{turn}", plan.jobs))
    return dict(series)


def ours(project: Path, out: Path, jobs: int, *options: str) -> Measured:
    return contender("ours", project, "--out", out, "--jobs", jobs, *options)


def contender(name: str, project: Path, *options: str | Path | int) -> Measured:
    return process(sys.executable, "-m", "benchmarks.contender", name, project, *options)


# --- start-up -----------------------------------------------------------------------------------------


AS_INSTALLED = "import sys; sys.modules['hypothesis'] = None; "  # which pandera loads where it finds it


def startup(project: Path, runs: int) -> Series:
    """Whole processes, by turns."""
    file = min((project / "eingang").iterdir())
    kisi = ("-c", f"{AS_INSTALLED}from pipeline.cli import main; main()")
    commands: dict[str, Sequence[str | Path]] = {
        "pass": ("-c", "pass"),
        "--help": (*kisi, "--help"),
        "import": ("-c", f"{AS_INSTALLED}import pandas, pandera.pandas"),
        "check": (*kisi, "check", file, "--out", project / "out-check", "--rules", project / "rules"),
    }
    measured: Series = {name: [] for name in commands}
    for _ in range(runs):
        for name, command in commands.items():
            measured[name].append(process(sys.executable, *command))
    return measured
