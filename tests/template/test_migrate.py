"""Filled workbooks of earlier template versions: accepted as they are, and taken into the current one without a loss.

The blank templates of version 1 lie in tests/data/vorlage_1 as they went out, those of a later one beside them.
"""

from __future__ import annotations

import io
import json
import re
import shutil
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner
from openpyxl.comments import Comment
from openpyxl.utils import get_column_letter

from pipeline.cli import cli
from pipeline.definitions.model import Workbook
from pipeline.definitions.sheets import FORM_TITLE, TEMPLATE_VERSION
from pipeline.demo.rows import change
from pipeline.doctor.doctor_check import Urgency
from pipeline.doctor.rules_and_templates import check_templates
from pipeline.reading.package import read_raw
from pipeline.rules.loading.load import load_rules
from pipeline.template.fill import Content, fill
from pipeline.template.migrate import Migrated, migrate
from tests import builder, cell_edits, expected
from tests.builder import ROOT, rules
from tests.cell_edits import ErrorValue, Formula, edited
from tests.expected import ExpectedFinding, examine, reported
from tests.reading.containers.test_containers import mail

ARCHIVED = {int(p.name.split("_")[1]): p for p in (ROOT / "tests" / "data").glob("vorlage_*")}
BLANKS = {"kommune": "KISI_Vorlage_Kommune.xlsx", "projektleitung": "KISI_Vorlage_Projektleitung.xlsx"}
NEW_COLUMNS = ("Altersgruppe", "Geschlecht")
FIRST_ROW = 5


@cache
def version_1(kind: str = "kommune") -> bytes:
    """The valid content in a template of version 1."""
    return of_version(1, kind)


def of_version(version: int, kind: str) -> bytes:
    """The valid content in an archived template."""
    content = builder.content() if kind == "kommune" else lead_content()
    return filled(content, kind, version)


def filled(content: Content, kind: str = "kommune", version: int = 1) -> bytes:
    now = rules().kinds[kind]
    then = [
        replace(t, columns=tuple(c for c in t.columns if c.since <= version))
        for t in now.tables
        if t.since <= version
    ]
    known = {t.title: content.tables[t.title] for t in then if t.title in content.tables}
    blank = (ARCHIVED[version] / BLANKS[kind]).read_bytes()
    return fill(blank, replace(now, tables=tuple(then)), replace(content, tables=known))


def lead_content() -> Content:
    form = {
        "Landkreis": "Land Hessen",
        "Berichtsstichtag": builder.STICHTAG,
        "Abgabe-Nr.": 3,
        "Integrationsguide(s)": "P",
    }
    return Content(form, {title: builder.rows_of(t) for title, t in builder.LEAD_VALID.items()})


def moved(data: bytes) -> Migrated:
    return migrate(data, rules())


