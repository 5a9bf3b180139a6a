"""The summary workbook for ministry and auditors: aggregates only, no person- or volunteer-level row.

``SHEETS`` lists the sheets in their order; each stands in a file of its own. The same outcome gives the
same bytes. Contract: results.md, "The summary workbook".
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time
from io import BytesIO
from pathlib import Path

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from pipeline.messages import day
from pipeline.report.summary.book import Book
from pipeline.report.summary.control import TITLE as CONTROL_TITLE
from pipeline.report.summary.control import write_control
from pipeline.report.summary.differences import TITLE as DIFFERENCES_TITLE
from pipeline.report.summary.differences import write_differences
from pipeline.report.summary.evidence import write_evidence
from pipeline.report.summary.findings import write_findings
from pipeline.report.summary.measures import measure_sheets
from pipeline.report.summary.milestones import write_milestones
from pipeline.report.summary.needs import write_needs
from pipeline.report.summary.origins import write_origins
from pipeline.report.summary.overview import write_overview
from pipeline.report.summary.proof import prove
from pipeline.report.summary.rulebook import write_rulebook
from pipeline.report.summary.styles import NAVY, Styles
from pipeline.report.summary.submissions import write_submissions
from pipeline.report.summary.targets import write_targets
from pipeline.report.summary.timeline import write_timeline
from pipeline.rules import Rules
from pipeline.run import Outcome

__all__ = ["write_summary"]

MILESTONES = "Meilensteine"
SHEETS: tuple[tuple[str, Callable[[Book, Worksheet], None]], ...] = (
    ("Übersicht", write_overview),
    ("Zeitschiene", write_timeline),
    ("Zielwerte", write_targets),
    (MILESTONES, write_milestones),
    ("Nachweise", write_evidence),
    ("Bedarfe und Angebote", write_needs),
    ("Abgaben", write_submissions),
    ("Prüfprotokoll", write_findings),
    (DIFFERENCES_TITLE, write_differences),
    ("Regelwerk", write_rulebook),
    ("Herkunft", write_origins),
    (CONTROL_TITLE, write_control),
)


def sheets_of(rules: Rules) -> tuple[tuple[str, Callable[[Book, Worksheet], None]], ...]:
    """All sheets in their order: after the milestones one for each measure of the rules."""
    after = [title for title, _ in SHEETS].index(MILESTONES) + 1
    return (*SHEETS[:after], *measure_sheets(rules), *SHEETS[after:])


def write_summary(outcome: Outcome, path: Path) -> None:
    """Writes the summary workbook of an outcome to ``path``."""
    path.write_bytes(summary_bytes(outcome))


def summary_bytes(outcome: Outcome) -> bytes:
    """The workbook; the same bytes on every call."""
    content = BytesIO()
    file = xlsxwriter.Workbook(content, _options())
    _describe(file, outcome)
    book = Book(file, outcome, Styles(file))
    sheets = sheets_of(outcome.rules)
    for title, _ in sheets:
        book.sheets[title] = file.add_worksheet(title)
        book.sheets[title].set_tab_color(NAVY)
    for title, write in sheets:
        write(book, book.sheets[title])
    book.sheets[sheets[0][0]].activate()
    file.close()
    prove(content.getvalue(), book.checks)
    return content.getvalue()


def _options() -> dict[str, object]:
    """Made anew for each workbook: xlsxwriter writes into what it is given."""
    return {
        "in_memory": True,
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
            "title": f"{project.short_title} – Bericht zum {day(outcome.as_of)}",
            "subject": f"{project.title} ({project.fund})",
            "comments": f"Regelwerk {project.version}, SHA-256 {outcome.rules.sha256}",
            "created": datetime.combine(outcome.as_of, time()),
        }
    )
