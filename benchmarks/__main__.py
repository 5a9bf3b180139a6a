"""Times ``kisi report`` as a whole process on a generated project: ``python -m benchmarks --municipalities 50``.

Prints wall-clock seconds (all runs and the median) and the peak memory of the process. Machines differ and
are noisy: compare runs of one machine. Measured figures stand in RESULTS.md.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.generate import generate


def measure(command: list[str]) -> tuple[float, float, int]:
    """(wall seconds, peak memory in MiB, exit code) of one process."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    return time.perf_counter() - start, usage.ru_maxrss / 1024, os.waitstatus_to_exitcode(status)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--municipalities", type=int, default=50)
    parser.add_argument("--persons", type=int, default=500)
    parser.add_argument("--runs", type=int, default=3)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rules, inputs = generate(folder, arguments.municipalities, Path("rules"), arguments.persons)
        command = [sys.executable, "-m", "pipeline.cli", "report", str(inputs), "--rules", str(rules)]
        runs = [measure([*command, "--out", str(folder / "out")]) for _ in range(arguments.runs)]
    assert all(code == 0 for _, _, code in runs), "a report did not end with exit code 0"
    size = f"{arguments.municipalities} workbooks of {arguments.persons} persons"
    seconds = [wall for wall, _, _ in runs]
    print(f"{size}, Python {platform.python_version()}, {os.cpu_count()} cores")
    print(f"wall s: {', '.join(f'{s:.2f}' for s in seconds)}; median {statistics.median(seconds):.2f}")
    print(f"peak MiB: {max(peak for _, peak, _ in runs):.0f}")


if __name__ == "__main__":
    main()
