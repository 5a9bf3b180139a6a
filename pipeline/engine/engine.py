"""Examines and evaluates workbooks: a worker pool does the work, a cache keeps the results.

Every received file is read in this process and passed on as bytes with their hash. What the cache holds for
that hash under the same rules and program is not computed again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from itertools import chain
from types import TracebackType
from typing import Self, TypeVar

from pipeline.definitions.foreign import escaped
from pipeline.definitions.model import Finding, Workbook
from pipeline.engine.batch import (
    EvaluationCase,
    evaluate_packed,
    examine_packed,
    finish_packed,
    load_checks,
    pack_rules,
)
from pipeline.engine.cache import Cached, CacheDamaged, CachedTables, ResultCache, cache_key, fingerprint
from pipeline.engine.child import TaskLimits, each_limited
from pipeline.engine.packed_details import unpack_details
from pipeline.engine.packing import (
    Packed,
    PackedEvaluation,
    Unpackable,
    pack_evaluation,
    pack_head,
    pack_workbook,
    unpack_evaluation,
    unpack_findings,
    unpack_head,
)
from pipeline.engine.read_batch import Received, read_packed, unreadable
from pipeline.engine.workers import (
    WorkerPool,
    WorkersUnavailable,
    in_lists,
    in_process_pool,
)
from pipeline.evaluate.details import Details
from pipeline.reading.containers.opened import contents
from pipeline.reading.containers.source import Source, Unread, received_on
from pipeline.reading.read import ReadingRules
from pipeline.rules import Rules

BATCH = 50
BATCH_BYTES = 20_000_000

NOT_CACHED = ("D18", "D20", "D22")
CONTAINER = ("D40", "D41", "D42")  # the same bytes under a workbook's name are refused for another reason
T = TypeVar("T")
R = TypeVar("R")
Files = Sequence[tuple[str, Source]]
EvaluationRequest = tuple[
    Workbook, Workbook | None, date | None
]  # a workbook, the one before it, the as-of date


@dataclass(frozen=True, slots=True)
class EvaluationAnswer:
    """What comparing found; the packed result (empty without an as-of date); the key that both are kept under."""

    findings: list[Finding]
    result: bytes
    key: str


class Engine:
    """Examines and evaluates workbooks; a context manager that closes its worker pool.

    ``open_pool`` gives the pool for a number of files. ``cache`` is asked first and gets every new result;
    without it, results are kept for this run only and ``keeps_results`` is False. ``with_rows``: have workers
    pack the rows for ``daten/``.
    """

    def __init__(
        self,
        rules: Rules,
        open_pool: Callable[[int], WorkerPool] = in_process_pool,
        cache: ResultCache | None = None,
        *,
        with_rows: bool = False,
    ) -> None:
        self._rules = rules
        self._with_rows = with_rows
        self.keeps_results = cache is not None
        self._state = fingerprint(rules) if self.keeps_results else ""
        self._open_pool = open_pool
        self._cache = cache or ResultCache()
        self._pool: WorkerPool | None = None

    @property
    def in_process(self) -> bool:
        """Whether all work is done in this process, without time and memory limits."""
        return self._open_pool is in_process_pool

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
        return cache_key(self._state, *parts)

    # what other work is kept under

    def key(self, *parts: object) -> str:
        """Return the key of a result that rests on these parts, the rules and the program."""
        return self._key(*parts)

    def has(self, key: str) -> bool:
        """Return whether an earlier run has kept a result; False without a cache."""
        return self.keeps_results and self._cache.has(key)

    def kept(self, key: str) -> bytes | None:
        """Return a kept result; None where there is none or it is damaged."""
        return self._cache.get(key) if self.keeps_results else None

    def keep(self, key: str, content: bytes) -> None:
        """Keep a result for later runs; does nothing without a cache. Raises CacheDamaged."""
        if self.keeps_results:
            self._cache.put({key: content})

    def each(
        self, function: Callable[[list[T]], list[R]], lost: Callable[[T], R]
    ) -> Callable[[Iterable[list[T]]], Iterator[list[R]]]:
        """Return ``function`` so that its batches run in this engine's pool, each item within the limits.

        ``lost`` gives the result of an item that ended its worker.
        """

        def work(batches: Iterable[list[T]]) -> Iterator[list[R]]:
            pool = self._pool_for(1)
            return pool.map(
                partial(each_limited, None if pool.in_process else TaskLimits(), function), batches, lost
            )

        return work

    # files to workbooks

    def examine(self, files: Files) -> Iterator[Workbook]:
        """Read and check each file; yield one workbook each, with its own findings, in the order given."""
        known = self._known(files) if self.keeps_results else {}
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
        head = self._cache.get(self._key("head", sha256))
        if head is None or not self._cache.has(self._key("tables", sha256)):
            return None
        try:
            return self._with_tables(unpack_head(head, name))
        except Unpackable:
            return None

    def _with_tables(self, workbook: Workbook) -> Workbook:
        if workbook.refused:
            return workbook
        return replace(workbook, tables=CachedTables(self._cache, self._key("tables", workbook.sha256)))

    def _work(self, files: Files) -> Iterator[Workbook]:
        names = (name for name, _ in files)
        for batch in self._examined(files) if files else ():
            workbooks = [unpack_head(packed.head, name) for packed, name in zip(batch, names, strict=False)]
            self._keep(workbooks, batch)
            yield from map(self._with_tables, workbooks)

    def _examined(self, files: Files) -> Iterator[list[Packed]]:
        """Yield batches of checked workbooks. Where the pool only reads, this process checks meanwhile."""
        pool = self._pool_for(len(files))
        limits = None if pool.in_process else TaskLimits()
        if not pool.reads_only:
            packed = pack_rules(self._rules, remote=pool.remote)
            return pool.map(partial(examine_packed, packed, limits), _batches(files), _lost_file)
        known = ReadingRules.of(self._rules)
        read = pool.map(partial(read_packed, known, limits), _batches(files), _lost_file)
        load_checks()
        return in_process_pool().map(partial(finish_packed, self._rules), read, _lost_workbook)

    def _keep(self, workbooks: Iterable[Workbook], batch: Iterable[Packed]) -> None:
        """Cache the workbooks, except those refused for a passing reason such as a worker that died."""
        records = {}
        for workbook, packed in zip(workbooks, batch, strict=True):
            if workbook.sha256 and not any(f.rule in (*NOT_CACHED, *CONTAINER) for f in workbook.findings):
                records[self._key("head", workbook.sha256)] = packed.head
                records[self._key("tables", workbook.sha256)] = packed.tables
        self._cache.put(records)

    # workbooks to results

    def judge(
        self, requests: Sequence[EvaluationRequest], lead: Workbook | None
    ) -> Iterator[EvaluationAnswer]:
        """Compare each workbook with its predecessor and evaluate it; yields in the order given."""
        keys = [self._evaluation_key(one, lead) for one in requests]
        known = (
            {k: a for k in keys if (a := self._known_evaluation(k)) is not None} if self.keeps_results else {}
        )
        todo = [(k, one) for k, one in zip(keys, requests, strict=True) if k not in known]
        worked = self._judged(todo, lead)
        for key in keys:
            yield known[key] if key in known else next(worked)

    def _evaluation_key(self, request: EvaluationRequest, lead: Workbook | None) -> str:
        workbook, before, as_of = request
        named = [(w.sha256, _sendable(w.file)) for w in (workbook, before) if w]
        return self._key("judged", as_of, lead.sha256 if lead else "", *chain.from_iterable(named))

    def details(self, answers: Mapping[str, EvaluationAnswer]) -> Mapping[str, Details]:
        """Return the details of evaluated workbooks, loaded on access: AGS → what ``judge`` gave."""
        keys = {ags: self._details_key(answer.key) for ags, answer in answers.items()}
        return Cached(self._cache, keys, unpack_details)

    def rows(self, answers: Mapping[str, EvaluationAnswer]) -> Mapping[str, bytes]:
        """Return the packed rows of evaluated workbooks, loaded on access, by AGS; empty where not wanted."""
        wanted = answers.items() if self._with_rows else ()
        return Cached(self._cache, {ags: self._rows_key(answer.key) for ags, answer in wanted}, bytes)

    def _details_key(self, key: str) -> str:
        return self._key("details", key)

    def _rows_key(self, key: str) -> str:
        return self._key("rows", key)

    def _known_evaluation(self, key: str) -> EvaluationAnswer | None:
        data = self._cache.get(key)
        try:
            known = _opened(unpack_evaluation(data), key) if data else None
        except Unpackable:
            return None
        has_rows = self._cache.has(self._rows_key(key))  # asked for in any case: they stay for the next run
        whole = self._cache.has(self._details_key(key)) and (has_rows or not self._with_rows)
        return known if known and (whole or not known.result) else None

    def _judged(
        self, todo: Sequence[tuple[str, EvaluationRequest]], lead: Workbook | None
    ) -> Iterator[EvaluationAnswer]:
        if not todo:
            return
        pool = self._pool_for(len(todo))
        pool = in_process_pool() if pool.reads_only else pool
        packed = pack_rules(self._rules, remote=pool.remote)
        work = partial(evaluate_packed, packed, self._packed(lead) if lead else None, self._with_rows)
        cases = (self._evaluation_case(one) for _, one in todo)
        keys = (key for key, _ in todo)
        for batch in pool.map(work, in_lists(cases, BATCH), _not_judged):
            judged = list(zip(batch, keys, strict=False))
            self._keep_evaluations(judged)
            yield from (_opened(one, key) for one, key in judged)

    def _keep_evaluations(self, judged: Sequence[tuple[PackedEvaluation, str]]) -> None:
        """Cache details and rows in any case, for nothing else holds them; the rest where results are kept."""
        results = {key: pack_evaluation(replace(one, details=b"", rows=b"")) for one, key in judged}
        details = {self._details_key(key): one.details for one, key in judged if one.details}
        rows = {self._rows_key(key): one.rows for one, key in judged if one.rows}
        self._cache.put((results if self.keeps_results else {}) | details | rows)

    def _packed(self, workbook: Workbook) -> Packed:
        tables = self._cache.get(self._key("tables", workbook.sha256))
        if tables is None:
            raise CacheDamaged
        return Packed(pack_head(workbook), tables)

    def _evaluation_case(self, request: EvaluationRequest) -> EvaluationCase:
        workbook, before, as_of = request
        return EvaluationCase(
            self._packed(workbook),
            self._packed(before) if before else None,
            (_sendable(workbook.file), _sendable(before.file) if before else ""),
            as_of,
        )


def _opened(judged: PackedEvaluation, key: str) -> EvaluationAnswer:
    return EvaluationAnswer(unpack_findings(judged.findings), judged.result, key)


def _sendable(name: str) -> str:
    """Return a file name with bytes of unknown encoding as escapes, as only valid text can be packed."""
    return name.encode("utf-8", "backslashreplace").decode()


def _lost_file(received: Received) -> Packed:
    """Return the refused workbook (D20) for a file that ended its worker twice, the second time alone."""
    _, content = received
    sha256 = content.sha256 if isinstance(content, Unread) else sha256_of(content)
    return pack_workbook(unreadable("", "D20", sha256))


def _lost_workbook(packed: Packed) -> Packed:
    return pack_workbook(unreadable("", "D20", unpack_head(packed.head, "").sha256))


def _not_judged(case: EvaluationCase) -> PackedEvaluation:
    raise WorkersUnavailable(f"Die Auswertung von „{escaped(case.names[0])}“ ist abgebrochen.")


# --- batches ------------------------------------------------------------------------------------------


def _batches(files: Files) -> Iterator[list[Received]]:
    """Yield batches of at most BATCH files or about BATCH_BYTES; a file is read when its batch is due."""
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


def file_hashes(files: Files) -> dict[str, str]:
    """Return the SHA-256 of each received file by its name; "" for one of which no bytes could be had."""
    found = {}
    for name, source in files:
        content = contents(source)
        found[name] = content.sha256 if isinstance(content, Unread) else sha256_of(content)
    return found
