"""Loads the files of ``rules/`` into ``Rules``; every problem is named with file and line."""
