"""Values with a history: the as-of date decides, wording follows, mistakes are refused with file and line."""

from __future__ import annotations

import io
import pickle
from datetime import date
from fractions import Fraction
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from pipeline.cli import cli
from pipeline.evaluate import evaluate
from pipeline.report.summary import summary_bytes
from pipeline.rules import Rules
from pipeline.rules.loading.load import load_rules
from pipeline.rules.loading.yaml_lines import RulesError
from pipeline.rules.wording.history import requirement_text
from pipeline.run import run
from tests import builder
from tests.report.conftest import fill, form_of, persons
from tests.rule_edits import edit

M1, P = "massnahme_1.yaml", "projekt.yaml"
BEFORE, CHANGE = date(2026, 12, 31), date(2027, 1, 1)
HISTORY = """at_least:
        "2025-10-01": {value: "70 %", reason: "Wortlaut der Quelle", reference: "Foliensatz"}
        2027-01-01:
          value: "65 %"
          reason: "Absenkung"
          reference: "Erlass vom 15.12.2026"
"""


def with_history(rules_folder: Path, history: str = HISTORY) -> Rules:
    """Z1.2 with two values; the line of ``at_least`` stands as it stood."""
    edit(rules_folder, M1, 'at_least: "70 %"\n', history)
    return load_rules(rules_folder)


def threshold(rules: Rules, nr: str = "Z1.2") -> object:
    return next(t.decide.minimum for t in (*rules.targets, *rules.criteria) if t.id == nr)


def test_the_day_decides(rules_folder: Path) -> None:
    rules = with_history(rules_folder)
    assert threshold(rules) == Fraction(7, 10)
    assert threshold(rules.at(BEFORE)) == Fraction(7, 10)
    assert threshold(rules.at(CHANGE)) == Fraction(13, 20)
    assert threshold(rules.at(CHANGE).at(BEFORE)) == Fraction(7, 10)
    assert threshold(rules.at(CHANGE), "MS1.4a") == Fraction(7, 10), "a value of its own"
    assert rules.at(CHANGE).sha256 == rules.sha256
    assert threshold(pickle.loads(pickle.dumps(rules)).at(CHANGE)) == Fraction(13, 20)  # noqa: S301


def test_rules_without_a_history_are_the_same_on_every_day() -> None:
    rules = builder.rules()
    assert rules.at(CHANGE) is rules


@pytest.mark.parametrize(("as_of", "status"), [(BEFORE, "open"), (CHANGE, "met")])
def test_a_target_is_judged_by_the_value_of_the_as_of_date(
    rules_folder: Path, as_of: date, status: str
) -> None:
    """13 of 20 are 65 %: not 70, but 65."""
    paper = {"Aufenthaltspapier geprüft": "ja", "Zugang am": date(2026, 1, 5)}
    rows = [{"Kennung": f"P-{i:04d}", **paper, "Bedarf erfasst am": date(2026, 2, 1)} for i in range(13)]
    tables = {"Bestand": [{"Stichtag": date(2026, 1, 1), "Anzahl": 20}], "Personen": rows}
    workbook = builder.built(stichtag="2026-12-31", tables=tables)
    result = evaluate(workbook, None, with_history(rules_folder), as_of)
    (found,) = [t for t in result.targets if t.nr == "Z1.2"]
    assert (found.numerator, found.denominator, found.status) == (13, 20, status)


def test_a_number_a_deadline_and_parameters(rules_folder: Path) -> None:
    for file, old, field, first, later in (
        (M1, "at_least: 30\n", "at_least", 30, 20),
        (M1, "months: 9\n", "months", 9, 12),
        (M1, 'quarter: "2026-Q3"\n', "quarter", '"2026-Q3"', '"2026-Q4"'),
        (P, "at_risk_days: 60 ", "at_risk_days", 60, 30),
        (P, "deadline_basis: months ", "deadline_basis", "months", "quarter"),
        (P, "year_basis: project_year ", "year_basis", "project_year", "calendar_year"),
    ):
        entries = (
            f'"{day}": {{value: {v}, reason: "G", reference: "F"}}'
            for day, v in (("2025-10-01", first), ("2027-01-01", later))
        )
        edit(rules_folder, file, old, f"{field}: {{{', '.join(entries)}}}\n")
    rules = load_rules(rules_folder)
    then, now = rules.at(BEFORE), rules.at(CHANGE)
    due = {
        m.id: (then.due(m), now.due(next(n for n in now.milestones if n.id == m.id))) for m in then.milestones
    }
    assert (threshold(then, "Z1.4"), threshold(now, "Z1.4")) == (30, 20)
    assert due["MS1.2"] == (date(2026, 6, 30), date(2026, 12, 31))
    assert due["MS2.4"] == (date(2028, 9, 30), date(2028, 6, 30))
    assert (then.project.parameters.at_risk_days, now.project.parameters.at_risk_days) == (60, 30)
    assert (then.years[0].label, now.years[0].label) == ("2025/26", "2025")


def test_wording_follows_and_the_quotation_stays(rules_folder: Path) -> None:
    rules = with_history(rules_folder).at(CHANGE)
    target = next(t for t in rules.targets if t.id == "Z1.2")
    text = "Erfassung der Bedarfe von mindestens 70% der Drittstaatsangehörigen"
    assert target.text == text
    assert requirement_text(target, rules) == f"{text} (geändert zum 01.01.2027: 65 % statt 70 %)"
    assert requirement_text(target, rules.at(BEFORE)) == text


