"""The files of ``rules/`` → ``Rules``, strictly; every problem with file and line."""
