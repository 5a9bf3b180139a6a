"""What a container is taken apart into, and the limits that hold for all of them."""

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
    """A file in a container under the name it has there. ``whole`` raises Refused where it is damaged.

    ``nested`` takes apart what lies there without bytes of its own: an e-mail attached to an e-mail.
    """

    name: str
    whole: Callable[[], bytes]
    head: Callable[[], bytes]
    nested: Callable[[], ContainerParts] | None = None


@dataclass(frozen=True, slots=True)
class ContainerParts:
    """A container taken apart; ``received_on`` is the date of an e-mail."""

    parts: tuple[ContainerPart, ...]
    received_on: date | None = None


def locked() -> Refused:
    return Refused(finding("D40"))


def damaged() -> Refused:
    return Refused(finding("D41"))


def too_large() -> Refused:
    return Refused(finding("D42"))


def safely(take: Callable[[], ContainerParts]) -> ContainerParts:
    """Whatever a reader of mails meets in hostile bytes, the answer is that they are damaged."""
    try:
        return take()
    except Refused:
        raise
    except Exception:
        raise damaged() from None


def day_of(header: object) -> date | None:
    """The day in the ``Date`` of an e-mail, as its sender's clock says."""
    try:
        found: datetime = parsedate_to_datetime(str(header))
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    return found.date()
