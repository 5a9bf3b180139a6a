"""Worker pools: batches of items mapped over this process, child processes or a Dask cluster.

With every kind of pool, a batch whose worker dies, hangs, runs out of memory or raises is tried again item by
item; an item that fails again is replaced by what the caller's ``lost`` gives for it.

Children are started afresh (spawn), as a forked process inherits locks that nobody releases.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from itertools import count, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Generic, TypeVar

from pipeline import DEBUG
from pipeline.engine.child import TaskLimits, each_limited, enter_child, numbered

T = TypeVar("T")
R = TypeVar("R")


CONNECT_SECONDS = 10
_EXPECTED = ("MemoryError", "KilledWorker")  # what a file may do to a worker; Dask is not always installed


class WorkersUnavailable(Exception):  # noqa: N818  - an answer to the user, not a fault of ours
    """No worker can be started or used; the text is German."""

    def __init__(self, text: str = "Es lässt sich kein Arbeitsprozess starten.") -> None:
        super().__init__(text)


@dataclass(frozen=True, slots=True)
class _SubmittedBatch(Generic[T, R]):
    """A batch under way: its future, its number and the executor that has it."""

    batch: list[T]
    future: Future[list[R]]
    number: int = -1
    executor: Executor | None = None


class WorkerPool:
    """An executor that is started when first needed, and started again when it broke.

    ``start`` makes the executor; without it the work is done in this process, without limits. ``width``:
    batches under way at a time. ``reads_only``: the workers only read files, everything else stays in this
    process. ``remote``: workers run on other machines. ``marks``: folder in which children mark an item whose
    time ran out.
    """

    def __init__(
        self,
        start: Callable[[], Executor] | None = None,
        width: int = 1,
        *,
        reads_only: bool = False,
        remote: bool = False,
        shut: Callable[[Executor, bool], object] = lambda executor, wait: executor.shutdown(wait),
        marks: TemporaryDirectory[str] | None = None,
    ) -> None:
        self._start = start
        self._executor: Executor | None = None
        self._shut = shut
        self.width = width
        self.reads_only = reads_only
        self.remote = remote
        self._marks = marks
        self._numbers = count()

    @property
    def in_process(self) -> bool:
        """Whether the work is done in this process."""
        return self._start is None

    def close(self, *, wait: bool = True) -> None:
        """Shut the executor down; ``wait`` for what is under way."""
        self._stop(wait=wait)
        if self._marks is not None:
            self._marks.cleanup()

    def map(
        self,
        function: Callable[[list[T]], list[R]],
        batches: Iterable[list[T]],
        lost: Callable[[T], R],
    ) -> Iterator[list[R]]:
        """Yield ``function`` of each batch, in the order given; at most ``width`` batches are held at a time.

        ``lost`` gives the result of an item that ended its worker. The first batches are under way when this
        returns.
        """
        waiting = iter(batches)
        under_way = deque(self._submit(function, batch) for batch in islice(waiting, max(self.width, 1)))
        return self._results(function, under_way, waiting, lost)

    def _results(
        self,
        function: Callable[[list[T]], list[R]],
        under_way: deque[_SubmittedBatch[T, R]],
        waiting: Iterator[list[T]],
        lost: Callable[[T], R],
    ) -> Iterator[list[R]]:
        while under_way:
            done = self._result(function, under_way.popleft(), lost)
            self._resubmit_broken(function, under_way)
            under_way += (self._submit(function, b) for b in islice(waiting, 1))
            yield done

    def _result(
        self, function: Callable[[list[T]], list[R]], submitted: _SubmittedBatch[T, R], lost: Callable[[T], R]
    ) -> list[R]:
        try:
            return submitted.future.result()
        except Exception as error:
            self._handle_failure(error, submitted)
        late = self._timed_out_item(submitted)
        return [
            lost(o) if i == late else self._run_alone(function, o, lost)
            for i, o in enumerate(submitted.batch)
        ]

    def _run_alone(self, function: Callable[[list[T]], list[R]], item: T, lost: Callable[[T], R]) -> R:
        submitted = self._submit(function, [item])
        try:
            return submitted.future.result()[0]
        except Exception as error:
            self._handle_failure(error, submitted)
            return lost(item)

    def _handle_failure(self, error: Exception, submitted: _SubmittedBatch[T, R]) -> None:
        if isinstance(error, ImportError):
            raise WorkersUnavailable("Auf einem der Rechner ist kisi nicht installiert.") from None
        if isinstance(error, WorkersUnavailable):
            raise error
        if isinstance(error, BrokenExecutor):
            if submitted.executor is self._executor:
                self._stop(wait=False)
        elif os.environ.get(DEBUG) and type(error).__name__ not in _EXPECTED:
            raise error

    def _timed_out_item(self, submitted: _SubmittedBatch[T, R]) -> int | None:
        """Return the position of the batch's item that used up its time; it is not tried again."""
        if self._marks is None:
            return None
        marks = Path(self._marks.name).glob(f"{submitted.number}-*")
        return next((int(m.name.partition("-")[2]) for m in marks if m.stat().st_size), None)

    def _resubmit_broken(
        self, function: Callable[[list[T]], list[R]], under_way: deque[_SubmittedBatch[T, R]]
    ) -> None:
        """Submit the batches again that were lost because the executor broke on another one."""
        for position, submitted in enumerate(under_way):
            broken = submitted.future.done() and isinstance(submitted.future.exception(), BrokenExecutor)
            if broken and self._timed_out_item(submitted) is None:
                under_way[position] = self._submit(function, submitted.batch)

    def _submit(self, function: Callable[[list[T]], list[R]], batch: list[T]) -> _SubmittedBatch[T, R]:
        if self._start is None:
            return _SubmittedBatch(batch, _at_once(function, batch))
        number = next(self._numbers)
        work = function if self._marks is None else partial(numbered, number, function)
        for _ in range(2):
            if self._executor is None:
                self._executor = self._start()
            with suppress(BrokenExecutor), _without_main():
                return _SubmittedBatch(batch, self._executor.submit(work, batch), number, self._executor)
            self._stop(wait=False)
        raise WorkersUnavailable

    def _stop(self, *, wait: bool) -> None:
        if self._executor is not None:
            self._shut(self._executor, wait)
            self._executor = None


