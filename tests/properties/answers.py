"""Four Stichtage of one municipality that answers findings: none answered is asked again, none is lost.

From Stichtag to Stichtag rows are shuffled, so that all have another number; new ones come, values change, and
the municipality goes on in its returned copy or, now and then, in a file of its own without the sheet
Rückmeldung. What must be answered is kept beside it by the record's own key and by the value that was asked.

``python -m tests.properties.answers 500`` runs so many municipalities and prints what came of them.
"""

from __future__ import annotations

import io
import random
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import openpyxl

from pipeline.definitions.model import Finding, Workbook
from pipeline.engine.cache import ResultCache
from pipeline.engine.engine import Engine
from pipeline.feedback import FEEDBACK_TITLE, LetterContext, feedback_batch, task_of
from pipeline.run import check
from pipeline.selection import Submission
from tests import builder, cell_edits
from tests.computed_once import equal_calls_computed_once

STICHTAGE = (date(2025, 12, 31), date(2026, 3, 31), date(2026, 6, 30), date(2026, 9, 30))
FIRST = builder.HEADER_ROW + 1
RUNNING = "P44"  # in Teilnahmen, which have a key: the Ende has passed
EARLY = "P20"  # in Kontakte, which have none: before the project
WATCHED = {RUNNING: "Teilnahmen", EARLY: "Kontakte"}
PERSONS = 9
_CONTACT = ("persönlich", "Ansprache")
Place = tuple[str, str]  # rule, and what tells the record: its person or its guide


@dataclass
class Project:
    """A municipality at one Stichtag: who takes part until when, and which guide had a contact on which day.

    ``said``: for each place the values it was asked about, with the answer.
    """

    dice: random.Random
    ends: dict[str, date] = field(default_factory=dict)
    days: dict[str, date] = field(default_factory=dict)
    said: dict[Place, dict[date, str]] = field(default_factory=dict)

    def value(self, place: Place) -> date:
        return (self.ends if place[0] == RUNNING else self.days)[place[1]]

    def grow(self, number: int) -> None:
        """New rows, and other values in old ones."""
        for values, earliest in ((self.ends, date(2025, 11, 1)), (self.days, date(2025, 9, 1))):
            for name in values:
                if self.dice.random() < 0.3:
                    values[name] = earliest + timedelta(days=self.dice.randrange(5))
        for _ in range(self.dice.randrange(1, 3)):
            person = f"P-{len(self.ends) + 1:04d}"
            self.ends[person] = date(2025, 11, 1) + timedelta(days=self.dice.randrange(5))
            self.days[f"G{number}{len(self.days)}"] = date(2025, 9, 1) + timedelta(
                days=self.dice.randrange(5)
            )

    def rows(self) -> tuple[dict[str, Any], dict[tuple[str, int], str]]:
        """Cells of both sheets in a new order, and (sheet, Excel row) → what tells its record."""
        people, guides = list(self.ends), list(self.days)
        self.dice.shuffle(people)
        self.dice.shuffle(guides)
        cells: dict[str, Any] = {}
        where: dict[tuple[str, int], str] = {}
        for row, person in enumerate(people, start=FIRST):
            values = (person, "A-001", "2025-10-20", self.ends[person].isoformat(), "laufend", None)
            cells |= {f"Teilnahmen!{c}{row}": v for c, v in zip("ABCDEF", values, strict=True)}
            where["Teilnahmen", row] = person
        for row, guide in enumerate(guides, start=FIRST):
            values = (self.days[guide].isoformat(), *_CONTACT, guide, None)
            cells |= {f"Kontakte!{c}{row}": v for c, v in zip("ABCDE", values, strict=True)}
            where["Kontakte", row] = guide
        return cells, where


@dataclass(frozen=True)
class Trial:
    """``faults``: what was asked again, lost, or answered at another place; the rest counts what was tried."""

    faults: tuple[str, ...] = ()
    answered: int = 0
    reopened: int = 0
    open: int = 0


def base_workbook() -> bytes:
    """A workbook with persons and one offer; the first rows of the two sheets that are watched are written over."""
    what = builder.content(stichtag=STICHTAGE[0])
    person = {**what.tables["Personen"][6], "Zugang am": date(2025, 10, 5), "Angesprochen am": None}
    tables: dict[str, Any] = {title: [] for title in what.tables}
    tables["Personen"] = [{**person, "Kennung": f"P-{n:04d}"} for n in range(1, PERSONS + 1)]
    tables |= {title: what.tables[title][:1] for title in WATCHED.values()}
    offer = {**what.tables["Angebote"][0], "Besucht am": None, "Modifikation": None, "Nachweis-Nr.": None}
    tables["Angebote"] = [offer]
    form = {k: v for k, v in what.form.items() if not k.startswith("Freigegeben")}
    return builder.filled(replace(what, form=form, tables=tables, entries={}))


