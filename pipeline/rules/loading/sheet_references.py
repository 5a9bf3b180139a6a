"""Checks that every sheet, header and choice that a measure names exists in the sheet definitions."""

from __future__ import annotations

from typing import assert_never

from pipeline.definitions.sheet_types import Kind, Sheet
from pipeline.rules import (
    Attested,
    Count,
    Criterion,
    Every,
    Info,
    Latest,
    Linked,
    Measure,
    Rows,
    Rules,
    Share,
    Target,
)
from pipeline.rules.loading.yaml_lines import (
    NodePath,
    Problem,
    YamlDocument,
    no_column,
    no_sheet,
)


class _References:
    """Collects a problem for each sheet, header or choice that does not exist."""

    def __init__(self, document: YamlDocument, kinds: dict[str, dict[str, Sheet]]) -> None:
        self.document = document
        self.kinds = kinds
        self.problems: list[Problem] = []

    def _refuse(self, path: NodePath, text: str) -> None:
        self.problems.append(Problem(self.document.name, self.document.line(path), text))

    def _sheet(self, tables: dict[str, Sheet], title: str, path: NodePath) -> Sheet | None:
        if title not in tables:
            self._refuse(path, no_sheet(title))
        return tables.get(title)

    def _column(self, sheet: Sheet, name: str, path: NodePath, *kinds: Kind) -> None:
        if not sheet.has(name):
            self._refuse(path, no_column(name, sheet.title))
        elif kinds and sheet.column(name).kind not in kinds:
            wanted = " oder ".join(k.value for k in kinds)
            self._refuse(path, f"Die Spalte „{name}“ im Blatt „{sheet.title}“ ist nicht vom Typ {wanted}.")

    def rows(self, tables: dict[str, Sheet], rows: Rows, path: NodePath) -> None:
        sheet = self._sheet(tables, rows.sheet, (*path, "sheet"))
        if sheet is None:
            return
        for name in rows.dates:
            self._column(sheet, name, (*path, "dates"), Kind.DATE)
        if rows.until:
            self._column(sheet, rows.until, (*path, "until"), Kind.DATE)
        for name, values in rows.where:
            where = (*path, "where", name)
            self._column(sheet, name, where, Kind.CHOICE)
            choices = sheet.column(name).choices if sheet.has(name) else ()
            for value in values:
                if choices and value not in choices:
                    self._refuse(
                        where, f"„{value}“ ist keine Auswahl der Spalte „{name}“ im Blatt „{sheet.title}“."
                    )
        if rows.linked:
            self._linked(tables, rows.linked, (*path, "linked"))

    def _linked(self, tables: dict[str, Sheet], linked: Linked, path: NodePath) -> None:
        sheet = self._sheet(tables, linked.sheet, (*path, "sheet"))
        dated = self._sheet(tables, linked.dated_sheet, (*path, "dated_sheet"))
        if sheet and dated:
            self._column(sheet, linked.column, (*path, "column"), Kind.REFERENCE)
            self._column(sheet, linked.dated_by, (*path, "dated_by"), Kind.REFERENCE)
            self._column(dated, linked.date, (*path, "date"), Kind.DATE)

    def requirement(self, requirement: Target | Criterion, path: NodePath) -> None:
        tables = self.kinds[requirement.reported_by]
        path = (*path, "decide")
        match requirement.decide:
            case Share(numerator=numerator, denominator=denominator):
                self.rows(tables, numerator, (*path, "numerator"))
                if isinstance(denominator, Latest):
                    self.latest(tables, denominator, (*path, "denominator"))
                else:
                    self.rows(tables, denominator, (*path, "denominator"))
            case Count(rows=rows) | Info(rows=rows):
                self.rows(tables, rows, (*path, "rows"))
            case Every(sheet=title, date=name):
                if sheet := self._sheet(tables, title, (*path, "sheet")):
                    self._column(sheet, name, (*path, "date"), Kind.DATE)
            case Attested():
                pass
            case other:
                assert_never(other)

    def latest(self, tables: dict[str, Sheet], latest: Latest, path: NodePath) -> None:
        if sheet := self._sheet(tables, latest.sheet, (*path, "sheet")):
            self._column(sheet, latest.date, (*path, "date"), Kind.DATE)
            self._column(sheet, latest.latest, (*path, "latest"), Kind.INTEGER)


def check_sheet_references(measure: Measure, document: YamlDocument, rules: Rules) -> list[Problem]:
    """Return the problems of all targets and criteria of a measure."""
    kinds = {id_: {t.title: t for t in kind.tables} for id_, kind in rules.kinds.items()}
    references = _References(document, kinds)
    for i, target in enumerate(measure.targets):
        references.requirement(target, ("targets", i))
    for i, milestone in enumerate(measure.milestones):
        for j, criterion in enumerate(milestone.criteria):
            references.requirement(criterion, ("milestones", i, "criteria", j))
    return references.problems
