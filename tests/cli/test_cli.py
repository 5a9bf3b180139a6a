"""What the commands answer: exit codes, German words, what they write and what they leave alone."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path

import click
import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po
from click.testing import CliRunner, Result
from filelock import FileLock

from pipeline import cli as module
from pipeline.cli import cli, main
from pipeline.definitions.model import State, Workbook
from pipeline.definitions.sheets import MUNICIPALITY
from pipeline.demo import AS_OF_DATES
from pipeline.demo import municipalities as invented
from pipeline.disk.publish import LOCK, WORK
from pipeline.disk.unwritable import CannotWrite
from pipeline.report.feedback_files import write_feedback
from pipeline.rules.loading.load import load_rules
from pipeline.selection import Submission
from pipeline.template import template_bytes
from pipeline.template.fill import fill
from tests import cell_edits
from tests.builder import ROOT
from tests.demo_files import lay_out_demo

CATALOGUE = ROOT / "pipeline/locale/de/LC_MESSAGES/click_de.po"
HEAVY = {
    "asyncio",
    "filelock",
    "jinja2",
    "lxml",
    "msgspec",
    "multiprocessing",
    "sqlite3",
    "pandas",
    "pandera",
    "numpy",
    "openpyxl",
    "xlsxwriter",
    "pydantic",
    "yaml",
    "rich",
    "python_calamine",
    "pyarrow",
}
GOOD, BAD = "KISI_Bad_Nauheim.xlsx", "KISI_Oberursel.xlsx"
REPORTS = {
    "KISI_Bericht_2026-09-30.xlsx",
    "ergebnis.json",
    "manifest.json",
    "uebersicht.html",
    "validierungsbericht.json",
}
ROWS = {f"daten/{table.title}.parquet" for table in MUNICIPALITY.tables}
OUTPUTS = REPORTS | ROWS
FEEDBACK = {f"rueckmeldung/2026-09-30/{name}{end}" for name in (GOOD, BAD) for end in ("", ".txt")}
FEEDBACK_WITHOUT_COPY = {f"2026-09-30/{name}" for name in (GOOD, f"{GOOD}.txt", f"{BAD}.txt")}
ENGLISH = re.compile(
    r"\b(usage|options?|arguments?|commands?|error|try|show|default|missing|invalid|such)\b", re.I
)


@pytest.fixture(scope="session")
def workbooks() -> dict[str, bytes]:
    """One workbook that is accepted and one that is rejected."""
    rules = load_rules(ROOT / "rules")
    contents = {GOOD: ("06440002", invented.bad_nauheim()), BAD: ("06434008", invented.oberursel())}
    return {
        name: fill(template_bytes(rules, MUNICIPALITY, rules.by_ags[ags]), MUNICIPALITY, content)
        for name, (ags, content) in contents.items()
    }


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder with a copy of the rules."""
    shutil.copytree(ROOT / "rules", tmp_path / "rules")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def good(place: Path, workbooks: dict[str, bytes]) -> Path:
    """``eingang`` with the accepted workbook, in a subfolder."""
    folder = place / "eingang"
    (folder / "2026-09-30").mkdir(parents=True)
    (folder / "2026-09-30" / GOOD).write_bytes(workbooks[GOOD])
    return folder


@pytest.fixture
def mixed(good: Path, workbooks: dict[str, bytes]) -> Path:
    """… and the rejected one."""
    (good / "2026-09-30" / BAD).write_bytes(workbooks[BAD])
    return good


def kisi(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, [str(a) for a in arguments], prog_name="kisi")


def process(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command as a user starts it, in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "pipeline.cli", *arguments],
        capture_output=True, text=True, encoding="utf-8", check=False, stdin=subprocess.DEVNULL,
        env={**os.environ, **environment},
    )  # fmt: skip


