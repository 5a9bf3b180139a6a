"""Hostile variants of a valid workbook, each with the one answer that the contract (workbook.md) wants.

``catalogue.VARIANTS`` lists them all. ``python -m tests.hostile.trial`` tries them and many random mutants
at length; what it found stands in docs/robustheit.md.
"""
