"""What a municipality is told about its submission: the result, what to do next and until when."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from pipeline.definitions.messages import day
from pipeline.definitions.model import Severity, State, Status, Workbook
from pipeline.definitions.results import Result
from pipeline.definitions.sheets import FORM_NUMBER, FORM_TITLE, LEAD_AGS
from pipeline.definitions.words import CRITERION_WORDS
from pipeline.evaluate.calculations import evaluate_criterion
from pipeline.evaluate.records import Data
from pipeline.rules import Criterion, Milestone, Rules


@dataclass(frozen=True, slots=True)
class OpenItem:
    """A criterion that is not met yet, and by when it should be."""

    due: date
    nr: str
    text: str
    status: str


@dataclass(frozen=True, slots=True)
class Advice:
    """``unmarked``: the steps where no marked copy goes with the letter."""

    result: str
    steps: tuple[str, ...]
    unmarked: tuple[str, ...]
    open_items: tuple[OpenItem, ...] = ()


_RESULTS = {
    State.ACCEPTED: "Ihre Abgabe ist angenommen.",
    State.REJECTED: "Ihre Abgabe ist zurückgewiesen. Keine Angabe daraus steht im Bericht.",
    State.SUPERSEDED: "Diese Abgabe ist durch Ihre spätere Abgabe zu demselben Stichtag ersetzt.",
    State.EARLIER: "Diese Abgabe gilt für einen früheren Stichtag; inzwischen gilt Ihre spätere Abgabe.",
    State.DUPLICATE: "Diese Datei enthält dasselbe wie eine andere, die schon vorliegt. Sie zählt nur einmal.",
}


def advise(workbook: Workbook, state: State, rules: Rules, result: Result | None = None) -> Advice:
    """The advice for one file. Open items only for an accepted one of a municipality.

    ``result`` is that of the report; where it reaches to the Berichtsstichtag nothing is evaluated again.
    """
    upcoming = _next_deadline(workbook, rules)
    steps, unmarked = (tuple(_steps(workbook, state, upcoming, marked=m)) for m in (True, False))
    items = tuple(_open_items(workbook, rules, upcoming, result)) if state is State.ACCEPTED else ()
    return Advice(_RESULTS[state], steps, unmarked, items)


def _next_deadline(workbook: Workbook, rules: Rules) -> tuple[date, Sequence[Milestone]] | None:
    """The first milestone date after the Stichtag, and the milestones that are due then."""
    if workbook.stichtag is None:
        return None
    later = [(due, m) for m in rules.milestones if (due := rules.due(m)) and due > workbook.stichtag]
    if not later:
        return None
    first = min(due for due, _ in later)
    return first, [m for due, m in later if due == first]


def _until(upcoming: tuple[date, Sequence[Milestone]] | None) -> str:
    if upcoming is None:
        return "Bitte senden Sie die Korrektur so bald wie möglich."
    names = ", ".join(m.id for m in upcoming[1])
    return f"Bitte so bald wie möglich, spätestens bis zur nächsten Frist am {day(upcoming[0])} ({names})."


def _steps(
    workbook: Workbook, state: State, upcoming: tuple[date, Sequence[Milestone]] | None, *, marked: bool
) -> Iterator[str]:
    if state is State.REJECTED:
        yield from _correct(workbook, marked=marked)
        yield _until(upcoming)
    elif state is not State.ACCEPTED:
        yield "Sie müssen nichts tun."
    elif workbook.count(Severity.WARNING):
        yield "Prüfen Sie die Warnungen in der Liste. Ist alles richtig, müssen Sie nichts tun."
        yield f"Möchten Sie etwas ändern: {_raise_number(workbook)} und senden Sie die Mappe erneut."
    else:
        yield "Sie müssen nichts tun."


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
            "Gehen Sie die Liste durch: Der Link führt zur Zelle. Fehler sind rot, Warnungen gelb, Hinweise "
            "blau hinterlegt; der Grund steht als Notiz an der Zelle. Nur Fehler müssen Sie beheben."
        )
        yield "Korrigieren Sie in dieser Mappe; die Markierungen dürfen stehen bleiben."
    yield f"{_raise_number(workbook)}, damit die neue Datei von dieser zu unterscheiden ist."
    yield "Speichern Sie die Mappe als .xlsx und senden Sie sie an die Projektleitung."


def _raise_number(workbook: Workbook) -> str:
    if workbook.number is None:
        return f"Prüfen Sie in den {FORM_TITLE} die {FORM_NUMBER.name}"
    return f"Erhöhen Sie in den {FORM_TITLE} die {FORM_NUMBER.name} auf {workbook.number + 1}"


def _open_items(
    workbook: Workbook,
    rules: Rules,
    upcoming: tuple[date, Sequence[Milestone]] | None,
    result: Result | None,
) -> list[OpenItem]:
    """What the municipality itself still has to reach up to and including the next deadline."""
    if workbook.stichtag is None or workbook.ags == LEAD_AGS:
        return []
    found = []
    horizon = upcoming[0] if upcoming else rules.project.end
    status_of = _statuses(workbook, rules, workbook.stichtag, result)
    for milestone in rules.milestones:
        due = rules.due(milestone)
        if due is None or due > horizon:
            continue
        own = (c for c in milestone.criteria if c.reported_by == workbook.kind)
        for criterion in own:
            status = status_of(criterion)
            if status is not Status.MET:
                found.append(OpenItem(due, criterion.id, criterion.text, CRITERION_WORDS[status].text))
    return sorted(found, key=lambda item: item.due)


def _statuses(
    workbook: Workbook, rules: Rules, on: date, result: Result | None
) -> Callable[[Criterion], Status]:
    """How a criterion of the municipality stands at its Berichtsstichtag."""
    if result is not None and result.data_as_of == on:
        known = {c.nr: c.status for m in result.milestones for c in m.criteria}
        return lambda criterion: known[criterion.id]
    data = Data(workbook, rules)
    return lambda criterion: evaluate_criterion(data, criterion, on).status
