"""kisi doctor: what it finds in a working folder, and when it says that there is something to do."""

from __future__ import annotations

import json
import shutil
from collections import namedtuple
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from filelock import FileLock

from pipeline.cli import cli
from pipeline.cli import folder as module
from pipeline.definitions.messages import finding
from pipeline.definitions.model import State, Status, Workbook
from pipeline.definitions.results import MilestoneResult
from pipeline.definitions.results import Result as Figures
from pipeline.definitions.sheet_types import WorkbookKind
from pipeline.disk.publish import LOCK, WORK
from pipeline.disk.working_folder import create_working_folder
from pipeline.doctor import DoctorCheck, Urgency, check_lines, examine, rules_and_templates
from pipeline.doctor.doctor_check import INDENT
from pipeline.doctor.round import archivable, check_round
from pipeline.doctor.rules_and_templates import check_exemption_use
from pipeline.evaluate.consolidate import ProjectResult
from pipeline.outcome import Outcome
from pipeline.rules import Exemption, Rules
from pipeline.rules.loading.load import load_rules
from pipeline.selection import Submission, round_of
from pipeline.template import write_templates
from tests.builder import LATER_VERSION, RULES_VERSION

JUNE, SEPTEMBER = date(2026, 6, 30), date(2026, 9, 30)
NOT_DUE = date(
    2026, 7, 1
)  # no deadline in the sixty days from then: MS1.3 was due in June, MS2.2 is in November


MADE: dict[tuple[str, str], bytes] = {}


@pytest.fixture(autouse=True)
def templates_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A blank workbook is made once for each version of the rules, not in each test."""
    make = rules_and_templates.template_bytes

    def once(rules: Rules, kind: WorkbookKind) -> bytes:
        key = (rules.project.version, kind.id)
        return MADE[key] if key in MADE else MADE.setdefault(key, make(rules, kind))

    monkeypatch.setattr(rules_and_templates, "template_bytes", once)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A working folder whose roster is no sample, with templates of its rules."""
    list(create_working_folder(tmp_path / "projekt", lambda _: ()))
    project = tmp_path / "projekt/rules/projekt.yaml"
    text = project.read_text(encoding="utf-8").replace("roster_is_sample: true", "roster_is_sample: false")
    project.write_text(text, encoding="utf-8")
    return tmp_path / "projekt"


@pytest.fixture
def rules(place: Path) -> Rules:
    return load_rules(place / "rules")


def submission(ags: str, stichtag: date, state: State = State.ACCEPTED, number: int = 1) -> Submission:
    name = f"{stichtag}/{ags}_{number}.xlsx"
    return Submission(Workbook(name, f"sha-{name}", ags=ags, stichtag=stichtag, number=number), state)


def outcome(rules: Rules, *submissions: Submission, **more: object) -> Outcome:
    made = Outcome(
        as_of=SEPTEMBER,
        rules=rules,
        submissions=submissions,
        later=(),
        missing=(),
        notes=(),
        round=round_of(submissions, rules, SEPTEMBER),
        results=(),
        project=ProjectResult((), ()),
    )
    return replace(made, **more)


def everyone(rules: Rules) -> Outcome:
    return outcome(rules, *(submission(m.ags, SEPTEMBER) for m in (rules.lead, *rules.roster)))


def checks(place: Path, as_of: date = NOT_DUE, found: Outcome | None = None) -> dict[str, DoctorCheck]:
    return {c.title: c for c in examine(place, place / "rules", as_of, lambda *_: found)}


def kisi(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, [str(a) for a in arguments], prog_name="kisi")


# --- the command --------------------------------------------------------------------------------------


