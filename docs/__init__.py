"""Documents, and the programs that make those of them that are made."""
