"""Workbooks in archives and e-mails through the commands: report, check, verify, explain."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import openpyxl
import pytest

from tests.builder import ROOT
from tests.hostile.folder import kisi_here
from tests.outlook import outlook_message
from tests.reading.containers.test_containers import locked, mail, zipped
from tests.test_submissions import sent

MAIL, ZIP, OUTLOOK = "post/Abgabe Büdingen.eml", "alle.zip", "Hanau.msg"
FILES = {
    f"{MAIL}/KISI Büdingen.xlsx": sent(),
    f"{ZIP}/Karben/KISI.xlsx": sent(ags="06440012", Bestand_C6="Quatsch"),
    f"{OUTLOOK}/KISI Hanau.xlsx": sent(ags="06415000"),
}  # fmt: skip
NOTES = {f"{MAIL}/Unterschrift.png": "N30", "Begleitbrief.pdf": "N30", "leer.eml": "N31"}


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(ROOT / "rules", tmp_path / "rules")
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "eingang"
    (folder / "post").mkdir(parents=True)
    buedingen, karben, hanau = FILES.values()
    enclosed = [("Unterschrift.png", b"\x89PNG"), ("KISI Büdingen.xlsx", buedingen)]
    (folder / MAIL).write_bytes(mail(enclosed, "Fri, 03 Jul 2026 09:00:00 +0200"))
    (folder / ZIP).write_bytes(zipped([("Karben/KISI.xlsx", karben)]))
    (folder / OUTLOOK).write_bytes(outlook_message([("KISI Hanau.xlsx", hanau)]))
    (folder / "Begleitbrief.pdf").write_bytes(b"%PDF-1.7")
    (folder / "leer.eml").write_bytes(mail())
    return tmp_path


def test_they_are_reported_like_files_of_the_folder(place: Path) -> None:
    said = kisi_here("report", "eingang", "--as-of", "2026-06-30")
    assert said.returncode == 1, said.stderr
    out = place / "output/2026-06-30"
    document = json.loads((out / "ergebnis.json").read_bytes())
    states = {s["file"]: (s["state"], s["sha256"]) for s in document["submissions"] if s["file"]}
    wanted = dict(zip(FILES, ("accepted", "rejected", "accepted"), strict=True))
    assert states == {n: (wanted[n], hashlib.sha256(data).hexdigest()) for n, data in FILES.items()}
    notes = {f["file"]: f["rule"] for f in document["findings"] if f["rule"].startswith("N3")}
    assert notes == NOTES
    manifest = json.loads((out / "manifest.json").read_bytes())
    assert manifest["inputs"] == {n: hashlib.sha256(data).hexdigest() for n, data in FILES.items()}
    assert {"olefile", "python-oxmsg"} <= manifest["program"].keys()
    for name in FILES:
        copy = openpyxl.load_workbook(out / "rueckmeldung" / name)
        assert copy.sheetnames[0] == "Rückmeldung"
        assert (out / "rueckmeldung" / f"{name}.txt").is_file()
    letters = {p.relative_to(out / "rueckmeldung").as_posix() for p in out.rglob("rueckmeldung/**/*.txt")}
    assert letters == {f"{name}.txt" for name in FILES}


def test_the_second_run_uses_what_was_kept_and_gives_the_same_bytes(place: Path) -> None:
    first = kisi_here("report", "eingang", "--as-of", "2026-06-30")
    out = place / "output/2026-06-30"
    before = {p.relative_to(out): p.read_bytes() for p in out.rglob("*") if p.is_file()}
    second = kisi_here("report", "eingang", "--as-of", "2026-06-30")
    assert (first.stdout, first.returncode) == (second.stdout, second.returncode)
    assert {p.relative_to(out): p.read_bytes() for p in out.rglob("*") if p.is_file()} == before


def test_verify_and_explain_read_them(place: Path) -> None:
    kisi_here("report", "eingang", "--as-of", "2026-06-30")
    report = "output/2026-06-30/KISI_Bericht_2026-06-30.xlsx"
    said = kisi_here("verify", report, "eingang")
    assert said.returncode == 0, said.stdout
    shown = kisi_here("explain", "Z1.2", "--commune", "06440004", "eingang", "--as-of", "2026-06-30")
    assert shown.returncode == 0
    assert f"{MAIL}/KISI Büdingen.xlsx" in shown.stdout
    changed = FILES[f"{MAIL}/KISI Büdingen.xlsx"] + b"\0"
    (place / "eingang" / MAIL).write_bytes(mail([("KISI Büdingen.xlsx", changed)]))
    said = kisi_here("verify", report, "eingang")
    assert said.returncode == 1
    assert f"Empfangene Datei {MAIL}/KISI Büdingen.xlsx: ist nicht dieselbe" in said.stdout


def test_check_tells_each_file_and_enclosures_cost_nothing(place: Path) -> None:
    said = kisi_here(
        "check", "eingang/post", "eingang/Hanau.msg", "eingang/Begleitbrief.pdf", "eingang/leer.eml"
    )
    assert said.returncode == 0, said.stdout
    lines = said.stdout.splitlines()
    first = next(line for line in lines if "KISI Büdingen.xlsx" in line)
    assert "Büdingen, E-Mail vom 03.07.2026: angenommen" in first
    assert "  Hinweis, Datei: Anlage, die keine Excel-Arbeitsmappe ist; übergangen. [N30]" in lines
    assert "leer.eml:" in lines
    assert (place / "output/rueckmeldung/Hanau.msg/KISI Hanau.xlsx").is_file()


def test_a_container_that_cannot_be_opened_gets_a_letter(place: Path) -> None:
    (place / "eingang/geheim.zip").write_bytes(locked())
    said = kisi_here("check", "eingang/geheim.zip")
    assert said.returncode == 1
    assert "geheim.zip: zurückgewiesen" in said.stdout
    assert "Das Archiv ist mit einem Passwort geschützt" in said.stdout
    letter = (place / "output/rueckmeldung/geheim.zip.txt").read_text("utf-8")
    assert "ohne Archiv" in letter
    assert not (place / "output/rueckmeldung/geheim.zip").exists()
    # the same bytes under a workbook's name are no archive, whatever was kept of the first
    (place / "eingang/geheim.xlsx").write_bytes(locked())
    kisi_here("report", "eingang", "--as-of", "2026-06-30")
    document = json.loads((place / "output/2026-06-30/ergebnis.json").read_bytes())
    shown = {f["file"]: f["rule"] for f in document["findings"] if f["file"].startswith("geheim")}
    assert shown == {"geheim.xlsx": "D05"}  # geheim.zip has the same bytes: a copy, reported once
