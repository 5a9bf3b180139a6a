"""Measures the pipeline against its goals: ``python -m benchmarks [--sizes 100 1000 10000]``.

Generates inputs, runs all contenders by turns, prints the ratios and appends them to RESULTS.md. What counts
are ratios of one run on one machine; seconds of different machines, or of a busy one, cannot be compared.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from benchmarks import goals, results
from benchmarks.generate import Generated, generate
from benchmarks.trial import Plan, Series, startup, trial
from benchmarks.waiting import Waiting

PARTS = ("waiting", "trial", "stages", "report", "feedback", "templates", "startup")
REPORTED, SMALL = 421, 12  # municipalities of Hesse; a small workbook, for only the report is measured


def main() -> None:
    arguments = _arguments()
    with tempfile.TemporaryDirectory() as name:
        folder = arguments.folder or Path(name)
        trials = _trials(folder, arguments) if "trial" in arguments.parts else {}
        met = goals.of_trials(trials) + _writing(folder, arguments)
        if "startup" in arguments.parts:
            project = generate(folder / "one", 1).rules.parent
            met += goals.of_startup(startup(project, 5 * arguments.runs))
        if "waiting" in arguments.parts:
            met += _waiting(folder, arguments)
        where = _stages(folder) if "stages" in arguments.parts else []
    text = results.section(met, trials, where, arguments.note)
    print(text)
    if not arguments.dry:
        results.append(results.ratio_row(met), text)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[100, 1000], help="workbooks (100 1000)")
    parser.add_argument("--runs", type=int, default=3, help="rounds; above 1,000 workbooks always one (3)")
    parser.add_argument("--jobs", type=int, default=2, help="processes that read and check (2)")
    parser.add_argument("--plain", type=int, default=100, help="workbooks the plain pipeline takes (100)")
    parser.add_argument(
        "--waiting",
        type=int,
        nargs=2,
        default=[10, 210],
        help="workbooks between which costs are marginal (10 210)",
    )
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS, help="what to measure (all)")
    parser.add_argument("--folder", type=Path, help="where the inputs are kept for the next run")
    parser.add_argument("--note", action="append", default=[], help="a sentence for RESULTS.md")
    parser.add_argument("--dry", action="store_true", help="print only, leave RESULTS.md alone")
    return parser.parse_args()


def _trials(folder: Path, arguments: argparse.Namespace) -> dict[int, Series]:
    plan = Plan(arguments.runs, arguments.jobs, arguments.plain)
    base = max((s for s in arguments.sizes if s <= goals.BASE), default=0)
    found = {}
    for size in sorted(arguments.sizes):
        project = _project(folder, size).rules.parent
        shares = goals.MISTAKES if size == base else {}
        spoiled = {name: _project(folder, size, share) for name, share in shares.items()}
        found[size] = trial(project, size, plan, spoiled)
        for name, made in spoiled.items():
            figures = {run.figures["errors"] for run in found[size][name]}
            assert figures == {made.errors}, f"{name}: {figures} errors found, {made.errors} made"
    return found


def _project(folder: Path, size: int, mistakes: float = 0.0) -> Generated:
    """A project of typical workbooks; one that lies there already is used again."""
    return generate(folder / f"{size}-{mistakes:g}", size, mistakes=mistakes, jobs=2, again=False)


def _waiting(folder: Path, arguments: argparse.Namespace) -> list[goals.Goal]:
    small, large = (_project(folder, size).rules.parent for size in arguments.waiting)
    measured = [Waiting(small, large, arguments.jobs).ratios() for _ in range(arguments.runs)]
    return [
        goals.Goal(
            f"{one.name}, {way}",
            one.short if way == "CPU" else "",
            one.limit,
            [m[one.short][way] for m in measured],
        )
        for one in goals.WAITING
        for way in ("CPU", "wall")
    ]


def _stages(folder: Path) -> list[str]:
    from benchmarks.stages import stages, table  # noqa: PLC0415  - loads pandas

    return table(stages(_project(folder, 50).rules.parent))


def _writing(folder: Path, arguments: argparse.Namespace) -> list[goals.Goal]:
    from benchmarks import bare  # noqa: PLC0415  - loads pandas

    found = []
    if "report" in arguments.parts:
        project = generate(folder / "report", REPORTED, SMALL).rules.parent
        found.append(goals.of_report(bare.report_against_bare(project, arguments.runs)))
    if "feedback" in arguments.parts:
        project = generate(folder / "feedback", 10, mistakes=0.01).rules.parent
        found.append(goals.of_feedback(bare.feedback_against_zip(project, arguments.runs)))
    if "templates" in arguments.parts:
        project = generate(folder / "report", REPORTED, SMALL, again=False).rules.parent
        found.append(goals.of_templates(bare.templates_against_zip(project, arguments.runs)))
    return found


if __name__ == "__main__":
    main()
