"""Sheets of what is documented: Nachweise and its register, Bedarfe und Angebote."""
