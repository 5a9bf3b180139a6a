"""Retraces a report: verify compares it with the received files, explain derives one figure."""
