"""``python -m pipeline.cli`` is ``kisi``."""

from pipeline.cli import main

main()
