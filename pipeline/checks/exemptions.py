"""Applies the exemptions of rules/ausnahmen.yaml: checks that one municipality may violate until a day.

Applied where findings are gathered, so that no check needs to know of exemptions: an exempted error becomes a
warning that gives the reason. Pure functions.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.definitions.messages import MESSAGES, exempted, finding, german_date
from pipeline.definitions.model import ExemptionState, Finding, Severity, Workbook
from pipeline.rules import Exemption

_EMPTY = ("W13", "P05", "P10")  # what is said of an empty cell; an excepted unread cell need not hear it


@dataclass(frozen=True, slots=True)
class ExemptionUse:
    """An exemption, and the files in which it turned an error into a warning or had expired."""

    exemption: Exemption
    use: ExemptionState
    files: tuple[str, ...] = ()


def covers(exemption: Exemption, workbook: Workbook, one: Finding) -> bool:
    """Return whether the exemption concerns this finding, whatever the day."""
    return (
        exemption.ags == workbook.ags
        and exemption.rule == one.rule
        and exemption.sheet in (None, one.sheet)
        and exemption.column in (None, one.column)
    )


def in_force(exemption: Exemption, workbook: Workbook) -> bool:
    """Return whether the exemption holds on the workbook's Berichtsstichtag (not today)."""
    return workbook.stichtag is not None and workbook.stichtag <= exemption.valid_until


def apply_exemptions(
    workbook: Workbook, found: Iterable[Finding], exemptions: Sequence[Exemption]
) -> list[Finding]:
    """The findings with exempted errors as warnings.

    To be applied before ``deduplicate_findings``: where an exempted and another error meet on a cell, the
    other one must stay. An exempted cell that could not be read stays empty, and checks that need it do not
    run.
    """
    turned = [_turned(workbook, one, exemptions) for one in found]
    excepted = [f for f in turned if f.rule.startswith("W") and _is_excepted(f)]
    silent = {(f.sheet, f.cell) for f in excepted}
    unread = {(f.sheet, f.cell) for f in excepted if f.rule not in _EMPTY}
    return [
        f
        for f in turned
        if f.rule not in _EMPTY or (f.sheet, f.cell) not in (silent if _is_error(f) else unread)
    ]


def _is_error(one: Finding) -> bool:
    return one.severity is Severity.ERROR


def _is_excepted(one: Finding) -> bool:
    return MESSAGES[one.rule].severity is Severity.ERROR and not _is_error(one)


def _turned(workbook: Workbook, one: Finding, exemptions: Sequence[Exemption]) -> Finding:
    if not _is_error(one):
        return one
    for exemption in exemptions:
        if covers(exemption, workbook, one) and in_force(exemption, workbook):
            return exempted(one, exemption.reason, exemption.decided_by, exemption.valid_until)
    return one


def with_expiry_notes(
    workbook: Workbook, settled: Sequence[Finding], exemptions: Sequence[Exemption]
) -> list[Finding]:
    """The findings with X01 once for each expired exemption, after the first error that it covered."""
    found = list(settled)
    for exemption in exemptions:
        hit = _first_expired(exemption, workbook, settled)
        if hit is not None:
            words = {"rule": exemption.rule, "until": german_date(exemption.valid_until)}
            note = finding("X01", hit.sheet, hit.cell, hit.column, **words)
            found.insert(found.index(hit) + 1, note)
    return found


def _first_expired(exemption: Exemption, workbook: Workbook, found: Sequence[Finding]) -> Finding | None:
    if workbook.stichtag is None or in_force(exemption, workbook):
        return None
    return next((f for f in found if _is_error(f) and covers(exemption, workbook, f)), None)


def uses(exemptions: Sequence[Exemption], workbooks: Iterable[Workbook]) -> tuple[ExemptionUse, ...]:
    """Return how each exemption was used, in the order of the rule file; workbooks carry their final
    findings.
    """
    known = list(workbooks)
    return tuple(_use(exemption, known) for exemption in exemptions)


def _use(exemption: Exemption, workbooks: Sequence[Workbook]) -> ExemptionUse:
    used = tuple(w.file for w in workbooks if in_force(exemption, w) and _turns(exemption, w))
    if used:
        return ExemptionUse(exemption, ExemptionState.USED, used)
    expired = tuple(w.file for w in workbooks if _first_expired(exemption, w, w.findings))
    return ExemptionUse(exemption, ExemptionState.EXPIRED if expired else ExemptionState.UNUSED, expired)


def _turns(exemption: Exemption, workbook: Workbook) -> bool:
    return any(_is_excepted(f) and covers(exemption, workbook, f) for f in workbook.findings)
