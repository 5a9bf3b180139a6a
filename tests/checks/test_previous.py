"""A submission beside that of the previous Stichtag, and beside the one that it corrects. First record: row 5."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from pipeline.checks.previous import (
    CumulativeFigure,
    SubmissionPair,
    compare_with_previous,
    cumulative_figures,
    gone_rows,
    lost_by_correction,
)
from pipeline.definitions.messages import finding
from pipeline.definitions.model import Finding
from tests import builder

RULES = builder.rules()
DAY = date(2026, 2, 11)
WORDS = {"stichtag": "31.03.2026", "file": "früher.xlsx"}
Entries = Mapping[str, tuple[str | None, str | None]]


def pair(
    before: Mapping[str, Any],
    now: Mapping[str, Any],
    entries: tuple[Entries, Entries] = ({}, {}),
    stichtag: str = "2026-06-30",
) -> SubmissionPair:
    earlier = replace(
        builder.built(stichtag="2026-03-31", tables=before, entries=entries[0]), file="früher.xlsx"
    )
    return SubmissionPair(builder.built(stichtag=stichtag, tables=now, entries=entries[1]), earlier, RULES)


def found(before: Mapping[str, Any], now: Mapping[str, Any], *rules: str, **more: Any) -> list[Finding]:
    """What is reported of those rules; of all without one."""
    return [f for f in compare_with_previous(pair(before, now, **more)) if not rules or f.rule in rules]


def gone(sheet: str, rows: str, count: int) -> Finding:
    return replace(finding("V01", sheet, table=sheet, rows=rows, **WORDS), count=count)


def changed(sheet: str, column: str, there: str, *cells: str) -> Finding:
    one = finding("V02", sheet, cells[0], column, there=there, **WORDS)
    return replace(one, cells=cells, count=len(cells))


# --- records that are gone ----------------------------------------------------------------------------


def needs(*rows: str) -> dict[str, str]:
    return {"Bedarfe": "Bedarf-Nr. | Erfasst am | Adressiert am\n" + "\n".join(rows)}


FOUR = needs(*(f"B-{n:04d} | 2026-02-10 |" for n in range(1, 5)))


@pytest.mark.parametrize(
    ("left", "shown"),
    [
        ((1, 2, 3, 4), []),
        ((4, 3, 2, 1, 9), []),  # rows may move, and new ones come
        ((1, 2, 4), [gone("Bedarfe", "Zeile 7", 1)]),
        ((1,), [gone("Bedarfe", "Zeilen 6–8", 3)]),
        ((3,), [gone("Bedarfe", "Zeilen 5–6, 8", 3)]),
    ],
)
def test_a_record_is_reported_by_its_key_wherever_it_stands(
    left: tuple[int, ...], shown: list[Finding]
) -> None:
    now = needs(*(f"B-{n:04d} | 2026-02-10 |" for n in left))
    assert found(FOUR, now) == shown


def test_in_a_sheet_without_a_key_by_the_whole_row_and_as_often_as_it_stood() -> None:
    rows = [{"Datum": DAY, "Anlass": "Ansprache"}] * 3 + [{"Datum": DAY, "Anlass": "Verweisung"}]
    assert found({"Kontakte": rows}, {"Kontakte": rows[1:]}, "V01") == [gone("Kontakte", "Zeile 7", 1)]
    assert found({"Kontakte": rows}, {"Kontakte": rows[::-1]}, "V01") == []
    other = [*rows[:3], {"Datum": DAY, "Anlass": "Begleitung"}]
    assert found({"Kontakte": rows}, {"Kontakte": other}, "V01") == [gone("Kontakte", "Zeile 8", 1)]


def test_names_are_compared_as_for_duplicates() -> None:
    before = {"Verwaltung": "Organisationseinheit\nSozialamt\nJugendamt\n"}
    now = {"Verwaltung": "Organisationseinheit\nSOZIALAMT \nBauamt\n"}
    assert found(before, now, "V01") == [gone("Verwaltung", "Zeile 6", 1)]
    sheet = RULES.kinds["kommune"].table("Verwaltung")
    tables = [builder.built(tables=t).tables["Verwaltung"] for t in (now, before)]
    assert list(gone_rows(sheet, *tables)) == [6]


# --- dates that changed -------------------------------------------------------------------------------


def test_dates_that_changed_are_reported_by_column_with_all_their_cells() -> None:
    before = needs(
        "B-0001 | 2026-02-10 | 2026-03-01",
        "B-0002 | 2026-02-10 | 2026-03-01",
        "B-0003 | 2026-02-10 |",
        "B-0004 | 2026-02-10 | 2026-03-01",
    )
    now = needs(
        "B-0009 | 2026-02-10 | 2026-04-01",
        "B-0004 | 2026-02-10 | 2026-03-02",
        "B-0001 | 2026-02-11 |",
        "B-0002 | 2026-02-10 | 2026-03-01",
        "B-0003 | 2026-02-10 | 2026-04-01",
    )
    assert found(before, now, "V01", "V02") == [
        changed("Bedarfe", "Adressiert am", "Spalte E, Zeilen 5, 8", "E6", "E7"),
        changed("Bedarfe", "Erfasst am", "Zelle D5", "D7"),
    ]


def test_a_date_of_the_key_is_a_record_and_in_a_sheet_without_a_key_a_row() -> None:
    before = {"Bestand": "Stichtag | Anzahl\n2026-03-31 | 5", "Kontakte": "Datum\n2026-03-31"}
    now = {"Bestand": "Stichtag | Anzahl\n2026-03-30 | 5", "Kontakte": "Datum\n2026-03-30"}
    assert [f.rule for f in found(before, now)] == ["V01", "V01"]


def test_entries_are_never_gone_and_their_dates_are_compared() -> None:
    before, now = (
        {"MS1.1b": ("2026-03-01", "NW-1"), "MS1.1c": (None, None)},
        {"MS1.1b": ("2026-03-02", "NW-1")},
    )
    assert found({}, {}, entries=(before, now)) == [
        changed("Meilensteine", "Erfüllt am", "Zelle E5", "E5"),
        changed("Zielwerte", "Erfüllt am", "Zelle D5", "D5"),
    ]
    assert found({}, {}, "V01", "V02", entries=(before, {})) == []


# --- figures that fell --------------------------------------------------------------------------------


def trainings(*audiences: str, on: str = "2026-03-05") -> dict[str, str]:
    rows = [f"S-{n:03d} | {on} | {who}" for n, who in enumerate(audiences, start=1)]
    return {"Schulungen": "Schulung-Nr. | Datum | Zielgruppe\n" + "\n".join(rows)}


def fell(nr: str, now: int, before: int, sheet: str = "Schulungen") -> Finding:
    return finding("V03", sheet, nr=nr, now=now, before=before, **WORDS)


V, E = "Verwaltung", "Ehrenamtliche"


def test_a_cumulative_figure_that_fell_is_reported_with_both_numbers() -> None:
    assert found(trainings(V, V, E), trainings(V, E, E), "V01", "V02", "V03") == [
        fell("Z3.7 (2025/26)", 1, 2)
    ]
    assert found(trainings(V, V), trainings(V, V), "V03") == []
    assert found(trainings(V), trainings(V, V), "V03") == []


def test_it_is_not_reported_as_far_as_lost_or_changed_records_explain_it() -> None:
    """Two of three are gone: explained. One is gone and one is for others now: one is left to be reported."""
    assert [f.rule for f in found(trainings(V, V, V), trainings(V))] == ["V01"]
    assert found(trainings(V, V, V), trainings(V, E), "V03") == [fell("Z3.7 (2025/26)", 1, 3)]
    later = trainings(V, on="2026-10-01")
    assert [f.rule for f in found(trainings(V), later, stichtag="2026-10-31")] == ["V02"]


def test_what_can_fall_is_no_such_figure() -> None:
    """Active volunteers leave; those ever won do not."""
    rows = "Kennung | Gewonnen am | Aktiv ab | Ausgeschieden am\nE-001 | 2026-01-15 | 2026-01-15 |"
    book = builder.built(stichtag="2026-03-31", tables={"Ehrenamtliche": rows})
    assert set(cumulative_figures(book, RULES)) == {
        ("Z1.4", "2025/26"), ("Z2.1", None), ("Z2.3", None), ("Z2.4", "2025/26"), ("Z3.7", "2025/26"),
        ("Z4.1", "2025/26"), ("Z4.2", None), ("Z4.3", None),
    }  # fmt: skip
    assert cumulative_figures(book, RULES)["Z2.1", None] == ("Ehrenamtliche", frozenset({5}))
    contacts = {"Kontakte": "Datum\n2025-09-30\n2025-10-01"}  # the first is of no project year
    figures = cumulative_figures(builder.built(stichtag="2026-03-31", tables=contacts), RULES)
    assert figures["Z1.4", "2025/26"] == ("Kontakte", frozenset({6}))
    silent = builder.built(stichtag="2026-03-31", silent=["Ehrenamtliche"])
    assert ("Z2.1", None) not in cumulative_figures(silent, RULES)


def test_both_numbers_and_the_rows_that_counted_before() -> None:
    """2026/27 has begun by October; the earlier submission has no figure of it."""
    given = pair(trainings(V, E, V), trainings(V, E, E), stichtag="2026-10-31")
    figures = {f.nr: f for f in given.figures}
    assert figures["Z3.7 (2025/26)"] == CumulativeFigure(
        "Z3.7 (2025/26)", "Schulungen", 2, 1, frozenset({5, 7})
    )
    assert figures["Z2.1"] == CumulativeFigure("Z2.1", "Ehrenamtliche", 0, 0, frozenset())
    assert "Z3.7 (2026/27)" not in figures


# --- criteria that were reached -----------------------------------------------------------------------


def no_longer(
    nr: str, sheet: str, cell: str | None = None, column: str | None = None, because: str = ""
) -> Finding:
    return finding("V21", sheet, cell, column, nr=nr, because=because, **WORDS)


def test_an_attested_criterion_that_is_no_longer_reached_is_reported_at_its_date() -> None:
    met: Entries = {"MS1.1c": (None, None), "MS1.1b": ("2026-03-01", "NW-1")}
    gap: Entries = {"MS1.1c": (None, None), "MS1.1b": ("2026-03-01", None)}
    assert found({}, {}, entries=(met, gap)) == [no_longer("MS1.1b", "Meilensteine", "E6", "Erfüllt am")]
    assert found({}, {}, entries=(met, {})) == [no_longer("MS1.1b", "Meilensteine", None, "Erfüllt am")]
    assert found({}, {}, entries=(gap, met)) == []


def units(*rows: str) -> dict[str, str]:
    return {"Verwaltung": "Organisationseinheit | Vorgestellt am\n" + "\n".join(rows)}


def test_a_new_unit_without_a_date_is_reported_at_all_such_cells() -> None:
    before = units("A | 2026-03-01", "B | 2026-03-31")
    now = units("C |", "A | 2026-03-01", "D |", "B | 2026-06-30", "E | 2026-07-01")
    one = no_longer(
        "MS3.1a", "Verwaltung", "C5", "Vorgestellt am", ": „Vorgestellt am“ fehlt in Zeile 5, 7, 9"
    )
    assert found(before, now, "V21") == [replace(one, cells=("C5", "C7", "C9"), count=3)]
    assert found(before, units("A | 2026-03-01", "C | 2026-06-30"), "V21") == []


def test_a_sheet_that_has_no_row_any_more_has_no_cell_to_tell() -> None:
    one = no_longer("MS3.1a", "Verwaltung", None, "Vorgestellt am")
    assert found(units("A | 2026-03-01"), {}, "V21") == [one]


def test_a_measured_criterion_is_reported_at_the_sheet_of_its_records() -> None:
    """MS1.1a, MS1.2b: of a share the sheet of its numerator."""
    stock = {"Bestand": "Stichtag | Anzahl\n2026-01-01 | 4"}
    person = (
        "Kennung | Aufenthaltspapier geprüft | Zugang am | Bedarf erfasst am\nP-0001 | ja | 2025-11-03 | "
    )
    before = stock | {"Personen": person + "2026-02-10"}
    assert [f.sheet for f in found(before, stock | {"Personen": person}, "V21")] == ["Personen", "Personen"]


def events(*rows: str) -> dict[str, str]:
    head = "Veranstaltung-Nr. | Datum | Art | Nachweis-Nr."
    return {"Veranstaltungen": "\n".join([head, *rows])}


PARTY = "V-001 | 2026-03-05 | Würdigung Ehrenamt | NW-001"


@pytest.mark.parametrize(
    ("now", "cell", "column", "because"),
    [
        ([PARTY.replace("NW-001", "")], "G5", "Nachweis-Nr.", ": „Nachweis-Nr.“ ist anders in Zeile 5"),
        (["V-002 | | |", PARTY.replace("Würdigung Ehrenamt", "Sonstiges")], "C6", "Art", ": „Art“ ist anders in Zeile 6"),
        (["V-002 | 2026-03-05 | Würdigung Ehrenamt |"], None, None, ": Zeile 5 der früheren Mappe fehlt"),
    ],
)  # fmt: skip
def test_a_count_that_is_no_longer_reached_is_reported_at_the_record_that_counted(
    now: list[str], cell: str | None, column: str | None, because: str
) -> None:
    assert found(events(PARTY), events(*now), "V21") == [
        no_longer("MS2.4a", "Veranstaltungen", cell, column, because)
    ]


def test_of_a_count_all_cells_are_reported_and_the_lost_rows_but_none_that_never_counted() -> None:
    """Row 5 counted at no Stichtag; of rows 6 to 8 two lost their evidence and one is gone."""
    party, other = "2026-03-05 | Würdigung Ehrenamt |", "V-001 | 2026-03-05 | Sonstiges |"
    before = events(f"{other} NW-001", *(f"V-00{n} | {party} NW-001" for n in (2, 3, 4)))
    two = (f"V-00{n} | {party}" for n in (2, 3))
    because = ": „Nachweis-Nr.“ ist anders in Zeile 6–7, Zeile 8 der früheren Mappe fehlt"
    one = no_longer("MS2.4a", "Veranstaltungen", "G6", "Nachweis-Nr.", because)
    assert found(before, events(other, *two), "V21") == [replace(one, cells=("G6", "G7"), count=2)]


def test_of_a_volunteer_the_cell_is_reported_but_no_row_in_words() -> None:
    before = {"Ehrenamtliche": "Kennung | Gewonnen am | Aktiv ab\nE-001 | 2026-01-01 | 2026-01-02"}
    now = {"Ehrenamtliche": "Kennung | Gewonnen am | Aktiv ab\nE-009 | 2026-01-01 |\nE-001 | 2026-01-01 |"}
    assert found(before, now, "V21") == [no_longer("MS2.2b", "Ehrenamtliche", "C6", "Aktiv ab")]


def test_it_is_asked_on_the_stichtag_of_each() -> None:
    """Reached on 1 April: not yet by the earlier one, whatever came of it."""
    assert found(units("A | 2026-04-01"), units("A |"), "V21") == []
    assert [f.rule for f in found(units("A | 2026-03-31"), units("A |"), "V21")] == ["V21"]


# --- corrections --------------------------------------------------------------------------------------


def test_a_correction_that_has_lost_records_counts_them_by_sheet() -> None:
    replaced = replace(builder.built(tables=FOUR | trainings(V, V)), file="erste.xlsx", number=3)
    replaced.tables["Nachweise"] = builder.built(tables={"Nachweise": "Nachweis-Nr.\nNW-001\nNW-002"}).tables[
        "Nachweise"
    ]  # type: ignore[index]
    now = builder.built(tables=needs("B-0001 | 2026-02-10 |", "B-0009 | 2026-02-10 |") | trainings(V))
    now.form_cells["Abgabe-Nr."] = "B8"
    words = {
        "number": 3,
        "counts": "Bedarfe 3 Zeilen, Schulungen 1 Zeile, Nachweise 2 Zeilen",
        "file": "erste.xlsx",
    }
    assert lost_by_correction(now, replaced, RULES) == [
        finding("V20", "Stammdaten", "B8", "Abgabe-Nr.", **words)
    ]
    del now.form_cells["Abgabe-Nr."]
    assert lost_by_correction(now, replaced, RULES)[0].cell is None
    assert lost_by_correction(replaced, replaced, RULES) == []
    entries = builder.built(entries={"MS1.1b": ("2026-03-01", "NW-1")})
    assert lost_by_correction(builder.built(), entries, RULES) == []
