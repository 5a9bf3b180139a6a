"""Two results of one municipality: figures then and now, and statuses that are others. Worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

from pipeline.definitions.model import Status
from pipeline.definitions.results import Result
from pipeline.evaluate import evaluate
from pipeline.evaluate.changes import StatusChange, compare_results
from tests import builder

FIRST = {
    "Bestand": "Stichtag | Anzahl\n2026-01-31 | 4",
    "Personen": """
        Kennung | Zielgruppe | Aufenthaltspapier geprüft | Zugang am  | Angesprochen am | Bedarf erfasst am
        P-0001  | x          | ja                        | 2025-11-03 | 2025-12-01      | 2026-02-10
        P-0002  | x          | ja                        | 2025-11-03 | 2025-12-01      |
    """,
}
SECOND = {
    "Bestand": "Stichtag | Anzahl\n2026-01-31 | 4\n2026-08-31 | 5",
    "Personen": FIRST["Personen"].replace("2025-12-01      |\n", "2025-12-01      | 2026-09-01\n"),
    "Verwaltung": "Organisationseinheit | Vorgestellt am\nSozialamt | 2026-04-20",
}
EVIDENCE = "Nachweis-Nr. | Datum\nNW-001 | 2026-04-01"


def result(
    stichtag: str, tables: dict[str, str], entries: dict[str, tuple[str, str]] | None = None
) -> Result:
    workbook = builder.built(stichtag=stichtag, tables={**tables, "Nachweise": EVIDENCE}, entries=entries)
    return evaluate(workbook, None, builder.rules(), date.fromisoformat(stichtag))


def both() -> tuple[Result, Result]:
    attested = dict.fromkeys(("MS3.1b", "MS3.1c", "MS3.1d"), ("2026-04-10", "NW-001"))
    return result("2026-03-31", FIRST), result("2026-10-31", SECOND, attested)


def test_figures_then_and_now() -> None:
    """Recorded: 1 of 4, later 2 of 5. A project year that has just begun has no figure to compare with."""
    found = {(c.now.nr, c.now.year): c for c in compare_results(*both()).figures}
    recorded = found["Z1.2", None]
    assert recorded.before is not None
    assert (recorded.before.numerator, recorded.before.denominator, recorded.before.value) == (
        1,
        4,
        Fraction(1, 4),
    )
    assert (recorded.now.numerator, recorded.now.denominator, recorded.now.value) == (2, 5, Fraction(2, 5))
    assert found["Z1.4", "2025/26"].before is not None
    assert found["Z1.4", "2026/27"].before is None
    assert not [nr for nr, _ in found if nr.startswith("Z3") and nr != "Z3.7"], (
        "attested targets have no figure"
    )


def test_statuses_that_changed() -> None:
    """MS3.1 was due on 2026-04-30 and is reached on 2026-04-20; its four criteria are met since."""
    changed = [s for s in compare_results(*both()).statuses if s.nr.startswith("MS3.1")]
    assert changed == [
        StatusChange("milestone", "MS3.1", None, Status.AT_RISK, Status.REACHED),
        *(StatusChange("criterion", f"MS3.1{c}", None, Status.UNMET, Status.MET) for c in "abcd"),
    ]


def test_a_year_that_ended_is_missed() -> None:
    changed = [s for s in compare_results(*both()).statuses if s.kind == "target"]
    assert StatusChange("target", "Z1.4", "2025/26", Status.OPEN, Status.MISSED) in changed


def test_the_same_result_has_no_status_change() -> None:
    before, _ = both()
    same = compare_results(before, before)
    assert same.statuses == ()
    assert all(f.before == f.now for f in same.figures)


def test_a_figure_that_is_gone_is_shown_with_what_it_was() -> None:
    """Recorded: 1 of 4, later no stock is given at all."""
    before = result("2026-03-31", FIRST)
    now = result("2026-10-31", {"Personen": FIRST["Personen"]})
    (recorded,) = [c for c in compare_results(before, now).figures if c.now.nr == "Z1.2"]
    assert recorded.before is not None
    assert (recorded.before.value, recorded.now.value) == (Fraction(1, 4), None)


def test_a_milestone_that_is_new_is_no_change_and_hides_none() -> None:
    before, now = both()
    shorter = replace(before, milestones=before.milestones[1:])
    assert before.milestones[0].nr == "MS1.1"
    changed = compare_results(shorter, now).statuses
    assert not [s for s in changed if s.nr.startswith("MS1.1")]
    assert StatusChange("milestone", "MS3.1", None, Status.AT_RISK, Status.REACHED) in changed
