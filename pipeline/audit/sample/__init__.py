"""A reproducible sample of the records for a visit: draw, write the workbook, read it back. Contract: ``kisi sample``."""
