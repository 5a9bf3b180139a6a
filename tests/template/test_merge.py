"""Two copies that colleagues filled become one workbook, with nothing lost and nothing counted twice."""

from __future__ import annotations

import shutil
from collections import Counter
from copy import copy
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.cli import cli
from pipeline.definitions.model import Finding, Workbook
from pipeline.template.combine import Clash, Combined, combine
from pipeline.template.fill import Content, Entry
from pipeline.template.merge import FilledCopy, Merged, merge
from pipeline.template.take_over import take_over
from tests import builder, cell_edits, expected
from tests.builder import G1, G3, G6, content, filled, rules
from tests.cell_edits import edited
from tests.expected import examine
from tests.outlook import compound_file

Rows = list[dict[str, Any]]


def with_rows(**more: Rows) -> Content:
    """The valid workbook with rows added."""
    what = content()
    return replace(what, tables={t: [*rows, *more.get(t, [])] for t, rows in what.tables.items()})


def changed(title: str, position: int, **values: Any) -> Content:
    """The valid workbook with one record changed; ``Zugang_am=…`` changes „Zugang am“."""
    what = content()
    rows = [dict(row) for row in what.tables[title]]
    rows[position] |= {name.replace("_", " "): value for name, value in values.items()}
    return replace(what, tables={**what.tables, title: rows})


def merged(one: bytes, other: bytes, *, renumber: bool = False) -> Merged:
    return merge(FilledCopy("A.xlsx", one), FilledCopy("B.xlsx", other), rules(), renumber=renumber)


def read(done: Merged) -> Workbook:
    assert done.clashes == ()
    assert done.data is not None
    return examine(done.data)


def errors(workbook: Workbook) -> list[Finding]:
    return [f for f in workbook.findings if f.severity.value == "error"]


def column(workbook: Workbook, title: str, name: str) -> list[Any]:
    return list(workbook.tables[title][name])


# --- without a clash --------------------------------------------------------------------------------------


def test_a_workbook_merged_with_itself_is_itself() -> None:
    done = merged(builder.valid(), builder.valid())
    assert done.notes == ()
    assert read(done).content == expected.valid_workbook().content
    assert read(done).findings == expected.valid_workbook().findings


def test_the_project_leads_two_copies_are_merged_as_well() -> None:
    done = merged(builder.lead_valid(), builder.lead_valid())
    assert read(done).content == examine(builder.lead_valid()).content


def test_what_either_has_is_there_once() -> None:
    """A contact that stands twice in one copy and once in the other is two contacts, not three."""
    person = {
        "Kennung": "P-0010",
        "Zielgruppe": G3,
        "Aufenthaltspapier geprüft": "ja",
        "Zugang am": date(2026, 5, 4),
    }
    contact = {
        "Datum": date(2026, 5, 5),
        "Kontaktform": "digital",
        "Anlass": "Ansprache",
        "Integrationsguide": "CD",
    }
    one = filled(with_rows(Kontakte=[contact, contact]))
    other = filled(with_rows(Personen=[person], Kontakte=[{**contact, "Kennung": "P-0010"}, contact]))
    workbook = read(merged(one, other))
    assert column(workbook, "Personen", "Kennung") == [f"P-000{n}" for n in range(1, 9)] + ["P-0010"]
    assert column(workbook, "Kontakte", "Kennung") == [
        "P-0001",
        "P-0003",
        None,
        "P-0004",
        None,
        None,
        "P-0010",
    ]
    assert errors(workbook) == []


def test_what_is_read_alike_is_equal() -> None:
    """Case, spaces and the way a date or number is typed make no difference."""
    other = edited({
        "Personen!A5": "p-0001 ", "Personen!C5": "JA", "Personen!D5": cell_edits.Text("03.11.2025"),
        "Bestand!B5": cell_edits.Text("30"),
    })  # fmt: skip
    assert read(merged(builder.valid(), other)).content == expected.valid_workbook().content


