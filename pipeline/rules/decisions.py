"""How a requirement is decided: a closed set of kinds, each a value of the rule files.

Each kind has ``sheets``, the sheets it is computed from, and ``minimum``, the threshold: a share as a
Fraction, a count as an integer, None where nothing is measured. mypy finds each place that must handle a new
kind.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Literal

from pydantic import Field

from pipeline.rules.fields import LARGEST_COUNT, Pairs, Percentage, StrictModel, Text, Texts


class Linked(StrictModel):
    """Requires at least one record of ``sheet`` that names this record's key in ``column``.

    That record is dated by the record of ``dated_sheet`` that it names in ``dated_by``, column ``date``.
    """

    sheet: Text
    column: Text
    dated_by: Text
    dated_sheet: Text
    date: Text


class Rows(StrictModel):
    """Records of a sheet; each counts from the latest of ``dates`` (all must be given) until ``until``."""

    sheet: Text
    dates: Texts
    until: Text | None = None
    where: Annotated[tuple[tuple[Text, Texts], ...], Pairs] = ()
    linked: Linked | None = None

    @property
    def sheets(self) -> tuple[str, ...]:
        """The sheets that these records depend on."""
        return (self.sheet, *((self.linked.dated_sheet, self.linked.sheet) if self.linked else ()))


class Latest(StrictModel):
    """An official number (Bestand): that of the latest record on or before the date."""

    sheet: Text
    date: Text
    latest: Text

    @property
    def sheets(self) -> tuple[str, ...]:
        return (self.sheet,)


class Share(StrictModel):
    """Numerator ÷ denominator on a date, compared with the threshold unrounded."""

    kind: Literal["share"]
    numerator: Rows
    denominator: Rows | Latest
    at_least: Percentage

    @property
    def sheets(self) -> tuple[str, ...]:
        return (*self.denominator.sheets, *self.numerator.sheets)

    @property
    def minimum(self) -> Fraction:
        return self.at_least


class Count(StrictModel):
    """The number of records up to a date, or within one project year, compared with a minimum."""

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


class Every(StrictModel):
    """Every record of a sheet has a date in one column; requires at least one record."""

    kind: Literal["every"]
    sheet: Text
    date: Text

    @property
    def sheets(self) -> tuple[str, ...]:
        return (self.sheet,)

    @property
    def minimum(self) -> Fraction:
        return Fraction(1)


class Attested(StrictModel):
    """A date "Erfüllt am" and at least one evidence number, entered in the workbook itself."""

    kind: Literal["attested"]

    @property
    def sheets(self) -> tuple[str, ...]:
        return ()

    @property
    def minimum(self) -> None:
        return None


class Info(StrictModel):
    """A number that is shown and never judged."""

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
