"""Which of two versions of the rules is the older one."""

from __future__ import annotations

import re


def is_numbered(version: str) -> bool:
    """Return whether a version is made of numbers, as ours are."""
    return bool(_numbers(version))


def is_older(given: str, than: str) -> bool:
    """Return whether a version comes before another: number by number, else whether it is another one.

    ``2026.9`` is older than ``2026.10``; versions that are not numbers have no order.
    """
    first, second = _numbers(given), _numbers(than)
    return first < second if first and second else given != than


def _numbers(version: str) -> tuple[int, ...]:
    if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9}){0,9}", version):
        return ()
    return tuple(int(part) for part in version.split("."))
