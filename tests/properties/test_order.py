"""The order of columns and sheets changes no value and no figure; only swapped columns are noted."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pipeline.engine.batch import examine_batch
from pipeline.evaluate import evaluate
from pipeline.xlsx.addresses import column_letters, column_number
from tests import builder, cell_edits, expected
from tests.hostile.variant import columns_of
from tests.properties import few


@st.composite
def permutations(draw: st.DrawFn) -> tuple[str, list[int]]:
    """A sheet and, for each of its columns, the column where it shall stand."""
    title = draw(st.sampled_from(list(builder.VALID)))
    columns = len(builder.VALID[title].strip().splitlines()[0].split("|"))
    return title, draw(st.permutations(range(1, columns + 1)))


def moved(title: str, to: list[int], base: bytes) -> bytes:
    """The table's columns moved, header and records, as a user does by cut and paste."""

    def row(match: re.Match[str]) -> str:
        cells = [(_new(c, to), c) for c in re.findall(r"<c .*?</c>|<c [^>]*/>", match[3])]
        inside = "".join(
            re.sub(r' r="[A-Z]+', f' r="{column_letters(n)}', c, count=1) for n, c in sorted(cells)
        )
        return f"{match[1]}{inside}</row>" if int(match[2]) >= builder.HEADER_ROW else match[0]

    return cell_edits.rewritten(
        title, lambda xml: re.sub(r'(<row r="(\d+)"[^>]*>)(.*?)</row>', row, xml) + " ", base
    )


def _new(cell: str, to: list[int]) -> int:
    old = column_number(re.search(r' r="([A-Z]+)', cell)[1])  # type: ignore[index]
    return to[old - 1] if old <= len(to) else old


@few(1)
@given(st.lists(permutations(), min_size=16, max_size=16))
def test_the_order_of_columns_changes_no_value(many: list[tuple[str, list[int]]]) -> None:
    rules = builder.rules()
    original = expected.valid_workbook()
    figures = evaluate(original, None, rules, builder.STICHTAG)
    batch = [(str(i), moved(title, to, builder.valid())) for i, (title, to) in enumerate(many)]
    for (title, to), workbook in zip(many, examine_batch(batch, rules), strict=True):
        assert {f.rule for f in workbook.findings} == ({"M10"} if to != sorted(to) else set()), (title, to)
        assert columns_of(workbook) == columns_of(original), (title, to)
        assert evaluate(workbook, None, rules, builder.STICHTAG) == figures


def test_the_order_of_sheets_changes_no_value() -> None:
    parts: dict[str, Any] = cell_edits.unpack(builder.valid())
    book = parts["xl/workbook.xml"].decode()
    tags = re.findall(r"<sheet .*?/>", book)
    assert len(tags) > 10
    parts["xl/workbook.xml"] = book.replace("".join(tags), "".join(tags[7:] + tags[:7])).encode()
    workbook, original = expected.examine(cell_edits.pack(parts)), expected.valid_workbook()
    assert workbook.findings == ()
    assert columns_of(workbook) == columns_of(original)
    assert workbook.content == original.content