def contents(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


# --- help and wrong calls -----------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["", *cli.commands])
def test_help_is_german(command: str) -> None:
    answer = kisi(*command.split(), "--help")
    assert answer.exit_code == 0
    names = re.compile(r"--?[a-z-]+|\b(kisi|" + "|".join(cli.commands) + r")\b")
    assert not ENGLISH.findall(names.sub("", answer.output)), answer.output
    assert "Aufruf: kisi" in answer.output
    assert "Zeigt diese Hilfe." in answer.output
    assert "..." not in answer.output.replace("[ANGABEN]...", "").replace("ALT...", ""), (
        "a summary is too long for one line"
    )


@pytest.mark.parametrize(
    ("call", "shown"),
    [
        ("berichte", "Fehler: Den Befehl „berichte“ gibt es nicht."),
        ("reprot x", "Fehler: Den Befehl „reprot“ gibt es nicht. Meinten Sie 'report'?"),
        ("report", "Fehler: Es fehlt das Argument 'ORDNER'."),
        ("check", "Fehler: Es fehlt das Argument 'PFAD…'."),
        ("report nichtda", "Fehler: Ungültiger Wert für 'ORDNER': Ordner „nichtda“ gibt es nicht."),
        ("check nichtda", "Fehler: Ungültiger Wert für 'PFAD…': Pfad „nichtda“ gibt es nicht."),
        ("report datei", "Fehler: Ungültiger Wert für 'ORDNER': „datei“ ist eine Datei, kein Ordner."),
        ("demo --out datei", "Fehler: Ungültiger Wert für '--out': „datei“ ist eine Datei, kein Ordner."),
        ("report rules --asof x", "Fehler: Die Option „--asof“ gibt es nicht. Meinten Sie '--as-of'?"),
        ("report rules --zzz", "Fehler: Die Option „--zzz“ gibt es nicht."),
        ("report rules --as-of", "Fehler: Nach der Option „--as-of“ fehlt der Wert."),
        ("report rules b", "Fehler: Ein Argument ist zu viel (b)."),
        ("report rules b c", "Fehler: Es sind zu viele Argumente (b c)."),
        ("rules --version=1", "Fehler: Die Option „--version“ gibt es nicht."),
        (
            "report rules --as-of 31.02.2026",
            "Fehler: Ungültiger Wert für '--as-of': „31.02.2026“ ist kein Datum wie 2026-06-30 oder 30.06.2026.",
        ),
        ("report rules --as-of 2025-09-30", "Fehler: --as-of liegt vor dem Projektbeginn am 01.10.2025."),
        ("rules --rules fehlt", "Fehler: Den Ordner fehlt mit den Regeldateien gibt es nicht."),
        ("template --roster fehlt.csv", "Fehler: fehlt.csv: Die Liste der Kommunen ist nicht lesbar."),
    ],
)
def test_a_wrong_call_is_reported_in_german_and_writes_nothing(place: Path, call: str, shown: str) -> None:
    (place / "datei").touch()
    before = contents(place)
    answer = kisi(*call.split())
    assert answer.exit_code == 2
    assert shown in answer.stderr
    assert answer.stdout == ""
    assert contents(place) == before


def test_without_a_command_comes_the_help() -> None:
    answer = process()
    assert answer.returncode == 2
    assert answer.stderr.startswith("Aufruf: kisi [OPTIONEN] BEFEHL")


def test_german_whatever_the_machine_speaks() -> None:
    answer = process("report", LANG="en_US.UTF-8", LC_ALL="C", LANGUAGE="en", PYTHONIOENCODING="ascii")
    assert answer.returncode == 2
    assert "Fehler: Es fehlt das Argument 'ORDNER'." in answer.stderr


def test_help_loads_nothing_heavy() -> None:
    code = "import sys, pipeline.cli; print(*{m.split('.')[0] for m in sys.modules})"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert not HEAVY & set(loaded.split())


# --- the German of click ------------------------------------------------------------------------------

NEVER_PRINTED = {
    # prompts, editors, completion and warnings that no command of ours uses
    "d", "{editor}: Editing failed", "{editor}: Editing failed: {e}", "Windows error: {error}",
    "Do you want to continue?", "Confirm the action without prompting.", "Repeat for confirmation",
    "Error: The two entered values do not match.", "Error: invalid input", "Press any key to continue...",
    "Couldn't detect Bash version, shell completion is not supported.",
    "Shell completion is not supported for Bash versions older than 4.4.",
    "DeprecationWarning: The command {name!r} is deprecated.{extra_message}",
    "DeprecationWarning: The {param_type} {name!r} is deprecated.{extra_message}",
    "%(prog)s, version %(version)s",
    # kinds of value that no option of ours has
    "{value!r} is not a valid boolean. Recognized values: {states}", "{value!r} is not a valid UUID.",
    "{len_type} values are required, but {len_value} was given.", "Choice({choices})",
    # mistakes in the definition of a command
    "Value must be an iterable.", "Name '{name}' defined twice",
    "Boolean option {decl!r} cannot use the same flag for true/false.",
    "Could not determine name for option with declarations {decls!r}",
    "No options defined but a name was passed ({name}). Did you mean to declare an argument instead?"
    " Did you mean to pass '--{name}'?",
    "Arguments take exactly one parameter declaration, got {length}: {decls}.", "Unknown color {colour!r}", "Unknown standard stream '{name}'",
    "Invalid start character for option ({option})",
}  # fmt: skip


def test_every_message_of_click_is_translated_or_never_printed() -> None:
    with CATALOGUE.open("rb") as file:
        translated = {m.id if isinstance(m.id, str) else m.id[0] for m in read_po(file) if m.id and m.string}
    found = {
        m[2] if isinstance(m[2], str) else m[2][0] for m in extract_from_dir(Path(click.__file__).parent)
    }
    assert found - translated - NEVER_PRINTED == set()
    assert translated - found - {"required"} == set(), "click no longer says this"


def test_the_compiled_catalogue_is_that_of_the_text() -> None:
    """If this fails: call ``make locale`` and commit the .mo file."""
    made = BytesIO()
    with CATALOGUE.open("rb") as text:
        write_mo(made, read_po(text))
    made.seek(0)
    with CATALOGUE.with_suffix(".mo").open("rb") as compiled:
        is_, should_be = ([(m.id, m.string) for m in read_mo(file) if m.id] for file in (compiled, made))
    assert is_ == should_be


# --- report -------------------------------------------------------------------------------------------


def test_report_without_rejection(good: Path) -> None:
    answer = kisi("report", good)
    assert answer.exit_code == 0, answer.output
    assert "Stand 30.09.2026: 1 Datei – 1 angenommen." in answer.stdout
    assert (
        answer.stdout.splitlines()[-1] == f"Bericht: {Path('output/2026-09-30/KISI_Bericht_2026-09-30.xlsx')}"
    )
    assert contents(Path("output/2026-09-30")).keys() - FEEDBACK == OUTPUTS


def test_report_with_a_rejected_workbook(mixed: Path) -> None:
    before = contents(mixed)
    answer = kisi("report", mixed)
    assert answer.exit_code == 1
    assert f"zurückgewiesen: 2026-09-30/{BAD} – Oberursel (Taunus) (" in answer.stdout
    assert (
        "Runde zum 30.09.2026, Abgabe bis 31.10.2026: 1 abgegeben, 1 zurückgewiesen, 7 ausstehend."
        in answer.stdout
    )
    assert contents(Path("output/2026-09-30")).keys() == OUTPUTS | FEEDBACK
    assert contents(mixed) == before
    assert kisi("report", mixed, "--no-feedback").exit_code == 1
    assert contents(Path("output/2026-09-30")).keys() == OUTPUTS
    assert kisi("report", mixed, "--no-feedback", "--no-rows").exit_code == 1
    assert contents(Path("output/2026-09-30")).keys() == REPORTS


def test_the_as_of_date_is_the_latest_stichtag_received(good: Path) -> None:
    kisi("report", good)
    assert [p.name for p in Path("output").iterdir() if p.is_dir()] == ["2026-09-30"]


def test_both_forms_of_a_date_mean_the_same(good: Path) -> None:
    assert kisi("report", good, "--as-of", "2026-06-30", "--out", "a").exit_code == 0
    assert kisi("report", good, "--as-of", "30.06.2026", "--out", "b").exit_code == 0
    assert contents(Path("a")) == contents(Path("b"))
    assert json.loads(Path("a/2026-06-30/ergebnis.json").read_bytes())["as_of"] == "2026-06-30"


def test_an_empty_folder_needs_a_date(place: Path) -> None:
    (place / "leer").mkdir()
    answer = kisi("report", "leer")
    assert answer.exit_code == 2
    assert (
        "nennt keine Datei einen Berichtsstichtag des Berichtsplans bis heute. Geben Sie mit --as-of ein Datum an."
        in answer.stderr
    )
    assert not Path("output").exists()
    assert kisi("report", "leer", "--as-of", "2026-03-31").exit_code == 0


@pytest.mark.parametrize(
    ("folder", "out"),
    [
        ("eingang", "eingang"),
        ("eingang", "eingang/ergebnis"),
        ("eingang", "anders/../eingang"),
        ("eingang/2026-09-30", "eingang"),  # the results would take the folder's place
        ("aus/2026-09-30/eingang", "aus"),  # the results would take away the folder above it
    ],
)
def test_results_never_go_where_the_received_files_are(good: Path, folder: str, out: str) -> None:
    shutil.copytree(good, "aus/2026-09-30/eingang")
    before = contents(Path())
    answer = kisi("report", folder, "--out", out)
    assert answer.exit_code == 2
    assert "überschneidet sich mit den empfangenen Dateien" in answer.stderr
    assert contents(Path()) == before


@pytest.mark.parametrize("path", ["output/rueckmeldung", f"output/rueckmeldung/{GOOD}"])
def test_check_does_not_overwrite_what_it_checks(good: Path, path: str) -> None:
    shutil.copytree(good / "2026-09-30", "output/rueckmeldung")
    before = contents(Path())
    assert kisi("check", path).exit_code == 2
    assert contents(Path()) == before


# --- what is in the output folder ---------------------------------------------------------------------


def test_a_foreign_file_survives_a_rerun_and_an_old_output_does_not(good: Path) -> None:
    kisi("report", good)
    results = Path("output/2026-09-30")
    (results / "notizen").mkdir()
    (results / "notizen/vermerk.txt").write_text("bleibt", encoding="utf-8")
    manifest = json.loads((results / "manifest.json").read_bytes())
    manifest["outputs"]["veraltet.html"] = ""  # as if an earlier version had written it
    (results / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    (results / "veraltet.html").touch()
    assert kisi("report", good).exit_code == 0
    assert contents(results).keys() - FEEDBACK == OUTPUTS | {"notizen/vermerk.txt"}


def test_a_report_that_was_signed_is_kept_under_another_name(good: Path) -> None:
    """Once for each time it was edited; the feedback of the last run is not kept."""
    kisi("report", good, "--no-rows")
    results, report = Path("output/2026-09-30"), "KISI_Bericht_2026-09-30.xlsx"
    made = (results / report).read_bytes()
    next((results / "rueckmeldung").rglob("*.txt")).write_text("geändert", encoding="utf-8")
    for signed in (b"freigegeben", b"noch einmal"):
        (results / report).write_bytes(signed)
        assert kisi("report", good, "--no-rows", "--no-feedback").exit_code == 0
        assert (results / report).read_bytes() == made
    kept = {n: b for n, b in contents(results).items() if n not in REPORTS}
    assert kept == {
        "KISI_Bericht_2026-09-30_geaendert.xlsx": b"freigegeben",
        "KISI_Bericht_2026-09-30_geaendert2.xlsx": b"noch einmal",
    }


def test_a_second_run_on_one_output_folder_is_reported(good: Path) -> None:
    Path("output").mkdir()
    with FileLock(f"output/{LOCK}"):
        for command in (("report", good), ("check", good), ("template", "--out", "output")):
            answer = kisi(*command)
            assert answer.exit_code == 2
            assert "In output arbeitet gerade ein anderer Lauf von kisi." in answer.stderr
    assert contents(Path("output")).keys() <= {LOCK}


def test_no_output_names_the_place_where_it_was_made(mixed: Path, place: Path) -> None:
    kisi("report", mixed)
    packed = contents(Path("output"))
    for name, data in list(packed.items()):
        if name.endswith(".xlsx"):
            with zipfile.ZipFile(BytesIO(data)) as book:
                packed |= {f"{name}/{part}": book.read(part) for part in book.namelist()}
    assert len(packed) > 50
    assert [n for n, data in packed.items() if str(place).encode() in data] == []


def test_verify_finds_a_report_whose_next_run_was_killed(good: Path) -> None:
    kisi("report", good, "--no-feedback")
    work = Path("output") / WORK
    (work / "alt").mkdir(parents=True)
    Path("output/2026-09-30").rename(work / "alt/2026-09-30")
    before = contents(Path("output"))
    answer = kisi("verify", "output/2026-09-30/KISI_Bericht_2026-09-30.xlsx", good)
    assert answer.exit_code == 0, answer.output
    assert contents(Path("output")) == before  # verify changes nothing


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        (errno.ENOSPC, "auf dem Datenträger ist kein Platz mehr."),
        (errno.EACCES, "keine Berechtigung, oder eine Datei darin ist geöffnet."),
    ],
)
def test_old_results_stay_whole_when_writing_fails(
    good: Path, monkeypatch: pytest.MonkeyPatch, code: int, shown: str
) -> None:
    kisi("report", good)
    before = contents(Path("output"))

    def fail(*_: object) -> str:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr("pipeline.report.write.write_ergebnis", fail)
    answer = kisi("report", good)
    assert answer.exit_code == 2
    assert shown in answer.stderr
    assert contents(Path("output")) == before


