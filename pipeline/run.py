"""The main path: folder → Outcome. The only file it writes is the cache of results.

Files are examined one by one and evaluated one by one, in batches that any process may do; what concerns
several files is decided in between (``across_files``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path

from pipeline.across_files import decide, judge
from pipeline.checks.exemptions import uses
from pipeline.definitions.model import State, Workbook
from pipeline.engine.engine import Engine, EvaluationAnswer
from pipeline.engine.packed_results import Results, pack_result
from pipeline.evaluate import without_submission
from pipeline.evaluate.consolidate import consolidate
from pipeline.outcome import Outcome
from pipeline.reading.containers.source import Source
from pipeline.rules import Rules
from pipeline.selection import Submission, round_of, withdrawal_uses, withdraws
from pipeline.submissions import receive

Progress = Callable[[Iterable[Workbook], int], Iterable[Workbook]]


class NothingReceived(Exception):  # noqa: N818  - an answer to the user, not a fault of ours
    """No received file names a planned Stichtag that is not after today: there is no as-of date to choose."""


def no_progress(workbooks: Iterable[Workbook], total: int) -> Iterable[Workbook]:
    """Passes the workbooks on without reporting progress."""
    return workbooks


def run(
    folder: Path,
    rules: Rules,
    as_of: date | None = None,
    progress: Progress = no_progress,
    engine: Engine | None = None,
    today: date = date.max,
) -> Outcome:
    """Checks, selects, evaluates, consolidates. Raises NothingReceived when ``as_of`` is None and cannot be
    chosen.

    Without ``as_of`` the latest planned reporting date up to ``today`` is chosen. Without an ``engine`` the
    work is done in this process without a cache.
    """
    engine = engine or Engine(rules)
    received = receive(folder)
    workbooks = list(progress(engine.examine(received.files), len(received.files)))
    as_of = as_of or default_as_of(workbooks, rules, today)
    rules = rules.at(as_of)
    judged, found = judge(decide(workbooks, rules, as_of), rules, as_of, engine)
    submissions = tuple(s for s in judged if s.state is not State.LATER)
    results = _results(found, rules, as_of)
    received_from = {s.workbook.ags for s in submissions}
    return Outcome(
        as_of=as_of,
        rules=rules,
        submissions=submissions,
        later=tuple(s for s in judged if s.state is State.LATER),
        missing=tuple(m for m in rules.members if m.ags not in received_from),
        notes=received.notes,
        round=round_of(submissions, rules, as_of),
        results=results,
        project=consolidate(results, rules, as_of),
        exemptions=uses(rules.exemptions, [s.workbook for s in submissions]),
        withdrawals=withdrawal_uses(judged, rules),
        sources=dict(received.files),
        details=engine.details(found),
        rows=engine.rows(found),
    )


def _results(found: Mapping[str, EvaluationAnswer], rules: Rules, as_of: date) -> Results:
    """The result of each member; of one without a valid submission there is no figure."""
    return Results(
        found[m.ags].result if m.ags in found else pack_result(without_submission(m.ags, rules, as_of))
        for m in rules.members
    )


def check(
    files: Sequence[tuple[str, Source]],
    rules: Rules,
    progress: Progress = no_progress,
    engine: Engine | None = None,
) -> tuple[Submission, ...]:
    """The submissions with their states and findings as in ``run``, without figures."""
    engine = engine or Engine(rules)
    submissions = decide(list(progress(engine.examine(files), len(files))), rules)
    return judge(submissions, rules, None, engine)[0]


def default_as_of(workbooks: Iterable[Workbook], rules: Rules, today: date) -> date:
    """The latest planned reporting date up to ``today`` that a file names; withdrawn files name none."""
    named = {
        w.stichtag for w in workbooks if not any(withdraws(entry, w, rules) for entry in rules.withdrawals)
    }
    days = [d.stichtag for d in rules.reporting_dates if d.stichtag <= today and d.stichtag in named]
    if not days:
        raise NothingReceived
    return max(days)
