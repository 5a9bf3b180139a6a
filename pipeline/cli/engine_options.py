"""The options that say who does the work, and the bench they give."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import click

from pipeline.cli.common import Stop

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.engine.engine import Bench
    from pipeline.engine.workers import Crew, Limits
    from pipeline.rules import Rules

T = TypeVar("T")
R = TypeVar("R")
JOBS_VARIABLE = "KISI_JOBS"
JOBS_OPTION = click.option(
    "--jobs",
    type=click.IntRange(min=0),
    envvar=JOBS_VARIABLE,
    metavar="ZAHL",
    help="Zahl der Prozesse, die Mappen prüfen; sonst so viele wie Prozessorkerne. 0: ohne eigene Prozesse, "
    "also ohne Schutz vor Dateien, an denen das Lesen abstürzt.",
)
CLUSTER_OPTION = click.option(
    "--cluster",
    metavar="ADRESSE",
    help="Adresse eines Dask-Schedulers (tcp://…), dessen Rechner die Mappen prüfen.",
)


def protected(function: Callable[[Limits | None, list[T]], list[R]], item: T, lost: R) -> R:
    """``function`` of one item in a child process; ``lost`` when the item ended it."""
    from pipeline.engine.workers import CannotWork, Limits, alone, children

    in_child = os.environ.get(JOBS_VARIABLE) != "0"
    crew = children(1, 1) if in_child else alone()
    try:
        (found,) = next(crew.map(partial(function, Limits() if in_child else None), [[item]], lambda _: lost))
    except CannotWork as error:
        raise Stop(str(error)) from None
    finally:
        crew.close()
    return found


def with_bench(
    work: Callable[[Bench], T],
    rules: Rules,
    jobs: int | None,
    cluster: str | None = None,
    store: Path | None = None,
) -> T:
    """``work`` with a bench; ``store`` is the folder in which results are kept for the next time.

    Where it turns out to be damaged on the way, it is thrown away and everything worked out anew.
    """
    from pipeline.engine.cache import STORE_FILE, StoreDamaged
    from pipeline.engine.workers import CannotWork

    try:
        try:
            return _with_bench(work, rules, jobs, cluster, store)
        except StoreDamaged:
            if store is not None:
                (store / STORE_FILE).unlink(missing_ok=True)
            return _with_bench(work, rules, jobs, cluster, store)
    except StoreDamaged as damaged:
        reason = "auf dem Datenträger ist kein Platz mehr" if damaged.full else "er lässt sich nicht lesen"
        raise Stop(f"Der Ordner für vorläufige Dateien ist nicht verwendbar: {reason}.") from None
    except CannotWork as error:
        raise Stop(str(error)) from None


def _with_bench(
    work: Callable[[Bench], T], rules: Rules, jobs: int | None, cluster: str | None, folder: Path | None
) -> T:
    from pipeline.engine.cache import STORE_FILE, Store
    from pipeline.engine.engine import Bench
    from pipeline.engine.workers import alone, children, on_cluster

    jobs = jobs if jobs is not None else (os.cpu_count() or 1)
    hire: Callable[[int], Crew] = partial(children, jobs) if jobs else alone
    if cluster:
        hire = partial(on_cluster, cluster)
    store = Store(folder / STORE_FILE) if folder else None
    with Bench(rules, hire, store) as bench:
        try:
            done = work(bench)
        except click.ClickException:
            if store is not None:
                store.undo()
            raise
    if store is not None:
        store.forget_unused()
        store.close()
    return done
