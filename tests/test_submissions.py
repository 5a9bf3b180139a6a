"""The folder of received files: what is a submission, which one counts, what the previous one says."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from pipeline.definitions.model import Finding, State
from pipeline.outcome import Outcome, rejected
from pipeline.report.ergebnis import ergebnis
from pipeline.rules import Rules, Withdrawal
from pipeline.run import NothingReceived, check, run
from pipeline.submissions import receive
from tests import builder
from tests.cell_edits import Text, edited
from tests.expected import ExpectedFinding, reported

LATER = "2026-09-30"


def sent(
    stichtag: str | None = "2026-06-30", number: int | None = 1, ags: str = "06440004", **edits: Any
) -> bytes:
    """The valid workbook with another key; ``Bestand_B7=51`` changes a cell."""
    municipality = builder.rules().by_ags.get(ags)
    key = {"Stammdaten!B4": municipality.name if municipality else "Ort", "Stammdaten!B5": Text(ags)}
    key |= {"Stammdaten!B7": stichtag, "Stammdaten!B8": number, "Stammdaten!B12": None}
    return edited(key | {place.replace("_", "!", 1): value for place, value in edits.items()})


@cache
def early() -> bytes:
    """A valid workbook for 2026-03-31, when little had happened."""
    form = {**builder.FORM, "Berichtsstichtag": date(2026, 3, 31)}
    nothing = {f"Leermeldung: {t}": "ja" for t in builder.NIL_RETURNS if t != "Bestand"}
    tables = {"Bestand": builder.rows_of(builder.VALID["Bestand"])[:1]}
    tables["Bestand"][0]["Nachweis-Nr."] = None
    return builder.filled(builder.Content(form | nothing, tables))  # type: ignore[arg-type]


WRONG: dict[str, Any] = {"Bestand_C6": "Quatsch"}  # an error: the workbook is rejected


@cache
def resaved(data: bytes) -> bytes:
    """Opened and saved by another program: the same content in other bytes."""
    out = io.BytesIO()
    openpyxl.load_workbook(io.BytesIO(data)).save(out)
    assert out.getvalue() != data
    return out.getvalue()


def lay(folder: Path, files: Mapping[str, bytes]) -> Path:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def outcome_of(folder: Path, files: Mapping[str, bytes], as_of: date | None = None) -> Outcome:
    return run(lay(folder, files), builder.rules(), as_of)


def states(outcome: Outcome) -> dict[str, str]:
    return {s.workbook.file: s.state.value for s in outcome.submissions}


def findings(outcome: Outcome, file: str) -> list[Finding]:
    return list(next(s.workbook.findings for s in outcome.submissions if s.workbook.file == file))


def rules_reported(outcome: Outcome, file: str) -> list[str]:
    return [f.rule for f in findings(outcome, file)]


# --- which counts ---------------------------------------------------------------------------------------


def test_one_is_accepted_and_everybody_else_is_missing(tmp_path: Path) -> None:
    outcome = outcome_of(tmp_path, {"a.xlsx": sent()})
    assert states(outcome) == {"a.xlsx": "accepted"}
    # the roster in the order of AGS, the project lead expected like a municipality
    assert [m.ags for m in outcome.missing] == [
        "00000000", "06415000", "06434001", "06434008", "06440002", "06440008", "06440012", "06440016",
    ]  # fmt: skip
    assert outcome.missing[0].name == "Projektleitung"
    assert outcome.count(State.MISSING) == 8
    assert outcome.as_of == date(2026, 6, 30)


def test_the_project_lead_is_expected_and_accepted(tmp_path: Path) -> None:
    outcome = outcome_of(tmp_path, {"lead.xlsx": builder.lead_valid()})
    assert states(outcome) == {"lead.xlsx": "accepted"}
    accepted = outcome.accepted("00000000")
    assert accepted is not None
    assert accepted.workbook.municipality == "Projektleitung"
    assert "00000000" not in [m.ags for m in outcome.missing]
    assert len(outcome.missing) == 8


def test_copies_and_harmless_resaves_are_duplicates(tmp_path: Path) -> None:
    files = {"b.xlsx": sent(), "a.xlsx": resaved(sent()), "c/d.xlsx": sent(), "z.bak": sent()}
    outcome = outcome_of(tmp_path, files)
    assert states(outcome) == {
        "a.xlsx": "accepted",  # the first by file name
        "b.xlsx": "duplicate",
        "c/d.xlsx": "duplicate",
        "z.bak": "duplicate",
    }


def test_differences_that_are_mended_are_no_different_content(tmp_path: Path) -> None:
    mended = sent(Personen_C5="JA", Bestand_B7=Text("50,0"), Angebote_B5=Text(" Sprachcafé "))
    outcome = outcome_of(tmp_path, {"a.xlsx": sent(), "b.xlsx": mended})
    assert states(outcome) == {"a.xlsx": "accepted", "b.xlsx": "duplicate"}


def test_the_same_key_with_different_content_rejects_all(tmp_path: Path) -> None:
    outcome = outcome_of(tmp_path, {"a.xlsx": sent(), "b.xlsx": sent(Bestand_B7=51)})
    assert states(outcome) == {"a.xlsx": "rejected", "b.xlsx": "rejected"}
    for file, other in (("a.xlsx", "b.xlsx"), ("b.xlsx", "a.xlsx")):
        conflict, *rest = findings(outcome, file)
        assert (conflict.rule, conflict.severity, conflict.sheet, conflict.cell) == (
            "A01",
            "error",
            None,
            None,
        )
        assert other in conflict.message
        assert rest == []


def test_of_three_files_with_one_key_all_are_rejected(tmp_path: Path) -> None:
    files = {"a.xlsx": sent(), "b.xlsx": sent(), "c.xlsx": sent(Kontakte_D5="CD")}
    outcome = outcome_of(tmp_path, files)
    assert set(states(outcome).values()) == {"rejected"}
    assert [rules_reported(outcome, f) for f in files] == [["A01"]] * 3


@pytest.mark.parametrize(
    "edit", [{"Stammdaten_B10": "neu@example.org"}, {"Meilensteine_G6": "Neu"}, {"Nachweise_C8": "Neu"}]
)
def test_any_cell_that_is_read_makes_different_content(tmp_path: Path, edit: dict[str, Any]) -> None:
    outcome = outcome_of(tmp_path, {"a.xlsx": sent(), "b.xlsx": sent(**edit)})
    assert set(states(outcome).values()) == {"rejected"}


def test_an_unreadable_cell_makes_different_content(tmp_path: Path) -> None:
    """Both are empty to the program, but the municipality wrote two different things."""
    files = {"a.xlsx": sent(Bestand_B7="viele"), "b.xlsx": sent(Bestand_B7="einige")}
    outcome = outcome_of(tmp_path, files)
    assert rules_reported(outcome, "a.xlsx") == ["W07"]  # each for its own error
    assert set(states(outcome).values()) == {"rejected"}


def test_a_copy_of_a_rejected_file_is_a_duplicate_without_findings(tmp_path: Path) -> None:
    outcome = outcome_of(tmp_path, {"a.xlsx": sent(**WRONG), "b.xlsx": resaved(sent(**WRONG))})
    assert states(outcome) == {"a.xlsx": "rejected", "b.xlsx": "duplicate"}
    assert rules_reported(outcome, "a.xlsx") == ["W10"]
    assert findings(outcome, "b.xlsx") == []


def test_copies_of_a_refused_file_are_duplicates(tmp_path: Path) -> None:
    files = {"a.xlsx": b"kein Excel", "b.xlsx": b"kein Excel", "c.xlsx": b"auch keins"}
    outcome = outcome_of(tmp_path, files, date(2026, 6, 30))
    assert states(outcome) == {"a.xlsx": "rejected", "b.xlsx": "duplicate", "c.xlsx": "rejected"}


def test_higher_numbers_and_later_stichtage_win(tmp_path: Path) -> None:
    files = {
        "1.xlsx": sent("2026-06-30", 1),
        "2.xlsx": sent("2026-06-30", 2),
        "10.xlsx": sent("2026-06-30", 10),
        "alt.xlsx": early(),
    }
    outcome = outcome_of(tmp_path, files)
    assert states(outcome) == {
        "1.xlsx": "superseded", "10.xlsx": "accepted", "2.xlsx": "superseded", "alt.xlsx": "earlier",
    }  # fmt: skip
    assert not any(s.substitute for s in outcome.submissions)


def test_a_later_stichtag_wins_over_a_higher_number(tmp_path: Path) -> None:
    outcome = outcome_of(tmp_path, {"a.xlsx": sent("2026-06-30", 9), "b.xlsx": sent(LATER, 1)})
    assert states(outcome) == {"a.xlsx": "earlier", "b.xlsx": "accepted"}


def test_a_rejected_correction_leaves_the_earlier_number_in_place(tmp_path: Path) -> None:
    outcome = outcome_of(tmp_path, {"a.xlsx": sent(number=1), "b.xlsx": sent(number=2, **WRONG)})
    assert states(outcome) == {"a.xlsx": "accepted", "b.xlsx": "rejected"}
    assert [s.substitute for s in outcome.submissions] == [True, False]


def test_a_rejected_later_stichtag_leaves_the_earlier_in_place(tmp_path: Path) -> None:
    outcome = outcome_of(tmp_path, {"a.xlsx": sent(), "b.xlsx": sent(LATER, **WRONG)})
    assert states(outcome) == {"a.xlsx": "accepted", "b.xlsx": "rejected"}
    assert outcome.as_of == date(2026, 9, 30)  # the latest received, rejected or not
    target = next(t for r in outcome.results for t in r.targets if t.ags == "06440004")
    assert target.data_as_of == date(2026, 6, 30)


def test_a_conflict_leaves_the_earlier_number_in_place(tmp_path: Path) -> None:
    files = {"a.xlsx": sent(), "b.xlsx": sent(number=2), "c.xlsx": sent(number=2, Bestand_B7=51)}
    outcome = outcome_of(tmp_path, files)
    assert states(outcome) == {"a.xlsx": "accepted", "b.xlsx": "rejected", "c.xlsx": "rejected"}
    assert outcome.submissions[0].substitute


def test_a_rejected_workbook_is_never_counted_in_part(tmp_path: Path) -> None:
    outcome = outcome_of(tmp_path, {"a.xlsx": sent(**WRONG)})
    result = next(r for r in outcome.results if r.ags == "06440004")
    assert {t.status.value for t in result.targets} == {"no_submission"}
    assert {t.value for t in result.targets} == {None}
    assert "06440004" not in [m.ags for m in outcome.missing]  # a file came, so it is not "keine Abgabe"


def test_the_former_ags_is_reported_under_the_current_one(tmp_path: Path) -> None:
    outcome = outcome_of(tmp_path, {"a.xlsx": sent(ags="06435014")})
    workbook = outcome.submissions[0].workbook
    assert (workbook.ags, workbook.municipality) == ("06415000", "Hanau")
    assert reported(workbook.findings) == [ExpectedFinding("M17", "note", "Stammdaten", "B5", "AGS")]
    assert outcome.accepted("06415000") is not None


def test_former_and_current_ags_are_one_municipality(tmp_path: Path) -> None:
    files = {"a.xlsx": sent(ags="06435014"), "b.xlsx": sent(ags="06415000", number=2)}
    assert states(outcome_of(tmp_path, files)) == {"a.xlsx": "superseded", "b.xlsx": "accepted"}


# --- the as-of date -------------------------------------------------------------------------------------


def test_the_as_of_date_is_the_latest_planned_stichtag_that_a_file_names(tmp_path: Path) -> None:
    """2026-11-30 is not planned, 2026-09-30 is named by a rejected file alone."""
    files = {"a.xlsx": sent(), "b.xlsx": sent(LATER, **WRONG), "c.xlsx": sent("2026-11-30")}
    assert outcome_of(tmp_path, files).as_of == date(2026, 9, 30)


@pytest.mark.parametrize(
    ("today", "as_of"), [(date(2026, 9, 29), date(2026, 6, 30)), (date(2026, 9, 30), date(2026, 9, 30))]
)
def test_the_as_of_date_is_not_after_today(tmp_path: Path, today: date, as_of: date) -> None:
    folder = lay(tmp_path, {"a.xlsx": sent(), "b.xlsx": sent(LATER)})
    assert run(folder, builder.rules(), today=today).as_of == as_of


def test_without_a_planned_stichtag_there_is_no_as_of_date(tmp_path: Path) -> None:
    with pytest.raises(NothingReceived):
        outcome_of(tmp_path, {"a.xlsx": b"kein Excel", "b.xlsx": sent("2026-11-30")})
    (tmp_path / "leer").mkdir()
    with pytest.raises(NothingReceived):
        run(tmp_path / "leer", builder.rules())


def test_a_stichtag_that_is_not_planned_is_a_warning_that_names_the_nearest(tmp_path: Path) -> None:
    """The valid workbook has rows up to 2026-06-30; 2026-07-31 is 31 days from it, 61 from 2026-09-30."""
    outcome = outcome_of(tmp_path, {"a.xlsx": sent("2026-07-31")}, date(2026, 9, 30))
    (found,) = findings(outcome, "a.xlsx")
    assert reported([found]) == [ExpectedFinding("W40", "warning", "Stammdaten", "B7", "Berichtsstichtag")]
    assert "am nächsten liegt der 30.06.2026" in found.message


# --- later, withdrawn, closed ---------------------------------------------------------------------------

AS_OF = date(2026, 6, 30)


def closed(outcome: Outcome) -> dict[str, bool]:
    return {s.workbook.file: s.closed for s in outcome.submissions if s.state is State.REJECTED}


def entry(outcome: Outcome, file: str) -> dict[str, Any]:
    return next(dict(s) for s in ergebnis(outcome)["submissions"] if s["file"] == file)


def test_files_with_a_later_stichtag_take_no_part(tmp_path: Path) -> None:
    """Valid or not, copies and conflicts among them too; from Hanau only a later one came."""
    files = {
        "a.xlsx": sent(),
        "b.xlsx": sent(LATER),
        "c.xlsx": sent(LATER),
        "d.xlsx": sent(LATER, Bestand_B7=51),
        "e.xlsx": sent(LATER, 2, **WRONG),
        "hanau.xlsx": sent("2026-07-01", ags="06415000"),
    }
    outcome = outcome_of(tmp_path, files, AS_OF)
    assert states(outcome) == {"a.xlsx": "accepted"}
    assert [s.workbook.file for s in outcome.later] == ["b.xlsx", "c.xlsx", "d.xlsx", "e.xlsx", "hanau.xlsx"]
    assert "06415000" in [m.ags for m in outcome.missing]
    assert rejected(outcome.submissions) == 0
    assert {f["file"] for f in ergebnis(outcome)["findings"]} == set()
    later = entry(outcome, "e.xlsx")
    assert (later["state"], later["stichtag"], later["abgabe_nr"]) == ("later", LATER, 2)
    assert {later[k] for k in ("closed", "rows_read", "rows_accepted", "errors", "warnings", "notes")} == {
        None
    }


def test_a_stichtag_on_the_as_of_date_takes_part(tmp_path: Path) -> None:
    assert states(outcome_of(tmp_path, {"a.xlsx": sent()}, AS_OF)) == {"a.xlsx": "accepted"}
    (later,) = run(tmp_path, builder.rules(), date(2026, 6, 29)).later
    assert later.state is State.LATER


def test_a_rejected_file_takes_no_valid_one_with_it(tmp_path: Path) -> None:
    files = {"a.xlsx": sent(**WRONG), "b.xlsx": sent(), "c.xlsx": sent()}
    outcome = outcome_of(tmp_path, files, AS_OF)
    assert states(outcome) == {"a.xlsx": "rejected", "b.xlsx": "accepted", "c.xlsx": "duplicate"}
    assert rules_reported(outcome, "a.xlsx") == ["W10"]
    assert closed(outcome) == {"a.xlsx": True}  # the same number is not lower


CLOSED = {
    "same number": ("2026-06-30", 2, True),
    "lower number": ("2026-06-30", 1, True),
    "higher number": ("2026-06-30", 3, False),
    "earlier Stichtag": ("2026-03-31", 9, True),
    "same Stichtag, no number": ("2026-06-30", None, False),  # it may be the higher one
    "earlier Stichtag, no number": ("2026-03-31", None, True),
    "no Stichtag": (None, 1, False),
    "neither": (None, None, False),
}


@pytest.mark.parametrize("name", CLOSED)
def test_a_rejection_is_closed_by_a_valid_submission_that_overtakes_it(tmp_path: Path, name: str) -> None:
    stichtag, number, is_closed = CLOSED[name]
    outcome = outcome_of(
        tmp_path, {"a.xlsx": sent(number=2), "b.xlsx": sent(stichtag, number, **WRONG)}, AS_OF
    )
    assert closed(outcome) == {"b.xlsx": is_closed}
    assert outcome.submissions[0].substitute is not is_closed
    assert rejected(outcome.submissions) == (not is_closed)
    assert entry(outcome, "b.xlsx")["closed"] is is_closed
    assert entry(outcome, "a.xlsx")["closed"] is None


def test_a_later_or_foreign_submission_closes_nothing(tmp_path: Path) -> None:
    files = {"a.xlsx": sent(**WRONG), "b.xlsx": sent(LATER), "c.xlsx": sent(number=2, ags="06415000")}
    assert closed(outcome_of(tmp_path, files, AS_OF)) == {"a.xlsx": False}
    assert closed(run(tmp_path, builder.rules(), date(2026, 9, 30))) == {"a.xlsx": True}


def taken_back(**named: Any) -> Rules:
    words = {"reason": "Falsche Mappe", "by": "Projektleitung", "date": date(2026, 7, 3)}
    return replace(builder.rules(), withdrawals=(Withdrawal(**words, **named),))


KEY = {"ags": "06440004", "stichtag": date(2026, 6, 30), "abgabe_nr": 2}


def test_a_withdrawn_file_has_no_effect(tmp_path: Path) -> None:
    """Neither as the highest number, nor in a conflict, nor as the one that overtakes."""
    files = {"a.xlsx": sent(**WRONG), "b.xlsx": sent(number=2), "c.xlsx": sent(number=2, Bestand_B7=51)}
    outcome = run(lay(tmp_path, files), taken_back(**KEY), AS_OF)
    assert states(outcome) == {"a.xlsx": "rejected", "b.xlsx": "withdrawn", "c.xlsx": "withdrawn"}
    assert closed(outcome) == {"a.xlsx": False}
    assert not findings(outcome, "c.xlsx")
    assert [u.files for u in outcome.withdrawals] == [("b.xlsx", "c.xlsx")]
    entry_of_file = entry(outcome, "b.xlsx")
    assert (entry_of_file["state"], entry_of_file["rows_accepted"], entry_of_file["errors"]) == (
        "withdrawn",
        0,
        0,
    )
    assert [m.ags for m in outcome.missing].count("06440004") == 0


def test_a_withdrawal_by_hash_takes_byte_copies_along(tmp_path: Path) -> None:
    files = {"a.xlsx": sent(), "b.xlsx": sent(), "c.xlsx": resaved(sent())}
    named = hashlib.sha256(sent()).hexdigest().upper()
    outcome = run(lay(tmp_path, files), taken_back(sha256=named), AS_OF)
    assert states(outcome) == {"a.xlsx": "withdrawn", "b.xlsx": "withdrawn", "c.xlsx": "accepted"}


def test_only_withdrawn_files_are_no_missing_submission_but_an_outstanding_one(tmp_path: Path) -> None:
    outcome = run(lay(tmp_path, {"a.xlsx": sent(number=2)}), taken_back(**KEY), AS_OF)
    assert "06440004" not in [m.ags for m in outcome.missing]
    assert standing(outcome)["06440004"] == "outstanding"


def test_a_withdrawal_names_a_former_key_and_fits_nothing_else(tmp_path: Path) -> None:
    files = {"a.xlsx": sent(ags="06435014"), "b.xlsx": sent(), "z.xlsx": sent(LATER, ags="06415000")}
    old = {"ags": "06435014", "stichtag": date(2026, 6, 30), "abgabe_nr": 1}
    outcome = run(lay(tmp_path, files), taken_back(**old), AS_OF)
    assert states(outcome) == {"a.xlsx": "withdrawn", "b.xlsx": "accepted"}
    nothing = run(tmp_path, taken_back(**{**old, "abgabe_nr": 3}), AS_OF)
    assert [(u.files, u.later) for u in nothing.withdrawals] == [((), ())]
    later = run(tmp_path, taken_back(**{**old, "stichtag": date(2026, 9, 30)}), AS_OF)
    assert [(u.files, u.later) for u in later.withdrawals] == [((), ("z.xlsx",))]


def test_a_withdrawn_file_names_no_as_of_date(tmp_path: Path) -> None:
    folder = lay(tmp_path, {"a.xlsx": sent(), "b.xlsx": sent(LATER, 2)})
    assert run(folder, taken_back(**{**KEY, "stichtag": date(2026, 9, 30)})).as_of == AS_OF


# --- the round ------------------------------------------------------------------------------------------


def standing(outcome: Outcome) -> dict[str, str]:
    return {d.member.ags: d.status.value for d in outcome.round.deliveries}


def test_who_has_delivered_in_the_round(tmp_path: Path) -> None:
    """Round of 2026-06-30 by 2026-08-15: a Stichtag in between counts for it, an earlier one does not."""
    files = {
        "buedingen.xlsx": sent("2026-07-31"),
        "friedberg.xlsx": sent("2026-06-30", ags="06440008", **WRONG),
        "friedberg_alt.xlsx": sent("2026-06-29", ags="06440008"),
        "hanau.xlsx": sent("2026-06-29", ags="06415000"),
        "karben.xlsx": sent("2026-08-16", ags="06440012"),
        "lead.xlsx": builder.lead_valid(),
    }
    outcome = outcome_of(tmp_path, files, date(2026, 8, 15))
    assert (outcome.round.stichtag, outcome.round.due) == (date(2026, 6, 30), date(2026, 7, 31))
    assert {ags: status for ags, status in standing(outcome).items() if status != "outstanding"} == {
        "00000000": "delivered",
        "06440004": "delivered",
        "06440008": "rejected",
    }
    assert {d.member.ags: d.file for d in outcome.round.deliveries if d.file} == {
        "00000000": "lead.xlsx",
        "06440004": "buedingen.xlsx",
    }
    assert ergebnis(outcome)["round"]["counts"] == {"delivered": 2, "rejected": 1, "outstanding": 6}


def test_before_the_first_planned_stichtag_everybody_is_outstanding(tmp_path: Path) -> None:
    outcome = outcome_of(tmp_path, {"a.xlsx": early()}, date(2025, 12, 30))
    found = ergebnis(outcome)["round"]
    assert (found["stichtag"], found["due"], found["counts"]) == (None, None, {"outstanding": 9})


# --- the folder -----------------------------------------------------------------------------------------


def test_subfolders_are_read_and_paths_are_relative(tmp_path: Path) -> None:
    lay(tmp_path, {"B.xlsx": b"", "a.xlsx": b"", "ä/x y.xlsx": b"", "a/b/c.xlsx": b"", "ä.xlsx": b""})
    received = receive(tmp_path)
    assert [name for name, _ in received.files] == ["B.xlsx", "a.xlsx", "a/b/c.xlsx", "ä.xlsx", "ä/x y.xlsx"]
    assert received.notes == ()


def test_what_is_no_submission_is_named_as_a_note(tmp_path: Path) -> None:
    lay(
        tmp_path,
        {
            "~$abgabe.xlsx": b"lock", ".versteckt.xlsx": b"", ".git/config": b"", "Thumbs.db": b"",
            "alt.xlsx/echt.xlsx": b"in a folder that is named like a file", "gut.xlsx": b"",
        },
    )  # fmt: skip
    (tmp_path / "link.xlsx").symlink_to(tmp_path / "gut.xlsx")
    (tmp_path / "ordnerlink").symlink_to(tmp_path / "alt.xlsx")
    os.mkfifo(tmp_path / "pipe.xlsx")
    received = receive(tmp_path)
    assert [name for name, _ in received.files] == ["alt.xlsx/echt.xlsx", "gut.xlsx"]
    assert [(name, note.rule, note.severity.value) for name, note in received.notes] == [
        (".git", "N02", "note"),
        (".versteckt.xlsx", "N02", "note"),
        ("Thumbs.db", "N02", "note"),
        ("alt.xlsx", "N05", "note"),
        ("link.xlsx", "N03", "note"),
        ("ordnerlink", "N03", "note"),
        ("pipe.xlsx", "N04", "note"),
        ("~$abgabe.xlsx", "N01", "note"),
    ]


def test_a_file_that_cannot_be_opened_is_rejected(tmp_path: Path) -> None:
    (submission,) = check([("weg.xlsx", tmp_path / "weg.xlsx")], builder.rules())
    workbook = submission.workbook
    assert [f.rule for f in workbook.findings] == ["D18"]
    assert workbook.refused
    assert not workbook.valid


def test_spreadsheets_by_name_are_rejected_and_other_files_are_enclosures(tmp_path: Path) -> None:
    names = ("b.xlsx", "b.XLSM", "b.xlsb", "b.xls", "b.ods", "b.csv")
    files = {**{n: f"Hallo {n}".encode() for n in names}, "a.xlsx": sent(), "notiz.txt": b"Hallo"}
    outcome = outcome_of(tmp_path, files)
    assert states(outcome) == {"a.xlsx": "accepted", **dict.fromkeys(names, "rejected")}
    assert [rules_reported(outcome, n) for n in names] == [["D01"]] * 6
    assert [(name, note.rule) for name, note in outcome.notes] == [("notiz.txt", "N30")]


def test_the_folder_is_never_changed(tmp_path: Path) -> None:
    lay(tmp_path, {"a.xlsx": sent(), "b.xlsx": sent(LATER, **WRONG), "x/~$a.xlsx": b"lock"})

    def photograph() -> list[tuple[str, int, str]]:
        files = sorted(p for p in tmp_path.rglob("*") if p.is_file())
        return [(str(p), p.stat().st_mtime_ns, hashlib.sha256(p.read_bytes()).hexdigest()) for p in files]

    before = photograph()
    run(tmp_path, builder.rules())
    assert photograph() == before


# --- against the previous Stichtag ------------------------------------------------------------------------

COMPARED: dict[str, tuple[dict[str, Any], list[ExpectedFinding]]] = {
    "nothing changed": ({}, [ExpectedFinding("V11", "note", None, None, None)]),
    "a contact is gone": (
        {f"Kontakte_{c}8": None for c in "ABCDE"},
        [ExpectedFinding("V01", "warning", "Kontakte", None, None)],
    ),
    "a person is gone": (
        {f"Personen_{c}12": None for c in "ABCDEFGH"},
        [  # without that person's recording on 2025-10-01 the share of MS1.2b was never reached
            ExpectedFinding("V01", "warning", "Personen", None, None),
            ExpectedFinding("V21", "warning", "Personen", None, None),
        ],
    ),
    "a person has another number": (
        {"Personen_A9": "P-0055"},
        [ExpectedFinding("V01", "warning", "Personen", None, None)],
    ),
    "a date changed": (
        {"Personen_E8": "2026-03-04"},
        [ExpectedFinding("V02", "warning", "Personen", "E8", "Angesprochen am")],
    ),
    "a date is gone": (
        {"Verwaltung_C7": None},
        [
            ExpectedFinding("V02", "warning", "Verwaltung", "C7", "Vorgestellt am"),
            ExpectedFinding("V21", "warning", "Verwaltung", "C7", "Vorgestellt am"),
        ],
    ),
    "a date came": ({"Personen_E9": "2026-08-01", "Ehrenamtliche_D5": "2026-08-01"}, []),
    "a date of a criterion changed": (
        {"Meilensteine_E6": "2025-10-02"},
        [ExpectedFinding("V02", "warning", "Meilensteine", "E6", "Erfüllt am")],
    ),
    "a cumulative figure fell": (  # the only training of the administration: Z3.7 for 2025/26, 1 → 0
        {"Schulungen_C6": "Integrationsguides"},
        [ExpectedFinding("V03", "warning", "Schulungen", None, None)],
    ),
    "records came": ({"Schulungen_H6": "NW-003"}, []),
    "a unit came that nobody has introduced himself to": (
        {"Verwaltung_A8": "Bauamt", "Verwaltung_B8": "nein"},
        [ExpectedFinding("V21", "warning", "Verwaltung", "C8", "Vorgestellt am")],
    ),
}


@pytest.mark.parametrize("name", COMPARED)
def test_compared_with_the_previous_stichtag(tmp_path: Path, name: str) -> None:
    edits, expected = COMPARED[name]
    outcome = outcome_of(tmp_path, {"2026-06.xlsx": sent(), "2026-09.xlsx": sent(LATER, **edits)})
    assert states(outcome) == {"2026-06.xlsx": "earlier", "2026-09.xlsx": "accepted"}
    assert reported(findings(outcome, "2026-09.xlsx")) == expected
    assert findings(outcome, "2026-06.xlsx") == []
    for found in findings(outcome, "2026-09.xlsx"):
        assert "2026-06.xlsx" in found.message
        assert "30.06.2026" in found.message
        assert "P-0" not in found.message


def test_a_lost_record_is_named_by_its_row_in_the_earlier_file(tmp_path: Path) -> None:
    later = sent(LATER, **{f"Personen_{c}12": None for c in "ABCDEFGH"})
    outcome = outcome_of(tmp_path, {"a.xlsx": sent(), "b.xlsx": later})
    assert "Personen, Zeile 12 " in findings(outcome, "b.xlsx")[0].message


def test_a_fallen_figure_is_reported_with_both_numbers(tmp_path: Path) -> None:
    later = sent(LATER, Schulungen_C6="Integrationsguides")
    outcome = outcome_of(tmp_path, {"a.xlsx": sent(), "b.xlsx": later})
    assert "Z3.7 (2025/26) ist gesunken: 0 statt 1" in findings(outcome, "b.xlsx")[0].message


def test_compared_with_the_best_valid_submission_of_the_earlier_stichtag(tmp_path: Path) -> None:
    files = {
        "1.xlsx": sent(number=1, Personen_E8="2026-03-04"),  # replaced
        "2.xlsx": sent(number=2),
        "3.xlsx": sent(number=3, Personen_E8="2026-03-05", **WRONG),  # rejected
        "9.xlsx": sent(LATER),
    }
    outcome = outcome_of(tmp_path, files)
    assert states(outcome) == {
        "1.xlsx": "earlier", "2.xlsx": "earlier", "3.xlsx": "rejected",
        "9.xlsx": "accepted",
    }  # fmt: skip
    (same,) = findings(outcome, "9.xlsx")  # as what number 2 said
    assert (same.rule, "Datei 2.xlsx" in same.message) == ("V11", True)


def test_corrections_of_one_stichtag_are_not_compared_with_each_other(tmp_path: Path) -> None:
    outcome = outcome_of(tmp_path, {"1.xlsx": sent(), "2.xlsx": sent(number=2, Personen_E8="2026-03-04")})
    assert findings(outcome, "2.xlsx") == []
