"""``kisi explain``: what it says about the demo, whose figures are worked out in tests/demo/test_demo.py."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipeline.audit.explain import UnknownQuestion, explain, find_municipality
from pipeline.cli import cli
from pipeline.definitions.shares import about_percent
from pipeline.evaluate.exclusion import NotCounted, not_counted
from pipeline.evaluate.provenance import Role, criterion_parts, target_parts
from pipeline.evaluate.records import SubmissionRecords
from pipeline.outcome import Outcome
from pipeline.rules import Attested
from pipeline.run import run
from tests import builder

RULES = builder.rules()
HANAU, HOMBURG, OBERURSEL, NAUHEIM = "06415000", "06434001", "06434008", "06440002"
BUEDINGEN, FRIEDBERG, KARBEN, NIDDA, LEAD = "06440004", "06440008", "06440012", "06440016", "00000000"
SEPTEMBER = date(2026, 9, 30)


@pytest.fixture(scope="module")
def outcome(demo_outcome: Outcome) -> Outcome:
    return demo_outcome


def text(outcome: Outcome, nr: str, ags: str) -> str:
    return "\n".join(explain(outcome, nr, ags))


def test_a_target_from_quotation_to_rows(outcome: Outcome) -> None:
    explanation = text(outcome, "Z1.2", BUEDINGEN)
    assert explanation.startswith("Z1.2 · Büdingen (06440004) · Stand 30.09.2026\n")
    for line in (
        "  „Erfassung der Bedarfe von mindestens 70% der Drittstaatsangehörigen“",
        "  Quelle: „Zielwert Projektmaßnahme 1:“, Projektmaßnahme 1 – Ankommensbegleitung",
        "  Büdingen: 2026-09-30/KISI_Buedingen.xlsx (angenommen), Berichtsstichtag 30.09.2026, Abgabe-Nr. 1",
        "    12 ÷ 50 = 24 %; Schwelle 70 %; es fehlen 23 Personen",  # 35 of 50 are wanted
        "      Zähler (12): Blatt Personen, Zeilen 5–9, 11–17",
        "      Nenner (50): Blatt Bestand, Zeile 6",
    ):
        assert f"\n{line}\n" in explanation + "\n"
    assert "A2: Woran werden die Anteile gemessen?" in explanation
    assert "○ offen" in explanation


def test_a_yearly_target_tells_each_year_begun(
    demo_outcomes: Mapping[date, Outcome], demo_inputs: Path
) -> None:
    explanation = text(demo_outcomes[SEPTEMBER], "Z1.4", BUEDINGEN)
    assert "Projektjahr 2025/26: ✓ erreicht" in explanation
    assert "2026/27" not in explanation
    later = text(run(demo_inputs, RULES, date(2026, 10, 1)), "Z1.4", BUEDINGEN)
    assert "Projektjahr 2026/27: ? nicht bewertbar" in later
    assert "Keine Zahl: Projektjahr hatte am Tag der Daten noch nicht begonnen." in later
    assert "Daten bis 30.09.2026" in later


def test_every_row_that_does_not_count_is_reported_with_the_reason(outcome: Outcome) -> None:
    """21 persons in Excel rows 5 to 25: 12 count, one has left, 7 have no Bedarf, one has no checked paper."""
    explanation = text(outcome, "Z1.2", BUEDINGEN)
    for line in (
        "Nicht gezählt (1), weil „Abgang am“ bis zum 30.09.2026 erreicht war: Blatt Personen, Zeile 10",
        "Nicht gezählt (7), weil „Bedarf erfasst am“ leer ist: Blatt Personen, Zeilen 18–24",
        "Nicht gezählt (1), weil „Aufenthaltspapier geprüft“ nicht „ja“ ist: Blatt Personen, Zeile 25",
    ):
        assert line in explanation


def test_counted_and_not_counted_are_all_rows(outcome: Outcome) -> None:
    """Of every municipality of the demo, for every figure that is counted in rows."""
    asked = 0
    for result in outcome.results:
        accepted = outcome.accepted(result.ags)
        if accepted is None:
            continue
        data = SubmissionRecords(accepted.workbook, RULES)
        for found in result.targets:
            requirement = next(t for t in RULES.targets if t.id == found.nr)
            parts = target_parts(data, requirement, found, RULES)
            year = next((y for y in RULES.years if y.label == found.year), None)
            if parts and not isinstance(requirement.decide, Attested):
                asked += 1
                left_out = not_counted(data, requirement, found.data_as_of or SEPTEMBER, year)
                _are_all(data, [p.rows for p in parts if p.role is Role.NUMERATOR], left_out, parts[0].sheet)
        for criterion_result in (c for m in result.milestones for c in m.criteria):
            criterion = next(c for c in RULES.criteria if c.id == criterion_result.nr)
            if criterion.by_lead or isinstance(criterion.decide, Attested):
                continue
            parts = criterion_parts(data, criterion, criterion_result, result.data_as_of or SEPTEMBER)
            counted = [p.rows for p in parts if p.role is Role.NUMERATOR and not p.reached]
            if counted:
                asked += 1
                left_out = not_counted(data, criterion, result.data_as_of or SEPTEMBER)
                _are_all(data, counted, left_out, parts[0].sheet)
    assert asked > 100


def _are_all(
    data: SubmissionRecords, counted: list[tuple[int, ...]], left_out: tuple[NotCounted, ...], sheet: str
) -> None:
    rows = [row for group in (*counted, *(one.rows for one in left_out)) for row in group]
    assert sorted(rows) == data.workbook.tables[sheet].rows


def test_the_project_is_the_sum_of_what_is_shown(outcome: Outcome) -> None:
    """49 + 15 + 12 + 2 of 200 + 60 + 50 + 10; four have no figure."""
    explanation = text(outcome, "Z1.2", "Projekt")
    assert "Summe 78 ÷ 320 = rund 24,38 %; 0 von 4 bewerteten Kommunen erreichen den Zielwert" in explanation
    assert f"Friedberg (Hessen) ({FRIEDBERG}): 2 ÷ 10, Daten bis 31.03.2026 – offen" in explanation
    assert f"Nicht in der Summe: Nidda ({NIDDA}): keine gültige Abgabe" in explanation
    explanation = text(outcome, "MS1.2", "projekt")
    assert f"✓ erreicht (2): Bad Homburg v. d. Höhe ({HOMBURG}), Büdingen ({BUEDINGEN})" in explanation
    with pytest.raises(UnknownQuestion, match=r"MS1\.2b wird für das Projekt nicht zusammengefasst"):
        explain(outcome, "MS1.2b", "Projekt")


def test_everything_of_the_project_can_be_explained(outcome: Outcome) -> None:
    for asked in (*RULES.targets, *RULES.milestones):
        assert "None" not in text(outcome, asked.id, "Projekt")


def test_a_criterion_that_was_reached_and_fell(outcome: Outcome) -> None:
    # 13 of 40 on 11 May; since then the stock is 50 and one person has left
    explanation = text(outcome, "MS1.2b", BUEDINGEN)
    for line in (
        "MS1.2b ✓ erfüllt, erreicht am 11.05.2026",
        "12 ÷ 50 = 24 %; Schwelle 25 %; es fehlt 1 Person",
        "Am 11.05.2026, dem ersten Tag, an dem es galt: 13 ÷ 40 = 32,5 %; Schwelle 25 %",
        "Zähler (13), am 11.05.2026: Blatt Personen, Zeilen 5–17",
        "Text und Zeitschiene weichen ab. Es gilt der Text: 30.06.2026",
        "MS1.2, fällig am 30.06.2026: ✓ erreicht",
    ):
        assert line in explanation


def test_a_criterion_just_missed(outcome: Outcome) -> None:
    # 49 of 200 = 24.5 %, 50 are wanted
    explanation = text(outcome, "MS1.2b", HANAU)
    assert "49 ÷ 200 = 24,5 %; Schwelle 25 %; es fehlt 1 Person" in explanation
    assert "MS1.2, fällig am 30.06.2026: ✗ überfällig" in explanation
    assert "Offen: MS1.2b; die Frist am 30.06.2026 war am Tag der Daten (30.09.2026) erreicht." in explanation


def test_a_milestone_lists_its_criteria_and_says_why(outcome: Outcome) -> None:
    explanation = text(outcome, "MS1.1", HOMBURG)
    assert "MS1.1, fällig am 31.03.2026: ◐ Nachweis fehlt" in explanation
    assert "Nicht belegt: MS1.1d." in explanation
    assert re.findall(r"^  (MS1\.1[a-z]) ", explanation, re.M) == [f"MS1.1{c}" for c in "abcd"]
    assert "Es fehlen Zeilen mit „Nachweis-Nr.“." in explanation
    assert "„Erfüllt am“ 15.01.2026; „Nachweis-Nr.“ NW-001" in explanation


def test_a_late_milestone(outcome: Outcome) -> None:
    assert "das letzte am 20.04.2026, nach der Frist." in text(outcome, "MS1.1", HANAU)


@pytest.mark.parametrize(
    ("as_of", "nr", "ags", "words"),
    [
        (SEPTEMBER, "MS3.2", BUEDINGEN, "bis zur Frist sind es 31 Tage, höchstens 60."),  # 31 October
        (SEPTEMBER, "MS1.3", BUEDINGEN, "bis zur Frist sind es 365 Tage."),
        (
            date(2026, 10, 30),
            "MS3.2",
            BUEDINGEN,
            "bis zur Frist ist es 1 Tag, höchstens 60.",
        ),  # 30 September 2027
        (SEPTEMBER, "MS4.1", BUEDINGEN, "Nicht festgelegt: Die Quelle nennt weder Kriterien noch Frist."),
        (date(2026, 6, 30), "MS1.2", FRIEDBERG, "die Daten enden am 31.03.2026 vor der Frist"),
    ],
)
def test_the_reason_of_a_milestone(
    demo_outcomes: Mapping[date, Outcome], demo_inputs: Path, as_of: date, nr: str, ags: str, words: str
) -> None:
    outcome = demo_outcomes[as_of] if as_of in demo_outcomes else run(demo_inputs, RULES, as_of)
    assert words in text(outcome, nr, ags)


def test_evidence_points(outcome: Outcome) -> None:
    assert "Nachweis (2): Blatt Nachweise, Zeilen 7–8" in text(outcome, "N1.2", BUEDINGEN)
    explanation = text(outcome, "N3.1", BUEDINGEN)
    assert "1. Frist 30.09.2026: ✓ vorgelegt" in explanation
    assert "2. Frist 30.09.2027: ○ offen" in explanation


def test_the_project_leads_criterion_names_both_files(outcome: Outcome) -> None:
    explanation = text(outcome, "MS2.1d", KARBEN)
    assert "Karben: 2026-09-30/KISI_Karben.xlsx" in explanation
    assert "Zeilen in 2026-09-30/KISI_Projektleitung.xlsx" in explanation


def test_the_project_leads_target_is_explained_whoever_is_asked(outcome: Outcome) -> None:
    assert text(outcome, "Z2.7", BUEDINGEN) == text(outcome, "Z2.7", LEAD)


def test_without_the_project_lead(outcome: Outcome, demo_inputs: Path, tmp_path: Path) -> None:
    folder = tmp_path / "eingang"
    shutil.copytree(demo_inputs, folder)
    (folder / "2026-09-30/KISI_Projektleitung.xlsx").unlink()
    explanation = text(run(folder, RULES, SEPTEMBER), "MS2.1d", KARBEN)
    assert "Keine Zahl: von der Projektleitung liegt keine gültige Abgabe vor." in explanation
    assert "Projektleitung: keine Abgabe" in explanation


def test_an_empty_sheet_is_the_reason(outcome: Outcome) -> None:
    assert "Keine Zahl: leer ohne Leermeldung: Blatt „Personen“." in text(outcome, "Z1.2", NAUHEIM)
    assert "Keine Zahl: leer ohne Leermeldung: Blatt „Personen“." in text(outcome, "MS1.1a", NAUHEIM)


def test_without_a_submission(outcome: Outcome) -> None:
    assert "Nidda: keine Abgabe; es gibt keine Zahl." in text(outcome, "Z1.2", NIDDA)
    explanation = text(outcome, "MS1.1", OBERURSEL)
    assert "2026-09-30/KISI_Oberursel.xlsx (zurückgewiesen)" in explanation
    assert "MS1.1, fällig am 31.03.2026: □ keine gültige Abgabe" in explanation


def test_a_substitute_is_named(outcome: Outcome) -> None:
    assert "2026-03-31/KISI_Friedberg.xlsx (angenommen, ersatzweise)" in text(outcome, "Z1.2", FRIEDBERG)


def test_a_former_ags_is_understood(outcome: Outcome) -> None:
    assert text(outcome, "MS1.1", "06435014") == text(outcome, "MS1.1", HANAU)
    assert "Hanau (06415000, früher 06435014)" in text(outcome, "MS1.1", HANAU)


def test_everything_can_be_explained_and_names_no_person(demo_outcomes: Mapping[date, Outcome]) -> None:
    every = (*RULES.targets, *RULES.criteria, *RULES.milestones, *RULES.evidence)
    for outcome in demo_outcomes.values():
        for ags in (m.ags for m in RULES.roster):
            for asked in every:
                explanation = text(outcome, asked.id, ags)
                assert not re.search(r"\b[PEB]-\d", explanation)
                assert "None" not in explanation


@pytest.mark.parametrize(
    ("nr", "ags", "words"),
    [
        ("Z9.9", BUEDINGEN, "Die Nummer „Z9.9“ gibt es im Regelwerk nicht."),
        ("Z1.2", "99999999", "Der AGS „99999999“ steht nicht auf der Liste"),
        ("Z1.2", LEAD, "Z1.2 wird je Kommune bewertet."),
        ("MS2.1d", LEAD, "MS2.1d wird je Kommune bewertet."),
    ],
)
def test_unknown_numbers_and_municipalities(outcome: Outcome, nr: str, ags: str, words: str) -> None:
    with pytest.raises(UnknownQuestion, match=re.escape(words)):
        explain(outcome, nr, ags)


@pytest.mark.parametrize(
    ("who", "ags"),
    [
        ("Büdingen", BUEDINGEN), (" büdingen ", BUEDINGEN), ("Buedingen", BUEDINGEN), ("Bu\u0308dingen", BUEDINGEN),
        ("6440004", BUEDINGEN), ("06435014", HANAU), ("6435014", HANAU), ("Bad Homburg", "06434001"),
        ("Oberursel (Taunus)", "06434008"), ("oberursel", "06434008"), ("projektleitung", LEAD), (LEAD, LEAD),
    ],
)  # fmt: skip
def test_a_municipality_goes_by_name_and_by_each_of_its_keys(who: str, ags: str) -> None:
    assert find_municipality(RULES, who).ags == ags


@pytest.mark.parametrize(
    ("who", "words"),
    [
        ("Büdigen", "„Büdigen“ steht nicht auf der Liste der Kommunen (kommunen.csv). Meinten Sie „Büdingen (06440004)“?"),
        ("06440005", "Meinten Sie „Friedberg (Hessen) (06440008)“ oder „Büdingen (06440004)“"),
        ("Bad", "„Bad“ kann mehrere Kommunen meinen: „Bad Homburg v. d. Höhe (06434001)“ oder „Bad Nauheim (06440002)“. Nennen Sie den AGS."),
        ("Xanten", "„Xanten“ steht nicht auf der Liste der Kommunen (kommunen.csv)."),
        ("", "„“ steht nicht auf der Liste"),
        ("0", "Der AGS „0“ steht nicht auf der Liste"),
    ],
)  # fmt: skip
def test_who_may_be_meant(who: str, words: str) -> None:
    with pytest.raises(UnknownQuestion) as error:
        find_municipality(RULES, who)
    assert words in str(error.value)
    assert ("Meinten" in str(error.value)) == ("Meinten" in words)


def test_two_of_one_name_are_reported_apart_by_their_keys() -> None:
    twin = replace(RULES.by_ags[BUEDINGEN], ags="06999001")
    with pytest.raises(UnknownQuestion, match=r"06440004.*06999001"):
        find_municipality(replace(RULES, roster=(*RULES.roster, twin)), "Büdingen")


@pytest.mark.parametrize(
    ("share", "words"),
    [("7/10", "70 %"), ("2/3", "rund 66,67 %"), ("1/8", "12,5 %"), ("69999/100000", "rund 70,00 %")],
)
def test_shares_in_words(share: str, words: str) -> None:
    assert about_percent(Fraction(share)) == words


# --- the command --------------------------------------------------------------------------------------


def call(*words: str) -> Result:
    return CliRunner().invoke(cli, ["explain", *words, "--rules", str(builder.ROOT / "rules")])


def test_the_command(demo_inputs: Path) -> None:
    done = call("z1.2", "--commune", BUEDINGEN, str(demo_inputs), "--as-of", "2026-09-30")
    assert done.exit_code == 0
    assert "12 ÷ 50 = 24 %" in done.stdout


@pytest.mark.parametrize(("nr", "ags"), [("Z9.9", BUEDINGEN), ("Z1.2", "99999999"), ("Z1.2", LEAD)])
def test_one_german_message_and_exit_code_2(demo_inputs: Path, nr: str, ags: str) -> None:
    done = call(nr, "--commune", ags, str(demo_inputs))
    assert done.exit_code == 2
    assert done.stdout == ""
    assert [line for line in done.stderr.splitlines() if line.startswith("Fehler: ")] != []
    assert "Traceback" not in done.stderr
