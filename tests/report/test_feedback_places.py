"""A copy never lies where a letter belongs, and two never fall on one name."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.report.feedback_places import MAX_NAME_BYTES, feedback_places
from pipeline.submissions import receive, receive_paths
from tests.builder import valid

USUAL = ["A.xlsx", "2026-09-30/B.xlsx", "manifest.json", "c.XLSX", "ordner.xlsx/a.xlsx"]


def places(*names: str) -> list[tuple[str, str]]:
    return [(str(p.copy), str(p.letter)) for p in feedback_places(names).values()]


def test_copies_have_the_names_of_their_files() -> None:
    assert places(*USUAL) == [(name, f"{name}.txt") for name in USUAL]
    assert not any(p.renamed for p in feedback_places(USUAL).values())


def test_what_looks_like_a_letter_goes_on() -> None:
    """In whatever run: a workbook of that name does not fall on a letter that an earlier run has written."""
    assert places("A.xlsx.txt") == [("A.xlsx.txt.xlsx", "A.xlsx.txt.txt")]
    assert places("A.xlsx.TXT") == [("A.xlsx.TXT.xlsx", "A.xlsx.TXT.txt")]
    assert places("A.xlsx.txt/B.xlsx") == [("A.xlsx.txt.ordner/B.xlsx", "A.xlsx.txt.ordner/B.xlsx.txt")]
    assert feedback_places(["A.xlsx.txt"])["A.xlsx.txt"].renamed


NAMES = [
    "A.xlsx", "A.xlsx.txt", "A.xlsx.txt.txt", "A.xlsx.txt.xlsx", "A.xlsx.txt.xlsx.xlsx", "A.xlsx.txt.txt.xlsx",
    "A.xlsx.txt.ordner", "A.xlsx.txt/A.xlsx", "A.xlsx.txt.ordner/A.xlsx", "A.xlsx.txt.xlsx/A.xlsx",
]  # fmt: skip


@pytest.mark.parametrize("order", [1, -1])
def test_no_two_fall_on_one_name_in_one_run_or_several(order: int) -> None:
    together = places(*NAMES[::order])
    taken = [path for pair in together for path in pair]
    folders = {str(parent) for path in taken for parent in Path(path).parents}
    assert len({path.casefold() for path in taken}) == 2 * len(NAMES)
    assert not folders & set(taken)
    apart = [path for name in NAMES for pair in places(name) for path in pair]
    assert len(set(apart)) == 2 * len(NAMES)


def test_names_that_only_some_systems_tell_apart() -> None:
    assert places("a.xlsx", "A.xlsx", "a.xlsx/b.xlsx") == [
        ("a.xlsx", "a.xlsx.txt"),
        ("A (2).xlsx", "A (2).xlsx.txt"),
        ("a (3).xlsx/b.xlsx", "a (3).xlsx/b.xlsx.txt"),
    ]


def test_paths_that_lead_out_stay_inside_and_apart() -> None:
    assert places("zip/../x.xlsx", "zip/x.xlsx", "/x.xlsx") == [
        ("zip/x.xlsx", "zip/x.xlsx.txt"),
        ("zip/x (2).xlsx", "zip/x (2).xlsx.txt"),
        ("x.xlsx", "x.xlsx.txt"),
    ]


def test_the_longest_names_stay_apart() -> None:
    names = ["x" * 250 + end for end in ("1.xlsx"[:5], "2.xlsx"[:5], "3")]
    found = [path for pair in places(*names) for path in pair]
    assert len(set(found)) == len(found)
    assert max(map(len, found)) <= MAX_NAME_BYTES


def test_folders_too_deep_are_named_and_not_read(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(valid())
    deep = tmp_path
    for _ in range(60):
        deep /= "t"
    deep.mkdir(parents=True)
    (deep / "b.xlsx").write_bytes(valid())
    received = receive(tmp_path)
    assert [name for name, _ in received.files] == ["a.xlsx"]
    assert [(name, note.rule) for name, note in received.notes] == [("/".join("t" * 50), "N20")]


def test_a_file_named_twice_is_one(tmp_path: Path) -> None:
    for name in ("x/a.xlsx", "y/a.xlsx"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_bytes(b"")
    twice = [tmp_path / "x", tmp_path / "x/a.xlsx", tmp_path / "y", tmp_path / "x/../x"]
    assert [name for name, _ in receive_paths(twice).files] == ["a.xlsx", "y/a.xlsx"]


def test_the_work_of_naming_grows_with_the_number_of_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each path is asked for its real place once."""
    asked = 0
    resolve = Path.resolve

    def counted(self: Path, strict: bool = False) -> Path:
        nonlocal asked
        asked += 1
        return resolve(self, strict)

    monkeypatch.setattr(Path, "resolve", counted)
    for number in range(100):
        (tmp_path / f"{number}.xlsx").write_bytes(b"")
    assert len(receive_paths([tmp_path]).files) == 100
    assert asked <= 110
