"""Asks pandera once in a process about a sheet with the same records.

Most tests change one cell of a valid workbook; pandera takes seven milliseconds for each of its other fifteen
sheets, whatever they hold. The answer depends on nothing but the values, and these are the key.
"""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from pipeline.checks import schema
from pipeline.definitions.model import Table
from pipeline.definitions.sheet_types import Sheet
from pipeline.rules import Rules


@contextmanager
def validate_equal_sheets_once() -> Iterator[None]:
    """Within it, ``schema.failing_records`` is computed once for equal arguments."""
    compute = schema.failing_records
    answers: dict[bytes, Any] = {}

    def failing_records(
        sheet: Sheet, tables: list[Table], stichtage: list[date | None], rules: Rules
    ) -> list[tuple[schema.SchemaCheck, list[int]]]:
        project = rules.project
        asked = sheet, [t.columns for t in tables], stichtage, project.start, project.end, project.parameters
        key = hashlib.sha256(pickle.dumps(asked)).digest()
        if key not in answers:
            answers[key] = compute(sheet, tables, stichtage, rules)
        answer: list[tuple[schema.SchemaCheck, list[int]]] = answers[key]
        return answer

    schema.failing_records = failing_records
    try:
        yield
    finally:
        schema.failing_records = compute
