"""``kisi mail``: drafts that two readers understand alike, and a list of who gets what."""

from __future__ import annotations

import csv
import os
import re
import shutil
import stat
import sys
from collections.abc import Mapping
from datetime import date
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.cli import cli
from pipeline.definitions.foreign import escaped
from pipeline.dispatch.draft import Attachment, draft_bytes
from pipeline.dispatch.mail_text import Worded
from tests import builder
from tests.test_submissions import WRONG, sent

ROSTER = """ags;name;landkreis;beitritt;fruehere_ags;e_mail
06415000;Hanau;kreisfrei;2025-10-01;06435014;hanau@example.org
06434001;Bad Homburg v. d. Höhe;Hochtaunuskreis;2025-10-01;;
06440004;Büdingen;Wetteraukreis;2025-10-01;;liste@example.org
06440012;Karben;Wetteraukreis;2025-10-01;;karben@example.org; amt@karben.example
"""
CONTACT = """contact:
  name: "Projektleitung KISI"
  e_mail: "kisi@example.org"
  phone: "0611 123"
  place: "Wiesbaden"
  signature: ["Erika Muster", "Projektleitung KISI"]
"""
FILES = {
    "Büdingen.xlsx": sent(),  # guides@example.org
    "Karben.xlsx": sent(ags="06440012", Stammdaten_B10="", **WRONG),
    "kopie/Büdingen.xlsx": sent(),
    "kaputt.xlsx": b"kein Excel",
}


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(builder.ROOT / "rules", tmp_path / "rules")
    (tmp_path / "rules/kommunen.csv").write_text(
        ROSTER.replace("karben@example.org; amt", '"karben@example.org; amt').replace(
            "karben.example\n", 'karben.example"\n'
        ),
        "utf-8",
    )
    project = (tmp_path / "rules/projekt.yaml").read_text("utf-8")
    project, times = re.subn(r"^contact:.*?(?=^start:)", CONTACT, project, flags=re.M | re.S)
    assert times == 1
    (tmp_path / "rules/projekt.yaml").write_text(project, "utf-8")
    for name, data in FILES.items():
        (tmp_path / "eingang" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "eingang" / name).write_bytes(data)
    monkeypatch.chdir(tmp_path)
    on(monkeypatch, date(2026, 7, 20))
    return tmp_path


def on(monkeypatch: pytest.MonkeyPatch, day: date) -> None:
    monkeypatch.setattr(sys.modules["pipeline.cli.mail"], "today", lambda: day)
    monkeypatch.setattr("pipeline.cli.common.today", lambda: day)


def kisi(*arguments: str) -> Result:
    answer = CliRunner().invoke(cli, ["mail", *arguments], prog_name="kisi")
    assert "Traceback" not in answer.output
    return answer


def drafts(out: str = "output", as_of: str = "2026-06-30") -> dict[str, EmailMessage]:
    folder = Path(out) / as_of / "versand"
    return {p.name: message_from_bytes(p.read_bytes(), policy=default) for p in folder.glob("*.eml")}  # type: ignore[misc]


def rows(out: str = "output", as_of: str = "2026-06-30") -> list[dict[str, str]]:
    text = (Path(out) / as_of / "versand/versand.csv").read_bytes().decode("utf-8-sig")
    return list(csv.DictReader(text.splitlines(), delimiter=";"))


def body(message: EmailMessage) -> str:
    part = message.get_body()
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def attached(message: EmailMessage) -> dict[str, bytes]:
    return {part.get_filename() or "": part.get_payload(decode=True) for part in message.iter_attachments()}  # type: ignore[misc]


# --- feedback -----------------------------------------------------------------------------------------


