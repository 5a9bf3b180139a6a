"""The terms of the domain as frozen values: sheets and columns, findings, workbooks, statuses.

Other modules import from here; this module imports nothing of the pipeline.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum, StrEnum
from functools import cached_property
from typing import Any

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


class Severity(StrEnum):
    """An ``error`` rejects the whole workbook; the others do not. Values as in ergebnis.json."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Answer:
    """One filled line of the sheet Rückmeldung: what the municipality said to a finding at some records.

    ``rule``, ``sheet``, ``column`` and ``subject`` are those of the finding. ``records`` are (record, hash of
    its value when it was asked); ``checks.answers`` says what they are.
    ``salt`` went into the hashes. ``text`` are the municipality's own words, cleaned.
    """

    rule: str
    sheet: str
    column: str
    subject: str
    salt: str
    records: tuple[tuple[str, str], ...]
    text: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the municipality said to a finding.

    ``shown`` is what may stand in report, letter and on the terminal: ``own_words`` or why they do not. Only
    its own copy carries the words themselves. ``is_new``: no earlier submission said so.
    """

    own_words: str
    shown: str
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem of a file, reported once.

    ``cell``: the first cell concerned, None for a finding about a file or a sheet. ``cells``: all of them, as
    addresses or ranges within a column (``C26:C125``). ``count``: how many cells or records. ``message`` and
    ``remedy``: German, never with a cell's value. ``subject`` tells
    findings of one rule at one place apart. ``answer``: the municipality's reply; ``reopened``: it replied once, and
    the value has changed since.
    """

    rule: str
    severity: Severity
    message: str
    remedy: str
    sheet: str | None = None
    cell: str | None = None
    column: str | None = None
    cells: tuple[str, ...] = ()
    count: int = 1
    subject: str = ""
    answer: Reply | None = None
    reopened: bool = False

    def addresses(self) -> Iterator[str]:
        """Yield the address of each cell concerned, ranges expanded."""
        for one in self.cells:
            first, _, last = one.partition(":")
            letters = first.rstrip("0123456789")
            end = last or first
            for row in range(int(first[len(letters) :]), int(end[len(letters) :]) + 1):
                yield f"{letters}{row}"


@dataclass(slots=True)
class Table:
    """The records of one sheet: columns as typed lists, and the Excel row of each record.

    A date is a ``date``, an integer an ``int``, several references or choices a tuple of texts, everything
    else a text; an empty or unreadable cell is None. ``letters``: column letter by header.
    """

    sheet: str
    letters: dict[str, str]
    rows: list[int]
    columns: dict[str, list[Any]]

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, name: str) -> list[Any]:
        return self.columns[name]

    def cell(self, row: int, name: str) -> str:
        """Return the Excel address of a column in an Excel row: ``B7``."""
        return f"{self.letters[name]}{row}"

    def records(self, *names: str) -> Iterator[tuple[Any, ...]]:
        """Return (Excel row, value, value, …) for each record."""
        return zip(self.rows, *(self.columns[n] for n in names), strict=True)


@dataclass(frozen=True, slots=True)
class Key:
    """Identifies a submission; ``ags`` is the current one, even where the file has a former one."""

    ags: str
    stichtag: date
    number: int

    @property
    def order(self) -> tuple[date, int]:
        """Submissions of one municipality in the order of what they say."""
        return self.stichtag, self.number


@dataclass(frozen=True, slots=True)
class Workbook:
    """The content of one received file, and all findings about it.

    ``file``: path relative to the folder, with ``/``. ``rows_read``: number of records of all sheets;
    ``rows_shown``: of those without persons' data. ``refused``: nothing could be read from the file.
    ``tables`` may be loaded on access: ask for one when it is needed, and keep none. ``received_on``: date of
    the e-mail that the file was attached to, if any. ``findings``: from ``checks.gather``; before that, those
    of reading alone. ``not_run``: checks that an error prevented, one German line each. ``answers``: those on
    its own sheet Rückmeldung, no part of ``content``.
    """

    file: str
    sha256: str
    kind: str = ""
    ags: str | None = None
    municipality: str | None = None
    stichtag: date | None = None
    number: int | None = None
    template_version: str | None = None
    rules_version: str | None = None
    form: dict[str, Any] = field(default_factory=dict)
    form_cells: dict[str, str] = field(default_factory=dict)
    tables: Mapping[str, Table] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    not_run: tuple[str, ...] = ()
    content: str = ""
    refused: bool = False
    rows_read: int = 0
    rows_shown: int = 0
    received_on: date | None = None
    answers: tuple[Answer, ...] = ()

    @property
    def key(self) -> Key | None:
        """AGS, Stichtag and Abgabe-Nr.; None where one of them could not be read."""
        if self.ags is None or self.stichtag is None or self.number is None:
            return None
        return Key(self.ags, self.stichtag, self.number)

    @property
    def valid(self) -> bool:
        """Whether the workbook has no error."""
        return not any(f.severity is Severity.ERROR for f in self.findings)

    def count(self, severity: Severity) -> int:
        """Return the number of findings of that severity."""
        return sum(f.severity is severity for f in self.findings)

    def unanswered(self, severity: Severity) -> int:
        """How many findings of a severity the municipality has not answered."""
        return sum(f.severity is severity and f.answer is None for f in self.findings)


class State(StrEnum):
    """The state of a received file, or of a municipality that sent none. Values as in ergebnis.json."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    SUPERSEDED = "superseded"
    DUPLICATE = "duplicate"
    EARLIER = "earlier"
    LATER = "later"
    WITHDRAWN = "withdrawn"
    MISSING = "missing"


VALID_STATES = (State.ACCEPTED, State.SUPERSEDED, State.EARLIER)


class RoundStatus(StrEnum):
    """The status of a member in the round. Values as in ergebnis.json."""

    DELIVERED = "delivered"
    REJECTED = "rejected"
    OUTSTANDING = "outstanding"


class Status(StrEnum):
    """The status of a target, criterion, milestone or evidence point. Values as in ergebnis.json."""

    MET = "met"
    OPEN = "open"
    MISSED = "missed"
    UNMET = "unmet"
    INFO = "info"
    NOT_EVALUABLE = "not_evaluable"
    NO_SUBMISSION = "no_submission"
    EVIDENCE_MISSING = "evidence_missing"
    UNDEFINED = "undefined"
    REACHED = "reached"
    REACHED_LATE = "reached_late"
    OVERDUE = "overdue"
    AT_RISK = "at_risk"
    PROVIDED = "provided"
    PROVIDED_LATE = "provided_late"


class ExemptionState(StrEnum):
    """Whether an exemption (rules/ausnahmen.yaml) was used in a run."""

    USED = "used"
    EXPIRED = "expired"
    UNUSED = "unused"
