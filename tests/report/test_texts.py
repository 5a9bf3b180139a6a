"""Texts of others in the report: never a formula, a link or XML, never cut without a word."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.definitions.sheet_types import LONGEST_TEXT
from pipeline.outcome import Outcome
from pipeline.report.ergebnis import ergebnis_text
from pipeline.report.html import overview_html
from pipeline.report.summary import summary_bytes
from pipeline.report.summary.writing.texts import CUT, read_anew, storable


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", " =1", "'x", "06440004", "2026/27", "1,5", "(3)", "50 %",
     "€ 5", "WAHR", "false", "Mai 2026", "März 26", "1. Mai", "Dez 1"],
)  # fmt: skip
def test_what_would_be_read_anew(text: str) -> None:
    assert read_anew(text)


@pytest.mark.parametrize(
    "text", ["Hanau", "Maintal", "✓ 2 vorgelegt", "< 3", "Wahrheit", "Z1.2", "a=1", "", "–"]
)
def test_what_stays_as_it_is(text: str) -> None:
    assert not read_anew(text)


def test_a_text_that_is_too_long_is_cut_and_says_so() -> None:
    assert storable("x" * LONGEST_TEXT) == "x" * LONGEST_TEXT
    assert storable("x" * (LONGEST_TEXT + 1)) == "x" * (LONGEST_TEXT - len(CUT)) + CUT
    units = (LONGEST_TEXT - len(CUT)) // 2  # an emoji takes two, and is never cut in half
    assert storable("😀" * LONGEST_TEXT) == "😀" * units + CUT


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\udcff", "a\\udcff"),
        ("a\ufffeb\uffff", "a\\ufffeb\\uffff"),
        ("<r><t>x</t></r>", "<r><t>x</t></r> "),
        ("ä\x01", "ä\\x01"),
    ],
)
def test_what_a_workbook_cannot_hold(text: str, expected: str) -> None:
    assert storable(text) == expected


ODD = (
    "=HYPERLINK(1).xlsx",
    "<r></foo></r>",
    "<script>alert(1)</script>",
    "http://example.org/",
    "a\x01\udcff\ufffe.xlsx",
)


@pytest.fixture(scope="module")
def odd(outcome: Outcome) -> Outcome:
    """With rejected submissions whose file and municipality have such names."""
    refused = next(s for s in outcome.submissions if s.state == "rejected")
    named = (replace(refused.workbook, file=text, municipality=text, ags=None) for text in ODD)
    submissions = tuple(replace(refused, workbook=workbook) for workbook in named)
    return replace(outcome, submissions=(*outcome.submissions, *submissions))


@pytest.fixture(scope="module")
def sheet(odd: Outcome) -> Worksheet:
    return load_workbook(BytesIO(summary_bytes(odd)))["Abgaben"]


@pytest.mark.parametrize("text", ODD)
def test_names_are_text_in_the_workbook(sheet: Worksheet, text: str) -> None:
    shown = storable(text).replace("\x01", "_x0001_")
    found = [c for row in sheet.iter_rows() for c in row if c.value in (shown, storable(text))]
    assert found
    for cell in found:
        assert cell.data_type == "s"
        assert cell.hyperlink is None
        assert bool(cell.quotePrefix) is read_anew(text)


def test_names_are_text_in_page_and_document(odd: Outcome) -> None:
    page = overview_html(odd).encode()
    assert b"<script>alert" not in page
    assert b"&lt;script&gt;alert" in page
    assert ergebnis_text(odd).encode()