def test_feedback_goes_to_the_address_in_the_workbook_or_on_the_roster(place: Path) -> None:
    answer = kisi("feedback", "eingang", "--as-of", "2026-06-30")
    assert answer.exit_code == 0, answer.output
    found = drafts()
    assert {name: m["To"] for name, m in found.items()} == {
        "Rueckmeldung_KISI_06440004_Buedingen.eml": "guides@example.org",
        "Rueckmeldung_KISI_06440012_Karben.eml": "karben@example.org, amt@karben.example",
    }
    accepted = found["Rueckmeldung_KISI_06440004_Buedingen.eml"]
    assert (accepted["X-Unsent"], accepted["From"], accepted["Date"]) == ("1", "kisi@example.org", None)
    assert accepted["Subject"] == "KISI: Rückmeldung zu Ihrer Abgabe zum 30.06.2026 (Nr. 1) – angenommen"
    text = body(accepted)
    assert text.startswith("Guten Tag,\n\nvielen Dank für Ihre Mappe „Büdingen.xlsx“. Stand: angenommen.\n")
    assert "Fragen beantwortet: Projektleitung KISI, kisi@example.org, Telefon 0611 123, Wiesbaden." in text
    assert text.endswith("Mit freundlichen Grüßen\nErika Muster\nProjektleitung KISI\n")
    rejected = body(found["Rueckmeldung_KISI_06440012_Karben.eml"])
    assert "leider zurückgewiesen: 1 Fehler." in rejected
    assert "Abgabetermin ist der 31.07.2026." in rejected


def test_copy_and_letter_are_those_of_the_report(place: Path) -> None:
    kisi("feedback", "eingang", "--as-of", "2026-06-30")
    CliRunner().invoke(cli, ["report", "eingang", "--as-of", "2026-06-30"])
    back = place / "output/2026-06-30/rueckmeldung"
    for draft, file in (("06440004_Buedingen", "Büdingen.xlsx"), ("06440012_Karben", "Karben.xlsx")):
        wanted = {file: (back / file).read_bytes(), f"{file}.txt": (back / f"{file}.txt").read_bytes()}
        given = attached(drafts()[f"Rueckmeldung_KISI_{draft}.eml"])
        assert given[file] == wanted[file]
        assert given[f"{file}.txt"].replace(b"\r\n", b"\n") == wanted[f"{file}.txt"]
    assert drafts().keys() == {
        f"Rueckmeldung_KISI_{n}.eml" for n in ("06440004_Buedingen", "06440012_Karben")
    }


def test_the_list_says_who_gets_what_and_why_not(place: Path) -> None:
    answer = kisi("feedback", "eingang", "--as-of", "2026-06-30")
    listed = {row["Datei"]: row for row in rows()}
    assert list(listed) == ["Büdingen.xlsx", "Karben.xlsx", "kaputt.xlsx", "kopie/Büdingen.xlsx"]
    assert listed["Karben.xlsx"] == {
        "Anlass": "Rückmeldung", "AGS": "06440012", "Kommune": "Karben", "Datei": "Karben.xlsx",
        "Empfänger": "karben@example.org; amt@karben.example",
        "Betreff": "KISI: Rückmeldung zu Ihrer Abgabe zum 30.06.2026 (Nr. 1) – zurückgewiesen",
        "Entwurf": "Rueckmeldung_KISI_06440012_Karben.eml", "Anlagen": "Karben.xlsx; Karben.xlsx.txt",
        "Stand": "neu", "Anmerkung": "",
    }  # fmt: skip
    assert (listed["kopie/Büdingen.xlsx"]["Stand"], listed["kopie/Büdingen.xlsx"]["Anmerkung"]) == (
        "ohne Entwurf", "Dublette: nichts zu tun",
    )  # fmt: skip
    no_address = "keine Adresse: weder in der Mappe noch in kommunen.csv (e_mail)"
    assert listed["kaputt.xlsx"]["Anmerkung"] == no_address
    lines = answer.stdout.splitlines()
    assert f"ohne Entwurf: kaputt.xlsx – {no_address}" in lines
    assert "Runde zum 30.06.2026: 2 neu, 2 ohne Entwurf." in lines


