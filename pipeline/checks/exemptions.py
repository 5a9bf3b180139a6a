"""Exceptions on the record: a check that one municipality may violate until a day. Pure.

The ministry sets them in rules/ausnahmen.yaml. Applied where findings are gathered, so that no check knows
of them: an error that is excepted becomes a warning which says why; everything else stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pipeline.definitions.messages import MESSAGES, day, excepted, finding
from pipeline.definitions.model import Finding, Severity, Workbook
from pipeline.rules import Grant

_EMPTY = ("W13", "P05", "P10")  # what is said of an empty cell; an excepted unread cell need not hear it


class Use(StrEnum):
    """What became of an exception in a run."""

    USED = "used"
    EXPIRED = "expired"
    UNUSED = "unused"


@dataclass(frozen=True, slots=True)
class GrantUse:
    """An exception and the files in which it turned an error into a warning, or had expired."""

    grant: Grant
    use: Use
    files: tuple[str, ...] = ()


def covers(grant: Grant, workbook: Workbook, one: Finding) -> bool:
    """Whether the exception speaks of this finding, whatever the day."""
    return (
        grant.ags == workbook.ags
        and grant.rule == one.rule
        and grant.sheet in (None, one.sheet)
        and grant.column in (None, one.column)
    )


def in_force(grant: Grant, workbook: Workbook) -> bool:
    """The Berichtsstichtag decides, never today's date."""
    return workbook.stichtag is not None and workbook.stichtag <= grant.valid_until


def apply_grants(workbook: Workbook, grants: Sequence[Grant]) -> list[Finding]:
    """The findings of a workbook with excepted errors as warnings.

    To be applied before ``settle``: where an excepted and another error meet on a cell, the other one
    must stay. An excepted cell that could not be read stays empty, and checks that need it do not run.
    """
    turned = [_turned(workbook, one, grants) for one in workbook.findings]
    unread = {(f.sheet, f.cell) for f in turned if f.rule.startswith("W") and _is_excepted(f)}
    return [f for f in turned if not (f.rule in _EMPTY and _is_error(f) and (f.sheet, f.cell) in unread)]


def _is_error(one: Finding) -> bool:
    return one.severity is Severity.ERROR


def _is_excepted(one: Finding) -> bool:
    return MESSAGES[one.rule].severity is Severity.ERROR and not _is_error(one)


def _turned(workbook: Workbook, one: Finding, grants: Sequence[Grant]) -> Finding:
    if not _is_error(one):
        return one
    for grant in grants:
        if covers(grant, workbook, one) and in_force(grant, workbook):
            return excepted(one, grant.reason, grant.decided_by, grant.valid_until)
    return one


def with_expiry_notes(workbook: Workbook, grants: Sequence[Grant]) -> list[Finding]:
    """The settled findings, with X01 once for each expired exception after the first error it named."""
    found = list(workbook.findings)
    for grant in grants:
        hit = _first_expired(grant, workbook)
        if hit is not None:
            words = {"rule": grant.rule, "until": day(grant.valid_until)}
            note = finding("X01", hit.sheet, hit.cell, hit.column, **words)
            found.insert(found.index(hit) + 1, note)
    return found


def _first_expired(grant: Grant, workbook: Workbook) -> Finding | None:
    if workbook.stichtag is None or in_force(grant, workbook):
        return None
    return next((f for f in workbook.findings if _is_error(f) and covers(grant, workbook, f)), None)


def uses(grants: Sequence[Grant], workbooks: Iterable[Workbook]) -> tuple[GrantUse, ...]:
    """What became of each exception, in the order of the rule file. Workbooks carry final findings."""
    known = list(workbooks)
    return tuple(_use(grant, known) for grant in grants)


def _use(grant: Grant, workbooks: Sequence[Workbook]) -> GrantUse:
    used = tuple(w.file for w in workbooks if in_force(grant, w) and _turns(grant, w))
    if used:
        return GrantUse(grant, Use.USED, used)
    expired = tuple(w.file for w in workbooks if _first_expired(grant, w))
    return GrantUse(grant, Use.EXPIRED if expired else Use.UNUSED, expired)


def _turns(grant: Grant, workbook: Workbook) -> bool:
    return any(_is_excepted(f) and covers(grant, workbook, f) for f in workbook.findings)
