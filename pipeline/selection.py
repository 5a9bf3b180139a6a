"""Which submission counts for which municipality, and the standing of each member in the round.

Contract: workbook.md, "Submissions in a folder"; results.md, ``submissions`` and ``round``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from pipeline.definitions.messages import finding, quoted
from pipeline.definitions.model import Finding, Key, RoundStatus, State, Workbook
from pipeline.definitions.words import Word, file_word
from pipeline.rules import Municipality, Rules, Withdrawal

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Submission:
    """A received file and its state.

    ``substitute``: accepted while another submission of the municipality is rejected. ``closed``: rejected,
    but a later valid submission counts.
    """

    workbook: Workbook
    state: State
    substitute: bool = False
    closed: bool = False

    @property
    def word(self) -> Word:
        return file_word(self.state, closed=self.closed)

    @property
    def open_rejection(self) -> bool:
        return self.state is State.REJECTED and not self.closed


@dataclass(frozen=True, slots=True)
class Choice:
    """The state of one file; ``conflict``: finding about it."""

    state: State
    conflict: Finding | None = None


@dataclass(frozen=True, slots=True)
class WithdrawalUse:
    """An entry of ruecknahmen.yaml and the files that it withdraws; ``later``: files that take no part
    anyway.
    """

    withdrawal: Withdrawal
    files: tuple[str, ...]
    later: tuple[str, ...] = ()


# --- withdrawn ----------------------------------------------------------------------------------------


def withdraws(withdrawal: Withdrawal, workbook: Workbook, rules: Rules) -> bool:
    """Whether an entry names this file, by its bytes or by its key."""
    if withdrawal.sha256 is not None:
        return workbook.sha256 == withdrawal.sha256.lower()
    member = rules.by_ags.get(withdrawal.ags or "")
    ags = member.ags if member else withdrawal.ags
    return (workbook.ags, workbook.stichtag, workbook.number) == (
        ags,
        withdrawal.stichtag,
        withdrawal.abgabe_nr,
    )


def withdrawal_uses(submissions: Iterable[Submission], rules: Rules) -> tuple[WithdrawalUse, ...]:
    """The files that each entry withdraws, in the order of the rule file."""
    known = list(submissions)
    uses = []
    for entry in rules.withdrawals:
        hit = [s for s in known if withdraws(entry, s.workbook, rules)]
        later = tuple(s.workbook.file for s in hit if s.state is State.LATER)
        files = tuple(s.workbook.file for s in hit if s.state is not State.LATER)
        uses.append(WithdrawalUse(entry, files, later))
    return tuple(uses)


# --- which counts -------------------------------------------------------------------------------------


def choose(workbooks: Sequence[Workbook], rules: Rules, as_of: date | None) -> dict[str, Choice]:
    """The state of each file. ``workbooks`` are checked and ordered by file.

    Of a municipality's valid submissions up to ``as_of`` (None: of all) the latest reporting date counts, of
    that the highest number.
    """
    choices: dict[str, Choice] = {}
    rest = []
    for workbook in workbooks:
        if as_of and workbook.stichtag and workbook.stichtag > as_of:
            choices[workbook.file] = Choice(State.LATER)
        elif any(withdraws(entry, workbook, rules) for entry in rules.withdrawals):
            choices[workbook.file] = Choice(State.WITHDRAWN)
        else:
            rest.append(workbook)
    choices |= _conflicts(rest)
    rest = [w for w in rest if w.file not in choices]
    choices |= _copies(rest)
    return choices | _best([w for w in rest if w.file not in choices])


def _grouped(items: Iterable[tuple[Hashable, T]]) -> list[list[T]]:
    groups: dict[Hashable, list[T]] = {}
    for identity, item in items:
        groups.setdefault(identity, []).append(item)
    return list(groups.values())


def _content(workbook: Workbook) -> str:
    return workbook.sha256 if workbook.refused else workbook.content


def _conflicts(workbooks: Iterable[Workbook]) -> dict[str, Choice]:
    """A01 for valid files with the same key and different content."""
    found = {}
    for group in _grouped((w.key, w) for w in workbooks if w.valid and w.key):
        if len({_content(w) for w in group}) > 1:
            for workbook in group:
                others = quoted(w.file for w in group if w is not workbook)
                found[workbook.file] = Choice(State.REJECTED, finding("A01", files=others))
    return found


def _copies(workbooks: Iterable[Workbook]) -> dict[str, Choice]:
    """Files that repeat an earlier one: same key and content, or the same bytes without a key.

    A valid file never repeats a rejected one: an error may stand in a part that is not read.
    """
    groups = _grouped(((w.key, w.valid, _content(w)), w) for w in workbooks)
    return {w.file: Choice(State.DUPLICATE) for group in groups for w in group[1:]}


def _best(workbooks: Sequence[Workbook]) -> dict[str, Choice]:
    best: dict[str, Key] = {}
    for key in (w.key for w in workbooks if w.valid):
        if key is not None:
            best[key.ags] = max(best.get(key.ags, key), key, key=lambda k: (k.stichtag, k.number))
    return {w.file: Choice(_state(w, best)) for w in workbooks}


def _state(workbook: Workbook, best: Mapping[str, Key]) -> State:
    key = workbook.key
    if key is None or not workbook.valid:
        return State.REJECTED
    if key == best[key.ags]:
        return State.ACCEPTED
    return State.SUPERSEDED if key.stichtag == best[key.ags].stichtag else State.EARLIER


def submissions_of(workbooks: Sequence[Workbook], choices: Mapping[str, Choice]) -> tuple[Submission, ...]:
    """Each file with its state, and whether it is closed or a substitute."""
    states = {file: choice.state for file, choice in choices.items()}
    accepted = {w.ags: w.key for w in workbooks if states[w.file] is State.ACCEPTED}
    closed = {
        w.file for w in workbooks if states[w.file] is State.REJECTED and _overtaken(w, accepted.get(w.ags))
    }
    waiting = {w.ags for w in workbooks if states[w.file] is State.REJECTED and w.file not in closed}
    return tuple(
        Submission(
            w,
            states[w.file],
            substitute=states[w.file] is State.ACCEPTED and w.ags in waiting,
            closed=w.file in closed,
        )
        for w in workbooks
    )


def _overtaken(workbook: Workbook, best: Key | None) -> bool:
    """Whether a later valid submission counts; ``best``: highest valid key of the municipality."""
    if best is None or workbook.stichtag is None:
        return False
    if workbook.number is None:
        return best.stichtag > workbook.stichtag
    return (best.stichtag, best.number) >= (workbook.stichtag, workbook.number)


# --- before and next ----------------------------------------------------------------------------------


def replaced_by(workbook: Workbook, candidates: Iterable[Workbook]) -> Workbook | None:
    """The valid submission of the same municipality and reporting date with the next lower number."""
    key = workbook.key
    if key is None:
        return None
    lower = [
        (other.key.number, other)
        for other in candidates
        if other.key is not None
        and other.key.ags == key.ags
        and other.key.stichtag == key.stichtag
        and other.key.number < key.number
    ]
    return max(lower, key=lambda e: e[0])[1] if lower else None


def previous_of(workbook: Workbook, candidates: Iterable[Workbook]) -> Workbook | None:
    """The best valid submission of the same municipality for the latest earlier reporting date."""
    key = workbook.key
    if key is None:
        return None
    earlier = [
        (other.key.stichtag, other.key.number, other)
        for other in candidates
        if other.key is not None and other.key.ags == key.ags and other.key.stichtag < key.stichtag
    ]
    return max(earlier, key=lambda e: e[:2])[2] if earlier else None


def next_numbers(submissions: Iterable[Submission]) -> dict[tuple[str, date], int]:
    """(AGS, reporting date) → highest Abgabe-Nr. in the folder plus one, whatever the files' states."""
    highest: dict[tuple[str, date], int] = {}
    for submission in submissions:
        key = submission.workbook.key
        if key is not None:
            named = (key.ags, key.stichtag)
            highest[named] = max(highest.get(named, 0), key.number)
    return {named: number + 1 for named, number in highest.items()}