# --- reminders ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "subject", "words"),
    [
        (
            date(2026, 7, 31),
            "KISI: Erinnerung an Ihre Abgabe zum 30.06.2026 (bis 31.07.2026)",
            "bis zum 31.07.2026 erwarten wir von Hanau",
        ),
        (date(2026, 8, 1), "KISI: Ihre Abgabe zum 30.06.2026 fehlt noch", "Abgabetermin war der 31.07.2026."),
    ],
)
def test_the_outstanding_are_reminded_before_and_after_the_day(
    place: Path, monkeypatch: pytest.MonkeyPatch, day: date, subject: str, words: str
) -> None:
    on(monkeypatch, day)
    answer = kisi("reminder", "eingang", "--as-of", "2026-06-30")
    found = drafts()  # Karben was rejected and has its letter; Bad Homburg has no address
    assert found.keys() == {f"Erinnerung_KISI_{n}.eml" for n in ("00000000_Projektleitung", "06415000_Hanau")}
    message = found["Erinnerung_KISI_06415000_Hanau.eml"]
    assert (message["To"], message["Subject"]) == ("hanau@example.org", subject)
    assert words in body(message)
    assert {row["Kommune"]: row["Stand"] for row in rows()} == {
        "Projektleitung": "neu", "Hanau": "neu", "Bad Homburg v. d. Höhe": "ohne Entwurf",
    }  # fmt: skip
    assert answer.exit_code == 0


