"""German output of the commands: findings, states, progress. Never a value from a cell."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, TypeVar

from pipeline import PLAIN_STEP
from pipeline.definitions.messages import (
    NOT_RUN,
    SEVERITY_WORDS,
    answer_text,
    finding_extent,
    finding_place,
    german_date,
    number_of,
)
from pipeline.definitions.model import Finding, RoundStatus, Severity, State
from pipeline.definitions.words import CLOSED, ROUND_WORDS, STATE_WORDS, SUBSTITUTE, USE_WORDS
from pipeline.outcome import Outcome
from pipeline.rules.loading.withdrawal_file import WITHDRAWALS_FILE
from pipeline.rules.wording.in_words import withdrawn_file
from pipeline.selection import Round, Submission

if TYPE_CHECKING:
    from pipeline.audit.verify import Verdict

FILES_A_LINE = 100  # without a terminal


T = TypeVar("T")


def progress(items: Iterable[T], total: int, done: str = "geprüft") -> Iterable[T]:
    """A bar on a terminal, plain lines elsewhere; both on standard error."""
    if sys.stderr.isatty():
        from rich.console import Console
        from rich.progress import track

        title = f"Dateien {done}"
        return track(items, title, total=total, console=Console(stderr=True), transient=True)
    return _plain(items, total, done)


def _plain(items: Iterable[T], total: int, done: str) -> Iterator[T]:
    step = int(os.environ.get(PLAIN_STEP, FILES_A_LINE))
    print(f"{number_of(total, 'Datei wird', 'Dateien werden')} {done}.", file=sys.stderr)  # noqa: T201
    for number, item in enumerate(items, start=1):
        yield item
        if number % step == 0:
            print(f"{number} von {total} Dateien {done}.", file=sys.stderr)  # noqa: T201


_COUNTED = {
    Severity.ERROR: ("Fehler", "Fehler"),
    Severity.WARNING: ("Warnung", "Warnungen"),
    Severity.NOTE: ("Hinweis", "Hinweise"),
}


def finding_lines(findings: Iterable[Finding]) -> Iterator[str]:
    """``Fehler, Personen!B7 (Zugang am), 3 Zellen: B7:B9: … [W05]``, each with its remedy."""
    for one in findings:
        column = f" ({one.column})" if one.column else ""
        often = f", {finding_extent(one)}" if finding_extent(one) else ""
        yield f"  {SEVERITY_WORDS[one.severity]}, {finding_place(one)}{column}{often}: {one.message} [{one.rule}]"
        if one.severity is not Severity.NOTE and one.answer is None:
            yield f"      → {one.remedy}"
        if (answer := answer_text(one)) is not None:
            yield f"      Antwort: {answer}"


def submission_lines(submission: Submission) -> Iterator[str]:
    """A file with its state and all its findings."""
    workbook = submission.workbook
    counts = ", ".join(number_of(workbook.count(s), *words) for s, words in _COUNTED.items())
    who = f" – {workbook.municipality}" if workbook.municipality else ""
    mailed = f", E-Mail vom {german_date(workbook.received_on)}" if workbook.received_on else ""
    state = STATE_WORDS[submission.state].text + (f", {CLOSED.text}" if submission.closed else "")
    yield f"{workbook.file}{who}{mailed}: {state} ({counts})"
    yield from finding_lines(workbook.findings)
    yield from (f"  {NOT_RUN}: {line}" for line in workbook.not_run)


def total_lines(submissions: Sequence[Submission]) -> Iterator[str]:
    """Number of files by state, and of findings."""
    counted = Counter(s.state for s in submissions)
    by_state = ", ".join(f"{counted[s]} {STATE_WORDS[s].text}" for s in STATE_WORDS if counted[s]) or "keine"
    sums = (number_of(sum(s.workbook.count(one) for s in submissions), *_COUNTED[one]) for one in _COUNTED)
    yield f"{number_of(len(submissions), 'Datei', 'Dateien')}: {by_state}; zusammen {', '.join(sums)}."


def chosen_date(outcome: Outcome) -> str:
    """The as-of date that was chosen where none was given, and why."""
    files = sum(s.workbook.stichtag == outcome.as_of for s in outcome.submissions)
    return (
        f"Stand ist der {german_date(outcome.as_of)}: der späteste Stichtag des Berichtsplans bis heute, den eine Datei "
        f"nennt ({number_of(files, 'Datei', 'Dateien')}). Ein anderer Stand: --as-of."
    )


def outcome_lines(outcome: Outcome) -> Iterator[str]:
    """Summary for the project lead: round, received files, rejections, open questions."""
    states = [s for s in STATE_WORDS if s is not State.MISSING and outcome.count(s)]
    by_state = ", ".join(f"{outcome.count(s)} {STATE_WORDS[s].text}" for s in states) or "keine"
    files = number_of(len(outcome.received), "Datei", "Dateien")
    yield f"Stand {german_date(outcome.as_of)}: {files} – {by_state}."
    yield from round_lines(outcome.round)
    yield from _rejection_lines(outcome)
    if outcome.answers.any:
        yield f"  Antworten der Kommunen: {outcome.answers}"
    yield from _later_lines(outcome)
    yield from _withdrawal_lines(outcome)
    for use in outcome.exemptions:
        exemption = use.exemption
        word = USE_WORDS[use.use].text
        yield f"  Ausnahme von {exemption.rule} für {exemption.ags} bis {german_date(exemption.valid_until)}: {word}"
    yield from _note_lines(outcome)


def round_lines(of: Round) -> Iterator[str]:
    """The round and the standing of its members."""
    if of.stichtag is None or of.due is None:
        yield "Noch keine Runde: Der Stand liegt vor dem ersten Stichtag des Berichtsplans."
        return
    counts = ", ".join(f"{n} {ROUND_WORDS[s].text}" for s, n in of.counts.items())
    yield f"Runde zum {german_date(of.stichtag)}, Abgabe bis {german_date(of.due)}: {counts}."
    for status in (RoundStatus.REJECTED, RoundStatus.OUTSTANDING):
        if members := of.members(status):
            yield f"  {ROUND_WORDS[status].text} ({len(members)}): {', '.join(m.name for m in members)}"


def _rejection_lines(outcome: Outcome) -> Iterator[str]:
    for submission in outcome.submissions:
        workbook = submission.workbook
        who = workbook.municipality or "Kommune unbekannt"
        if submission.open_rejection:
            errors = number_of(workbook.count(Severity.ERROR), *_COUNTED[Severity.ERROR])
            yield f"  zurückgewiesen: {workbook.file} – {who} ({errors})"
        elif submission.substitute:
            day = german_date(workbook.stichtag)
            yield f"  {SUBSTITUTE} zählt: {workbook.file} – {who}, Stichtag {day}; Neueres ist zurückgewiesen"
    closed = sum(s.closed for s in outcome.submissions)
    if closed:
        yield f"  {CLOSED.text}: {number_of(closed, 'zurückgewiesene Datei', 'zurückgewiesene Dateien')}"


def _later_lines(outcome: Outcome) -> Iterator[str]:
    """Files of later reporting dates; few of one date are named, as a typing error would hide a submission."""
    by_day: dict[date | None, list[Submission]] = {}
    for submission in outcome.later:
        by_day.setdefault(submission.workbook.stichtag, []).append(submission)
    for day, found in by_day.items():
        if len(found) > MOST_SLIPS:
            yield f"  {len(found)} Dateien nennen den Stichtag {german_date(day)} und nehmen nicht teil."
            continue
        for workbook in (s.workbook for s in found):
            who = workbook.municipality or "Kommune unbekannt"
            yield f"  {workbook.file} – {who} nennt den Stichtag {german_date(day)}: Tippfehler?"


def _withdrawal_lines(outcome: Outcome) -> Iterator[str]:
    for use in outcome.withdrawals:
        word = STATE_WORDS[State.WITHDRAWN].text
        if use.files:
            yield f"  {word}: {', '.join(use.files)} ({use.withdrawal.reason})"
        elif not use.later:
            named = withdrawn_file(use.withdrawal)
            yield f"  Rücknahme ohne Datei: {WITHDRAWALS_FILE} nennt {named}; im Ordner liegt keine solche Datei."


def _note_lines(outcome: Outcome) -> Iterator[str]:
    """Files that are no submission, one line per kind."""
    names: dict[str, list[str]] = {}
    for name, note in outcome.notes:
        names.setdefault(note.message, []).append(name)
    for message, found in names.items():
        more = f" und {len(found) - MOST_FILES_NAMED} weitere" if len(found) > MOST_FILES_NAMED else ""
        yield f"  nicht gewertet: {', '.join(found[:MOST_FILES_NAMED])}{more} – {message}"


MOST_FILES_NAMED = 5  # files named on a line
MOST_SLIPS = 2  # files of a later Stichtag that may be a slip of the pen
MOST_DIFFERENCES = 200  # differences on the screen; the first ones lead to the cause


def verdict_lines(verdict: Verdict) -> Iterator[str]:
    """Result of ``kisi verify``."""
    yield from verdict.origin
    for note in verdict.notes:
        yield f"Hinweis: {note}"
    for difference in verdict.differences[:MOST_DIFFERENCES]:
        yield f"Abweichung: {difference}"
    if (more := len(verdict.differences) - MOST_DIFFERENCES) > 0:
        yield f"… und {number_of(more, 'weitere Abweichung', 'weitere Abweichungen')}."
    for open_ in verdict.uncompared:
        yield f"Nicht verglichen: {open_}"
    cells = number_of(verdict.cells, "Zelle", "Zellen")
    if verdict.differences:
        count = number_of(len(verdict.differences), "Abweichung", "Abweichungen")
        yield f"Stand {verdict.as_of:%d.%m.%Y}: {count}; nachgerechnet wurden {cells}."
    elif verdict.uncompared:
        yield (
            f"Stand {verdict.as_of:%d.%m.%Y}: Die Zahlen stimmen, aber nicht alles ließ sich vergleichen (siehe oben); "
            f"nachgerechnet wurden {cells}."
        )
    else:
        yield f"Stand {verdict.as_of:%d.%m.%Y}: Der Bericht stimmt; nachgerechnet wurden {cells}."
