"""RESULTS.md: one table with a row of ratios for each run, and below it what each run measured."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from benchmarks.goals import Goal, each
from benchmarks.measure import ROOT
from benchmarks.trial import Series

RESULTS = Path(__file__).parent / "RESULTS.md"
ROWS_END = "<!-- the next run's ratios go above this line -->"
COLUMNS = (
    *("plain ÷ ours", "ours ÷ floor", "1 % mistakes", "20 % mistakes", "1 changed", "time ×10"),
    *("parent ×10", "worker ×10", "report ÷ bare", "feedback ÷ zip", "--help ÷ pass", "check ÷ import"),
    "templates ÷ zip",
    *("report ÷ floor", "all ÷ floor", "all ÷ read_excel", "again ÷ first", "explain ÷ import"),
)


def commit() -> str:
    command = ["git", "rev-parse", "--short", "HEAD"]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return found.stdout.strip() or "–"


def machine() -> str:
    try:
        model = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    except OSError:
        model = None
    return (
        f"{os.cpu_count()} × {model[1] if model else platform.machine()}, Python {platform.python_version()}"
    )


def ratio_row(goals: Sequence[Goal]) -> str:
    """One row of the table of all runs; a missed goal is bold, what was not measured is empty."""
    of = {g.short: f"{g.value:.2f}" if g.met else f"**{g.value:.2f}**" for g in goals}
    cells = [f"{datetime.now(UTC):%Y-%m-%d %H:%M}", commit(), *(of.get(c, "") for c in COLUMNS)]
    return f"| {' | '.join(cells)} |"


def section(
    goals: Sequence[Goal], trials: dict[int, Series], stages: Sequence[str], notes: Sequence[str]
) -> str:
    """What one run measured, as Markdown; ``stages`` is a table of its own."""
    lines = [
        f"## {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {commit()}, {machine()}",
        "",
        *(f"{note}\n" for note in notes),
        "| goal | limit | median | rounds | |",
        "|---|---|---|---|---|",
        *(g.line() for g in goals),
    ]
    if trials:
        lines += [
            "",
            "| workbooks | run | rounds | work s | ms each | first: write s | first: whole s | first: CPU s | parent MiB | worker MiB |",
            "|---|---|---|---|---|---|---|---|---|---|",
            *(row for size, series in trials.items() for row in _rows(size, series)),
        ]
    if stages:
        lines += ["", *stages]
    return "\n".join([*lines, ""])


def _rows(size: int, series: Series) -> list[str]:
    found = []
    for name, runs in series.items():
        figures = [m.figures for m in runs]
        cells = [
            f"{runs[0].figures['files']} of {size}" if figures[0]["files"] != size else str(size),
            name,
            str(len(runs)),
            f"{median(t['work'] for t in figures):.2f}",
            f"{median(each(m) for m in runs) * 1000:.2f}",
            f"{figures[0]['write']:.2f}" if figures[0].get("write", 0) > 1e-3 else "",
            f"{runs[0].wall:.2f}",
            f"{runs[0].cpu:.2f}",
            f"{max(m.peak for m in runs):.0f}",
            f"{max(m.worker_peak for m in runs):.0f}",
        ]
        found.append(f"| {' | '.join(cells)} |")
    return found


def append(row: str, text: str) -> None:
    """The row into the table, the section at the end."""
    before = RESULTS.read_text(encoding="utf-8")
    head, tail = before.split(ROWS_END)
    RESULTS.write_text(f"{head}{row}\n{ROWS_END}{tail.rstrip()}\n\n{text}", encoding="utf-8")
