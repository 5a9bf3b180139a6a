"""Every hostile variant gets the one answer that the contract wants: verdict, rules, cells, and no value lost."""

from __future__ import annotations

from functools import cache

import pytest

from pipeline.definitions.model import Workbook
from pipeline.engine.batch import examine_batch
from tests import builder
from tests.hostile.answers import wrong_answer
from tests.hostile.catalogue import SAFE, VARIANTS
from tests.hostile.variant import Variant, Verdict


@cache
def answers() -> dict[str, Workbook]:
    """All variants that kill nobody, read and checked in one batch: neighbours make no difference."""
    files = [(v.name, v.make()) for v in SAFE]
    return {w.file: w for w in examine_batch(files, builder.rules())}


@pytest.mark.parametrize("variant", [pytest.param(v, id=v.name.replace(" ", "-")) for v in SAFE])
def test_the_one_answer(variant: Variant) -> None:
    assert wrong_answer(variant, answers()[variant.name]) is None


def test_each_variant_once_and_many_of_each_verdict() -> None:
    assert len({v.name for v in VARIANTS}) == len(VARIANTS)
    for verdict in Verdict:
        assert sum(v.verdict is verdict for v in VARIANTS) >= 20


def test_a_refusal_says_what_to_do_and_no_answer_repeats_a_value() -> None:
    for workbook in answers().values():
        for found in workbook.findings:
            assert found.remedy.endswith(".")
            said = found.message + found.remedy
            assert not any(
                value in said for value in ("Maria", "P_0005", "Hörensagen", "demnächst", "fünfzig")
            )
