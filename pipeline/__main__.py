"""``python -m pipeline`` is ``kisi``."""

from pipeline.cli import main

main()
