"""One batch of work: received files to checked workbooks, valid workbooks to results. Pure functions.

Arguments and return values are bytes, hashes and packed values, so that they can be sent to another process
or machine. The functions ending in ``_packed`` are what a worker runs; the others do the same on unpacked
values.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from pipeline.checks import check_workbook
from pipeline.checks.plausibility import plausibility_findings
from pipeline.checks.previous import SubmissionPair, compare_with_previous
from pipeline.definitions.model import Finding, Workbook
from pipeline.engine.cache import program_hash
from pipeline.engine.child import TaskLimits, limited
from pipeline.engine.packed_details import pack_details
from pipeline.engine.packed_results import pack_result
from pipeline.engine.packing import (
    Packed,
    PackedEvaluation,
    pack_findings,
    pack_head,
    pack_workbook,
    unpack,
)
from pipeline.engine.read_batch import Received, read, read_batch
from pipeline.engine.workers import WorkersUnavailable
from pipeline.evaluate.details import Evaluator
from pipeline.reading.read import ReadingRules
from pipeline.rules import Rules

# --- files to workbooks -------------------------------------------------------------------------------


def examine_batch(batch: Sequence[Received], rules: Rules) -> list[Workbook]:
    """Read and check files; return one workbook each, in order, with its own findings."""
    known = ReadingRules.of(rules)
    return finish([read(one, known) for one in batch], rules)


def finish(workbooks: Sequence[Workbook], rules: Rules) -> list[Workbook]:
    """Return the workbooks with the findings of pandera and of the checks across rows and sheets added."""
    of_schema = load_checks()(workbooks, rules)
    return [check_workbook(w, found, rules) for w, found in zip(workbooks, of_schema, strict=True)]


def load_checks() -> Callable[[Sequence[Workbook], Rules], list[list[Finding]]]:
    """Import and return ``checks.schema.validate``; importing pandas and pandera takes about a second."""
    from pipeline.checks.schema import validate  # noqa: PLC0415

    return validate


# --- workbooks to results -----------------------------------------------------------------------------


def compare_and_evaluate(
    workbook: Workbook,
    before: Workbook | None,
    rules: Rules,
    evaluator: Evaluator | None,
    *,
    with_rows: bool = False,
) -> PackedEvaluation:
    """Compare a valid workbook with its predecessor and evaluate it.

    ``before``: the accepted submission of the previous Stichtag, if any. Without ``evaluator`` nothing is
    evaluated, and what is packed of it is empty. ``with_rows``: pack the rows for ``daten/`` too.
    """
    pair = SubmissionPair(workbook, before, rules.at(workbook.stichtag or date.min)) if before else None
    more = compare_with_previous(pair) if pair else []
    more += plausibility_findings(workbook, pair)
    if evaluator is None:
        return PackedEvaluation(pack_findings(more))
    result, details = evaluator.evaluate(workbook, before)
    rows = _rows_of(workbook, rules) if with_rows else b""
    return PackedEvaluation(pack_findings(more), pack_result(result), pack_details(details), rows)


def _rows_of(workbook: Workbook, rules: Rules) -> bytes:
    """Return the packed rows of a workbook; loads pyarrow, and pandas with it."""
    from pipeline.engine.packed_rows import pack_rows  # noqa: PLC0415

    return pack_rows(workbook, rules)


@dataclass(frozen=True, slots=True)
class EvaluationCase:
    """One valid workbook to evaluate, with its predecessor; ``names`` are the file names of both."""

    own: Packed
    before: Packed | None
    names: tuple[str, str]
    as_of: date | None


# --- the same for a worker ----------------------------------------------------------------------------


def pack_rules(rules: Rules, *, remote: bool) -> bytes:
    """Pickle the rules for workers; with ``remote``, add ``program_hash`` so that a worker can compare it."""
    return pickle.dumps((program_hash() if remote else "", pickle.dumps(rules)))


@lru_cache(2)
def _rules(packed: bytes) -> Rules:
    """Unpickle what ``pack_rules`` gave. Raises WorkersUnavailable where this machine runs another program.

    The bytes come from the parent process over its own channel, never from a file.
    """
    asking, rules = pickle.loads(packed)  # noqa: S301
    if asking and asking != program_hash():
        raise WorkersUnavailable(
            "Auf einem der Rechner läuft ein anderer Stand von kisi oder seinen Bibliotheken."
        )
    known = pickle.loads(rules)  # noqa: S301
    assert isinstance(known, Rules)
    return known


def finish_packed(rules: Rules, batch: Sequence[Packed]) -> list[Packed]:
    """Check workbooks that ``read_packed`` has read; their tables stay packed as they are."""
    workbooks = finish([unpack(packed, "") for packed in batch], rules)
    return [Packed(pack_head(w), p.tables) for w, p in zip(workbooks, batch, strict=True)]


def examine_packed(rules: bytes, limits: TaskLimits | None, batch: Sequence[Received]) -> list[Packed]:
    """Read and check files within the limits; return the packed workbooks in order."""
    known = _rules(rules)
    workbooks = read_batch(ReadingRules.of(known), limits, batch)
    with limited(limits, len(workbooks)):
        workbooks = finish(workbooks, known)
    return [pack_workbook(w) for w in workbooks]


def evaluate_packed(
    rules: bytes, lead: Packed | None, with_rows: bool, cases: Sequence[EvaluationCase]
) -> list[PackedEvaluation]:
    """Run ``compare_and_evaluate`` for each case, in order; ``lead`` is the project lead's workbook."""
    known = _rules(rules)
    of_lead = unpack(lead, "") if lead else None
    days = {case.as_of for case in cases}
    evaluators = {day: Evaluator(known, day, of_lead) if day else None for day in days}
    return [_judged(case, known, evaluators[case.as_of], with_rows=with_rows) for case in cases]


def _judged(
    case: EvaluationCase, rules: Rules, evaluator: Evaluator | None, *, with_rows: bool
) -> PackedEvaluation:
    name, name_before = case.names
    before = unpack(case.before, name_before) if case.before else None
    return compare_and_evaluate(unpack(case.own, name), before, rules, evaluator, with_rows=with_rows)
