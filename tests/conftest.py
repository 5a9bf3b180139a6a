"""For all tests: commands work in this process, unless a test wants processes of its own.

To start a process costs a second, and what one does is tested where processes are the matter.
"""

from __future__ import annotations

import os

os.environ.setdefault("KISI_JOBS", "0")
