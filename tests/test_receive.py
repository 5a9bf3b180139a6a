"""What of a folder is a submission, and under which name: folders made by the test, no workbook is opened.

What lies in an archive or an e-mail is tested in tests/reading/containers.
"""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest

from pipeline.definitions.messages import finding
from pipeline.submissions import MOST_FOLDER_LEVELS, Received, receive, receive_paths


def lay(folder: Path, *names: str) -> Path:
    """Empty files; a name ending in ``/`` is a folder, one ending in ``.zip`` an archive with ``innen.xlsx``."""
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if name.endswith("/"):
            path.mkdir(exist_ok=True)
        elif name.endswith(".zip"):
            with zipfile.ZipFile(path, "w") as archive:
                archive.writestr("innen.xlsx", b"PK")
                archive.writestr("brief.pdf", b"%PDF")
        else:
            path.write_bytes(b"")
    return folder


def files(received: Received) -> list[str]:
    return [name for name, _ in received.files]


def notes(received: Received) -> list[tuple[str, str]]:
    return [(name, note.rule) for name, note in received.notes]


def test_files_of_all_folders_by_path_and_notes_beside_them(tmp_path: Path) -> None:
    found = receive(lay(tmp_path, "b.xlsx", "a/z.xlsx", "a/b/c.XLSX", "Ä.xlsx", "b.pdf", "a.txt", "leer/"))
    assert files(found) == ["a/b/c.XLSX", "a/z.xlsx", "b.xlsx", "Ä.xlsx"]
    assert [source for _, source in found.files] == [tmp_path / name for name in files(found)]
    assert found.notes == (("a.txt", finding("N30")), ("b.pdf", finding("N30")))


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("~$a.xlsx", "N01"),
        (".a.xlsx", "N02"),
        ("Thumbs.db", "N02"),
        ("DESKTOP.INI", "N02"),
        ("ordner/~$a.xlsx", "N01"),
        ("desktop.ini.xlsx", None),
        ("a~$.xlsx", None),
    ],
)
def test_what_systems_and_programs_leave_is_passed_over(tmp_path: Path, name: str, rule: str | None) -> None:
    found = receive(lay(tmp_path, name))
    assert (files(found), notes(found)) == (([], [(name, rule)]) if rule else ([name], []))


@pytest.mark.parametrize("name", [".git/", "~$x/"])
def test_a_hidden_folder_is_not_entered(tmp_path: Path, name: str) -> None:
    found = receive(lay(tmp_path, name, f"{name}a.xlsx"))
    assert (files(found), len(found.notes)) == ([], 1)


@pytest.mark.parametrize("name", ["alt.xlsx", "alt.XLSM", "alt.ods", "alt.csv"])
def test_a_folder_named_like_a_workbook_is_entered_and_noted(tmp_path: Path, name: str) -> None:
    found = receive(lay(tmp_path, f"{name}/", f"{name}/a.xlsx"))
    assert (files(found), notes(found)) == ([f"{name}/a.xlsx"], [(name, "N05")])


def test_links_and_pipes_are_not_followed(tmp_path: Path) -> None:
    lay(tmp_path, "ordner/a.xlsx")
    (tmp_path / "link.xlsx").symlink_to(tmp_path / "ordner/a.xlsx")
    (tmp_path / "ordnerlink").symlink_to(tmp_path / "ordner")
    (tmp_path / "ins Leere.xlsx").symlink_to(tmp_path / "nichts")
    os.mkfifo(tmp_path / "rohr.xlsx")
    found = receive(tmp_path)
    assert files(found) == ["ordner/a.xlsx"]
    assert notes(found) == [
        ("ins Leere.xlsx", "N03"),
        ("link.xlsx", "N03"),
        ("ordnerlink", "N03"),
        ("rohr.xlsx", "N04"),
    ]


@pytest.mark.parametrize("last", ["t", "t.xlsx"])
def test_the_fiftieth_folder_is_named_and_not_read(tmp_path: Path, last: str) -> None:
    """The received folder itself is the first; the forty-ninth below it is read, the fiftieth is not."""
    assert MOST_FOLDER_LEVELS == 50
    read = "/".join("t" * 49)
    found = receive(lay(tmp_path, f"{read}/a.xlsx", f"{read}/{last}/b.xlsx"))
    assert (files(found), notes(found)) == ([f"{read}/a.xlsx"], [(f"{read}/{last}", "N20")])


def test_a_hidden_folder_at_the_depth_is_hidden(tmp_path: Path) -> None:
    read = "/".join("t" * 49)
    found = receive(lay(tmp_path, f"{read}/.t/b.xlsx"))
    assert notes(found) == [(f"{read}/.t", "N02")]


def test_what_lies_in_an_archive_has_its_name_before_it(tmp_path: Path) -> None:
    found = receive(lay(tmp_path, "x/post.zip"))
    assert (files(found), notes(found)) == (["x/post.zip/innen.xlsx"], [("x/post.zip/brief.pdf", "N30")])


# --- named on the command line ------------------------------------------------------------------------


def test_a_file_goes_by_its_name_and_one_in_a_folder_by_its_path(tmp_path: Path) -> None:
    lay(tmp_path, "ordner/x/b.xlsx", "z.xlsx", "a.pdf")
    found = receive_paths([tmp_path / "z.xlsx", tmp_path / "ordner", tmp_path / "a.pdf"])
    assert (files(found), notes(found)) == (["x/b.xlsx", "z.xlsx"], [("a.pdf", "N30")])
    assert dict(found.files)["z.xlsx"] == tmp_path / "z.xlsx"


def test_of_two_with_one_name_the_second_has_its_folder_before_it(tmp_path: Path) -> None:
    lay(tmp_path, "p/x/a.xlsx", "p/y/a.xlsx", "q/y/a.xlsx", "p/y/b.pdf", "q/y/b.pdf")
    found = receive_paths(
        [tmp_path / "p/x", tmp_path / "p/y", tmp_path / "q/y/a.xlsx", tmp_path / "q/y/b.pdf"]
    )
    assert dict(found.files) == {
        "a.xlsx": tmp_path / "p/x/a.xlsx",
        "y/a.xlsx": tmp_path / "p/y/a.xlsx",
        "q/y/a.xlsx": tmp_path / "q/y/a.xlsx",
    }
    assert notes(found) == [("b.pdf", "N30"), ("y/b.pdf", "N30")]
    assert files(found) == ["a.xlsx", "q/y/a.xlsx", "y/a.xlsx"]


def test_a_file_that_is_named_twice_counts_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a file and in its folder, by another way, relative to where one is; in an archive as well."""
    lay(tmp_path, "x/a.xlsx", "x/post.zip")
    monkeypatch.chdir(tmp_path / "x")
    ways = [Path("a.xlsx"), tmp_path / "x", tmp_path / "x/../x/a.xlsx", Path("post.zip")]
    found = receive_paths(ways)
    assert files(found) == ["a.xlsx", "post.zip/innen.xlsx"]


def test_two_files_of_one_archive_are_two(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "post.zip", "w") as archive:
        archive.writestr("a.xlsx", b"PK")
        archive.writestr("b.xlsx", b"PK")
    assert files(receive_paths([tmp_path / "post.zip"])) == ["post.zip/a.xlsx", "post.zip/b.xlsx"]


def test_a_named_pipe_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "rohr.xlsx")
    found = receive_paths([tmp_path / "rohr.xlsx", tmp_path / "fehlt.xlsx"])
    assert (files(found), found.notes) == (
        [],
        (("fehlt.xlsx", finding("N04")), ("rohr.xlsx", finding("N04"))),
    )
