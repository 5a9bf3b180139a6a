"""``kisi desk`` itself: what it prints, what it hands to the browser, how it ends."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner

from pipeline.cli import cli
from pipeline.desk.server import DeskServer

ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+/[\w-]{43}/runde")


@pytest.fixture
def handed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Addresses given to the browser; the desk ends at once."""
    found: list[str] = []
    monkeypatch.setattr("pipeline.desk.opening.webbrowser.open", found.append)
    monkeypatch.setattr("pipeline.desk.opening.threading.Thread.start", lambda thread: thread.run())
    monkeypatch.setattr(DeskServer, "run", lambda server: None)
    return found


def test_the_browser_gets_an_address_that_works_once(folder: Path, handed: list[str]) -> None:
    answer = CliRunner().invoke(cli, ["desk", str(folder)])
    assert answer.exit_code == 0
    (kept,) = ADDRESS.findall(answer.output)
    (address,) = handed
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/start/[\w-]{43}", address)
    assert kept.split("/")[3] not in address
    assert answer.output.endswith("Beendet.\n")


def test_each_start_has_another_token(folder: Path, handed: list[str]) -> None:
    shown = [ADDRESS.findall(CliRunner().invoke(cli, ["desk", str(folder)]).output)[0] for _ in range(2)]
    assert shown[0].split("/")[3] != shown[1].split("/")[3]


def test_without_a_browser_only_the_address_is_reported(folder: Path, handed: list[str]) -> None:
    answer = CliRunner().invoke(cli, ["desk", str(folder), "--no-browser"])
    assert ADDRESS.search(answer.output)
    assert handed == []


def test_any_other_folder_is_refused(tmp_path: Path, handed: list[str]) -> None:
    answer = CliRunner().invoke(cli, ["desk", str(tmp_path)])
    assert answer.exit_code == 2
    assert "ist kein Arbeitsordner" in answer.output
    assert "kisi init" in answer.output
    assert list(tmp_path.iterdir()) == []


def test_a_link_in_place_of_its_own_folder_is_refused(folder: Path, handed: list[str]) -> None:
    (folder / ".kisi-tisch").symlink_to(folder / "eingang")
    answer = CliRunner().invoke(cli, ["desk", str(folder)])
    assert answer.exit_code == 2
    assert "ist eine Verknüpfung" in answer.output


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_ctrl_c_ends_it(folder: Path) -> None:
    command = [sys.executable, "-m", "pipeline", "desk", str(folder), "--no-browser"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        address = next(found[0] for line in process.stdout if (found := ADDRESS.search(line)))
        where = urlsplit(address)
        connection = HTTPConnection(where.netloc)
        connection.request("GET", where.path.replace("/runde", "/laeufe.json"))
        assert connection.getresponse().read() == b'{"title":"Protokoll","wait":false,"runs":[]}'
        connection.close()
        process.send_signal(signal.SIGINT)
        said, complaint = process.communicate()
    assert (process.returncode, complaint) == (0, "")
    assert said.endswith("Beendet.\n")