def test_before_anything_has_come_the_round_of_today_is_asked_about(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (place / "leer").mkdir()
    on(monkeypatch, date(2026, 10, 5))
    answer = kisi("reminder", "leer")
    assert answer.exit_code == 0, answer.output
    assert len(drafts(as_of="2026-09-30")) == 4
    assert kisi("feedback", "leer").exit_code == 2
    later = kisi("reminder", "eingang")
    assert "Inzwischen läuft die Runde zum 30.09.2026: --as-of 2026-09-30." in later.stdout


# --- templates ----------------------------------------------------------------------------------------


def test_templates_are_each_municipalitys_own(place: Path) -> None:
    kisi("templates", "eingang", "--as-of", "2026-06-30")
    found = drafts()
    assert found.keys() == {
        f"Vorlage_KISI_{n}.eml" for n in ("06415000_Hanau", "06440004_Buedingen", "06440012_Karben")
    }
    message = found["Vorlage_KISI_06440004_Buedingen.eml"]
    assert message["Subject"] == "KISI: Ihre Mappe zum Stichtag 30.06.2026"
    assert message["To"] == "guides@example.org"  # the workbook that counts, before the roster
    (name,) = attached(message)
    assert name == "KISI_06440004_Buedingen.xlsx"
    Path("own.xlsx").write_bytes(attached(message)[name])
    form = openpyxl.load_workbook("own.xlsx")["Stammdaten"]
    assert (form["B4"].value, form["B5"].value) == ("Büdingen", "06440004")
    assert form["B7"].value.date() == date(2026, 6, 30)


# --- once and again -------------------------------------------------------------------------------------


def everything(out: str) -> dict[str, bytes]:
    return {
        p.relative_to(out).as_posix(): p.read_bytes() for p in Path(out).rglob("versand/**/*") if p.is_file()
    }


def test_the_same_inputs_give_the_same_bytes(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for out in ("eins", "zwei"):
        for occasion in ("feedback", "templates"):
            kisi(occasion, "eingang", "--as-of", "2026-06-30", "--out", out)
        on(monkeypatch, date(2026, 9, 1))
    assert everything("eins") == everything("zwei")
    assert len(everything("eins")) == 2 + 3 + 2  # drafts, versand.csv, manifest.json


def test_what_has_not_changed_is_not_sent_again(place: Path) -> None:
    kisi("feedback", "eingang", "--as-of", "2026-06-30")
    before = everything("output")
    kisi("reminder", "eingang", "--as-of", "2026-06-30")  # leaves the others alone
    assert before.keys() < everything("output").keys()
    again = kisi("feedback", "eingang", "--as-of", "2026-06-30")
    assert "2 unverändert" in again.stdout
    assert {n for n in drafts() if n.startswith("Rueck")} == set()
    kept = {n: b for n, b in everything("output").items() if "/frueher/" in n}
    assert sorted(Path(n).name for n in kept) == sorted(Path(n).name for n in before if n.endswith(".eml"))
    assert {row["Entwurf"] for row in rows() if row["Stand"] == "unverändert"} == {
        "frueher/Rueckmeldung_KISI_06440004_Buedingen.eml", "frueher/Rueckmeldung_KISI_06440012_Karben.eml",
    }  # fmt: skip
    (place / "eingang/Karben2.xlsx").write_bytes(sent(ags="06440012", number=2))
    third = kisi("feedback", "eingang", "--as-of", "2026-06-30")
    assert "1 neu" in third.stdout
    assert {n for n in drafts() if n.startswith("Rueck")} == {"Rueckmeldung_KISI_06440012_Karben.eml"}
    assert {row["Anlass"] for row in rows()} == {"Rückmeldung", "Erinnerung"}
    assert {n for n in drafts() if n.startswith("Erinn")} == {
        "Erinnerung_KISI_06415000_Hanau.eml",
        "Erinnerung_KISI_00000000_Projektleitung.eml",
    }
    every = kisi("feedback", "eingang", "--as-of", "2026-06-30", "--all")
    assert every.exit_code == 0
    assert {n for n in drafts() if n.startswith("Rueck")} == {
        "Rueckmeldung_KISI_06440004_Buedingen.eml", "Rueckmeldung_KISI_06440012_Karben.eml",
    }  # fmt: skip


def test_a_report_leaves_the_drafts_alone_and_verify_does_not_mind(place: Path) -> None:
    kisi("feedback", "eingang", "--as-of", "2026-06-30")
    before = everything("output")
    CliRunner().invoke(cli, ["report", "eingang", "--as-of", "2026-06-30"])
    assert everything("output") == before
    said = CliRunner().invoke(cli, ["verify", "output/2026-06-30/KISI_Bericht_2026-06-30.xlsx", "eingang"])
    assert said.exit_code == 0, said.output
    assert "Der Bericht stimmt" in said.stdout
    assert "Hinweis: versand: Die Entwürfe sind nachgerechnet" in said.stdout


@pytest.mark.skipif(os.name == "nt", reason="Windows inherits rights")
def test_the_drafts_are_their_owners_alone(place: Path) -> None:
    kisi("feedback", "eingang", "--as-of", "2026-06-30")
    folder = place / "output/2026-06-30/versand"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(p.stat().st_mode) for p in folder.iterdir()} == {0o600}
    CliRunner().invoke(cli, ["report", "eingang", "--as-of", "2026-06-30", "--no-feedback"])
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_manifest_of_nonsense_is_like_none(place: Path) -> None:
    folder = place / "output/2026-06-30/versand"
    folder.mkdir(parents=True)
    for nonsense in (
        b"",
        b"[]",
        b'{"drafts": {"a": 1}, "rows": 2}',
        b'{"drafts": {"a": ["../x", "y"]}, "rows": {}}',
    ):
        (folder / "manifest.json").write_bytes(nonsense)
        assert kisi("feedback", "eingang", "--as-of", "2026-06-30").exit_code == 0


# --- the texts ----------------------------------------------------------------------------------------


def test_the_lead_can_edit_the_texts(place: Path) -> None:
    own = place / "rules/anschreiben/erinnerung.j2"
    own.write_text(
        "Betreff: Bitte\r\n\r\nLiebe {{ kommune }}, bis {{ frist }}. {{ ort }}\r\n", "utf-8", newline=""
    )
    kisi("reminder", "eingang", "--as-of", "2026-06-30")
    message = drafts()["Erinnerung_KISI_06415000_Hanau.eml"]
    assert (message["Subject"], body(message)) == (
        "Bitte",
        "Liebe Hanau, bis 31.07.2026. Wiesbaden\n",
    )


def test_without_texts_of_their_own_those_of_the_program_serve(place: Path) -> None:
    shutil.rmtree(place / "rules/anschreiben")
    kisi("reminder", "eingang", "--as-of", "2026-06-30")
    assert drafts()["Erinnerung_KISI_06415000_Hanau.eml"]["Subject"].startswith("KISI: Erinnerung")


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("Betreff: x\n{% if %}", "erinnerung.j2, Zeile 2: kein gültiges Jinja2."),
        ("Betreff: x\n{{ gibtsnicht }}", "'gibtsnicht' is undefined Es gibt: fragen, frist, kommune"),
        ("Betreff: x\n{{ ''.__class__.__mro__ }}", "erinnerung.j2: "),
        ("Guten Tag", "Die erste Zeile muss mit „Betreff:“ beginnen"),
        ("Betreff:\nGuten Tag", "Die erste Zeile muss mit „Betreff:“ beginnen"),
        ("Betreff: x\n{{ 1 / 0 }}", "erinnerung.j2: ZeroDivisionError beim Ausfüllen."),
    ],
)
def test_a_text_that_cannot_be_used_is_said_and_nothing_is_written(
    place: Path, source: str, words: str
) -> None:
    (place / "rules/anschreiben/erinnerung.j2").write_text(source, "utf-8")
    answer = kisi("reminder", "eingang", "--as-of", "2026-06-30")
    assert answer.exit_code == 2
    assert words in answer.stderr
    assert not (place / "output/2026-06-30/versand").exists()


