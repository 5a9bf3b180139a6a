"""Content of the overview page about submissions: received, missing, and findings to follow up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from pipeline.definitions.foreign import escaped
from pipeline.definitions.messages import SEVERITY_WORDS, answer_text, german_date, number_of, quoted
from pipeline.definitions.model import Finding, Severity, State, Workbook
from pipeline.definitions.sheets import FORM_RELEASED_BY, FORM_RELEASED_ON
from pipeline.definitions.words import STATE_WORDS, SUBSTITUTE, Word
from pipeline.outcome import Outcome
from pipeline.report.rounding import rounded_finding
from pipeline.selection import Submission

MOST_FINDINGS = 200  # findings of one municipality; the rest stands in the report
NO_NIL_RETURN = "P22"
UNKNOWN_NAME = "unbekannt"


@dataclass(frozen=True)
class SubmissionLine:
    """A line of the table. ``file``: empty without a submission; ``anchor``: at a municipality's first line."""

    ags: str
    name: str
    file: str
    stichtag: str
    number: str
    word: Word
    missing: tuple[str, ...]
    anchor: str = ""


@dataclass(frozen=True)
class FindingLine:
    severity: str
    file: str
    finding: Finding
    answer: str


@dataclass(frozen=True)
class ReminderLine:
    """Errors and warnings of one municipality, and notes that it answered; ``more``: number not shown."""

    ags: str
    name: str
    errors: int
    warnings: int
    lines: list[FindingLine]
    more: int


def submission_table(outcome: Outcome, names: dict[str, str]) -> list[SubmissionLine]:
    """By municipality, then file; those without a submission in their place."""
    lines = [
        SubmissionLine(m.ags, m.name, "", "", "", STATE_WORDS[State.MISSING], ("Es ging keine Datei ein",))
        for m in outcome.missing
    ]
    lines += [_line(s, names) for s in outcome.submissions]
    lines.sort(key=lambda line: (line.ags, line.file))
    before = ["", *(line.ags for line in lines)]
    return [
        replace(line, anchor="" if line.ags == ags else line.ags)
        for line, ags in zip(lines, before, strict=False)
    ]


def _line(submission: Submission, names: dict[str, str]) -> SubmissionLine:
    workbook = submission.workbook
    stichtag = german_date(workbook.stichtag) if workbook.stichtag else ""
    number = "" if workbook.number is None else str(workbook.number)
    missing = tuple(_missing(submission))
    word = submission.word
    return SubmissionLine(
        workbook.ags or "", _name(workbook, names), escaped(workbook.file), stichtag, number, word, missing
    )


def _name(workbook: Workbook, names: dict[str, str]) -> str:
    return names.get(workbook.ags or "", escaped(workbook.municipality or "") or UNKNOWN_NAME)


def _missing(submission: Submission) -> Iterator[str]:
    workbook = submission.workbook
    if submission.open_rejection:
        errors = workbook.count(Severity.ERROR)
        yield f"{number_of(errors, 'Fehler ist', 'Fehler sind')} zu beheben"
    if submission.substitute:
        yield f"{SUBSTITUTE} verwendet: eine andere Abgabe ist zurückgewiesen"
    if submission.state is State.ACCEPTED:
        empty = [f.sheet for f in workbook.findings if f.rule == NO_NIL_RETURN]
        if empty:
            yield f"leer ohne Leermeldung: {quoted(empty)}"
        if not (workbook.form.get(FORM_RELEASED_BY.name) and workbook.form.get(FORM_RELEASED_ON.name)):
            yield "Freigabe fehlt"


# --- to chase -----------------------------------------------------------------------------------------


def chased(outcome: Outcome, names: dict[str, str]) -> list[ReminderLine]:
    """Errors, warnings and answered notes of submissions that count, and of rejections without a later valid
    one.
    """
    groups: dict[tuple[str, str], list[FindingLine]] = {}
    base = outcome.rules.project.parameters.rounding_base
    for submission in outcome.submissions:
        if submission.state is not State.ACCEPTED and not submission.open_rejection:
            continue
        workbook = submission.workbook
        key = (workbook.ags or "", _name(workbook, names))
        for one in workbook.findings:
            answer = answer_text(one)
            if one.severity is not Severity.NOTE or answer is not None:
                line = FindingLine(
                    SEVERITY_WORDS[one.severity],
                    escaped(workbook.file),
                    rounded_finding(one, base),
                    answer or "",
                )
                groups.setdefault(key, []).append(line)
    return [_chased(ags, name, lines) for (ags, name), lines in sorted(groups.items())]


def _chased(ags: str, name: str, lines: list[FindingLine]) -> ReminderLine:
    errors, warnings = (
        sum(line.finding.severity is severity for line in lines)
        for severity in (Severity.ERROR, Severity.WARNING)
    )
    first = sorted(lines, key=lambda line: line.finding.severity is not Severity.ERROR)[:MOST_FINDINGS]
    return ReminderLine(ags, name, errors, warnings, first, len(lines) - len(first))
