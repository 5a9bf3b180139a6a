"""Opens an address in the browser, and a file in the program that the system has for it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import webbrowser
from contextlib import suppress
from pathlib import Path

OPENED = (".xlsx", ".docx", ".html", ".txt", ".eml", ".csv", ".yaml", ".j2", ".json")


def open_browser(address: str) -> None:
    """Opens an address without waiting: the system's browser may be one that runs in a terminal."""
    threading.Thread(target=_browse, args=(address,), daemon=True).start()


def _browse(address: str) -> None:
    with suppress(webbrowser.Error):
        webbrowser.open(address)


def open_file(path: Path) -> bool:
    """Asks the system to open a file that is no program; whether it could."""
    if path.suffix.lower() not in OPENED:
        return False
    try:
        if sys.platform == "win32":
            os.startfile(path)  # noqa: S606
        else:
            opener = "open" if sys.platform == "darwin" else "xdg-open"
            subprocess.Popen(  # noqa: S603  - a program of the system, a file of ours
                [opener, str(path)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
    except OSError:
        return False
    return True
