"""What concerns several files: the state of each, findings against its predecessor, answers given in another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from pipeline.checks.answers import GivenAnswer
from pipeline.checks.gather import gather, with_answers, without_findings
from pipeline.checks.previous import lost_by_correction
from pipeline.definitions.model import VALID_STATES, Finding, State, Workbook
from pipeline.definitions.sheets import LEAD_AGS
from pipeline.engine.engine import Engine, EvaluationAnswer
from pipeline.rules import Rules
from pipeline.selection import Submission, choose, previous_of, replaced_by, submissions_of

WITHOUT_FINDINGS = (State.DUPLICATE, State.LATER, State.WITHDRAWN)


def decide(workbooks: Sequence[Workbook], rules: Rules, as_of: date | None = None) -> tuple[Submission, ...]:
    """The state of each file up to ``as_of``, with conflicts between files as findings.

    A copy is reported at the file it repeats; files that take no part have no findings.
    """
    choices = choose(workbooks, rules, as_of)
    decided = []
    for workbook in workbooks:
        choice = choices[workbook.file]
        if choice.conflict is not None:
            decided.append(gather(workbook, [choice.conflict], rules))
        else:
            decided.append(without_findings(workbook) if choice.state in WITHOUT_FINDINGS else workbook)
    return submissions_of(decided, choices)


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
    judged = [_with_findings(s, found.get(s.workbook.file, ()), rules) for s in submissions]
    return tuple(_with_answers(judged)), results


def _with_findings(submission: Submission, more: Sequence[Finding], rules: Rules) -> Submission:
    return replace(submission, workbook=gather(submission.workbook, more, rules)) if more else submission


def _with_answers(submissions: Sequence[Submission]) -> Iterator[Submission]:
    """The submissions with answers given in them, in a copy of them, or earlier by the same municipality."""
    giving: dict[str | None, list[Workbook]] = {}
    for s in submissions:
        if s.workbook.answers and s.state not in (State.LATER, State.WITHDRAWN):
            giving.setdefault(s.workbook.ags, []).append(s.workbook)
    for submission in submissions:
        answers = list(_answers_for(submission.workbook, giving.get(submission.workbook.ags, ())))
        yield (
            replace(submission, workbook=with_answers(submission.workbook, answers))
            if answers
            else submission
        )


def _answers_for(workbook: Workbook, giving: Sequence[Workbook]) -> Iterator[GivenAnswer]:
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
