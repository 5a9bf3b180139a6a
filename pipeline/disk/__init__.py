"""The file system: outputs that appear whole or not at all, flushing, errors in German, the working folder."""
