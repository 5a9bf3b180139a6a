"""Tasks of the project lead now: whom to remind, what to answer, what to decide; counts link to the lists."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.definitions.messages import german_date, number_of
from pipeline.definitions.model import ExemptionState, RoundStatus, Severity, State, Status
from pipeline.definitions.words import MILESTONE_WORDS, ROUND_WORDS
from pipeline.outcome import Outcome
from pipeline.rules import Municipality
from pipeline.selection import Round

CONFLICT, UNPLANNED = "A01", "W40"
SUBMISSIONS, FINDINGS, MATRIX, EXEMPTIONS = "#abgaben", "#befunde", "#matrix", "#ausnahmen"
TASKS = "#zu-tun"


@dataclass(frozen=True, slots=True)
class TaskEntry:
    """A count with a link to its list, and the municipalities concerned, each with a link."""

    count: str
    href: str
    text: str
    members: tuple[Municipality, ...] = ()


@dataclass(frozen=True, slots=True)
class Tasks:
    """Three lists, and the line about the round above them."""

    round: str
    groups: tuple[tuple[str, tuple[TaskEntry, ...]], ...]


def tasks(outcome: Outcome) -> Tasks:
    groups = (
        ("Nachfragen", tuple(_chase(outcome.round))),
        ("Beantworten", tuple(_answer(outcome))),
        ("Entscheiden", tuple(_decide(outcome))),
    )
    return Tasks(round_line(outcome.round), groups)


def round_line(of: Round) -> str:
    if of.stichtag is None or of.due is None:
        return "Noch keine Runde: Der Stand liegt vor dem ersten Stichtag des Berichtsplans."
    counts = ", ".join(f"{of.counts.get(s, 0)} {ROUND_WORDS[s].text}" for s in RoundStatus)
    return f"Runde zum {german_date(of.stichtag)}, Abgabe bis {german_date(of.due)}: {counts} (mit Projektleitung)."


def _chase(of: Round) -> Iterator[TaskEntry]:
    meanings = {
        RoundStatus.OUTSTANDING: "Für diese Runde kam noch nichts: Erinnern Sie an die Abgabe.",
        RoundStatus.REJECTED: "Was kam, ist zurückgewiesen: Bitten Sie um die Korrektur.",
    }
    for status, meaning in meanings.items():
        members = tuple(of.members(status))
        if members:
            yield TaskEntry(f"{len(members)} {ROUND_WORDS[status].text}", SUBMISSIONS, meaning, members)


def _answer(outcome: Outcome) -> Iterator[TaskEntry]:
    rejected = sum(s.open_rejection for s in outcome.submissions)
    if rejected:
        count = number_of(rejected, "zurückgewiesene Datei", "zurückgewiesene Dateien")
        yield TaskEntry(count, FINDINGS, "Senden Sie Anschreiben und markierte Mappe aus rueckmeldung/.")
    warned = {
        s.workbook.ags
        for s in outcome.submissions
        if s.state is State.ACCEPTED and s.workbook.unanswered(Severity.WARNING)
    }
    if warned:
        members = tuple(m for m in outcome.rules.members if m.ags in warned)
        count = f"{number_of(len(members), 'angenommene Abgabe', 'angenommene Abgaben')} mit Warnungen"
        yield TaskEntry(
            count,
            FINDINGS,
            "Die Abgabe zählt. Senden Sie das Anschreiben, damit die Kommune die Warnungen prüft.",
            members,
        )
    yield from _answers(outcome)


def _answers(outcome: Outcome) -> Iterator[TaskEntry]:
    """Answers of municipalities to findings; new ones are to be read."""
    counts = outcome.answers
    if not counts.any:
        return
    new = {
        s.workbook.ags
        for s in outcome.submissions
        if any(f.answer and f.answer.is_new for f in s.workbook.findings)
    }
    members = tuple(m for m in outcome.rules.members if m.ags in new)
    text = "Lesen Sie die neuen; was beantwortet ist, wird nicht noch einmal gefragt."
    yield TaskEntry(f"Antworten der Kommunen: {counts}", FINDINGS, text, members)


def _decide(outcome: Outcome) -> Iterator[TaskEntry]:
    for rule, one, many, text in (
        (CONFLICT, "Datei im Widerspruch", "Dateien im Widerspruch", "Klären Sie, welche gilt: eine zurücknehmen, mit neuer Abgabe-Nr. senden lassen oder mit kisi merge vereinen."),
        (UNPLANNED, "Stichtag außerhalb des Berichtsplans", "Stichtage außerhalb des Berichtsplans", "Fragen Sie nach, welcher Stichtag gemeint ist."),
    ):  # fmt: skip
        found = [s for s in outcome.submissions if any(f.rule == rule for f in s.workbook.findings)]
        if found:
            keys = {s.workbook.ags for s in found}
            members = tuple(m for m in outcome.rules.members if m.ags in keys)
            yield TaskEntry(number_of(len(found), one, many), FINDINGS, text, members)
    expired = sum(use.use is ExemptionState.EXPIRED for use in outcome.exemptions)
    if expired:
        count = number_of(expired, "abgelaufene Ausnahme", "abgelaufene Ausnahmen")
        yield TaskEntry(
            count, EXEMPTIONS, "Der Fehler gilt wieder; entscheiden Sie, ob die Ausnahme verlängert wird."
        )
    overdue = sum(m.counts.get(Status.OVERDUE, 0) for m in outcome.project.milestones)
    if overdue:
        word = MILESTONE_WORDS[Status.OVERDUE].text
        count = number_of(overdue, f"Meilenstein {word}", f"Meilensteine {word}")
        yield TaskEntry(count, MATRIX, "Alle Kommunen zusammen; entscheiden Sie, wo zu helfen ist.")
