"""The invented project, worked out by hand from the rows in pipeline/demo/municipalities.py.

Every expected status below was derived from those rows and the contract before the program was run; the
comments show how. Project start 2025-10-01, so due dates are: MS1.1, MS2.1 2026-03-31 · MS3.1 2026-04-30 ·
MS1.2 2026-06-30 · MS3.2 2026-10-31 · MS2.2 2026-11-30 · MS2.3, MS3.3 2027-05-31 · MS1.3 2027-09-30 ·
MS1.4, MS2.4, MS3.4 2028-09-30.

What lies within 60 days of the as-of date is at risk: from 2026-03-31 until 2026-05-30 (so MS3.1, not
MS1.2), from 2026-06-30 until 2026-08-29 (nothing), from 2026-09-30 until 2026-11-29 (MS3.2; MS2.2 is due
a day later and open).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from pipeline.outcome import Outcome
from pipeline.report.ergebnis import ergebnis
from pipeline.report.summary import summary_bytes
from tests.schema_problems import problems

Json = dict[str, Any]

HANAU, HOMBURG, OBERURSEL, NAUHEIM = "06415000", "06434001", "06434008", "06440002"
BUEDINGEN, FRIEDBERG, KARBEN, NIDDA, LEAD = "06440004", "06440008", "06440012", "06440016", "00000000"
MUNICIPALITIES = (HANAU, HOMBURG, OBERURSEL, NAUHEIM, BUEDINGEN, FRIEDBERG, KARBEN, NIDDA)


@pytest.fixture(scope="module")
def outcomes(demo_outcomes: Mapping[date, Outcome]) -> dict[str, Outcome]:
    """By as-of date."""
    return {day.isoformat(): outcome for day, outcome in demo_outcomes.items()}


@pytest.fixture(scope="module")
def documents(outcomes: dict[str, Outcome]) -> dict[str, Json]:
    """As-of date → ergebnis.json."""
    return {day: ergebnis(outcome) for day, outcome in outcomes.items()}


# --- files --------------------------------------------------------------------------------------------

STATES = {
    "2026-03-31/KISI_Buedingen.xlsx": (BUEDINGEN, "earlier"),
    "2026-03-31/KISI_Friedberg.xlsx": (FRIEDBERG, "accepted"),  # instead of the later, rejected one
    "2026-09-30/KISI_Bad_Homburg.xlsx": (HOMBURG, "superseded"),
    "2026-09-30/KISI_Bad_Homburg_korrigiert.xlsx": (HOMBURG, "accepted"),
    "2026-09-30/KISI_Bad_Nauheim.xlsx": (NAUHEIM, "accepted"),
    "2026-09-30/KISI_Buedingen.xlsx": (BUEDINGEN, "accepted"),
    "2026-09-30/KISI_Friedberg.xlsx": (FRIEDBERG, "rejected"),
    "2026-09-30/KISI_Hanau.xlsx": (HANAU, "accepted"),
    "2026-09-30/KISI_Karben.xlsx": (KARBEN, "accepted"),
    "2026-09-30/KISI_Karben_Kopie.xlsx": (KARBEN, "duplicate"),
    "2026-09-30/KISI_Oberursel.xlsx": (OBERURSEL, "rejected"),
    "2026-09-30/KISI_Projektleitung.xlsx": (LEAD, "accepted"),
    None: (NIDDA, "missing"),
}
FIRST_FILES = {"2026-03-31/KISI_Buedingen.xlsx": BUEDINGEN, "2026-03-31/KISI_Friedberg.xlsx": FRIEDBERG}
# by 2026-03-31 and 2026-06-30 only these two have come; all else is of a later Stichtag
EARLIER_STATES = [
    *((file, (ags, "accepted")) for file, ags in FIRST_FILES.items()),
    *((file, (ags, "later")) for file, (ags, _) in STATES.items() if file and file not in FIRST_FILES),
    *((None, (ags, "missing")) for ags in (LEAD, HANAU, HOMBURG, OBERURSEL, NAUHEIM, KARBEN, NIDDA)),
]
# (rule, severity, sheet, cell) of every finding; files that are not named have none
FINDINGS = {
    "2026-03-31/KISI_Buedingen.xlsx": [
        ("P30", "note", "Personen", "C25"),  # the 21st person's paper
        ("P47", "note", "Meilensteine", "F7"),  # the documents are older than what they prove
    ],
    "2026-09-30/KISI_Bad_Homburg.xlsx": [
        ("P47", "note", "Veranstaltungen", "G6"),
        ("P47", "note", "Meilensteine", "F9"),
    ],
    "2026-09-30/KISI_Bad_Homburg_korrigiert.xlsx": [
        ("P47", "note", "Veranstaltungen", "G6"),
        ("P47", "note", "Meilensteine", "F9"),
    ],
    "2026-09-30/KISI_Bad_Nauheim.xlsx": [
        ("P22", "warning", sheet, None)
        for sheet in (
            "Personen", "Bedarfe", "Angebote", "Teilnahmen", "Kontakte", "Schulungen",
            "Schulungsteilnahmen", "Verwaltung",
        )
    ] + [("P47", "note", "Meilensteine", "F6")],
    "2026-09-30/KISI_Buedingen.xlsx": [
        ("P30", "note", "Personen", "C25"),
        ("P47", "note", "Meilensteine", "F7"),
        ("P21", "warning", "Meilensteine", "F21"),  # MS2.2c, the 17th criterion of a municipality
        ("P21", "warning", "Zielwerte", "E18"),  # Z3.4, the 14th target
    ],
    "2026-09-30/KISI_Friedberg.xlsx": [
        ("W06", "error", "Bestand", "B6"),  # 1.234
        ("P07", "error", "Bedarfe", "B7"),  # P-0003 is no person of this workbook
    ],
    "2026-09-30/KISI_Hanau.xlsx": [
        ("M17", "note", "Stammdaten", "B5"),  # the former AGS
        ("P47", "note", "Meilensteine", "F7"),
        ("P21", "warning", "Meilensteine", "F18"),  # MS2.1c, the 14th criterion
    ],
    "2026-09-30/KISI_Oberursel.xlsx": [
        ("W01", "error", "Bestand", "B6"),  # #DIV/0!
        ("M03", "note", "Personen", "C5"),  # Ja
        ("M06", "note", "Personen", "D6"),  # 05.01.2026 as text
        ("W11", "error", "Personen", "A7"),  # an e-mail address
        ("W10", "error", "Personen", "B8"),  # "Gruppe 3"
        ("W03", "error", "Personen", "E9"),  # 31.02.2026
        ("P04", "error", "Personen", "F10"),  # recorded before approached
        ("W13", "error", "Personen", "D11"),  # no arrival
        ("P02", "error", "Personen", "G12"),  # left after the Stichtag
        ("P07", "error", "Bedarfe", "F5"),
        ("P05", "error", "Bedarfe", "F6"),  # addressed, but by which offer?
        ("M01", "note", "Veranstaltungen", "D5"),  # " Auftakt "
        ("M05", "note", "Veranstaltungen", "E5"),  # 12,0
        ("P03", "error", "Veranstaltungen", "A6"),  # V-001 again
        ("P07", "error", "Veranstaltungen", "G6"),  # NW-007
        ("P23", "warning", "Meilensteine", "E8"),  # MS1.1d is computed; one warning for the row
        ("W04", "error", "Nachweise", "D5"),  # 03/04/26
    ],
    "2026-09-30/~$KISI_Hanau.xlsx": [("N01", "note", None, None)],
}  # fmt: skip


def test_what_is_written_fits_its_schema(documents: dict[str, Json]) -> None:
    assert {day: problems(document) for day, document in documents.items()} == {day: [] for day in documents}


def test_states_of_all_files(documents: dict[str, Json]) -> None:
    for as_of, document in documents.items():
        found = [(s["file"], (s["ags"], s["state"])) for s in document["submissions"]]
        assert found == (list(STATES.items()) if as_of == "2026-09-30" else EARLIER_STATES)


def test_findings_with_their_cells(documents: dict[str, Json]) -> None:
    lock = "2026-09-30/~$KISI_Hanau.xlsx"
    for as_of, document in documents.items():
        found: dict[str, list[tuple[Any, ...]]] = {}
        for f in document["findings"]:
            found.setdefault(f["file"], []).append((f["rule"], f["severity"], f["sheet"], f["cell"]))
        shown = FINDINGS.keys() if as_of == "2026-09-30" else {*FIRST_FILES, lock} & FINDINGS.keys()
        assert found == {file: FINDINGS[file] for file in shown}


def test_rows_and_counts_of_findings(documents: dict[str, Json]) -> None:
    entries = {s["file"]: s for s in documents["2026-09-30"]["submissions"]}
    oberursel = entries["2026-09-30/KISI_Oberursel.xlsx"]
    assert (oberursel["errors"], oberursel["warnings"], oberursel["notes"]) == (12, 1, 4)
    # 2 stocks, 8 persons, 2 needs, 1 offer, 2 events, 1 document, 37 criteria, 20 targets
    assert (oberursel["rows_read"], oberursel["rows_accepted"]) == (73, 0)
    lead = entries["2026-09-30/KISI_Projektleitung.xlsx"]
    # 1 training, 1 document, 2 criteria (MS2.1d, MS2.4b), 1 target (Z2.7)
    assert (lead["rows_read"], lead["rows_accepted"]) == (5, 5)


# --- milestones ---------------------------------------------------------------------------------------

R, L, E, N = "reached", "reached_late", "evidence_missing", "not_evaluable"
D, A, O, X, U = "overdue", "at_risk", "open", "no_submission", "undefined"  # noqa: E741
MILESTONES = (
    "MS1.1", "MS1.2", "MS1.3", "MS1.4", "MS2.1", "MS2.2", "MS2.3", "MS2.4",
    "MS3.1", "MS3.2", "MS3.3", "MS3.4", "MS4.1", "MS4.2", "MS4.3", "MS4.4",
)  # fmt: skip
NOTHING = (X,) * 12 + (U,) * 4
STATUSES: dict[str, dict[str, tuple[str, ...]]] = {
    "2026-03-31": {
        HANAU:     NOTHING,
        HOMBURG:   NOTHING,
        OBERURSEL: NOTHING,
        NAUHEIM:   NOTHING,
        # MS1.1 6 of 40 on 2026-02-10: exactly 15 %; b 2025-12-15, c 2026-01-30, d 2025-11-20.
        # MS2.1 a and b 2026-02-20, c 2026-03-10, but nothing of the project lead. MS3.1 Ordnungsamt has no date.
        BUEDINGEN: (R, O, O, O,  N, O, O, O,  A, O, O, O,  U, U, U, U),
        # MS1.1a is met (2 of 10), b, c and d are not.
        FRIEDBERG: (D, O, O, O,  D, O, O, O,  A, O, O, O,  U, U, U, U),
        KARBEN:    NOTHING,
        NIDDA:     NOTHING,
    },
    "2026-06-30": {
        HANAU:     NOTHING,
        HOMBURG:   NOTHING,
        OBERURSEL: NOTHING,
        NAUHEIM:   NOTHING,
        # The data end on 2026-03-31: what was due in between cannot be judged.
        BUEDINGEN: (R, N, O, O,  N, O, O, O,  N, O, O, O,  U, U, U, U),
        FRIEDBERG: (D, N, O, O,  D, O, O, O,  N, O, O, O,  U, U, U, U),
        KARBEN:    NOTHING,
        NIDDA:     NOTHING,
    },
    "2026-09-30": {
        # MS1.2 49 of 200 on 2026-08-24: 24.5 % where 25 % are wanted.
        HANAU:     (L, D, O, O,  E, O, O, O,  D, A, O, O,  U, U, U, U),
        # MS2.2 a 2026-03-21, b 2026-03-15, c to e 2026-09-01.
        HOMBURG:   (E, R, O, O,  R, R, O, O,  L, A, O, O,  U, U, U, U),
        OBERURSEL: NOTHING,
        NAUHEIM:   (N, D, O, O,  R, O, O, O,  D, A, O, N,  U, U, U, U),
        # MS2.2 a and b are met, c has no evidence, d and e are unmet.
        BUEDINGEN: (R, R, O, O,  R, O, O, O,  R, A, O, O,  U, U, U, U),
        FRIEDBERG: (D, N, O, O,  D, O, O, O,  N, A, O, O,  U, U, U, U),
        KARBEN:    (D, D, O, O,  D, O, O, O,  D, A, O, O,  U, U, U, U),
        NIDDA:     NOTHING,
    },
}  # fmt: skip
REACHED_ON = {  # whenever it is reached: the latest date of its criteria
    (HANAU, "MS1.1"): "2026-04-20",
    (HOMBURG, "MS1.2"): "2026-06-30",
    (HOMBURG, "MS2.1"): "2026-03-25",
    (HOMBURG, "MS2.2"): "2026-09-01",
    (HOMBURG, "MS3.1"): "2026-05-04",
    (NAUHEIM, "MS2.1"): "2026-02-01",
    (BUEDINGEN, "MS1.1"): "2026-02-10",
    (BUEDINGEN, "MS1.2"): "2026-06-12",
    (BUEDINGEN, "MS2.1"): "2026-03-10",
    (BUEDINGEN, "MS3.1"): "2026-04-22",
}


@pytest.mark.parametrize("commune", MUNICIPALITIES)
@pytest.mark.parametrize("as_of", STATUSES)
def test_sixteen_milestones(documents: dict[str, Json], as_of: str, commune: str) -> None:
    found = [m for m in documents[as_of]["milestones"] if m["ags"] == commune]
    assert [m["nr"] for m in found] == list(MILESTONES)
    assert tuple(m["status"] for m in found) == STATUSES[as_of][commune]
    for m in found:
        reached = m["status"] in (R, L)
        assert m["reached_on"] == (REACHED_ON[commune, m["nr"]] if reached else None)


@pytest.mark.parametrize("as_of", STATUSES)
def test_the_project_counts_its_milestones(documents: dict[str, Json], as_of: str) -> None:
    for position, found in enumerate(documents[as_of]["consolidated"]["milestones"]):
        column = [statuses[position] for statuses in STATUSES[as_of].values()]
        assert found["nr"] == MILESTONES[position]
        assert found["counts"] == {status: column.count(status) for status in set(column)}
        assert found["communes_total"] == 8


def test_criteria_of_one_milestone(documents: dict[str, Json]) -> None:
    (found,) = [
        m for m in documents["2026-09-30"]["milestones"] if (m["ags"], m["nr"]) == (BUEDINGEN, "MS2.2")
    ]
    assert found["due"] == "2026-11-30"
    assert found["criteria"] == [
        # one training with evidence (NW-002) and one without: both count, the first decides
        {"nr": "MS2.2a", "status": "met", "reached_on": "2026-03-05", "value": 2, "threshold": 1, "evidence": ["NW-002"]},
        {"nr": "MS2.2b", "status": "met", "reached_on": "2026-02-01", "value": 12, "threshold": 1, "evidence": []},
        {"nr": "MS2.2c", "status": "evidence_missing", "reached_on": None, "value": None, "threshold": None, "evidence": []},
        {"nr": "MS2.2d", "status": "unmet", "reached_on": None, "value": None, "threshold": None, "evidence": []},
        {"nr": "MS2.2e", "status": "unmet", "reached_on": None, "value": None, "threshold": None, "evidence": []},
    ]  # fmt: skip


def test_a_share_just_below(documents: dict[str, Json]) -> None:
    (found,) = [m for m in documents["2026-09-30"]["milestones"] if (m["ags"], m["nr"]) == (HANAU, "MS1.2")]
    assert found["criteria"][1] == {
        "nr": "MS1.2b", "status": "unmet", "reached_on": None, "value": "0.245000", "threshold": "0.250000",
        "evidence": [],
    }  # fmt: skip


# --- the project's figures ----------------------------------------------------------------------------

PJ1 = "2025/26"
# (nr, year): numerator, denominator, value, communes met, communes evaluated, status.
# Never in the sums: Oberursel (rejected), Nidda (missing), and whoever cannot be evaluated: Bad Nauheim
# but for Veranstaltungen and Ehrenamtliche; Karben (nothing to report) wherever a share has no denominator.
# by 2026-03-31 and by 2026-06-30: the data of Büdingen and Friedberg end on 2026-03-31
EARLY: dict[tuple[str, str | None], tuple[Any, ...]] = {
    # Büdingen 6/40, Friedberg 2/10
    ("Z1.1", None): (8, 50, "0.160000", 0, 2, "open"),
    ("Z1.2", None): (8, 50, "0.160000", 0, 2, "open"),
    # Büdingen 3/6, Friedberg 0/2
    ("Z1.3", None): (3, 8, "0.375000", 0, 2, "open"),
    # Büdingen 20, Friedberg 0
    ("Z1.4", PJ1): (20, None, 20, 0, 2, "open"),
    # Büdingen 1, Friedberg 0
    ("Z2.4", PJ1): (1, None, 1, 0, 2, "open"),
    # Büdingen 4/4; Friedberg has no volunteers
    ("Z2.5", None): (4, 4, "1.000000", 1, 1, "met"),
    ("Z2.6", None): (4, None, 4, 0, 2, "open"),
    ("Z2.7", None): (None, None, None, None, None, "no_submission"),
    ("Z3.7", PJ1): (0, None, 0, 0, 2, "open"),
    ("Z4.1", PJ1): (0, None, 0, 0, 2, "open"),
}
FIGURES: dict[str, dict[tuple[str, str | None], tuple[Any, ...]]] = {
    "2026-03-31": EARLY,
    "2026-06-30": EARLY,
    "2026-09-30": {
        # Büdingen 19/50: P-0006 left on 2026-08-31
        ("Z1.1", None): (85, 320, "0.265625", 0, 4, "open"),
        # 12/50, 49/200, 15/60, 2/10
        ("Z1.2", None): (78, 320, "0.243750", 0, 4, "open"),
        ("Z1.3", None): (14, 40, "0.350000", 2, 4, "open"),
        # The project year is over: 29 in Bad Homburg and 0 in Karben are missed; Friedberg's data end earlier
        ("Z1.4", PJ1): (94, None, 94, 2, 5, "missed"),
        ("Z2.4", PJ1): (3, None, 3, 1, 5, "missed"),
        ("Z2.5", None): (21, 22, "0.954545", 1, 2, "open"),
        ("Z2.6", None): (22, None, 22, 2, 6, "open"),
        ("Z2.7", None): (1, None, 1, None, None, "met"),
        # Büdingen's training of the administration on 2026-09-10
        ("Z3.7", PJ1): (1, None, 1, 1, 5, "missed"),
        ("Z4.1", PJ1): (1, None, 1, 1, 6, "missed"),
    },
}


@pytest.mark.parametrize("as_of", FIGURES)
def test_the_projects_figures(documents: dict[str, Json], as_of: str) -> None:
    entries = {(t["nr"], t["year"]): t for t in documents[as_of]["consolidated"]["targets"]}
    for key, expected in FIGURES[as_of].items():
        found = entries[key]
        assert (
            found["numerator"], found["denominator"], found["value"], found["communes_met"],
            found["communes_evaluated"], found["status"],
        ) == expected, key  # fmt: skip
        assert found["communes_total"] == (None if key[0] == "Z2.7" else 8)


TARGETS_OF_ONE = {  # 2026-09-30: Z1.4 in the project year that ends on this day
    HANAU: (30, "met"),
    HOMBURG: (29, "missed"),
    OBERURSEL: (None, "no_submission"),
    NAUHEIM: (None, "not_evaluable"),
    BUEDINGEN: (35, "met"),
    FRIEDBERG: (0, "open"),
    KARBEN: (0, "missed"),
    NIDDA: (None, "no_submission"),
}


def test_contacts_of_each_municipality(documents: dict[str, Json]) -> None:
    found = {t["ags"]: t for t in documents["2026-09-30"]["targets"] if t["nr"] == "Z1.4"}
    assert {ags: (t["numerator"], t["status"]) for ags, t in found.items()} == TARGETS_OF_ONE
    assert {t["threshold"] for t in found.values()} == {30}
    data_as_of = {ags: t["data_as_of"] for ags, t in found.items()}
    assert (data_as_of[FRIEDBERG], data_as_of[HANAU], data_as_of[NIDDA]) == ("2026-03-31", "2026-09-30", None)


# --- evidence, completeness -------------------------------------------------------------------------------


def test_evidence_points(documents: dict[str, Json]) -> None:
    def first_report(as_of: str) -> dict[str, tuple[Any, ...]]:
        found = [e for e in documents[as_of]["evidence"] if e["nr"] == "N3.1" and e["due"] == "2026-09-30"]
        return {e["ags"]: (e["count"], e["status"]) for e in found}

    assert first_report("2026-09-30") == {
        HANAU: (0, "overdue"),
        HOMBURG: (1, "provided"),  # dated 2026-03-25
        OBERURSEL: (None, "no_submission"),
        NAUHEIM: (0, "overdue"),
        BUEDINGEN: (1, "provided"),  # dated 2026-09-25
        FRIEDBERG: (0, "not_evaluable"),  # the data end on 2026-03-31
        KARBEN: (0, "overdue"),
        NIDDA: (None, "no_submission"),
    }
    assert first_report("2026-06-30")[BUEDINGEN] == (0, "open")
    (n12,) = [e for e in documents["2026-09-30"]["evidence"] if (e["ags"], e["nr"]) == (BUEDINGEN, "N1.2")]
    assert (n12["count"], n12["status"], n12["due"]) == (2, "provided", None)


TARGETS = {f"Z1.{i}" for i in range(1, 5)} | {f"Z2.{i}" for i in range(1, 7)} | {f"Z3.{i}" for i in range(1, 8)} | {f"Z4.{i}" for i in range(1, 4)}  # fmt: skip
POINTS = (
    {f"N1.{i}" for i in range(1, 7)} | {f"N2.{i}" for i in range(1, 5)} | {f"N3.{i}" for i in range(1, 6)}
)
CRITERIA = {
    "MS1.1": "abcd", "MS1.2": "ab", "MS1.3": "ab", "MS1.4": "abc", "MS2.1": "abcd", "MS2.2": "abcde",
    "MS2.3": "abcd", "MS2.4": "ab", "MS3.1": "abcd", "MS3.2": "abcd", "MS3.3": "abc", "MS3.4": "ab",
    "MS4.1": "", "MS4.2": "", "MS4.3": "", "MS4.4": "",
}  # fmt: skip


@pytest.mark.parametrize("commune", MUNICIPALITIES)
def test_every_requirement_of_the_catalogue_appears(documents: dict[str, Json], commune: str) -> None:
    for document in documents.values():
        assert {t["nr"] for t in document["targets"] if t["ags"] == commune} == TARGETS
        assert {e["nr"] for e in document["evidence"] if e["ags"] == commune} == POINTS
        for m in (m for m in document["milestones"] if m["ags"] == commune):
            letters = "" if m["status"] == X else CRITERIA[m["nr"]]
            assert [c["nr"] for c in m["criteria"]] == [m["nr"] + letter for letter in letters]


def test_the_project_lead_has_z27_and_nothing_else(documents: dict[str, Json]) -> None:
    for document in documents.values():
        assert [t["nr"] for t in document["targets"] if t["ags"] == LEAD] == ["Z2.7"]
        assert [t["ags"] for t in document["targets"] if t["nr"] == "Z2.7"] == [LEAD]
        assert not [e for e in (*document["milestones"], *document["evidence"]) if e["ags"] == LEAD]
        assert {t["nr"] for t in document["consolidated"]["targets"]} == TARGETS | {"Z2.7"}


# --- AMIF ---------------------------------------------------------------------------------------------


def test_persons_by_age_and_gender(outcomes: dict[str, Outcome]) -> None:
    """Hanau's persons 1 to 49, Bad Homburg's 1 to 15, Büdingen's 1 to 13 and Friedberg's 1 and 2 have needs.

    So 1 and 2 count four times, 3 to 13 three times, 14 and 15 twice. Under 18 are those divisible by 4 and not by
    10: women 4, 8 (three times each), 16, 32, so 8, shown as 9; men 12 (three times), 24, 36, 48, so 6; number 44
    gives no gender ("keine Angabe"), shown as 0; number 28 has none. Likewise 23, 8, 2 from 18 to 60, and 5, 7, 3
    above. With both answers 63, whose own rounding would narrow a part down: the sum of what is shown, 66.
    """
    sheet = load_workbook(BytesIO(summary_bytes(outcomes["2026-09-30"])), data_only=True)["AMIF"]
    rows = [row[:6] for row in sheet.iter_rows(values_only=True)]
    first = next(n for n, row in enumerate(rows) if row[0] == "Altersgruppe")
    assert rows[first : first + 5] == [
        ("Altersgruppe", "weiblich", "männlich", "divers", "keine Angabe", "Zusammen"),
        ("unter 18", 9, 6, 0, 0, 15),
        ("18 bis 60", 24, 9, 0, 3, 36),
        ("über 60", 6, 6, 0, 3, 15),
        ("Zusammen", 39, 21, 0, 6, 66),
    ]
    shown = [str(row[0]) for row in rows]
    assert shown[first + 5].startswith(
        "66 von 81 Personen mit beiden Angaben (gerundet). Ohne 3 von 8 Kommunen: "
    )
    missing = {row[0]: row[1] for row in rows[first + 7 : first + 11]}
    assert missing == {
        "Altersgruppe fehlt": 6,  # 10, three times, 20, 30, 40
        "Geschlecht fehlt": 9,  # 7, three times, 14, twice, 21, 28, 35, 42, 49
        "beide Angaben fehlen": 0,
        "Aufenthaltspapier nicht geprüft": 0,
    }
    language = next(n for n, row in enumerate(rows) if n > first and row[0] == "Altersgruppe")
    assert rows[language + 2] == ("18 bis 60", 3, 0, 0, 0, 3)  # Büdingen's persons 1 and 2
