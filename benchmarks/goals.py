"""The goals of the project for its speed, and what was measured against each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.measure import Measured
from benchmarks.trial import CHANGED, COLD, FLOOR, PLAIN, Series

BASE, LARGE = 1000, 10_000
MISTAKES = {"1 % mistakes": 0.01, "20 % mistakes": 0.2}


@dataclass(frozen=True)
class Goal:
    """``ratios``: one for each round; their median counts. ``least``: more is better."""

    name: str
    short: str
    limit: float
    ratios: Sequence[float]
    least: bool = False

    @property
    def value(self) -> float:
        return median(self.ratios)

    @property
    def met(self) -> bool:
        return self.value >= self.limit if self.least else self.value <= self.limit

    def line(self) -> str:
        word = "at least" if self.least else "at most"
        spread = f"{min(self.ratios):.2f} … {max(self.ratios):.2f}"
        state = "met" if self.met else "MISSED"
        return f"| {self.name} | {word} {self.limit:g} | {self.value:.2f} | {spread} | {state} |"


def each(measured: Measured) -> float:
    """Seconds of work for one workbook, without loading libraries and without writing."""
    return float(measured.figures["work"] / measured.figures["files"])


def cpu(measured: Measured) -> float:
    """CPU seconds for one workbook; ours with starting all processes, the others without."""
    figures = measured.figures
    work = figures["cpu"] if "cpu" in figures else measured.cpu - figures["write_cpu"]
    return float(work / figures["files"])


def ratios(above: Sequence[float], below: Sequence[float]) -> list[float]:
    """Round by round."""
    return [a / b for a, b in zip(above, below, strict=False)]


def of_trials(trials: dict[int, Series]) -> list[Goal]:
    """The goals about many workbooks, at the base size or the largest below it."""
    size = max((s for s in trials if s <= BASE), default=0)
    if not size:
        return []
    of = {name: [each(m) for m in runs] for name, runs in trials[size].items()}
    busy = {name: [cpu(m) for m in runs] for name, runs in trials[size].items()}
    found = [
        Goal(f"plain pipeline ÷ ours, {size} workbooks", "plain ÷ ours", 18,
             ratios(of[PLAIN], of[COLD]), least=True),
        Goal("the same by CPU time", "", 18,
             ratios(busy[PLAIN], busy[COLD]), least=True),
        Goal(f"ours ÷ inflate + expat, {size} workbooks", "ours ÷ floor", 1.6, ratios(of[COLD], of[FLOOR])),
        Goal("the same by CPU time", "", 1.6,
             ratios(busy[COLD], busy[FLOOR])),
        *(Goal(f"{name} ÷ clean", name, 1.5, ratios(of[name], of[COLD])) for name in MISTAKES if name in of),
        Goal(f"second run, 1 of {size} changed ÷ cold", "1 changed", 0.05, ratios(of[CHANGED], of[COLD])),
    ]  # fmt: skip
    return found + (_growth(trials[size], trials[LARGE], size) if LARGE in trials else [])


def _growth(base: Series, large: Series, size: int) -> list[Goal]:
    def grown(name: str, short: str, limit: float, what: str) -> Goal:
        values = [median(getattr(m, what) for m in s[COLD]) for s in (large, base)]
        return Goal(f"{name} at {LARGE} ÷ at {size}", short, limit, [values[0] / max(values[1], 1)])

    times = [median(map(each, s[COLD])) for s in (large, base)]
    return [
        Goal(f"time per workbook at {LARGE} ÷ at {size}", "time ×10", 1.1, [times[0] / times[1]]),
        grown("peak memory of the parent", "parent ×10", 1.3, "peak"),
        grown("peak memory of a worker", "worker ×10", 1.1, "worker_peak"),
    ]


def of_report(seconds: dict[str, list[float]]) -> Goal:
    name = "report workbook ÷ bare xlsxwriter, same cells"
    return Goal(name, "report ÷ bare", 1.5, ratios(seconds["ours"], seconds["bare"]))


def of_feedback(seconds: dict[str, list[float]]) -> Goal:
    name = "feedback copies ÷ inflate + deflate"
    return Goal(name, "feedback ÷ zip", 2, ratios(seconds["ours"], seconds["zip"]))


def of_templates(seconds: dict[str, list[float]]) -> Goal:
    name = "prefilled workbooks ÷ inflate + deflate of the blank one, 421 municipalities"
    return Goal(name, "templates ÷ zip", 2, ratios(seconds["ours"], seconds["zip"]))


def of_startup(series: Series) -> list[Goal]:
    def divided(above: str, below: str, what: str) -> list[float]:
        return ratios(*([getattr(m, what) for m in series[name]] for name in (above, below)))

    name = "`kisi check` of one workbook ÷ import of pandas and pandera"
    return [
        Goal("`kisi --help` ÷ `python -c pass`", "--help ÷ pass", 6, divided("--help", "pass", "wall")),
        Goal(name, "check ÷ import", 1.5, divided("check", "import", "wall")),
        Goal("the same by CPU time, child included", "", 1.5, divided("check", "import", "cpu")),
    ]


@dataclass(frozen=True)
class Limit:
    """A goal of ``waiting``: what is divided by what, and the most that it may be."""

    name: str
    short: str
    limit: float


WAITING = (
    Limit("read + check + evaluate + report without copies ÷ inflate + expat", "report ÷ floor", 2.5),
    Limit("everything ÷ inflate + expat", "all ÷ floor", 5),
    Limit("everything ÷ a plain `pandas.read_excel` of the same files", "all ÷ read_excel", 0.2),
    Limit("everything again after one changed ÷ the first time", "again ÷ first", 0.1),
    Limit("`kisi explain` after a report ÷ import of pandas and pandera", "explain ÷ import", 1.0),
)
