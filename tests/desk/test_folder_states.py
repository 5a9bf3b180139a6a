"""Looks at the folder: worked out once for each change, and what an earlier desk has left is only taken as it was."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from pipeline.desk.folder_states import FolderState, FolderStates
from pipeline.desk.place import Place
from tests.desk.running import until

COUNT = "import json,pathlib; p=pathlib.Path('zahl'); n=int(p.read_text())+1 if p.exists() else 1; p.write_text(str(n)); print(json.dumps({'nr': n}))"


@pytest.fixture
def states(folder: Path) -> FolderStates:
    return FolderStates(Place(folder), (sys.executable, "-c", COUNT))


def newest(states: FolderStates) -> FolderState:
    until(lambda: not states.look(5).busy)
    return states.look(0)


def test_it_looks_again_when_a_file_or_a_rule_has_changed(states: FolderStates, folder: Path) -> None:
    assert newest(states) == newest(states) == FolderState({"nr": 1})
    (folder / "eingang/neu").mkdir()
    (folder / "eingang/neu/a.xlsx").write_bytes(b"a")
    assert newest(states) == FolderState({"nr": 2})
    (folder / "eingang/neu/a.xlsx").write_bytes(b"ab")
    assert newest(states) == FolderState({"nr": 3})
    (folder / "rules/projekt.yaml").unlink()
    assert newest(states) == FolderState({"nr": 4})
    (folder / "eingang/neu/a.xlsx").unlink()
    assert newest(states) == FolderState({"nr": 5})


def test_the_next_desk_knows_what_the_last_one_saw(states: FolderStates) -> None:
    newest(states)
    assert FolderStates(states.place, ("false",)).look(0) == FolderState({"nr": 1})


@pytest.mark.parametrize("left", ["", "[]", '{"program": "x", "mark": "y", "state": {"nr": 9}}'])
def test_what_another_program_has_left_is_worked_out_anew(states: FolderStates, left: str) -> None:
    newest(states)
    file = states.place.own / "stand.json"
    assert json.loads(file.read_text("utf-8"))["state"] == {"nr": 1}
    file.write_text(left, "utf-8")
    again = FolderStates(states.place, states.command)
    assert again.look(0).state is None
    assert newest(again) == FolderState({"nr": 2})


def test_a_look_that_fails_says_why_and_is_not_tried_without_end(folder: Path) -> None:
    code = "import sys,pathlib; pathlib.Path('zahl').open('a').write('x'); sys.exit('Fehler: Die Regeln fehlen.')"
    states = FolderStates(Place(folder), (sys.executable, "-c", code))
    assert newest(states) == newest(states) == FolderState(None, problem="Fehler: Die Regeln fehlen.")
    assert (folder / "zahl").read_text() == "x"
