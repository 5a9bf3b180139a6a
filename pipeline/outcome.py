"""Everything the report says: what ``run`` gives, and what every output is written from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from pipeline.checks.answers import AnswerCounts, count_answers
from pipeline.checks.exemptions import ExemptionUse
from pipeline.definitions.model import Finding, State
from pipeline.definitions.results import Result
from pipeline.evaluate.consolidate import ProjectResult
from pipeline.evaluate.details import Details
from pipeline.reading.containers.source import Source
from pipeline.rules import Municipality, Rules
from pipeline.selection import Round, Submission, WithdrawalUse


@dataclass(frozen=True)
class Outcome:
    """Submissions by file, results by AGS (the project lead's first).

    ``later``: submissions for a reporting date after ``as_of``, which take no part. ``notes``: (file,
    finding) on files that are no submission. ``round``: standing of each member. ``sources``: where the bytes
    of each file are. ``details`` and ``rows`` (``packed_rows``, empty where the engine was asked for none) by
    AGS of accepted submissions are loaded on access: ask for one when it is needed, keep none.
    """

    as_of: date
    rules: Rules
    submissions: tuple[Submission, ...]
    later: tuple[Submission, ...]
    missing: tuple[Municipality, ...]
    notes: tuple[tuple[str, Finding], ...]
    round: Round
    results: Sequence[Result]
    project: ProjectResult
    exemptions: tuple[ExemptionUse, ...] = ()
    withdrawals: tuple[WithdrawalUse, ...] = ()
    sources: Mapping[str, Source] = field(default_factory=dict)
    details: Mapping[str, Details] = field(default_factory=dict)
    rows: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def received(self) -> tuple[Submission, ...]:
        """Every received file in order, later ones included."""
        return tuple(sorted((*self.submissions, *self.later), key=lambda s: s.workbook.file))

    def count(self, state: State) -> int:
        """Number of files, or of members without one, in a state; closed rejections included."""
        if state is State.MISSING:
            return len(self.missing)
        return sum(s.state is state for s in (*self.submissions, *self.later))

    @cached_property
    def answers(self) -> AnswerCounts:
        """Answers of the municipalities in submissions that count, and in rejections without a later valid
        one.
        """
        current = (s for s in self.submissions if s.state is State.ACCEPTED or s.open_rejection)
        return count_answers(s.workbook for s in current)

    def result(self, ags: str) -> Result:
        """The result of a member; KeyError for any other AGS."""
        return self.results[self._positions[ags]]

    @cached_property
    def _positions(self) -> dict[str, int]:
        return {r.ags: i for i, r in enumerate(self.results)}

    def accepted(self, ags: str) -> Submission | None:
        """The submission that counts for a municipality."""
        return self._accepted.get(ags)

    @cached_property
    def _accepted(self) -> dict[str, Submission]:
        return {s.workbook.ags or "": s for s in self.submissions if s.state is State.ACCEPTED}


def rejected(submissions: Iterable[Submission]) -> int:
    """Number of rejections without a later valid submission."""
    return sum(s.open_rejection for s in submissions)
