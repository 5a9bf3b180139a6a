"""Files in the working folder that open the desk by a double click.

Without ``kisi`` on the search path they look where uv and pipx install it. Plain ASCII, as each system reads
them in an encoding of its own.
"""

from __future__ import annotations

from pathlib import Path

_MISSING = "kisi ist nicht eingerichtet. Wie das geht, steht in anleitungen/Handbuch.html."
_WINDOWS = f"""\
@echo off
rem Oeffnet den Arbeitsordner im Browser, nur auf diesem Rechner.
chcp 65001 >nul
pushd "%~dp0"
set "PATH=%PATH%;%USERPROFILE%\\.local\\bin"
where kisi >nul 2>nul
if errorlevel 1 (
  echo {_MISSING}
) else (
  kisi desk .
)
if errorlevel 1 pause
popd
"""
_MACOS = f"""\
#!/bin/sh
# Oeffnet den Arbeitsordner im Browser, nur auf diesem Rechner.
cd "$(dirname "$0")" || exit 1
PATH="$PATH:$HOME/.local/bin:/opt/homebrew/bin:/usr/local/bin"
if command -v kisi >/dev/null; then
  kisi desk . && exit
else
  echo "{_MISSING}"
fi
echo "Weiter mit der Eingabetaste."
read -r answer
"""
# %k is the place of this file, which some programs leave out; then the one that it was laid at counts.
_LINUX = """\
[Desktop Entry]
Type=Application
Name=KISI starten
Comment=Oeffnet den Arbeitsordner im Browser, nur auf diesem Rechner
Exec=sh -c {script} kisi %k {place}
Terminal=true
Categories=Office;
"""
_SCRIPT = 'f=${1:-$2}; cd "$(dirname "${f#file://}")" && PATH="$PATH:$HOME/.local/bin" && exec kisi desk .'
WINDOWS, MACOS, LINUX = "KISI starten.cmd", "KISI starten.command", "kisi-starten.desktop"
EXECUTABLE = 0o755


def starters(folder: Path) -> dict[str, bytes]:
    """Name and content of each file for a working folder."""
    place = str(folder.resolve() / LINUX)
    entry = _LINUX.format(script=_quoted(_SCRIPT), place=_quoted(place).replace("%", "%%"))
    return {
        WINDOWS: _WINDOWS.replace("\n", "\r\n").encode("ascii"),
        MACOS: _MACOS.encode("ascii"),
        LINUX: entry.encode("utf-8", "surrogateescape"),
    }


def _quoted(text: str) -> str:
    """An argument of Exec as the Desktop Entry Specification wants it: quoted, and that again as a value."""
    quoted = "".join(f"\\{c}" if c in '"`$\\' else c for c in text)
    return f'"{quoted}"'.replace("\\", "\\\\")