def test_all_in_place(place: Path, rules: Rules, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_outcome", lambda *_, **__: everyone(rules))
    before = sorted(place.rglob("*"))
    answer = kisi("doctor", place, "--as-of", "01.07.2026")
    assert answer.exit_code == 0, answer.output
    assert answer.stdout.splitlines()[0].endswith("geprüft für den 01.07.2026:")
    assert answer.stdout.splitlines()[-1] == "Alles ist bereit: kisi report kann laufen."
    assert sorted(place.rglob("*")) == before


def test_nothing_received_yet(place: Path) -> None:
    before = date.today()  # noqa: DTZ011
    answer = kisi("doctor", place, "--jobs", "0")
    assert answer.exit_code == 1
    days = (before, date.today())  # noqa: DTZ011  - midnight may lie between
    assert any(f"geprüft für den {day:%d.%m.%Y} (heute):" in answer.stdout for day in days)
    assert "! Eingang " in answer.stdout
    assert "noch keine Mappe mit einem Berichtsstichtag" in answer.stdout
    assert answer.stdout.splitlines()[-1].startswith("Zu tun: Eingang")


def test_a_wrong_call() -> None:
    assert kisi("doctor", "nichtda").exit_code == 2
    assert kisi("doctor").exit_code == 2


def test_the_table_holds_every_title(place: Path, rules: Rules) -> None:
    for title in checks(place, found=everyone(rules)):
        assert len(f"  ✓ {title} ") <= INDENT
    listed = list(check_lines([DoctorCheck(Urgency.TODO, "Titel", "wort " * 40, "tun " * 40)]))
    assert listed[0].startswith("  ! Titel")
    assert all(line.startswith(" " * INDENT) for line in listed[1:])
    assert any(line.startswith(" " * INDENT + "→ tun") for line in listed)
    assert max(map(len, listed)) <= 100


# --- place --------------------------------------------------------------------------------------------


def test_a_missing_folder(place: Path) -> None:
    (place / "eingang").rmdir()
    found = checks(place)["Arbeitsordner"]
    assert (found.mark, "eingang" in found.found, "rules" in found.found) == (Urgency.FAULT, True, False)
    assert "kisi init" in found.remedy


def test_what_a_killed_run_left_is_taken_away(place: Path) -> None:
    (place / "output" / WORK / "alt/2026-09-30").mkdir(parents=True)
    (place / "output" / WORK / "alt/2026-09-30/bericht.xlsx").write_bytes(b"alt")
    found = checks(place)["Abgebrochene Läufe"]
    assert (found.mark, "aufgeräumt" in found.found) == (Urgency.GOOD, True)
    assert [p.name for p in (place / "output").iterdir()] == ["2026-09-30"]
    assert checks(place)["Abgebrochene Läufe"].found == "kein Rest"


def test_another_run_is_at_work(place: Path) -> None:
    (place / "output" / WORK).mkdir()
    with FileLock(place / "output" / LOCK):
        found = checks(place)
    assert found["Schreibrecht"].mark is Urgency.FAULT
    assert "arbeitet gerade ein anderer Lauf" in found["Schreibrecht"].found
    assert found["Abgebrochene Läufe"].mark is Urgency.TODO
    assert (place / "output" / WORK).exists()


def test_little_space(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(0, 0, 499_000_000))
    found = checks(place)["Speicherplatz"]
    assert (found.mark, found.found) == (Urgency.TODO, "0,5 GB frei")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(0, 0, 500_000_000))
    assert checks(place)["Speicherplatz"].mark is Urgency.GOOD


# --- rules and templates --------------------------------------------------------------------------------------


def test_broken_rules_are_named_and_nothing_is_said_that_rests_on_them(place: Path) -> None:
    (place / "rules/projekt.yaml").write_text('version: "1"\nversion: "2"\n', encoding="utf-8")
    found = checks(place)
    assert found["Regeln"].mark is Urgency.FAULT
    assert "projekt.yaml, Zeile 2: Schlüssel „version“ steht doppelt." in found["Regeln"].found
    assert not {"Teilnehmende", "Vorlagen", "Eingang"} & found.keys()


def test_the_sample_roster(place: Path) -> None:
    assert checks(place)["Teilnehmende"] == DoctorCheck(
        Urgency.GOOD, "Teilnehmende", "8 Kommunen und die Projektleitung"
    )
    file = place / "rules/projekt.yaml"
    file.write_text(file.read_text("utf-8").replace("is_sample: false", "is_sample: true"), "utf-8")
    found = checks(place)["Teilnehmende"]
    assert (found.mark, "Muster" in found.found) == (Urgency.TODO, True)


def test_templates_of_other_rules(place: Path) -> None:
    assert checks(place)["Vorlagen"].mark is Urgency.GOOD
    file = place / "rules/projekt.yaml"
    file.write_text(
        file.read_text("utf-8").replace(f'version: "{RULES_VERSION}"', f'version: "{LATER_VERSION}"'), "utf-8"
    )
    found = checks(place)["Vorlagen"]
    assert found.mark is Urgency.TODO
    assert "KISI_Vorlage_Kommune.xlsx, KISI_Vorlage_Projektleitung.xlsx" in found.found
    assert "kisi template" in found.remedy


# --- who has submitted --------------------------------------------------------------------------------


