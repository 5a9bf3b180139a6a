"""The main path: folder → Outcome. The only file it writes is the cache of results.

Files are examined one by one and evaluated one by one, in batches that any process may do; what concerns
several files is decided here in between.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path

from pipeline.checks.answers import AnswerCounts, Said, count_answers
from pipeline.checks.exemptions import ExemptionUse, uses
from pipeline.checks.gather import gather, with_answers, without_findings
from pipeline.checks.previous import lost_by_correction
from pipeline.definitions.model import VALID_STATES, Finding, State, Workbook
from pipeline.definitions.results import Result
from pipeline.definitions.sheets import LEAD_AGS
from pipeline.engine.engine import Engine, EvaluationAnswer
from pipeline.engine.packed_results import Results, pack_result
from pipeline.evaluate import without_submission
from pipeline.evaluate.consolidate import ProjectResult, consolidate
from pipeline.evaluate.details import Details
from pipeline.reading.containers.source import Source
from pipeline.rules import Municipality, Rules
from pipeline.selection import (
    Round,
    Submission,
    WithdrawalUse,
    choose,
    previous_of,
    replaced_by,
    round_of,
    submissions_of,
    withdrawal_uses,
    withdraws,
)
from pipeline.submissions import receive

__all__ = ["NothingReceived", "Outcome", "Progress", "Submission", "check", "no_progress", "rejected", "run"]

Progress = Callable[[Iterable[Workbook], int], Iterable[Workbook]]
SILENT = (State.DUPLICATE, State.LATER, State.WITHDRAWN)


class NothingReceived(Exception):  # noqa: N818  - an answer to the user, not a fault of ours
    """No received file names a planned Stichtag that is not after today: there is no as-of date to choose."""


@dataclass(frozen=True)
class Outcome:
    """Everything the report says. Submissions by file, results by AGS (the project lead's first).

    ``later``: submissions for a reporting date after ``as_of``, which take no part. ``notes``: (file,
    finding) on files that are no submission. ``round``: standing of each member. ``sources``: where the bytes
    of each file are. ``details`` by AGS of accepted submissions are loaded on access: ask for one when it is
    needed, keep none.
    """

    as_of: date
    rules: Rules
    submissions: tuple[Submission, ...]
    later: tuple[Submission, ...]
    missing: tuple[Municipality, ...]
    notes: tuple[tuple[str, Finding], ...]
    round: Round
    results: Sequence[Result]
    project: ProjectResult
    exemptions: tuple[ExemptionUse, ...] = ()
    withdrawals: tuple[WithdrawalUse, ...] = ()
    sources: Mapping[str, Source] = field(default_factory=dict)
    details: Mapping[str, Details] = field(default_factory=dict)

    @property
    def received(self) -> tuple[Submission, ...]:
        """Every received file in order, later ones included."""
        return tuple(sorted((*self.submissions, *self.later), key=lambda s: s.workbook.file))

    def count(self, state: State) -> int:
        """Number of files, or of members without one, in a state; closed rejections included."""
        if state is State.MISSING:
            return len(self.missing)
        return sum(s.state is state for s in (*self.submissions, *self.later))

    @cached_property
    def answers(self) -> AnswerCounts:
        """Answers of the municipalities in submissions that count, and in rejections without a later valid
        one.
        """
        current = (s for s in self.submissions if s.state is State.ACCEPTED or s.open_rejection)
        return count_answers(s.workbook for s in current)

    def result(self, ags: str) -> Result:
        """The result of a member; KeyError for any other AGS."""
        return self.results[self._positions[ags]]

    @cached_property
    def _positions(self) -> dict[str, int]:
        return {r.ags: i for i, r in enumerate(self.results)}

    def accepted(self, ags: str) -> Submission | None:
        """The submission that counts for a municipality."""
        return self._accepted.get(ags)

    @cached_property
    def _accepted(self) -> dict[str, Submission]:
        return {s.workbook.ags or "": s for s in self.submissions if s.state is State.ACCEPTED}


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
    results = Results(
        found[m.ags].result if m.ags in found else pack_result(without_submission(m.ags, rules, as_of))
        for m in rules.members
    )
    came = {s.workbook.ags for s in submissions}
    return Outcome(
        as_of=as_of,
        rules=rules,
        submissions=submissions,
        later=tuple(s for s in judged if s.state is State.LATER),
        missing=tuple(m for m in rules.members if m.ags not in came),
        notes=received.notes,
        round=round_of(submissions, rules, as_of),
        results=results,
        project=consolidate(results, rules, as_of),
        exemptions=uses(rules.exemptions, [s.workbook for s in submissions]),
        withdrawals=withdrawal_uses(judged, rules),
        sources=dict(received.files),
        details=engine.details(found),
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


def decide(workbooks: Sequence[Workbook], rules: Rules, as_of: date | None = None) -> tuple[Submission, ...]:
    """The state of each file up to ``as_of``, with conflicts between files as findings.

    A copy is reported at the file it repeats; files that take no part have no findings.
    """
    choices = choose(workbooks, rules, as_of)
    told = []
    for workbook in workbooks:
        choice = choices[workbook.file]
        if choice.conflict is not None:
            told.append(gather(workbook, [choice.conflict], rules))
        else:
            told.append(without_findings(workbook) if choice.state in SILENT else workbook)
    return submissions_of(told, choices)


def judge(
    submissions: Sequence[Submission], rules: Rules, as_of: date | None, engine: Engine
) -> tuple[tuple[Submission, ...], dict[str, EvaluationAnswer]]:
    """(submissions with the findings of comparing each with its predecessor; evaluations by AGS, empty
    without ``as_of``).
    """
    valid = [s.workbook for s in submissions if s.state in VALID_STATES]
    accepted = {s.workbook.file for s in submissions if s.state is State.ACCEPTED}
    lead = next((w for w in valid if w.ags == LEAD_AGS and w.file in accepted), None)
    cases = [
        (w, previous_of(w, group), as_of if w.file in accepted else None) for w, group in _grouped(valid)
    ]
    replaced = {w.file: replaced_by(w, group) for w, group in _grouped(valid)}
    results, found = {}, {}
    for (workbook, _, _), answer in zip(cases, engine.judge(cases, lead), strict=True):
        old = replaced[workbook.file]
        found[workbook.file] = [*answer.findings, *(lost_by_correction(workbook, old, rules) if old else ())]
        if answer.result:
            results[workbook.ags or ""] = answer
    told = [_with_findings(s, found.get(s.workbook.file, ()), rules) for s in submissions]
    return tuple(_answered(told)), results


def _with_findings(submission: Submission, more: Sequence[Finding], rules: Rules) -> Submission:
    return replace(submission, workbook=gather(submission.workbook, more, rules)) if more else submission


def _answered(submissions: Sequence[Submission]) -> Iterator[Submission]:
    """The submissions with answers given in them, in a copy of them, or earlier by the same municipality."""
    giving: dict[str | None, list[Workbook]] = {}
    for s in submissions:
        if s.workbook.answers and s.state not in (State.LATER, State.WITHDRAWN):
            giving.setdefault(s.workbook.ags, []).append(s.workbook)
    for submission in submissions:
        said = list(_said(submission.workbook, giving.get(submission.workbook.ags, ())))
        yield replace(submission, workbook=with_answers(submission.workbook, said)) if said else submission


def _said(workbook: Workbook, giving: Sequence[Workbook]) -> Iterator[Said]:
    """The answers that apply to a workbook, earliest first."""
    own = workbook.key
    if own is None or not workbook.findings:
        return
    known = [(w.key, w) for w in giving if w.key is not None and w.key.order <= own.order]
    for key, other in sorted(known, key=lambda e: (e[0].order, e[1].file)):
        if key != own or other.content == workbook.content:
            yield from ((answer, key == own) for answer in other.answers)


def _grouped(valid: Sequence[Workbook]) -> Iterator[tuple[Workbook, list[Workbook]]]:
    """Each workbook with all of its municipality's."""
    by_ags: dict[str | None, list[Workbook]] = {}
    for workbook in valid:
        by_ags.setdefault(workbook.ags, []).append(workbook)
    return ((w, by_ags[w.ags]) for w in valid)


def default_as_of(workbooks: Iterable[Workbook], rules: Rules, today: date) -> date:
    """The latest planned reporting date up to ``today`` that a file names; withdrawn files name none."""
    named = {
        w.stichtag for w in workbooks if not any(withdraws(entry, w, rules) for entry in rules.withdrawals)
    }
    days = [d.stichtag for d in rules.reporting_dates if d.stichtag <= today and d.stichtag in named]
    if not days:
        raise NothingReceived
    return max(days)


def rejected(submissions: Iterable[Submission]) -> int:
    """Number of rejections without a later valid submission."""
    return sum(s.open_rejection for s in submissions)
