"""One batch of work, for whichever process does it: files to checked workbooks, workbooks to results. Pure.

Everything that goes in and comes out is small and can be sent: bytes, hashes, packed values. The functions
ending in ``_packed`` are what a worker is given; the others are the same without packing.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from pipeline.checks import check_workbook
from pipeline.checks.plausibility import plausibility_findings
from pipeline.checks.previous import Pair, compare
from pipeline.definitions.messages import finding
from pipeline.definitions.model import Finding, Workbook
from pipeline.engine.cache import program
from pipeline.engine.packed_results import pack_result
from pipeline.engine.packing import (
    Judged,
    Packed,
    pack,
    pack_findings,
    pack_head,
    unpack,
)
from pipeline.engine.workers import CannotWork, Limits, limited
from pipeline.evaluate import evaluate
from pipeline.reading.containers.source import Unread
from pipeline.reading.read import read_workbook
from pipeline.rules import Rules

Received = tuple[str, bytes | Unread]  # name, and the content or why there is none


# --- files to workbooks -------------------------------------------------------------------------------


def examine_batch(batch: Sequence[Received], rules: Rules) -> list[Workbook]:
    """Workbooks with all findings of their own."""
    return finish([read(one, rules) for one in batch], rules)


def read(received: Received, rules: Rules) -> Workbook:
    name, content = received
    if isinstance(content, Unread):
        return unreadable(name, *content)
    return read_workbook(name, content, rules)


def finish(workbooks: Sequence[Workbook], rules: Rules) -> list[Workbook]:
    """With what pandera and the checks across rows and sheets find, each cause once."""
    of_schema = load_checks()(workbooks, rules)
    return [check_workbook(w, found, rules) for w, found in zip(workbooks, of_schema, strict=True)]


def load_checks() -> Callable[[Sequence[Workbook], Rules], list[list[Finding]]]:
    """pandas and pandera take a second to load, and are not needed to read a file."""
    from pipeline.checks.schema import validate  # noqa: PLC0415

    return validate


def unreadable(name: str, rule: str, sha256: str = "") -> Workbook:
    """What stands for a file of which nothing could be read; ``rule`` says why."""
    return Workbook(name, sha256, findings=(finding(rule),), refused=True)


# --- workbooks to results -----------------------------------------------------------------------------


def judge(
    workbook: Workbook, before: Workbook | None, lead: Workbook | None, rules: Rules, as_of: date | None
) -> Judged:
    """A valid workbook against the previous one, and how everything stands as of ``as_of`` (None: not asked)."""
    pair = Pair(workbook, before, rules) if before else None
    more = compare(pair) if pair else []
    more += plausibility_findings(workbook, pair)
    result = pack_result(evaluate(workbook, lead, rules, as_of)) if as_of else b""
    return Judged(pack_findings(more), result)


@dataclass(frozen=True, slots=True)
class Case:
    """A valid workbook with what it is judged by; ``names`` are those of it and of the one before."""

    own: Packed
    before: Packed | None
    names: tuple[str, str]
    as_of: date | None


# --- the same for a worker ----------------------------------------------------------------------------


def pack_rules(rules: Rules, *, elsewhere: bool) -> bytes:
    """For workers: the rules; with them, for those on other machines, which program asks."""
    return pickle.dumps((program() if elsewhere else "", pickle.dumps(rules)))


@lru_cache(2)
def _rules(packed: bytes) -> Rules:
    """Sent by the parent, never from a file. CannotWork where another program would answer it."""
    asking, rules = pickle.loads(packed)  # noqa: S301
    if asking and asking != program():
        raise CannotWork("Auf einem der Rechner läuft ein anderer Stand von kisi oder seinen Bibliotheken.")
    known = pickle.loads(rules)  # noqa: S301
    assert isinstance(known, Rules)
    return known


def read_packed(rules: bytes, limits: Limits | None, batch: Sequence[Received]) -> list[Packed]:
    """Only read: for one child while its parent loads what checking needs."""
    return [pack(w) for w in _read(rules, limits, batch)]


def _read(rules: bytes, limits: Limits | None, batch: Sequence[Received]) -> list[Workbook]:
    done = []
    for number, received in enumerate(batch):
        with limited(limits, item=number):
            done.append(read(received, _rules(rules)))
    return done


def finish_packed(rules: Rules, batch: Sequence[Packed]) -> list[Packed]:
    """Check what was only read."""
    workbooks = finish([unpack(packed, "") for packed in batch], rules)
    return [Packed(pack_head(w), p.tables) for w, p in zip(workbooks, batch, strict=True)]


def examine_packed(rules: bytes, limits: Limits | None, batch: Sequence[Received]) -> list[Packed]:
    """Read and check."""
    workbooks = _read(rules, limits, batch)
    with limited(limits, len(workbooks)):
        workbooks = finish(workbooks, _rules(rules))
    return [pack(w) for w in workbooks]


def judge_packed(rules: bytes, lead: Packed | None, cases: Sequence[Case]) -> list[Judged]:
    known = _rules(rules)
    of_lead = unpack(lead, "") if lead else None
    return [_judged(case, of_lead, known) for case in cases]


def _judged(case: Case, lead: Workbook | None, rules: Rules) -> Judged:
    name, name_before = case.names
    before = unpack(case.before, name_before) if case.before else None
    return judge(unpack(case.own, name), before, lead, rules, case.as_of)
