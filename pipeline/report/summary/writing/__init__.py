"""How a sheet of the report is written: the workbook, tables, cells, styles, row heights, texts."""
