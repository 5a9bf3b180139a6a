"""What a release carries: one version in program, CHANGELOG and CITATION; one licence."""

from __future__ import annotations

import re
import tomllib
from datetime import date

import yaml

from pipeline import __version__
from pipeline.definitions.sheets import TEMPLATE_VERSION
from tests import builder

HEADINGS = re.findall(r"^## (.*)$", (builder.ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
RELEASED = re.compile(r"(\d+\.\d+\.\d+) \((\d{4}-\d\d-\d\d)\) – rules (\S+), template (\S+)")
CITATION = yaml.safe_load((builder.ROOT / "CITATION.cff").read_text(encoding="utf-8"))
PROJECT = tomllib.loads((builder.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def releases() -> list[tuple[tuple[int, ...], date]]:
    """(version, day) of each release, newest first."""
    matches = [RELEASED.fullmatch(heading) for heading in HEADINGS[1:]]
    assert None not in matches
    return [(tuple(map(int, m[1].split("."))), date.fromisoformat(m[2])) for m in matches]


def test_changes_stand_under_unreleased_with_the_rules_and_template_of_now() -> None:
    assert HEADINGS[0] == f"Unreleased – rules {builder.rules().project.version}, template {TEMPLATE_VERSION}"
    assert releases() == sorted(releases(), reverse=True)


def test_program_changelog_and_citation_name_the_same_version() -> None:
    version, day = releases()[0]
    assert ".".join(map(str, version)) == __version__ == CITATION["version"]
    assert day == CITATION["date-released"]


def test_licence_and_authors_are_the_same_in_metadata_note_and_citation() -> None:
    licence = PROJECT["license"]
    assert licence == CITATION["license"]
    assert f"(SPDX: {licence})" in (builder.ROOT / "LICENSE").read_text(encoding="utf-8")
    assert [a["name"] for a in PROJECT["authors"]] == [a["name"] for a in CITATION["authors"]]


def test_the_recipe_names_each_place_of_a_version() -> None:
    text = (builder.ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    recipe = text[text.index("## Make a release") :]
    for place in ("CHANGELOG.md", "pipeline/__init__.py", "CITATION.cff"):
        assert f"`{place}`" in recipe
    assert 'git tag -a vX.Y.Z -m "X.Y.Z"' in recipe
