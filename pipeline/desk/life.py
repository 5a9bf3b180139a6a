"""When the desk ends: with its last tab, or after a long silence.

Each page reports its tab now and then (desk.js), and that it is being left. Without script it does not; then
the button "Beenden" or Ctrl-C ends the desk.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

MOST_TABS = 100
SAME_TAB = 5  # seconds between a file shown and the page left for it


@dataclass
class Life:
    """Tracks open tabs.

    ``grace``: seconds to wait for the next page after one was left; ``reading``: the same where it was left
    for a file, which reports nothing. ``silence``: seconds after which a tab counts as closed; long, as
    browsers put tabs to sleep for hours.
    """

    grace: float = 15
    reading: float = 1800
    silence: float = 3 * 3600
    now: Callable[[], float] = time.monotonic
    tabs: dict[str, float] = field(default_factory=dict)
    left: float | None = None
    shown: float = -1e9
    ended: bool = False

    def seen(self, tab: str) -> None:
        if tab in self.tabs or len(self.tabs) < MOST_TABS:
            self.tabs[tab] = self.now()
            self.left = None

    def gone(self, tab: str) -> None:
        if self.tabs.pop(tab, None) is not None and not self.tabs:
            now = self.now()
            self.left = now + self.reading if now - self.shown < SAME_TAB else now

    def file_shown(self) -> None:
        """A file was requested, in a tab of its own or in that of the page."""
        self.shown = self.now()

    def asked(self) -> None:
        """A page was requested, so a tab is about to open."""
        if self.left is not None:
            self.left = self.now()

    def over(self) -> bool:
        now = self.now()
        for tab, last in list(self.tabs.items()):
            if now - last > self.silence:
                self.gone(tab)
        return self.ended or (self.left is not None and now - self.left > self.grace)
