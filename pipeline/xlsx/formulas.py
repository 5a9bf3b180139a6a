"""Texts inside Excel formulas."""

from __future__ import annotations

import re


def excel_text(text: str) -> str:
    """Return a text as a string literal of a formula."""
    return '"' + text.replace('"', '""') + '"'


def exact_criterion(text: str) -> str:
    """Return a criterion of COUNTIFS that matches exactly this cell text, wildcards and operators escaped."""
    return excel_text("=" + _literal(text))


def substring_criterion(text: str, *, before: str = "", after: str = "") -> str:
    """Return a criterion of COUNTIFS that matches a part of a cell; ``before``, ``after`` may be wildcards.

    It has no equals sign, after which Gnumeric knows no wildcards; so the text may not begin with an
    operator.
    """
    return excel_text(f"{before}{_literal(text)}{after}")


def _literal(text: str) -> str:
    return re.sub(r"([*?~])", r"~\1", text)
