"""Advice to a municipality on its submission: the result, what to do next and until when."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.definitions.messages import german_date
from pipeline.definitions.model import Severity, State, Workbook
from pipeline.definitions.sheets import (
    FORM_NUMBER,
    FORM_STICHTAG,
    FORM_TITLE,
    MUNICIPALITY,
)
from pipeline.definitions.words import CLOSED, ROUND_WORDS, SUBSTITUTE
from pipeline.evaluate import evaluate
from pipeline.feedback.open_items import milestones_of, open_items
from pipeline.feedback.task import NOTHING_TO_DO, TO_ANSWER, Advice, LetterContext, OpenItem
from pipeline.rules import ReportingDate, Rules
from pipeline.selection import Submission

CONFLICT = "A01"
SENDER = "Projektleitung KISI"  # where projekt.yaml names nobody


_RESULTS = {
    State.ACCEPTED: "Ihre Abgabe ist angenommen.",
    State.REJECTED: "Ihre Abgabe ist zurückgewiesen. Keine Angabe daraus steht im Bericht.",
    State.SUPERSEDED: "Ihre Abgabe ist durch eine spätere zu demselben Stichtag ersetzt.",
    State.EARLIER: "Ihre Abgabe gilt für einen früheren Stichtag; inzwischen gilt Ihre spätere.",
    State.DUPLICATE: "Ihre Datei enthält dasselbe wie eine andere, die schon vorliegt.",
    State.WITHDRAWN: "Ihre Abgabe ist zurückgezogen und zählt nicht.",
}


def advise(submission: Submission, rules: Rules, context: LetterContext) -> Advice:
    """The advice on one submission. Open items for an accepted one, and for a rejected one without a later
    valid one.
    """
    items = _items(submission, rules, context)
    steps, unmarked = (tuple(_steps(submission, rules, context, items, marked=m)) for m in (True, False))
    as_of = context.as_of
    stand = f"im Bericht zum {german_date(as_of)}" if as_of else "an Ihrem Berichtsstichtag"
    contact = rules.project.contact
    return Advice(
        result=tuple(_result(submission, rules, context)),
        steps=steps,
        unmarked=unmarked,
        open_title=f"Noch nicht erreicht (Stand {stand}):",
        open_items=items,
        ask=ask(rules),
        signature=contact.signature or (contact.name,) if contact else (SENDER,),
    )


def ask(rules: Rules) -> str:
    """German sentence: whom to ask, by the contact of projekt.yaml, else the project lead."""
    contact = rules.project.contact
    if contact is None:
        return f"Fragen beantwortet die {SENDER}."
    phone = f"Telefon {contact.phone}" if contact.phone else None
    ways = ", ".join(filter(None, (contact.name, contact.e_mail, phone, contact.place)))
    return f"Fragen beantwortet: {ways}."


# --- the result ---------------------------------------------------------------------------------------


def _result(submission: Submission, rules: Rules, context: LetterContext) -> Iterator[str]:
    """Whether the submission counts, for which round, and what the report holds instead."""
    yield _RESULTS[submission.state]
    if submission.closed:
        yield f"Das ist {CLOSED.text}: Ihre spätere gültige Abgabe gilt."
    elif submission.state in (State.ACCEPTED, State.EARLIER):
        yield _counts_for(submission.workbook, rules)
        if submission.substitute:
            yield f"Sie gilt {SUBSTITUTE}, solange Neueres von Ihnen zurückgewiesen ist."
    else:
        yield "Sie zählt für keine Runde."
    if submission.open_rejection:
        yield from _instead(rules, context)


def _counts_for(workbook: Workbook, rules: Rules) -> str:
    assert workbook.stichtag is not None
    of = rules.round_of(workbook.stichtag)
    if of is None:
        return "Sie zählt für keine Runde: Ihr Stichtag liegt vor dem ersten des Berichtsplans."
    counts = f"Sie zählt für die Runde zum {german_date(of.stichtag)} (Abgabe bis {german_date(of.due)})."
    if of.stichtag == workbook.stichtag:
        return counts
    return f"{counts} Der Stichtag {german_date(workbook.stichtag)} steht nicht im Berichtsplan."


def _instead(rules: Rules, context: LetterContext) -> Iterator[str]:
    """What the report holds in place of a rejected submission; nothing without a report."""
    if context.as_of is None:
        return
    of = rules.round_of(context.as_of)
    if of is not None and context.standing is not None:
        word = ROUND_WORDS[context.standing].text
        yield f"In der Runde zum {german_date(of.stichtag)} steht Ihre Stelle als „{word}“."
    if context.counting is not None:
        yield f"Im Bericht zählt Ihre gültige Abgabe zum Stichtag {german_date(context.counting)}."
    else:
        yield "Im Bericht steht von Ihnen keine gültige Abgabe."


# --- what to do ---------------------------------------------------------------------------------------


def _steps(
    submission: Submission, rules: Rules, context: LetterContext, items: tuple[OpenItem, ...], *, marked: bool
) -> Iterator[str]:
    """What to do next, one German sentence each. ``marked``: a marked copy goes with the letter."""
    workbook = submission.workbook
    if submission.open_rejection:
        if any(f.rule == CONFLICT for f in workbook.findings):
            yield from _settle()
        else:
            yield from _correct(workbook, marked=marked)
            yield from _answer(workbook, marked=marked)
        yield f"{_raise_number(workbook, context)}, damit die neue Datei von dieser zu unterscheiden ist."
        yield "Speichern Sie die Mappe als .xlsx und senden Sie sie an die Projektleitung."
        yield _until(workbook, rules, context)
    elif submission.state is not State.ACCEPTED:
        yield NOTHING_TO_DO
    else:
        yield from _improve(workbook, context, milestones_of(items, rules), marked=marked)


def _answer(workbook: Workbook, *, marked: bool) -> Iterator[str]:
    """How to answer warnings; only a marked copy has cells for answers."""
    if marked and workbook.unanswered(Severity.WARNING):
        yield TO_ANSWER


def _improve(workbook: Workbook, context: LetterContext, urgent: list[str], *, marked: bool) -> Iterator[str]:
    """Steps after an accepted submission: ``urgent`` milestones and warnings to look at."""
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
    yield f"Möchten Sie etwas ändern: {_raise_number(workbook, context)} und senden Sie die Mappe erneut."


def _settle() -> Iterator[str]:
    """Steps when two different files bear the same key (A01): the likely mistakes."""
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
    """Steps to correct a rejected submission."""
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


def _raise_number(workbook: Workbook, context: LetterContext) -> str:
    """Which Abgabe-Nr. the next file must bear."""
    if workbook.number is None:
        return f"Prüfen Sie in den {FORM_TITLE} die {FORM_NUMBER.name}"
    number = context.next_number or workbook.number + 1
    return f"Erhöhen Sie in den {FORM_TITLE} die {FORM_NUMBER.name} auf {number}"


def _until(workbook: Workbook, rules: Rules, context: LetterContext) -> str:
    """The planned day for the correction; says so when it has passed by the date of the report."""
    planned = _planned(workbook, rules, context)
    if planned is None:
        return "Bitte senden Sie die Korrektur so bald wie möglich."
    term = f"zum Stichtag {german_date(planned.stichtag)}"
    if context.as_of is not None and planned.due < context.as_of:
        return f"Abgabetermin {term} war der {german_date(planned.due)}: Bitte so bald wie möglich."
    return f"Bitte senden Sie die Korrektur bis {german_date(planned.due)}, dem Abgabetermin {term}."


def _planned(workbook: Workbook, rules: Rules, context: LetterContext) -> ReportingDate | None:
    if workbook.stichtag is not None:
        return rules.planned(workbook.stichtag) or rules.nearest_planned(workbook.stichtag)
    return rules.round_of(context.as_of) if context.as_of else None


def _items(submission: Submission, rules: Rules, context: LetterContext) -> tuple[OpenItem, ...]:
    """Open items by the report's result; without a report by evaluating the accepted submission alone."""
    workbook = submission.workbook
    if submission.state is not State.ACCEPTED and not submission.open_rejection:
        return ()
    if context.as_of is not None and context.result is not None:
        return open_items(context.result, rules, context.as_of, MUNICIPALITY.id)
    if submission.state is State.ACCEPTED and workbook.stichtag is not None:
        own = evaluate(workbook, None, rules, workbook.stichtag)
        return open_items(own, rules.at(workbook.stichtag), workbook.stichtag, MUNICIPALITY.id)
    return ()
