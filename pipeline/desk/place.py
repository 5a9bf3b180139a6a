"""Paths of the working folder, and which of its files a page may name."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from pipeline.disk.unwritable import CannotWrite, german_errors
from pipeline.disk.working_folder import ARCHIVE, COPIES, GUIDES, RECEIVED, RESULTS, RULES, TEMPLATES

OWN = ".kisi-tisch"  # what the desk remembers: logs of runs, the last look, uploads under way
MADE = "uebertragen"  # migrated and merged workbooks
FORM_SUFFIXES = (".xlsx", ".docx")
READABLE = (
    RESULTS,
    COPIES,
    TEMPLATES,
    GUIDES,
    RULES,
    MADE,
)  # received files are looked at by the checks alone


@dataclass(frozen=True)
class Place:
    """A working folder as ``kisi init`` creates it."""

    folder: Path

    @property
    def rules(self) -> Path:
        return self.folder / RULES

    @property
    def received(self) -> Path:
        return self.folder / RECEIVED

    @property
    def results(self) -> Path:
        return self.folder / RESULTS

    @property
    def own(self) -> Path:
        """The desk's own folder, readable by this user only; created on first use. Raises CannotWrite."""
        folder = self.folder / OWN
        refuse_link(folder)
        with german_errors(folder):
            folder.mkdir(mode=0o700, exist_ok=True)
        return folder

    @property
    def sources(self) -> Path:
        """Folder for uploaded workbooks that a command reads (migrate, merge, sample)."""
        return self.own / "quellen"

    def clear_sources(self) -> None:
        shutil.rmtree(self.sources, ignore_errors=True)

    def file(self, name: str) -> Path | None:
        """Path of a file that may be shown, given with ``/``; None for any other."""
        parts = name.split("/")
        if parts[0] not in READABLE or not all(map(_plain, parts)):
            return None
        path = self.folder
        for part in parts:
            path = path / part
            if path.is_symlink():
                return None
        return path if path.is_file() else None

    def named(self, path: Path) -> str:
        return path.relative_to(self.folder).as_posix()

    def forms(self) -> list[str]:
        """Forms of the ministry: workbooks and documents in the working folder itself."""
        found = sorted(p.name for p in self.folder.iterdir() if p.suffix.lower() in FORM_SUFFIXES)
        return [
            n for n in found if _plain(n) and not n.startswith(("~", "-")) and (self.folder / n).is_file()
        ]

    def packages(self) -> list[str]:
        """Archives of reports, latest first."""
        found = (self.results / ARCHIVE).glob("*.zip")
        return sorted((self.named(p) for p in found if p.is_file()), reverse=True)

    def reports(self) -> list[str]:
        """Dates of the folders of results, latest first."""
        return sorted((p.parent.name for p in self.results.glob("????-??-??/manifest.json")), reverse=True)


def refuse_link(folder: Path) -> None:
    """Raises CannotWrite for a symbolic link: it could lead to other people's files."""
    if folder.is_symlink():
        raise CannotWrite(f"{folder} ist eine Verknüpfung und stammt nicht von kisi. Löschen Sie sie.")


def _plain(part: str) -> bool:
    """Whether a path part is neither hidden nor leads out of the folder, on Windows as well."""
    return part != "" and not part.startswith(".") and not any(c in part for c in "\\:\0")