def test_lines_of_the_form_and_of_rules_are_taken_from_whoever_filled_them() -> None:
    one, other = content(), content()
    one = replace(one, form={**one.form, "E-Mail": None}, entries={"MS1.1b": Entry(date(2025, 10, 1))})
    other = replace(
        other, entries={"MS1.1b": Entry(None, "NW-004"), "Z2.2": Entry(date(2026, 3, 1), "NW-003")}
    )
    workbook = read(merged(filled(one), filled(other)))
    assert workbook.form["E-Mail"] == "guides@example.org"
    rows = {r[1]: r[2:] for r in workbook.tables["Meilensteine"].records("Nr.", "Erfüllt am", "Nachweis-Nr.")}
    assert rows["MS1.1b"] == (date(2025, 10, 1), ("NW-004",))


def test_a_leermeldung_goes_where_the_colleague_has_rows() -> None:
    nothing = content()
    nothing = replace(
        nothing,
        form={**nothing.form, "Leermeldung: Kontakte": "ja"},
        tables={t: rows for t, rows in nothing.tables.items() if t != "Kontakte"},
    )
    done = merged(filled(nothing), builder.valid())
    assert done.notes == (
        "Stammdaten: „Leermeldung: Kontakte“ ist leer, denn im Blatt Kontakte steht etwas.",
    )
    assert errors(read(done)) == []
    assert len(read(done).tables["Kontakte"]) == 4


def test_what_no_table_holds_is_reported_with_its_file() -> None:
    other = edited({"Personen!L4": "Bemerkung", "Personen!L6": "wartet"})
    done = merged(builder.valid(), other)
    assert done.notes[0].startswith("nicht übernommen, B.xlsx: Personen, Zelle ")
    assert "wartet" not in " ".join(done.notes)


# --- clashes ------------------------------------------------------------------------------------------


def test_each_differing_cell_is_named_and_nothing_is_made() -> None:
    other = changed("Personen", 1, Zielgruppe=G3, Abgang_am=None)
    other.form["Abgabe-Nr."] = 2
    other.entries["Z2.2"] = Entry(date(2026, 3, 2), "NW-003")
    done = merged(builder.valid(), filled(other))
    assert done.data is None
    assert done.clashes[:3] == (
        Clash("Stammdaten", "Abgabe-Nr.", ("B8", "B8")),
        Clash("Personen", "Zielgruppe", ("B6", "B6")),
        Clash("Personen", "Abgang am", ("G6", "G6")),
    )
    (of_rule,) = done.clashes[3:]
    assert (of_rule.sheet, of_rule.column) == ("Zielwerte", "Erfüllt am")


def test_cells_are_named_where_they_stand_in_each_file() -> None:
    other = changed("Nachweise", 3, Titel="Anders")
    other.tables["Nachweise"] = list(reversed(other.tables["Nachweise"]))  # type: ignore[index]
    assert merged(builder.valid(), filled(other)).clashes == (Clash("Nachweise", "Titel", ("C8", "C5")),)


def test_two_municipalities_are_never_merged() -> None:
    other = filled(content(ags="06440012", commune="Karben"))
    done = merged(builder.valid(), other, renumber=True)
    assert done.data is None
    assert Clash("Stammdaten", "AGS", ("B5", "B5")) in done.clashes


@pytest.mark.parametrize("title", ["Bestand", "Teilnahmen", "Verwaltung"])
def test_what_has_no_number_of_its_own_clashes_with_renumber_as_well(title: str) -> None:
    edit = {
        "Bestand": {"Anzahl": 31},
        "Teilnahmen": {"Stand": "abgeschlossen"},
        "Verwaltung": {"Vorgestellt am": None},
    }
    what = content()
    rows = [dict(row) for row in what.tables[title]]
    rows[0] |= edit[title]
    other = filled(replace(what, tables={**what.tables, title: rows}))
    done = merged(builder.valid(), other, renumber=True)
    assert [c.column for c in done.clashes] == list(edit[title])


