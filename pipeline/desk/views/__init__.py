"""What each view says, as plain values: the same for the page and for its JSON."""
