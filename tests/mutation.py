"""Runs the quick tests over each of mutmut's changes of the code, in forks of one process (CONTRIBUTING).

``python -m tests.mutation`` makes the changes and asks them all, ``… pipeline.checks.dates`` those of a module.
mutmut itself starts pytest for each change, which costs thirty times what the tests cost. The verdicts are
written where ``mutmut results`` and ``mutmut show NAME`` look for them.
"""

from __future__ import annotations

import contextlib
import io
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

SECONDS = 10  # of processor time, after which a change counts as noticed
NOTICED, SURVIVED, NO_TEST, TIMEOUT = 1, 0, 33, 36  # exit codes as mutmut writes them
WORDS = {NOTICED: "noticed", SURVIVED: "survived", NO_TEST: "not run by any test", TIMEOUT: "timeout"}
Call = Callable[[], object]


def main(modules: list[str]) -> None:
    """Make the changes in ``mutants/`` and ask them there, where ``pipeline`` and ``tests`` are the copies."""
    from mutmut import __main__ as mutmut  # noqa: PLC0415  - in no lock

    Path("mutants").mkdir(exist_ok=True)
    with contextlib.redirect_stdout(io.StringIO()):
        mutmut.copy_src_dir()
        mutmut.copy_also_copy_files()
        mutmut.create_mutants(2)
    words = [sys.executable, "-m", "tests.mutation", "--ask", *modules]
    subprocess.run(
        words, cwd="mutants", check=True, env=os.environ | {"MUTANT_UNDER_TEST": "", "KISI_JOBS": "0"}
    )


def ask(modules: list[str]) -> None:
    from mutmut.mutation.data import SourceFileMutationData  # noqa: PLC0415

    os.chdir("..")  # where mutmut looks for its files
    found = list(Path("mutants/pipeline").rglob("*.meta"))
    os.chdir("mutants")
    calls = calls_by_function()
    for meta in sorted(found):
        path = meta.relative_to("mutants").with_suffix("")
        module = ".".join(path.with_suffix("").parts).removesuffix(".__init__")
        if modules and module not in modules:
            continue
        data = SourceFileMutationData(path=path)
        data.meta_path = Path(f"{path}.meta")
        data.load()
        for name in data.exit_code_by_key:
            data.exit_code_by_key[name] = verdict(name, calls[name.partition("__mutmut_")[0]])
        data.save()
        tell(module, Counter(data.exit_code_by_key.values()))


def tell(module: str, counts: Counter[int | None]) -> None:
    total = counts.total()
    noticed = counts[NOTICED] + counts[TIMEOUT]
    words = ", ".join(f"{counts[code]} {word}" for code, word in WORDS.items() if counts[code])
    sys.stdout.write(f"{module}: {total} changes, {words}: {100 * noticed / max(1, total):.1f} %\n")
    sys.stdout.flush()


def calls_by_function() -> defaultdict[str, list[Call]]:
    """The tests that come by each function, the quickest first; each is called once to know."""
    from mutmut.configuration import config  # noqa: PLC0415
    from mutmut.state import state  # noqa: PLC0415

    found: defaultdict[str, list[tuple[float, Call]]] = defaultdict(list)
    os.environ["MUTANT_UNDER_TEST"] = "stats"
    for call in collected(config().pytest_add_cli_args_test_selection):
        state()._stats.clear()
        start = time.process_time()
        call()
        for function in state()._stats:
            found[function].append((time.process_time() - start, call))
    return defaultdict(
        list, {f: [c for _, c in sorted(timed, key=lambda t: t[0])] for f, timed in found.items()}
    )


class _Collector:
    items: list[Any]

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self.items = list(session.items)


def collected(files: list[str]) -> Iterator[Call]:
    collector = _Collector()
    with contextlib.redirect_stdout(io.StringIO()) as shown:
        code = pytest.main(["--collect-only", "-qq", "-p", "no:cacheprovider", *files], plugins=[collector])
    assert code == 0, shown.getvalue()
    for item in collector.items:
        yield lambda item=item: called(item)


def called(item: Any) -> None:
    """Call a test as pytest does, with ``tmp_path``, ``monkeypatch`` and fixtures that need no other."""
    given = dict(item.callspec.params) if hasattr(item, "callspec") else {}
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        fixtures = {"tmp_path": Path(folder).resolve(), "monkeypatch": patch} | given
        info = item._fixtureinfo
        for name in info.argnames:
            if name not in fixtures:
                fixtures[name] = info.name2fixturedefs[name][-1].func()
        item.obj(**{name: fixtures[name] for name in info.argnames})


def verdict(name: str, calls: list[Call]) -> int:
    if not calls:
        return NO_TEST
    child = os.fork()
    if child == 0:
        _asked(name, calls)
    _, status = os.waitpid(child, 0)
    return os.WEXITSTATUS(status) if os.WIFEXITED(status) else TIMEOUT


def _asked(name: str, calls: list[Call]) -> None:
    """In the child: the end of the process is the answer."""
    os.environ["MUTANT_UNDER_TEST"] = name
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    try:
        for call in calls:
            call()
    except BaseException:  # whatever a change leads to
        os._exit(NOTICED)
    os._exit(SURVIVED)


if __name__ == "__main__":
    (ask if sys.argv[1:2] == ["--ask"] else main)([a for a in sys.argv[1:] if a != "--ask"])
