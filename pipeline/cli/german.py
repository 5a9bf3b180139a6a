"""Makes click print its own messages in German, the only language of the program."""

from __future__ import annotations

import gettext
import os

os.environ["LANGUAGE"] = "de"
# pathlib costs more than all the rest here
gettext.bindtextdomain("click_de", f"{os.path.dirname(os.path.dirname(__file__))}/locale")  # noqa: PTH120
gettext.textdomain("click_de")
