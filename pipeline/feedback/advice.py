"""What a municipality is told about its submission: the result, what to do next and until when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from pipeline.definitions.messages import german_date
from pipeline.definitions.model import RoundStatus, Severity, State, Workbook
from pipeline.definitions.results import Result
from pipeline.definitions.sheets import (
    FEEDBACK_ANSWER,
    FEEDBACK_TITLE,
    FORM_NUMBER,
    FORM_STICHTAG,
    FORM_TITLE,
    MUNICIPALITY,
)
from pipeline.definitions.words import CLOSED, ROUND_WORDS, SUBSTITUTE
from pipeline.evaluate import evaluate
from pipeline.feedback.open_items import OpenItem, milestones_of, open_items
from pipeline.rules import ReportingDate, Rules
from pipeline.selection import Submission

CONFLICT = "A01"
TO_ANSWER = (
    f"Ist eine Warnung oder ein Hinweis richtig so, schreiben Sie auf dem Blatt „{FEEDBACK_TITLE}“ in die Spalte "
    f"„{FEEDBACK_ANSWER}“ kurz, warum, ohne Namen, und führen Sie diese Mappe fort: Dann wird nicht noch einmal "
    "gefragt, bis sich der Wert ändert."
)
SENDER = "Projektleitung KISI"  # where projekt.yaml names nobody


@dataclass(frozen=True, slots=True)
class Setting:
    """What a letter says beyond its file: what the report says of the municipality, and what lies in the folder.

    ``as_of``, ``standing`` and ``result`` are the report's; ``kisi check`` has none. ``counting`` is the
    Stichtag of the submission that counts, if there is one. ``next_number``: the highest Abgabe-Nr. in the
    folder for that Stichtag, plus one.
    """

    next_number: int | None = None
    as_of: date | None = None
    standing: RoundStatus | None = None
    counting: date | None = None
    result: Result | None = None


@dataclass(frozen=True, slots=True)
class Advice:
    """``unmarked``: the steps where no marked copy goes with the letter; ``ask``: whom to ask;
    ``removed``: what of the file its copy lacks."""

    result: tuple[str, ...]
    steps: tuple[str, ...]
    unmarked: tuple[str, ...]
    open_title: str = ""
    open_items: tuple[OpenItem, ...] = ()
    ask: str = ""
    signature: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


_RESULTS = {
    State.ACCEPTED: "Ihre Abgabe ist angenommen.",
    State.REJECTED: "Ihre Abgabe ist zurückgewiesen. Keine Angabe daraus steht im Bericht.",
    State.SUPERSEDED: "Diese Abgabe ist durch Ihre spätere Abgabe zu demselben Stichtag ersetzt.",
    State.EARLIER: "Diese Abgabe gilt für einen früheren Stichtag; inzwischen gilt Ihre spätere Abgabe.",
    State.DUPLICATE: "Diese Datei enthält dasselbe wie eine andere, die schon vorliegt. Sie zählt nur einmal.",
    State.WITHDRAWN: "Diese Abgabe ist zurückgezogen und zählt nicht.",
}


def advise(submission: Submission, rules: Rules, setting: Setting) -> Advice:
    """The advice for one file. Open items for the accepted one, and for a rejected one that is not closed."""
    items = _items(submission, rules, setting)
    steps, unmarked = (tuple(_steps(submission, rules, setting, items, marked=m)) for m in (True, False))
    as_of = setting.as_of
    stand = f"im Bericht zum {german_date(as_of)}" if as_of else "an Ihrem Berichtsstichtag"
    contact = rules.project.contact
    return Advice(
        result=tuple(_result(submission, rules, setting)),
        steps=steps,
        unmarked=unmarked,
        open_title=f"Noch nicht erreicht (Stand {stand}):",
        open_items=items,
        ask=ask(rules),
        signature=contact.signature or (contact.name,) if contact else (SENDER,),
    )


def ask(rules: Rules) -> str:
    contact = rules.project.contact
    if contact is None:
        return f"Fragen beantwortet die {SENDER}."
    phone = f"Telefon {contact.phone}" if contact.phone else None
    ways = ", ".join(filter(None, (contact.name, contact.e_mail, phone, contact.place)))
    return f"Fragen beantwortet: {ways}."


# --- the result ---------------------------------------------------------------------------------------


def _result(submission: Submission, rules: Rules, setting: Setting) -> Iterator[str]:
    yield _RESULTS[submission.state]
    if submission.closed:
        yield f"Das ist {CLOSED.text}: Ihre spätere gültige Abgabe gilt."
    elif submission.state is State.ACCEPTED:
        yield _counts_for(submission.workbook, rules)
        if submission.substitute:
            yield f"Sie gilt {SUBSTITUTE}, solange Ihre andere Abgabe zurückgewiesen ist."
    elif submission.open_rejection:
        yield from _instead(rules, setting)
    else:
        yield "Sie zählt für keine Runde des Berichtsplans."


def _counts_for(workbook: Workbook, rules: Rules) -> str:
    assert workbook.stichtag is not None
    of = rules.round_of(workbook.stichtag)
    if of is None:
        return "Sie zählt für keine Runde: Ihr Stichtag liegt vor dem ersten des Berichtsplans."
    counts = f"Sie zählt für die Runde zum {german_date(of.stichtag)} (Abgabe bis {german_date(of.due)})."
    if of.stichtag == workbook.stichtag:
        return counts
    return f"{counts} Der Stichtag {german_date(workbook.stichtag)} steht nicht im Berichtsplan."


def _instead(rules: Rules, setting: Setting) -> Iterator[str]:
    """What stands in the report in place of a rejected submission."""
    if setting.as_of is None:
        return
    of = rules.round_of(setting.as_of)
    if of is not None and setting.standing is not None:
        word = ROUND_WORDS[setting.standing].text
        yield f"In der Runde zum {german_date(of.stichtag)} steht Ihre Stelle als „{word}“."
    if setting.counting is not None:
        yield f"Im Bericht zählt Ihre gültige Abgabe zum Stichtag {german_date(setting.counting)}."
    else:
        yield "Im Bericht steht von Ihnen keine gültige Abgabe."


# --- what to do ---------------------------------------------------------------------------------------


def _steps(
    submission: Submission, rules: Rules, setting: Setting, items: tuple[OpenItem, ...], *, marked: bool
) -> Iterator[str]:
    workbook = submission.workbook
    if submission.open_rejection:
        if any(f.rule == CONFLICT for f in workbook.findings):
            yield from _settle()
        else:
            yield from _correct(workbook, marked=marked)
            yield from _answer(workbook, marked=marked)
        yield f"{_raise_number(workbook, setting)}, damit die neue Datei von dieser zu unterscheiden ist."
        yield "Speichern Sie die Mappe als .xlsx und senden Sie sie an die Projektleitung."
        yield _until(workbook, rules, setting)
    elif submission.state is not State.ACCEPTED:
        yield "Zu dieser Datei müssen Sie nichts tun."
    else:
        yield from _improve(workbook, setting, milestones_of(items, rules), marked=marked)


def _answer(workbook: Workbook, *, marked: bool) -> Iterator[str]:
    """Where the copy has a cell for it."""
    if marked and workbook.unanswered(Severity.WARNING):
        yield TO_ANSWER


def _improve(workbook: Workbook, setting: Setting, urgent: list[str], *, marked: bool) -> Iterator[str]:
    """For an accepted one: warnings to look at, and milestones that do not wait."""
    if not urgent and not workbook.unanswered(Severity.WARNING):
        yield "Sie müssen nichts tun."
        return
    if urgent:
        yield (
            f"Kümmern Sie sich um {', '.join(urgent)}: Was dazu fehlt, steht unten. Ist es schon geschehen, tragen "
            "Sie Datum und Nachweis nach; sonst berichten Sie es zum nächsten Stichtag."
        )
    if workbook.unanswered(Severity.WARNING):
        yield "Prüfen Sie die Warnungen in der Liste."
    yield from _answer(workbook, marked=marked)
    yield f"Möchten Sie etwas ändern: {_raise_number(workbook, setting)} und senden Sie die Mappe erneut."


def _settle() -> Iterator[str]:
    """The likely slips behind two different files with one key."""
    yield (
        f"Ist eine der Mappen für einen anderen Stichtag oder eine Korrektur, und {FORM_STICHTAG.name} oder "
        f"{FORM_NUMBER.name} wurde nicht geändert? Dann ändern Sie es in dieser Mappe und senden Sie sie erneut."
    )
    yield (
        "Haben zwei Personen je eine Kopie der Mappe ausgefüllt? Dann bitten Sie die Projektleitung, beide "
        "zusammenzuführen (kisi merge), und prüfen Sie das Ergebnis."
    )
    yield "Soll eine der Mappen nicht gelten, sagen Sie der Projektleitung, welche: Sie zieht sie zurück."


def _correct(workbook: Workbook, *, marked: bool) -> Iterator[str]:
    if workbook.refused:
        yield "Beheben Sie den Fehler, wie es unten beschrieben ist."
    elif not marked:
        yield (
            "Gehen Sie die Liste unten durch: Sie nennt zu jedem Befund Blatt und Zelle. Nur Fehler müssen Sie "
            "beheben."
        )
        yield "Korrigieren Sie in Ihrer Mappe."
    else:
        yield (
            "Gehen Sie die Liste auf dem Blatt „Rückmeldung“ durch: Der Link führt zur Zelle. Fehler sind rot, Warnungen gelb, Hinweise "
            "blau hinterlegt; der Grund steht als Notiz an der Zelle. Nur Fehler müssen Sie beheben."
        )
        yield "Korrigieren Sie in dieser Mappe; die Markierungen dürfen stehen bleiben."


def _raise_number(workbook: Workbook, setting: Setting) -> str:
    if workbook.number is None:
        return f"Prüfen Sie in den {FORM_TITLE} die {FORM_NUMBER.name}"
    number = setting.next_number or workbook.number + 1
    return f"Erhöhen Sie in den {FORM_TITLE} die {FORM_NUMBER.name} auf {number}"


def _until(workbook: Workbook, rules: Rules, setting: Setting) -> str:
    """The day of the plan; one that has passed by the date of the report is told as such."""
    planned = _planned(workbook, rules, setting)
    if planned is None:
        return "Bitte senden Sie die Korrektur so bald wie möglich."
    term = f"zum Stichtag {german_date(planned.stichtag)}"
    if setting.as_of is not None and planned.due < setting.as_of:
        return f"Abgabetermin {term} war der {german_date(planned.due)}: Bitte so bald wie möglich."
    return f"Bitte senden Sie die Korrektur bis {german_date(planned.due)}, dem Abgabetermin {term}."


def _planned(workbook: Workbook, rules: Rules, setting: Setting) -> ReportingDate | None:
    if workbook.stichtag is not None:
        return rules.planned(workbook.stichtag) or rules.nearest_planned(workbook.stichtag)
    return rules.round_of(setting.as_of) if setting.as_of else None


def _items(submission: Submission, rules: Rules, setting: Setting) -> tuple[OpenItem, ...]:
    """As the report says it; without a report as the accepted submission says it of itself."""
    workbook = submission.workbook
    if submission.state is not State.ACCEPTED and not submission.open_rejection:
        return ()
    if setting.as_of is not None and setting.result is not None:
        return open_items(setting.result, rules, setting.as_of, MUNICIPALITY.id)
    if submission.state is State.ACCEPTED and workbook.stichtag is not None:
        own = evaluate(workbook, None, rules, workbook.stichtag)
        return open_items(own, rules.at(workbook.stichtag), workbook.stichtag, MUNICIPALITY.id)
    return ()