# --- new numbers --------------------------------------------------------------------------------------


def test_new_numbers_take_all_their_references_along() -> None:
    """The colleague's P-0001 is another person: with its needs, participations, contacts and relatives."""
    other = content()
    tables = {t: [dict(row) for row in rows] for t, rows in other.tables.items()}
    tables["Personen"][0] |= {"Zielgruppe": G1, "Zugang am": date(2025, 11, 4)}
    done = merged(builder.valid(), filled(replace(other, tables=tables)), renumber=True)
    workbook = read(done)
    assert done.notes == (
        # P-0001, and P-0003 whose Bezugsperson it is
        "Personen: 2 Datensätze bekamen neue Nummern, aus B.xlsx.",
        "Bedarfe: 3 Datensätze bekamen neue Nummern, aus B.xlsx.",
    )
    assert column(workbook, "Personen", "Kennung") == [f"P-{n:04d}" for n in range(1, 11)]
    assert column(workbook, "Personen", "Bezugsperson")[8:] == [None, "P-0009"]
    people = dict(
        zip(column(workbook, "Personen", "Kennung"), column(workbook, "Personen", "Zielgruppe"), strict=True)
    )
    assert (people["P-0001"], people["P-0009"]) == (G3, G1)
    assert column(workbook, "Bedarfe", "Kennung") == ["P-0001"] * 2 + ["P-0002", "P-0003"] + [
        "P-0009"
    ] * 2 + ["P-0010"]
    assert column(workbook, "Bedarfe", "Bedarf-Nr.")[4:] == ["B-0005", "B-0006", "B-0007"]
    assert Counter(column(workbook, "Teilnahmen", "Kennung")) == {
        "P-0001": 1,
        "P-0002": 1,
        "P-0003": 2,
        "P-0009": 1,
        "P-0010": 2,
    }
    assert Counter(column(workbook, "Kontakte", "Kennung"))["P-0009"] == 1
    # no new Fehler but that both together report more persons than the Bestand of 31.03.2026 has
    assert [(f.rule, f.cell) for f in errors(workbook)] == [("P11", "B6")]


def test_new_numbers_of_evidence_reach_every_place_that_names_them() -> None:
    other = changed("Nachweise", 2, Titel="Andere Dokumentation")  # NW-003
    done = merged(builder.valid(), filled(other), renumber=True)
    # Bestand has no number of its own: its Nachweis-Nr. now differs, and that is reported
    assert {(c.sheet, c.column) for c in done.clashes} == {("Bestand", "Nachweis-Nr.")}
    without = replace(other, tables={**other.tables, "Bestand": []})
    workbook = read(merged(builder.valid(), filled(without), renumber=True))
    assert column(workbook, "Nachweise", "Nachweis-Nr.")[-1] == "NW-005"
    offers = dict(
        zip(
            column(workbook, "Angebote", "Angebot-Nr."),
            column(workbook, "Angebote", "Nachweis-Nr."),
            strict=True,
        )
    )
    assert (offers["A-001"], offers["A-004"]) == (("NW-003",), ("NW-005",))
    rows = {r[1]: r[2] for r in workbook.tables["Zielwerte"].records("Nr.", "Nachweis-Nr.")}
    assert rows["Z2.2"] == ("NW-003", "NW-005")
    assert errors(workbook) == []


def test_a_key_that_is_no_number_stays_a_clash() -> None:
    one = changed("Personen", 0, Kennung="Erika")
    other = changed("Personen", 0, Kennung="erika", Zielgruppe=G6)
    done = merged(filled(one), filled(other), renumber=True)
    assert ("Personen", "Zielgruppe") in {(c.sheet, c.column) for c in done.clashes}


# --- what holds for any two copies ----------------------------------------------------------------------


