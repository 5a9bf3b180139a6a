"""What every view and action gets: the working folder, the runs, the state of the received files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from pipeline.desk.folder_states import FolderState, FolderStates
from pipeline.desk.life import Life
from pipeline.desk.place import Place
from pipeline.desk.runs import Runs

MOST_BATCHES = 50
CHECK_SECONDS = 1.5  # seconds that a page waits for a look before it says that one is under way


class Batches:
    """Names of the files that were handed in together, by number; only the latest batches are kept."""

    def __init__(self) -> None:
        self._known: dict[str, list[str]] = {}
        self._numbers = count(1)

    def add(self, names: list[str]) -> str:
        number = str(next(self._numbers))
        self._known[number] = names
        self._known.pop(str(int(number) - MOST_BATCHES), None)
        return number

    def get(self, number: str) -> list[str]:
        return self._known.get(number, [])


@dataclass(frozen=True)
class DeskContext:
    """Shared objects of the desk. ``opener`` opens a file in the system's program; ``commands``: those that
    exist.
    """

    place: Place
    runs: Runs
    states: FolderStates
    life: Life
    opener: Callable[[Path], bool]
    commands: frozenset[str] = frozenset()
    batches: Batches = field(default_factory=Batches)

    def look(self) -> FolderState:
        return self.states.look(CHECK_SECONDS)