def test_who_stands_how_in_the_round(place: Path, rules: Rules) -> None:
    hanau, homburg, oberursel = "06415000", "06434001", "06434008"
    found = checks(
        place,
        found=outcome(
            rules,
            submission(hanau, SEPTEMBER, State.SUPERSEDED),
            submission(hanau, SEPTEMBER, number=2),
            replace(submission(homburg, JUNE), substitute=True),
            submission(homburg, SEPTEMBER, State.REJECTED),
            submission(oberursel, JUNE),
        ),
    )
    assert found["Runde 30.09.2026"].mark is Urgency.TODO
    assert found["Runde 30.09.2026"].found.splitlines() == [
        "Abgabe bis 31.10.2026",
        "abgegeben (1): Hanau",
        "zurückgewiesen (1): Bad Homburg v. d. Höhe [ersatzweise zählt 30.06.2026]",
        "ausstehend (7): Projektleitung, Oberursel (Taunus) [zählt 30.06.2026], Bad Nauheim, Büdingen, "
        "Friedberg (Hessen), Karben, Nidda",
    ]
    assert checks(place, found=everyone(rules))["Runde 30.09.2026"].mark is Urgency.GOOD


@pytest.mark.parametrize(("joined", "listed"), [(SEPTEMBER, False), (date(2026, 10, 1), True)])
def test_the_day_of_joining(place: Path, rules: Rules, joined: date, listed: bool) -> None:
    """Whoever joins after the Stichtag is outstanding like the others; the day stands beside it."""
    roster = tuple(replace(m, joined=joined) if m.name == "Karben" else m for m in rules.roster)
    line = check_round(outcome(replace(rules, roster=roster))).found.splitlines()[-1]
    assert line.startswith("ausstehend (9): ")
    assert ("Karben [Beitritt 01.10.2026]" in line) is listed


@pytest.mark.parametrize(("as_of", "expired"), [(date(2026, 6, 30), 0), (date(2026, 7, 1), 1)])
def test_an_exemption_expires_after_its_last_day(rules: Rules, as_of: date, expired: int) -> None:
    words = {"rule": "P11", "ags": "06440004", "reason": "Bestand fehlt", "decided_by": "Referat 3"}
    one = Exemption(**words, valid_until=date(2026, 6, 30))
    (check,) = check_exemption_use(replace(rules, exemptions=(one,)), as_of)
    assert check.found == f"1, davon {expired} am {as_of:%d.%m.%Y} abgelaufen"


def test_a_newer_round_for_which_nothing_came(place: Path, rules: Rules) -> None:
    assert "Neue Runde" not in checks(place, date(2026, 12, 30), everyone(rules))
    found = checks(place, date(2026, 12, 31), everyone(rules))["Neue Runde"]
    assert (found.mark, "31.12.2026 (Abgabe bis 31.01.2027)" in found.found) == (Urgency.TODO, True)


def test_later_stichtage_are_asked_for(place: Path, rules: Rules) -> None:
    later = (submission("06440012", date(2027, 9, 30), State.LATER),)
    found = checks(place, found=replace(everyone(rules), later=later))["Spätere Stichtage"]
    assert found.mark is Urgency.TODO
    assert found.found == "2027-09-30/06440012_1.xlsx nennt den Stichtag 30.09.2027: Tippfehler?"


def test_what_may_be_archived(place: Path, rules: Rules) -> None:
    """Of past rounds stay: what counts, what it is compared with, and rejections that are not closed."""
    hanau, karben, nidda = "06415000", "06440012", "06440016"
    march, december = date(2026, 3, 31), date(2025, 12, 31)
    now = outcome(
        rules,
        submission(hanau, SEPTEMBER),
        submission(hanau, JUNE, State.EARLIER, number=2),
        submission(hanau, JUNE, State.EARLIER, number=1),
        submission(hanau, march, State.EARLIER),
        submission(karben, JUNE),
        submission(nidda, march, State.REJECTED),
        replace(submission(hanau, december, State.REJECTED), closed=True),
    )
    assert archivable(now) == [
        "2026-06-30/06415000_1.xlsx",
        "2026-03-31/06415000_1.xlsx",
        "2025-12-31/06415000_1.xlsx",
    ]
    assert checks(place, found=now)["Archiv"].found.startswith("3 Dateien früherer Runden werden nicht mehr")
    assert "Archiv" not in checks(place, found=everyone(rules))


