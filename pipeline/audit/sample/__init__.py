"""A reproducible sample of records for an audit visit: draws it, writes the workbook, reads it back.
Contract: ``kisi sample``.
"""
