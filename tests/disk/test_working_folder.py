"""kisi init: a working folder from what the installed program carries; what is there stays."""

from __future__ import annotations

import os
import shlex
import shutil
import stat
import subprocess
import sys
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest
from click.testing import CliRunner, Result

from pipeline.cli import cli
from tests.builder import ROOT, RULES_VERSION

STARTERS = ("KISI starten.cmd", "KISI starten.command", "kisi-starten.desktop")
SHIPPED = ("rules", "input_templates")
SOURCES = ("pipeline", *SHIPPED, "docs", "pyproject.toml", "setup.py", "LICENSE", "README.md")


def kisi(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, [str(a) for a in arguments], prog_name="kisi")


def files(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def shipped() -> dict[str, bytes]:
    """What the repository keeps in its two folders."""
    paths = [p for top in SHIPPED for p in (ROOT / top).rglob("*")]
    found = [p for p in paths if p.suffix in (".yaml", ".csv", ".xlsx", ".j2")]
    return {p.relative_to(ROOT).as_posix(): p.read_bytes() for p in found}


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_new_folder(place: Path) -> None:
    answer = kisi("init", "projekt")
    assert answer.exit_code == 0, answer.output
    laid = files(place / "projekt")
    others = {n for n in laid.keys() - shipped().keys() if not n.startswith("anleitungen/")}
    assert others == {"LIESMICH.txt", *STARTERS}
    assert shipped().items() <= laid.items()
    assert {p.name for p in (place / "projekt").iterdir()} == {
        "rules", "input_templates", "eingang", "output", "anleitungen", "LIESMICH.txt", *STARTERS,
    }  # fmt: skip
    assert answer.stdout.count("angelegt: ") == 9
    text = laid["LIESMICH.txt"].decode()
    for command in ("kisi rules", "kisi doctor .", "kisi check eingang", "kisi report eingang"):
        assert command in text


@pytest.mark.skipif(os.name == "nt", reason="rights of POSIX")
def test_the_starters_are_programs_of_their_systems(place: Path) -> None:
    kisi("init", "projekt")
    for name in STARTERS:
        path = place / "projekt" / name
        assert stat.S_IMODE(path.stat().st_mode) == 0o755
        lines = path.read_bytes().decode("ascii").splitlines(keepends=True)
        assert {line[len(line.rstrip()) :] for line in lines} == {"\r\n" if name.endswith(".cmd") else "\n"}
        assert "kisi desk ." in "".join(lines)
        assert (str(place) in "".join(lines)) == name.endswith(".desktop")


def test_a_starter_that_was_changed_stays(place: Path) -> None:
    kisi("init", "projekt")
    path = place / "projekt/KISI starten.command"
    path.write_text("#!/bin/sh\n")
    assert f"bleibt, wie es ist: {Path('projekt') / path.name}" in kisi("init", "projekt").stdout
    assert path.read_text() == "#!/bin/sh\n"


def _exec(entry: bytes, place: str) -> list[str]:
    """The command of a desktop entry as the specification says to read it: escapes of the value, then quotes.

    ``place`` stands for %k; some programs leave it out.
    """
    value = next(line for line in entry.decode().splitlines() if line.startswith("Exec=")).removeprefix(
        "Exec="
    )
    text = value.replace("\\\\", "\\").replace("\\$", "$").replace("%k", place).replace("%%", "%")
    return shlex.split(text)


@pytest.mark.skipif(os.name == "nt", reason="a shell of POSIX")
@pytest.mark.parametrize("found", [True, False])
@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("KISI starten.command", ""),
        ("kisi-starten.desktop", ""),
        ("kisi-starten.desktop", "'{}'"),
        ("kisi-starten.desktop", "'file://{}'"),
    ],
)
def test_a_starter_opens_its_own_folder(place: Path, name: str, shown: str, found: bool) -> None:
    """Called from elsewhere, in a folder with spaces and a percent sign in its name."""
    folder = place / "Mein 100 % Projekt"
    kisi("init", folder)
    home = place / "heim"
    program = home / (".local/bin" if found else "nirgends") / "kisi"
    program.parent.mkdir(parents=True)
    program.write_text('#!/bin/sh\necho "$PWD" "$@" > "$HOME/aufruf"\n')
    program.chmod(0o755)
    starter = folder / name
    command = (
        _exec(starter.read_bytes(), shown.format(starter)) if name.endswith(".desktop") else [str(starter)]
    )
    environment = {"HOME": str(home), "PATH": "/usr/bin:/bin"}
    answer = subprocess.run(command, cwd="/", env=environment, input=b"\n", capture_output=True, check=False)
    if found:
        assert (home / "aufruf").read_text() == f"{folder} desk .\n"
    else:
        assert b"kisi" in answer.stdout + answer.stderr
        assert answer.returncode == 0 or name.endswith(".desktop")


class _Places(HTMLParser):
    """What a page points to, and the anchors it has."""

    def __init__(self) -> None:
        super().__init__()
        self.pictures: list[str] = []
        self.links: list[str] = []
        self.anchors: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.anchors.add(values.get("id", ""))
        if "src" in values:
            self.pictures.append(values["src"])
        if "href" in values:
            self.links.append(values["href"])