def test_the_report_says_what_changed(rules_folder: Path, tmp_path: Path) -> None:
    rules = with_history(rules_folder)
    stock = [{"Stichtag": date(2026, 1, 31), "Anzahl": 20, "Quelle": "Meldebehörde"}]
    tables = {"Bestand": stock, "Personen": persons(13, 13, date(2026, 2, 10))}
    form = form_of("06415000", "Hanau", date(2027, 3, 31))
    fill(tmp_path / "eingang" / "a.xlsx", rules.kinds["kommune"], rules, form, tables)
    book = openpyxl.load_workbook(
        io.BytesIO(summary_bytes(run(tmp_path / "eingang", rules, date(2027, 3, 31))))
    )
    (rule,) = [r for r in book["Regelwerk"].iter_rows(values_only=True) if r[0] == "Z1.2"]
    assert rule[2] == "Erfassung der Bedarfe von mindestens 70% der Drittstaatsangehörigen"
    assert "mindestens 65 %, verglichen" in str(rule[4])
    assert str(rule[5]).splitlines() == [
        "Schwelle: 65 %",
        "ab 01.10.2025: Schwelle 70 % (Wortlaut der Quelle; Foliensatz)",
        "ab 01.01.2027: Schwelle 65 % (Absenkung; Erlass vom 15.12.2026)",
    ]
    (measure,) = [r for r in book["Maßnahme 1"].iter_rows(values_only=True) if r[0] == "Z1.2"]
    assert measure[1].endswith("(geändert zum 01.01.2027: 65 % statt 70 %)")
    assert measure[5] == "mindestens 65 %"


def test_the_command_lists_the_history(rules_folder: Path) -> None:
    with_history(rules_folder)
    output = CliRunner().invoke(cli, ["rules", "--rules", str(rules_folder)]).output
    assert "  Z1.2 ab 01.01.2027: Schwelle 65 % (Absenkung; Erlass vom 15.12.2026)\n" in output


# --- mistakes: what stands in place of the two values, the words of the line, the message --------------------

ONE = '{value: "70 %", reason: "G", reference: "F"}'
MISTAKES = {
    "nothing": ("{}", "at_least: {}", "„at_least“ ist leer."),
    "no day": (f"{{ab 2025: {ONE}}}", "ab 2025", "ab 2025 ist kein Tag der Form „2027-01-01“"),
    "a day that does not exist": (f'{{"2025-02-30": {ONE}}}', "2025-02-30", "2025-02-30 ist kein Tag"),
    "after the start": (f'{{"2025-10-02": {ONE}}}', "2025-10-02", "vom Projektbeginn an gelten (01.10.2025)"),
    "descending": (
        f'\n        "2025-10-01": {ONE}\n        "2027-01-01": {ONE}\n        "2026-01-01": {ONE}',
        '"2026-01-01"',
        "Die Tage müssen aufsteigen; 01.01.2026 steht nach 01.01.2027.",
    ),
    "twice": (
        f'\n        "2025-10-01": {ONE}\n        2025-10-01: {ONE}',
        "        2025-10-01",
        "Schlüssel „2025-10-01“ steht doppelt.",
    ),
    "no reason": (
        '\n        "2025-10-01": {value: "70 %", reference: "F"}',
        'reference: "F"',
        "Schlüssel „reason“ fehlt.",
    ),
    "an unknown key": (
        '\n        "2025-10-01": {value: "70 %", reason: "G", reference: "F", wer: "X"}',
        "wer:",
        "Schlüssel „wer“ ist unbekannt.",
    ),
    "a value alone": (
        '\n        "2025-10-01": "70 %"',
        '"2025-10-01"',
        "muss Schlüssel und Werte enthalten.",
    ),
    "a later value of another type": (
        f'\n        "2025-10-01": {ONE}\n        "2027-01-01": {{value: 65, reason: "G", reference: "F"}}',
        "value: 65",
        "ein Anteil in Anführungszeichen wird erwartet",
    ),
}


@pytest.mark.parametrize(("value", "mark", "words"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_refused_with_file_and_line(
    rules_folder: Path, value: str, mark: str, words: str
) -> None:
    with pytest.raises(RulesError) as caught:
        with_history(rules_folder, f"at_least: {value}\n")
    lines = (rules_folder / M1).read_text(encoding="utf-8").splitlines()
    (problem,) = caught.value.problems
    assert (problem.file, problem.line) == (M1, next(n for n, text in enumerate(lines, 1) if mark in text))
    assert words in problem.text


def test_a_deadline_that_overtakes_another_later_is_refused(rules_folder: Path) -> None:
    """From 2027 on MS1.1 would be due after MS1.2."""
    day = '{"2025-10-01": {value: 6, reason: "G", reference: "F"}, "2027-01-01": {value: 12, reason: "G", reference: "F"}}'
    edit(rules_folder, M1, "months: 6\n", f"months: {day}\n")
    with pytest.raises(RulesError) as caught:
        load_rules(rules_folder)
    assert [p.text for p in caught.value.problems] == [
        "MS1.2 ist vor MS1.1 fällig; die Fristen eines Meilensteins folgen aufeinander."
    ]


@pytest.mark.parametrize(
    "name", ["earliest_date: 1950-01-01 ", "rounding_base: 3 ", "stock_max_age_months: 12 "]
)
def test_other_values_have_no_history(rules_folder: Path, name: str) -> None:
    key, value = name.split(": ")
    edit(rules_folder, P, name, f'{key}: {{"2025-10-01": {{value: {value}, reason: "G", reference: "F"}}}} ')
    with pytest.raises(RulesError) as caught:
        load_rules(rules_folder)
    assert [p.file for p in caught.value.problems] == [P]
