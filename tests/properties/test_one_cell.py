"""One corrupted cell of a valid workbook gives exactly one error, at that cell."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipeline.definitions.model import Severity
from pipeline.engine.batch import examine_batch
from tests import builder, cell_edits
from tests.properties import few
from tests.properties.corruptions import Corruption, corruptions, filled_cells

TOGETHER = 40  # workbooks in a batch: one more costs little


@few(3)
@given(st.lists(corruptions(), min_size=TOGETHER, max_size=TOGETHER))
def test_one_corrupted_cell_one_error(many: list[Corruption]) -> None:
    batch = [(str(i), cell_edits.edited({c.place: c.value})) for i, c in enumerate(many)]
    for corruption, workbook in zip(many, examine_batch(batch, builder.rules()), strict=True):
        errors = [f for f in workbook.findings if f.severity is Severity.ERROR]
        shown = [(f"{f.sheet}!{f.cell}", f.rule) for f in errors]
        assert shown == [(corruption.place, corruption.rule)], corruption


def test_every_column_has_a_cell_to_break() -> None:
    columns = {(place.split("!")[0], column.name) for place, column in filled_cells()}
    kind = builder.rules().kinds["kommune"]
    wanted = {(t, c.name) for t in builder.VALID for c in kind.table(t).columns if c.since == 1}
    assert columns == wanted
