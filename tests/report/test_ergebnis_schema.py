"""The JSON Schema of ergebnis.json: what the pipeline writes fits it, and what is wrong does not."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipeline.report.ergebnis import ergebnis_text
from pipeline.run import run
from tests import builder
from tests.cell_edits import ErrorValue, Text, edited
from tests.schema_problems import problems

Json = dict[str, Any]
AS_OF = date(2026, 6, 30)


def _document(folder: Path, as_of: date) -> Json:
    return dict(json.loads(ergebnis_text(run(folder, builder.rules(), as_of))))


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Json:
    """Odd files: broken keys, a conflict, an error value, no workbook, an empty one, a link to nowhere."""
    folder = tmp_path_factory.mktemp("eingang")
    (folder / "gut.xlsx").write_bytes(builder.valid())
    (folder / "widerspruch_1.xlsx").write_bytes(
        edited({"Stammdaten!B4": "Hanau", "Stammdaten!B5": Text("06415000")})
    )
    (folder / "widerspruch_2.xlsx").write_bytes(
        edited({"Stammdaten!B4": "Hanau", "Stammdaten!B5": Text("06415000"), "Personen!C5": "nein"})
    )
    keys = {"Stammdaten!B5": "Hanau", "Stammdaten!B7": "bald", "Stammdaten!B8": -3}
    (folder / "ohne_schluessel.xlsx").write_bytes(edited(keys))
    (folder / "fehlerwert.xlsx").write_bytes(
        edited({"Bestand!B5": ErrorValue(), "Stammdaten!B5": Text("06434001")})
    )
    (folder / "bild.xlsx").write_bytes(b"\x89PNG")
    (folder / "leer.xlsx").write_bytes(b"")
    (folder / "verweis.xlsx").symlink_to(folder / "nirgends.xlsx")
    return _document(folder, AS_OF)


def test_odd_files_fit(document: Json) -> None:
    states = {s["file"]: s["state"] for s in document["submissions"] if s["file"]}
    assert states["gut.xlsx"] == "accepted"
    assert set(states.values()) == {"accepted", "rejected"}
    assert problems(document) == []


def test_an_empty_folder_fits(tmp_path: Path) -> None:
    document = _document(tmp_path, AS_OF)
    assert {s["state"] for s in document["submissions"]} == {"missing"}
    assert problems(document) == []


# --- what is wrong is refused -----------------------------------------------------------------------------


def _short(document: Json) -> Json:
    """A copy with two entries of each list: quicker to look through."""
    short = {key: value[:2] if isinstance(value, list) else value for key, value in document.items()}
    return copy.deepcopy(short)


Change = Callable[[Json], object]
WRONG: dict[str, tuple[str, Change]] = {  # what is wrong → where the schema says so, and the change
    "a key that nobody knows": ("", lambda d: d.update(extra=1)),
    "a key that is not there": ("", lambda d: d.pop("evidence")),
    "a day that does not exist": ("as_of", lambda d: d.update(as_of="2026-02-30")),
    "a German date": ("project.end", lambda d: d["project"].update(end="30.09.2028")),
    "a hash that is none": ("rules.sha256", lambda d: d["rules"].update(sha256="abc")),
    "no state of a submission": ("submissions.0.state", lambda d: d["submissions"][0].update(state="angenommen")),
    "less than no row": ("submissions.0.rows_read", lambda d: d["submissions"][0].update(rows_read=-1)),
    "a severity in German": ("findings.0.severity", lambda d: d["findings"][0].update(severity="Fehler")),
    "a row that is no cell": ("findings.0.cell", lambda d: d["findings"][0].update(cell="7")),
    "a criterion's word for a target": ("targets.0.status", lambda d: d["targets"][0].update(status="unmet")),
    "a target's word for a milestone": ("milestones.0.status", lambda d: d["milestones"][0].update(status="met")),
    "a milestone's word for evidence": ("evidence.0.status", lambda d: d["evidence"][0].update(status="reached")),
    "a share as a binary fraction": ("targets.0.value", lambda d: d["targets"][0].update(value=0.08)),
    "a share with two places": ("targets.0.value", lambda d: d["targets"][0].update(value="0.08")),
    "an AGS without its zero": ("targets.0.ags", lambda d: d["targets"][0].update(ags="6440004")),
    "a status that nobody can have": (
        "consolidated.milestones.0.counts",
        lambda d: d["consolidated"]["milestones"][0]["counts"].update(angenommen=1),
    ),
    "a key inside an entry": ("evidence.0", lambda d: d["evidence"][0].update(bemerkung="")),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_document_is_refused(document: Json, case: str) -> None:
    where, change = WRONG[case]
    wrong = _short(document)
    assert problems(wrong) == []
    change(wrong)
    assert {place for place, _ in problems(wrong)} == {where}
