"""The data of each page as plain values, for its HTML and its JSON alike."""
