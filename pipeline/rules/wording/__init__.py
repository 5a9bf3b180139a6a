"""The rules in German words: how a requirement is decided, the lines of the rulebook, the names of figures."""
