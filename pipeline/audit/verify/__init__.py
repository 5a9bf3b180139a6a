"""``kisi verify``: recomputes a report from received files and rules, and compares everything that a reader
sees.

Compared are the workbook, the files beside it, and the hashes of the manifest. The date is the one that the
report names.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar

from pipeline.audit.verify.compare_workbooks import Comparison, compare_workbooks
from pipeline.audit.verify.documents import FileComparison, FilePair, compare_pairs
from pipeline.audit.verify.manifest import Manifest, manifest_differences, read_manifest
from pipeline.audit.verify.opened_report import OpenedReport, read_opened
from pipeline.audit.verify.origin import gathered, other_origin
from pipeline.audit.verify.outputs import ResultFolder, Workers, compare_outputs
from pipeline.audit.verify.previous_report import ChangesSection, previous_of_report, section_of
from pipeline.definitions.messages import finding
from pipeline.definitions.model import Finding
from pipeline.disk.publish import MANIFEST
from pipeline.engine.child import TaskLimits
from pipeline.engine.engine import Engine
from pipeline.engine.workers import run_in_child
from pipeline.outcome import Outcome
from pipeline.reading.package import Refused
from pipeline.report.ministry_form import FormPlan, plan_each
from pipeline.report.summary import summary_bytes
from pipeline.rules import Rules
from pipeline.run import Progress, no_progress, run

LIMITS = TaskLimits(seconds=600)  # a report of all municipalities is larger than one received file
_AFTERWARDS = timedelta(days=3660)
T = TypeVar("T")
_GERMAN_DAY = re.compile(r"\b(\d{2})\.(\d{2})\.(\d{4})\b")
_ISO_DAY = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})")


class NoDate(Exception):  # noqa: N818  - an answer to the user, not a fault of ours
    """Neither the report nor its manifest names an as-of date."""


@dataclass(slots=True)
class Verdict:
    """The result, as German lines: ``differences`` from the computed report, what could not be compared,
    notes.

    ``cells``: number of cells compared. ``origin``: set when program or rules differ from those of the
    report, with advice.
    """

    as_of: date
    cells: int
    differences: list[str] = field(default_factory=list)
    uncompared: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    origin: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ReportClaims:
    """What a report states about itself: every as-of date that it names, and its document properties."""

    dates: tuple[date, ...]
    properties: str


def verify(
    report: Path,
    folder: Path,
    rules: Rules,
    progress: Progress = no_progress,
    engine: Engine | None = None,
    near: Sequence[Path] = (),
    rules_folder: Path | None = None,
) -> Verdict:
    """Compare a report with the received files. Raises Refused, NoDate, or OSError for what cannot be read.

    The report is not trusted: it is opened in a child process, within the limits of any received file.
    ``near``: more folders in which an empty form may lie. ``rules_folder``: where the wording of e-mails stands.
    """
    data = report.read_bytes()
    alone = engine is None or engine.in_process
    manifest = read_manifest(report.parent)
    said = _taken(run_in_child(_said_each, (data, report.name), in_process=alone, limits=LIMITS))
    as_of = _as_of(said.dates, manifest, rules)
    outcome, later = without_later(run(folder, rules, as_of, progress, engine), manifest)
    remarks = _taken(run_in_child(_section_each, data, in_process=alone, limits=LIMITS))
    previous, earlier = previous_of_report(remarks, report, manifest, outcome)
    computed = summary_bytes(outcome, previous)
    found = Comparison()
    if data != computed:
        both = (data, computed)
        found = _taken(run_in_child(_compare_each, both, in_process=alone, limits=LIMITS))
    verdict = Verdict(as_of, stored_values(computed), origin=other_origin(said.properties, manifest, rules))
    _tell_manifest(verdict, manifest, report, outcome, found)
    workers = _workers(rules, engine, in_process=alone)
    places = (report.parent, *report.parent.parents[:2], folder.parent, *near)
    hashes = (manifest.outputs, manifest.forms) if manifest else ({}, {})
    beside = compare_outputs(ResultFolder(report.parent, *hashes, places, rules_folder), outcome, workers)
    verdict.differences += [*beside.differences, *found.differences, *earlier.differences]
    verdict.uncompared += [*found.uncompared, *beside.uncompared, *earlier.uncompared]
    verdict.notes += [*found.notes, *beside.notes, *later]
    if verdict.origin:
        verdict.differences = gathered(verdict.differences)
    return verdict


def _tell_manifest(
    verdict: Verdict, manifest: Manifest | None, report: Path, outcome: Outcome, found: Comparison
) -> None:
    """Adds the differences of the manifest, first of all: they name the cause of later ones."""
    if manifest is None:
        verdict.notes.append(
            f"{MANIFEST} liegt nicht neben dem Bericht oder ist nicht lesbar; Prüfsummen sind nicht verglichen."
        )
    else:
        verdict.differences, verdict.notes = manifest_differences(
            manifest, report, outcome, resaved=found.resaved
        )


def stored_values(workbook: bytes) -> int:
    """Number of cells with a value in a workbook of ours."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        return sum(
            archive.read(n).count(b"<v>") for n in archive.namelist() if n.startswith("xl/worksheets/sheet")
        )


