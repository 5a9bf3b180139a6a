"""The cases of faelle.yaml, which a lawyer can read, over the rules as they stand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline.definitions.model import Status
from pipeline.definitions.results import Result
from pipeline.definitions.words import CRITERION_WORDS, EVIDENCE_WORDS, MILESTONE_WORDS, TARGET_WORDS, Word
from pipeline.evaluate import evaluate
from tests import builder

CASES = yaml.safe_load((Path(__file__).parent / "faelle.yaml").read_text("utf-8"))
KEYS = {"fall", "nr", "stand", "berichtsstichtag", "projektjahr", "blätter", "angaben", "erwartet"}
NO_FIGURE = "keine Zahl"


def records(sheet: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One record for each row meant, with keys where the sheet has persons or volunteers."""
    found: list[dict[str, Any]] = []
    for row in rows:
        for _ in range(row.get("Zeilen", 1)):
            own = {k: v for k, v in row.items() if k != "Zeilen"}
            if sheet in ("Personen", "Ehrenamtliche"):
                own["Kennung"] = f"{sheet[0]}-{len(found) + 1:04d}"
            found.append(own)
    return found


def result_of(case: Mapping[str, Any]) -> Result:
    stand = case["stand"]
    workbook = builder.built(
        stichtag=case.get("berichtsstichtag", stand).isoformat(),
        tables={sheet: records(sheet, rows) for sheet, rows in case.get("blätter", {}).items()},
        entries={
            nr: (on.isoformat() if isinstance(on, date) else None, None if evidence == "-" else evidence)
            for nr, (on, evidence) in case.get("angaben", {}).items()
        },
    )
    return evaluate(workbook, None, builder.rules(), stand)


def answers(case: Mapping[str, Any]) -> tuple[list[Any], Mapping[Status, Word]]:
    """The entries of the result with that number, and the words for their statuses."""
    nr, found = case["nr"], result_of(case)
    if nr.startswith("Z"):
        years = {t.year: t for t in found.targets if t.nr == nr}
        return [years[case.get("projektjahr")]], TARGET_WORDS
    if nr.startswith("N"):
        return [e for e in found.evidence if e.nr == nr], EVIDENCE_WORDS
    milestones = [m for m in found.milestones if m.nr == nr]
    criteria = [c for m in found.milestones for c in m.criteria if c.nr == nr]
    return (milestones, MILESTONE_WORDS) if milestones else (criteria, CRITERION_WORDS)


def figure_is(one: Any, shown: Any) -> bool:
    if shown == NO_FIGURE:
        return one.value is None
    if isinstance(shown, int):
        return bool((one.count if hasattr(one, "count") else one.value) == shown)
    top, bottom = map(int, shown.split(" von "))
    if hasattr(one, "numerator"):
        return (one.numerator, one.denominator) == (top, bottom)
    return bool(one.value == Fraction(top, bottom))


@pytest.mark.parametrize("case", CASES, ids=[f"{c['nr']}: {c['fall']}" for c in CASES])
def test_case(case: dict[str, Any]) -> None:
    assert set(case) <= KEYS
    expected = case["erwartet"]
    assert set(expected) <= {"Status", "Ist", "erreicht am"}
    found, words = answers(case)
    status = expected["Status"] if isinstance(expected["Status"], list) else [expected["Status"]]
    assert [words[one.status].text for one in found] == status
    if "Ist" in expected:
        assert all(figure_is(one, expected["Ist"]) for one in found)
    if hasattr(found[0], "reached_on"):
        assert found[0].reached_on == expected.get("erreicht am")


def words_expected(numbers: str, *, letter: bool = False) -> set[str]:
    """The statuses expected of the numbers that begin so; ``letter``: of criteria."""
    shown = [
        c["erwartet"]["Status"]
        for c in CASES
        if c["nr"].startswith(numbers) and c["nr"][-1].isalpha() is letter
    ]
    return {word for one in shown for word in (one if isinstance(one, list) else [one])}


def test_each_status_that_a_submission_can_lead_to_has_a_case() -> None:
    def of(words: Mapping[Status, Word]) -> set[str]:
        return {w.text for s, w in words.items() if s not in (Status.NO_SUBMISSION, Status.INFO)}

    assert words_expected("Z") == of(TARGET_WORDS)
    assert words_expected("MS", letter=True) == of(CRITERION_WORDS)
    assert words_expected("MS") == of(MILESTONE_WORDS)
    assert words_expected("N") == of(EVIDENCE_WORDS)