@pytest.mark.parametrize("command", [("report", "eingang"), ("template",), ("demo",)])
def test_an_out_folder_below_a_file(good: Path, command: tuple[str, ...]) -> None:
    Path("datei").touch()
    before = contents(Path())
    answer = kisi(*command, "--out", "datei/darunter")
    assert answer.exit_code == 2
    assert "lässt sich nicht schreiben: ein Teil des Pfades ist kein Ordner." in answer.stderr
    assert contents(Path()) == before


@pytest.mark.skipif(getattr(os, "geteuid", lambda: 1)() == 0, reason="root may write everywhere")
def test_a_read_only_out_folder(good: Path) -> None:
    out = Path("gesperrt")
    out.mkdir(mode=0o500)
    answer = kisi("report", good, "--out", out)
    assert answer.exit_code == 2
    assert "keine Berechtigung" in answer.stderr


# --- check --------------------------------------------------------------------------------------------


def test_check_names_file_place_and_remedy(mixed: Path) -> None:
    before = contents(mixed)
    answer = kisi("check", mixed)
    assert answer.exit_code == 1
    assert f"2026-09-30/{GOOD} – Bad Nauheim: angenommen (0 Fehler" in answer.stdout
    assert f"{BAD} – Oberursel (Taunus): zurückgewiesen (" in answer.stdout
    assert re.search(r"^  Fehler, \w+![A-Z]+\d+ \(.+\): .+ \[[A-Z]\d+\]\n      → .+", answer.stdout, re.M)
    assert answer.stdout.splitlines()[-1] == f"Rückmeldungen: {Path('output/rueckmeldung')}"
    assert len(list(Path("output").rglob("*.xlsx"))) == len(list(Path("output").rglob("*.txt"))) == 2
    assert {p.name for p in Path("output").iterdir()} == {"rueckmeldung"}
    assert contents(mixed) == before