@contextmanager
def _without_main() -> Iterator[None]:
    """Hide ``__main__`` while a child starts, so that it does not import the calling script."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


def _at_once(function: Callable[[list[T]], list[R]], batch: list[T]) -> Future[list[R]]:
    future: Future[list[R]] = Future()
    try:
        future.set_result(function(batch))
    except Exception as error:
        future.set_exception(error)
    return future


def in_lists(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield lists of ``size`` items, taken from ``items`` when they are due."""
    waiting = iter(items)
    while batch := list(islice(waiting, size)):
        yield batch


# --- which pool ---------------------------------------------------------------------------------------


FEW_FILES = 60


def in_process_pool(files: int = 0) -> WorkerPool:
    """Return a pool that works in this process; ``files`` makes it fit ``Engine.open_pool``."""
    return WorkerPool()


def process_pool(jobs: int, files: int) -> WorkerPool:
    """Return a pool of ``jobs`` child processes.

    With one job or at most FEW_FILES files it is a single child that only reads, as loading pandas a second
    time costs more than it saves.
    """
    reads_only = jobs == 1 or files <= FEW_FILES
    jobs = 1 if reads_only else jobs
    context = multiprocessing.get_context("spawn")
    marks = TemporaryDirectory(prefix="kisi-", ignore_cleanup_errors=True)
    return WorkerPool(
        lambda: ProcessPoolExecutor(jobs, context, enter_child, (marks.name,)),
        width=2 * jobs,
        reads_only=reads_only,
        shut=_end_children,
        marks=marks,
    )


def _end_children(executor: Executor, wait: bool) -> None:
    """Shut the executor down; without ``wait`` (after Ctrl-C) the children are ended at once."""
    executor.shutdown(wait, cancel_futures=True)
    if not wait:
        for child in multiprocessing.active_children():
            child.terminate()


def _one_limited(
    limits: TaskLimits | None, function: Callable[[list[T]], list[R]], batch: list[T]
) -> list[R | None]:
    return [*each_limited(limits, function, batch)]


def run_in_child(
    function: Callable[[list[T]], list[R]],
    item: T,
    *,
    in_process: bool = False,
    limits: TaskLimits | None = None,
) -> R | None:
    """Return ``function`` of one item, run in a child within limits; None when the item ended the child."""
    pool = in_process_pool() if in_process else process_pool(1, 1)
    kept: list[R | None]
    work: Callable[[list[T]], list[R | None]] = partial(
        _one_limited, None if in_process else limits or TaskLimits(), function
    )
    try:
        (kept,) = pool.map(work, [[item]], lambda _: None)
    finally:
        pool.close()
    return kept[0]


def dask_pool(address: str, files: int) -> WorkerPool:
    """Return a pool of the workers of a running Dask scheduler.

    Raises WorkersUnavailable when no scheduler answers, its workers have several threads, or Dask is missing.
    """
    try:
        from distributed import Client  # noqa: PLC0415  - an extra that few need
    except ImportError:
        raise WorkersUnavailable(
            "Für --cluster fehlt das Zusatzpaket: Installieren Sie kisi mit „kisi[cluster]“."
        ) from None
    try:
        client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
        workers = client.scheduler_info(n_workers=-1)["workers"].values()
    except (OSError, ValueError, TypeError):
        raise WorkersUnavailable(f"Unter {address} antwortet kein Dask-Scheduler.") from None
    if any(worker["nthreads"] > 1 for worker in workers):  # limits hold for a process, not for a thread
        raise WorkersUnavailable("Starten Sie die Worker des Dask-Schedulers mit --nthreads 1.")
    width = max(1, len(workers))

    def shut(executor: Executor, wait: bool) -> None:
        executor.shutdown(wait)
        client.close()

    return WorkerPool(lambda: client.get_executor(pure=False), width=2 * width, remote=True, shut=shut)
