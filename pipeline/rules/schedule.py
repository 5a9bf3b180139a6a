"""When is reported, whom to ask, and which files were taken back: forms of berichtsplan.yaml, ruecknahmen.yaml."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from pipeline.rules.fields import Many, Strict, Text
from pipeline.rules.requirements import Interpretation


class ReportingDate(Strict):
    """A planned Berichtsstichtag, and the day by which submissions for it are due."""

    stichtag: date
    due: date


class ReportingPlan(Strict):
    """rules/berichtsplan.yaml."""

    reporting_dates: Annotated[tuple[ReportingDate, ...], Many, Field(min_length=1)]
    interpretation: Interpretation | None = None


class Withdrawal(Strict):
    """A file that was taken back: named by its SHA-256, or by AGS (current or former), Stichtag and Abgabe-Nr."""

    reason: Text
    by: Text
    on: Annotated[date, Field(alias="date")]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-fA-F]{64}$")] | None = None
    ags: Annotated[str, Field(pattern=r"^[0-9]{8}$")] | None = None
    stichtag: date | None = None
    abgabe_nr: Annotated[int, Field(ge=1)] | None = None


class WithdrawalFile(Strict):
    """rules/ruecknahmen.yaml."""

    withdrawals: Annotated[tuple[Withdrawal, ...], Many] = ()
