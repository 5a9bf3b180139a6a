"""Names of files, the ministry's form and reports, changed at random; prints the table of docs/robustheit.md.

``python -m tests.hostile.fuzz --seconds 120 --seed 1``. Forms and reports go to children that may die, as the
commands send them: what ends a child is counted. The same seed gives the same names and files.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path, PurePosixPath

from pipeline.audit.verify.compare_workbooks import compare_workbooks
from pipeline.audit.verify.opened_report import read_opened
from pipeline.definitions.foreign import escaped
from pipeline.engine.child import TaskLimits, each_limited
from pipeline.engine.workers import process_pool
from pipeline.reading.package import Refused
from pipeline.report.feedback_places import feedback_places
from pipeline.report.ministry_form import FillTask, fill_batch, plan_each
from pipeline.submissions import receive
from tests import builder, cell_edits
from tests.hostile.mutants import BYTES, XML

SAMPLES = sorted(p for p in (builder.ROOT / "docs/beispiel").iterdir() if p.suffix in (".xlsx", ".docx"))
REFUSED = "abgelehnt, mit Grund"
BATCH, LIMITS = 20, TaskLimits(seconds=60)
PIECES = (
    *(
        "a",
        "A",
        "ä",
        "a\u0308",
        ".xlsx",
        ".XLSX",
        ".txt",
        ".ordner",
        " ",
        " (2)",
        "~",
        "manifest.json",
        "Bestand",
    ),
    *(
        "\n",
        "\r",
        "\x1b[1A",
        "\x9b",
        "\u202e",
        "\u2028",
        "\u200b",
        "\ud7ff",
        "\udcff",
        "=1+1",
        "<b>",
        "&",
        "'",
        '"',
    ),
    *("x" * 60, "ü" * 60, ".", "..", "-", "\\", ":", "|", "🎄", "\ufffe"),
)


# --- names --------------------------------------------------------------------------------------------


def name(dice: random.Random) -> str:
    """A path of one to three parts that a file system takes."""
    parts = ("".join(dice.choices(PIECES, k=dice.randint(1, 4))) for _ in range(dice.choice((1, 1, 2, 3))))
    fitting = (
        part.encode("utf-8", "surrogateescape")[:240].decode("utf-8", "surrogateescape") for part in parts
    )
    return "/".join(part if part.strip(".") else f"p{part}" for part in fitting)


def try_names(dice: random.Random) -> str:
    """A folder of such names: read, and a copy and a letter for each, all apart and inside, none forging a line."""
    names = sorted({name(dice) for _ in range(12)})
    with tempfile.TemporaryDirectory() as folder:
        for one in names:
            try:
                (Path(folder) / one).parent.mkdir(parents=True, exist_ok=True)
                (Path(folder) / one).touch()
            except OSError:  # a file where a folder should be, a name that this system does not take
                continue
        received = receive(Path(folder))
    here = [n for n, _ in received.files] or names
    places = feedback_places(here).values()
    paths = [path for place in places for path in (place.copy, place.letter)]
    above = {parent for path in paths for parent in path.parents}
    apart = len({str(path).casefold() for path in paths}) == len(paths) and not above & set(paths)
    inside = all(not path.is_absolute() and ".." not in path.parts for path in paths)
    seen = all(
        escaped(n).isprintable() or not set(escaped(n)) & set("\n\r\x1b\x9b\u202e\u2028") for n in here
    )
    letters = all(PurePosixPath(place.letter).suffix == ".txt" for place in places)
    return "richtig" if apart and inside and seen and letters else f"falsch: {here!r}"


# --- files --------------------------------------------------------------------------------------------


def mutant(data: bytes, seed: int) -> bytes:
    """The file with bytes of one or two of its parts changed; one in ten in the zip itself."""
    dice = random.Random(seed)  # noqa: S311  - a seed, no secret
    if dice.random() < 0.1:
        whole = bytearray(data)
        dice.choice(BYTES)(dice, whole)
        return bytes(whole)
    parts = cell_edits.unpack(data)
    for _ in range(dice.randint(1, 2)):
        part = dice.choice(sorted(n for n, content in parts.items() if content))
        content = bytearray(parts[part])
        for _ in range(dice.randint(1, 3)):
            if content:
                dice.choice((*BYTES, *XML, *XML))(dice, content)
        parts[part] = bytes(content)
    return cell_edits.pack(parts)


@cache
def _report() -> bytes:
    return builder.valid()


def try_forms(seeds: list[int]) -> list[str]:
    return [_answer(partial(_filled, SAMPLES[seed % len(SAMPLES)], seed)) for seed in seeds]


def try_reports(seeds: list[int]) -> list[str]:
    return [_answer(partial(_compared, mutant(_report(), seed))) for seed in seeds]


def _answer(work: Callable[[], str]) -> str:
    try:
        return work()
    except Refused:
        return REFUSED


def _filled(sample: Path, seed: int) -> str:
    (plan,) = plan_each(builder.rules(), [(sample.name, mutant(sample.read_bytes(), seed))])
    if isinstance(plan, list):
        return REFUSED
    fill_batch([FillTask(plan, (1,) * len(plan.asked))])
    return "ausgefüllt"


def _compared(data: bytes) -> str:
    found = compare_workbooks(read_opened(data), read_opened(_report()))
    return "Abweichung genannt" if found.differences or found.uncompared else "gleich gelesen"


def tried(work: Callable[[list[int]], list[str]], seed: int, until: float) -> Counter[str]:
    """So many as there is time for, in two children."""

    def seeds() -> Iterator[list[int]]:
        first = seed * 1_000_000
        while time.monotonic() < until:
            yield list(range(first, first + BATCH))
            first += BATCH

    pool = process_pool(2, 1000)
    lost = "im eigenen Prozess abgebrochen, mit Grund"
    answers = pool.map(partial(each_limited, LIMITS, work), seeds(), lambda _: lost)
    found = Counter(answer for batch in answers for answer in batch)
    pool.close()
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    dice = random.Random(asked.seed)  # noqa: S311
    end, names = time.monotonic() + asked.seconds / 3, Counter[str]()
    while time.monotonic() < end:
        names[try_names(dice)] += 1
    results = {"Ordner mit Namen": names}
    for title, work in (("Formulare", try_forms), ("Berichte", try_reports)):
        results[title] = tried(work, asked.seed, time.monotonic() + asked.seconds / 3)
    for title, found in results.items():
        print(f"{title}: {found.total()} – " + ", ".join(f"{n} {word}" for word, n in found.most_common()))  # noqa: T201


if __name__ == "__main__":
    from tests.hostile.fuzz import main as imported  # children find functions by the name of their module

    imported()
