"""What the feedback on one file is made from: texts and findings, so that a process that makes it loads no rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pipeline.definitions.model import Answer, RoundStatus, Workbook
from pipeline.definitions.results import Result
from pipeline.definitions.sheets import FEEDBACK_ANSWER, FEEDBACK_TITLE

NOTHING_TO_DO = "Zu dieser Datei müssen Sie nichts tun."
TO_ANSWER = (
    f"Ist eine Warnung oder ein Hinweis richtig so, schreiben Sie auf dem Blatt „{FEEDBACK_TITLE}“ in die Spalte "
    f"„{FEEDBACK_ANSWER}“ kurz, warum, ohne Namen, und führen Sie diese Mappe fort: Dann wird nicht noch einmal "
    "gefragt, bis sich der Wert ändert."
)


@dataclass(frozen=True, slots=True)
class LetterContext:
    """What a letter says beyond its file: the municipality's standing in the report, and the number to use
    next.

    ``as_of``, ``standing`` and ``result`` come from the report; ``kisi check`` has none. ``counting``:
    reporting date of the submission that counts, None without one. ``next_number``: the highest Abgabe-Nr. in
    the folder for that reporting date, plus one.
    """

    next_number: int | None = None
    as_of: date | None = None
    standing: RoundStatus | None = None
    counting: date | None = None
    result: Result | None = None


@dataclass(frozen=True, slots=True)
class OpenItem:
    """One criterion or piece of evidence that is missing: due date, number, text, status in words."""

    due: date
    nr: str
    text: str
    status: str
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Advice:
    """German texts about one submission, for its letter and its sheet Rückmeldung.

    ``result``: whether it counts. ``steps``: what to do next; ``unmarked``: the same where no marked copy
    goes with the letter. ``open_items``: what is not reached yet, under ``open_title``. ``ask``: whom to ask.
    ``removed``: what the marked copy lacks of the municipality's file.
    """

    result: tuple[str, ...]
    steps: tuple[str, ...]
    unmarked: tuple[str, ...]
    open_title: str = ""
    open_items: tuple[OpenItem, ...] = ()
    ask: str = ""
    signature: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FeedbackTask:
    """Everything that is needed to make the feedback on one received file; picklable, so any process can do
    it.

    ``workbook``: findings and key, without tables. ``data``: the bytes of the received file. ``questions``:
    for each finding, the questions that its line on the sheet Rückmeldung asks (``checks.answers``).
    """

    workbook: Workbook
    advice: Advice
    data: bytes
    questions: tuple[tuple[Answer, ...], ...] = ()