# --- the round ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Delivery:
    """Standing of one member in the round; ``file``: its accepted submission."""

    member: Municipality
    status: RoundStatus
    file: str | None = None


@dataclass(frozen=True)
class Round:
    """The latest planned reporting date, its deadline and the standing of each member; None before the first."""

    stichtag: date | None
    due: date | None
    deliveries: tuple[Delivery, ...]

    @property
    def counts(self) -> dict[RoundStatus, int]:
        """Number of members by standing."""
        found = Counter(d.status for d in self.deliveries)
        return {status: found[status] for status in RoundStatus if found[status]}

    def members(self, status: RoundStatus) -> list[Municipality]:
        return [d.member for d in self.deliveries if d.status is status]

    def covers(self, stichtag: date | None) -> bool:
        """Whether a reporting date up to the as-of date belongs to this round."""
        return stichtag is not None and (self.stichtag is None or stichtag >= self.stichtag)


def round_of(submissions: Iterable[Submission], rules: Rules, as_of: date) -> Round:
    """The round of a report: everyone's standing, the project lead first, then by AGS."""
    planned = rules.round_of(as_of)
    if planned is None:
        nobody = tuple(Delivery(m, RoundStatus.OUTSTANDING) for m in rules.members)
        return Round(None, None, nobody)
    delivered: dict[str | None, str] = {}
    rejected: set[str | None] = set()
    for submission in submissions:
        workbook = submission.workbook
        if workbook.stichtag is None or not planned.stichtag <= workbook.stichtag <= as_of:
            continue
        if submission.state is State.ACCEPTED:
            delivered[workbook.ags] = workbook.file
        elif submission.state is State.REJECTED:
            rejected.add(workbook.ags)
    deliveries = tuple(
        Delivery(m, _standing(m.ags, delivered, rejected), delivered.get(m.ags)) for m in rules.members
    )
    return Round(planned.stichtag, planned.due, deliveries)


def _standing(ags: str, delivered: Mapping[str | None, str], rejected: set[str | None]) -> RoundStatus:
    if ags in delivered:
        return RoundStatus.DELIVERED
    return RoundStatus.REJECTED if ags in rejected else RoundStatus.OUTSTANDING
