"""What must hold for every workbook, tried on random ones (hypothesis).

The same examples on every run; KISI_EXAMPLES=50 tries fifty times as many, other ones each time.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

MORE = int(os.environ.get("KISI_EXAMPLES", "1"))


def few(examples: int) -> settings:
    """For tests whose every example reads whole workbooks."""
    return settings(
        max_examples=examples * MORE,
        derandomize=MORE == 1,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        print_blob=True,
    )
