"""Rule files: mistakes are refused with file and line."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from pipeline.definitions.sheets import TEMPLATE_VERSION
from pipeline.rules.loading.load import load_rules
from pipeline.rules.loading.roster import load_roster
from pipeline.rules.loading.yaml_lines import RulesError
from tests import builder
from tests.rule_edits import edit


def line_of(rules_folder: Path, file: str, mark: str) -> int:
    """Line of the last line that holds ``mark``."""
    lines = (rules_folder / file).read_text(encoding="utf-8").splitlines()
    return max(number for number, line in enumerate(lines, start=1) if mark in line)


def problems(rules_folder: Path) -> list[tuple[str, int, str]]:
    with pytest.raises(RulesError) as caught:
        load_rules(rules_folder)
    return [(p.file, p.line, p.text) for p in caught.value.problems]


# --- mistakes -----------------------------------------------------------------------------------------

P, M1, M2, M3, M4 = "projekt.yaml", *(f"massnahme_{i}.yaml" for i in range(1, 5))
PLAN, TAKEN_BACK = "berichtsplan.yaml", "ruecknahmen.yaml"
# name: (file, what stands there, what is written instead, a text on the refused line, words of the message)
MISTAKES: dict[str, tuple[str, str, str, str, str]] = {
    "unknown key": (P, 'fund: "AMIF"', 'fund: "AMIF"\ncolour: "blau"', "colour", "„colour“ ist unbekannt"),
    "unknown key deep inside": (M1, "      kind: count\n", "      kind: count\n      at_lest: 30\n", "at_lest", "„at_lest“ ist unbekannt"),
    "duplicate key": (P, 'fund: "AMIF"', 'fund: "AMIF"\nfund: "ESF"', 'fund: "ESF"', "„fund“ steht doppelt"),
    "duplicate key deep inside": (M1, 'id: "Z1.1"', 'id: "Z1.1"\n    id: "Z1.1"  # again', "# again", "„id“ steht doppelt"),
    "missing key": (M1, '    text: "Ansprache aller', '    # text: "Ansprache aller', 'id: "Z1.1"', "„text“ fehlt"),
    "text for a number": (P, "at_risk_days: 60", 'at_risk_days: "60"', "at_risk_days", "ganze Zahl"),
    "number for a text": (P, 'short_title: "KISI"', "short_title: 5", "short_title", "muss ein Text sein"),
    "text for a date": (P, "start: 2025-10-01", 'start: "2025-10-01"', "start:", "Datum der Form"),
    "number for a list": (M3, "months: [12, 24, 36]", "months: 12", "months: 12", "muss eine Liste sein"),
    "unknown word": (P, "deadline_basis: months", "deadline_basis: weeks", "deadline_basis: weeks", "nicht erlaubt"),
    "negative days": (P, "at_risk_days: 60", "at_risk_days: -1", "at_risk_days", "mindestens 0"),
    "end before start": (P, "end: 2028-09-30", "end: 2025-09-30", "end:", "nach dem Projektbeginn"),
    "percent as a number": (M1, 'at_least: "70 %"', "at_least: 70", "at_least: 70", "Anteil"),
    "percent with two spaces": (M1, 'at_least: "70 %"', 'at_least: "70  %"', 'at_least: "70  %"', "Anteil"),
    "percent above 100": (M1, 'at_least: "70 %"', 'at_least: "101 %"', '"101 %"', "höchstens 100 %"),
    "percent of 0": (M1, 'at_least: "70 %"', 'at_least: "0 %"', '"0 %"', "über 0 %"),
    "count of 0": (M1, "at_least: 30", "at_least: 0", "at_least: 0", "mindestens 1"),
    "unknown kind": (M2, "decide: {kind: attested}", "decide: {kind: promised}", "promised", "„kind“ ist hier nicht erlaubt"),
    "kind of a target for a criterion": (M3, 'decide: {kind: every, sheet: "Verwaltung", date: "Vorgestellt am"}', 'decide: {kind: info, rows: {sheet: "Verwaltung", dates: ["Vorgestellt am"]}}', "kind: info", "„kind“ ist hier nicht erlaubt"),
    "dangling sheet": (M1, 'sheet: "Kontakte"', 'sheet: "Kontakt"', '"Kontakt"', "Blatt „Kontakt“ gibt es"),
    "dangling column": (M1, 'sheet: "Kontakte", dates: ["Datum"]', 'sheet: "Kontakte", dates: ["Tag"]', '["Tag"]', "Spalte „Tag“ gibt es im Blatt „Kontakte“ nicht"),
    "column that is no date": (M1, 'sheet: "Kontakte", dates: ["Datum"]', 'sheet: "Kontakte", dates: ["Anlass"]', '["Anlass"]', "nicht vom Typ Datum"),
    "column that is no number": (M1, 'latest: "Anzahl"', 'latest: "Quelle"', 'latest: "Quelle"', "nicht vom Typ Ganze Zahl"),
    "dangling condition": (M1, 'where: {"Art": "Austauschformat', 'where: {"Sorte": "Austauschformat', '"Sorte"', "Spalte „Sorte“"),
    "dangling choice": (M1, '"Austauschformat Integrationsguides"', '"Austausch"', '"Austausch"}', "„Austausch“ ist keine Auswahl"),
    "dangling choice of several": (M4, '"Dialogforum", "Politische', '["Dialogforum", "Forum"], "Politische', '"Forum"', "„Forum“ ist keine Auswahl"),
    "dangling until": (M2, 'until: "Ausgeschieden am"', 'until: "Weg am"', '"Weg am"', "Spalte „Weg am“"),
    "dangling link": (M2, 'dated_sheet: "Schulungen"', 'dated_sheet: "Kurse"', '"Kurse"', "Blatt „Kurse“"),
    "dangling every": (M3, 'date: "Vernetzt am"', 'date: "Verknüpft am"', "Verknüpft am", "Spalte „Verknüpft am“"),
    "sheet of the other workbook": (M1, 'id: "Z1.4"', 'id: "Z1.4"\n    reported_by: projektleitung', 'sheet: "Kontakte"', "Blatt „Kontakte“ gibt es in dieser Arbeitsmappe nicht"),
    "duplicate id": (M1, 'id: "Z1.2"', 'id: "Z1.1"  # again', "# again", "„Z1.1“ ist doppelt vergeben"),
    "duplicate criterion": (M1, 'id: "MS1.1b"', 'id: "MS1.1a"  # again', "# again", "„MS1.1a“ ist doppelt vergeben"),
    "id of another measure": (M1, 'id: "Z1.2"', 'id: "Z2.9"', '"Z2.9"', "passt nicht an diese Stelle"),
    "criterion of another milestone": (M1, 'id: "MS1.1b"', 'id: "MS1.2x"', '"MS1.2x"', "passt nicht an diese Stelle"),
    "criteria without a deadline": (M1, "    months: 6\n", "", 'id: "MS1.1"', "keine Frist"),
    "quarter of another form": (M1, 'quarter: "2026-Q1"', 'quarter: "Q1 2026"', '"Q1 2026"', "erwartete Form"),
    "target group twice": (P, '"2 – Niederlassungserlaubnis (§ 9 AufenthG)"', '"1 – Daueraufenthalt EU (§ 9a AufenthG)"', "  groups:", "steht doppelt"),
    "relatives of nobody": (P, "relative_of: [1, 2, 3, 4, 5]", "relative_of: [1, 12]", "relative_of", "Zielgruppe 12 gibt es nicht"),
    "due before the Stichtag": (PLAN, "due: 2026-04-30", "due: 2026-03-30", "due: 2026-03-30", "am Stichtag oder später"),
    "due after the latest date": (PLAN, "due: 2026-04-30", "due: 2036-01-01", "due: 2036-01-01", "höchstens am 31.12.2035"),
    "Stichtag outside the project": (PLAN, "stichtag: 2025-12-31", "stichtag: 2025-09-30", "stichtag: 2025-09-30", "muss im Projekt liegen"),
    "Stichtag twice": (PLAN, "stichtag: 2026-03-31, due: 2026-04-30", "stichtag: 2025-12-31, due: 2026-04-30", "due: 2026-04-30", "31.12.2025 steht doppelt"),
    "a time of day": (PLAN, "stichtag: 2026-03-31", "stichtag: 2026-03-31 10:00:00", "10:00:00", "Datum der Form"),
    "no due day": (PLAN, "stichtag: 2026-03-31, due: 2026-04-30", "stichtag: 2026-03-31", "stichtag: 2026-03-31", "„due“ fehlt"),
    "reading's number twice": (PLAN, 'id: "A13"', 'id: "A1"', 'id: "A1"', "„A1“ ist doppelt vergeben"),
    "another file's number": (M2, "number: 2", "number: 5", "number: 5", "passt nicht zum Dateinamen"),
    "broken YAML": (M3, 'title: "Kommunale Verwaltungsstruktur"', 'title: "Kommunale\ndescription: [', "description: [", "kein gültiges YAML"),
    "a date that does not exist": (P, "start: 2025-10-01", "start: 2025-09-31", "start:", "Das Datum „2025-09-31“ gibt es nicht"),
    "a number that reads as another": (P, "at_risk_days: 60", "at_risk_days: 060", "at_risk_days", "als Zahl nicht eindeutig"),
    "a time read as a number": (P, "at_risk_days: 60", "at_risk_days: 1:30", "at_risk_days", "als Zahl nicht eindeutig"),
    "a tag": (P, 'fund: "AMIF"', "fund: !!int foo", "fund", "Typangaben"),
    "a tag of its own": (P, 'fund: "AMIF"', "fund: !x AMIF", "fund", "Typangaben"),
    "a list as key": (P, 'fund: "AMIF"', "? [fund]\n: AMIF", "? [fund]", "einfaches Wort"),
    "a tab": (P, "  deadline_basis", "\tdeadline_basis", "\tdeadline_basis:", "Tabulator"),
    "wrong indentation": (P, "  deadline_basis: months", " deadline_basis: months", "year_basis: project_year ", "Einrückung"),
    "a control character": (P, 'fund: "AMIF"', 'fund: "AM\\x1bIF"', "fund", "Steuerzeichen"),
    "too many days": (P, "at_risk_days: 60", "at_risk_days: 9999999", "at_risk_days", "höchstens 366"),
    "a project without an end": (P, "end: 2028-09-30", "end: 9999-12-31", "end:", "zwischen 2000 und 2100"),
    "an unknown template": (P, "accepted_templates: [", 'accepted_templates: ["99", ', "accepted_templates", "Version"),
    "not the current template": (P, f'"{TEMPLATE_VERSION}"]', '"1"]', "accepted_templates", "Version"),
    "earliest date after the start": (P, "earliest_date: 1950-01-01", "earliest_date: 2050-01-01", "earliest_date", "Projektbeginn"),
    "latest date before the end": (P, "latest_date: 2035-12-31", "latest_date: 2028-09-29", "latest_date", "Projektende"),
    "quarter before the project": (M1, 'quarter: "2026-Q1"', 'quarter: "2019-Q1"', '"2019-Q1"', "2025-Q4 bis 2028-Q3"),
    "month after the project": (M1, "months: 36", "months: 37", "months: 37", "dauert 36 Monate"),
    "deadlines out of order": (M1, "months: 9", "months: 5", "months: 5", "MS1.2 ist vor MS1.1 fällig"),
    "evidence deadlines out of order": (M3, "months: [12, 24, 36]", "months: [12, 36, 24]", "months: [12, 36", "aufsteigen"),
    "list for a mapping": (M3, "number: 3", "- number: 3", "- number: 3", "YAML"),
}  # fmt: skip


def test_the_spelling_of_the_source_is_taken(rules_folder: Path) -> None:
    """The source writes "70%", the rule files "70 %"."""
    edit(rules_folder, M1, 'at_least: "70 %"', 'at_least: "70%"')
    edit(rules_folder, M1, 'at_least: "60 %"', 'at_least: "60\u00a0%"')
    of = {t.id: t.decide.minimum for t in load_rules(rules_folder).measures[0].targets}
    assert (of["Z1.2"], of["Z1.3"]) == (Fraction(7, 10), Fraction(6, 10))


# sixteen lists, each of twice the one before: 65,536 values
BOMB = "a: &a [x]\n" + "".join(f"{y}: &{y} [*{x}, *{x}]\n" for x, y in pairwise("abcdefghijklmnopq"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("exceptions: &a [*a]\n", "zu tief"),
        (BOMB, "zu viele"),
        ("exceptions: " + "[" * 30_000, "mehr als 20 Ebenen"),
        ("exceptions:\n" + "".join(" " * n + "-\n" for n in range(1, 60)), "mehr als 20 Ebenen"),
        ("exceptions: []\n" + "#" * 1_000_000, "größer als 1 MB"),
    ],
)  # fmt: skip
def test_a_file_made_to_overwhelm_is_refused(rules_folder: Path, text: str, words: str) -> None:
    (rules_folder / "ausnahmen.yaml").write_text(text, encoding="utf-8")
    ((file, _, said),) = problems(rules_folder)
    assert file == "ausnahmen.yaml"
    assert words in said


def test_a_rule_file_under_another_ending_is_reported(rules_folder: Path) -> None:
    (rules_folder / "ausnahmen.yaml").rename(rules_folder / "ausnahmen.yml")
    assert problems(rules_folder) == [
        ("ausnahmen.yml", 0, "Die Datei wird so nicht gelesen; Regeldateien enden auf .yaml.")
    ]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes in folders")
def test_a_pipe_is_no_rule_file(rules_folder: Path) -> None:
    (rules_folder / "ausnahmen.yaml").unlink()
    os.mkfifo(rules_folder / "ausnahmen.yaml")
    assert problems(rules_folder) == [("ausnahmen.yaml", 0, "Das ist keine gewöhnliche Datei.")]


# a wrong number of a measure or milestone makes the numbers below it wrong as well
WITH_CONSEQUENCES = {"another file's number", "a project without an end"}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_refused_with_file_and_line(rules_folder: Path, name: str) -> None:
    file, old, new, mark, words = MISTAKES[name]
    edit(rules_folder, file, old, new)
    found = problems(rules_folder)
    assert {f for f, _, _ in found} == {file}
    fitting = [(line, text) for _, line, text in found if words in text]
    assert fitting, found
    if "YAML" not in words:  # where broken YAML goes wrong is for the parser to say
        assert [line for line, _ in fitting] == [line_of(rules_folder, file, mark)]
        assert len(found) == 1 or name in WITH_CONSEQUENCES


def test_all_mistakes_are_reported_at_once(rules_folder: Path) -> None:
    edit(rules_folder, P, "at_risk_days: 60", 'at_risk_days: "60"')
    edit(rules_folder, M1, "at_least: 30", 'at_least: "30"')
    edit(rules_folder, M3, "months: 7", "months: 0")
    assert [(f, line) for f, line, _ in problems(rules_folder)] == [
        (M1, line_of(rules_folder, M1, 'at_least: "30"')),
        (M3, line_of(rules_folder, M3, "months: 0")),
        (P, line_of(rules_folder, P, "at_risk_days")),
    ]


FILES: dict[str, tuple[Callable[[Path], Any], str, str]] = {
    "no projekt.yaml": (lambda f: (f / P).unlink(), P, "fehlt"),
    "no plan": (lambda f: (f / PLAN).unlink(), PLAN, "fehlt"),
    "a measure is missing": (lambda f: (f / M2).unlink(), M2, "fehlt"),
    "no measure at all": (lambda f: [p.unlink() for p in f.glob("massnahme_*")], M1, "fehlt"),
    "an unknown file": (lambda f: (f / "massnahme_zwei.yaml").write_text("x: 1"), "massnahme_zwei.yaml", "unbekannt"),
    "an empty file": (lambda f: (f / M4).write_text(""), M4, "leer"),
    "another encoding": (lambda f: (f / M4).write_bytes("title: Maßnahme".encode("latin-1")), M4, "UTF-8"),
    "no roster": (lambda f: (f / "kommunen.csv").unlink(), "kommunen.csv", "nicht lesbar"),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_a_missing_or_unreadable_file_is_refused(rules_folder: Path, name: str) -> None:
    change, file, words = FILES[name]
    change(rules_folder)
    ((found, line, text),) = problems(rules_folder)
    assert Path(found).name == file
    assert line == 0
    assert words in text


# --- the roster -----------------------------------------------------------------------------------------

HEADER = "ags;name;landkreis;beitritt;fruehere_ags\n"
HANAU, KARBEN = "06415000;Hanau;kreisfrei;2025-10-01;06435014\n", "06440012;Karben;Wetteraukreis;;\n"
ROSTERS = {
    "header": ("ags,name\n06440012,Karben\n", 1, "Kopfzeile"),
    "unknown column": (HEADER.strip() + ";telefon\n" + KARBEN, 1, "Kopfzeile"),
    "missing column": ("ags;name\n06440012;Karben\n", 1, "Kopfzeile"),
    "six digits": (HEADER + HANAU + "440012;Karben;Wetteraukreis;;\n", 3, "acht Ziffern"),
    "letters": (HEADER + "0644001X;Karben;Wetteraukreis;;\n", 2, "acht Ziffern"),
    "the project lead's": (HEADER + "00000000;Karben;Wetteraukreis;;\n", 2, "acht Ziffern"),
    "twice": (HEADER + KARBEN + HANAU + KARBEN, 4, "06440012 steht doppelt"),
    "former key of another": (HEADER + HANAU + "06435014;Karben;Wetteraukreis;;\n", 3, "06435014 steht doppelt"),
    "no name": (HEADER + "06440012;;Wetteraukreis;;\n", 2, "der Name fehlt"),
    "no date": (HEADER + "06440012;Karben;Wetteraukreis;31.09.2025;\n", 2, "beitritt"),
    "no address": (HEADER.strip() + ";e_mail\n06440012;Karben;Wetteraukreis;;;Rathaus\n", 2, "e_mail"),
    "twice, once without its zero": (HEADER + KARBEN + "6440012;Karben;Wetteraukreis;;\n", 3, "06440012 steht doppelt"),
    "below empty lines": ("\n;;\n" + HEADER + "\n;;;;\n06440012;;Wetteraukreis;;\n", 6, "der Name fehlt"),
    "too many fields": (HEADER + "06440012;Karben;Wetteraukreis;;;x\n", 2, "Zahl der Felder"),
    "too few fields": (HEADER + "06440012;Karben\n", 2, "Zahl der Felder"),
    "nobody": (HEADER, 0, "leer"),
}  # fmt: skip


@pytest.mark.parametrize("name", ROSTERS)
def test_mistakes_of_the_roster(rules_folder: Path, name: str) -> None:
    text, line, words = ROSTERS[name]
    (rules_folder / "kommunen.csv").write_text(text, encoding="utf-8")
    ((file, found, entry_of_file),) = problems(rules_folder)
    assert (file, found) == ("kommunen.csv", line)
    assert words in entry_of_file


def test_the_roster_is_read(tmp_path: Path) -> None:
    path = tmp_path / "kommunen.csv"
    path.write_text("\ufeff" + HEADER + KARBEN + HANAU, encoding="utf-8")
    hanau, karben = load_roster(path).municipalities
    assert (hanau.ags, hanau.name, hanau.district, hanau.former_ags) == (
        "06415000",
        "Hanau",
        "kreisfrei",
        ("06435014",),
    )
    assert (hanau.joined, karben.joined) == (date(2025, 10, 1), None)


def test_the_roster_as_excel_saves_it(rules_folder: Path) -> None:
    """Windows-1252, columns once used, empty rows, German dates, a zero that got lost."""
    text = (
        "ags;name;landkreis;beitritt;fruehere_ags;e_mail;;\r\n;;;;;;;\r\n"
        "6440004;B\u00fcdingen;Wetteraukreis;01.04.2026;;rathaus@example.org;;\r\n\r\n"
        "06415000;Hanau;kreisfrei;2025-10-01;6435014;;;\r\n"
    )
    (rules_folder / "kommunen.csv").write_bytes(text.encode("cp1252"))
    rules = load_rules(rules_folder)
    hanau, buedingen = rules.roster
    assert (buedingen.ags, buedingen.name) == ("06440004", "Büdingen")
    assert (buedingen.joined, buedingen.e_mail) == (date(2026, 4, 1), "rathaus@example.org")
    assert (hanau.former_ags, hanau.e_mail) == (("06435014",), None)
    assert list(map(str, rules.notes)) == [
        "Hinweis: kommunen.csv: als Windows-1252 gelesen; speichern Sie die Liste als „CSV UTF-8“.",
        "Hinweis: kommunen.csv, Zeile 3: führende Null ergänzt: 06440004.",
        "Hinweis: kommunen.csv, Zeile 5: führende Null ergänzt: 06435014.",
    ]


def test_a_key_that_lost_another_digit_than_its_zero_is_refused(rules_folder: Path) -> None:
    (rules_folder / "kommunen.csv").write_text(
        HEADER + "0644000;B\u00fcdingen;Wetteraukreis;;\n", encoding="utf-8"
    )
    with pytest.raises(RulesError, match="Zeile 2: der AGS muss acht Ziffern haben"):
        load_rules(rules_folder)


def test_what_looks_wrong_in_the_roster_is_a_warning(rules_folder: Path) -> None:
    text = HEADER + KARBEN + "08111000;Stuttgart;kreisfrei;;\n06440013;karben;Wetteraukreis;;07111000\n"
    (rules_folder / "kommunen.csv").write_text(text, encoding="utf-8")
    assert list(map(str, load_rules(rules_folder).notes)) == [
        "Warnung: kommunen.csv, Zeile 3: der AGS 08111000 liegt nicht in Hessen (06…).",
        "Warnung: kommunen.csv, Zeile 4: der AGS 07111000 liegt nicht in Hessen (06…).",
        "Warnung: kommunen.csv, Zeile 4: karben steht auch mit dem AGS 06440012 in der Liste.",
    ]


# --- reporting dates and withdrawals ------------------------------------------------------------------


def test_the_shipped_plan_has_a_stichtag_each_quarter() -> None:
    """Quarter ends 2025-12-31 to 2028-09-30, due at the end of the following month (catalogue, reading 12)."""
    planned = [(str(d.stichtag), str(d.due)) for d in builder.rules().reporting_dates]
    assert len(planned) == 12
    assert planned[:3] == [
        ("2025-12-31", "2026-01-31"),
        ("2026-03-31", "2026-04-30"),
        ("2026-06-30", "2026-07-31"),
    ]
    assert planned[-1] == ("2028-09-30", "2028-10-31")
    assert builder.rules().withdrawals == ()
    assert "A13" in [r.id for r in builder.rules().interpretations]


@pytest.mark.parametrize(
    ("as_of", "stichtag"),
    [
        (date(2025, 12, 30), None),
        (date(2025, 12, 31), date(2025, 12, 31)),
        (date(2026, 3, 30), date(2025, 12, 31)),
        (date(2026, 3, 31), date(2026, 3, 31)),
        (date(2035, 1, 1), date(2028, 9, 30)),
    ],
)
def test_the_round_is_the_latest_planned_stichtag(as_of: date, stichtag: date | None) -> None:
    found = builder.rules().round_of(as_of)
    assert (found.stichtag if found else None) == stichtag


@pytest.mark.parametrize(
    ("stichtag", "nearest"),
    [
        (date(2025, 10, 1), date(2025, 12, 31)),
        (date(2026, 2, 14), date(2025, 12, 31)),  # 45 days to either: the earlier
        (date(2026, 2, 15), date(2026, 3, 31)),
        (date(2026, 6, 3), date(2026, 6, 30)),
    ],
)
def test_the_nearest_planned_stichtag(stichtag: date, nearest: date) -> None:
    found = builder.rules().nearest_planned(stichtag)
    assert found is not None
    assert found.stichtag == nearest


def test_the_plan_may_stand_in_any_order(rules_folder: Path) -> None:
    text = (
        "reporting_dates: [{stichtag: 2026-06-30, due: 2026-07-10}, {stichtag: 2026-03-31, due: 2026-03-31}]"
    )
    (rules_folder / PLAN).write_text(text, encoding="utf-8")
    rules = load_rules(rules_folder)
    assert [d.stichtag for d in rules.reporting_dates] == [date(2026, 3, 31), date(2026, 6, 30)]
    assert "A13" not in [r.id for r in rules.interpretations]  # the reading stood in the plan


def test_a_plan_without_dates_is_refused(rules_folder: Path) -> None:
    (rules_folder / PLAN).write_text("reporting_dates: []", encoding="utf-8")
    assert problems(rules_folder) == [(PLAN, 1, "„reporting_dates“ ist leer.")]


WITHDRAWN = 'reason: "Falsche Mappe", by: "Projektleitung", date: 2026-07-03'
SHA = "d5" * 32
BY_KEY = 'ags: "06440004", stichtag: 2026-06-30, abgabe_nr: 2'
WITHDRAWALS = {
    "both ways": (f'sha256: "{SHA}", {BY_KEY}', "entweder"),
    "no way": ("", "entweder"),
    "no number": ('ags: "06440004", stichtag: 2026-06-30', "entweder"),
    "half a hash": ('sha256: "d5bef4"', "„sha256“ hat nicht die erwartete Form"),
    "number of 0": ('ags: "06440004", stichtag: 2026-06-30, abgabe_nr: 0', "mindestens 1"),
    "key as number": ("ags: 16440004, stichtag: 2026-06-30, abgabe_nr: 1", "muss ein Text sein"),
    "text for a date": ('ags: "06440004", stichtag: "2026-06-30", abgabe_nr: 1', "Datum der Form"),
}


@pytest.mark.parametrize("name", WITHDRAWALS)
def test_mistakes_of_the_withdrawals(rules_folder: Path, name: str) -> None:
    named, words = WITHDRAWALS[name]
    entry = ", ".join(filter(None, (named, WITHDRAWN)))
    text = f'withdrawals:\n  - {{sha256: "{"0" * 64}", {WITHDRAWN}}}\n  - {{{entry}}}\n'
    (rules_folder / TAKEN_BACK).write_text(text, encoding="utf-8")
    ((file, line, entry_of_file),) = problems(rules_folder)
    assert (file, line) == (TAKEN_BACK, 3)
    assert words in entry_of_file


def test_a_withdrawal_stands_once(rules_folder: Path) -> None:
    text = f"withdrawals:\n  - {{{BY_KEY}, {WITHDRAWN}}}\n  - {{{BY_KEY}, {WITHDRAWN}}}\n"
    (rules_folder / TAKEN_BACK).write_text(text, encoding="utf-8")
    assert problems(rules_folder) == [(TAKEN_BACK, 3, "Diese Rücknahme steht doppelt.")]


def test_withdrawals_are_read_and_may_be_absent(rules_folder: Path) -> None:
    text = f'withdrawals: [{{sha256: "{SHA}", {WITHDRAWN}}}, {{{BY_KEY}, {WITHDRAWN}}}]'
    (rules_folder / TAKEN_BACK).write_text(text, encoding="utf-8")
    rules = load_rules(rules_folder)
    first, second = rules.withdrawals
    assert (first.sha256, first.reason, first.by) == (SHA, "Falsche Mappe", "Projektleitung")
    assert (second.ags, second.stichtag, second.abgabe_nr) == ("06440004", date(2026, 6, 30), 2)
    assert second.on == date(2026, 7, 3)
    assert dict(rules.files)[TAKEN_BACK] != dict(builder.rules().files)[TAKEN_BACK]
    (rules_folder / TAKEN_BACK).unlink()
    assert load_rules(rules_folder).withdrawals == ()


def test_a_former_wording_that_means_another_choice_is_reported(rules_folder: Path) -> None:
    first = '      choice: "1 – Daueraufenthalt EU (§ 9a AufenthG)"\n'
    same = '      former_choices: ["2 - niederlassungserlaubnis (§ 9 AufenthG)"]\n'
    edit(rules_folder, P, first, first + same)
    with pytest.raises(RulesError, match="Die frühere Bezeichnung"):
        load_rules(rules_folder)
