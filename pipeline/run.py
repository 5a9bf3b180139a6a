"""The main path: folder → Outcome. Writes nothing but what was worked out, into the store.

Files are examined one by one and judged one by one, in batches that any process may do (``examine``); what
concerns several files is decided here in between.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path

from pipeline.checks.exemptions import ExemptionUse, uses
from pipeline.checks.gather import gather, without_findings
from pipeline.definitions.model import Finding, State, Workbook
from pipeline.definitions.results import Result
from pipeline.definitions.sheets import LEAD_AGS
from pipeline.engine.engine import Engine
from pipeline.engine.packed_results import Results, pack_result
from pipeline.evaluate import without_submission
from pipeline.evaluate.consolidate import Project, consolidate
from pipeline.reading.containers.source import Source
from pipeline.rules import Municipality, Rules
from pipeline.submissions import choose, find_conflicts, previous_of, receive

Progress = Callable[[Iterable[Workbook], int], Iterable[Workbook]]


class NothingReceived(Exception):  # noqa: N818  - an answer to the user, not a fault of ours
    """No received file names a Berichtsstichtag, so there is no as-of date to choose."""


@dataclass(frozen=True, slots=True)
class Submission:
    """A received file and what became of it.

    ``substitute``: accepted, although a later submission of the same municipality came and was rejected.
    """

    workbook: Workbook
    state: State
    substitute: bool = False


@dataclass(frozen=True)
class Outcome:
    """Everything the report says. Submissions by file, results by AGS (the project lead's first).

    ``sources``: where the bytes of each submission lie, by its file.
    """

    as_of: date
    rules: Rules
    submissions: tuple[Submission, ...]
    missing: tuple[Municipality, ...]
    notes: tuple[tuple[str, Finding], ...]
    results: Sequence[Result]
    project: Project
    exemptions: tuple[ExemptionUse, ...] = ()
    sources: Mapping[str, Source] = field(default_factory=dict)

    def count(self, state: State) -> int:
        return (
            len(self.missing) if state is State.MISSING else sum(s.state is state for s in self.submissions)
        )

    def accepted(self, ags: str) -> Submission | None:
        """The submission that counts for a municipality."""
        return self._accepted.get(ags)

    @cached_property
    def _accepted(self) -> dict[str, Submission]:
        return {s.workbook.ags or "": s for s in self.submissions if s.state is State.ACCEPTED}


def no_progress(workbooks: Iterable[Workbook], total: int) -> Iterable[Workbook]:
    return workbooks


def run(
    folder: Path,
    rules: Rules,
    as_of: date | None = None,
    progress: Progress = no_progress,
    engine: Engine | None = None,
) -> Outcome:
    """Check, choose, evaluate, consolidate. NothingReceived when ``as_of`` is None and cannot be known.

    Without a ``engine`` the work is done in this process, and nothing is kept for the next time.
    """
    engine = engine or Engine(rules)
    received = receive(folder)
    workbooks = list(progress(engine.examine(received.files), len(received.files)))
    as_of = as_of or latest_stichtag(workbooks, rules)
    submissions, found = judge(decide(workbooks, rules), rules, as_of, engine)
    expected = (rules.lead, *rules.roster)
    results = Results(
        found.get(m.ags) or pack_result(without_submission(m.ags, rules, as_of)) for m in expected
    )
    came = {w.ags for w in workbooks}
    missing = tuple(m for m in expected if m.ags not in came)
    project = consolidate(results, rules, as_of)
    used = uses(rules.exemptions, [s.workbook for s in submissions])
    sources = dict(received.files)
    return Outcome(as_of, rules, submissions, missing, received.notes, results, project, used, sources)


def check(
    files: Sequence[tuple[str, Source]],
    rules: Rules,
    progress: Progress = no_progress,
    engine: Engine | None = None,
) -> tuple[Submission, ...]:
    """What ``run`` says of each file, without figures."""
    engine = engine or Engine(rules)
    submissions = decide(list(progress(engine.examine(files), len(files))), rules)
    return judge(submissions, rules, None, engine)[0]


def decide(workbooks: Sequence[Workbook], rules: Rules) -> tuple[Submission, ...]:
    """What became of each file; adds the conflicts between files."""
    conflicts = {w.file: conflict for w, conflict in find_conflicts(workbooks)}
    workbooks = [gather(w, [conflicts[w.file]], rules) if w.file in conflicts else w for w in workbooks]
    states = choose(workbooks)
    later = _latest_rejected(workbooks, states)
    return tuple(
        Submission(_told(w, states[w.file]), states[w.file], _is_substitute(w, states, later))
        for w in workbooks
    )


def _told(workbook: Workbook, state: State) -> Workbook:
    """Findings of a copy are told at the file that it repeats."""
    return without_findings(workbook) if state is State.DUPLICATE else workbook


def _is_substitute(
    workbook: Workbook, states: dict[str, State], rejected: dict[str, tuple[date, int]]
) -> bool:
    key = workbook.key
    if states[workbook.file] is not State.ACCEPTED or key is None or key.ags not in rejected:
        return False
    return rejected[key.ags] > (key.stichtag, key.number)


def judge(
    submissions: Sequence[Submission], rules: Rules, as_of: date | None, engine: Engine
) -> tuple[tuple[Submission, ...], dict[str, bytes]]:
    """The submissions with what comparing each valid one with the previous Stichtag finds, and the packed
    results of the accepted ones by AGS (none without ``as_of``).
    """
    valid = [s.workbook for s in submissions if s.state not in (State.REJECTED, State.DUPLICATE)]
    accepted = {s.workbook.file for s in submissions if s.state is State.ACCEPTED}
    lead = next((w for w in valid if w.ags == LEAD_AGS and w.file in accepted), None)
    cases = [
        (w, previous_of(w, group), as_of if w.file in accepted else None) for w, group in _grouped(valid)
    ]
    results, found = {}, {}
    for (workbook, _, _), (more, result) in zip(cases, engine.judge(cases, lead), strict=True):
        found[workbook.file] = more
        if result:
            results[workbook.ags or ""] = result
    return tuple(_with_findings(s, found.get(s.workbook.file, ()), rules) for s in submissions), results


def _with_findings(submission: Submission, more: Sequence[Finding], rules: Rules) -> Submission:
    return replace(submission, workbook=gather(submission.workbook, more, rules)) if more else submission


def _grouped(valid: Sequence[Workbook]) -> Iterator[tuple[Workbook, list[Workbook]]]:
    """Each workbook with all of its municipality."""
    by_ags: dict[str | None, list[Workbook]] = {}
    for workbook in valid:
        by_ags.setdefault(workbook.ags, []).append(workbook)
    return ((w, by_ags[w.ags]) for w in valid)


def _latest_rejected(workbooks: Sequence[Workbook], states: dict[str, State]) -> dict[str, tuple[date, int]]:
    """AGS → Stichtag and number of its latest rejected submission; the end of time where it has no key."""
    latest: dict[str, tuple[date, int]] = {}
    for workbook in workbooks:
        if workbook.ags is None or states[workbook.file] is not State.REJECTED:
            continue
        key = workbook.key
        when = (key.stichtag, key.number) if key else (date.max, 0)
        latest[workbook.ags] = max(when, latest.get(workbook.ags, when))
    return latest


def latest_stichtag(workbooks: Iterable[Workbook], rules: Rules) -> date:
    """The default as-of date: the latest Berichtsstichtag received, never today."""
    project = rules.project
    days = [w.stichtag for w in workbooks if w.stichtag and project.start <= w.stichtag <= project.end]
    if not days:
        raise NothingReceived
    return max(days)


def rejected(submissions: Iterable[Submission]) -> int:
    return sum(s.state is State.REJECTED for s in submissions)