def trial(seed: int, base: bytes) -> Trial:
    """One municipality over all Stichtage."""
    project, total = Project(random.Random(seed)), Trial()  # noqa: S311
    with TemporaryDirectory() as folder:
        engine = Engine(builder.rules(), cache=ResultCache())
        files: list[tuple[str, Path]] = []
        for number, stichtag in enumerate(STICHTAGE, start=1):
            project.grow(number)
            cells, where = project.rows()
            data = cell_edits.edited(cells | {"Stammdaten!B7": stichtag.isoformat()}, base)
            path = Path(folder, f"{number}.xlsx")
            path.write_bytes(data)
            files.append((path.name, path))
            submission = check(files, builder.rules(), engine=engine)[-1]
            total = _judged(project, submission.workbook, where, total, seed)
            base = _next(project, submission, data, where)
    return total


def _judged(
    project: Project, workbook: Workbook, where: dict[tuple[str, int], str], total: Trial, seed: int
) -> Trial:
    faults, answered, reopened, open_ = list(total.faults), total.answered, total.reopened, total.open
    seen = set()
    for one, place in _places(workbook, where):
        seen.add(place)
        before = project.said.get(place, {})
        wanted = before.get(project.value(place))
        given = one.answer.own_words if one.answer else None
        if given != wanted or one.reopened != (wanted is None and bool(before)):
            faults.append(f"{seed}: {workbook.stichtag} {place}: {given!r} statt {wanted!r}, {one.reopened}")
        answered += wanted is not None
        reopened += one.reopened
        open_ += wanted is None and not before
    if len(seen) != len(where):
        faults.append(f"{seed}: {workbook.stichtag}: {len(seen)} von {len(where)} Befunden")
    return Trial(tuple(faults), answered, reopened, open_)


def _places(workbook: Workbook, where: dict[tuple[str, int], str]) -> list[tuple[Finding, Place]]:
    return [
        (one, (one.rule, where[WATCHED[one.rule], int(cell.lstrip("ABCDEFGH"))]))
        for one in workbook.findings
        if one.rule in WATCHED
        for cell in one.addresses()
    ]


def _next(project: Project, submission: Submission, data: bytes, where: dict[tuple[str, int], str]) -> bytes:
    """What the municipality goes on with: its returned copy with some lines answered, or its own file."""
    ((copy, _),) = feedback_batch([task_of(submission, data, builder.rules(), LetterContext())])
    assert copy is not None
    lines = _lines(copy)
    if project.dice.random() < 0.25:
        book = openpyxl.load_workbook(io.BytesIO(data))
        if FEEDBACK_TITLE in book.sheetnames:
            del book[FEEDBACK_TITLE]
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()
    answers = {}
    for one in submission.workbook.findings:
        if one.rule not in WATCHED or project.dice.random() < 0.4:
            continue
        text = f"stimmt so {project.dice.randrange(10**6)}"
        line = lines[f"{one.sheet}!{one.cell}", one.rule]
        answers[f"{FEEDBACK_TITLE}!H{line}"] = cell_edits.Text(text)
        for found, place in _places(submission.workbook, where):
            if found is one:
                project.said.setdefault(place, {})[project.value(place)] = text
    return cell_edits.edited(answers, copy)


def _lines(copy: bytes) -> dict[tuple[Any, Any], int]:
    """(Place, Regel) of each line of the sheet Rückmeldung → its Excel row."""
    sheet = openpyxl.load_workbook(io.BytesIO(copy), read_only=True)[FEEDBACK_TITLE]
    rows = sheet.iter_rows(min_col=1, max_col=7, values_only=True)
    return {(row[1], row[6]): number for number, row in enumerate(rows, start=1)}


def main(count: int) -> None:
    with equal_calls_computed_once(), ProcessPoolExecutor() as pool:
        trials = list(pool.map(partial(trial, base=base_workbook()), range(count), chunksize=5))
    faults = [fault for one in trials for fault in one.faults]
    answered, reopened, asked = (sum(getattr(t, n) for t in trials) for n in ("answered", "reopened", "open"))
    print(  # noqa: T201
        f"{count} Kommunen, {4 * count} Abgaben: {answered} beantwortet, {reopened} erneut offen, {asked} offen, "
        f"{len(faults)} falsch"
    )
    print("\n".join(faults[:20]))  # noqa: T201


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50)
