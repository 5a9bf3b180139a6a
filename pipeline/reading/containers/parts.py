"""The parts of a container, and the limits of all kinds of container."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from email.utils import parsedate_to_datetime

from pipeline.definitions.messages import finding
from pipeline.reading.package.preflight import Refused

MAX_CONTAINER = 200_000_000  # bytes of an archive, and of all that is inflated from it
MAX_MAIL = 100_000_000  # bytes of an e-mail; mail servers take a third of that
MAX_FILES = 2_000  # in one container


@dataclass(frozen=True, slots=True)
class ContainerPart:
    """A file in a container under its name there. ``whole`` raises Refused where it is damaged.

    ``nested``: parts of an e-mail attached to an e-mail, which has no bytes of its own.
    """

    name: str
    whole: Callable[[], bytes]
    head: Callable[[], bytes]
    nested: Callable[[], ContainerParts] | None = None


@dataclass(frozen=True, slots=True)
class ContainerParts:
    """All parts of a container; ``received_on``: date of an e-mail."""

    parts: tuple[ContainerPart, ...]
    received_on: date | None = None


def locked() -> Refused:
    return Refused(finding("D40"))


def damaged() -> Refused:
    return Refused(finding("D41"))


def too_large() -> Refused:
    return Refused(finding("D42"))


def safely(take: Callable[[], ContainerParts]) -> ContainerParts:
    """The parts; any exception of a mail parser becomes Refused (damaged)."""
    try:
        return take()
    except Refused:
        raise
    except Exception:
        raise damaged() from None


def day_of(header: object) -> date | None:
    """The day of a ``Date`` header in its sender's time zone; None for no date."""
    try:
        found: datetime = parsedate_to_datetime(str(header))
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    return found.date()
