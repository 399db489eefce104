# SPDX-License-Identifier: EUPL-1.2
"""Files into staged Arrow files, chunk by chunk; large input on all processors.

A chunk is read and written by one worker, so that nothing but its account travels back. Workers run
without the cycle collector: rows hold no cycles, and it would walk millions of them.
"""

import gc
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from pathlib import Path
from threading import Thread

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from tarazy.procurement.sources import ocds
from tarazy.procurement.sources.framing import SourceFile
from tarazy.procurement.sources.interface import RELEASE, Account, Document

CHUNK_BYTES = 4 * 1024 * 1024
CHUNK_DOCUMENTS_MAX = 50_000
CHUNK_SHIFT = 32  # `release` is the number of the chunk, then that within it: the order of reading
PARALLEL_FROM_BYTES = 64 * 1024 * 1024  # below, starting processes costs more than it saves
WORKERS_MAX = 8


class Staging:
    """A folder for each table, with one file for each chunk of all files to import."""

    def __init__(self, folder: Path, total_bytes: int) -> None:
        self._folder = folder
        self._chunks = 0
        large = total_bytes >= PARALLEL_FROM_BYTES
        self._workers = min(os.cpu_count() or 1, WORKERS_MAX) if large else 0
        for name in ocds.STAGED:
            (folder / name).mkdir()

    def take(self, source: SourceFile, source_id: str, tell: Callable[[int], None]) -> Account:
        """Read a whole file into the tables, telling how many of its bytes are done.

        Raises OSError where the file cannot be read.
        """
        whole = Account()
        with self._pool() as pool:
            for account in self._accounts(pool, chunks(source.documents()), source_id):
                whole.merge(account)
                tell(source.bytes_read)
        return whole

    def _pool(self) -> AbstractContextManager[Executor | None]:
        if not self._workers:
            return nullcontext()
        return ProcessPoolExecutor(self._workers, get_context("spawn"), initializer=_begin)

    def _accounts(
        self, pool: Executor | None, parts: Iterable[list[Document]], source_id: str
    ) -> Iterator[Account]:
        waiting: deque[Future[Account]] = deque()
        for part in parts:
            self._chunks += 1
            if pool is None:
                yield stage(part, source_id, self._chunks, self._folder)
                continue
            waiting.append(pool.submit(stage, part, source_id, self._chunks, self._folder))
            if len(waiting) > 2 * self._workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _begin() -> None:
    """A worker's start: no cycle collector, and an end when the main process is killed."""
    gc.disable()
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def stage(documents: list[Document], source_id: str, chunk: int, folder: Path) -> Account:
    """Read one chunk and write its rows, a file a table."""
    batch = ocds.read(documents, source_id)
    for name, table in batch.tables.items():
        if len(table):
            numbers = pc.call_function("add", [table[RELEASE.name], chunk << CHUNK_SHIFT])
            numbered = table.set_column(0, RELEASE, numbers)
            path = folder / name / f"{chunk:08}.arrow"
            with pa.ipc.new_file(path, table.schema) as writer:  # type: ignore[no-untyped-call]
                writer.write_table(numbered)
    return batch.account


def staged(folder: Path, name: str) -> ds.Dataset:
    """The staged rows of a table, read as a stream."""
    files = sorted(str(path) for path in (folder / name).iterdir())
    found: ds.Dataset = ds.dataset(  # type: ignore[no-untyped-call]
        files, schema=ocds.STAGED[name], format="ipc"
    )
    return found


def chunks(documents: Iterable[Document]) -> Iterator[list[Document]]:
    """Documents in lists of about CHUNK_BYTES, so that memory is bounded."""
    part: list[Document] = []
    size = 0
    for document in documents:
        part.append(document)
        size += len(document.data)
        if size >= CHUNK_BYTES or len(part) >= CHUNK_DOCUMENTS_MAX:
            yield part
            part, size = [], 0
    if part:
        yield part
