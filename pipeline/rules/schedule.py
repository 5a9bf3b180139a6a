"""The forms of berichtsplan.yaml (planned Stichtage) and ruecknahmen.yaml (withdrawn files)."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from pipeline.rules.fields import Many, StrictModel, Text
from pipeline.rules.requirements import Interpretation


class ReportingDate(StrictModel):
    """A planned Berichtsstichtag, and the day by which submissions for it are due."""

    stichtag: date
    due: date


class ReportingPlan(StrictModel):
    """rules/berichtsplan.yaml."""

    reporting_dates: Annotated[tuple[ReportingDate, ...], Many, Field(min_length=1)]
    interpretation: Interpretation | None = None


class Withdrawal(StrictModel):
    """A withdrawn file, named by its SHA-256, or by AGS (current or former), Stichtag and Abgabe-Nr."""

    reason: Text
    by: Text
    on: Annotated[date, Field(alias="date")]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-fA-F]{64}$")] | None = None
    ags: Annotated[str, Field(pattern=r"^[0-9]{8}$")] | None = None
    stichtag: date | None = None
    abgabe_nr: Annotated[int, Field(ge=1)] | None = None


class WithdrawalFile(StrictModel):
    """rules/ruecknahmen.yaml."""

    withdrawals: Annotated[tuple[Withdrawal, ...], Many] = ()
