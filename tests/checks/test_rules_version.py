"""M28: a workbook that was made under an earlier version of the rules is taken, and that is reported."""

from __future__ import annotations

import pytest

from pipeline.definitions.messages import MESSAGES
from pipeline.definitions.model import Severity
from tests.builder import RULES_VERSION
from tests.cell_edits import edited
from tests.expected import examine


@pytest.mark.parametrize(
    ("version", "is_reported"),
    [
        ("2026.1", True),
        ("2025.12", True),
        (RULES_VERSION, False),
        ("2099.10", False),
        ("Müller", False),
        (None, False),
    ],
)
def test_an_earlier_version_is_a_note(version: str | None, is_reported: bool) -> None:
    """Against the shipped rules; what is no version is not repeated."""
    workbook = examine(edited({"Listen!B3": version}))
    assert not workbook.refused
    found = [f for f in workbook.findings if f.rule == "M28"]
    assert bool(found) is is_reported
    for one in found:
        assert (one.severity, one.sheet, one.cell) == (Severity.NOTE, None, None)
        assert one.message == (
            f"Die Mappe stammt aus der Regelversion {version}; "
            f"geprüft und bewertet wird nach der Version {RULES_VERSION}."
        )


def test_the_note_asks_for_nothing() -> None:
    assert MESSAGES["M28"].severity is Severity.NOTE
    assert MESSAGES["M28"].remedy == "Nichts zu tun; künftig bitte die neue Vorlage verwenden."
