"""Texts inside Excel formulas."""

from __future__ import annotations

import re


def excel_text(text: str) -> str:
    """A text as it stands in a formula."""
    return '"' + text.replace('"', '""') + '"'


def criterion(text: str) -> str:
    """A whole cell as COUNTIFS wants it: wildcards and operators taken literally."""
    return excel_text("=" + _literal(text))


def pattern(text: str, *, before: str = "", after: str = "") -> str:
    """A part of a cell as COUNTIFS wants it; ``before`` and ``after`` may hold wildcards.

    Without the sign of equality, after which Gnumeric knows no wildcards; the text may not begin with an
    operator.
    """
    return excel_text(f"{before}{_literal(text)}{after}")


def _literal(text: str) -> str:
    return re.sub(r"([*?~])", r"~\1", text)
