"""Are the locked packages there, ready-made, for every system and Python we name? Downloads each, by its hash.

Nothing of them is run: that they work on Windows or macOS is not shown by this. Needs a network; without one
it says so and ends well. Call: ``python .ci/wheels.py``.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from itertools import product
from pathlib import Path
from typing import NamedTuple

from packaging.markers import Environment, default_environment
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
LOCKS = ("requirements.lock", "requirements-dev.lock")
PYTHONS = ("3.11", "3.12", "3.13", "3.14", "3.15")
UNREACHED = re.compile(r"after connection broken by|ConnectionError|ConnectTimeout|ReadTimeout|ProxyError")


class System(NamedTuple):
    """A kind of computer: the values of its environment markers, and the wheels that pip takes on it."""

    name: str
    sys_platform: str
    platform_system: str
    os_name: str
    platform_machine: str
    tags: tuple[str, ...]


SYSTEMS = (
    System("Linux", "linux", "Linux", "posix", "x86_64", ("manylinux_2_28_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64")),
    System("Windows", "win32", "Windows", "nt", "AMD64", ("win_amd64",)),
    System("macOS", "darwin", "Darwin", "posix", "arm64", ("macosx_14_0_arm64",)),
    System("macOS on Intel", "darwin", "Darwin", "posix", "x86_64", ("macosx_14_0_x86_64",)),
)  # fmt: skip


def environment(system: System, python: str) -> Environment:
    """The environment markers of a Python on a system."""
    return {
        **default_environment(),
        "sys_platform": system.sys_platform,
        "platform_system": system.platform_system,
        "os_name": system.os_name,
        "platform_machine": system.platform_machine,
        "python_version": python,
        "python_full_version": f"{python}.0",
        "implementation_version": f"{python}.0",
    }


def locked(text: str, where: Environment) -> dict[Requirement, str]:
    """The pins of a lock that hold there, each with the lines of its hashes."""
    pins = {}
    for pin, hashes in re.findall(r"^([\w.-]+==[^\\\n]+)\\\n((?:    --hash=.*\n)+)", text, re.MULTILINE):
        requirement = Requirement(pin)
        if requirement.marker is None or requirement.marker.evaluate(dict(where)):
            pins[requirement] = hashes
    return pins


def without_markers(text: str, where: Environment) -> str:
    """A lock for one target: pip download would hold the markers against the Python that runs it."""
    return "".join(f"{pin.name}{pin.specifier} \\\n{hashes}" for pin, hashes in locked(text, where).items())


def ask(system: System, python: str, folder: Path) -> str:
    """Download every locked package for one target. Gives what pip complains of, or nothing."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    command += ["--no-deps", "--only-binary=:all:", "--require-hashes", "--dest", str(folder)]
    command += ["--implementation", "cp", "--python-version", python]
    command += [word for tag in system.tags for word in ("--platform", tag)]
    for name in LOCKS:
        path = folder / name
        path.write_text(
            without_markers((ROOT / name).read_text(encoding="utf-8"), environment(system, python))
        )
        command += ["--requirement", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stderr


def main() -> int:
    missing = []
    with tempfile.TemporaryDirectory() as folder:
        for system, python in product(SYSTEMS, PYTHONS):
            complaint = ask(system, python, Path(folder))
            if UNREACHED.search(complaint):
                print("NOTICE: the package index cannot be reached; the locked wheels are not asked for.")
                return 0
            if complaint:
                missing.append(f"{system.name}, Python {python}:\n{complaint}")
    names = ", ".join(s.name for s in SYSTEMS)
    print(*missing or [f"Wheels: all are there for {names}, Python {', '.join(PYTHONS)}."], sep="\n")
    return bool(missing)


if __name__ == "__main__":
    sys.exit(main())
