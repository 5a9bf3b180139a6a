"""Good files among hostile ones have exactly the figures they have alone; each hostile one has its answer."""

from __future__ import annotations

import json

import pytest

from pipeline.report.ergebnis import ergebnis_text
from pipeline.rules.loading.load import load_rules
from pipeline.run import run
from tests import builder
from tests.hostile.catalogue import RISKY
from tests.hostile.folder import (
    TO_REFUSE,
    Json,
    Trial,
    answers,
    ergebnis,
    kisi,
    lay,
    of_municipalities,
    unusual,
)
from tests.hostile.variant import Verdict

GOOD = 5
HOSTILE = (*RISKY, *[v for v in TO_REFUSE if not v.risky][::6])


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Trial:
    return lay(tmp_path_factory.mktemp("folder"), GOOD, HOSTILE)


@pytest.fixture(scope="module")
def documents(trial: Trial, tmp_path_factory: pytest.TempPathFactory) -> tuple[Json, Json]:
    """What is computed of the good files alone, and ergebnis.json of the mixed folder."""
    out = tmp_path_factory.mktemp("out")
    alone = run(trial.alone, load_rules(trial.rules), builder.STICHTAG)
    mixed = kisi("report", trial.mixed, "--out", out, "--rules", trial.rules, "--no-feedback", "--no-rows")
    assert (mixed.returncode, unusual(mixed.stderr)) == (1, [])
    return json.loads(ergebnis_text(alone)), ergebnis(out)


def test_the_good_files_have_the_figures_they_have_alone(trial: Trial, documents: tuple[Json, Json]) -> None:
    alone, mixed = (of_municipalities(d, trial.good) for d in documents)
    alone.pop("consolidated"), mixed.pop("consolidated")  # what may be read counts for a municipality more
    assert alone == mixed
    accepted = [s["ags"] for s in mixed["submissions"] if s["state"] == "accepted"]
    assert sorted(accepted) == sorted(trial.good)
    values = {t["value"] for t in mixed["targets"] if t["nr"] == "Z1.2"}
    assert len(values) == GOOD  # each has figures of its own, so none can stand for another


def test_each_hostile_file_has_its_answer(trial: Trial, documents: tuple[Json, Json]) -> None:
    found = answers(documents[1])
    states = {s["file"]: s["state"] for s in documents[1]["submissions"]}
    for name, variant in trial.hostile.items():
        if variant.verdict is Verdict.EITHER:
            continue
        assert states[name] in ("rejected", "duplicate"), variant.name
        shown = tuple(f for f in found.get(name, ()) if not f.startswith("A01"))
        assert shown in (variant.findings, ()), variant.name
        assert shown or states[name] == "duplicate", variant.name


def test_all_that_may_kill_are_among_them(trial: Trial) -> None:
    there = {v.name for v in trial.hostile.values()}
    assert {v.name for v in RISKY} <= there
    assert len(there) >= 60


def test_what_may_be_read_or_refused_has_one_answer_too(trial: Trial, documents: tuple[Json, Json]) -> None:
    found = answers(documents[1])
    for name, variant in trial.hostile.items():
        if variant.verdict is Verdict.EITHER:
            shown = tuple(f for f in found.get(name, ()) if not f.startswith("A01"))
            assert shown in (variant.findings, ()), variant.name
