"""The rules against the ministry's slide deck: each quotation stands there, each requirement of it is a rule."""

from __future__ import annotations

import html
import os
import re
from pathlib import Path

import pytest

from pipeline.rules import Rules
from tests import builder
from tests.builder import ROOT


def _source() -> str:
    """The slide deck, where it is at hand: KISI_SOURCE names it, or it lies beside the repository."""
    named = os.environ.get("KISI_SOURCE")
    paths = [Path(named)] if named else sorted(ROOT.parent.glob("shared/seeds/*.txt"))
    if not paths or not all(p.is_file() for p in paths):
        pytest.skip("die Quelle liegt nicht vor (KISI_SOURCE)")
    return "\n".join(p.read_text(encoding="utf-8") for p in paths)


def _plain(text: str) -> str:
    """Words of the source without its markup."""
    bare = html.unescape(re.sub(r"<[^>]+>", " ", text)).replace("*", "")
    return " ".join(bare.split())


def _texts(rules: Rules) -> list[str]:
    project = rules.project
    found = [
        project.title,
        project.short_title,
        project.target_groups.heading,
        project.target_groups.note,
    ]
    found += [g.text for g in project.target_groups.groups]
    found += [q for i in rules.interpretations for q in i.quotes]
    for passage in (*project.quotes, *(d for m in rules.measures for d in m.description)):
        found += [passage.heading, *passage.statements]
    for measure in rules.measures:
        found.append(measure.title)
        found += [x.text for x in (*measure.targets, *measure.evidence)]
        found += [x.heading for x in (*measure.targets, *measure.evidence)]
        for milestone in (m for m in measure.milestones if not m.undefined):
            found += [milestone.text, *(c.text for c in milestone.criteria)]
            found += milestone.heading.split(" · ")
    return found


def test_every_quotation_stands_in_the_source() -> None:
    source = _plain(_source())
    texts = _texts(builder.rules())
    assert len(texts) > 200
    assert [t for t in texts if _plain(t) not in source] == []


def _bullets(section: str) -> list[str]:
    return [_plain(line[2:]) for line in section.splitlines() if line.startswith("- ")]


@pytest.mark.parametrize("number", [1, 2, 3])
def test_every_zielwert_nachweis_and_criterion_of_the_source_is_a_rule(number: int) -> None:
    source, measure = _source(), builder.rules().measures[number - 1]
    after = source[source.index(f"## Zielwert Projektmaßnahme {number}:") :]
    targets, rest = after.split("## Nachweis zur Zielerreichung:", 1)
    assert [t.text for t in measure.targets] == _bullets(targets)
    proof, table = rest.split("\n# Projektmaßnahme", 1)
    assert [e.text for e in measure.evidence] == _bullets(proof)
    rows = re.findall(r"<b>Meilenstein (\d)</b>\t(.*?)\t(\d+ Monate nach Projektbeginn)", table)[:4]
    assert [int(nr) for nr, _, _ in rows] == [1, 2, 3, 4]
    for milestone, (_, items, due) in zip(measure.milestones, rows, strict=True):
        wanted = [_plain(i).removeprefix("- ") for i in re.findall(r"<li>(.*?)</li>", items)]
        # MS2.4 is one sentence and two facts
        assert list(dict.fromkeys(c.text for c in milestone.criteria)) == wanted
        assert milestone.text == due
        assert milestone.months == int(due.split()[0])


def test_measure_4_has_no_milestones_yet() -> None:
    measure = builder.rules().measures[3]
    assert [(m.id, m.undefined) for m in measure.milestones] == [(f"MS4.{i}", True) for i in range(1, 5)]
    assert measure.evidence == ()
