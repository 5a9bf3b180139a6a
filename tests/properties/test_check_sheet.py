from __future__ import annotations

from tests.properties.check_sheet import unseen
from tests.template.office import needs_libreoffice

pytestmark = needs_libreoffice


def test_no_error_of_the_check_is_green_in_pruefung() -> None:
    """Three workbooks with 1 to 8 damages; ``python -m tests.properties.check_sheet 2000`` tries more."""
    assert list(unseen(range(3))) == []
