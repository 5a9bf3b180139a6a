"""A municipality that joined after a deadline: its Beitritt stands beside the overdue milestone (reading A14)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook

from pipeline.report.summary import summary_bytes
from pipeline.run import run
from tests import builder
from tests.cell_edits import edited

NOTE = "Beitritt 01.05.2026, nach der Frist."


@pytest.mark.parametrize(
    ("joined", "beside"), [(date(2026, 5, 1), {"MS2.1a", "MS3.1a"}), (date(2026, 3, 31), set())]
)
def test_beside_each_overdue_milestone_of_before(tmp_path: Path, joined: date, beside: set[str]) -> None:
    """Overdue on 30.06.2026 are MS2.1 (31.03.), MS3.1 (30.04.) and MS1.2 (30.06.2026)."""
    rules = builder.rules()
    roster = tuple(replace(m, joined=joined) if m.ags == builder.AGS else m for m in rules.roster)
    (tmp_path / "a.xlsx").write_bytes(edited({}))
    outcome = run(tmp_path, replace(rules, roster=roster), date(2026, 6, 30))
    sheet = load_workbook(BytesIO(summary_bytes(outcome)), data_only=True)["Meilensteine"]
    rows = [row for row in sheet.iter_rows(values_only=True) if row[0] == builder.AGS]
    told = {row[5] for row in rows if any(str(cell).startswith("Beitritt") for cell in row)}
    assert told == beside
    assert all(NOTE in row for row in rows if row[5] in beside)
