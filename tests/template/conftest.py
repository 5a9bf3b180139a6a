"""Rules of the repository, and each kind of blank workbook as openpyxl reads it."""

from __future__ import annotations

from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook

from pipeline.rules import Rules
from pipeline.rules.loading.load import load_rules
from pipeline.template import template_bytes
from tests.builder import ROOT


@pytest.fixture(scope="session")
def rules() -> Rules:
    return load_rules(ROOT / "rules")


@pytest.fixture(scope="session")
def municipality_book(rules: Rules) -> Workbook:
    return load_workbook(BytesIO(template_bytes(rules, rules.kinds["kommune"])))


@pytest.fixture(scope="session")
def lead_book(rules: Rules) -> Workbook:
    return load_workbook(BytesIO(template_bytes(rules, rules.kinds["projektleitung"])))


@pytest.fixture(scope="session")
def copy_book(rules: Rules) -> Workbook:
    """The copy of Büdingen."""
    return load_workbook(BytesIO(template_bytes(rules, rules.kinds["kommune"], rules.by_ags["06440004"])))
