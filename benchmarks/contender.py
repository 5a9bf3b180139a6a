"""One contender at work on a generated project, reported in JSON: ``python -m benchmarks.contender NAME …``.

``ours`` does what ``kisi report --no-rows --no-feedback`` does, with the phases timed apart; the others take as
many processes: ``plain`` checks the same with pandas, ``floor`` inflates and parses, ``read_excel`` merely reads.
"""

# ruff: noqa: PLC0415 - loading its libraries is timed for each contender

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.measure import high_water

if TYPE_CHECKING:
    from pipeline.rules import Rules

Figures = dict[str, float]


def ours(project: Path, out: Path, jobs: int, cluster: str | None, *, write: bool) -> Figures:
    """``work`` is reading, checking and evaluating, with the start of the workers; ``write`` all writing."""
    from pipeline.cli.engine_options import with_engine
    from pipeline.definitions.model import Severity
    from pipeline.engine.engine import Engine
    from pipeline.report.write import write_report
    from pipeline.rules.loading.load import load_rules
    from pipeline.run import run

    rules = load_rules(project / "rules")

    def work(engine: Engine) -> Figures:
        start = time.perf_counter()
        outcome = run(project / "eingang", rules, engine=engine)
        worked, cpu = time.perf_counter(), time.process_time()
        if write:
            write_report(outcome, out, with_feedback=False, with_rows=False)
        return {
            "files": len(outcome.submissions),
            "errors": sum(s.workbook.count(Severity.ERROR) for s in outcome.submissions),
            "work": worked - start,
            "write": time.perf_counter() - worked,
            "write_cpu": time.process_time() - cpu,
        }

    out.mkdir(parents=True, exist_ok=True)
    figures = with_engine(work, rules, jobs, cluster, cache_folder=out)
    return {**figures, "peak": high_water()}


def _floor(path: Path) -> int:
    from benchmarks.floor import inflate_and_parse

    inflate_and_parse(path)
    return 0


def _plain(path: Path, rules: Rules) -> int:
    from benchmarks.plain import check

    return len(check(path, rules))


def _read_excel(path: Path) -> int:
    import pandas as pd

    pd.read_excel(path, sheet_name=None, header=None, engine="openpyxl")
    return 0


def _each(project: Path, most: int, work: Callable[[Path], int], jobs: int) -> Figures:
    """At most so many workbooks, spread over the whole folder, in as many processes as ours has."""
    files = sorted((project / "eingang").iterdir())
    chosen = files[:: max(1, len(files) // most)][:most]
    start = time.perf_counter()
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        done = list(pool.map(partial(_timed, work), (chosen[n::jobs] for n in range(jobs))))
    return {
        "files": len(chosen),
        "errors": sum(found for found, _ in done),
        "work": time.perf_counter() - start,
        "cpu": sum(cpu for _, cpu in done),
        "peak": high_water(),
    }


def _timed(work: Callable[[Path], int], files: Sequence[Path]) -> tuple[int, float]:
    """What was found in all files, and the CPU seconds of it."""
    start = time.process_time()
    return sum(map(work, files)), time.process_time() - start


def _work_of(arguments: argparse.Namespace) -> Callable[[Path], int]:
    if arguments.name != "plain":
        return {"floor": _floor, "read_excel": _read_excel}[arguments.name]
    from pipeline.rules.loading.load import load_rules

    return partial(_plain, rules=load_rules(arguments.project / "rules"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=("ours", "plain", "floor", "read_excel"))
    parser.add_argument("project", type=Path)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--cluster")
    parser.add_argument("--write", action="store_true", help="write the report as well")
    parser.add_argument("--most", type=int, default=100)
    arguments = parser.parse_args()
    if arguments.name == "ours":
        figures = ours(
            arguments.project, arguments.out, arguments.jobs, arguments.cluster, write=arguments.write
        )
    else:
        figures = _each(arguments.project, arguments.most, _work_of(arguments), arguments.jobs)
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
