"""Bytes of one received file → its typed tables and findings: package (the zip and its parts), locate (headers, rows), values (cells)."""
