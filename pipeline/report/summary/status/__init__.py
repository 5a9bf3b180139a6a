"""Sheets that say how things stand: Übersicht, Zeitschiene, Zielwerte, Meilensteine, Maßnahme 1 to 4."""
