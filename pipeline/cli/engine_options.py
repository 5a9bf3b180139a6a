"""The options that say who does the work, and the engine they give."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import click

from pipeline.cli.common import CommandError

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.engine.engine import Engine
    from pipeline.engine.workers import WorkerPool
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


def protected(function: Callable[[list[T]], list[R]], item: T, jobs: int | None = None) -> R | None:
    """``function`` of one item in a child process; None when the item ended it."""
    from pipeline.engine.workers import CannotWork, guarded

    wanted = os.environ.get(JOBS_VARIABLE) if jobs is None else str(jobs)
    try:
        return guarded(function, item, in_process=wanted == "0")
    except CannotWork as error:
        raise CommandError(str(error)) from None


def with_engine(
    work: Callable[[Engine], T],
    rules: Rules,
    jobs: int | None,
    cluster: str | None = None,
    store: Path | None = None,
) -> T:
    """``work`` with a engine; ``store`` is the folder in which results are kept for the next time.

    Where it turns out to be damaged on the way, it is thrown away and everything worked out anew.
    """
    from pipeline.engine.cache import CACHE_FILE, CacheDamaged, forget
    from pipeline.engine.workers import CannotWork

    try:
        try:
            return _with_engine(work, rules, jobs, cluster, store)
        except CacheDamaged:
            if store is not None:
                forget(store / CACHE_FILE)
            return _with_engine(work, rules, jobs, cluster, store)
    except CacheDamaged as damaged:
        reason = "auf dem Datenträger ist kein Platz mehr" if damaged.full else "er lässt sich nicht lesen"
        raise CommandError(f"Der Ordner für vorläufige Dateien ist nicht verwendbar: {reason}.") from None
    except CannotWork as error:
        raise CommandError(str(error)) from None


def _with_engine(
    work: Callable[[Engine], T], rules: Rules, jobs: int | None, cluster: str | None, folder: Path | None
) -> T:
    from pipeline.engine.cache import CACHE_FILE, ResultCache
    from pipeline.engine.engine import Engine
    from pipeline.engine.workers import alone, children, on_cluster

    jobs = jobs if jobs is not None else (os.cpu_count() or 1)
    open_pool: Callable[[int], WorkerPool] = partial(children, jobs) if jobs else alone
    if cluster:
        open_pool = partial(on_cluster, cluster)
    store = ResultCache(folder / CACHE_FILE) if folder else None
    with Engine(rules, open_pool, store) as engine:
        try:
            done = work(engine)
        except click.ClickException:
            if store is not None:
                store.undo()
            raise
    if store is not None:
        store.forget_unused()
        store.close()
    return done
