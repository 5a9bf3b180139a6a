"""The covering letter of a feedback as plain text."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.definitions.foreign import escaped
from pipeline.definitions.messages import (
    NOT_RUN,
    SEVERITY_WORDS,
    finding_extent,
    finding_place,
    german_date,
    worded,
)
from pipeline.definitions.model import Severity, Workbook
from pipeline.feedback.task import Advice

SHOWN = 20  # so many causes stand in a letter with which the marked workbook goes; all stand in that


def letter(workbook: Workbook, advice: Advice, annotated: bool) -> str:
    """The text of the letter. ``annotated``: a marked copy of the workbook goes with it."""
    return "\n".join(map(escaped, _lines(workbook, advice, annotated))) + "\n"


def _lines(workbook: Workbook, advice: Advice, annotated: bool) -> Iterator[str]:
    yield f"Rückmeldung zu Ihrer KISI-Abgabe: {workbook.file.rsplit('/', 1)[-1]}"
    who = [workbook.municipality] if workbook.municipality else []
    when = [f"Berichtsstichtag {german_date(workbook.stichtag)}"] if workbook.stichtag else []
    if who or when:
        yield ", ".join([*who, *when])
    yield ""
    yield "Guten Tag,"
    yield ""
    yield " ".join(advice.result)
    yield ""
    for number, step in enumerate(advice.steps if annotated else advice.unmarked, start=1):
        yield f"{number}. {step}"
    yield ""
    shown = SHOWN if annotated else len(workbook.findings)
    yield from _findings(workbook, shown)
    yield from _answered(workbook, shown)
    if workbook.not_run:
        yield f"{NOT_RUN}:"
        yield from (f"- {line}" for line in workbook.not_run)
        yield ""
    if advice.open_items:
        yield advice.open_title
        for item in advice.open_items:
            yield f"- bis {german_date(item.due)}: {item.nr} {item.text} ({item.status})"
        yield ""
    if annotated:
        yield "Ihre Mappe mit allen Markierungen liegt bei; das erste Blatt „Rückmeldung“ nennt jede Stelle."
        yield from (f"In der Kopie fehlt: {what}." for what in advice.removed)
        yield ""
    yield advice.ask
    yield ""
    yield "Mit freundlichen Grüßen"
    yield from advice.signature


def _findings(workbook: Workbook, shown: int) -> Iterator[str]:
    for severity in Severity:
        found = [f for f in workbook.findings if f.severity is severity and f.answer is None]
        if not found:
            continue
        yield f"{SEVERITY_WORDS[severity]} ({len(found)}):"
        for one in found[:shown]:
            remedy = "" if severity is Severity.NOTE else f" {one.remedy}"
            often = f" ({finding_extent(one)})" if finding_extent(one) else ""
            yield f"- {finding_place(one)}{often}: {worded(one)}{remedy}"
        if len(found) > shown:
            yield f"- … und {len(found) - shown} weitere, siehe Blatt „Rückmeldung“."
        yield ""


def _answered(workbook: Workbook, shown: int) -> Iterator[str]:
    answered = [(f, f.answer) for f in workbook.findings if f.answer is not None]
    if not answered:
        return
    yield f"Beantwortet, dazu ist nichts zu tun ({len(answered)}):"
    for one, answer in answered[:shown]:
        yield f"- {finding_place(one)}: {one.message} Ihre Antwort: {answer.shown}"
    if len(answered) > shown:
        yield f"- … und {len(answered) - shown} weitere, siehe Blatt „Rückmeldung“."
    yield ""
