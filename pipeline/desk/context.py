"""What every view and action is given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import count
from pathlib import Path

from pipeline.desk.life import Life
from pipeline.desk.looks import Look, Looks
from pipeline.desk.place import Place
from pipeline.desk.runs import Runs

MOST_BATCHES = 50
PATIENCE = 1.5  # seconds that a page waits for a look before it says that one is under way


class Batches:
    """Which files were handed in together, by a number; of late ones only."""

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
class Context:
    """``opener`` opens a file in the program that the system has for it; ``commands`` are those there are."""

    place: Place
    runs: Runs
    looks: Looks
    life: Life
    opener: Callable[[Path], bool]
    commands: frozenset[str] = frozenset()
    batches: Batches = field(default_factory=Batches)

    def look(self) -> Look:
        return self.looks.look(PATIENCE)


def today() -> date:
    return datetime.now().astimezone().date()
