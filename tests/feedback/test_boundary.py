"""The letter where everything lies on the boundary day (tests/boundary.py), and the colour of a cell."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import permutations

import pytest

from pipeline.definitions.messages import finding
from pipeline.definitions.model import Finding, Severity, State
from pipeline.feedback import feedback, feedback_batch, task_of
from pipeline.report.feedback_files import goes_back, letter_contexts
from tests import boundary, builder
from tests.boundary import AFTER, DAY, OWN
from tests.feedback.test_feedback import examined, marked


def letter(as_of: date) -> str:
    outcome = boundary.outcome(as_of)
    back = [s for s in outcome.submissions if goes_back(s, outcome)]
    context_of = letter_contexts(back, outcome)
    (own,) = [s for s in back if s.workbook.file == OWN]
    ((_, text),) = feedback_batch([task_of(own, boundary.own(), outcome.rules, context_of(own))])
    return text


@pytest.mark.parametrize(("as_of", "word"), [(DAY, ""), (AFTER, "gefährdet")])
def test_the_letter_names_what_is_at_risk_from_the_sixtieth_day(as_of: date, word: str) -> None:
    """On the day the next deadline is that of MS3.2, which is reached; MS2.2 is due 61 days later."""
    text = letter(as_of)
    assert "Sie zählt für die Runde zum 30.09.2026 (Abgabe bis 31.10.2026)." in text
    items = [line for line in text.splitlines() if line.startswith("- bis ")]
    assert {line.split(": ")[1].split()[0] for line in items} == (
        {f"MS2.2{c}" for c in "acde"} if word else set()
    )
    assert all(word in line for line in items)
    assert "überfällig" not in text


# --- the colour of a cell with several findings ---------------------------------------------------------

RULES: dict[Severity, tuple[str, dict[str, str]]] = {
    Severity.ERROR: ("P04", {"before": "x"}),
    Severity.WARNING: ("P20", {"start": "01.10.2025"}),
    Severity.NOTE: ("P30", {}),
}


def _finding(severity: Severity) -> Finding:
    rule, words = RULES[severity]
    return finding(rule, "Kontakte", "A5", "Datum", **words)


@pytest.mark.parametrize(
    ("present", "shown"),
    [
        *((order, Severity.ERROR) for order in permutations(Severity)),
        *((order, Severity.WARNING) for order in permutations((Severity.WARNING, Severity.NOTE))),
        ((Severity.NOTE,), Severity.NOTE),
    ],
)
def test_the_gravest_finding_gives_a_cell_its_colour(present: tuple[Severity, ...], shown: Severity) -> None:
    """Whatever order they are reported in."""
    workbook, _ = examined(builder.valid())
    workbook = replace(workbook, findings=[_finding(severity) for severity in present])
    copy, _ = feedback(workbook, State.ACCEPTED, builder.valid(), builder.rules())
    assert copy is not None
    assert marked(copy) == {("Kontakte", "A5"): shown}
