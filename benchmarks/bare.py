"""Writing against the least it can cost: the report's cells by xlsxwriter alone, a copy by zip alone.

The report's own calls that write a cell or set a row or column are recorded once and played back on a new
workbook: the same cells with the same formats, without whatever led to them. Conditional formats, charts,
validations, links between sheets and print settings are not played back.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from copy import copy
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from benchmarks.floor import inflate_and_deflate
from pipeline.feedback import feedback
from pipeline.report.summary import summary_bytes
from pipeline.rulefiles import load_rules
from pipeline.run import Outcome, run

CELLS = (
    *("write", "write_string", "write_number", "write_blank", "write_formula", "write_array_formula"),
    *("write_datetime", "write_boolean", "write_url", "write_rich_string", "write_row", "write_column"),
    *("merge_range", "set_row", "set_column"),
)
Call = tuple[str, str, tuple[Any, ...], dict[str, Any]]  # sheet, method, arguments
_UNSET = ("xf_format_indices", "dxf_format_indices", "xf_index", "dxf_index")


@contextmanager
def recording(calls: list[Call]) -> Iterator[None]:
    """Notes every call from outside xlsxwriter; what a method calls inside is not noted again."""
    depth = 0

    def noted(name: str) -> Callable[..., Any]:
        original = getattr(Worksheet, name)

        def call(self: Worksheet, *args: Any, **words: Any) -> Any:
            nonlocal depth
            if not depth:
                calls.append((self.get_name(), name, args, words))
            depth += 1
            try:
                return original(self, *args, **words)
            finally:
                depth -= 1

        return call

    with ExitStack() as stack:
        for name in CELLS:
            stack.enter_context(patch.object(Worksheet, name, noted(name)))
        yield


def play_back(calls: list[Call]) -> bytes:
    """A workbook with the recorded cells."""
    content = BytesIO()
    file = xlsxwriter.Workbook(content, {"in_memory": True})
    sheets = {title: file.add_worksheet(title) for title in dict.fromkeys(title for title, *_ in calls)}
    formats: dict[int, Format] = {}

    def own(value: Any) -> Any:
        if not isinstance(value, Format):
            return value
        if id(value) not in formats:
            formats[id(value)] = new = file.add_format()
            kept = {k: copy(v) for k, v in vars(value).items() if k not in _UNSET}
            vars(new).update(kept)
        return formats[id(value)]

    for title, name, args, words in calls:
        arguments = map(own, args)
        getattr(sheets[title], name)(*arguments, **{k: own(v) for k, v in words.items()})
    file.close()
    return content.getvalue()


def report_against_bare(project: Path, runs: int) -> dict[str, list[float]]:
    """CPU seconds of the report workbook and of xlsxwriter alone, by turns."""
    outcome = run(project / "eingang", load_rules(project / "rules"))
    calls: list[Call] = []
    with recording(calls):
        summary_bytes(outcome)
    seconds = _by_turns({"ours": lambda: summary_bytes(outcome), "bare": lambda: play_back(calls)}, runs)
    return {**seconds, "cells": [sum(name.startswith(("write", "merge")) for _, name, *_ in calls)]}


def feedback_against_zip(project: Path, runs: int) -> dict[str, list[float]]:
    """CPU seconds of marking all workbooks of a project and of inflating and deflating them, by turns."""
    outcome = run(project / "eingang", load_rules(project / "rules"))
    files = [project / "eingang" / s.workbook.file for s in outcome.submissions]
    with TemporaryDirectory() as name:
        ways = {
            "ours": lambda: _mark(outcome, files, Path(name)),
            "zip": lambda: _rewrite(files, Path(name)),
        }
        return _by_turns(ways, runs)


def _mark(outcome: Outcome, files: list[Path], folder: Path) -> None:
    for submission, path in zip(outcome.submissions, files, strict=True):
        data, _ = feedback(submission.workbook, submission.state, path.read_bytes(), outcome.rules)
        assert data is not None
        (folder / path.name).write_bytes(data)


def _rewrite(files: list[Path], folder: Path) -> None:
    for path in files:
        inflate_and_deflate(path, folder / path.name)


def _by_turns(ways: Mapping[str, Callable[[], object]], runs: int) -> dict[str, list[float]]:
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(runs):
        for name, way in ways.items():
            start = time.process_time()
            way()
            seconds[name].append(time.process_time() - start)
    return seconds