BASE = take_over(builder.valid(), rules())
DAYS = st.dates(date(2026, 1, 1), date(2026, 3, 31))


@st.composite
def copies(draw: st.DrawFn) -> Content:
    """Persons with needs and contacts; two such copies share numbers by chance."""
    numbers = draw(st.lists(st.integers(1, 6), unique=True, max_size=5))
    people = [
        {"Kennung": f"P-{n:03d}", "Zielgruppe": draw(st.sampled_from([G3, G6])), "Zugang am": draw(DAYS)}
        for n in numbers
    ]
    of_people = st.sampled_from([p["Kennung"] for p in people]) if people else st.none()
    needs = [
        {"Bedarf-Nr.": f"B-{n:04d}", "Kennung": draw(of_people), "Erfasst am": draw(DAYS)}
        for n in draw(st.lists(st.integers(1, 6), unique=True, max_size=4 if people else 0))
    ]
    contacts = draw(
        st.lists(st.fixed_dictionaries({"Datum": DAYS, "Kennung": of_people | st.none()}), max_size=4)
    )
    return Content({}, {"Personen": people, "Bedarfe": needs, "Kontakte": contacts})  # type: ignore[arg-type]


def combined(one: Content, other: Content, *, renumber: bool) -> Combined:
    sides = [copy(BASE), copy(BASE)]
    for side, what in zip(sides, (one, other), strict=True):
        side.content = what
    return combine(sides[0], sides[1], ("A", "B"), renumber=renumber, examined=unasked)


def unasked(_: Content) -> Workbook:
    """Without answers nothing is examined."""
    raise AssertionError


def rows(content: Content, title: str) -> list[tuple[Any, ...]]:
    return [tuple(sorted((k, str(v)) for k, v in row.items())) for row in content.tables[title]]


def resolved(content: Content) -> Counter[tuple[Any, ...]]:
    """Every need and contact with the whole person it refers to instead of a number, without its own."""
    people = {str(p["Kennung"]): (p["Zielgruppe"], p["Zugang am"]) for p in content.tables["Personen"]}
    of_need = [("need", n["Erfasst am"], people[str(n["Kennung"])]) for n in content.tables["Bedarfe"]]
    of_contact = [("contact", c["Datum"], people.get(str(c["Kennung"]))) for c in content.tables["Kontakte"]]
    return Counter([*of_need, *of_contact])


@settings(max_examples=60, deadline=None)
@given(copies())
def test_with_itself_it_is_itself(one: Content) -> None:
    for renumber in (False, True):
        done = combined(one, one, renumber=renumber)
        assert (done.clashes, done.notes) == ((), ())
        assert {t: rows(done.content, t) for t in one.tables} == {t: rows(one, t) for t in one.tables}


@settings(max_examples=120, deadline=None)
@given(copies(), copies())
def test_nothing_is_lost_and_every_reference_leads_to_whom_it_meant(one: Content, other: Content) -> None:
    done = combined(one, other, renumber=True)
    assert done.clashes == ()
    for title, key in (("Personen", "Kennung"), ("Bedarfe", "Bedarf-Nr.")):
        numbers = [str(row[key]) for row in done.content.tables[title]]
        assert len(set(numbers)) == len(numbers)
    assert rows(done.content, "Personen")[: len(one.tables["Personen"])] == rows(one, "Personen")
    both = resolved(done.content)
    assert both >= resolved(one)
    assert both >= resolved(other)
    assert both <= resolved(one) + resolved(other)


@settings(max_examples=60, deadline=None)
@given(copies(), copies())
def test_it_clashes_where_one_number_has_two_meanings(one: Content, other: Content) -> None:
    """Counted by hand: numbers that both have, with different cells beside them."""
    wanted = set()
    for title, key in (("Personen", "Kennung"), ("Bedarfe", "Bedarf-Nr.")):
        there = {row[key]: row for row in one.tables[title]}
        for row in other.tables[title]:
            mine = there.get(row[key], row)
            wanted |= {(title, name) for name in row if mine[name] != row[name]}
    assert {(c.sheet, c.column) for c in combined(one, other, renumber=False).clashes} == wanted


