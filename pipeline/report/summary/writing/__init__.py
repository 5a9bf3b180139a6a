"""Writes sheets of the report: the workbook, tables, cells, styles, row heights, texts."""