def content_of(workbook: Workbook, version: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Form and tables as far as the template of that version had them; columns that it lacked are empty."""
    kind = rules().kinds[workbook.kind]
    lines = [c.name for c in kind.form.columns if c.since <= version]
    titles = [t.title for t in kind.tables if t.since <= version]
    return {n: workbook.form[n] for n in lines}, {t: workbook.tables[t].columns for t in titles}


def new_sheets(kind: str = "kommune") -> set[str]:
    """Sheets that version 1 did not have: nothing can stand in them, which a later template calls a gap."""
    return {t.title for t in rules().kinds[kind].tables if t.since > 1}


def found(workbook: Workbook) -> list[ExpectedFinding]:
    return [one for one in reported(workbook.findings) if one.sheet not in new_sheets(workbook.kind)]


def cells(data: bytes, titles: Iterable[str]) -> dict[str, Any]:
    """Every non-empty cell of the records and of Stammdaten: ``Personen!F6`` → value."""
    sheets = read_raw(data, set(titles).__contains__).sheets
    return {
        f"{title}!{get_column_letter(c)}{r}": value
        for title, sheet in sheets.items()
        for r, row in enumerate(sheet.rows, start=1)
        for c, value in enumerate(row, start=1)
        if value != "" and (c == 2 if title == FORM_TITLE else r >= FIRST_ROW)
    }


TITLES = ("Stammdaten", *(t.title for t in rules().kinds["kommune"].tables))


# --- as they are --------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", BLANKS)
@pytest.mark.parametrize("version", ARCHIVED)
def test_an_earlier_version_is_accepted_as_it_is(version: int, kind: str) -> None:
    workbook = examine(of_version(version, kind))
    assert workbook.template_version == str(version)
    assert found(workbook) == [ExpectedFinding("M28", "note", None, None, None)], "made under rules 2026.1"
    if kind == "kommune":
        assert content_of(workbook, version) == content_of(expected.valid_workbook(), version)


def test_what_version_1_lacks_is_empty() -> None:
    assert examine(version_1()).tables["Personen"].columns["Geschlecht"] == [None] * 8


@pytest.mark.parametrize("version", ARCHIVED)
def test_the_archived_templates_are_of_their_version(version: int) -> None:
    for kind, name in BLANKS.items():
        book = openpyxl.load_workbook(ARCHIVED[version] / name)
        marks = {row[0].value: row[1].value for row in book["Listen"].iter_rows(max_col=2)}
        assert (marks["Vorlage"], marks["Vorlagenversion"]) == (kind, str(version))
        headers = [c.value for row in book.worksheets[3].iter_rows(max_row=6) for c in row]
        assert version > 1 or not set(NEW_COLUMNS) & set(headers)


# --- into the current version -------------------------------------------------------------------------


def test_every_cell_is_the_same_and_the_new_columns_are_empty() -> None:
    new = moved(version_1())
    assert (new.version, new.left) == ("1", ())
    assert cells(new.data, TITLES) == cells(version_1(), TITLES)
    assert len(cells(new.data, TITLES)) > 400
    book = openpyxl.load_workbook(io.BytesIO(new.data))
    persons = book["Personen"]
    assert [persons["I4"].value, persons["J4"].value] == list(NEW_COLUMNS)
    assert [persons[f"{c}{r}"].value for c in "IJ" for r in range(5, 40)] == [None] * 70


@pytest.mark.parametrize("version", ARCHIVED)
def test_the_new_workbook_reads_as_the_old_one(version: int) -> None:
    data = of_version(version, "kommune")
    old, new = examine(data), examine(moved(data).data)
    assert new.template_version == TEMPLATE_VERSION
    assert found(new) == []
    assert content_of(old, version) == content_of(new, version)


def test_the_new_workbook_is_that_of_the_municipality() -> None:
    """Its lines come locked from the roster; sheets keep their validations and protection."""
    sheet = openpyxl.load_workbook(io.BytesIO(moved(version_1()).data))["Stammdaten"]
    assert [sheet[f"B{r}"].value for r in (4, 5, 6)] == ["Büdingen", "06440004", "Wetteraukreis"]
    assert [sheet[f"B{r}"].protection.locked for r in (4, 5, 6, 7)] == [True, True, True, False]
    assert sheet.protection.sheet
    assert len(sheet.data_validations.dataValidation) > 5


def test_the_project_lead_is_taken_as_well() -> None:
    new = moved(version_1("projektleitung"))
    assert new.left == ()
    titles = ("Stammdaten", *(t.title for t in rules().kinds["projektleitung"].tables))
    assert cells(new.data, titles) == cells(version_1("projektleitung"), titles)
    assert found(examine(new.data)) == []
    assert examine(new.data).form["Landkreis"] == "Land Hessen"


def test_a_workbook_of_the_current_version_stays_what_it_is() -> None:
    content = builder.content()
    people = change(content.tables["Personen"], "P-0002", Altersgruppe="18 bis 60", Geschlecht="divers")
    data = builder.filled(replace(content, tables={**content.tables, "Personen": people}))
    new = moved(data)
    assert (new.version, new.left) == (TEMPLATE_VERSION, ())
    assert cells(new.data, TITLES) == cells(data, TITLES)


MISTAKES = {
    "Personen!A5": "Erika Muster",
    "Personen!B6": "Gruppe 3",
    "Personen!D7": "31.02.2026",
    "Personen!E8": 46000,  # a number in a column of dates; it must not become a date
    "Bestand!A5": "2026-09-30",  # a date after the Stichtag
    "Bestand!B6": "1.234",
    "Kontakte!D5": "=SUM(A1)",  # a text, not a formula
    "Kontakte!D6": "#BEZUG!",
    "Kontakte!D7": "#REF!",
    "Angebote!B5": "  Sprachcafé\u00a0",
    "Angebote!K5": "Zeile 1\nZeile 2",
    "Veranstaltungen!E5": -3,
    "Veranstaltungen!F5": True,
    "Schulungen!G5": 2.5,
    "Meilensteine!E5": "2026-03-01",  # a computed row
    "Zielwerte!F5": "gerechnet",
}  # fmt: skip


def as_typed() -> bytes:
    """The mistakes with the formats that the columns of version 1 have, but for the number."""
    book = openpyxl.load_workbook(io.BytesIO(version_1()))
    for place, value in MISTAKES.items():
        title, address = place.split("!")
        cell = book[title][address]
        looks = cell.number_format
        cell.value = date.fromisoformat(value) if str(value)[:4] == "2026" else value
        cell.number_format = "General" if value == 46000 else looks
        if isinstance(value, str) and value[:1] in "=#":
            cell.data_type = "s"
    book["Bestand"]["B5"].value = date(2026, 1, 31)  # a date in a column of numbers, and one with a time
    book["Bestand"]["B5"].number_format = "dd.mm.yyyy"
    book["Kontakte"]["A8"].value = datetime.combine(date(2026, 6, 30), time(10, 30))
    book["Kontakte"]["A8"].number_format = "dd.mm.yyyy"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_mistakes_are_taken_over_as_typed() -> None:
    old = as_typed()
    new = moved(old)
    assert new.left == ()
    before, after = cells(old, TITLES), cells(new.data, TITLES)
    assert after == before
    assert {p: before[p] for p in ("Personen!E8", "Kontakte!D5", "Kontakte!D7")} == {
        "Personen!E8": 46000.0,
        "Kontakte!D5": "=SUM(A1)",
        "Kontakte!D7": "#REF!",
    }
    one, two = examine(old), examine(new.data)
    assert found(two) == [one for one in found(one) if one.rule != "M28"]
    assert len(two.findings) > 10


def with_foreign_parts() -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(version_1()))
    book["Personen"]["L4"], book["Personen"]["L6"] = "Bemerkung", "wartet auf Termin"
    book["Personen"]["M30"] = "unter der Tabelle"
    book["Stammdaten"]["E7"], book["Stammdaten"]["B40"] = "Rückfragen an Amt 50", "ja"
    book["Personen"]["C6"].comment = Comment("Papier liegt vor", "Amt 50")
    book.create_sheet("Planung 2027")["A1"] = "intern"
    criteria = book["Meilensteine"]
    numbers = {criteria.cell(r, 1).value: r for r in range(FIRST_ROW, criteria.max_row + 1)}
    row = numbers["MS1.1b"]
    criteria.cell(row, 1).value = "MS9.9"
    criteria.cell(numbers["MS1.2a"], 1).value = "MS1.1c"  # the same number twice
    criteria.cell(numbers["MS1.2a"], 7).value = "zweite Zeile"
    out = io.BytesIO()
    book.save(out)
    return edited(
        {
            "Bestand!B6": ErrorValue("#REF!"),
            "Bedarfe!D5": Formula("TODAY()"),
            "Bedarfe!D6": Formula("A1+1", 46068),
            "Ehrenamtliche!C5": ErrorValue("#DIV/0!", "1/0"),
            "Personen!N7": ErrorValue("#N/A"),
        },
        out.getvalue(),
    )


LEFT = [
    "Stammdaten, Zelle E7: Diese Angabe gibt es in der Vorlage nicht.",
    "Stammdaten, Zelle B40: Diese Angabe gibt es in der Vorlage nicht.",
    "Bestand, Zelle B6: Fehlerwert oder Formel ohne Ergebnis.",
    "Personen, Zelle L4: Diese Spalte gibt es in der Vorlage nicht.",
    "Personen, Zelle L6: Diese Spalte gibt es in der Vorlage nicht.",
    "Personen, Zelle N7: Diese Spalte gibt es in der Vorlage nicht.",
    "Personen, Zelle M30: Diese Spalte gibt es in der Vorlage nicht.",
    "Bedarfe, Zelle D5: Fehlerwert oder Formel ohne Ergebnis.",
    "Bedarfe, Zelle D6: Die Formel selbst; ihr Ergebnis steht in der neuen Mappe.",
    "Ehrenamtliche, Zelle C5: Fehlerwert oder Formel ohne Ergebnis.",
    "Meilensteine, Zelle E6: Diese Nummer gibt es im Regelwerk nicht.",
    "Meilensteine, Zelle F6: Diese Nummer gibt es im Regelwerk nicht.",
    "Meilensteine, Zelle G6: Diese Nummer gibt es im Regelwerk nicht.",
    "Meilensteine, Zelle G9: Diese Nummer steht doppelt; übernommen ist die erste.",
    "Das 20. Blatt: Dieses Blatt gibt es in der Vorlage nicht.",
    "Personen, Zelle C6: Die Notiz an der Zelle.",
]


def test_what_has_no_place_is_named_and_nothing_else_is_lost() -> None:
    old = with_foreign_parts()
    new = moved(old)
    assert list(new.left) == LEFT
    named = {line.split(":")[0].replace(", Zelle ", "!") for line in new.left}
    before, after = cells(old, TITLES), cells(new.data, TITLES)
    unnamed = {p: v for p, v in before.items() if p not in named}
    # the numbers in column A of Meilensteine are the template's; the hints in Stammdaten as well
    changed = {p for p, v in unnamed.items() if after.get(p) != v}
    assert changed == {"Meilensteine!A6", "Meilensteine!A9"}
    assert after["Bedarfe!D6"] == date(2026, 2, 15)


def test_a_double_line_of_the_form_and_a_text_no_cell_can_hold() -> None:
    book = openpyxl.load_workbook(io.BytesIO(version_1()))
    form = book["Stammdaten"]
    form["A41"], form["B41"] = "Abgabe-Nr.*", 9
    form["B4"] = "Stadt Büdingen"
    out = io.BytesIO()
    book.save(out)
    data = edited({"Angebote!B5": "x" * 32_768}, out.getvalue())
    new = moved(data)
    assert list(new.left) == [
        "Stammdaten, Zelle B4: Hier steht jetzt, was die Liste der Kommunen nennt.",
        "Stammdaten, Zelle B41: Die Zeile steht doppelt; übernommen ist die erste.",
        "Angebote, Zelle B5: Der Text ist zu lang oder enthält Steuerzeichen.",
    ]
    assert examine(new.data).number == 1


# --- the command --------------------------------------------------------------------------------------


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(ROOT / "rules", tmp_path / "rules")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "alt.xlsx").write_bytes(version_1())
    return tmp_path


def kisi(*arguments: str) -> tuple[int, str]:
    answer = CliRunner().invoke(cli, arguments, prog_name="kisi")
    return answer.exit_code, answer.stdout or answer.stderr


def test_the_command_says_what_it_did(place: Path) -> None:
    code, text = kisi("migrate", "alt.xlsx", "--out", "neu.xlsx")
    assert (code, text.splitlines()) == (
        0,
        [f"alt.xlsx (Vorlage 1) → neu.xlsx (Vorlage {TEMPLATE_VERSION})", "Alles ist übernommen."],
    )
    (place / "viel.xlsx").write_bytes(with_foreign_parts())
    code, text = kisi("migrate", "viel.xlsx", "--out", "weniger.xlsx")
    assert code == 0
    assert [line for line in text.splitlines() if line.startswith("  ")] == [
        f"  nicht übernommen: {line}" for line in LEFT
    ]
    assert text.splitlines()[-1] == "Alles andere ist übernommen."


def test_both_versions_give_the_same_report(place: Path) -> None:
    results = []
    for name, data in (("eins", version_1()), ("zwei", moved(version_1()).data)):
        folder = place / name
        folder.mkdir()
        (folder / "abgabe.xlsx").write_bytes(data)
        code, text = kisi("report", name, "--out", f"aus_{name}", "--no-feedback")
        assert code == 0, text
        results.append(json.loads((place / f"aus_{name}/2026-06-30/ergebnis.json").read_bytes()))
        findings = [
            f for f in results[-1]["findings"] if f["sheet"] not in new_sheets() and f["rule"] != "M28"
        ]
        results[-1]["findings"] = findings
    for part in ("as_of", "findings", "targets", "milestones", "evidence", "consolidated"):
        assert results[0][part] == results[1][part], part
    assert [s["state"] for s in results[0]["submissions"]] == [s["state"] for s in results[1]["submissions"]]


REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
DRAWING = (
    '<xdr:wsDr xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"><xdr:twoCellAnchor>'
    "<xdr:sp/></xdr:twoCellAnchor><xdr:twoCellAnchor><xdr:pic/></xdr:twoCellAnchor></xdr:wsDr>"
)
THREADS = (
    '<ThreadedComments xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments">'
    '<threadedComment ref="C7" id="{1}"/><threadedComment ref="C7" id="{2}" parentId="{1}"/></ThreadedComments>'
)


def with_things_beside() -> bytes:
    """Links of several kinds, struck-through texts, a thread, a text box and a picture, all in Nachweise."""
    book = openpyxl.load_workbook(io.BytesIO(builder.valid()))
    sheet = book["Nachweise"]
    targets = {"E5": "https://akte.example/1", "E6": "akten/2.pdf", "C5": "mailto:amt@example.org",
               "E7": r"\\server\freigabe", "C8": "javascript:alert(1)", "D5": "https://akte.example/datum"}  # fmt: skip
    for cell, target in targets.items():
        sheet[cell].hyperlink = target
    for cell in ("C6", "E8"):
        sheet[cell].font = openpyxl.styles.Font(strike=True)
    out = io.BytesIO()
    book.save(out)
    parts = cell_edits.unpack(out.getvalue())
    part = cell_edits.sheet_part("Nachweise", out.getvalue())
    relations = part.replace("worksheets/", "worksheets/_rels/") + ".rels"
    more = "".join(
        f'<Relationship Id="x{n}" Type="{REL if n == 1 else "urn"}/{kind}" Target="/xl/{target}"/>'
        for n, (kind, target) in enumerate((("drawing", "d.xml"), ("threadedComment", "t.xml")), start=1)
    )
    parts[relations] = parts[relations].replace(b"</Relationships>", f"{more}</Relationships>".encode())
    return cell_edits.pack(parts | {"xl/d.xml": DRAWING.encode(), "xl/t.xml": THREADS.encode()})


def test_links_are_carried_and_what_stands_beside_is_named() -> None:
    moved = migrate(with_things_beside(), rules())
    sheet = openpyxl.load_workbook(io.BytesIO(moved.data))["Nachweise"]
    links = {c.coordinate: c.hyperlink.target for row in sheet.iter_rows() for c in row if c.hyperlink}
    assert links == {
        "C5": "mailto:amt@example.org",
        "E5": "https://akte.example/1",
        "E6": "akten/2.pdf",
        "E7": r"\\server\freigabe",
    }
    assert (sheet["E5"].value, sheet["E7"].value) == ("Akte 50-3/001", "angebote.pdf")
    assert set(moved.left) == {
        "Nachweise, Zelle C8: Der Link an der Zelle.",
        "Nachweise, Zelle D5: Der Link an der Zelle.",
        "Nachweise, Zelle C6, E8: Die Durchstreichung; der Text selbst ist übernommen.",
        "Nachweise, Zelle C7: Die Kommentare an der Zelle.",
        "Nachweise: 1 Textfeld oder Form, 1 Bild neben den Zellen.",
    }


def test_a_foreign_sheet_is_named_by_its_place() -> None:
    book = openpyxl.load_workbook(io.BytesIO(builder.valid()))
    book.create_sheet("Familie Yilmaz", 2)
    out = io.BytesIO()
    book.save(out)
    assert migrate(out.getvalue(), rules()).left == (
        "Das 3. Blatt: Dieses Blatt gibt es in der Vorlage nicht.",
    )


def test_a_package_that_cannot_be_looked_through_is_said_to_be_so() -> None:
    parts = cell_edits.unpack(builder.valid())
    parts["xl/styles.xml"] = parts["xl/styles.xml"].replace(b"<fonts", b"<!-- & --><fonts")
    part = cell_edits.sheet_part("Kontakte", builder.valid())
    parts[part] = parts[part].replace(
        b"</worksheet>", b'<hyperlinks><hyperlink ref="x"/></hyperlinks></worksheet>'
    )
    left = migrate(cell_edits.pack(parts), rules()).left
    assert left == ("Ob es Links, Notizen oder Zeichnungen gab, ließ sich nicht feststellen.",)


def test_a_filled_workbook_is_never_written_over_and_not_said_to_be_old(place: Path) -> None:
    out = place / "vorlagen"
    call = ["template", "--out", str(out), "--rules", "rules", "--roster", "rules/kommunen.csv"]
    assert CliRunner().invoke(cli, call).exit_code == 0
    lead, copy = out / BLANKS["projektleitung"], next(out.glob("KISI_06440004_*"))
    blank = {p.name: p.read_bytes() for p in out.iterdir()}
    lead.write_bytes(builder.lead_valid())
    copy.write_bytes(b"kein Excel")
    (out / BLANKS["kommune"]).write_bytes(ARCHIVED[1].joinpath(BLANKS["kommune"]).read_bytes())
    answer = CliRunner().invoke(cli, call)
    assert answer.exit_code == 0, answer.output
    stay = {line.rpartition("/")[2] for line in answer.output.splitlines() if line.startswith("bleibt, denn")}
    assert stay == {lead.name, copy.name}
    assert lead.read_bytes() == builder.lead_valid()
    assert copy.read_bytes() == b"kein Excel"
    assert (out / BLANKS["kommune"]).read_bytes() == blank[BLANKS["kommune"]]
    reported = check_templates(out, load_rules(place / "rules"))
    assert (reported.mark, reported.remedy) == (Urgency.GOOD, "")
    assert lead.name in reported.found


def test_an_existing_file_is_never_written_over(place: Path) -> None:
    (place / "neu.xlsx").write_bytes(b"wichtig")
    assert kisi("migrate", "alt.xlsx", "--out", "neu.xlsx") == (
        2,
        "Fehler: neu.xlsx gibt es schon. Wählen Sie einen anderen Namen.\n",
    )
    assert (place / "neu.xlsx").read_bytes() == b"wichtig"
    assert kisi("migrate", "alt.xlsx", "--out", "alt.xlsx")[0] == 2
    assert (place / "alt.xlsx").read_bytes() == version_1()


def later() -> bytes:
    return edited({"Listen!B2": cell_edits.Text(str(int(TEMPLATE_VERSION) + 1))}, version_1())


def foreign() -> bytes:
    out = io.BytesIO()
    openpyxl.Workbook().save(out)
    return out.getvalue()


REFUSED = {
    "kein Excel": (lambda: b"%PDF-1.7", "Die Datei ist keine Excel-Arbeitsmappe."),
    "fremde Mappe": (foreign, "Die Datei ist nicht aus einer KISI-Vorlage entstanden."),
    "spätere Version": (later, "Die Vorlage hat eine Version, die nicht mehr angenommen wird."),
    "Spalte fehlt": (
        lambda: edited({"Personen!D4": "Zugang"}, version_1()),
        "Im Blatt fehlt die Spalte „Zugang am“.",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_refused_file_gets_one_line(place: Path, case: str) -> None:
    make, message = REFUSED[case]
    (place / "schlecht.xlsx").write_bytes(make())
    code, text = kisi("migrate", "schlecht.xlsx", "--out", "neu.xlsx")
    assert code == 2
    assert len(text.splitlines()) == 1
    assert text.startswith("Fehler: schlecht.xlsx: ")
    assert message in text
    assert not (place / "neu.xlsx").exists()


def test_versions_that_the_rules_do_not_list_are_refused(place: Path) -> None:
    path = place / "rules/projekt.yaml"
    text, times = re.subn(
        r"accepted_templates: .*", f'accepted_templates: ["{TEMPLATE_VERSION}"]', path.read_text("utf-8")
    )
    assert times == 1
    path.write_text(text, "utf-8")
    code, text = kisi("check", "alt.xlsx")
    assert code == 1
    assert (
        f"Die Vorlage hat eine Version, die nicht mehr angenommen wird. Gültig: Version {TEMPLATE_VERSION}."
        in text
    )
    assert kisi("migrate", "alt.xlsx", "--out", "neu.xlsx")[0] == 0
    assert kisi("check", "neu.xlsx")[0] == 0


# --- a folder -----------------------------------------------------------------------------------------


def test_a_folder_is_taken_over_with_its_subfolders(place: Path) -> None:
    inside = place / "alt"
    (inside / "2026-06-30").mkdir(parents=True)
    (inside / "2026-06-30/Büdingen.xlsx").write_bytes(version_1())
    (inside / "Lead.xlsx").write_bytes(version_1("projektleitung"))
    (inside / "fremd.xlsx").write_bytes(foreign())
    (inside / "Post.eml").write_bytes(mail([("KISI.xlsx", with_foreign_parts())]))
    (inside / "Brief.pdf").write_bytes(b"%PDF-1.7")
    code, text = kisi("migrate", "alt", "--out", "neu/heute")
    lines = [line for line in text.splitlines() if not line.startswith("  nicht übernommen")]
    assert code == 1
    assert lines[-7:] == [
        f"2026-06-30/Büdingen.xlsx (Vorlage 1) → neu/heute/2026-06-30/Büdingen.xlsx (Vorlage {TEMPLATE_VERSION})",
        f"Lead.xlsx (Vorlage 1) → neu/heute/Lead.xlsx (Vorlage {TEMPLATE_VERSION})",
        f"Post.eml/KISI.xlsx (Vorlage 1) → neu/heute/Post.eml/KISI.xlsx (Vorlage {TEMPLATE_VERSION})",
        "fremd.xlsx: nicht übertragen. Die Datei ist nicht aus einer KISI-Vorlage entstanden. Übertragen Sie die "
        "Angaben in die aktuelle Vorlage, die Sie von der Projektleitung erhalten haben.",
        "Brief.pdf:",
        "  Hinweis, Datei: Anlage, die keine Excel-Arbeitsmappe ist; übergangen. [N30]",
        "3 übertragen nach neu/heute, 1 nicht übertragen.",
    ]
    written = {p.relative_to(place / "neu/heute").as_posix(): p for p in (place / "neu").rglob("*.xlsx")}
    assert written.keys() == {"2026-06-30/Büdingen.xlsx", "Lead.xlsx", "Post.eml/KISI.xlsx"}
    titles = ("Stammdaten", *(t.title for t in rules().kinds["projektleitung"].tables))
    assert cells(written["Lead.xlsx"].read_bytes(), titles) == cells(version_1("projektleitung"), titles)
    assert text.count("  nicht übernommen: ") == len(LEFT)


def test_a_folder_is_never_written_over(place: Path) -> None:
    (place / "alt").mkdir()
    (place / "alt/a.xlsx").write_bytes(version_1())
    (place / "neu").mkdir()
    (place / "neu/a.xlsx").write_bytes(b"wichtig")
    assert kisi("migrate", "alt", "--out", "neu") == (
        2,
        "Fehler: neu/a.xlsx gibt es schon. Wählen Sie mit --out einen anderen Ordner.\n",
    )
    (place / "neu/a.xlsx").rename(place / "neu/b.xlsx")
    assert kisi("migrate", "alt", "--out", "neu")[0] == 0
    assert {p.name for p in (place / "neu").iterdir()} - {".kisi-arbeit"} >= {"a.xlsx", "b.xlsx"}
    assert (place / "neu/b.xlsx").read_bytes() == b"wichtig"
    for target in ("alt", "alt/neu", "alt/a.xlsx"):
        assert kisi("migrate", "alt", "--out", target)[0] == 2


def test_several_files_go_into_a_folder(place: Path) -> None:
    (place / "zwei.xlsx").write_bytes(version_1("projektleitung"))
    code, text = kisi("migrate", "alt.xlsx", "zwei.xlsx", "--out", "neu")
    assert (code, text.splitlines()[-1]) == (0, "2 übertragen nach neu, 0 nicht übertragen.")
    assert {p.name for p in (place / "neu").glob("*.xlsx")} == {"alt.xlsx", "zwei.xlsx"}
