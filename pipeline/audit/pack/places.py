"""Paths, file names and labels of a package."""

from __future__ import annotations

RECEIVED, RULES, RESULTS, FORMS, PROGRAM = "eingang", "rules", "ergebnisse", "formulare", "programm"
LEDGER_FILE, DELETED_FILE = "pakete.csv", "geloescht.csv"
LEDGER_COLUMNS = ("Paket", "SHA-256", "Stand", "Regelwerk")
DELETED_COLUMNS = ("Datei", "SHA-256", "Grund")
PACKAGE_NAME = "KISI_Paket_{as_of}"
# labels of bag-info.txt; those with "Kisi-" are ours
AS_OF, RULES_VERSION, VERSION, RETENTION = (
    "Kisi-Stand",
    "Kisi-Regelwerk",
    "Kisi-Version",
    "Kisi-Aufbewahrung-Bis",
)
PREVIOUS, PREVIOUS_HASH, CONTENT = "Kisi-Vorheriges-Paket", "Kisi-Vorheriges-SHA-256", "Kisi-Inhalt-SHA-256"