# --- nothing foreign in a header ------------------------------------------------------------------------

EVIL = "x\r\nBcc: boese@example.com\r\n\r\n<script>"


def test_names_of_files_and_municipalities_stay_text(place: Path) -> None:
    roster = (
        (place / "rules/kommunen.csv")
        .read_text("utf-8")
        .replace(";Hanau;", ";=HYPERLINK(1)\u2028Bcc: a@b.de;")
    )
    (place / "rules/kommunen.csv").write_text(roster, "utf-8")
    (place / "eingang" / "a\nBcc: b@example.com\n.xlsx").write_bytes(sent(number=2))
    for occasion in ("feedback", "reminder", "templates"):
        assert kisi(occasion, "eingang", "--as-of", "2026-06-30").exit_code == 0
    for message in drafts().values():
        assert message["Bcc"] is None
        assert set(message.keys()) <= {
            "X-Unsent",
            "From",
            "To",
            "Subject",
            "MIME-Version",
            "Content-Type",
            "Content-Transfer-Encoding",
        }
    text = (place / "output/2026-06-30/versand/versand.csv").read_text("utf-8-sig")
    assert "\n=" not in text
    assert ";=" not in text


def read_twice(data: bytes) -> Mapping[str, Any]:
    """By a reader that shares nothing with Python's; and that Python's reads the same."""
    fast_mail_parser = pytest.importorskip("fast_mail_parser", reason="not made for Intel Macs")
    other = fast_mail_parser.parse_email(data)
    own = message_from_bytes(data, policy=default)
    names = [part.get_filename() for part in own.iter_attachments()]  # type: ignore[attr-defined]
    contents = [part.get_payload(decode=True) for part in own.iter_attachments()]  # type: ignore[attr-defined]
    assert [a.filename for a in other.attachments] == names
    assert [bytes(a.content) for a in other.attachments] == contents
    assert other.subject == own["Subject"]
    return {
        "subject": other.subject,
        "headers": other.headers,
        "text": "".join(other.text_plain),
        "names": names,
    }


def test_every_draft_reads_the_same_in_another_reader(place: Path) -> None:
    for occasion in ("feedback", "reminder", "templates"):
        kisi(occasion, "eingang", "--as-of", "2026-06-30")
    found = list((place / "output/2026-06-30/versand").glob("*.eml"))
    assert len(found) == 7
    for path in found:
        seen = read_twice(path.read_bytes())
        assert "Mit freundlichen Grüßen" in seen["text"]
        assert seen["headers"]["X-Unsent"] == ["1"]


@settings(max_examples=60, deadline=None)
@given(
    st.text(min_size=1, max_size=150),
    st.text(max_size=200),
    st.text(min_size=1, max_size=60),
    st.binary(max_size=50),
)
def test_no_text_becomes_a_header(subject: str, text: str, name: str, content: bytes) -> None:
    """The subject is one visible line, as ``Wording`` makes it; names of attachments are anything."""
    line = " ".join(escaped(subject).split()) or "x"
    data = draft_bytes(
        ["a@example.org"], None, Worded(line, escaped(text, "\n")), [Attachment(name, content)]
    )
    message = message_from_bytes(data, policy=default)
    assert set(message.keys()) == {"X-Unsent", "To", "Subject", "MIME-Version", "Content-Type"}
    (part,) = message.iter_attachments()  # type: ignore[attr-defined]
    assert part.get_payload(decode=True) == content
