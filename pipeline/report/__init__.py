"""Outcome → the files of a report: the summary workbook, ergebnis.json, overview page, forms, rows, manifest."""
