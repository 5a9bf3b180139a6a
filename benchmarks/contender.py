"""One contender at work on a generated project, told in JSON: ``python -m benchmarks.contender NAME …``.

``ours`` does what ``kisi report --no-rows --no-feedback`` does, with the phases timed apart; ``plain`` and
``floor`` (see there) take the workbooks one after the other. Loading their libraries is timed apart for all.
"""

# ruff: noqa: PLC0415 - loading its libraries is timed for each contender

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.measure import high_water

Told = dict[str, float]


def ours(project: Path, out: Path, jobs: int, cluster: str | None, *, write: bool) -> Told:
    """``work`` is reading, checking and evaluating, with the start of the workers; ``write`` all writing."""
    from pipeline.cli.engine_options import with_engine
    from pipeline.definitions.model import Severity
    from pipeline.engine.engine import Engine
    from pipeline.report.write import write_report
    from pipeline.rules.loading.load import load_rules
    from pipeline.run import run

    rules = load_rules(project / "rules")

    def work(engine: Engine) -> Told:
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
    told = with_engine(work, rules, jobs, cluster, cache_folder=out)
    return {**told, "peak": high_water()}


def plain(project: Path, most: int) -> Told:
    from benchmarks.plain import check
    from pipeline.rules.loading.load import load_rules

    rules = load_rules(project / "rules")
    return _each(project, most, lambda path: len(check(path, rules)))


def floor(project: Path, most: int) -> Told:
    from benchmarks.floor import inflate_and_parse

    def work(path: Path) -> int:
        inflate_and_parse(path)
        return 0

    return _each(project, most, work)


def _each(project: Path, most: int, work: Callable[[Path], int]) -> Told:
    """At most so many workbooks, spread over the whole folder."""
    files = sorted((project / "eingang").iterdir())
    chosen = files[:: max(1, len(files) // most)][:most]
    start, cpu = time.perf_counter(), time.process_time()
    found = sum(map(work, chosen))
    return {
        "files": len(chosen),
        "errors": found,
        "work": time.perf_counter() - start,
        "cpu": time.process_time() - cpu,
        "peak": high_water(),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=("ours", "plain", "floor"))
    parser.add_argument("project", type=Path)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--cluster")
    parser.add_argument("--write", action="store_true", help="write the report as well")
    parser.add_argument("--most", type=int, default=100)
    arguments = parser.parse_args()
    if arguments.name == "ours":
        told = ours(
            arguments.project, arguments.out, arguments.jobs, arguments.cluster, write=arguments.write
        )
    else:
        told = {"plain": plain, "floor": floor}[arguments.name](arguments.project, arguments.most)
    print(json.dumps(told))


if __name__ == "__main__":
    main()
