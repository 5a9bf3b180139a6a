"""The clock of this machine."""

from __future__ import annotations

from datetime import date, datetime


def today() -> date:
    """Return today's date in the time zone of this machine."""
    return datetime.now().astimezone().date()
