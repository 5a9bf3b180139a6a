"""The rules in German words: how a requirement is decided, the rulebook, the names of figures."""
