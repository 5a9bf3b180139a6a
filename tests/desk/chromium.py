"""A headless Chromium, driven over a pipe by its own protocol (DevTools), with a keyboard and nothing else."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Empty, Queue
from typing import Any

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
OPTIONS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--hide-scrollbars",
    "--lang=de-DE",
    "--no-first-run",
)
KEYS = {
    "Tab": {"key": "Tab", "code": "Tab", "windowsVirtualKeyCode": 9},
    "Enter": {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13, "text": "\r"},
    "Space": {"key": " ", "code": "Space", "windowsVirtualKeyCode": 32, "text": " "},
    "Down": {"key": "ArrowDown", "code": "ArrowDown", "windowsVirtualKeyCode": 40},
}
NAME = """(() => { const e = document.activeElement; if (!e || e === document.body) return "";
  const label = e.labels && e.labels.length ? e.labels[0].textContent : "";
  return (e.getAttribute("aria-label") || label || e.textContent).trim().replace(/\\s+/g, " "); })()"""
AT_3_AND_4 = """import fcntl, os, sys
there, here = (fcntl.fcntl(int(n), fcntl.F_DUPFD, 10) for n in sys.argv[1:3])
os.dup2(there, 3)
os.dup2(here, 4)
os.execv(sys.argv[3], sys.argv[3:])"""
SECONDS = 120


class Tab:
    """A tab of the browser."""

    def __init__(self, to: int, back: int) -> None:
        self._to, self._back = os.fdopen(to, "wb"), os.fdopen(back, "rb")
        self._answers: dict[int, Queue[dict[str, Any]]] = {}
        self._number = 0
        self._session: str | None = None
        self.choosers: Queue[int] = Queue()
        self.logged: list[str] = []
        threading.Thread(target=self._listen, daemon=True).start()
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "DOM", "Runtime", "Log"):
            self.call(f"{domain}.enable")
        self.call("Page.setInterceptFileChooserDialog", enabled=True)
        self.size(1000, 800)

    def _listen(self) -> None:
        rest = b""
        with suppress(OSError, ValueError):
            while more := self._back.read1(65536):  # type: ignore[attr-defined]
                *whole, rest = (rest + more).split(b"\0")
                for text in whole:
                    self._take(json.loads(text))

    def _take(self, message: dict[str, Any]) -> None:
        if "id" in message:
            self._answers[message["id"]].put(message)
        elif message["method"] == "Page.fileChooserOpened":
            self.choosers.put(message["params"]["backendNodeId"])
        elif message["method"] == "Log.entryAdded":
            self.logged.append(message["params"]["entry"]["text"])

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        self._number += 1
        answer = self._answers[self._number] = Queue()
        message = {"id": self._number, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        self._to.write(json.dumps(message).encode() + b"\0")
        self._to.flush()
        found = answer.get(timeout=SECONDS)
        if "error" in found:
            raise RuntimeError(found["error"]["message"])
        return dict(found["result"])

    def value(self, expression: str) -> Any:
        """Of an expression of script; waits for a promise."""
        done = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in done:
            raise RuntimeError(done["exceptionDetails"]["exception"].get("description", "script"))
        return done["result"].get("value")

    def until(self, expression: str, seconds: float = SECONDS) -> None:
        """Wait until script finds an expression to hold; a page on its way out does not answer."""
        for _ in range(int(seconds * 10)):
            with suppress(RuntimeError):
                if self.value(f"document.readyState === 'complete' && Boolean({expression})"):
                    return
            threading.Event().wait(0.1)
        raise AssertionError(f"{expression}: {self.value('document.body.innerText')}")

    def says(self, text: str) -> None:
        self.until(f"document.body.innerText.includes({json.dumps(text)})")

    def at(self, heading: str) -> None:
        self.until(f"document.querySelector('h1')?.textContent === {json.dumps(heading)}")

    def open(self, address: str) -> None:
        self.call("Page.navigate", url=address)

    def size(self, width: int, height: int, *, dark: bool = False) -> None:
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])

    # --- by keyboard ---

    def press(self, key: str) -> None:
        self.call("Input.dispatchKeyEvent", type="keyDown", **KEYS[key])
        self.call("Input.dispatchKeyEvent", type="keyUp", **KEYS[key])

    def type(self, text: str) -> None:
        self.call("Input.insertText", text=text)

    def tab_to(self, name: str) -> None:
        """Press Tab until what has that name, or a label that begins with it, has the focus."""
        for _ in range(400):
            self.press("Tab")
            if str(self.value(NAME)).startswith(name):
                assert self.value("document.activeElement.matches(':focus-visible')"), name
                return
        raise AssertionError(f"no way to {name} by keyboard")

    def enter(self, name: str) -> None:
        """Go to a link or a button and press Enter."""
        self.tab_to(name)
        self.press("Enter")

    def choose_files(self, name: str, files: list[Path]) -> None:
        """Open the file dialog of a field by keyboard; the dialog is the system's, so its answer is given."""
        self.tab_to(name)
        for key in ("Enter", "Space"):
            self.press(key)
            with suppress(Empty):
                node = self.choosers.get(timeout=3)
                self.call("DOM.setFileInputFiles", files=[str(f) for f in files], backendNodeId=node)
                return
        raise AssertionError(f"{name} opens no dialog")

    def picture(self, path: Path) -> None:
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot")["data"]))


@contextmanager
def chromium(profile: Path) -> Iterator[Tab]:
    """A browser with a profile of its own; ended with the block."""
    there, to = os.pipe()
    back, here = os.pipe()
    options = (*OPTIONS, "--remote-debugging-pipe", f"--user-data-dir={profile}")
    with subprocess.Popen(
        [sys.executable, "-c", AT_3_AND_4, str(there), str(here), str(CHROMIUM), *options],
        pass_fds=(there, here),
        env={**os.environ, "LANGUAGE": "de"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        os.close(there)
        os.close(here)
        tab = Tab(to, back)
        try:
            yield tab
        finally:
            with suppress(RuntimeError, Empty, OSError):
                tab.call("Browser.close")
            process.terminate()


Picture = Callable[[str], None]
