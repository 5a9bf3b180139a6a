"""Where the bytes of a received file are: a file of the folder, or a file in a container."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import NamedTuple

from pipeline.reading.containers.sorts import Sort


@dataclass(frozen=True, slots=True)
class Member:
    """A file in a container by its inner name; without one, the container itself, which is refused.

    ``received_on``: date of the e-mail it came with. ``refused``: the rule that says why a container could
    not be opened, with the SHA-256 of its bytes.
    """

    container: Path
    sort: Sort
    inner: str = ""
    received_on: date | None = None
    refused: str = ""
    sha256: str = ""


Source = Path | Member


class Unread(NamedTuple):
    """Why a file was not read (rule), and the SHA-256 of its bytes if known."""

    rule: str
    sha256: str = ""


def path_of(source: Source) -> Path:
    """The file in the folder."""
    return source.container if isinstance(source, Member) else source


def received_on(source: Source) -> date | None:
    """Date of the e-mail that a file came with, None without one."""
    return source.received_on if isinstance(source, Member) else None
