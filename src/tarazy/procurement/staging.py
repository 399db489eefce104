# SPDX-License-Identifier: EUPL-1.2
"""Files into staged Parquet, chunk by chunk; large input on all processors.

Workers run without the cycle collector: rows hold no cycles, and it would walk millions of them.
"""

import gc
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import ExitStack
from multiprocessing import get_context
from pathlib import Path
from typing import Self

import pyarrow.compute as pc
import pyarrow.parquet as pq

from tarazy.procurement.sources import ocds
from tarazy.procurement.sources.framing import SourceFile
from tarazy.procurement.sources.interface import RELEASE, Account, Batch, Document

CHUNK_BYTES = 4 * 1024 * 1024
CHUNK_DOCUMENTS_MAX = 50_000
PARALLEL_FROM_BYTES = 64 * 1024 * 1024  # below, starting processes costs more than it saves
WORKERS_MAX = 8


class Staging:
    """One Parquet file for each table, with the column `release` numbered over all files."""

    def __init__(self, folder: Path, total_bytes: int) -> None:
        self._folder = folder
        self._stack = ExitStack()
        self._releases = 0
        self._writers: dict[str, pq.ParquetWriter] = {}
        large = total_bytes >= PARALLEL_FROM_BYTES
        self._workers = min(os.cpu_count() or 1, WORKERS_MAX) if large else 0

    def __enter__(self) -> Self:
        for name, schema in ocds.STAGED.items():
            path = self._folder / f"{name}.parquet"
            writer = pq.ParquetWriter(path, schema)  # type: ignore[no-untyped-call]
            self._writers[name] = self._stack.enter_context(writer)
        return self

    def __exit__(self, *_error: object) -> None:
        self._stack.close()

    def take(self, source: SourceFile, source_id: str, tell: Callable[[int], None]) -> Account:
        """Read a whole file into the tables, telling how many of its bytes are done.

        Raises OSError where the file cannot be read.
        """
        account = Account()
        for batch in self._batches(chunks(source.documents()), source_id):
            account.merge(batch.account)
            for name, table in batch.tables.items():
                if len(table):
                    writer = self._writers[name]
                    numbers = pc.call_function("add", [table[RELEASE.name], self._releases])
                    writer.write_table(table.set_column(0, RELEASE, numbers))  # type: ignore[no-untyped-call]
            self._releases += batch.account.read
            tell(source.bytes_read)
        return account

    def _batches(self, parts: Iterable[list[Document]], source_id: str) -> Iterator[Batch]:
        if not self._workers:
            for part in parts:
                yield ocds.read(part, source_id)
            return
        with ProcessPoolExecutor(
            self._workers, get_context("spawn"), initializer=gc.disable
        ) as pool:
            waiting: deque[Future[Batch]] = deque()
            for part in parts:
                waiting.append(pool.submit(ocds.read, part, source_id))
                if len(waiting) > 2 * self._workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()


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