def test_check_leaves_copies_of_other_files_alone(mixed: Path) -> None:
    kisi("check", mixed)
    folder = Path("output/rueckmeldung")
    both = {f"2026-09-30/{name}{end}" for name in (GOOD, BAD) for end in ("", ".txt")}
    assert contents(folder).keys() == both
    (folder / "2026-09-30/notiz.txt").write_text("bleibt", encoding="utf-8")
    before = contents(folder)
    assert kisi("check", mixed / "2026-09-30" / GOOD).exit_code == 0  # by its name alone, without a folder
    Path("leer").mkdir()
    assert kisi("check", "leer").exit_code == 0
    after = contents(folder)
    assert after.keys() == {*before, GOOD, f"{GOOD}.txt"}
    assert {name: after[name] for name in before} == before


def test_a_copy_that_can_no_longer_be_made_goes(mixed: Path) -> None:
    """What lies beside a letter is the copy of the same file, never one of an earlier state."""
    file = mixed / "2026-09-30" / BAD
    assert kisi("check", mixed).exit_code == 1
    file.write_bytes(b"kein Excel")
    assert kisi("check", mixed).exit_code == 1
    assert contents(Path("output/rueckmeldung")).keys() == FEEDBACK_WITHOUT_COPY


def test_where_no_copy_can_be_made_the_letter_lists_everything(place: Path) -> None:
    """No styles, so no marks: more findings than a letter with a copy shows, and a line on the terminal."""
    edits = {f"Kontakte!B{row}": "per Brief" for row in range(5, 30)}
    edits |= {f"Kontakte!A{row}": "2026-01-20" for row in range(5, 30)}
    edits |= {f"Kontakte!{c}{row}": t for row in range(5, 30) for c, t in (("C", "Ansprache"), ("D", "AB"))}
    parts = cell_edits.unpack(cell_edits.edited(edits))
    relations = parts["xl/_rels/workbook.xml.rels"]
    parts["xl/_rels/workbook.xml.rels"] = re.sub(rb"<Relationship [^>]*styles[^>]*>", b"", relations)
    (place / "a.xlsx").write_bytes(cell_edits.pack({n: p for n, p in parts.items() if n != "xl/styles.xml"}))
    answer = kisi("check", "a.xlsx")
    assert "a.xlsx: ohne markierte Kopie; das Anschreiben nennt alle Befunde." in answer.output
    assert contents(Path("output/rueckmeldung")).keys() == {"a.xlsx.txt"}
    letter = Path("output/rueckmeldung/a.xlsx.txt").read_text(encoding="utf-8")
    shown = [line for line in letter.splitlines() if line.startswith("- Kontakte")]
    assert len(shown) >= 1
    assert not re.search("Markierung|Link|hinterlegt|liegt bei|siehe Blatt|weitere", letter)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a pipe with a name")
