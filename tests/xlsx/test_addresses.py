"""Column letters as Excel writes them."""

from __future__ import annotations

import pytest

from pipeline.xlsx.addresses import column_letters, column_number


@pytest.mark.parametrize(
    ("number", "letters"),
    [(1, "A"), (26, "Z"), (27, "AA"), (52, "AZ"), (702, "ZZ"), (703, "AAA"), (16384, "XFD")],
)
def test_letters_and_numbers(number: int, letters: str) -> None:
    assert column_letters(number) == letters
    assert column_number(letters) == number
