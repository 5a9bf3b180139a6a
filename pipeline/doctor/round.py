"""Checks the round: who has submitted, reporting dates that may be typing errors, files that can be archived."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from pipeline.definitions.foreign import escaped
from pipeline.definitions.messages import by_number, german_date, number_of
from pipeline.definitions.model import RoundStatus, State, Workbook
from pipeline.definitions.words import ROUND_WORDS, SUBSTITUTE
from pipeline.doctor.doctor_check import MOST_FILES_NAMED, DoctorCheck, Urgency
from pipeline.outcome import Outcome
from pipeline.rules import Municipality, Rules
from pipeline.selection import previous_of


def check_round(outcome: Outcome) -> DoctorCheck:
    """Standing of each member in the round of the next report."""
    of = outcome.round
    if of.stichtag is None or of.due is None:
        text = f"Der {german_date(outcome.as_of)} liegt vor dem ersten Stichtag des Berichtsplans."
        return DoctorCheck(Urgency.INFO, "Runde", text)
    lines = [f"Abgabe bis {german_date(of.due)}"]
    for status in RoundStatus:
        names = [_named(m, status, outcome) for m in of.members(status)]
        if names:
            lines.append(f"{ROUND_WORDS[status].text} ({len(names)}): {', '.join(names)}")
    remedies = []
    if of.members(RoundStatus.REJECTED):
        remedies.append("Senden Sie den Zurückgewiesenen ihre Rückmeldung; kisi report schreibt sie.")
    if of.members(RoundStatus.OUTSTANDING):
        remedies.append("Erinnern Sie, von wem die Abgabe aussteht.")
    mark = Urgency.TODO if remedies else Urgency.GOOD
    return DoctorCheck(mark, f"Runde {german_date(of.stichtag)}", "\n".join(lines), " ".join(remedies))


def _named(member: Municipality, status: RoundStatus, outcome: Outcome) -> str:
    """A member with its day of joining if after the reporting date, and what counts in place of a rejected
    submission.
    """
    stichtag = outcome.round.stichtag
    if status is RoundStatus.OUTSTANDING and member.joined and stichtag and member.joined > stichtag:
        return f"{member.name} [Beitritt {german_date(member.joined)}]"
    counting = outcome.accepted(member.ags)
    if status is not RoundStatus.DELIVERED and counting and counting.workbook.stichtag:
        word = f"{SUBSTITUTE} " if counting.substitute else ""
        return f"{member.name} [{word}zählt {german_date(counting.workbook.stichtag)}]"
    return member.name


def check_newer_round(rules: Rules, outcome: Outcome, today: date) -> Iterator[DoctorCheck]:
    """The round of today, where it is another one; else nothing."""
    planned = rules.round_of(today)
    if planned and (outcome.round.stichtag is None or planned.stichtag > outcome.round.stichtag):
        text = f"Für den Stichtag {german_date(planned.stichtag)} (Abgabe bis {german_date(planned.due)}) kam noch keine Mappe."
        yield DoctorCheck(Urgency.TODO, "Neue Runde", text, "Erinnern Sie, sobald die Abgaben fällig werden.")


def check_later(outcome: Outcome) -> Iterator[DoctorCheck]:
    """Submissions for a later reporting date: a typing error there would hide a submission."""
    lines = [
        f"{escaped(s.workbook.file)} nennt den Stichtag {german_date(s.workbook.stichtag)}: Tippfehler?"
        for s in outcome.later
    ]
    if lines:
        remedy = (
            "Diese Dateien nehmen am nächsten Bericht nicht teil. Fragen Sie nach, wenn der Tag nicht stimmt."
        )
        yield DoctorCheck(Urgency.TODO, "Spätere Stichtage", "\n".join(lines), remedy)


def check_withdrawal_use(outcome: Outcome) -> Iterator[DoctorCheck]:
    unused = [u for u in outcome.withdrawals if not u.files and not u.later]
    if outcome.withdrawals:
        text = number_of(len(outcome.withdrawals), "Eintrag", "Einträge")
        yield DoctorCheck(
            Urgency.INFO, "Rücknahmen", f"{text}, davon {len(unused)} ohne passende Datei im Eingang"
        )


# --- archive ------------------------------------------------------------------------------------------


def check_archive(outcome: Outcome) -> Iterator[DoctorCheck]:
    """Files of past rounds that are not needed any more; nothing where there are none."""
    files = archivable(outcome)
    if not files:
        return
    more = f" und {len(files) - MOST_FILES_NAMED} weitere" if len(files) > MOST_FILES_NAMED else ""
    needed = by_number(len(files), "wird", "werden")
    text = (
        f"{number_of(len(files), 'Datei', 'Dateien')} früherer Runden {needed} nicht mehr gebraucht: "
        f"{', '.join(map(escaped, files[:MOST_FILES_NAMED]))}{more}. Archivieren Sie, statt zu löschen: Frühere Berichte lassen "
        "sich nur mit ihnen nachrechnen."
    )
    yield DoctorCheck(Urgency.INFO, "Archiv", text)


def archivable(outcome: Outcome) -> list[str]:
    """Files with a reporting date before the round that the next report does not need."""
    before = outcome.round.stichtag
    if before is None:
        return []
    by_ags: dict[str | None, list[Workbook]] = {}
    for one in outcome.submissions:
        if one.state in (State.ACCEPTED, State.EARLIER, State.SUPERSEDED):
            by_ags.setdefault(one.workbook.ags, []).append(one.workbook)
    needed = {s.workbook.file for s in outcome.submissions if s.state is State.ACCEPTED or s.open_rejection}
    for submission in outcome.submissions:
        if submission.state is State.ACCEPTED:
            previous = previous_of(submission.workbook, by_ags[submission.workbook.ags])
            needed |= {previous.file} if previous else set()
    return [
        s.workbook.file
        for s in outcome.submissions
        if s.workbook.stichtag and s.workbook.stichtag < before and s.workbook.file not in needed
    ]
