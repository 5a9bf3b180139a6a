"""The plan of a form: figures that it asks for, and whether it is filled once or per municipality."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.rules import Rules
from pipeline.rules.wording.figure_names import (
    FigureName,
    is_table_of_municipalities,
    means_municipality,
    names_municipality,
    parse_figure,
    parse_own,
    table_rows,
)

PREFIX = "KISI_"  # of names and tags that are meant for us


class FormError(Exception):
    """A form cannot be filled; ``problems`` are German and name each place."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = list(problems)


@dataclass(frozen=True, slots=True)
class Asked:
    """A figure that a form asks for; ``label``: its name in the form, completed by the table's row."""

    name: FigureName
    label: str


@dataclass(frozen=True)
class FormPlan:
    """A form, the figures it asks for, and their places.

    ``name``: file name. ``for_each``: filled per municipality. ``asked``: None where the content of a place
    is to be removed. ``places``: one per entry of ``asked`` in a workbook; in a document a place may be a
    table and take several. ``stale``: (sheet, cell) of formula results that depend on the places.
    """

    name: str
    data: bytes
    for_each: bool
    asked: tuple[Asked | None, ...]
    places: tuple[Any, ...]
    names: tuple[str, ...]
    stale: frozenset[tuple[str, str]] = frozenset()

    @property
    def kind(self) -> str:
        """The file extension: ``xlsx`` or ``docx``."""
        return kind_of(self.name)


def kind_of(name: str) -> str:
    return name.lower().rpartition(".")[2]


def figure_in(name: str) -> str | None:
    """The figure that a name or tag asks for; None for one without our prefix."""
    return name[len(PREFIX) :] if name.casefold().startswith(PREFIX.casefold()) else None


def is_for_each(figures: Iterable[str], rules: Rules) -> bool:
    """Whether a form is filled per municipality: none is named, and some figure means one."""
    figures = list(figures)
    if any(names_municipality(f) or is_table_of_municipalities(f) for f in figures):
        return False
    return any(means_municipality(f, rules) for f in figures)


def asked_for(figure: str, rules: Rules, *, for_each: bool) -> Asked:
    """One figure; raises UnknownFigure."""
    return Asked(parse_own(figure, rules) if for_each else parse_figure(figure, rules), figure)


def table_asked(figure: str, columns: Sequence[str], rules: Rules, *, for_each: bool) -> list[list[Asked]]:
    """The rows of a table, each with the figures of its columns; raises UnknownFigure."""
    return [
        [asked_for(row + column, rules, for_each=for_each) for column in columns]
        for row in table_rows(figure, rules)
    ]
