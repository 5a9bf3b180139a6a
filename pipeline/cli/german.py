"""click words its own messages through gettext; German is the only language it shall speak."""

from __future__ import annotations

import gettext
import os
from pathlib import Path

os.environ["LANGUAGE"] = "de"
gettext.bindtextdomain("click_de", str(Path(__file__).parents[1] / "locale"))
gettext.textdomain("click_de")
