"""daten/*.parquet: the rows of the accepted submissions as they stand in the files."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from zipfile import ZipFile, is_zipfile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.definitions.sheets import MUNICIPALITY
from pipeline.outcome import Outcome
from pipeline.report.row_files import write_data
from pipeline.report.write import write_report

BUEDINGEN, HANAU, FRIEDBERG, LEAD = "06440004", "06415000", "06440008", "00000000"
ACCEPTED = [LEAD, HANAU, "06434001", "06440002", BUEDINGEN, FRIEDBERG, "06440012"]
SEPTEMBER = date(2026, 9, 30)


@pytest.fixture(scope="module")
def demo(demo_outcome: Outcome) -> Outcome:
    return demo_outcome


@pytest.fixture(scope="module")
def folder(demo: Outcome, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("daten")
    write_data(demo, place)
    return place


def rows(folder: Path, sheet: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pq.read_table(folder / f"{sheet}.parquet").to_pylist()
    return found


def of(folder: Path, sheet: str, ags: str) -> list[dict[str, Any]]:
    return [r for r in rows(folder, sheet) if r["AGS"] == ags]


def test_one_file_a_sheet(folder: Path) -> None:
    assert {p.name for p in folder.iterdir()} == {f"{t.title}.parquet" for t in MUNICIPALITY.tables}


def test_the_columns_are_those_of_the_sheet(folder: Path) -> None:
    schema = pq.read_schema(folder / "Angebote.parquet")
    assert schema.names[:3] == ["AGS", "Datei", "Excel-Zeile"]
    assert tuple(schema.names[3:]) == MUNICIPALITY.table("Angebote").names
    assert schema.field("Beginn").type == pa.date32()
    assert schema.field("Nachweis-Nr.").type == pa.list_(pa.string())
    assert pq.read_schema(folder / "Bestand.parquet").field("Anzahl").type == pa.int64()
    assert pq.read_schema(folder / "Nachweise.parquet").field("Nachweispunkt").type == pa.list_(pa.string())
    assert all(f.nullable for f in schema)


def test_a_stock_as_it_stands_in_the_file(folder: Path) -> None:
    file = {"AGS": BUEDINGEN, "Datei": "2026-09-30/KISI_Buedingen.xlsx"}
    source = {"Quelle": "Ausländerbehörde", "Nachweis-Nr.": None}
    assert of(folder, "Bestand", BUEDINGEN) == [
        {**file, "Excel-Zeile": 5, "Stichtag": date(2026, 1, 31), "Anzahl": 40, **source},
        {**file, "Excel-Zeile": 6, "Stichtag": date(2026, 6, 30), "Anzahl": 50, **source},
    ]


def test_several_references_are_a_list(folder: Path) -> None:
    (second,) = [r for r in of(folder, "Nachweise", BUEDINGEN) if r["Nachweis-Nr."] == "NW-004"]
    assert second["Nachweispunkt"] == ["N1.2", "N2.4"]


def test_accepted_submissions_only_by_ags(folder: Path) -> None:
    # Friedberg's first Stichtag counts, Oberursel was rejected, Nidda sent nothing
    found = [r["AGS"] for r in rows(folder, "Zielwerte")]
    assert list(dict.fromkeys(found)) == ACCEPTED
    assert found == sorted(found)
    assert {r["Datei"] for r in of(folder, "Personen", FRIEDBERG)} == {"2026-03-31/KISI_Friedberg.xlsx"}
    # Büdingen 21, Hanau 49, Bad Homburg 15, Friedberg 2
    assert len(rows(folder, "Personen")) == 87


def test_the_numbers_of_rows_are_those_of_the_submissions(folder: Path, demo: Outcome) -> None:
    written = sum(pq.read_metadata(p).num_rows for p in folder.iterdir())
    assert written == sum(s.workbook.rows_read for s in demo.submissions if s.state == "accepted")


def test_row_groups_are_no_smaller_than_wanted(
    folder: Path, demo: Outcome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Few rows make one group; else each but the last is full, and the rows are the same in their order."""
    assert pq.read_metadata(folder / "Personen.parquet").num_row_groups == 1
    monkeypatch.setattr("pipeline.report.row_files.ROW_GROUP", 50)
    write_data(demo, tmp_path)
    written = pq.read_metadata(tmp_path / "Personen.parquet")
    sizes = [written.row_group(n).num_rows for n in range(written.num_row_groups)]
    assert len(sizes) > 1
    assert all(size >= 50 for size in sizes[:-1])
    assert rows(tmp_path, "Personen") == rows(folder, "Personen")


def test_no_program_of_ours_and_no_path_in_the_metadata(folder: Path) -> None:
    for path in folder.iterdir():
        written = pq.read_metadata(path)
        assert list(written.metadata) == [b"ARROW:schema"]
        assert written.created_by.startswith("parquet-cpp-arrow")
        assert str(folder).encode() not in path.read_bytes()


def test_without_a_submission_the_files_are_empty(demo: Outcome, tmp_path: Path) -> None:
    write_data(replace(demo, submissions=()), tmp_path)
    assert len(list(tmp_path.iterdir())) == len(MUNICIPALITY.tables)
    assert rows(tmp_path, "Personen") == []


def test_numbers_and_names_that_parquet_cannot_hold(demo: Outcome, tmp_path: Path) -> None:
    one = next(s for s in demo.submissions if s.workbook.file == "2026-09-30/KISI_Hanau.xlsx")
    stock = replace(one.workbook.tables["Bestand"])
    stock.columns = {**stock.columns, "Anzahl": [10**30]}
    tables = {**one.workbook.tables, "Bestand": stock}
    odd = replace(one, workbook=replace(one.workbook, file="a\udcff.xlsx", tables=tables))
    write_data(replace(demo, submissions=(odd,)), tmp_path)
    (row,) = rows(tmp_path, "Bestand")
    assert (row["Datei"], row["Anzahl"]) == ("a\\udcff.xlsx", None)


# --- the whole report ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def results(demo: Outcome, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_report(demo, tmp_path_factory.mktemp("out"))


def test_the_report_brings_the_rows_and_can_leave_them_out(
    results: Path, demo: Outcome, tmp_path: Path
) -> None:
    assert (results / "daten" / "Personen.parquet").is_file()
    without = write_report(demo, tmp_path, with_feedback=False, with_rows=False)
    assert not (without / "daten").exists()


def test_no_key_of_a_person_or_volunteer_outside_the_restricted_folders(results: Path) -> None:
    """Everything but daten/ and rueckmeldung/; workbooks are looked through part by part."""
    keys = re.compile(rb"\b[PE]-\d{3,6}\b")
    seen = 0
    for path in (p for p in results.rglob("*") if p.is_file()):
        if path.relative_to(results).parts[0] in ("daten", "rueckmeldung"):
            continue
        seen += 1
        parts = [path.read_bytes()]
        if is_zipfile(path):
            with ZipFile(path) as archive:
                parts = [archive.read(name) for name in archive.namelist()]
        assert not any(keys.search(part) for part in parts), path.name
    assert seen >= 3
    personal = pq.read_table(results / "daten" / "Personen.parquet").column("Kennung").to_pylist()
    assert keys.search(personal[0].encode())  # the pattern finds what it looks for
