"""How a requirement is decided: a closed set of kinds, each a value of the rule files.

A kind says which ``sheets`` it rests on and the ``minimum`` to reach: a share as a Fraction, a count as an
integer, None where nothing is measured. mypy names every place that must know a new kind.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Literal

from pydantic import Field

from pipeline.rules.fields import LARGEST_COUNT, Pairs, Share100, Strict, Text, Texts


class Linked(Strict):
    """At least one row of ``sheet`` names this row's key in ``column``.

    That row is dated by the record of ``dated_sheet`` that it names in ``dated_by``, column ``date``.
    """

    sheet: Text
    column: Text
    dated_by: Text
    dated_sheet: Text
    date: Text


class Rows(Strict):
    """Rows of a sheet. A row counts from the latest of ``dates`` (all must be there) until ``until``."""

    sheet: Text
    dates: Texts
    until: Text | None = None
    where: Annotated[tuple[tuple[Text, Texts], ...], Pairs] = ()
    linked: Linked | None = None

    @property
    def sheets(self) -> tuple[str, ...]:
        """The sheets these rows rest on."""
        return (self.sheet, *((self.linked.dated_sheet, self.linked.sheet) if self.linked else ()))


class Latest(Strict):
    """The number of the latest row on or before the date: an official stock."""

    sheet: Text
    date: Text
    latest: Text

    @property
    def sheets(self) -> tuple[str, ...]:
        return (self.sheet,)


class Share(Strict):
    """numerator ÷ denominator on a date, compared unrounded."""

    kind: Literal["share"]
    numerator: Rows
    denominator: Rows | Latest
    at_least: Share100

    @property
    def sheets(self) -> tuple[str, ...]:
        return (*self.denominator.sheets, *self.numerator.sheets)

    @property
    def minimum(self) -> Fraction:
        return self.at_least


class Count(Strict):
    """Rows up to a date, or within one project year, compared with a minimum."""

    kind: Literal["count"]
    rows: Rows
    at_least: Annotated[int, Field(ge=1, le=LARGEST_COUNT)]
    per_year: bool = False

    @property
    def sheets(self) -> tuple[str, ...]:
        return self.rows.sheets

    @property
    def minimum(self) -> int:
        return self.at_least


class Every(Strict):
    """All rows of a sheet have a date in one column; at least one row."""

    kind: Literal["every"]
    sheet: Text
    date: Text

    @property
    def sheets(self) -> tuple[str, ...]:
        return (self.sheet,)

    @property
    def minimum(self) -> Fraction:
        return Fraction(1)


class Attested(Strict):
    """A date "Erfüllt am" and at least one evidence number, given in the workbook itself."""

    kind: Literal["attested"]

    @property
    def sheets(self) -> tuple[str, ...]:
        return ()

    @property
    def minimum(self) -> None:
        return None


class Info(Strict):
    """A figure that is shown, never judged."""

    kind: Literal["info"]
    rows: Rows

    @property
    def sheets(self) -> tuple[str, ...]:
        return self.rows.sheets

    @property
    def minimum(self) -> None:
        return None


TargetDecision = Annotated[Share | Count | Attested | Info, Field(discriminator="kind")]
CriterionDecision = Annotated[Share | Count | Every | Attested, Field(discriminator="kind")]
Decision = Share | Count | Every | Attested | Info
