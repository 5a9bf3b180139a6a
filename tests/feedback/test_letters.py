"""What letters say beyond the findings: the round, the due day, the next number, what the report calls overdue.

The valid workbook is of 2026-06-30 (due 2026-07-31). On that day MS1.2, MS2.1 and MS3.1 are due and not
reached (MS1.1 was, late); MS3.2 is due 2026-10-31, MS2.2 2026-11-30.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from pipeline.definitions.model import Status
from pipeline.definitions.words import MILESTONE_WORDS
from pipeline.feedback.advice import advise
from pipeline.feedback.task import LetterContext
from pipeline.outcome import Outcome
from pipeline.report.feedback_files import FEEDBACK_FOLDER
from pipeline.report.write import write_report
from pipeline.rules import Contact, Rules, Withdrawal
from pipeline.run import check, run
from pipeline.submissions import receive
from tests import builder
from tests.test_submissions import LATER, WRONG, early, lay, sent

AS_OF = date(2026, 6, 30)
SIGNED_EARLY: dict[str, Any] = {"Stammdaten_B12": "2026-06-01"}  # before the Stichtag: P43, a Warnung
Files = dict[str, bytes]


def letters(folder: Path, files: Files, rules: Rules | None = None, as_of: date = AS_OF) -> dict[str, str]:
    """Name of each workbook that gets a letter → the letter."""
    return written(folder, files, rules, as_of)[1]


def written(
    folder: Path, files: Files, rules: Rules | None = None, as_of: date = AS_OF
) -> tuple[Outcome, dict[str, str]]:
    outcome = run(lay(folder / "eingang", files), rules or builder.rules(), as_of)
    target = write_report(outcome, folder / "aus", with_rows=False) / FEEDBACK_FOLDER
    found = sorted(target.rglob("*.txt")) if target.exists() else []
    return outcome, {
        p.relative_to(target).as_posix().removesuffix(".txt"): p.read_text("utf-8") for p in found
    }


def test_letters_go_to_the_round_and_to_open_rejections(tmp_path: Path) -> None:
    files = {
        "a.xlsx": sent(number=2),
        "alt.xlsx": early(),
        "doppelt.xlsx": sent(number=2),
        "erledigt.xlsx": sent(number=1, **WRONG),
        "ersetzt.xlsx": sent(number=1),
        "hanau.xlsx": sent("2026-03-31", ags="06415000", **WRONG),
        "karben.xlsx": sent("2026-06-30", ags="06440012"),
        "spaeter.xlsx": sent(LATER),
    }
    key = {"ags": "06440012", "stichtag": AS_OF, "abgabe_nr": 1}
    words = {"reason": "Falsche Mappe", "by": "Projektleitung", "date": date(2026, 7, 3)}
    rules = replace(builder.rules(), withdrawals=(Withdrawal(**key, **words),))
    assert list(letters(tmp_path, files, rules)) == ["a.xlsx", "doppelt.xlsx", "ersetzt.xlsx", "hanau.xlsx"]


def test_an_accepted_one_hears_what_the_report_calls_overdue(tmp_path: Path) -> None:
    outcome, found = written(tmp_path, {"a.xlsx": sent(), "lead.xlsx": builder.lead_valid()})
    letter = found["a.xlsx"]
    result = next(r for r in outcome.results if r.ags == builder.AGS)
    overdue = [m.nr for m in result.milestones if m.status is Status.OVERDUE]
    assert overdue == ["MS1.2", "MS2.1", "MS3.1"]
    assert "Sie müssen nichts tun" not in letter
    assert "Kümmern Sie sich um MS2.1, MS3.1, MS1.2: " in letter
    assert (
        "Ihre Abgabe ist angenommen. Sie zählt für die Runde zum 30.06.2026 (Abgabe bis 31.07.2026)."
        in letter
    )
    assert "Noch nicht erreicht (Stand im Bericht zum 30.06.2026):" in letter
    items = [line for line in letter.splitlines() if line.startswith("- bis ")]
    assert {line.split(": ")[1].split()[0][:5] for line in items if "überfällig" in line} == set(overdue)
    assert all("(offen" in line for line in items if "MS3.2" in line)
    assert "MS2.2" not in letter


@pytest.mark.parametrize(("as_of", "word"), [("2026-08-31", "offen"), ("2026-09-01", "gefährdet")])
def test_at_risk_begins_60_days_before(tmp_path: Path, as_of: str, word: str) -> None:
    """MS3.2 is due 2026-10-31: 61 days from 2026-08-31, 60 from 2026-09-01."""
    letter = letters(tmp_path, {"a.xlsx": sent()}, as_of=date.fromisoformat(as_of))["a.xlsx"]
    (line, *_) = [x for x in letter.splitlines() if ": MS3.2" in x]
    assert f"({word})" in line


def test_a_rejected_one_hears_due_day_number_and_what_stands_in_the_report(tmp_path: Path) -> None:
    outcome, found = written(
        tmp_path,
        {"alt.xlsx": early(), "neu.xlsx": sent(number=3, **WRONG), "x.xlsx": sent(number=7, **WRONG)},
    )
    letter = found["neu.xlsx"]
    assert "Ihre Abgabe ist zurückgewiesen." in letter
    assert "Sie zählt für keine Runde. In der Runde zum" in letter
    assert "In der Runde zum 30.06.2026 steht Ihre Stelle als „zurückgewiesen“." in letter
    assert "Im Bericht zählt Ihre gültige Abgabe zum Stichtag 31.03.2026." in letter
    assert "die Abgabe-Nr. auf 8, damit" in letter
    assert "bis 31.07.2026, dem Abgabetermin zum Stichtag 30.06.2026." in letter
    result = next(r for r in outcome.results if r.ags == builder.AGS)
    for milestone in result.milestones:
        shown = [x for x in letter.splitlines() if x.startswith("- bis ") and f": {milestone.nr}" in x]
        assert all(MILESTONE_WORDS[milestone.status].text in line for line in shown)
    assert any("überfällig" in line for line in letter.splitlines())


def test_one_without_any_valid_submission_hears_that(tmp_path: Path) -> None:
    letter = letters(tmp_path, {"a.xlsx": sent(**WRONG)})["a.xlsx"]
    assert "Im Bericht steht von Ihnen keine gültige Abgabe." in letter
    assert "- bis 31.03.2026: MS1.1 " in letter
    assert "(keine gültige Abgabe)" in letter


@pytest.mark.parametrize(("as_of", "listed"), [("2026-06-29", []), ("2026-09-30", [True])])
def test_evidence_of_one_without_any_valid_submission_is_listed(
    tmp_path: Path, as_of: str, listed: list[bool]
) -> None:
    """N3.1 is due on 2026-09-30; after 2026-06-29 comes MS1.2 first, on the next day."""
    file = sent("2026-03-31" if as_of == "2026-06-29" else "2026-09-30", **WRONG)
    letter = letters(tmp_path, {"a.xlsx": file}, as_of=date.fromisoformat(as_of))["a.xlsx"]
    lines = [x for x in letter.splitlines() if x.startswith("- bis 30.09.2026: N3.1 ")]
    assert [x.endswith("(keine gültige Abgabe)") for x in lines] == listed


def test_a_due_day_that_has_passed_is_reported_as_passed(tmp_path: Path) -> None:
    letter = letters(tmp_path, {"a.xlsx": sent("2026-03-31", **WRONG)})["a.xlsx"]
    assert "Abgabetermin zum Stichtag 31.03.2026 war der 30.04.2026: Bitte so bald wie möglich." in letter


def test_a_conflict_asks_the_likely_questions(tmp_path: Path) -> None:
    found = letters(tmp_path, {"a.xlsx": sent(), "b.xlsx": sent(Bestand_B7=51)})
    for letter in found.values():
        assert "Berichtsstichtag oder Abgabe-Nr. wurde nicht geändert?" in letter
        assert "Haben zwei Personen je eine Kopie der Mappe ausgefüllt?" in letter
        assert "kisi merge" in letter
        assert "die Abgabe-Nr. auf 2, damit" in letter
    assert list(found) == ["a.xlsx", "b.xlsx"]


@pytest.mark.parametrize("state", ["duplicate", "superseded"])
def test_what_is_overtaken_names_no_number(tmp_path: Path, state: str) -> None:
    other = sent() if state == "duplicate" else sent(number=2)
    name = "b.xlsx" if state == "duplicate" else "a.xlsx"
    letter = letters(tmp_path, {"a.xlsx": sent(), "b.xlsx": other})[name]
    why = {
        "duplicate": "Ihre Datei enthält dasselbe wie eine andere, die schon vorliegt.",
        "superseded": "Ihre Abgabe ist durch eine spätere zu demselben Stichtag ersetzt.",
    }
    assert f"\n{why[state]} Sie zählt für keine Runde.\n" in letter
    assert "Zu dieser Datei müssen Sie nichts tun." in letter
    assert "Erhöhen" not in letter
    assert "Noch nicht erreicht" not in letter


def test_a_copy_with_nothing_to_do_asks_for_no_answer(tmp_path: Path) -> None:
    """Its warning is shown; who answers it in the newer one answers it there."""
    letters(tmp_path, {"a.xlsx": sent(**SIGNED_EARLY), "b.xlsx": sent(number=2, **SIGNED_EARLY)})
    copies = [next((tmp_path / "aus").rglob(f"rueckmeldung/{name}")) for name in ("a.xlsx", "b.xlsx")]
    overtaken, accepted = (
        [c.value for row in load_workbook(copy).worksheets[0].iter_rows() for c in row] for copy in copies
    )
    assert "Warnung" in overtaken
    assert not any("führen Sie diese Mappe fort" in str(text) for text in overtaken)
    assert any("führen Sie diese Mappe fort" in str(text) for text in accepted)


def test_an_earlier_one_counts_for_its_own_round(tmp_path: Path) -> None:
    """As ``kisi check`` says it, without a report."""
    rules = builder.rules()
    files = lay(tmp_path, {"a.xlsx": early(), "b.xlsx": sent()})
    found = check(receive(files).files, rules)
    result = advise(found[0], rules, LetterContext()).result
    assert result == (
        "Ihre Abgabe gilt für einen früheren Stichtag; inzwischen gilt Ihre spätere.",
        "Sie zählt für die Runde zum 31.03.2026 (Abgabe bis 30.04.2026).",
    )


def test_a_stichtag_between_the_planned_ones_is_reported(tmp_path: Path) -> None:
    letter = letters(tmp_path, {"a.xlsx": sent("2026-07-31")}, as_of=date(2026, 8, 15))["a.xlsx"]
    assert (
        "Sie zählt für die Runde zum 30.06.2026 (Abgabe bis 31.07.2026). Der Stichtag 31.07.2026 steht nicht im Berichtsplan."
        in letter
    )


def test_whom_to_ask_stands_in_the_project_file(tmp_path: Path) -> None:
    contact: dict[str, Any] = {
        "name": "Frau Muster",
        "e_mail": "kisi@example.org",
        "phone": "0611 1",
        "signature": ("HMSI", "Referat 3"),
    }
    rules = builder.rules()
    project = rules.project.model_copy(update={"contact": Contact(**contact)})
    letter = letters(tmp_path, {"a.xlsx": sent()}, replace(rules, project=project))["a.xlsx"]
    assert letter.endswith(
        "Fragen beantwortet: Frau Muster, kisi@example.org, Telefon 0611 1.\n\nMit freundlichen Grüßen\nHMSI\nReferat 3\n"
    )


# --- the report of an earlier quarter -------------------------------------------------------------------


def test_a_report_keeps_its_bytes_when_the_next_quarter_arrives(tmp_path: Path) -> None:
    """Report workbook, overview page, letters and copies; ergebnis.json and the manifest name the new files."""
    first = {
        "a.xlsx": sent(),
        "b/hanau.xlsx": sent(ags="06415000", **WRONG),
        "lead.xlsx": builder.lead_valid(),
    }
    later = {
        "0.xlsx": sent(LATER),
        "b/hanau_2.xlsx": sent(LATER, ags="06415000"),
        "c.xlsx": sent(LATER, 2, **WRONG),
        "karben.xlsx": sent(LATER, ags="06440012"),
        "karben_kopie.xlsx": sent(LATER, ags="06440012", Bestand_B7=51),
        "~$karben.xlsx": b"lock",
    }

    def contents(files: Files) -> dict[str, bytes]:
        outcome = run(lay(tmp_path / "eingang", files), builder.rules(), AS_OF)
        target = write_report(outcome, tmp_path / "aus", with_rows=False)
        found = {p.relative_to(target).as_posix(): p.read_bytes() for p in target.rglob("*") if p.is_file()}
        return {n: b for n, b in found.items() if n not in ("ergebnis.json", "manifest.json")}

    before = contents(first)
    assert "rueckmeldung/b/hanau.xlsx.txt" in before
    after = contents(later)
    assert after.keys() == before.keys()
    assert [name for name in before if before[name] != after[name]] == []
