"""Checks of the form (Stammdaten) as a whole."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.checks.context import CheckContext
from pipeline.definitions.messages import finding
from pipeline.definitions.model import Finding
from pipeline.definitions.sheets import FORM_MUNICIPALITY, FORM_RELEASED_ON, FORM_TITLE
from pipeline.reading.locate import fold
from pipeline.rules.versions import is_numbered, is_older


def name_fits_key(context: CheckContext) -> Iterator[Finding]:
    """P41 where Kommune names another municipality of the roster than the AGS, P42 where it names none."""
    workbook, rules = context.workbook, context.rules
    given = workbook.form.get(FORM_MUNICIPALITY.name)
    if given is None or workbook.ags is None:
        return
    known = (rules.lead, *rules.roster)
    own = next(m.name for m in known if m.ags == workbook.ags)
    if fold(given) == fold(own):
        return
    rule = "P41" if any(fold(m.name) == fold(given) for m in known) else "P42"
    cell = workbook.form_cells[FORM_MUNICIPALITY.name]
    yield finding(rule, FORM_TITLE, cell, FORM_MUNICIPALITY.name, own=own)


def rules_are_current(context: CheckContext) -> Iterator[Finding]:
    """M28 where the workbook was made under an earlier version of the rules."""
    given, version = context.workbook.rules_version, context.rules.project.version
    if given is not None and is_numbered(given) and is_older(given, version):
        yield finding("M28", given=given, version=version)


def released_after_stichtag(context: CheckContext) -> Iterator[Finding]:
    """P43: the release date lies before the reporting date."""
    workbook = context.workbook
    released = workbook.form.get(FORM_RELEASED_ON.name)
    if released is not None and context.stichtag is not None and released < context.stichtag:
        cell = workbook.form_cells[FORM_RELEASED_ON.name]
        yield finding("P43", FORM_TITLE, cell, FORM_RELEASED_ON.name)
