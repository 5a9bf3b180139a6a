"""What the commands print: findings, states, progress. German, and never a value from a cell."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from pipeline.definitions.messages import NOT_RUN, SEVERITY_WORDS, extent, number_of, place
from pipeline.definitions.model import Finding, Severity, State, Workbook
from pipeline.definitions.words import STATE_WORDS, SUBSTITUTE, USE_WORDS
from pipeline.run import Outcome, Submission

if TYPE_CHECKING:
    from pipeline.audit.verify import Verdict

PLAIN_STEP = 100  # without a terminal, one line for so many files


def progress(workbooks: Iterable[Workbook], total: int) -> Iterable[Workbook]:
    """A bar on a terminal, plain lines elsewhere; both on standard error."""
    if sys.stderr.isatty():
        from rich.console import Console
        from rich.progress import track

        return track(workbooks, "Dateien prüfen", total=total, console=Console(stderr=True), transient=True)
    return _plain(workbooks, total)


def _plain(workbooks: Iterable[Workbook], total: int) -> Iterator[Workbook]:
    print(f"{number_of(total, 'Datei wird', 'Dateien werden')} geprüft.", file=sys.stderr)  # noqa: T201
    for number, workbook in enumerate(workbooks, start=1):
        yield workbook
        if number % PLAIN_STEP == 0:
            print(f"{number} von {total} Dateien geprüft.", file=sys.stderr)  # noqa: T201


_COUNTED = {
    Severity.ERROR: ("Fehler", "Fehler"),
    Severity.WARNING: ("Warnung", "Warnungen"),
    Severity.NOTE: ("Hinweis", "Hinweise"),
}


def finding_lines(findings: Iterable[Finding]) -> Iterator[str]:
    """``Fehler W05, Personen!B7 (Zugang am), 3 Zellen: B7:B9: …`` and how to mend it."""
    for one in findings:
        column = f" ({one.column})" if one.column else ""
        often = f", {extent(one)}" if extent(one) else ""
        yield f"  {SEVERITY_WORDS[one.severity]} {one.rule}, {place(one)}{column}{often}: {one.message}"
        if one.severity is not Severity.NOTE:
            yield f"      → {one.remedy}"


def submission_lines(submission: Submission) -> Iterator[str]:
    """A file with its state and all its findings."""
    workbook = submission.workbook
    counts = ", ".join(number_of(workbook.count(s), *words) for s, words in _COUNTED.items())
    who = f" – {workbook.municipality}" if workbook.municipality else ""
    mailed = f", E-Mail vom {workbook.received_on:%d.%m.%Y}" if workbook.received_on else ""
    yield f"{workbook.file}{who}{mailed}: {STATE_WORDS[submission.state].text} ({counts})"
    yield from finding_lines(workbook.findings)
    yield from (f"  {NOT_RUN}: {line}" for line in workbook.not_run)


def outcome_lines(outcome: Outcome) -> Iterator[str]:
    """What the project lead wants to know at once: what came, what was rejected, what is missing."""
    states = [s for s in State if s is not State.MISSING and outcome.count(s)]
    told = ", ".join(f"{outcome.count(s)} {STATE_WORDS[s].text}" for s in states) or "keine"
    files = number_of(len(outcome.submissions), "Datei", "Dateien")
    yield f"Stand {outcome.as_of:%d.%m.%Y}: {files} – {told}."
    for submission in outcome.submissions:
        workbook = submission.workbook
        if submission.state is State.REJECTED:
            errors = number_of(workbook.count(Severity.ERROR), *_COUNTED[Severity.ERROR])
            yield f"  zurückgewiesen: {workbook.file} – {workbook.municipality or 'Kommune unbekannt'} ({errors})"
        elif submission.substitute:
            yield f"  {SUBSTITUTE} verwendet: {workbook.file} – {workbook.municipality}"
    for use in outcome.exemptions:
        exemption = use.exemption
        word = USE_WORDS[use.use].text
        yield f"  Ausnahme von {exemption.rule} für {exemption.ags} bis {exemption.valid_until:%d.%m.%Y}: {word}"
    if outcome.missing:
        yield f"  keine Abgabe: {', '.join(m.name for m in outcome.missing)}"


MOST_TOLD = 200  # differences on the screen; the first ones lead to the cause


def verdict_lines(verdict: Verdict) -> Iterator[str]:
    """What ``kisi verify`` found."""
    for note in verdict.notes:
        yield f"Hinweis: {note}"
    for difference in verdict.differences[:MOST_TOLD]:
        yield f"Abweichung: {difference}"
    if (more := len(verdict.differences) - MOST_TOLD) > 0:
        yield f"… und {number_of(more, 'weitere Abweichung', 'weitere Abweichungen')}."
    told = number_of(verdict.cells, "Zelle", "Zellen")
    if verdict.differences:
        count = number_of(len(verdict.differences), "Abweichung", "Abweichungen")
        yield f"Stand {verdict.as_of:%d.%m.%Y}: {count}; nachgerechnet wurden {told}."
    else:
        yield f"Stand {verdict.as_of:%d.%m.%Y}: Der Bericht stimmt; nachgerechnet wurden {told}."