def test_the_guides_need_no_other_file(place: Path) -> None:
    """Each page stands alone: pictures inside it, links only to pages beside it and to anchors that exist."""
    kisi("init", "projekt")
    laid = files(place / "projekt/anleitungen")
    pages = {name: _Places() for name in laid if name.endswith(".html")}
    for name, page in pages.items():
        page.feed(laid[name].decode())
    assert len(pages["Anleitung_Kommune.html"].pictures) >= 7
    assert "vorlage" not in "".join(p[:40] for page in pages.values() for p in page.pictures)
    for name, page in pages.items():
        assert all(p.startswith("data:image/png;base64,") for p in page.pictures), name
        for link in page.links:
            file, _, anchor = unquote(link).partition("#")
            assert not file or file in laid, (name, link)
            assert not anchor or anchor in pages[file or name].anchors, (name, link)


def test_what_is_there_stays_and_is_named(place: Path) -> None:
    (place / "projekt/rules").mkdir(parents=True)
    (place / "projekt/rules/projekt.yaml").write_text("eigenes", encoding="utf-8")
    (place / "projekt/LIESMICH.txt").write_text("eigenes", encoding="utf-8")
    (place / "projekt/eingang").mkdir()
    (place / "projekt/notiz.txt").touch()
    answer = kisi("init", "projekt")
    assert answer.exit_code == 0
    laid = files(place / "projekt")
    assert laid["rules/projekt.yaml"] == laid["LIESMICH.txt"] == b"eigenes"
    assert {n for n in laid if n.startswith("rules/")} == {"rules/projekt.yaml"}
    assert "input_templates/KISI_Vorlage_Kommune.xlsx" in laid
    stays = {line.split(": ")[1] for line in answer.stdout.splitlines() if "bleibt, wie es ist" in line}
    assert stays == {str(Path("projekt") / name) for name in ("rules", "eingang", "LIESMICH.txt")}


def test_again_changes_nothing(place: Path) -> None:
    kisi("init", "projekt")
    before = files(place)
    answer = kisi("init", "projekt")
    assert answer.exit_code == 0
    assert "angelegt" not in answer.stdout
    assert files(place) == before


def test_a_file_where_the_folder_should_be(place: Path) -> None:
    (place / "datei").touch()
    assert "„datei“ ist eine Datei, kein Ordner." in kisi("init", "datei").stderr
    answer = kisi("init", "datei/darunter")
    assert answer.exit_code == 2
    assert "ein Teil des Pfades ist kein Ordner" in answer.stderr
    assert files(place) == {"datei": b""}


def test_without_rules_the_way_to_them_is_reported(place: Path) -> None:
    answer = kisi("rules")
    assert answer.exit_code == 2
    assert "Den Ordner rules mit den Regeldateien gibt es nicht." in answer.stderr
    assert "kisi init" in answer.stderr


@pytest.mark.slow
def test_the_wheel_carries_rules_templates_and_guides(tmp_path: Path) -> None:
    """The installed program, without the repository at hand: unpacked from the wheel, started elsewhere."""
    source, installed, place = tmp_path / "quelle", tmp_path / "installiert", tmp_path / "anderswo"
    source.mkdir()
    place.mkdir()
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, source)
    build = "import setuptools.build_meta as b; print(b.build_wheel('.'))"
    made = subprocess.run(
        [sys.executable, "-c", build], cwd=source, capture_output=True, text=True, check=True
    )
    with zipfile.ZipFile(source / made.stdout.split()[-1]) as wheel:
        wheel.extractall(installed)
    run = subprocess.run(
        [sys.executable, "-m", "pipeline", "init", "projekt"], cwd=place, check=True, capture_output=True,
        env={**os.environ, "PYTHONPATH": str(installed)},
    )  # fmt: skip
    assert b"angelegt" in run.stdout
    assert shipped().items() <= files(place / "projekt").items()
    guides = files(place / "projekt/anleitungen")
    assert {"Handbuch.html", "Anleitung_Kommune.html", "Datenschutz.html"} <= guides.keys()
    assert "Formular_Ministerium.xlsx" in guides
    modules = {n for n in files(source / "pipeline") if n.endswith(".py")}
    assert modules <= files(installed / "pipeline").keys(), "a package is not in the wheel"
    assert "py.typed" in files(installed / "pipeline")
    assert any(name.endswith("licenses/LICENSE") for name in files(installed))


# --- version ------------------------------------------------------------------------------------------


def test_version_names_program_rules_and_template(place: Path) -> None:
    assert kisi("--version").stdout == f"kisi 0.1.0\nRegeln {RULES_VERSION} (mitgeliefert)\nVorlage 3\n"
    shutil.copytree(ROOT / "rules", "rules")
    file = place / "rules/projekt.yaml"
    file.write_text(
        file.read_text(encoding="utf-8").replace(f'"{RULES_VERSION}"', '"2027.3"'), encoding="utf-8"
    )
    assert kisi("--version").stdout == "kisi 0.1.0\nRegeln 2027.3 (Ordner rules)\nVorlage 3\n"
    file.write_text("version: [", encoding="utf-8")
    assert "Regeln nicht verwendbar, siehe „kisi rules“ (Ordner rules)" in kisi("--version").stdout
