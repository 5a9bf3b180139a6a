"""Writes the files of a report from an outcome: summary workbook, ergebnis.json, overview page, forms, row
files, manifest.
"""
