"""Batches of files mapped over processes: in this one, in children, or on a cluster. The same code everywhere.

Whatever the executor, a batch that dies, hangs, runs out of memory or raises is tried again file by file,
and the file that did it is lost alone: its place is taken by what ``lost`` makes of it.

A child is a fresh process (spawn), for a forked one inherits locks that nobody opens again.
"""

from __future__ import annotations

import faulthandler
import gc
import multiprocessing
import os
import signal
import sys
import threading
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

if sys.platform != "win32":
    import resource

T = TypeVar("T")
R = TypeVar("R")


CONNECT_SECONDS = 10
_EXPECTED = ("MemoryError", "KilledWorker")  # what a file may do to a worker; Dask is not always installed


class CannotWork(Exception):  # noqa: N818  - an answer to the user, not a fault of ours
    """No worker can be had; the text is German."""

    def __init__(self, text: str = "Es lässt sich kein Arbeitsprozess starten.") -> None:
        super().__init__(text)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may take: seconds, and bytes of memory beyond what the process has already."""

    seconds: float = 120
    memory: int = 3 * 1024**3


# --- in the child -------------------------------------------------------------------------------------


@contextmanager
def limited(limits: Limits | None, files: int = 1, item: int | None = None) -> Iterator[None]:
    """Ends the process when the block takes longer or, where the system can, more memory than it may.

    ``item``: which one of its batch is at work; when its time runs out the parent will know.
    Without limits, as in the user's own process, nothing is watched.

    The watchdog is a thread of the interpreter that holds no lock, so it also ends a hang in native code.
    """
    if limits is None:
        yield
        return
    mark = _mark(item)
    with _memory(limits.memory), mark.open("w") as file:
        faulthandler.dump_traceback_later(limits.seconds * max(files, 1), exit=True, file=file)
        try:
            yield
        finally:
            faulthandler.cancel_dump_traceback_later()
    if mark != _NOWHERE:
        mark.unlink()


def within(limits: Limits | None, function: Callable[[list[T]], list[R]], batch: list[T]) -> list[R]:
    """``function`` of each item of a batch by itself, each under watch."""
    done: list[R] = []
    for number, item in enumerate(batch):
        with limited(limits, item=number):
            done += function([item])
    return done


_NOWHERE = Path(os.devnull)


@dataclass(slots=True)
class _Watch:
    """Where a child is: the watchdog that ends it writes into a file that tells batch and item."""

    folder: str = ""
    batch: int = 0


_WATCH = _Watch()


def _numbered(number: int, function: Callable[[list[T]], list[R]], batch: list[T]) -> list[R]:
    """``function`` of a batch that its parent knows by a number."""
    _WATCH.batch = number
    return function(batch)


def _mark(item: int | None) -> Path:
    """The file of an item that is watched; it is empty unless its time runs out."""
    known = _WATCH.folder and item is not None
    return Path(_WATCH.folder) / f"{_WATCH.batch}-{item}" if known else _NOWHERE


@contextmanager
def _memory(more: int) -> Iterator[None]:
    if sys.platform != "linux":  # elsewhere the system does not keep such a limit
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    with open("/proc/self/statm", encoding="ascii") as statm:  # noqa: PTH123
        now = int(statm.read().split()[0]) * resource.getpagesize()
    limit = now + more if hard == resource.RLIM_INFINITY else min(now + more, hard)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


# --- in the parent ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Sent(Generic[T, R]):
    """A batch that is under way: by whom, and under which number."""

    batch: list[T]
    future: Future[list[R]]
    number: int = -1
    executor: Executor | None = None


class WorkerPool:
    """Who works: an executor that is started when it is needed, and again when it broke.

    ``width`` is how many batches are under way at a time. Without an executor the work is done in this
    process, unprotected. ``reads_only``: it reads files and leaves everything else to this process.
    ``elsewhere``: on other machines. ``marks``: where children leave word of an item whose time ran out.
    """

    def __init__(
        self,
        start: Callable[[], Executor] | None = None,
        width: int = 1,
        *,
        reads_only: bool = False,
        elsewhere: bool = False,
        shut: Callable[[Executor, bool], object] = lambda executor, wait: executor.shutdown(wait),
        marks: TemporaryDirectory[str] | None = None,
    ) -> None:
        self._start = start
        self._executor: Executor | None = None
        self._shut = shut
        self.width = width
        self.reads_only = reads_only
        self.elsewhere = elsewhere
        self._marks = marks
        self._numbers = count()

    @property
    def in_process(self) -> bool:
        """Whether the work is done in this process."""
        return self._start is None

    def close(self, *, wait: bool = True) -> None:
        self._stop(wait=wait)
        if self._marks is not None:
            self._marks.cleanup()

    def map(
        self,
        function: Callable[[list[T]], list[R]],
        batches: Iterable[list[T]],
        lost: Callable[[T], R],
    ) -> Iterator[list[R]]:
        """``function`` of each batch, in the order given; few batches are held at a time.

        The first ones are under way when this returns.
        """
        waiting = iter(batches)
        under_way = deque(self._submit(function, batch) for batch in islice(waiting, max(self.width, 1)))
        return self._results(function, under_way, waiting, lost)

    def _results(
        self,
        function: Callable[[list[T]], list[R]],
        under_way: deque[_Sent[T, R]],
        waiting: Iterator[list[T]],
        lost: Callable[[T], R],
    ) -> Iterator[list[R]]:
        while under_way:
            done = self._result(function, under_way.popleft(), lost)
            self._again(function, under_way)
            under_way += (self._submit(function, b) for b in islice(waiting, 1))
            yield done

    def _result(
        self, function: Callable[[list[T]], list[R]], sent: _Sent[T, R], lost: Callable[[T], R]
    ) -> list[R]:
        try:
            return sent.future.result()
        except Exception as error:
            self._after(error, sent)
        late = self._late(sent)
        return [lost(o) if i == late else self._single(function, o, lost) for i, o in enumerate(sent.batch)]

    def _single(self, function: Callable[[list[T]], list[R]], item: T, lost: Callable[[T], R]) -> R:
        sent = self._submit(function, [item])
        try:
            return sent.future.result()[0]
        except Exception as error:
            self._after(error, sent)
            return lost(item)

    def _after(self, error: Exception, sent: _Sent[T, R]) -> None:
        if isinstance(error, ImportError):
            raise CannotWork("Auf einem der Rechner ist kisi nicht installiert.") from None
        if isinstance(error, CannotWork):
            raise error
        if isinstance(error, BrokenExecutor):
            if sent.executor is self._executor:
                self._stop(wait=False)
        elif os.environ.get(DEBUG) and type(error).__name__ not in _EXPECTED:
            raise error

    def _late(self, sent: _Sent[T, R]) -> int | None:
        """Which item of a batch has used up its time, so that it is not given the same once more."""
        if self._marks is None:
            return None
        marks = Path(self._marks.name).glob(f"{sent.number}-*")
        return next((int(m.name.partition("-")[2]) for m in marks if m.stat().st_size), None)

    def _again(self, function: Callable[[list[T]], list[R]], under_way: deque[_Sent[T, R]]) -> None:
        """Batches that a death has taken along with its own."""
        for position, sent in enumerate(under_way):
            broken = sent.future.done() and isinstance(sent.future.exception(), BrokenExecutor)
            if broken and self._late(sent) is None:
                under_way[position] = self._submit(function, sent.batch)

    def _submit(self, function: Callable[[list[T]], list[R]], batch: list[T]) -> _Sent[T, R]:
        if self._start is None:
            return _Sent(batch, _at_once(function, batch))
        number = next(self._numbers)
        work = function if self._marks is None else partial(_numbered, number, function)
        for _ in range(2):
            if self._executor is None:
                self._executor = self._start()
            with suppress(BrokenExecutor), _without_main():
                return _Sent(batch, self._executor.submit(work, batch), number, self._executor)
            self._stop(wait=False)
        raise CannotWork

    def _stop(self, *, wait: bool) -> None:
        if self._executor is not None:
            self._shut(self._executor, wait)
            self._executor = None


@contextmanager
def _without_main() -> Iterator[None]:
    """A child that starts now must not run the script again from which we were called: it needs none of it."""
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
    """Batches of so many items, taken when they are due."""
    waiting = iter(items)
    while batch := list(islice(waiting, size)):
        yield batch


# --- which pool ---------------------------------------------------------------------------------------


FEW = 60  # files for which a second process that loads pandas costs more time than it saves


def alone(files: int = 0) -> WorkerPool:
    """This process."""
    return WorkerPool()


def children(jobs: int, files: int) -> WorkerPool:
    """Processes on this machine; for few files one that only reads them, and so is ready soon."""
    reads_only = jobs == 1 or files <= FEW
    jobs = 1 if reads_only else jobs
    context = multiprocessing.get_context("spawn")
    marks = TemporaryDirectory(prefix="kisi-", ignore_cleanup_errors=True)
    return WorkerPool(
        lambda: ProcessPoolExecutor(jobs, context, _enter_child, (marks.name,)),
        width=2 * jobs,
        reads_only=reads_only,
        shut=_end_children,
        marks=marks,
    )


def _end_children(executor: Executor, wait: bool) -> None:
    """Not to be waited for: after Ctrl-C nobody wants to see the batch that was under way."""
    executor.shutdown(wait, cancel_futures=True)
    if not wait:
        for child in multiprocessing.active_children():
            child.terminate()


def _one_within(
    limits: Limits | None, function: Callable[[list[T]], list[R]], batch: list[T]
) -> list[R | None]:
    return [*within(limits, function, batch)]


def guarded(
    function: Callable[[list[T]], list[R]], item: T, *, in_process: bool = False, limits: Limits | None = None
) -> R | None:
    """``function`` of one item in a child of its own, within limits; None when the item has ended it."""
    pool = alone() if in_process else children(1, 1)
    kept: list[R | None]
    work: Callable[[list[T]], list[R | None]] = partial(
        _one_within, None if in_process else limits or Limits(), function
    )
    try:
        (kept,) = pool.map(work, [[item]], lambda _: None)
    finally:
        pool.close()
    return kept[0]


def on_cluster(address: str, files: int) -> WorkerPool:
    """The workers of a running Dask scheduler; CannotWork when there is none, or Dask is not installed."""
    try:
        from distributed import Client  # noqa: PLC0415  - an extra that few need
    except ImportError:
        raise CannotWork(
            "Für --cluster fehlt das Zusatzpaket: Installieren Sie kisi mit „kisi[cluster]“."
        ) from None
    try:
        client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
        workers = client.scheduler_info(n_workers=-1)["workers"].values()
    except (OSError, ValueError, TypeError):
        raise CannotWork(f"Unter {address} antwortet kein Dask-Scheduler.") from None
    if any(worker["nthreads"] > 1 for worker in workers):  # limits hold for a process, not for a thread
        raise CannotWork("Starten Sie die Worker des Dask-Schedulers mit --nthreads 1.")
    width = max(1, len(workers))

    def shut(executor: Executor, wait: bool) -> None:
        executor.shutdown(wait)
        client.close()

    return WorkerPool(lambda: client.get_executor(pure=False), width=2 * width, elsewhere=True, shut=shut)


def _enter_child(marks: str) -> None:
    """A child ends with its parent, leaves Ctrl-C to it, and writes no cell's value anywhere."""
    _WATCH.folder = marks
    gc.set_threshold(
        100_000
    )  # lists of plain values come and go in batches; looking through them is for nothing
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if sys.platform != "win32":
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if not os.environ.get(DEBUG):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
