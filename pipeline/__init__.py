"""KISI-Berichtswesen: from received Excel workbooks to the report for the ministry."""

import atexit
import gc

__version__ = "0.1.0"
DEBUG = "KISI_DEBUG"  # environment variable: our own faults show where they arise
PLAIN_STEP = "KISI_PLAIN_STEP"  # environment variable: after how many files progress is a line of its own
INTERRUPTED = 130  # exit code, what shells know as ended by Ctrl-C; 1 would say: done


def collect_rarely() -> None:
    """Search this process for unreachable cycles rarely, and not when it ends.

    Nearly everything alive is imported modules and lists of plain values; searching them takes a third of the
    time of a short command.
    """
    gc.set_threshold(100_000)
    atexit.register(gc.freeze)
