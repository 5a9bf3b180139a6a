"""A package holds all that its report was made from, can be recomputed alone, and shows every change."""

from __future__ import annotations

import hashlib
import io
import re
import shutil
import zipfile
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.audit.pack.bag import bag_differences, read_bag_manifest, tag_files
from pipeline.audit.pack.read_package import BadPackage, opened_package
from pipeline.cli import cli
from pipeline.report.write import write_report
from pipeline.run import run
from tests import builder, cell_edits

AS_OF = date(2026, 6, 30)
RULES = builder.ROOT / "rules"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report with a file in a folder, and one that is no submission."""
    project = tmp_path_factory.mktemp("projekt")
    (project / "eingang" / "nord").mkdir(parents=True)
    (project / "eingang" / "nord" / "a.xlsx").write_bytes(builder.valid())
    (project / "eingang" / "notiz.pdf").write_bytes(b"%PDF-1.7")
    rules = builder.rules()
    write_report(run(project / "eingang", rules, AS_OF), project / "output")
    shutil.copytree(RULES, project / "rules")
    return project


@pytest.fixture
def packed(project: Path, tmp_path: Path) -> Path:
    answer = kisi(
        "pack", results(project), project / "eingang", "--out", tmp_path, "--rules", project / "rules"
    )
    assert answer.exit_code == 0, answer.output
    return tmp_path / "KISI_Paket_2026-06-30.zip"


def results(project: Path) -> Path:
    return project / "output" / "2026-06-30"


def kisi(*arguments: str | Path) -> object:
    return CliRunner().invoke(cli, [str(a) for a in arguments])


def members(package: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(package) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def changed(package: Path, change: Callable[[dict[str, bytes]], object]) -> Path:
    """The package with other members."""
    found = members(package)
    change(found)
    with zipfile.ZipFile(package, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in found.items():
            archive.writestr(name, data)
    return package


TOP = "KISI_Paket_2026-06-30"


# --- what is in it ------------------------------------------------------------------------------------


def test_a_package_is_a_bag_of_everything(packed: Path, project: Path) -> None:
    found = members(packed)
    assert found[f"{TOP}/bagit.txt"] == b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
    assert found[f"{TOP}/data/eingang/nord/a.xlsx"] == builder.valid()
    assert f"{TOP}/data/eingang/notiz.pdf" in found
    assert found[f"{TOP}/data/rules/projekt.yaml"] == (RULES / "projekt.yaml").read_bytes()
    assert f"{TOP}/data/programm/pipeline/run.py" in found
    assert b"pandera==" in found[f"{TOP}/data/programm/versionen.txt"]
    for path in sorted(p for p in results(project).rglob("*") if p.is_file()):
        inside = path.relative_to(results(project)).as_posix()
        assert found[f"{TOP}/data/ergebnisse/2026-06-30/{inside}"] == path.read_bytes()
    info = found[f"{TOP}/bag-info.txt"].decode()
    assert "Kisi-Stand: 2026-06-30\n" in info
    assert "Kisi-Aufbewahrung-Bis: 2034-12-31\n" in info  # five years after the end of 2029


def test_its_lists_name_every_file_with_its_hash(packed: Path) -> None:
    found = members(packed)
    listed = {}
    for name in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
        for line in found[f"{TOP}/{name}"].decode().splitlines():
            digest, path = line.split("  ")
            listed[f"{TOP}/{path}"] = digest
    hashes = {
        n: hashlib.sha256(d).hexdigest() for n, d in found.items() if not n.endswith("tagmanifest-sha256.txt")
    }
    assert listed == hashes


def test_the_same_is_the_same_bytes(packed: Path, project: Path, tmp_path: Path) -> None:
    other = tmp_path / "anders"
    kisi("pack", results(project), project / "eingang", "--out", other, "--rules", project / "rules")
    assert (other / packed.name).read_bytes() == packed.read_bytes()


def test_the_same_content_is_not_packed_twice(packed: Path, project: Path) -> None:
    answer = kisi(
        "pack", results(project), project / "eingang", "--out", packed.parent, "--rules", project / "rules"
    )
    assert "Nichts Neues" in answer.output
    assert [p.name for p in packed.parent.glob("*.zip")] == [packed.name]


@pytest.mark.parametrize(
    ("spoil", "named"),
    [
        (lambda p: (p / "eingang" / "b.xlsx").write_bytes(b"neu"), "b.xlsx"),
        (lambda p: (p / "eingang" / "nord" / "a.xlsx").unlink(), "nord/a.xlsx"),
        (lambda p: (p / "rules" / "projekt.yaml").write_text((RULES / "projekt.yaml").read_text("utf-8") + "#\n", "utf-8"), "--rules"),
        (lambda p: (results(p) / "ergebnis.json").unlink(), "ergebnis.json"),
        (lambda p: (results(p) / "manifest.json").unlink(), "manifest.json"),
    ],
)  # fmt: skip
def test_what_does_not_belong_together_is_not_packed(
    project: Path, tmp_path: Path, spoil: Callable[[Path], object], named: str
) -> None:
    copy = shutil.copytree(project, tmp_path / "kopie")
    spoil(copy)
    answer = kisi("pack", results(copy), copy / "eingang", "--rules", copy / "rules")
    assert answer.exit_code == 2
    assert named in answer.output
    assert not (copy / "output" / "archiv").exists()


# --- verify -------------------------------------------------------------------------------------------


def verified(package: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> object:
    """As somebody who has nothing but the package."""
    empty = tmp_path / "leer"
    empty.mkdir(exist_ok=True)
    monkeypatch.chdir(empty)
    answer = kisi("verify", package)
    assert list(empty.iterdir()) == []
    return answer


def test_a_package_is_recomputed_alone(packed: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    answer = verified(packed, monkeypatch, tmp_path)
    assert answer.exit_code == 0, answer.output
    assert "Der Bericht stimmt" in answer.output
    assert "Das Paket ist, wie es gepackt wurde." in answer.output


def replaced(name: str, data: bytes) -> Callable[[dict[str, bytes]], object]:
    return lambda found: found.__setitem__(f"{TOP}/{name}", data)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (replaced("data/rules/kommunen.csv", b""), "data/rules/kommunen.csv wurde verändert"),
        (replaced("data/eingang/mehr.xlsx", b"x"), "data/eingang/mehr.xlsx gehört nicht zum Paket"),
        (lambda found: found.pop(f"{TOP}/data/eingang/notiz.pdf"), "data/eingang/notiz.pdf fehlt"),
        (
            lambda found: found.update(
                {f"{TOP}/bag-info.txt": found[f"{TOP}/bag-info.txt"].replace(b"2034", b"2027")}
            ),
            "bag-info.txt wurde verändert",
        ),
    ],
)
def test_every_change_is_named(
    packed: Path,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    change: Callable[[dict[str, bytes]], object],
    named: str,
) -> None:
    with opened_package(changed(packed, change)) as package:
        assert any(named in d for d in package.differences), package.differences


def test_a_forged_figure_with_adapted_lists_is_found_by_computing(
    packed: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """All hashes of the package fit; only the calculation knows better."""

    def forge(found: dict[str, bytes]) -> None:
        name = f"{TOP}/data/ergebnisse/2026-06-30/ergebnis.json"
        text = found[name].decode()
        found[name] = re.sub(r'"communes_total": (\d+)', '"communes_total": 99', text, count=1).encode()
        assert found[name].decode() != text
        payload = {
            n.removeprefix(f"{TOP}/data/"): hashlib.sha256(d).hexdigest()
            for n, d in found.items()
            if n.startswith(f"{TOP}/data/")
        }
        info = [tuple(line.split(": ", 1)) for line in found[f"{TOP}/bag-info.txt"].decode().splitlines()]
        found |= {f"{TOP}/{n}": d for n, d in tag_files(payload, info).items()}  # type: ignore[arg-type]

    answer = verified(changed(packed, forge), monkeypatch, tmp_path)
    assert answer.exit_code == 1
    assert "ergebnis.json" in answer.output


# --- chain and deletion -------------------------------------------------------------------------------


def test_packages_are_chained(
    packed: Path, project: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    copy = shutil.copytree(project, tmp_path / "kopie")
    (copy / "eingang" / "b.xlsx").write_bytes(cell_edits.edited({"Stammdaten!B8": 2}))
    write_report(run(copy / "eingang", builder.rules(), AS_OF), copy / "output")
    answer = kisi("pack", results(copy), copy / "eingang", "--out", packed.parent, "--rules", copy / "rules")
    second = packed.parent / f"{TOP}_2.zip"
    assert str(second) in answer.output
    found = members(second)
    digest = hashlib.sha256(packed.read_bytes()).hexdigest()
    info = found[f"{TOP}_2/bag-info.txt"].decode()
    assert f"Kisi-Vorheriges-Paket: {packed.name}\nKisi-Vorheriges-SHA-256: {digest}\n" in info
    ledger = found[f"{TOP}_2/data/pakete.csv"].decode("utf-8-sig").splitlines()
    assert ledger[1].startswith(f"{packed.name};{digest};2026-06-30;")
    assert f"{packed.name}, ist unverändert" in verified(second, monkeypatch, tmp_path).output
    packed.write_bytes(b"ein anderes")
    assert "ist nicht das Paket" in verified(second, monkeypatch, tmp_path).output


def test_a_deleted_file_leaves_a_trace_that_verifies(
    packed: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    answer = kisi("pack", packed, "--delete", "nord/a.xlsx", "--reason", "Art. 17 DSGVO, Az. 4711")
    assert answer.exit_code == 0, answer.output
    second = packed.parent / f"{TOP}_2.zip"
    found = members(second)
    gone = f"{TOP}_2/data/eingang/nord/a.xlsx"
    assert gone not in found
    assert not any("/daten/" in name or "/rueckmeldung/nord/" in name for name in found)
    assert not any(builder.valid() in data for data in found.values())
    listed = found[f"{TOP}_2/data/geloescht.csv"].decode("utf-8-sig")
    assert (
        f"eingang/nord/a.xlsx;{hashlib.sha256(builder.valid()).hexdigest()};Art. 17 DSGVO, Az. 4711" in listed
    )
    answer = verified(second, monkeypatch, tmp_path)
    assert answer.exit_code == 0, answer.output
    assert "wird nicht nachgerechnet" in answer.output


def test_a_file_that_is_missing_without_a_trace_is_reported(
    packed: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    kisi("pack", packed, "--delete", "nord/a.xlsx", "--reason", "Löschung")
    second = packed.parent / f"{TOP}_2.zip"
    changed(second, lambda found: found.pop(f"{TOP}_2/data/ergebnisse/2026-06-30/uebersicht.html"))
    answer = verified(second, monkeypatch, tmp_path)
    assert answer.exit_code == 1
    assert "uebersicht.html fehlt und ist nicht als gelöscht genannt" in answer.output


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("--delete", "c.xlsx", "--reason", "x"), "c.xlsx"),
        (("--delete", "nord/a.xlsx"), "--reason"),
        ((), "Ordner der Ergebnisse"),
    ],
)
def test_a_wrong_call_changes_nothing(packed: Path, arguments: tuple[str, ...], named: str) -> None:
    answer = kisi("pack", packed, *arguments)
    assert answer.exit_code == 2
    assert named in answer.output
    assert len(list(packed.parent.glob("*.zip"))) == 1


# --- packages that anybody may have made --------------------------------------------------------------


def archive_of(path: Path, files: Mapping[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"bagit.txt": b""},
        {"a/bagit.txt": b"", "b/bagit.txt": b""},
        {"a/../../boese.txt": b"x"},
        {"/a/b": b"x"},
        {"a/c:b": b"x"},
        {"a/bagit.txt": b"\0" * 1_000_000},
        {"a/bagit.txt": b"BagIt-Version: 1.0\n"},
    ],
)
def test_an_archive_that_is_no_package_is_refused(files: dict[str, bytes], tmp_path: Path) -> None:
    package = archive_of(tmp_path / "x.zip", files)
    with pytest.raises(BadPackage), opened_package(package):
        pass
    assert not (tmp_path / "boese.txt").exists()
    assert kisi("verify", package).exit_code == 2


def test_a_stand_that_is_no_date_leads_nowhere(
    packed: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It names a folder: ``../../x`` would lead out of the package."""
    name = f"{TOP}/bag-info.txt"
    changed(packed, lambda found: found.update({name: found[name].replace(b": 2026-06-30", b": ../../2026")}))
    answer = verified(packed, monkeypatch, tmp_path)
    assert answer.exit_code == 2
    assert "nennt nicht den Stand" in answer.output


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04kein Zip", io.BytesIO().getvalue() + b"x" * 100])
def test_a_damaged_archive_is_refused(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(data)
    answer = kisi("verify", tmp_path / "x.zip")
    assert answer.exit_code == 2
    assert "Traceback" not in answer.output


def test_a_link_in_an_archive_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        link = zipfile.ZipInfo("a/data/eingang/a.xlsx")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(BadPackage, match="Verknüpfung"), opened_package(tmp_path / "x.zip"):
        pass


# --- the bag itself -----------------------------------------------------------------------------------


def test_names_with_line_feeds_and_percent_signs_come_back() -> None:
    """RFC 8493: percent sign, line feed and carriage return are written as escapes."""
    data = tag_files({"a%\n.txt": "0" * 64}, [])["manifest-sha256.txt"]
    assert data == f"{'0' * 64}  data/a%25%0A.txt\n".encode()
    assert read_bag_manifest(data) == {"data/a%\n.txt": "0" * 64}


@pytest.mark.parametrize(
    "data", [b"kurz  data/a\n", b"0" * 64 + b"\n", (b"0" * 64 + b"  data/a\n") * 2, b"\xff"]
)
def test_a_list_that_is_none_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r".*"):
        read_bag_manifest(data)


def test_a_bag_without_its_own_lists_in_the_list_of_lists_is_reported() -> None:
    answer = list(bag_differences({"bagit.txt": "1"}, {}, {"bagit.txt": "1"}))
    assert answer == [
        "bag-info.txt steht nicht im Verzeichnis tagmanifest-sha256.txt.",
        "manifest-sha256.txt steht nicht im Verzeichnis tagmanifest-sha256.txt.",
    ]
