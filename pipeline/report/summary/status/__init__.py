"""Sheets on the status: Übersicht, Zeitschiene, Zielwerte, Meilensteine, Maßnahme 1 to 4."""