def test_copies_of_other_rules(place: Path, rules: Rules) -> None:
    """Whatever Stichtag they name; a change of a deadline makes them out of date."""
    write_templates(rules, place / "vorlagen", rules.roster[:2], date(2026, 9, 30))
    found = checks(place)["Eigene Vorlagen"]
    assert (found.mark, found.found) == (Urgency.GOOD, "2 vorausgefüllte, alle aktuell")
    file = place / "rules/massnahme_1.yaml"
    file.write_text(file.read_text("utf-8").replace("months: 24", "months: 25", 1), "utf-8")
    found = checks(place)["Eigene Vorlagen"]
    assert found.mark is Urgency.TODO
    assert found.found.startswith("2 von 2 vorausgefüllten sind veraltet: KISI_06415000_Hanau.xlsx, ")


def test_notes_on_the_roster(place: Path) -> None:
    file = place / "rules/kommunen.csv"
    text = file.read_text("utf-8")
    file.write_text(text.replace("06440016;", "6440016;"), "utf-8")
    found = checks(place)["Teilnehmende"]
    assert (found.mark, "führende Null ergänzt: 06440016." in found.found) == (Urgency.GOOD, True)
    file.write_text(text.replace("06440016;", "07440016;"), "utf-8")
    found = checks(place)["Teilnehmende"]
    assert (found.mark, "liegt nicht in Hessen" in found.found) == (Urgency.TODO, True)


def test_files_that_nobody_can_be_reported_for(place: Path, rules: Rules) -> None:
    unknown = Submission(Workbook("brief.xlsx", "x"), State.REJECTED)
    found = checks(place, found=outcome(rules, submission("06415000", JUNE), unknown))["Eingang"]
    assert (found.mark, found.found.startswith("2 Dateien; ")) == (Urgency.TODO, True)
    assert found.found.endswith(": brief.xlsx")


def test_a_workbook_that_somebody_has_open(place: Path, rules: Rules) -> None:
    notes = (("~$KISI_Hanau.xlsx", finding("N01")), (".versteckt", finding("N02")))
    found = checks(place, found=replace(everyone(rules), notes=notes))["Eingang"]
    assert (found.mark, found.found) == (Urgency.TODO, "9 Dateien; gerade geöffnet: ~$KISI_Hanau.xlsx")


# --- deadlines ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("as_of", "shown"),
    [
        (date(2026, 9, 30), False),  # 61 days before 30 November 2026, when month 14 of the project ends
        (date(2026, 10, 1), True),
        (date(2026, 11, 30), True),
        (date(2026, 12, 1), False),
    ],
)
def test_deadlines_of_the_sixty_days_ahead(place: Path, rules: Rules, as_of: date, shown: bool) -> None:
    due = date(2026, 11, 30)
    statuses = (Status.REACHED, Status.OPEN, Status.NO_SUBMISSION)
    results = tuple(
        Figures(m.ags, None, (), (MilestoneResult(m.ags, "MS2.2", due, status),), ())
        for m, status in zip(rules.roster, statuses, strict=False)
    )
    found = checks(place, as_of, replace(everyone(rules), results=results))
    listed = found[f"Fristen ab {as_of:%d.%m.%Y}"]
    assert ("30.11.2026: MS2.2, fehlt noch bei 2 von 8 Kommunen" in listed.found) is shown
    if shown:
        assert listed.mark is Urgency.TODO
        reached = tuple(
            replace(r, milestones=(replace(r.milestones[0], status=Status.REACHED_LATE),)) for r in results
        )
        listed = checks(place, as_of, replace(everyone(rules), results=reached))[listed.title]
        assert (listed.mark, "MS2.2, überall erreicht" in listed.found) == (Urgency.GOOD, True)


# --- the last report ----------------------------------------------------------------------------------


def test_what_the_last_report_does_not_know_yet(place: Path, rules: Rules) -> None:
    now = everyone(rules)
    assert checks(place, found=now)["Letzter Bericht"].found == "noch keiner"
    inputs = {s.workbook.file: s.workbook.sha256 for s in now.submissions}
    files = {"version": RULES_VERSION, "files": dict(rules.files)}
    manifest = {"as_of": "2026-09-30", "inputs": inputs, "rules": files, "outputs": {}, "program": {}}

    def listed() -> str:
        (place / "output/2026-09-30").mkdir(exist_ok=True)
        (place / "output/2026-09-30/manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
        return checks(place, found=now)["Letzter Bericht"].found

    assert listed() == "Stand 30.09.2026, auf dem neuesten Stand"
    first, second, third, *_ = inputs
    inputs[first] = "anders"
    del inputs[second], inputs[third]
    inputs["weg.xlsx"] = "x"
    files["files"] = {}
    assert listed() == (
        "Stand 30.09.2026; seither 2 Dateien hinzugekommen, 1 Datei weggefallen, 1 Datei geändert, Regeln geändert"
    )
