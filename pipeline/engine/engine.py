"""Where the work of a run is done: a pool that does it, a store that keeps it.

Every received file is read here and goes on as bytes with their hash. What the store knows under that hash,
these rules and this program is not worked out again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from types import TracebackType
from typing import Self, TypeVar

from pipeline.definitions.foreign import visible
from pipeline.definitions.model import Finding, Workbook
from pipeline.engine.batch import (
    Case,
    Received,
    examine_packed,
    finish_packed,
    judge_packed,
    load_checks,
    pack_rules,
    read_packed,
    unreadable,
)
from pipeline.engine.cache import CacheDamaged, CachedTables, ResultCache, fingerprint, key_of
from pipeline.engine.packing import (
    Judged,
    Packed,
    Unpackable,
    pack,
    pack_head,
    pack_judged,
    unpack_findings,
    unpack_head,
    unpack_judged,
)
from pipeline.engine.workers import CannotWork, Limits, WorkerPool, alone, in_lists, within
from pipeline.reading.containers.opened import contents
from pipeline.reading.containers.source import Source, Unread, received_on
from pipeline.rules import Rules

BATCH = 50
BATCH_BYTES = 20_000_000

UNLUCKY = ("D18", "D20", "D22")
CONTAINER = ("D40", "D41", "D42")  # the same bytes under a workbook's name are refused for another reason
T = TypeVar("T")
R = TypeVar("R")
Files = Sequence[tuple[str, Source]]
Asked = tuple[Workbook, Workbook | None, date | None]  # a workbook, the one before it, the as-of date
Answer = tuple[list[Finding], bytes]  # what comparing found; the result, packed, or nothing


class Engine:
    """Examines and judges workbooks. ``open_pool`` gives the pool for a number of files.

    ``store`` is asked first, where there is one; without it nothing is kept for the next time.
    """

    def __init__(
        self, rules: Rules, open_pool: Callable[[int], WorkerPool] = alone, store: ResultCache | None = None
    ) -> None:
        self._rules = rules
        self._remembers = store is not None
        self._state = fingerprint(rules) if self._remembers else ""
        self._open_pool = open_pool
        self._store = store or ResultCache()
        self._pool: WorkerPool | None = None

    @property
    def in_process(self) -> bool:
        """Whether all work is done in this process, unprotected."""
        return self._open_pool is alone

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            self._pool.close(wait=kind is None)

    def _pool_for(self, size: int) -> WorkerPool:
        if self._pool is None:
            self._pool = self._open_pool(size)
        return self._pool

    def _key(self, *parts: object) -> str:
        return key_of(self._state, *parts)

    def each(
        self, function: Callable[[list[T]], list[R]], lost: Callable[[T], R]
    ) -> Callable[[Iterable[list[T]]], Iterator[list[R]]]:
        """``function`` as something that this engine does with batches, as many as come."""

        def work(batches: Iterable[list[T]]) -> Iterator[list[R]]:
            pool = self._pool_for(1)
            return pool.map(partial(within, None if pool.in_process else Limits(), function), batches, lost)

        return work

    # files to workbooks

    def examine(self, files: Files) -> Iterator[Workbook]:
        """Each file with all findings of its own, in the order given."""
        known = self._known(files) if self._remembers else {}
        worked = self._work([f for f in files if f[0] not in known])
        for name, source in files:
            workbook = known.pop(name) if name in known else next(worked)
            mailed = received_on(source)
            yield replace(workbook, received_on=mailed) if mailed else workbook

    def _known(self, files: Files) -> dict[str, Workbook]:
        found = {}
        for name, source in files:
            content = contents(source)
            workbook = self._stored(name, sha256_of(content)) if isinstance(content, bytes) else None
            if workbook is not None:
                found[name] = workbook
        return found

    def _stored(self, name: str, sha256: str) -> Workbook | None:
        head = self._store.get(self._key("head", sha256))
        if head is None or not self._store.has(self._key("tables", sha256)):
            return None
        try:
            return self._with_tables(unpack_head(head, name))
        except Unpackable:
            return None

    def _with_tables(self, workbook: Workbook) -> Workbook:
        if workbook.refused:
            return workbook
        return replace(workbook, tables=CachedTables(self._store, self._key("tables", workbook.sha256)))

    def _work(self, files: Files) -> Iterator[Workbook]:
        names = (name for name, _ in files)
        for batch in self._examined(files) if files else ():
            workbooks = [unpack_head(packed.head, name) for packed, name in zip(batch, names, strict=False)]
            self._keep(workbooks, batch)
            yield from map(self._with_tables, workbooks)

    def _examined(self, files: Files) -> Iterator[list[Packed]]:
        """Batches of checked workbooks. Where the pool only reads, this process checks meanwhile."""
        pool = self._pool_for(len(files))
        limits = None if pool.in_process else Limits()
        packed = pack_rules(self._rules, elsewhere=pool.elsewhere)
        if not pool.reads_only:
            return pool.map(partial(examine_packed, packed, limits), _batches(files), _lost_file)
        read = pool.map(partial(read_packed, packed, limits), _batches(files), _lost_file)
        load_checks()
        return alone().map(partial(finish_packed, self._rules), read, _lost_workbook)

    def _keep(self, workbooks: Iterable[Workbook], batch: Iterable[Packed]) -> None:
        """What came of bad luck, a process that died or a disk that could not be read, is tried again."""
        records = {}
        for workbook, packed in zip(workbooks, batch, strict=True):
            if workbook.sha256 and not any(f.rule in (*UNLUCKY, *CONTAINER) for f in workbook.findings):
                records[self._key("head", workbook.sha256)] = packed.head
                records[self._key("tables", workbook.sha256)] = packed.tables
        self._store.put(records)

    # workbooks to results

    def judge(self, asked: Sequence[Asked], lead: Workbook | None) -> Iterator[Answer]:
        """What comparing finds, and the packed result where there is an as-of date; in the order given."""
        keys = [self._judged_key(one, lead) for one in asked]
        known = {k: a for k in keys if (a := self._answer(k)) is not None} if self._remembers else {}
        todo = [(k, one) for k, one in zip(keys, asked, strict=True) if k not in known]
        worked = self._judged(todo, lead)
        for key in keys:
            yield known[key] if key in known else next(worked)

    def _judged_key(self, asked: Asked, lead: Workbook | None) -> str:
        workbook, before, as_of = asked
        earlier = (before.sha256, _sendable(before.file)) if before else ()
        return self._key("judged", workbook.sha256, as_of, lead.sha256 if lead else "", *earlier)

    def _answer(self, key: str) -> Answer | None:
        data = self._store.get(key)
        try:
            return _opened(unpack_judged(data)) if data else None
        except Unpackable:
            return None

    def _judged(self, todo: Sequence[tuple[str, Asked]], lead: Workbook | None) -> Iterator[Answer]:
        if not todo:
            return
        pool = self._pool_for(len(todo))
        pool = alone() if pool.reads_only else pool
        packed = pack_rules(self._rules, elsewhere=pool.elsewhere)
        work = partial(judge_packed, packed, self._packed(lead) if lead else None)
        cases = (self._case(one) for _, one in todo)
        keys = (key for key, _ in todo)
        for batch in pool.map(work, in_lists(cases, BATCH), _not_judged):
            if self._remembers:
                self._store.put({k: pack_judged(one) for one, k in zip(batch, keys, strict=False)})
            yield from map(_opened, batch)

    def _packed(self, workbook: Workbook) -> Packed:
        tables = self._store.get(self._key("tables", workbook.sha256))
        if tables is None:
            raise CacheDamaged
        return Packed(pack_head(workbook), tables)

    def _case(self, asked: Asked) -> Case:
        workbook, before, as_of = asked
        return Case(
            self._packed(workbook),
            self._packed(before) if before else None,
            (_sendable(workbook.file), _sendable(before.file) if before else ""),
            as_of,
        )


def _opened(judged: Judged) -> Answer:
    return unpack_findings(judged.findings), judged.result


def _sendable(name: str) -> str:
    """A file name of unknown encoding with its bytes as escapes: nothing else can be packed."""
    return name.encode("utf-8", "backslashreplace").decode()


def _lost_file(received: Received) -> Packed:
    """For a file that ended its worker, by itself and a second time alone."""
    _, content = received
    sha256 = content.sha256 if isinstance(content, Unread) else sha256_of(content)
    return pack(unreadable("", "D20", sha256))


def _lost_workbook(packed: Packed) -> Packed:
    return pack(unreadable("", "D20", unpack_head(packed.head, "").sha256))


def _not_judged(case: Case) -> Judged:
    raise CannotWork(f"Die Auswertung von „{visible(case.names[0])}“ ist abgebrochen.")


# --- batches ------------------------------------------------------------------------------------------


def _batches(files: Files) -> Iterator[list[Received]]:
    """So many files or so many bytes; a file is read when its batch is due."""
    batch: list[Received] = []
    size = 0
    for name, source in files:
        content = contents(source)
        batch.append((_sendable(name), content))
        size += 0 if isinstance(content, Unread) else len(content)
        if len(batch) == BATCH or size > BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def sha256_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
