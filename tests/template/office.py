"""LibreOffice as the municipalities' program: opens, recalculates and saves."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

SOFFICE = shutil.which("soffice")
needs_libreoffice = [
    pytest.mark.libreoffice,
    pytest.mark.skipif(SOFFICE is None, reason="LibreOffice (soffice) ist nicht installiert"),
]


def recalculate(folder: Path, files: list[Path]) -> Path:
    """Each file, opened and saved again as xlsx; returns the folder with the results."""
    out = folder / "recalculated"
    profile = f"-env:UserInstallation=file://{folder}/profile"
    command = [
        str(SOFFICE),
        profile,
        "--headless",
        "--convert-to",
        "xlsx",
        "--outdir",
        str(out),
        *map(str, files),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    return out
