"""The cases of test_checks.py over what was read of them: a change in a check shows without reading a file.

So a mutation run (CONTRIBUTING) may ask them for each change. What one check alone says stands beside here, in
the test of its room.
"""

from __future__ import annotations

from functools import cache

import pytest

from pipeline.checks import check_workbook
from pipeline.checks.gather import gather
from pipeline.checks.schema import validate
from pipeline.definitions.model import Finding
from tests import builder
from tests.builder import Case, told
from tests.checks.test_checks import ALL, LEAD

ACROSS = {  # rules of more than one row, told by the checks after those of cells and rows
    "P01", "P07", "P08", "P09", "P10", "P11", "P12", "P13", "P14", "P15", "P21", "P30", "P31", "P32", "P47",
}  # fmt: skip
PARTS = 12


def is_across(case: Case) -> bool:
    """Whether all that is to be found is told by them, or there is nothing to find."""
    return all(one.rule in ACROSS for one in case.expected)


@cache
def of_schema() -> list[list[Finding]]:
    """What the checks of single cells and rows found, for the checks after them."""
    return validate(ALL.unchecked, builder.rules())


def test_the_checks_of_cells_and_rows() -> None:
    """With what reading has found, and one finding of each cell: what is expected but for the checks after them."""
    found = validate(ALL.unchecked, builder.rules())
    for workbook, new, case in zip(ALL.unchecked, found, ALL.cases, strict=True):
        expected = [one for one in case.expected if one.rule not in ACROSS]
        assert told(gather(workbook, new, builder.rules()).findings) == expected, case.name


@pytest.mark.parametrize("part", range(PARTS))
def test_the_checks_across_rows_and_sheets(part: int) -> None:
    every = [
        (workbook, found, case)
        for workbook, found, case in zip(ALL.unchecked, of_schema(), ALL.cases, strict=True)
        if is_across(case)
    ]
    for workbook, found, case in every[part::PARTS]:
        assert told(check_workbook(workbook, found, builder.rules()).findings) == list(case.expected), (
            case.name
        )


def test_the_project_leads_workbook() -> None:
    for workbook, found, case in zip(
        LEAD.unchecked, validate(LEAD.unchecked, builder.rules()), LEAD.cases, strict=True
    ):
        assert told(check_workbook(workbook, found, builder.rules()).findings) == list(case.expected), (
            case.name
        )