def _workers(rules: Rules, engine: Engine | None, *, in_process: bool) -> Workers:
    def compare(pair: FilePair) -> FileComparison | None:
        return run_in_child(compare_pairs, pair, in_process=in_process, limits=LIMITS)

    def plan(name: str, data: bytes) -> FormPlan | None:
        made = run_in_child(partial(plan_each, rules), (name, data), in_process=in_process, limits=LIMITS)
        return made if isinstance(made, FormPlan) else None

    return Workers(compare, plan, engine)


def without_later(outcome: Outcome, manifest: Manifest | None) -> tuple[Outcome, list[str]]:
    """Leave out files of later Stichtage that came after the report, and say so in a note for each.

    They take no part in a report of ``outcome.as_of``; only the list in ergebnis.json would name them.
    """
    known = manifest.inputs if manifest else {}
    new = [s for s in outcome.later if manifest is not None and s.workbook.file not in known]
    notes = [
        f"{s.workbook.file}: kam später hinzu und nennt einen späteren Stichtag; am Bericht nimmt die Datei "
        "nicht teil."
        for s in new
    ]
    return replace(outcome, later=tuple(s for s in outcome.later if s not in new)), notes


def _taken(answer: T | Finding | None) -> T:
    """The answer of a child process; raises Refused when it is a finding."""
    if answer is None or isinstance(answer, Finding):
        raise Refused(answer or finding("D20"))
    return answer


def _said_each(batch: Sequence[tuple[bytes, str]]) -> list[ReportClaims | Finding]:
    """For a child process: what each report states about itself."""
    return [_or_refused(partial(_said, data, name)) for data, name in batch]


def _said(data: bytes, name: str) -> ReportClaims:
    given = read_opened(data)
    dates = (day for day in _dates(given, name) if day is not None)
    return ReportClaims(tuple(dates), "\n".join(given.properties.values()))


def _section_each(batch: Sequence[bytes]) -> list[ChangesSection | Finding]:
    """For a child process: the section on the previous report in each report."""
    return [_or_refused(partial(_section, data)) for data in batch]


def _section(data: bytes) -> ChangesSection:
    return section_of(read_opened(data))


def _compare_each(batch: Sequence[tuple[bytes, bytes]]) -> list[Comparison | Finding]:
    """For a child process: (given, computed) reports compared."""
    return [_or_refused(partial(_compared, given, computed)) for given, computed in batch]


def _compared(given: bytes, computed: bytes) -> Comparison:
    return compare_workbooks(read_opened(given), read_opened(computed))


def _or_refused(work: Callable[[], T]) -> T | Finding:
    try:
        return work()
    except Refused as refused:
        return refused.finding


# --- the date -----------------------------------------------------------------------------------------


def _as_of(dates: Iterable[date], manifest: Manifest | None, rules: Rules) -> date:
    """The date that most places of the report name, so that one edited cell does not lead astray.

    NoDate also where it lies so far from the project that no report of it can be meant.
    """
    votes = Counter(dates)
    named = [min(votes, key=lambda d: (-votes[d], d))] if votes else []
    named += [manifest.as_of] if manifest is not None and manifest.as_of is not None else []
    if not named or not rules.project.start <= named[0] <= rules.project.end + _AFTERWARDS:
        raise NoDate
    return named[0]


def _dates(given: OpenedReport, name: str) -> Iterator[date | None]:
    """Dates in the file name, the titles in A1, the footers and the document properties."""
    yield _day(_ISO_DAY.search(name), 1, 2, 3)
    for sheet in given.sheets.values():
        title = sheet.cells.get("A1")
        for text in (sheet.footer, title.value if title else None):
            if isinstance(text, str):
                yield _day(_GERMAN_DAY.search(text), 3, 2, 1)
    for text in given.properties.values():
        yield _day(_GERMAN_DAY.search(text), 3, 2, 1)


def _day(match: re.Match[str] | None, year: int, month: int, day: int) -> date | None:
    if match is None:
        return None
    try:
        return date(int(match[year]), int(match[month]), int(match[day]))
    except ValueError:
        return None
