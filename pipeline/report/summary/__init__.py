"""The summary workbook for ministry and auditors: aggregates only, no person- or volunteer-level row.

``SHEETS`` lists the sheets in their order; each stands in a file of its own. Those that tell of every
municipality are filled in one pass over them (``growing``), the others after it. The same outcome gives the
same bytes. Contract: results.md, "The summary workbook".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

import xlsxwriter

from pipeline.definitions.messages import german_date
from pipeline.outcome import Outcome
from pipeline.report.published import PublishedReport
from pipeline.report.summary.documentation.amif_sheet import TITLE as AMIF_TITLE
from pipeline.report.summary.documentation.amif_sheet import AmifSheet
from pipeline.report.summary.documentation.evidence import write_evidence
from pipeline.report.summary.documentation.needs_sheet import NeedsSheet
from pipeline.report.summary.documentation.records_sheet import TITLE as RECORDS_TITLE
from pipeline.report.summary.documentation.records_sheet import RecordsSheet
from pipeline.report.summary.documentation.register import TITLE as REGISTER_TITLE
from pipeline.report.summary.documentation.register import open_register
from pipeline.report.summary.status.measures import measure_sheets
from pipeline.report.summary.status.milestones import open_milestones
from pipeline.report.summary.status.overview import write_overview
from pipeline.report.summary.status.targets import open_targets
from pipeline.report.summary.status.timeline_sheet import TimelineSheet
from pipeline.report.summary.tracing.control import TITLE as CONTROL_TITLE
from pipeline.report.summary.tracing.control import write_control
from pipeline.report.summary.tracing.differences_sheet import TITLE as DIFFERENCES_TITLE
from pipeline.report.summary.tracing.differences_sheet import open_differences
from pipeline.report.summary.tracing.findings import write_findings
from pipeline.report.summary.tracing.origins import open_origins
from pipeline.report.summary.tracing.proof import prove
from pipeline.report.summary.tracing.rulebook_sheet import RulebookSheet
from pipeline.report.summary.tracing.submissions_sheet import write_submissions
from pipeline.report.summary.writing.book import STREAMED_FROM, Book
from pipeline.report.summary.writing.fastsheet import FastSheet
from pipeline.report.summary.writing.growing import ReportedMunicipality, municipalities
from pipeline.report.summary.writing.links import link_sheets
from pipeline.report.summary.writing.styles import Styles
from pipeline.rules import Rules

__all__ = ["write_summary"]

Write = Callable[[Book, FastSheet], None]


class Open(Protocol):
    """A sheet that is filled municipality by municipality."""

    def add(self, municipality: ReportedMunicipality) -> None: ...
    def close(self, book: Book) -> None: ...


@dataclass(frozen=True)
class ReportSheet:
    """A sheet and how it is filled: ``open`` (municipality by municipality) or ``write``. ``long``: may have
    very many rows.
    """

    title: str
    write: Write | None = None
    open: Callable[[Book, FastSheet], Open] | None = None
    long: bool = False


MILESTONES = "Meilensteine"
SHEETS = (
    ReportSheet("Übersicht", write_overview),
    ReportSheet("Zeitschiene", open=TimelineSheet),
    ReportSheet("Zielwerte", open=open_targets, long=True),
    ReportSheet(MILESTONES, open=open_milestones, long=True),
    ReportSheet("Nachweise", write_evidence, long=True),
    ReportSheet(REGISTER_TITLE, open=open_register, long=True),
    ReportSheet(RECORDS_TITLE, open=RecordsSheet, long=True),
    ReportSheet("Bedarfe und Angebote", open=NeedsSheet),
    ReportSheet(AMIF_TITLE, open=AmifSheet),
    ReportSheet("Abgaben", write_submissions, long=True),
    ReportSheet("Prüfprotokoll", write_findings, long=True),
    ReportSheet(DIFFERENCES_TITLE, open=open_differences, long=True),
    ReportSheet("Regelwerk", open=RulebookSheet),
    ReportSheet("Herkunft", open=open_origins, long=True),
    ReportSheet(CONTROL_TITLE, write_control),
)


def sheets_of(rules: Rules) -> tuple[ReportSheet, ...]:
    """All sheets in order: after the milestones one for each measure of the rules; AMIF where the rules ask
    for it.
    """
    sheets = [sheet for sheet in SHEETS if rules.amif or sheet.title != AMIF_TITLE]
    after = [sheet.title for sheet in sheets].index(MILESTONES) + 1
    measures = (ReportSheet(title, write) for title, write in measure_sheets(rules))
    return (*sheets[:after], *measures, *sheets[after:])


def write_summary(outcome: Outcome, path: Path, previous: PublishedReport | None = None) -> None:
    """Writes the summary workbook of an outcome to ``path`` and verifies its control sums.

    ``previous``: the report before it. With many municipalities its rows are buffered in a folder beside it,
    never in memory. Raises ReportInconsistent.
    """
    if len(outcome.rules.roster) < STREAMED_FROM:
        path.write_bytes(summary_bytes(outcome, previous))
        return
    with TemporaryDirectory(dir=path.parent, prefix=".") as folder:
        options = {"tmpdir": folder, "use_zip64": True}
        file = xlsxwriter.Workbook(path, _options() | options)
        book = _write(outcome, file, previous, streamed=True)
        prove(path, book.checks)


def summary_bytes(outcome: Outcome, previous: PublishedReport | None = None) -> bytes:
    """The workbook in memory; the same bytes on every call."""
    content = BytesIO()
    file = xlsxwriter.Workbook(content, _options() | {"in_memory": True})
    book = _write(outcome, file, previous, streamed=False)
    prove(content.getvalue(), book.checks)
    return content.getvalue()


def _write(
    outcome: Outcome, file: xlsxwriter.Workbook, previous: PublishedReport | None, *, streamed: bool
) -> Book:
    """Opens every sheet, adds each municipality, closes them, writes the other sheets."""
    _describe(file, outcome)
    book = Book(file, outcome, Styles(file), previous)
    sheets = sheets_of(outcome.rules)
    for sheet in sheets:
        book.add_sheet(sheet.title, streamed=streamed and sheet.long)
    opened = [s.open(book, book.sheets[s.title]) for s in sheets if s.open]
    for municipality in municipalities(book):
        for one in opened:
            one.add(municipality)
    for one in opened:
        one.close(book)
    for sheet in sheets:
        if sheet.write:
            sheet.write(book, book.sheets[sheet.title])
    link_sheets(book)
    book.sheets[sheets[0].title].activate()
    file.constant_memory = False  # of the workbook itself; each sheet knows its own
    file.close()
    return book


def _options() -> dict[str, object]:
    """Options of xlsxwriter, new for each workbook, as it modifies them."""
    return {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_format_properties": {"font_name": "Arial", "font_size": 10},  # the unit of column widths
    }


def _describe(file: xlsxwriter.Workbook, outcome: Outcome) -> None:
    """Document properties: no author, no path, and the as-of date as the only time."""
    project = outcome.rules.project
    file.set_properties(
        {
            "title": f"{project.short_title} – Bericht zum {german_date(outcome.as_of)}",
            "subject": f"{project.title} ({project.fund})",
            "comments": f"Regelwerk {project.version}, SHA-256 {outcome.rules.sha256}",
            "created": datetime.combine(outcome.as_of, time()),
        }
    )
