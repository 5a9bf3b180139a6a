"""Reports that somebody changed: the table of manipulations and what finds them."""
