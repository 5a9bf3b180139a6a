"""How a figure of one municipality came about: rule, interpretation, files, calculation, rows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from pipeline.audit.explain.figures import (
    attested_words,
    criterion_words,
    left_out_lines,
    milestone_reason,
    part_lines,
    target_words,
)
from pipeline.audit.explain.who import Asked
from pipeline.definitions.messages import german_date
from pipeline.definitions.model import State
from pipeline.definitions.results import EvidenceResult, Result, TargetResult
from pipeline.definitions.sheets import LEAD_AGS
from pipeline.definitions.words import (
    CRITERION_WORDS,
    EVIDENCE_WORDS,
    MILESTONE_WORDS,
    STATE_WORDS,
    SUBSTITUTE,
    TARGET_WORDS,
    Word,
)
from pipeline.evaluate.calculations import years_of
from pipeline.evaluate.exclusion import not_counted
from pipeline.evaluate.provenance import criterion_parts, evidence_part, target_parts
from pipeline.evaluate.records import SubmissionRecords
from pipeline.outcome import Outcome
from pipeline.rules import Attested, Criterion, EvidencePoint, Measure, Milestone, Municipality, Rules, Target
from pipeline.rules.wording.history import history_lines
from pipeline.rules.wording.in_words import (
    deadline_words,
    how_decided,
    how_evidence,
    how_milestone,
)
from pipeline.selection import Submission

_READING = re.compile(r"\bA\d+\b")


def indented(lines: Iterator[str]) -> Iterator[str]:
    return (f"  {line}" for line in lines)


@dataclass(frozen=True)
class MunicipalityExplanation:
    """The explanation of one requirement for one municipality, section by section."""

    outcome: Outcome
    asked: Asked
    municipality: Municipality

    # --- what it rests on ---

    @property
    def _rules(self) -> Rules:
        return self.outcome.rules

    @cached_property
    def _result(self) -> Result:
        return next(r for r in self.outcome.results if r.ags == self.municipality.ags)

    @cached_property
    def _accepted(self) -> Submission | None:
        return self.outcome.accepted(self.municipality.ags)

    @cached_property
    def _data(self) -> SubmissionRecords | None:
        return SubmissionRecords(self._accepted.workbook, self._rules) if self._accepted else None

    @cached_property
    def _lead(self) -> SubmissionRecords | None:
        lead = self.outcome.accepted(LEAD_AGS)
        return SubmissionRecords(lead.workbook, self._rules) if lead else None

    @property
    def _on(self) -> date | None:
        return self._result.data_as_of

    # --- sections ---

    def lines(self) -> Iterator[str]:
        who = self.municipality
        former = f", früher {', '.join(who.former_ags)}" if who.former_ags else ""
        yield f"{self.asked.id} · {who.name} ({who.ags}{former}) · Stand {german_date(self.outcome.as_of)}"
        for title, lines in (
            ("Regel", self._quotation()),
            ("Lesart", self._reading()),
            ("Grundlage", self._inputs()),
            ("Rechnung und Ergebnis", self._answer()),
        ):
            yield ""
            yield title
            yield from indented(lines)

    def _quotation(self) -> Iterator[str]:
        measure = next(m for m in self._rules.measures if self.asked.id in _numbers(m))
        yield f"„{self.asked.text}“"
        yield f"Quelle: „{self.asked.heading}“, Projektmaßnahme {measure.number} – {measure.title}"
        milestone = self._milestone()
        if milestone is not None:
            yield from deadline_words(milestone, self._rules)
        for nr in dict.fromkeys((self.asked.id, *([milestone.id] if milestone else ()))):
            yield from history_lines(nr, self._rules)

    def _milestone(self) -> Milestone | None:
        if isinstance(self.asked, Criterion):
            return self._rules.milestone_of[self.asked.id]
        return self.asked if isinstance(self.asked, Milestone) else None

    def _reading(self) -> Iterator[str]:
        match self.asked:
            case Milestone():
                yield how_milestone(self.asked)
            case EvidencePoint():
                yield how_evidence(self.asked)
            case _:
                yield how_decided(self.asked, self._rules)
        milestone = self._milestone()
        notes = (self.asked.interpretation, milestone.interpretation if milestone else None)
        distinct = list(dict.fromkeys(note for note in notes if note))
        yield from distinct
        named = set(_READING.findall(" ".join(distinct)))
        for entry in self._rules.readings:
            if entry.id in named:
                yield f"{entry.id}: {entry.question} {entry.reading}"

    def _inputs(self) -> Iterator[str]:
        yield from self._file(self._accepted, self.municipality)
        criteria = self.asked.criteria if isinstance(self.asked, Milestone) else (self.asked,)
        if any(isinstance(c, Criterion) and c.by_lead for c in criteria):
            yield from self._file(self.outcome.accepted(LEAD_AGS), self._rules.lead)
        if self._on:
            yield f"Daten bis {german_date(self._on)} (der frühere Tag von Stand und Berichtsstichtag)"

    def _file(self, accepted: Submission | None, municipality: Municipality) -> Iterator[str]:
        if accepted is None:
            came = [s for s in self.outcome.submissions if s.workbook.ags == municipality.ags]
            yield f"{municipality.name}: {_nothing_valid(came)}"
            return
        workbook = accepted.workbook
        state = f"{STATE_WORDS[State.ACCEPTED].text}{f', {SUBSTITUTE}' if accepted.substitute else ''}"
        yield (
            f"{municipality.name}: {workbook.file} ({state}), Berichtsstichtag {german_date(workbook.stichtag)}, "
            f"Abgabe-Nr. {workbook.number}"
        )

    def _answer(self) -> Iterator[str]:
        match self.asked:
            case Target():
                yield from self._target(self.asked)
            case Criterion():
                yield from self._criterion(self.asked)
                yield from self._status(self._rules.milestone_of[self.asked.id])
            case Milestone():
                yield from self._status(self.asked)
                for criterion in self.asked.criteria:
                    yield from self._criterion(criterion)
            case EvidencePoint():
                yield from self._evidence(self.asked)

    # --- answers ---

    def _target(self, target: Target) -> Iterator[str]:
        found = {(t.nr, t.year): t for t in self._result.targets}
        for year in years_of(target, self._rules, self.outcome.as_of):
            label = year.label if year else None
            result = found[target.id, label]
            yield f"{f'Projektjahr {label}: ' if label else ''}{_word(TARGET_WORDS[result.status])}"
            if self._data:
                yield from indented(self._target_lines(self._data, target, result))

    def _target_lines(self, data: SubmissionRecords, target: Target, result: TargetResult) -> Iterator[str]:
        yield target_words(data, target, result, self._rules)
        parts = target_parts(data, target, result, self._rules)
        yield from part_lines(parts, data.workbook.file)
        if parts and result.data_as_of:
            year = next((y for y in self._rules.years if y.label == result.year), None)
            yield from left_out_lines(not_counted(data, target, result.data_as_of, year))

    def _criterion(self, criterion: Criterion) -> Iterator[str]:
        results = {c.nr: c for m in self._result.milestones for c in m.criteria}
        result = results.get(criterion.id)
        data = self._lead if criterion.by_lead else self._data
        if result is None or self._on is None:
            return
        reached = f", erreicht am {german_date(result.reached_on)}" if result.reached_on else ""
        yield f"{criterion.id} {_word(CRITERION_WORDS[result.status], reached)}"
        if isinstance(self.asked, Milestone):
            yield f"  „{criterion.text}“"
        parts = criterion_parts(data, criterion, result, self._on) if data else ()
        if data and isinstance(criterion.decide, Attested):
            yield f"  {attested_words(data, criterion.id, self._on)}"
        else:
            yield from indented(criterion_words(data, criterion, result, parts, self._on))
        yield from indented(part_lines(parts, data.workbook.file if data else ""))
        if data and parts:
            yield from indented(left_out_lines(not_counted(data, criterion, self._on)))

    def _status(self, milestone: Milestone) -> Iterator[str]:
        result = next(m for m in self._result.milestones if m.nr == milestone.id)
        due = f", fällig am {german_date(result.due)}" if result.due else ""
        yield f"{milestone.id}{due}: {_word(MILESTONE_WORDS[result.status])}"
        yield from indented(milestone_reason(result, self._on, self.outcome.as_of, self._rules))

    def _evidence(self, point: EvidencePoint) -> Iterator[str]:
        for k, result in enumerate((e for e in self._result.evidence if e.nr == point.id), start=1):
            yield _deadline(result, k) + _word(EVIDENCE_WORDS[result.status])
        if self._data and self._on:
            part = evidence_part(self._data, point.id, self._on)
            yield f"Dokumente im Verzeichnis bis zum Tag der Daten: {part.number}"
            yield from part_lines((part,), self._data.workbook.file)


def _numbers(measure: Measure) -> set[str]:
    milestones = measure.milestones
    every: tuple[Asked, ...] = (*measure.targets, *measure.evidence, *milestones)
    return {a.id for a in every} | {c.id for m in milestones for c in m.criteria}


def _word(word: Word, more: str = "") -> str:
    return f"{word.label}{more} – {word.meaning}"


def _deadline(result: EvidenceResult, k: int) -> str:
    return f"{k}. Frist {german_date(result.due)}: " if result.due else ""


def _nothing_valid(came: list[Submission]) -> str:
    if not came:
        return f"{STATE_WORDS[State.MISSING].text}; es gibt keine Zahl."
    files = ", ".join(f"{s.workbook.file} ({STATE_WORDS[s.state].text})" for s in came)
    return f"keine gültige Abgabe: {files}; es gibt keine Zahl."
