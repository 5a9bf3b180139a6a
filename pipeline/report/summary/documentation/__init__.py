"""Sheets that document: Nachweise and its register, Bedarfe und Angebote, Dokumentation, AMIF."""
