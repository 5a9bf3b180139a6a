"""``python -m docs.generate``: writes docs/referenz/ anew."""

from docs.generate import FOLDER, reference

FOLDER.mkdir(exist_ok=True)
for name, text in reference().items():
    (FOLDER / name).write_text(text, encoding="utf-8", newline="\n")
