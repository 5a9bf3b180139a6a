"""A sample can be repeated by anybody, and what it says of all records is exact."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import sys
from datetime import date
from fractions import Fraction
from itertools import combinations
from pathlib import Path

import openpyxl
import pytest

from pipeline.audit.sample.draw import Sample, Stratum, allocate, draw, draw_rank
from pipeline.audit.sample.limits import upper_limit
from pipeline.audit.sample.papers import ANY_PAPER, paper_for
from pipeline.audit.sample.read_back import NoSample, read_back, read_back_lines, read_each
from pipeline.audit.sample.visit import HEADER_LINE, NOT_SHOWN, RIGHT, SAMPLE_COLUMNS, WRONG, visit_workbook
from pipeline.audit.sample.write_sample import VISIT_FILE, write_sample
from pipeline.definitions.sheets import MUNICIPALITY
from pipeline.outcome import Outcome
from pipeline.run import run
from tests import builder

AS_OF = date(2026, 6, 30)
RESULT = [name for name, _ in SAMPLE_COLUMNS].index("Ergebnis") + 1


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    folder = tmp_path_factory.mktemp("eingang")
    (folder / "a.xlsx").write_bytes(builder.valid())
    (folder / "kaputt.xlsx").write_bytes(b"keine Mappe")
    return run(folder, builder.rules(), AS_OF)


# --- the draw -----------------------------------------------------------------------------------------


def test_the_population_is_every_record_of_what_counts(outcome: Outcome) -> None:
    sample = draw(outcome, "x", 5)
    (workbook,) = (s.workbook for s in outcome.submissions if not s.workbook.refused)
    records = {s.title: len(workbook.tables[s.title]) for s in MUNICIPALITY.tables if s.prefill is None}
    assert {s.sheet: n for s, n in sample.sizes.items()} == {t: n for t, n in records.items() if n}
    assert len(sample.drawn) == 5
    assert sample.population_hash == hashlib.sha256(sample.listing).hexdigest()
    assert sample.listing.decode().splitlines() == sorted(sample.listing.decode().splitlines())


def test_the_same_seed_draws_the_same_and_another_one_others(outcome: Outcome) -> None:
    lines = [u.line for u in draw(outcome, "Prüfung", 12).drawn]
    assert [u.line for u in draw(outcome, "Prüfung", 12).drawn] == lines
    assert [u.line for u in draw(outcome, "Prüfunh", 12).drawn] != lines


def test_within_a_stratum_the_smallest_hashes_are_drawn(outcome: Outcome) -> None:
    sample = draw(outcome, "s", 12)
    for stratum, count in sample.allocation.items():
        ranks = sorted(
            hashlib.sha256(f"s\n{u.line}".encode()).hexdigest()
            for u in sample.population
            if u.stratum == stratum
        )
        assert [draw_rank("s", u.line) for u in sample.drawn if u.stratum == stratum] == ranks[:count]


def test_the_size_is_spread_by_weight() -> None:
    """60, 30 and 10 records, size 10: Sainte-Laguë gives 6, 3, 1; a small stratum is not overdrawn."""
    a, b, c = (Stratum("06411000", sheet) for sheet in "ABC")
    sizes = {a: 60, b: 30, c: 10}
    assert allocate(sizes, sizes, 10) == {a: 6, b: 3, c: 1}
    assert allocate({a: 1, b: 1, c: 1000}, {a: 5, b: 5, c: 2}, 4) == {a: 1, b: 1, c: 2}
    assert allocate({a: 1, b: 1}, {a: 2, b: 3}, 99) == {a: 2, b: 3}
    assert allocate({a: 7, b: 7}, {a: 7, b: 7}, 1) == {a: 1, b: 0}


def test_findings_weigh_where_that_is_asked_for(outcome: Outcome) -> None:
    plain, weighted = draw(outcome, "s", 5), draw(outcome, "s", 5, weighted=True)
    assert plain.weights == plain.sizes
    (workbook,) = (s.workbook for s in outcome.submissions if not s.workbook.refused)
    found = {s.sheet: sum(f.count for f in workbook.findings if f.sheet == s.sheet) for s in weighted.weights}
    assert weighted.weights == {s: n * (1 + found[s.sheet]) for s, n in weighted.sizes.items()}


# --- the folder ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sample(outcome: Outcome) -> Sample:
    return draw(outcome, "Prüfung 2026", 12)


def test_an_outsider_repeats_the_draw_with_twenty_lines(sample: Sample, tmp_path: Path) -> None:
    folder = write_sample(sample, builder.rules(), AS_OF, tmp_path)
    program = folder / "nachziehen.py"
    assert len(program.read_text("utf-8").splitlines()) <= 22
    shown = subprocess.run(
        [sys.executable, program.name, "Prüfung 2026", "12"],
        cwd=folder, capture_output=True, encoding="utf-8", check=True, env={"PYTHONUTF8": "1"},
    ).stdout.splitlines()  # fmt: skip
    assert shown == [
        f"SHA-256 der Grundgesamtheit: {sample.population_hash}",
        *(u.line for u in sample.drawn),
    ]


def test_a_filled_workbook_is_kept_when_the_sample_is_drawn_again(sample: Sample, tmp_path: Path) -> None:
    folder = write_sample(sample, builder.rules(), AS_OF, tmp_path)
    (folder / VISIT_FILE).write_bytes(filled(sample, {1: RIGHT}))
    kept = (folder / VISIT_FILE).read_bytes()
    assert write_sample(sample, builder.rules(), AS_OF, tmp_path) == folder
    assert (folder / "KISI_Stichprobe_geaendert.xlsx").read_bytes() == kept
    assert (folder / VISIT_FILE).read_bytes() == visit_workbook(sample, builder.rules(), AS_OF)
    assert sorted(json.loads((folder / "manifest.json").read_bytes())["outputs"]) == [
        "KISI_Stichprobe.xlsx",
        "grundgesamtheit.txt",
        "nachziehen.py",
        "schichten.csv",
    ]


def test_samples_of_other_seeds_lie_beside_each_other(
    outcome: Outcome, sample: Sample, tmp_path: Path
) -> None:
    other = write_sample(draw(outcome, "Prüfung/2026", 12), builder.rules(), AS_OF, tmp_path)
    assert write_sample(sample, builder.rules(), AS_OF, tmp_path) != other
    assert len(list(tmp_path.glob("stichprobe_*"))) == 2


def test_the_workbook_names_cell_pseudonym_and_paper(sample: Sample) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(visit_workbook(sample, builder.rules(), AS_OF)))["Stichprobe"]
    rows = list(sheet.iter_rows(min_row=HEADER_LINE + 2, values_only=True))
    assert [row[:8] for row in rows] == [
        (
            n,
            u.stratum.ags,
            u.municipality,
            u.file,
            u.stratum.sheet,
            u.cell,
            u.key or None,
            paper_for(u.stratum.sheet),
        )
        for n, u in enumerate(sample.drawn, start=1)
    ]


def test_every_sheet_has_its_paper() -> None:
    assert [
        s.title for s in MUNICIPALITY.tables if s.prefill is None and paper_for(s.title) == ANY_PAPER
    ] == []


# --- reading back -------------------------------------------------------------------------------------


def filled(sample: Sample, results: dict[int, str]) -> bytes:
    """The workbook with results by running number."""
    book = openpyxl.load_workbook(io.BytesIO(visit_workbook(sample, builder.rules(), AS_OF)))
    for number, result in results.items():
        book["Stichprobe"].cell(HEADER_LINE + 1 + number, RESULT, result)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def test_a_visit_is_read_back(sample: Sample) -> None:
    results = dict.fromkeys(range(1, 9), RIGHT) | {9: WRONG, 10: f" {WRONG.upper()} ", 11: NOT_SHOWN}
    found = read_back(filled(sample, results))
    whole = found.whole
    assert (whole.drawn, whole.right, whole.wrong, whole.not_shown, whole.waiting) == (12, 8, 2, 1, 2)
    assert whole.population == len(sample.population)
    assert found.waiting == (11, 12)
    assert found.proportional
    lines = "\n".join(read_back_lines(found))
    most = upper_limit(len(sample.population), 10, 2)
    assert f"höchstens {most} von {len(sample.population)} " in lines
    assert "Offen bis zum nächsten Besuch (2): Nr. 11, 12" in lines


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (("Stichprobe", HEADER_LINE + 2, RESULT, "passt"), "Stichprobe!I5"),
        (("Stichprobe", HEADER_LINE + 3, 1, None), "stehen aber"),
        (("Schichten", HEADER_LINE + 2, 3, "viele"), "Schichten!C5"),
        (("Schichten", HEADER_LINE + 2, 5, 1.5), "Schichten!E5"),
        (("Stichprobe", HEADER_LINE + 1, RESULT, "Urteil"), "Spalten"),
    ],
)
def test_what_is_no_filled_sample_is_reported_by_its_cell(
    sample: Sample, change: tuple[str, int, int, object], named: str
) -> None:
    title, row, column, value = change
    book = openpyxl.load_workbook(io.BytesIO(visit_workbook(sample, builder.rules(), AS_OF)))
    book[title].cell(row, column).value = value
    content = io.BytesIO()
    book.save(content)
    with pytest.raises(NoSample, match=named):
        read_back(content.getvalue())


def test_other_files_get_one_sentence() -> None:
    (lines, other) = read_each([b"keine Mappe", builder.valid()])
    assert isinstance(lines, str)
    assert isinstance(other, str)
    assert "kisi sample" in other


# --- the limit ----------------------------------------------------------------------------------------


def by_counting(population: int, checked: int, wrong: int) -> int:
    """The definition itself: every sample of the records counted, for each possible number of wrong ones."""

    def chance(among: int) -> Fraction:
        samples = [sum(r < among for r in s) for s in combinations(range(population), checked)]
        return Fraction(sum(found <= wrong for found in samples), len(samples))

    possible = range(wrong, population - (checked - wrong) + 1)
    return max(k for k in possible if chance(k) > Fraction(5, 100))


@pytest.mark.parametrize(
    ("population", "checked", "wrong"), [(10, 4, 0), (10, 4, 1), (9, 5, 2), (12, 3, 3), (6, 6, 1)]
)
def test_the_limit_is_that_of_counting_all_samples(population: int, checked: int, wrong: int) -> None:
    assert upper_limit(population, checked, wrong) == by_counting(population, checked, wrong)


def test_limits_by_hand() -> None:
    """Nothing checked rules nothing out; all checked leaves the wrong ones; 0 of 59 of many: below 5 %."""
    assert upper_limit(100, 0, 0) == 100
    assert upper_limit(100, 100, 7) == 7
    assert upper_limit(100_000, 59, 0) < 5_000 <= upper_limit(100_000, 58, 0)
