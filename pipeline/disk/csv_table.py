"""Tables as German table programs read them: CSV with semicolons, in UTF-8 with its mark."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

_LIKE_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_table(columns: Sequence[str], rows: Iterable[Sequence[str | int]]) -> bytes:
    """Return header and rows; an apostrophe keeps a text from becoming a formula."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows(map(_harmless, rows))
    return text.getvalue().encode("utf-8-sig", "backslashreplace")


def _harmless(row: Sequence[str | int]) -> list[str | int]:
    return [f"'{v}" if isinstance(v, str) and v.startswith(_LIKE_A_FORMULA) else v for v in row]