@pytest.mark.parametrize(
    "command", ["check {}", "migrate {} --out neu.xlsx", "report eingang --form {}", "verify {} eingang"]
)
def test_a_pipe_is_not_waited_for(good: Path, command: str) -> None:
    os.mkfifo("rohr.xlsx")
    answer = kisi(*command.format("rohr.xlsx").split())
    assert answer.exit_code in (0, 2)
    assert "Keine gewöhnliche Datei" in answer.output or "ist keine gewöhnliche Datei" in answer.output


@pytest.mark.skipif(os.name == "nt", reason="rights of another kind")
def test_what_holds_persons_is_its_owners_alone(mixed: Path) -> None:
    kisi("report", mixed)
    results = Path("output/2026-09-30")
    private = [
        p for name in ("daten", "rueckmeldung") for p in (results / name, *(results / name).rglob("*"))
    ]
    private.append(Path("output/.kisi-zwischenspeicher.sqlite"))
    kisi("check", mixed)
    private += [Path("output/rueckmeldung"), *Path("output/rueckmeldung").rglob("*")]
    assert len(private) > 20
    assert [str(p) for p in private if p.stat().st_mode & 0o077] == []


@pytest.mark.parametrize(
    ("now", "shown"),
    [(None, "lässt sich nicht mehr lesen."), (b"anderes", "wurde während des Laufs geändert.")],
)
def test_a_file_that_changes_while_it_is_checked(tmp_path: Path, now: bytes | None, shown: str) -> None:
    """The file's fault is not reported as one of the folder of results."""
    if now is not None:
        (tmp_path / "a.xlsx").write_bytes(now)
    submission = Submission(Workbook("a.xlsx", "0" * 64), State.ACCEPTED)
    with pytest.raises(CannotWrite) as raised:
        write_feedback([(submission, tmp_path / "a.xlsx")], load_rules(ROOT / "rules"), tmp_path / "aus")
    assert str(raised.value) == f"„a.xlsx“ {shown} Starten Sie den Lauf noch einmal."


