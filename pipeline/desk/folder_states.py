"""The state of the received files, recomputed in a process of its own when they have changed.

The process keeps its cache in the desk's own folder, so that ``output`` stays free for ``kisi report``.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline import PLAIN_STEP
from pipeline.definitions.messages import number_of
from pipeline.desk.place import Place
from pipeline.desk.runs import progress_of
from pipeline.disk.clock import today
from pipeline.disk.system_calls import entries_below
from pipeline.engine.cache import program_hash

_STATE, _LOG = "stand.json", "stand.txt"


@dataclass(frozen=True)
class FolderState:
    """``state``: the document of ``state_of``, None before the first result or after a failure (``problem``).

    ``busy``: it is being recomputed; ``progress``: how far that is.
    """

    state: dict[str, Any] | None
    busy: bool = False
    problem: str | None = None
    progress: str | None = None


class FolderStates:
    """Recomputes the state when the folder changes; one process at a time, however many pages ask."""

    def __init__(self, place: Place, command: Sequence[str]) -> None:
        """``command`` prints the state of the folder in which it is started."""
        self.place, self.command = place, command
        self._lock = threading.Lock()
        self._idle = threading.Event()
        self._idle.set()
        self._process: subprocess.Popen[bytes] | None = None
        self._known: tuple[str, dict[str, Any] | None, str | None] = ("", None, None)
        self._remember()

    def look(self, wait: float) -> FolderState:
        """The newest state; waits up to ``wait`` seconds for one that is being computed."""
        now = self._fingerprint()
        if self._known[0] != now:
            self._start(now)
            self._idle.wait(wait)
        mark, state, problem = self._known
        if mark == now:
            return FolderState(state, problem=problem)
        return FolderState(state, busy=True, progress=self._progress())

    def close(self) -> None:
        """Ends a computation that is under way."""
        process = self._process
        if process is not None:
            process.kill()

    def _start(self, mark: str) -> None:
        with self._lock:
            if not self._idle.is_set():
                return
            self._idle.clear()
        threading.Thread(target=self._work, args=(mark,), daemon=True).start()

    def _work(self, mark: str) -> None:
        try:
            self._known = (mark, *self._asked())
            if self._known[1] is not None:
                text = json.dumps({"program": program_hash(), "mark": mark, "state": self._known[1]})
                new = self.place.own / f"{_STATE}.neu"
                new.write_text(text, "utf-8")
                new.replace(self.place.own / _STATE)
        except OSError as error:
            self._known = (
                mark,
                None,
                f"Der Arbeitsordner ist nicht beschreibbar (Systemfehler {error.errno}).",
            )
        finally:
            self._idle.set()

    def _asked(self) -> tuple[dict[str, Any] | None, str | None]:
        with (self.place.own / _LOG).open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603  - our own program
                self.command,
                cwd=self.place.folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                env={**os.environ, "PYTHONUNBUFFERED": "1", PLAIN_STEP: "1"},
            )
            printed, _ = self._process.communicate()
        self._process = None
        try:
            state: dict[str, Any] = json.loads(printed)
        except ValueError:
            return None, self._log() or "Die Mappen lassen sich gerade nicht lesen."
        return state, None

    def _log(self) -> str:
        try:
            return (self.place.own / _LOG).read_text("utf-8", "replace").strip()
        except OSError:
            return ""

    def _progress(self) -> str | None:
        found = progress_of(self._log())
        return f"{found[0]} von {number_of(found[1], 'Datei', 'Dateien')} geprüft" if found else None

    def _remember(self) -> None:
        """Takes over the state that an earlier desk of the same program has stored."""
        with suppress(OSError, ValueError, KeyError, TypeError):
            known = json.loads((self.place.own / _STATE).read_text("utf-8"))
            if known["program"] == program_hash():
                self._known = (str(known["mark"]), dict(known["state"]), None)

    def _fingerprint(self) -> str:
        """Changes with every received file that is added, removed or saved, with the rules and with the day."""
        found = hashlib.sha256(f"{program_hash()} {today()}".encode())
        for folder in (self.place.received, self.place.rules):
            with suppress(OSError):  # what goes away meanwhile is seen the next time
                for path in entries_below(folder):
                    found.update(_seen(path))
        return found.hexdigest()


def _seen(path: Path) -> bytes:
    try:
        facts = path.lstat()
    except OSError:
        return b""
    return f"{path}\0{facts.st_size}\0{facts.st_mtime_ns}\0{facts.st_mode}\n".encode(
        "utf-8", "surrogateescape"
    )
