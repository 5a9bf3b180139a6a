"""Where people wait: whole commands, writing included, against others with the same number of processes.

Costs of many workbooks are marginal: what the larger project takes more than the smaller one, for each workbook
more. Wall time means something on a quiet machine only; CPU time is that of all processes of a command.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.content import STICHTAG
from benchmarks.generate import FIRST_AGS, change
from benchmarks.measure import Measured, process
from benchmarks.trial import contender

Times = dict[str, float]  # "CPU" and "wall", in seconds
WITHOUT_COPIES = ("--no-feedback", "--no-rows")


@dataclass(frozen=True)
class Waiting:
    """Two projects of typical workbooks; ``jobs``: processes on both sides."""

    small: Path
    large: Path
    jobs: int

    def ratios(self) -> dict[str, Times]:
        """One round: short name of each goal → its ratio by CPU and by wall time."""
        floor = self._marginal(lambda p: self._other("floor", p))
        plain = self._marginal(lambda p: self._other("read_excel", p))
        report = self._marginal(lambda p: self._report(p, "ohne", WITHOUT_COPIES))
        everything = self._marginal(lambda p: self._report(p, "alles"))
        first = self._report(self.large, "alles")
        change(self.large, 0, 1)
        again = self._report(self.large, "alles", keep=True)
        explain = _times(process(sys.executable, *self._explain()))
        loading = _times(process(sys.executable, "-c", "import pandas, pandera.pandas"))
        return {
            "report ÷ floor": _divided(report, floor),
            "all ÷ floor": _divided(everything, floor),
            "all ÷ read_excel": _divided(everything, plain),
            "again ÷ first": _divided(again, first),
            "explain ÷ import": _divided(explain, loading),
        }

    def _marginal(self, run: Callable[[Path], Times]) -> Times:
        small, large = run(self.small), run(self.large)
        more = _files(self.large) - _files(self.small)
        return {way: (large[way] - small[way]) / more for way in large}

    def _other(self, name: str, project: Path) -> Times:
        return _times(contender(name, project, "--most", _files(project), "--jobs", self.jobs))

    def _report(self, project: Path, out: str, options: Sequence[str] = (), *, keep: bool = False) -> Times:
        target = project / f"out-{out}"
        if not keep:
            shutil.rmtree(target, ignore_errors=True)
        return _times(
            process(
                sys.executable,
                "-m",
                "pipeline",
                "report",
                *self._of(project, target),
                "--jobs",
                self.jobs,
                *options,
            )
        )

    def _of(self, project: Path, out: Path) -> tuple[str | Path, ...]:
        return (
            project / "eingang",
            "--rules",
            project / "rules",
            "--out",
            out,
            "--as-of",
            STICHTAG.isoformat(),
        )

    def _explain(self) -> tuple[str | Path, ...]:
        asked = ("explain", "Z1.2", "--commune", f"{FIRST_AGS + 2:08d}")
        return ("-m", "pipeline", *asked, *self._of(self.large, self.large / "out-alles"))


def _files(project: Path) -> int:
    return sum(1 for _ in (project / "eingang").iterdir())


def _times(measured: Measured) -> Times:
    return {"CPU": measured.cpu, "wall": measured.wall}


def _divided(above: Times, below: Times) -> Times:
    return {way: above[way] / below[way] for way in above}