@pytest.mark.skipif(os.name == "nt", reason="Windows counts the whole path")
def test_a_file_name_as_long_as_it_may_be(place: Path) -> None:
    name = "ü" * 125 + ".xlsx"  # 255 bytes; with .txt behind it would be too long
    (place / name).write_text("kein Excel", encoding="utf-8")
    assert kisi("check", name).exit_code == 1
    assert contents(Path("output/rueckmeldung")).keys() == {"ü" * 125 + ".txt"}


@pytest.mark.skipif(sys.platform != "linux", reason="other systems know no such names")
def test_a_file_name_in_an_unknown_encoding(good: Path) -> None:
    Path(os.fsdecode(os.fsencode(good) + b"/b\xfcdingen.xlsx")).write_text("kein Excel", encoding="utf-8")
    answer = process("report", "eingang")
    assert answer.returncode == 1, answer.stderr
    assert "zurückgewiesen: b" in answer.stdout
    manifest = json.loads(Path("output/2026-09-30/manifest.json").read_bytes())
    assert len(manifest["inputs"]) == 2


def test_check_of_a_single_good_file(good: Path) -> None:
    assert kisi("check", good / "2026-09-30" / GOOD).exit_code == 0


def test_check_of_something_that_is_no_workbook(place: Path) -> None:
    (place / "brief.xlsx").write_text("Sehr geehrte Damen und Herren", encoding="utf-8")
    answer = kisi("check", "brief.xlsx")
    assert answer.exit_code == 1
    assert answer.stdout.startswith("brief.xlsx: zurückgewiesen (1 Fehler")
    assert "Damen" not in answer.output


# --- rules, template, demo ----------------------------------------------------------------------------


