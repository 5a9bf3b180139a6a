"""The main path: folder → Outcome. Writes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipeline.checks import check_workbook
from pipeline.compare import compare
from pipeline.consolidate import Project, consolidate
from pipeline.evaluate import evaluate, without_submission
from pipeline.grants import GrantUse, apply_grants, uses, with_expiry_notes
from pipeline.messages import finding
from pipeline.model import Finding, State, Workbook
from pipeline.plausibility import conspicuous
from pipeline.read import read_workbook
from pipeline.results import Result
from pipeline.rules import Municipality, Rules
from pipeline.schema import validate
from pipeline.settle import settle
from pipeline.sheets import LEAD_AGS
from pipeline.submissions import choose, find_conflicts, previous_of, receive

BATCH = 50
Progress = Callable[[Iterable[tuple[str, Path]], int], Iterable[tuple[str, Path]]]


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


@dataclass(frozen=True, slots=True)
class Outcome:
    """Everything the report says. Submissions by file, results by AGS (the project lead's first)."""

    as_of: date
    rules: Rules
    submissions: tuple[Submission, ...]
    missing: tuple[Municipality, ...]
    notes: tuple[tuple[str, Finding], ...]
    results: tuple[Result, ...]
    project: Project
    grants: tuple[GrantUse, ...] = ()

    def count(self, state: State) -> int:
        return (
            len(self.missing) if state is State.MISSING else sum(s.state is state for s in self.submissions)
        )

    def accepted(self, ags: str) -> Submission | None:
        """The submission that counts for a municipality."""
        counting = (s for s in self.submissions if s.state is State.ACCEPTED)
        return next((s for s in counting if s.workbook.ags == ags), None)


def no_progress(files: Iterable[tuple[str, Path]], total: int) -> Iterable[tuple[str, Path]]:
    return files


def run(folder: Path, rules: Rules, as_of: date | None = None, progress: Progress = no_progress) -> Outcome:
    """Check, choose, evaluate, consolidate. NothingReceived when ``as_of`` is None and cannot be known."""
    received = receive(folder)
    workbooks = examine(received.files, rules, progress)
    submissions = decide(workbooks, rules)
    as_of = as_of or latest_stichtag(workbooks, rules)
    accepted = {s.workbook.ags: s.workbook for s in submissions if s.state is State.ACCEPTED}
    lead = accepted.get(LEAD_AGS)
    expected = (rules.lead, *rules.roster)
    results = tuple(
        evaluate(accepted[m.ags], lead, rules, as_of)
        if m.ags in accepted
        else without_submission(m.ags, rules, as_of)
        for m in expected
    )
    came = {w.ags for w in workbooks}
    missing = tuple(m for m in expected if m.ags not in came)
    return Outcome(
        as_of,
        rules,
        submissions,
        missing,
        received.notes,
        results,
        consolidate(results, rules, as_of),
        uses(rules.grants, workbooks),
    )


def examine(
    files: Sequence[tuple[str, Path]], rules: Rules, progress: Progress = no_progress
) -> list[Workbook]:
    """Reads and checks each file by itself, in batches, in the order given."""
    found: list[Workbook] = []
    batch: list[tuple[str, bytes | None]] = []
    for name, path in progress(files, len(files)):
        batch.append((name, _bytes(path)))
        if len(batch) == BATCH:
            found += examine_batch(batch, rules)
            batch = []
    return found + examine_batch(batch, rules)


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def examine_batch(batch: Sequence[tuple[str, bytes | None]], rules: Rules) -> list[Workbook]:
    """(name, content) → workbooks with all findings of their own. Pure and picklable, in and out."""
    workbooks = [
        _unreadable(name) if data is None else read_workbook(name, data, rules) for name, data in batch
    ]
    for workbook, of_schema in zip(workbooks, validate(workbooks, rules), strict=True):
        workbook.findings += of_schema
    for workbook in workbooks:
        workbook.findings += check_workbook(workbook, rules)
        workbook.findings = _settled(workbook, rules)
    return workbooks


def _settled(workbook: Workbook, rules: Rules) -> list[Finding]:
    """Each cause once, excepted errors as warnings; a note beside an error whose exception has expired."""
    kind = rules.kinds.get(workbook.kind)
    workbook.findings = settle(apply_grants(workbook, rules.grants), kind)
    return with_expiry_notes(workbook, rules.grants)


def _unreadable(name: str) -> Workbook:
    return Workbook(name, "", findings=[finding("D18")], refused=True)


def decide(workbooks: Sequence[Workbook], rules: Rules) -> tuple[Submission, ...]:
    """What became of each file; adds the findings that come from other files."""
    for workbook, conflict in find_conflicts(workbooks):
        workbook.findings.insert(0, conflict)
    states = choose(workbooks)
    for workbook in workbooks:
        if states[workbook.file] is State.DUPLICATE:
            workbook.findings = []
    valid = [w for w in workbooks if states[w.file] not in (State.REJECTED, State.DUPLICATE)]
    for workbook in valid:
        before = previous_of(workbook, valid)
        more = compare(workbook, before, rules) if before else []
        more += conspicuous(workbook, before, rules)
        if more:
            workbook.findings = settle(workbook.findings + more, rules.kinds[workbook.kind])
    return tuple(Submission(w, states[w.file], _is_substitute(w, workbooks, states)) for w in workbooks)


def _is_substitute(workbook: Workbook, workbooks: Sequence[Workbook], states: dict[str, State]) -> bool:
    key = workbook.key
    if states[workbook.file] is not State.ACCEPTED or key is None:
        return False
    return any(
        other.ags == key.ags
        and states[other.file] is State.REJECTED
        and (other.key is None or (other.key.stichtag, other.key.number) > (key.stichtag, key.number))
        for other in workbooks
    )


def latest_stichtag(workbooks: Iterable[Workbook], rules: Rules) -> date:
    """The default as-of date: the latest Berichtsstichtag received, never today."""
    project = rules.project
    days = [w.stichtag for w in workbooks if w.stichtag and project.start <= w.stichtag <= project.end]
    if not days:
        raise NothingReceived
    return max(days)


def rejected(submissions: Iterable[Submission]) -> int:
    return sum(s.state is State.REJECTED for s in submissions)
