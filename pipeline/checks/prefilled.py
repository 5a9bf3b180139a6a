"""Checks of prefilled parts: Stammdaten, and the rows for requirements and evidence."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.checks.context import CheckContext, finding_at
from pipeline.checks.not_run import evidence_broken
from pipeline.definitions.messages import finding, german_date, quoted
from pipeline.definitions.model import Finding, Table
from pipeline.definitions.sheet_types import Sheet
from pipeline.definitions.sheets import (
    CRITERIA,
    EVIDENCE,
    EVIDENCE_KEY,
    EVIDENCE_POINT,
    FORM_STICHTAG,
    FORM_TITLE,
    RULE_EVIDENCE,
    RULE_FULFILLED,
    RULE_INPUTS,
    RULE_NR,
    TARGETS,
    YES,
    nil_return_label,
)
from pipeline.rules import Attested, Criterion, Target


def stichtag_within_project(context: CheckContext) -> Iterator[Finding]:
    """P01: the reporting date lies outside the project."""
    project, stichtag = context.rules.project, context.workbook.stichtag
    if stichtag is not None and not project.start <= stichtag <= project.end:
        cell = context.workbook.form_cells[FORM_STICHTAG.name]
        words = {"start": german_date(project.start), "end": german_date(project.end)}
        yield finding("P01", FORM_TITLE, cell, FORM_STICHTAG.name, **words)


def stichtag_planned(context: CheckContext) -> Iterator[Finding]:
    """W40: within the project, but not in the Berichtsplan."""
    rules, stichtag = context.rules, context.workbook.stichtag
    if stichtag is None or not rules.project.start <= stichtag <= rules.project.end:
        return
    nearest = rules.nearest_planned(stichtag)
    if nearest is not None and nearest.stichtag != stichtag:
        cell = context.workbook.form_cells[FORM_STICHTAG.name]
        yield finding("W40", FORM_TITLE, cell, FORM_STICHTAG.name, nearest=german_date(nearest.stichtag))


def nil_returns(context: CheckContext) -> Iterator[Finding]:
    """P13 for a Leermeldung beside rows, P22 for an empty sheet without one."""
    workbook = context.workbook
    for sheet in context.kind.tables:
        label = nil_return_label(sheet)
        if label not in workbook.form_cells:  # a sheet without, or of a later template version
            continue
        declared = workbook.form[label] == YES
        if declared and len(context.table(sheet)):
            yield finding("P13", FORM_TITLE, workbook.form_cells[label], label, table=sheet.title)
        unread = (FORM_TITLE, workbook.form_cells[label]) in context.errors
        if not declared and not unread and not len(context.table(sheet)):
            yield finding("P22", sheet.title, label=label)


def rule_rows(context: CheckContext) -> Iterator[Finding]:
    """P14 and P15 for a number that the rules do not know, P24 for a missing row."""
    rules, kind = context.rules, context.kind.id
    yield from _rule_rows(context, CRITERIA, rules.criteria_of(kind))
    yield from _rule_rows(context, TARGETS, rules.targets_of(kind))


def _rule_rows(
    context: CheckContext, sheet: Sheet, wanted: tuple[Criterion, ...] | tuple[Target, ...]
) -> Iterator[Finding]:
    table = context.table(sheet)
    known = {r.id for r in wanted}
    for row, nr, *inputs in table.records(RULE_NR.name, *RULE_INPUTS):
        if nr is not None and nr not in known:
            yield finding_at("P14" if any(i is not None for i in inputs) else "P15", table, row, RULE_NR)
    attested = [r.id for r in wanted if isinstance(r.decide, Attested)]
    there = {
        *table[RULE_NR.name],
        *_meant(table, wanted, context.broken(sheet.title, RULE_NR.name)),
    }
    missing = [id_ for id_ in attested if id_ not in there]
    if missing:
        yield finding("P24", sheet.title, ids=quoted(missing))


def _meant(
    table: Table, wanted: tuple[Criterion, ...] | tuple[Target, ...], broken: set[int]
) -> Iterator[str]:
    """The numbers that rows with an unknown, repeated or unread number stand for.

    By their wording, else the number that follows in the order of the rules on the nearest row above.
    """
    ids, by_text = [r.id for r in wanted], {r.text: r.id for r in wanted}
    following: str | None = None
    for row, nr, text in table.records(RULE_NR.name, list(table.columns)[1]):
        known = nr if nr in ids and row not in broken else None
        meant = known or by_text.get(text) or following
        if meant and not known:
            yield meant
        after = ids.index(meant) + 1 if meant else len(ids)
        following = ids[after] if after < len(ids) else None


def attested_without_evidence(context: CheckContext) -> Iterator[Finding]:
    """P21: without evidence, an attested date does not count as reached."""
    for sheet in (CRITERIA, TARGETS):
        table = context.table(sheet)
        for row, on, numbers in table.records(RULE_FULFILLED.name, RULE_EVIDENCE.name):
            if on is not None and numbers is None:
                yield finding_at("P21", table, row, RULE_EVIDENCE, table=EVIDENCE.title)


def unused_evidence(context: CheckContext) -> Iterator[Finding]:
    """P31: a document that nothing refers to and that has no Nachweispunkt.

    Not while a cell that refers to documents has an error: it may have named this one.
    """
    if evidence_broken(context):
        return
    used: set[str] = set()
    for sheet in context.kind.tables:
        if sheet.evidence_column:
            for numbers in context.table(sheet)[sheet.evidence_column]:
                used.update(numbers or ())
    table = context.table(EVIDENCE)
    for row, key, points in table.records(EVIDENCE_KEY.name, EVIDENCE_POINT.name):
        if key is not None and key not in used and points is None:
            yield finding_at("P31", table, row, EVIDENCE_KEY)