# --- the command --------------------------------------------------------------------------------------


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(builder.ROOT / "rules", tmp_path / "rules")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.xlsx").write_bytes(builder.valid())
    (tmp_path / "b.xlsx").write_bytes(filled(changed("Angebote", 2, Bezeichnung="Anders")))
    return tmp_path


def kisi(*arguments: str) -> tuple[int, list[str]]:
    answer = CliRunner().invoke(cli, arguments, prog_name="kisi")
    return answer.exit_code, (answer.stdout or answer.stderr).splitlines()


def test_the_command_names_the_cells_and_writes_nothing(place: Path) -> None:
    assert kisi("merge", "a.xlsx", "b.xlsx", "--out", "c.xlsx") == (1, [
        "Angebote, „Bezeichnung“: a.xlsx B7 und b.xlsx B7 sind verschieden.",
        "1 Stelle ist verschieden; c.xlsx ist nicht geschrieben. Gleichen Sie die Stellen in beiden Mappen an. Sind "
        "es verschiedene Datensätze mit derselben Nummer, gibt --renumber denen aus der zweiten Mappe neue.",
    ])  # fmt: skip
    assert not (place / "c.xlsx").exists()


def test_the_command_writes_one_workbook(place: Path) -> None:
    code, lines = kisi("merge", "a.xlsx", "b.xlsx", "--out", "neu/c.xlsx", "--renumber")
    assert (code, lines[-1]) == (
        0,
        "a.xlsx und b.xlsx → neu/c.xlsx. Die neue Mappe ist geprüft: kein Fehler, 0 Warnungen.",
    )
    assert kisi("check", "neu/c.xlsx")[0] == 0
    assert kisi("merge", "a.xlsx", "a.xlsx", "--out", "neu/c.xlsx") == (
        2,
        ["Fehler: neu/c.xlsx gibt es schon. Wählen Sie einen anderen Namen."],
    )


def test_the_command_says_what_is_wrong_with_the_new_workbook(place: Path) -> None:
    """Each copy is in order by itself; together more than 50 persons are there on 2026-06-30, and the Bestand is 50."""
    for name, first in (("a.xlsx", 100), ("b.xlsx", 200)):
        persons = [
            {
                "Kennung": f"P-{first + n:04d}",
                "Zielgruppe": G3,
                "Aufenthaltspapier geprüft": "ja",
                "Zugang am": date(2026, 5, 4),
            }
            for n in range(24)
        ]
        (place / name).write_bytes(filled(with_rows(Personen=persons)))
        assert kisi("check", name)[0] == 0
    code, lines = kisi("merge", "a.xlsx", "b.xlsx", "--out", "c.xlsx")
    assert code == 0
    assert lines[0].startswith("  Fehler, Bestand!B7 (Anzahl)")
    assert lines[-1] == (
        "a.xlsx und b.xlsx → c.xlsx. Die neue Mappe ist geprüft: 1 Fehler. So würde sie zurückgewiesen; beheben Sie "
        "die Fehler vorher."
    )


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"%PDF", "b.xlsx: Die Datei ist keine Excel-Arbeitsmappe."),
        (compound_file({"Workbook": b"x" * 5000}), "b.xlsx: Die Datei hat das alte Excel-Format (.xls)."),
        (builder.lead_valid(), "b.xlsx: Die Datei ist aus einer anderen Vorlage entstanden als a.xlsx."),
    ],
)
def test_what_cannot_be_read_is_said(place: Path, data: bytes, words: str) -> None:
    (place / "b.xlsx").write_bytes(data)
    code, (line,) = kisi("merge", "a.xlsx", "b.xlsx", "--out", "c.xlsx")
    assert code == 2
    assert words in line
