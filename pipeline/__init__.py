"""KISI-Berichtswesen: from received Excel workbooks to the report for the ministry."""

__version__ = "0.1.0"
DEBUG = "KISI_DEBUG"  # environment variable: our own faults show where they arise
