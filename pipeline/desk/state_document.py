"""The state of the received files as one JSON document, from a run's outcome.

Computed by ``kisi desk`` in a process of its own, read by ``folder_states``. Holds no value of a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from pipeline.definitions.foreign import escaped
from pipeline.definitions.messages import (
    SEVERITY_WORDS,
    answer_text,
    finding_extent,
    finding_place,
    german_date,
    number_of,
)
from pipeline.definitions.model import Finding, RoundStatus, Severity, State
from pipeline.definitions.words import ROUND_WORDS, Word
from pipeline.outcome import Outcome
from pipeline.report.feedback_files import goes_back
from pipeline.report.feedback_places import FeedbackPlace, feedback_places
from pipeline.report.html.tasks import round_line, tasks
from pipeline.rules import Municipality, ReportingDate
from pipeline.selection import Submission

Entry = dict[str, Any]


def state_of(outcome: Outcome, today: date) -> Entry:
    """The whole document. ``today`` decides who is late."""
    of = outcome.round
    places = feedback_places(s.workbook.file for s in outcome.submissions if goes_back(s, outcome))
    return {
        "as_of": outcome.as_of.isoformat(),
        "as_of_text": german_date(outcome.as_of),
        "round": {
            "stichtag": of.stichtag.isoformat() if of.stichtag else None,
            "due": of.due.isoformat() if of.due else None,
            "line": round_line(of),
            "counts": [
                _word(w) | {"count": of.counts.get(s, 0), "status": s.value} for s, w in ROUND_WORDS.items()
            ],
        },
        "running": _running(outcome, today),
        "tasks": [
            {"title": title, "entries": [{"count": t.count, "text": t.text} for t in found]}
            for title, found in tasks(outcome).groups
        ],
        "members": [_member(m, outcome, today) for m in outcome.rules.members],
        "files": [_file(s, places.get(s.workbook.file)) for s in outcome.received],
        "notes": [{"file": escaped(name), "message": note.message} for name, note in outcome.notes],
        "planned": [_planned(d) for d in outcome.rules.reporting_dates],
    }


def _word(word: Word) -> Entry:
    return {"word": word.text, "symbol": word.symbol, "tone": word.tone.value, "meaning": word.meaning}


def _planned(planned: ReportingDate) -> Entry:
    return {
        "stichtag": planned.stichtag.isoformat(),
        "text": german_date(planned.stichtag),
        "due": german_date(planned.due),
    }


def _running(outcome: Outcome, today: date) -> Entry | None:
    """The round of today where it is another one than that of the outcome: nothing has been submitted for it
    yet.
    """
    now, known = outcome.rules.round_of(today), outcome.round.stichtag
    return _planned(now) if now and (known is None or now.stichtag > known) else None


# --- files --------------------------------------------------------------------------------------------


def _file(submission: Submission, place: FeedbackPlace | None) -> Entry:
    workbook = submission.workbook
    part = submission.state is not State.LATER
    return {
        "file": escaped(workbook.file),
        "sha256": workbook.sha256,
        "ags": workbook.ags,
        "name": escaped(workbook.municipality or "") or None,
        "stichtag": german_date(workbook.stichtag) if workbook.stichtag else None,
        "number": workbook.number,
        "received_on": german_date(workbook.received_on) if workbook.received_on else None,
        "state": submission.state.value,
        "open_rejection": submission.open_rejection,
        **_word(submission.word),
        "errors": workbook.count(Severity.ERROR),
        "warnings": workbook.count(Severity.WARNING),
        "notes": workbook.count(Severity.NOTE),
        "findings": [_finding(one) for one in _errors_first(workbook.findings)] if part else [],
        "not_run": list(workbook.not_run) if part else [],
        "copy": place.copy.as_posix() if place else None,
        "letter": place.letter.as_posix() if place else None,
    }


def _errors_first(findings: Iterable[Finding]) -> list[Finding]:
    order = list(Severity)
    return sorted(findings, key=lambda one: order.index(one.severity))


def _finding(one: Finding) -> Entry:
    return {
        "rule": one.rule,
        "severity": one.severity.value,
        "word": SEVERITY_WORDS[one.severity],
        "place": escaped(finding_place(one)),
        "column": escaped(one.column) if one.column else None,
        "extent": finding_extent(one),
        "message": one.message,
        "remedy": one.remedy,
        "answer": escaped(text) if (text := answer_text(one)) else None,
        "new_answer": bool(one.answer and one.answer.is_new),
    }


# --- municipalities -----------------------------------------------------------------------------------


def _member(member: Municipality, outcome: Outcome, today: date) -> Entry:
    """The standing of a municipality in the round; ``views.board`` derives from it whose turn it is."""
    status = next(d.status for d in outcome.round.deliveries if d.member.ags == member.ags)
    own = [s for s in outcome.received if s.workbook.ags == member.ags]
    counting = outcome.accepted(member.ags)
    rejections = [s.workbook.file for s in own if s.open_rejection]
    return {
        "ags": member.ags,
        "name": member.name,
        "district": member.district,
        "status": status.value,
        **_word(ROUND_WORDS[status]),
        "files": [escaped(s.workbook.file) for s in own],
        "counting": escaped(counting.workbook.file) if counting else None,
        "counting_stichtag": german_date(counting.workbook.stichtag) if counting else None,
        "rejected": [escaped(f) for f in rejections],
        "warnings": counting.workbook.unanswered(Severity.WARNING) if counting else 0,
        "new_answers": sum(_new_answers(own)),
        "late": _late(status, outcome, today),
    }


def _new_answers(own: list[Submission]) -> Iterator[int]:
    for one in own:
        if one.state is State.ACCEPTED or one.open_rejection:
            yield sum(bool(f.answer and f.answer.is_new) for f in one.workbook.findings)


def _late(status: RoundStatus, outcome: Outcome, today: date) -> str | None:
    """``seit 3 Tagen`` for a municipality that has not submitted by the deadline."""
    due = outcome.round.due
    if status is RoundStatus.DELIVERED or due is None or today <= due:
        return None
    return f"seit {number_of((today - due).days, 'Tag', 'Tagen')}"
