"""Where the time of one typical workbook goes: CPU milliseconds of each stage, beside the floor."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TypeVar

import python_calamine

from benchmarks.content import STICHTAG
from benchmarks.floor import inflate_and_parse
from pipeline import collect_rarely
from pipeline.checks import check_workbook
from pipeline.checks.schema import validate
from pipeline.engine.packing import pack_workbook
from pipeline.evaluate import evaluate
from pipeline.reading.locate import is_data
from pipeline.reading.read import ReadingRules, read_workbook
from pipeline.rules.loading.load import load_rules

T = TypeVar("T")


def stages(project: Path, most: int = 50) -> list[tuple[str, float]]:
    """(stage, CPU milliseconds a workbook), the best of three rounds; validation as one batch."""
    collect_rarely()  # as every process of ours
    rules = load_rules(project / "rules")
    files = sorted((project / "eingang").iterdir())[:most]
    contents = [(path.name, path.read_bytes()) for path in files]
    known = ReadingRules.of(rules)
    read = [read_workbook(name, data, known) for name, data in contents]
    ways: dict[str, Callable[[], object]] = {
        "floor: inflate + expat": lambda: _each(inflate_and_parse, files),
        "read (inflate, checks of the file, cells, types)": lambda: [
            read_workbook(name, data, known) for name, data in contents
        ],
        "validate (pandera, all workbooks in one frame a sheet)": lambda: validate(read, rules),
        "checks across rows and sheets": lambda: _each(lambda w: check_workbook(w, (), rules), read),
        "evaluate": lambda: _each(lambda w: evaluate(w, None, rules, STICHTAG), read),
        "pack for the way between processes": lambda: _each(pack_workbook, read),
        "library alone: inflate": lambda: _each(_inflate, [data for _, data in contents]),
        "library alone: calamine, values of the data sheets": lambda: _each(
            _values, [data for _, data in contents]
        ),
    }
    return [(name, min(_timed(way) for _ in range(3)) / len(files) * 1000) for name, way in ways.items()]


def table(found: Sequence[tuple[str, float]]) -> list[str]:
    """The stages as Markdown, each as a multiple of the floor too."""
    floor = found[0][1]
    rows = [f"| {name} | {spent:.2f} | {spent / floor:.2f} |" for name, spent in found]
    return ["| stage, one process | CPU ms a workbook | ÷ floor |", "|---|---|---|", *rows]


def _each(work: Callable[[T], object], items: Iterable[T]) -> None:
    for item in items:
        work(item)


def _timed(way: Callable[[], object]) -> float:
    start = time.process_time()
    way()
    return time.process_time() - start


def _inflate(data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        _each(archive.read, archive.namelist())


def _values(data: bytes) -> None:
    book = python_calamine.load_workbook(io.BytesIO(data))
    for name in filter(is_data, book.sheet_names):
        book.get_sheet_by_name(name).to_python(skip_empty_area=False)
