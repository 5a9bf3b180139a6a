"""Files that are handed in: nothing is overwritten, no name leads elsewhere, a thousand at once are no matter."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.disk.clock import today
from tests.desk.running import BOUNDARY, Browser, multipart


def _laid(folder: Path) -> dict[str, bytes]:
    received = folder / "eingang"
    return {p.relative_to(received).as_posix(): p.read_bytes() for p in received.rglob("*") if p.is_file()}


def test_the_same_name_gets_a_number(bare: Browser, folder: Path) -> None:
    assert (
        bare.upload("eingang", [("files", "KISI.xlsx", b"eins"), ("files", "KISI.xlsx", b"zwei")]).status
        == 303
    )
    assert bare.upload("eingang", [("files", "KISI.xlsx", b"drei")]).status == 303
    day = today().isoformat()
    assert _laid(folder) == {
        f"{day}/KISI.xlsx": b"eins",
        f"{day}/KISI (2).xlsx": b"zwei",
        f"{day}/KISI (3).xlsx": b"drei",
    }


@pytest.mark.parametrize(
    ("name", "laid"),
    [
        ("../../rules/projekt.yaml", "projekt.yaml"),
        ("..\\..\\rules\\projekt.yaml", "projekt.yaml"),
        ("/etc/passwd", "passwd"),
        ("C:\\Windows\\system32\\a.xlsx", "a.xlsx"),
        ("..", "Abgabe"),
        ("con.xlsx", "_con.xlsx"),
        ("a:b.xlsx", "a_b.xlsx"),
        ("Büdingen\u202exlsx.exe", "Büdingen_xlsx.exe"),
        (".kisi-sperre", "kisi-sperre"),
        ("x" * 300 + ".xlsx", "x" * 145 + ".xlsx"),
    ],
)
def test_no_name_leads_out_of_the_folder(bare: Browser, folder: Path, name: str, laid: str) -> None:
    rules = {p: p.read_bytes() for p in (folder / "rules").rglob("*") if p.is_file()}
    assert bare.upload("eingang", [("files", name, b"x")]).status == 303
    assert _laid(folder) == {f"{today().isoformat()}/{laid}": b"x"}
    assert {p: p.read_bytes() for p in (folder / "rules").rglob("*") if p.is_file()} == rules


def test_a_link_in_place_of_the_name_is_not_written_through(bare: Browser, folder: Path) -> None:
    target = folder / "rules" / "projekt.yaml"
    before = target.read_bytes()
    day = folder / "eingang" / today().isoformat()
    day.mkdir()
    (day / "a.xlsx").symlink_to(target)
    assert bare.upload("eingang", [("files", "a.xlsx", b"x")]).status == 303
    assert target.read_bytes() == before
    assert (day / "a (2).xlsx").read_bytes() == b"x"


def test_a_link_in_place_of_the_folder_is_not_written_through(
    bare: Browser, folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("woanders")
    (folder / "eingang" / today().isoformat()).symlink_to(elsewhere)
    answer = bare.upload("eingang", [("files", "a.xlsx", b"x")])
    assert answer.status == 500
    assert "ist eine Verknüpfung" in answer.text
    assert list(elsewhere.iterdir()) == []


def test_a_thousand_files_at_once(bare: Browser, folder: Path) -> None:
    files = [("files", f"Mail {n}.eml", str(n).encode() * 100) for n in range(1000)]
    assert bare.upload("eingang", files).status == 303
    assert len(_laid(folder)) == 1000
    assert not list((folder / ".kisi-tisch").glob("unterwegs-*"))


def test_nothing_chosen_is_said(bare: Browser, folder: Path) -> None:
    answer = bare.upload("eingang", [("files", "", b"")])
    assert answer.status == 400
    assert "Wählen Sie mindestens eine Datei aus." in answer.text
    assert _laid(folder) == {}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"kein Formular",
        multipart([("files", "a.xlsx", b"x" * 100)])[:-20],
        multipart([("files", "a.xlsx", b"x")]).replace(b"Content-Disposition", b"Content-Dispo sition\0"),
        multipart([], {"order": "x" * 30_000}),
        multipart([], {f"f{n}": "" for n in range(3000)}),
    ],
)
def test_a_broken_form_is_refused_and_leaves_nothing(bare: Browser, folder: Path, body: bytes) -> None:
    kind = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    answer = bare.ask("POST", f"{bare.base}/eingang", body, kind)
    assert answer.status == 400
    assert "Traceback" not in answer.text
    assert _laid(folder) == {}
    assert not list((folder / ".kisi-tisch").glob("unterwegs-*"))


def test_without_a_boundary_it_is_refused(bare: Browser) -> None:
    kind = {"Content-Type": "multipart/form-data"}
    assert bare.ask("POST", f"{bare.base}/eingang", b"--x--", kind).status == 400


# --- files that may be looked at ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "rules/../eingang/geheim.xlsx",
        "rules/%2e%2e/eingang/geheim.xlsx",
        "rules/..%2feingang%2fgeheim.xlsx",
        "rules/..%5ceingang%5cgeheim.xlsx",
        "eingang/geheim.xlsx",
        ".kisi-tisch/stand.json",
        "output/.kisi-zwischenspeicher.sqlite",
        "output/verknuepft/passwd",
        "/etc/passwd",
        "rules",
        "rules/",
        "rules/gibt-es-nicht.yaml",
        "rules/projekt.yaml%00.txt",
    ],
)
def test_what_is_not_to_be_shown_is_not_there(bare: Browser, folder: Path, name: str) -> None:
    (folder / "eingang/geheim.xlsx").write_bytes(b"geheim")
    (folder / "output/.kisi-zwischenspeicher.sqlite").write_bytes(b"geheim")
    (folder / "output/verknuepft").symlink_to("/etc")
    answer = bare.ask("GET", f"{bare.base}/datei/{name}")
    assert answer.status == 404
    assert b"geheim" not in answer.body
    assert bare.send("oeffnen", name=name).status == 400
    assert bare.opened == []


def test_a_page_from_the_folder_may_do_nothing_to_the_desk(bare: Browser, folder: Path) -> None:
    (folder / "output/uebersicht.html").write_text("<script>alert(1)</script>", "utf-8")
    policy = bare.get("datei/output/uebersicht.html").headers["Content-Security-Policy"]
    assert policy.startswith("sandbox allow-scripts allow-popups;")
    assert "allow-same-origin" not in policy
    assert "connect-src" not in policy
    assert "default-src 'none'" in policy


def test_a_workbook_is_kept_a_text_is_shown(bare: Browser, folder: Path) -> None:
    (folder / "output/Bericht.xlsx").write_bytes(b"PK")
    assert bare.get("datei/output/Bericht.xlsx").headers["Content-Disposition"].startswith("attachment")
    rules = bare.get("datei/rules/projekt.yaml")
    assert rules.headers["Content-Disposition"].startswith("inline")
    assert rules.headers["Content-Type"] == "text/plain; charset=utf-8"


def test_opening_hands_the_file_to_the_system(bare: Browser, folder: Path) -> None:
    answer = bare.send("oeffnen", name="rules/projekt.yaml", back="regeln")
    assert (answer.status, answer.headers["Location"]) == (303, f"{bare.base}/regeln")
    assert bare.opened == [folder / "rules/projekt.yaml"]


def test_the_way_back_leads_nowhere_else(bare: Browser) -> None:
    for back in ("//evil.example", "https://evil.example", "../..", "x\r\nSet-Cookie: a=b"):
        answer = bare.send("oeffnen", name="rules/projekt.yaml", back=back)
        assert answer.headers["Location"] == f"{bare.base}/runde"
