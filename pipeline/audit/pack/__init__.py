"""Packs a report with received files, rules and program into one archive that can be verified and recomputed
for years.

A BagIt bag (RFC 8493) in a zip. Contract: ``kisi pack``, ``kisi verify PACKAGE.zip``; docs/adr/0022.
"""
