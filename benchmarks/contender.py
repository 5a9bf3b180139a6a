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


def ours(project: Path, out: Path, jobs: int) -> Told:
    """``work`` is reading, checking and evaluating; ``write`` all that the report writes."""
    start = time.perf_counter()
    from pipeline.model import Severity
    from pipeline.report.publish import write_report
    from pipeline.rulefiles import load_rules
    from pipeline.run import run

    rules = load_rules(project / "rules")
    loaded = time.perf_counter()
    outcome = run(project / "eingang", rules)
    worked = time.perf_counter()
    write_report(outcome, project / "eingang", out, with_feedback=False, with_rows=False)
    written = time.perf_counter()
    return {
        "files": len(outcome.submissions),
        "errors": sum(s.workbook.count(Severity.ERROR) for s in outcome.submissions),
        "load": loaded - start,
        "work": worked - loaded,
        "write": written - worked,
        "peak": high_water(),
    }


def plain(project: Path, most: int) -> Told:
    from benchmarks.plain import check
    from pipeline.rulefiles import load_rules

    rules = load_rules(project / "rules")
    return _each(project, most, lambda path: len(check(path, rules)))


def floor(project: Path, most: int) -> Told:
    from benchmarks.floor import inflate_and_parse

    return _each(project, most, lambda path: inflate_and_parse(path) or 0)


def _each(project: Path, most: int, work: Callable[[Path], int]) -> Told:
    """At most so many workbooks, spread over the whole folder."""
    files = sorted((project / "eingang").iterdir())
    chosen = files[:: max(1, len(files) // most)][:most]
    start = time.perf_counter()
    found = sum(map(work, chosen))
    return {"files": len(chosen), "errors": found, "work": time.perf_counter() - start, "peak": high_water()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=("ours", "plain", "floor"))
    parser.add_argument("project", type=Path)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--most", type=int, default=100)
    arguments = parser.parse_args()
    if arguments.name == "ours":
        told = ours(arguments.project, arguments.out, arguments.jobs)
    else:
        told = {"plain": plain, "floor": floor}[arguments.name](arguments.project, arguments.most)
    print(json.dumps(told))


if __name__ == "__main__":
    main()
