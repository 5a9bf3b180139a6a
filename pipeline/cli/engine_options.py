"""The options that choose the worker pool, and the engine made from them."""

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
    """Return ``function`` of one item, run in a child process; None when the item ended the child."""
    from pipeline.engine.workers import WorkersUnavailable, run_in_child

    wanted = os.environ.get(JOBS_VARIABLE) if jobs is None else str(jobs)
    try:
        return run_in_child(function, item, in_process=wanted == "0")
    except WorkersUnavailable as error:
        raise CommandError(str(error)) from None


def with_engine(
    work: Callable[[Engine], T],
    rules: Rules,
    jobs: int | None,
    cluster: str | None = None,
    cache_folder: Path | None = None,
    *,
    earlier: Path | None = None,
    with_rows: bool = False,
) -> T:
    """Call ``work`` with an engine and return its result.

    ``jobs``: number of worker processes; 0 works in this process, None uses one per processor.
    ``cluster``: address of a Dask scheduler. ``cache_folder``: folder of the cache of results; None
    caches nothing beyond this call. ``earlier``: folder of results whose cache is read and not changed.
    ``with_rows``: see ``Engine``. A cache that turns out to be damaged is deleted and the work
    repeated once. Raises CommandError when no worker can be started or nothing can be cached.
    """
    from pipeline.engine.cache import CACHE_FILE, CacheDamaged, delete_cache
    from pipeline.engine.workers import WorkersUnavailable

    try:
        try:
            return _with_engine(work, rules, jobs, cluster, cache_folder, earlier, with_rows=with_rows)
        except CacheDamaged:
            if cache_folder is not None:
                delete_cache(cache_folder / CACHE_FILE)
            return _with_engine(work, rules, jobs, cluster, cache_folder, None, with_rows=with_rows)
    except CacheDamaged as damaged:
        reason = "auf dem Datenträger ist kein Platz mehr" if damaged.full else "er lässt sich nicht lesen"
        raise CommandError(f"Der Ordner für vorläufige Dateien ist nicht verwendbar: {reason}.") from None
    except WorkersUnavailable as error:
        raise CommandError(str(error)) from None


def _with_engine(
    work: Callable[[Engine], T],
    rules: Rules,
    jobs: int | None,
    cluster: str | None,
    folder: Path | None,
    earlier: Path | None,
    *,
    with_rows: bool,
) -> T:
    from pipeline.engine.cache import CACHE_FILE, ResultCache
    from pipeline.engine.engine import Engine
    from pipeline.engine.workers import dask_pool, in_process_pool, process_pool

    jobs = jobs if jobs is not None else (os.cpu_count() or 1)
    open_pool: Callable[[int], WorkerPool] = partial(process_pool, jobs) if jobs else in_process_pool
    if cluster:
        open_pool = partial(dask_pool, cluster)
    cache = ResultCache(folder / CACHE_FILE) if folder else None
    if earlier:
        cache = ResultCache(earlier=earlier / CACHE_FILE)
    with Engine(rules, open_pool, cache, with_rows=with_rows) as engine:
        try:
            done = work(engine)
        except click.ClickException:
            if cache is not None:
                cache.undo()
            raise
    if cache is not None:
        if folder is not None:
            cache.forget_unused()
        cache.close()
    return done
