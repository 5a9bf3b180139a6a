"""What a sheet is made of: columns and their kinds, conditions between columns, the sheets of a workbook.

``sheets`` has the sheets themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import cached_property

LONGEST_TEXT = 32_767  # units of UTF-16 that a cell of Excel holds


class Kind(Enum):
    """The kind of value that a column holds."""

    TEXT = "Text"
    KEY = "Kennzeichen"
    REFERENCE = "Verweis"
    REFERENCES = "Verweise"  # several, separated by ";"
    CHOICE = "Auswahl"
    CHOICES = "Mehrfachauswahl"  # several, separated by ";"
    DATE = "Datum"
    INTEGER = "Ganze Zahl"
    AGS = "Gemeindeschlüssel"


class RuleList(Enum):
    """Lists of choices that stand in the rule files, as the ministry sets them."""

    TARGET_GROUPS = "target_groups"
    RELATIVES = "relatives"
    REFERENCE_PERSONS = "reference_persons"
    EVIDENCE_POINTS = "evidence_points"


class Prefill(Enum):
    """Which requirements a prefilled sheet has its rows from."""

    CRITERIA = "criteria"
    TARGETS = "targets"


@dataclass(frozen=True)
class Column:
    """One column of a table, or one line of a form.

    ``name``: the exact German header. ``fact``: a date of something done, which may not lie after the
    Berichtsstichtag. ``project_time``: a date before the project gives a warning. ``former_choices``:
    (earlier wording, today's choice). ``is_name``, ``initials``: a text of one line, compared without case;
    initials may not be a whole name.
    """

    name: str
    kind: Kind
    help: str
    example: str | int | date | None = None
    required: bool = False
    choices: tuple[str, ...] = ()
    choices_from: RuleList | None = None
    former_choices: tuple[tuple[str, str], ...] = ()
    prefix: str = ""
    to: str = ""
    to_where: Condition | None = None
    minimum: int = 0
    max_length: int = LONGEST_TEXT
    fact: bool = False
    project_time: bool = False
    locked: bool = False
    is_name: bool = False
    initials: bool = False
    width: int = 16
    since: int = 1  # template version that brought the column

    @property
    def key_pattern(self) -> str:
        """Regular expression of one key or reference: prefix, hyphen, 3 to 6 digits."""
        return rf"{self.prefix}-[0-9]{{3,6}}"


@dataclass(frozen=True)
class Condition:
    """Holds for a record whose ``column`` has one of the values; without values, any value."""

    column: str
    values: tuple[str, ...] = ()
    values_from: RuleList | None = None


@dataclass(frozen=True)
class Dependent:
    """``column`` is required where ``when`` holds; with ``else_empty`` it must be empty elsewhere."""

    column: str
    when: Condition
    else_empty: bool = False


@dataclass(frozen=True)
class Sheet:
    """One table of a workbook: a header row, then one record per row.

    ``key``: columns that together are unique. ``order``: chains of date columns that may not decrease.
    ``prefill``: the sheet comes with one row per requirement; other sheets may be declared empty
    (Leermeldung).
    """

    title: str
    help: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    order: tuple[tuple[str, ...], ...] = ()
    dependents: tuple[Dependent, ...] = ()
    prefill: Prefill | None = None
    nil_return: bool = False
    capacity: int = 2000
    since: int = 1  # template version that brought the sheet

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(c.name for c in self.columns)

    @cached_property
    def _by_name(self) -> dict[str, Column]:
        return {c.name: c for c in self.columns}

    def column(self, name: str) -> Column:
        """Return the column of that header. Raises KeyError for a header that the sheet does not have."""
        return self._by_name[name]

    def has(self, name: str) -> bool:
        return name in self._by_name

    @cached_property
    def evidence_column(self) -> str | None:
        """Header of the column with evidence numbers; None where the sheet has none."""
        return next((c.name for c in self.columns if c.kind is Kind.REFERENCES), None)


@dataclass(frozen=True)
class WorkbookKind:
    """One of the two kinds of workbook: its form, and its tables in the order of the tabs."""

    id: str
    title: str
    form: Sheet
    tables: tuple[Sheet, ...]

    def table(self, title: str) -> Sheet:
        return next(t for t in self.tables if t.title == title)

    def has(self, title: str) -> bool:
        return any(t.title == title for t in self.tables)
