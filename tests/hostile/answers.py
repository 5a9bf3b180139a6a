"""Compares the outcome of reading a hostile file with the expected one."""

from __future__ import annotations

from pipeline.definitions.model import Workbook
from tests.hostile.variant import (
    Columns,
    Variant,
    Verdict,
    columns_of,
    expected_columns,
    findings_of,
    verdict_of,
)


def wrong_answer(variant: Variant, workbook: Workbook) -> str | None:
    """What is wrong with the answer to a variant; None when it is the one that the contract wants."""
    verdict, findings = verdict_of(workbook), findings_of(workbook)
    wanted, notes = variant.verdict, variant.findings
    if wanted is Verdict.EITHER:
        wanted, notes = (Verdict.REFUSED, notes) if verdict is Verdict.REFUSED else (Verdict.ACCEPTED, ())
    if (verdict, findings) != (wanted, notes):
        return f"{verdict.value} {findings}, erwartet {wanted.value} {notes}"
    if verdict is Verdict.ACCEPTED:
        return difference(columns_of(workbook), expected_columns(variant))
    return None


def difference(read: Columns, wanted: Columns) -> str | None:
    """The first column that was not read as it had to be."""
    for sheet, columns in wanted.items():
        for header, values in columns.items():
            if read.get(sheet, {}).get(header) != values:
                return f"{sheet}, {header}: gelesen {read.get(sheet, {}).get(header)}, erwartet {values}"
    return None
