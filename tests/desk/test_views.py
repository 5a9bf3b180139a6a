"""What the views say of the invented project, as pages and as JSON; what runs do is what the commands do."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from click.testing import CliRunner
from lxml import html

from pipeline.cli import cli
from pipeline.desk.orders import ORDERS
from pipeline.desk.place import Place
from pipeline.desk.posted_form import PostedForm
from tests.demo_files import lay_demo
from tests.desk.conftest import working_folder
from tests.desk.running import Browser, running, until
from tests.test_submissions import sent

OBERURSEL, BUEDINGEN, NIDDA, LEAD = "06434008", "06440004", "06440016", "00000000"
AS_OF = "2026-09-30"
VIEWS = ("runde", f"runde/{OBERURSEL}", "eingang", "bericht", "versand", "vorlagen", "regeln", "laeufe")


@pytest.fixture(scope="module")
def crowd() -> list[tuple[str, int]]:
    """What fifty requests got while a report was written: (address, status)."""
    return []


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, crowd: list[tuple[str, int]]) -> Iterator[Browser]:
    """With a report that was written while fifty asked at once."""
    folder = working_folder(tmp_path_factory.mktemp("projekt"))
    lay_demo(folder / "eingang")
    with running(folder) as browser:
        browser.json("runde.json")
        started = browser.send("laeufe", order="report", as_of=AS_OF)
        crowd.append(("report", browser.send("laeufe", order="report").status))
        paths = [f"{view}{twin}" for view in VIEWS for twin in ("", ".json")]
        asked = [paths[n % len(paths)] for n in range(50)]
        with ThreadPoolExecutor(50) as pool:
            crowd += zip(asked, (a.status for a in pool.map(browser.get, asked)), strict=True)
        run = browser.json(f"laeufe/{started.headers['Location'].rpartition('/')[2]}.json")["run"]
        assert (run["code"], run["state"]) == (1, "fertig, mit Befund")
        yield browser


def _hashes(folder: Path) -> dict[str, str]:
    """What a user sees there; the next command clears what a killed run has left in ``.kisi-arbeit``."""
    inner = ((p, p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())
    found = sorted(p for p, parts in inner if not any(part.startswith(".") for part in parts.parts))
    return {p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in found}


# --- Runde --------------------------------------------------------------------------------------------


def test_the_board_says_who_stands_how_and_whose_turn_it_is(project: Browser) -> None:
    board = project.json("runde.json")
    assert {c["word"]: c["count"] for c in board["round"]["counts"]} == {
        "abgegeben": 6,
        "zurückgewiesen": 2,
        "ausstehend": 1,
    }
    listed = {m["name"]: (m["word"], m["turn"], m["next"], m["late"]) for m in board["members"]}
    assert listed["Nidda"] == ("ausstehend", "Projektleitung", "erinnern", "seit 15 Tagen")
    assert listed["Oberursel (Taunus)"] == (
        "zurückgewiesen",
        "Projektleitung",
        "Rückmeldung senden",
        "seit 15 Tagen",
    )
    assert listed["Büdingen"] == ("abgegeben", "Projektleitung", "Rückmeldung senden", None)


def test_a_municipality_has_its_files_findings_and_letters(project: Browser) -> None:
    page = project.json(f"runde/{OBERURSEL}.json")
    (file,) = page["files"]
    assert (file["file"], file["word"], file["errors"]) == (
        f"{AS_OF}/KISI_Oberursel.xlsx",
        "zurückgewiesen",
        12,
    )
    assert len([f for f in file["findings"] if f["severity"] == "error"]) == 12
    assert all(f["place"] and f["message"] and f["remedy"] for f in file["findings"])
    assert [letter["title"] for letter in file["letters"]] == ["Anschreiben", "markierte Kopie"]
    for letter in file["letters"]:
        assert project.get(f"datei/{letter['path']}").status == 200


def test_an_unknown_municipality_is_said(project: Browser) -> None:
    answer = project.get("runde/00000001")
    assert answer.status == 404
    assert "Diese Seite gibt es nicht" in answer.text


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_is_a_page_with_a_twin(project: Browser, view: str) -> None:
    twin = project.json(f"{view}.json")
    page = html.document_fromstring(project.get(view).text)
    assert page.get("lang") == "de"
    (title,) = page.xpath("//main//h1")
    assert title.text == twin["title"]
    assert page.xpath("//nav[@aria-label]//a[@aria-current='page']")
    assert len(page.xpath("//header | //main | //footer")) == 3


@pytest.mark.parametrize("view", VIEWS)
def test_every_field_has_a_label_and_no_id_stands_twice(project: Browser, view: str) -> None:
    page = html.document_fromstring(project.get(view).text)
    ids = page.xpath("//@id")
    assert sorted(ids) == sorted(set(ids))
    for field in page.xpath("//input[not(@type='hidden')] | //select"):
        assert field.xpath("ancestor::label") or page.xpath(f"//label[@for='{field.get('id')}']")
    for button in page.xpath("//button"):
        assert button.get("aria-label") or button.text_content().strip()
    for table in page.xpath("//table"):
        assert table.xpath("./thead//th[@scope='col']")
        assert table.xpath("ancestor::*[@role='group'][@tabindex='0']")


# --- Bericht ------------------------------------------------------------------------------------------


def test_a_report_has_the_bytes_of_the_command(project: Browser, tmp_path: Path) -> None:
    """``kisi report`` in a terminal beside it."""
    folder = project.desk.context.place.folder
    options = ["--as-of", AS_OF, "--out", str(tmp_path), "--rules", str(folder / "rules")]
    assert CliRunner().invoke(cli, ["report", str(folder / "eingang"), *options]).exit_code == 1
    assert _hashes(folder / "output" / AS_OF) == _hashes(tmp_path / AS_OF)
    assert len(_hashes(tmp_path / AS_OF)) > 20


def test_a_report_is_recomputed(project: Browser) -> None:
    run = project.run(order="verify", report=AS_OF)
    assert run["run"]["code"] == 0
    assert "Der Bericht stimmt" in run["lines"]
    assert run["run"]["next"] == "bericht"
    assert run["run"]["command"] == f"kisi verify output/{AS_OF}/KISI_Bericht_{AS_OF}.xlsx eingang"
    (report,) = project.json("bericht.json")["reports"]
    assert [f["title"] for f in report["files"]] == [
        "Übersicht im Browser",
        f"KISI_Bericht_{AS_OF}.xlsx",
        "alles für Programme",
        "Prüfsummen",
    ]


def test_a_report_is_packed(project: Browser) -> None:
    assert project.run(order="pack", report=AS_OF)["run"]["code"] == 0
    (package,) = project.json("bericht.json")["packages"]
    assert package.startswith("output/archiv/")
    assert package.endswith(".zip")
    assert project.get(f"datei/{package}").body.startswith(b"PK")


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
@pytest.mark.parametrize("ended", ["cancelled", "killed"])
def test_a_report_that_is_cancelled_or_killed_leaves_the_old_one(project: Browser, ended: str) -> None:
    """``kill -9`` on the run, or the button: the next report is written as if nothing had been."""
    results = project.desk.context.place.folder / "output"
    before = _hashes(results)
    place = project.send("laeufe", order="report", as_of=AS_OF).headers["Location"].rpartition("/")[2]
    until((results / ".kisi-sperre").exists)
    if ended == "killed":
        process = project.desk.context.runs._process
        assert process is not None
        process.kill()
    else:
        assert project.send(f"laeufe/{place}/abbrechen").status == 303
    run = project.json(f"laeufe/{place}.json")["run"]
    assert run["state"] == ("abgebrochen" if ended == "cancelled" else "unerwartet beendet")
    assert _hashes(results) == before


def test_a_figure_is_explained(project: Browser) -> None:
    run = project.run(order="explain", nr="Z1.3", ags=BUEDINGEN, as_of=AS_OF)
    assert run["run"]["code"] == 0
    assert "61,54 %" in run["lines"]


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"order": "init"},
        {"order": "report", "as_of": "--out"},
        {"order": "verify", "report": "../x"},
        {"order": "verify", "report": "2020-01-01"},
        {"order": "verify", "package": "output/archiv/x.zip"},
        {"order": "pack", "report": "../x"},
        {"order": "compare", "old": AS_OF, "new": "--rules"},
        {"order": "explain", "nr": "Z1.3", "ags": "--rules"},
        {"order": "explain", "nr": "--help", "ags": BUEDINGEN},
        {"order": "sample", "seed": "--help"},
        {"order": "sample", "seed": ""},
    ],
)
def test_an_order_that_is_none_starts_nothing(project: Browser, fields: dict[str, str]) -> None:
    before = len(project.json("laeufe.json")["runs"])
    assert project.send("laeufe", **fields).status == 400
    assert len(project.json("laeufe.json")["runs"]) == before


def test_fifty_requests_while_a_report_runs(project: Browser, crowd: list[tuple[str, int]]) -> None:
    """All are answered; a second report is not begun."""
    assert crowd[0] == ("report", 409)
    assert {status for _, status in crowd[1:]} == {200}
    assert len(crowd) == 51


# --- Regeln, Protokoll --------------------------------------------------------------------------------


def test_rules_stand_with_their_wording_and_place(project: Browser) -> None:
    rules = project.json("regeln.json")["rules"]
    lines = {line["nr"]: line for measure in rules["measures"] for line in measure["lines"]}
    assert lines["Z1.2"]["text"] == "Erfassung der Bedarfe von mindestens 70% der Drittstaatsangehörigen"
    assert "Zielwert" in lines["Z1.2"]["place"]
    assert len([nr for nr in lines if nr and nr.startswith("MS") and nr[-1].isdigit()]) == 16


def test_broken_rules_are_reported_with_file_and_line(folder: Path) -> None:
    (folder / "rules/projekt.yaml").write_text("version: [", "utf-8")
    with running(folder) as browser:
        page = browser.get("regeln")
        assert "projekt.yaml, Zeile" in page.text
        assert "projekt.yaml" in browser.json("runde.json")["look"]["problem"]


def test_the_log_names_time_command_and_exit_code(project: Browser) -> None:
    run = project.run(order="rules")["run"]
    logged = project.json("laeufe.json")["runs"][0]
    assert logged == run
    assert (logged["command"], logged["code"], logged["state"]) == ("kisi rules", 0, "fertig")


# --- Eingang ------------------------------------------------------------------------------------------


def test_a_workbook_is_handed_in_answered_and_withdrawn(folder: Path) -> None:
    """What was handed in is checked at once, cell by cell; a draft goes back; a withdrawal takes it out."""
    with running(folder) as browser:
        data = sent()
        answer = browser.upload(
            "eingang", [("files", "KISI Büdingen.xlsx", data), ("files", "Brief.pdf", b"%PDF")]
        )
        where = answer.headers["Location"].partition("/eingang")[2]
        page = browser.json(f"eingang.json{where}")
        (file,) = page["fresh"]
        assert file["file"].endswith("/KISI Büdingen.xlsx")
        assert file["word"] == "angenommen"
        assert [n["message"] for n in page["fresh_notes"]] == [
            "Anlage, die keine Excel-Arbeitsmappe ist; übergangen."
        ]

        assert browser.run(order="feedback")["run"]["code"] == 0
        drafts = browser.json("versand.json")
        (draft,) = [d for d in drafts["drafts"] if d["path"]]
        shown = browser.json(f"versand/{drafts['day']}/{draft['draft']}.json")
        assert shown["to"] == "guides@example.org"
        assert shown["subject"] == draft["subject"]
        assert shown["text"].startswith("Guten Tag,\n\nvielen Dank für Ihre Mappe „KISI Büdingen.xlsx“.")
        assert [name for name in shown["attachments"] if name.endswith(".xlsx")] == ["KISI Büdingen.xlsx"]
        assert browser.send("oeffnen", name=draft["path"], back="versand").status == 303
        assert [p.suffix for p in browser.opened] == [".eml"]

        taken = browser.send(
            "eingang/ruecknahme", sha256=file["sha256"], reason="Falsche Mappe", by="Büdingen"
        )
        assert taken.status == 303
        (file,) = browser.json("eingang.json")["files"]
        assert file["word"] == "zurückgezogen"


# --- Vorlagen -----------------------------------------------------------------------------------------


def test_templates_are_made_migrated_and_merged(folder: Path) -> None:
    with running(folder) as browser:
        assert browser.run(order="template", own="1")["run"]["code"] == 0
        page = browser.json("vorlagen.json")
        assert len(page["copies"]) == len(list((folder / "vorlagen").glob("KISI_*.xlsx")))
        copy = sent()
        answer = browser.upload(
            "vorlagen/zusammenfuehren", [("one", "A.xlsx", copy), ("other", "B.xlsx", copy)]
        )
        assert (
            browser.json(f"laeufe/{answer.headers['Location'].rpartition('/')[2]}.json")["run"]["code"] == 0
        )
        answer = browser.upload("vorlagen/uebertragen", [("files", "Alt.xlsx", copy)])
        assert (
            browser.json(f"laeufe/{answer.headers['Location'].rpartition('/')[2]}.json")["run"]["code"] == 0
        )
        made = [f["title"].partition("/")[2] for f in browser.json("vorlagen.json")["made"]]
        assert sorted(made) == ["A_zusammen.xlsx", "Alt.xlsx"]


# --- orders -------------------------------------------------------------------------------------------


def test_only_forms_of_the_working_folder_are_filled(folder: Path) -> None:
    for name in ("Formular.xlsx", "Bogen.docx", "-rules.xlsx", "~$Formular.xlsx", "Notiz.txt"):
        (folder / name).touch()
    fields = {f"form:{n}": "1" for n in ("Formular.xlsx", "Bogen.docx", "-rules.xlsx", "eingang/geheim.xlsx")}
    order = ORDERS["report"](PostedForm(fields | {"no-rows": "1"}), Place(folder))
    assert order.arguments == (
        "report", "eingang", "--no-rows", "--form", "Bogen.docx", "--form", "Formular.xlsx",
    )  # fmt: skip
