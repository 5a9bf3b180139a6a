"""What was read and found, as frozen values: tables, workbooks, findings, answers, statuses.

Other modules import from here; this module imports nothing of the pipeline.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any


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