def test_rules_lists_every_requirement(place: Path) -> None:
    answer = kisi("rules")
    assert answer.exit_code == 0
    rules = load_rules(place / "rules")
    for measure in rules.measures:
        for one in (*measure.targets, *measure.evidence, *measure.milestones):
            assert f"  {one.id} " in answer.stdout
    assert answer.stdout.endswith("projekt.yaml, ruecknahmen.yaml\n")


@pytest.mark.parametrize(
    "command", [("report", "eingang"), ("check", "eingang"), ("rules",), ("template",), ("demo",)]
)
def test_broken_rules_are_named_with_file_and_line(good: Path, command: tuple[str, ...]) -> None:
    file = Path("rules/massnahme_1.yaml")
    lines = file.read_text(encoding="utf-8").splitlines()
    number = next(i for i, line in enumerate(lines, start=1) if re.search(r'at_least: ".+ %"', line))
    lines[number - 1] = lines[number - 1].replace(" %", " Prozent")
    file.write_text("\n".join(lines), encoding="utf-8")
    before = contents(Path())
    answer = kisi(*command)
    assert answer.exit_code == 2
    assert "Fehler: Die Regeldateien in rules sind nicht verwendbar:" in answer.stderr
    assert f"massnahme_1.yaml, Zeile {number}: „at_least“" in answer.stderr
    assert contents(Path()) == before


def test_template_writes_the_blank_workbooks_and_the_copies(place: Path) -> None:
    assert kisi("template", "--out", "leer").exit_code == 0
    assert contents(Path("leer")).keys() == {"KISI_Vorlage_Kommune.xlsx", "KISI_Vorlage_Projektleitung.xlsx"}
    Path("eine.csv").write_text("ags;name;landkreis\n06440004;Büdingen;Wetteraukreis\n", encoding="utf-8")
    answer = kisi("template", "--roster", "eine.csv", "--out", "kopien")
    assert answer.exit_code == 0
    assert f"geschrieben: {Path('kopien/KISI_06440004_Buedingen.xlsx')}" in answer.stdout


def test_template_with_a_broken_roster(place: Path) -> None:
    Path("liste.csv").write_text("ags;name;landkreis\n0644;Büdingen;Wetteraukreis\n", encoding="utf-8")
    answer = kisi("template", "--roster", "liste.csv", "--out", "kopien")
    assert answer.exit_code == 2
    assert "liste.csv, Zeile 2: der AGS muss acht Ziffern haben." in answer.stderr
    assert not Path("kopien").exists()


def test_demo_lays_everything_out_and_says_what_to_open(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "pipeline.demo.lay_out", lambda out, _: lay_out_demo(out)
    )  # filled once for all tests
    answer = kisi("demo")
    assert answer.exit_code == 0, answer.output
    out = Path("output/demo")
    shown = re.findall(r"^  \S.*?: +(\S+)$", answer.stdout.partition("Zum Ansehen:")[2], re.M)
    assert shown[0] == str(out / "2026-09-30/KISI_Bericht_2026-09-30.xlsx")
    assert all(Path(p).exists() for p in shown)
    days = (d.isoformat() for d in AS_OF_DATES)
    assert {p.name for p in out.iterdir()} == {"eingang", "rules", "formulare-leer", *days}
    laid, given = contents(out / "rules"), contents(Path("rules"))
    withdrawn = laid.pop("ruecknahmen.yaml")  # the demo's own: it names the workbook that was withdrawn
    assert given.pop("ruecknahmen.yaml") != withdrawn
    assert laid == given
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    named = re.findall(r"output/demo/[\w./-]*\w", readme)
    assert len(named) > 3
    assert [p for p in named if not Path(p).exists()] == []


# --- main ---------------------------------------------------------------------------------------------


def ends_with(raised: BaseException, monkeypatch: pytest.MonkeyPatch) -> object:
    def fail(**_: object) -> None:
        raise raised

    monkeypatch.setattr(module.cli, "main", fail)
    with pytest.raises(SystemExit) as ended:
        main()
    return ended.value.code


def test_a_fault_of_ours_is_reported_without_its_text(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("KISI_DEBUG", raising=False)
    assert ends_with(ValueError("Musterfrau"), monkeypatch) == 2
    shown = capsys.readouterr().err
    assert shown.startswith("Interner Fehler (ValueError).")
    assert "kann Inhalte der Mappen nennen" in shown
    assert "Musterfrau" not in shown


def test_stopped_by_the_user(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert ends_with(click.Abort(), monkeypatch) == 130
    assert capsys.readouterr().err == "Abgebrochen.\n"
