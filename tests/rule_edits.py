"""Edits of a copy of the rule files, for tests of other rules (fixture ``rules_folder``)."""

from __future__ import annotations

from pathlib import Path


def edit(folder: Path, file: str, old: str, new: str) -> None:
    """Replaces the first occurrence; fails when there is none."""
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{old!r} is not in {file}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
