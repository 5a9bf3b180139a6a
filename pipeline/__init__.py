"""KISI-Berichtswesen: from received Excel workbooks to the report for the ministry."""

__version__ = "0.1.0"
DEBUG = "KISI_DEBUG"  # environment variable: our own faults show where they arise
PLAIN_STEP = "KISI_PLAIN_STEP"  # environment variable: after how many files progress is a line of its own
INTERRUPTED = 130  # exit code, what shells know as ended by Ctrl-C; 1 would say: done
