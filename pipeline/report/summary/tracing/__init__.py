"""Sheets for auditors: Abgaben, Prüfprotokoll, Änderungen, Regelwerk, Herkunft, Kontrollsummen und Freigabe."""
