"""Starts commands: one run at a time, each a process of its own whose log is kept.

A run is the same as ``kisi …`` in a terminal, with the same outputs and lock. It writes to its log file and
needs no listener: if the desk dies, the run goes on.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pipeline import INTERRUPTED, PLAIN_STEP
from pipeline.desk.place import Place

COMMAND = (sys.executable, "-P", "-m", "pipeline")  # -P: nothing of the working folder is imported
KEPT = 200  # runs whose logs stay
MOST_SHOWN = 200_000  # bytes of a log on a page
CANCEL_SECONDS = 10  # seconds that a cancelled run has to tidy up
_RUNS, _RECORD, _LOG = "laeufe", "lauf.json", "ausgabe.txt"
_ID = re.compile(r"\d{8}-\d{6}-\d{6}")
_PROGRESS = re.compile(r"^(\d+) von (\d+) Dateien \w+\.\n?", re.MULTILINE)


class Busy(Exception):  # noqa: N818  - an answer to the user, not a fault of ours
    """Another run is under way; the text is its title."""


@dataclass
class Run:
    """One run of a command. Times are ISO texts with zone; ``done``: view to go to afterwards."""

    id: str
    title: str
    arguments: list[str]
    started: str
    done: str = "bericht"
    ended: str | None = None
    code: int | None = None
    cancelled: bool = False

    @property
    def command(self) -> str:
        """The command as typed into a terminal."""
        return " ".join(["kisi", *(f'"{a}"' if " " in a else a for a in self.arguments)])


class Runs:
    """The runs of a working folder, including those of earlier desks."""

    def __init__(self, place: Place, program: Sequence[str] = COMMAND) -> None:
        self.place, self.program = place, program
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._run: Run | None = None

    @property
    def current(self) -> Run | None:
        return self._run

    def refuse_if_busy(self) -> None:
        if self._run is not None:
            raise Busy(self._run.title)

    def start(self, title: str, arguments: Sequence[str], done: str = "bericht") -> Run:
        """Starts a command; raises ``Busy`` while another one runs."""
        with self._lock:
            self.refuse_if_busy()
            now = datetime.now().astimezone()
            run = Run(f"{now:%Y%m%d-%H%M%S-%f}", title, list(arguments), now.isoformat("T", "seconds"), done)
            folder = self._folder(run.id)
            folder.mkdir(parents=True, mode=0o700)
            _save(run, folder)
            with (folder / _LOG).open("wb") as log:
                self._process = subprocess.Popen(  # noqa: S603  - our own program, arguments from a closed list
                    [*self.program, *arguments],
                    cwd=self.place.folder,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    env={**os.environ, "PYTHONUNBUFFERED": "1", PLAIN_STEP: "1"},
                    **_group(),
                )
            self._run = run
        threading.Thread(target=self._wait, args=(run, self._process), daemon=True).start()
        self._forget()
        return run

    def _wait(self, run: Run, process: subprocess.Popen[bytes]) -> None:
        code = process.wait()
        run.code = INTERRUPTED if run.cancelled and code < 0 else code
        run.ended = datetime.now().astimezone().isoformat("T", "seconds")
        with suppress(OSError):
            _save(run, self._folder(run.id))
        with self._lock:
            self._run = self._process = None

    def cancel(self, wanted: str) -> bool:
        """Ends a run as Ctrl-C would, by force after ``CANCEL_SECONDS``; whether it was under way."""
        with self._lock:
            run, process = self._run, self._process
            if run is None or process is None or run.id != wanted:
                return False
            run.cancelled = True
        _interrupt(process)
        by_force = threading.Timer(CANCEL_SECONDS, _kill, (process,))
        by_force.daemon = True
        by_force.start()
        return True

    def cancel_all(self) -> None:
        """Cancels what is under way and waits for it, when the desk ends."""
        run, process = self._run, self._process
        if run is not None and process is not None and self.cancel(run.id):
            with suppress(subprocess.TimeoutExpired):
                process.wait(CANCEL_SECONDS + 5)

    def get(self, wanted: str) -> Run | None:
        current = self._run
        if current is not None and current.id == wanted:
            return current
        return _load(self._folder(wanted)) if _ID.fullmatch(wanted) else None

    def all(self) -> list[Run]:
        """All runs, latest first."""
        found = (self.get(p.name) for p in sorted(self._all(), reverse=True))
        return [run for run in found if run is not None]

    def under_way(self, run: Run) -> bool:
        current = self._run
        return current is not None and current.id == run.id

    def log(self, wanted: str) -> str:
        """What the run has printed; of a very long log the end."""
        try:
            with (self._folder(wanted) / _LOG).open("rb") as file:
                size = file.seek(0, os.SEEK_END)
                file.seek(max(0, size - MOST_SHOWN))
                return file.read().decode("utf-8", "replace").replace("\r\n", "\n")
        except OSError:
            return ""

    def _all(self) -> list[Path]:
        return [p for p in (self.place.own / _RUNS).glob("*") if _ID.fullmatch(p.name)]

    def _folder(self, wanted: str) -> Path:
        return self.place.own / _RUNS / wanted

    def _forget(self) -> None:
        for folder in sorted(self._all(), reverse=True)[KEPT:]:
            for path in (folder / _RECORD, folder / _LOG):
                path.unlink(missing_ok=True)
            with suppress(OSError):
                folder.rmdir()


def progress_of(log: str) -> tuple[int, int] | None:
    """(done, total) as last printed in the log; None where it counts nothing."""
    found = _PROGRESS.findall(log)
    return (int(found[-1][0]), int(found[-1][1])) if found else None


def without_progress(log: str) -> str:
    """The log without its progress lines."""
    return _PROGRESS.sub("", log)


def _save(run: Run, folder: Path) -> None:
    new = folder / f"{_RECORD}.neu"
    new.write_text(json.dumps(asdict(run), ensure_ascii=False), "utf-8")
    new.replace(folder / _RECORD)


def _load(folder: Path) -> Run | None:
    try:
        return Run(**json.loads((folder / _RECORD).read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None


# --- processes ----------------------------------------------------------------------------------------


def _group() -> dict[str, Any]:
    """Options for a process group of its own, so that signals for the desk do not reach the run."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}


def _interrupt(process: subprocess.Popen[bytes]) -> None:
    with suppress(OSError):
        if sys.platform == "win32":
            process.send_signal(signal.CTRL_BREAK_EVENT)
        else:
            os.killpg(process.pid, signal.SIGINT)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Kills the process; its workers end with it."""
    if process.poll() is None:
        with suppress(OSError):
            process.kill()
