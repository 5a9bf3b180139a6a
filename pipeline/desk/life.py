"""When the desk ends: with its last tab, or when nobody has been there for long.

Each page tells its tab's name now and then (desk.js), and says goodbye when it is left. Without script nobody
says goodbye; then the button "Beenden" or Ctrl-C ends the desk.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

MOST_TABS = 100
SAME_TAB = 5  # seconds between a file shown and the page left for it


@dataclass
class Life:
    """``grace``: seconds for the next page after one was left; ``reading``: where it was left for a file, which
    says nothing of itself. ``silence``: seconds after which a tab is gone.

    A browser may put a tab to sleep, which then keeps silent for hours, so ``silence`` is long.
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
        """A file is shown, in a tab of its own or in that of the page."""
        self.shown = self.now()

    def asked(self) -> None:
        """A page was asked for: the tab is on its way to it."""
        if self.left is not None:
            self.left = self.now()

    def over(self) -> bool:
        now = self.now()
        for tab, last in list(self.tabs.items()):
            if now - last > self.silence:
                self.gone(tab)
        return self.ended or (self.left is not None and now - self.left > self.grace)
