# SPDX-License-Identifier: EUPL-1.2
"""Files into staged parts: Parquet files of all tables, each part by one worker, on all processors.

Nothing but a part's account travels between processes. A finished part says what it was made of, so
that an import which was killed goes on after its last finished part when it is started again.

All this runs without the cycle collector: rows hold no cycles, and it would walk millions of them.
Arrow takes its memory from the system, which hands on what was freed; a pool of its own touches new
pages all the time, and the kernel has to clear them.
"""

import atexit
import gc
import os
import shutil
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.abc import MetaPathFinder
from itertools import chain, islice
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from pathlib import Path
from threading import Thread
from types import ModuleType

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from typing_extensions import override

from tarazy.procurement.sources import ocds
from tarazy.procurement.sources.framing import DOCUMENTS_MAX, SourceFile, Stretch, chunks
from tarazy.procurement.sources.interface import RELEASE, Account, Document

READER_VERSION = 6  # raised when the same bytes may give other rows: files are then read again
PART_BYTES_MAX = 64 * 1024 * 1024  # of a file as it lies on the disk, for each file of each table
PART_BYTES_MIN = 8 * 1024 * 1024
PARTS_LEFT = 2  # for each processor, of what is left of a file: parts get smaller towards its end
LOOSE_BYTES = 16 * 1024 * 1024  # of a part that travels to a worker
PART_SHIFT = 32  # `release` is the number of the part, then that within it: the order of reading
PARALLEL_FROM_BYTES = 64 * 1024 * 1024  # below, starting processes costs more than it saves
PROCESSES_MAX = 8
NUMBERS = "numbers.arrow"  # of a part: the release of each row of each table
DONE = "done.json"
DICTIONARY_BYTES_MAX = 128 * 1024  # in a Parquet file: a larger one costs time, and saves no space
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
BOOT = BOOT_ID.read_text().strip() if BOOT_ID.exists() else ""


@dataclass(frozen=True, slots=True)
class Loose:
    """Documents of a file that cannot be cut: packed, or one document."""

    listed: list[Document]

    def documents(self) -> Iterator[Document]:
        return iter(self.listed)


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """What a part is made of: the file by content, and where in it."""

    sha256: str
    first: int
    last: int
    reader: int = READER_VERSION
    boot: str = BOOT
    """Staged files are not forced to the disk: they are trusted until the machine goes down."""


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """A finished part."""

    origin: Origin
    source_id: str
    account: Account


@dataclass(frozen=True, slots=True)
class Work:
    """One part to be made. `done` bytes of the file are behind it."""

    what: Stretch | Loose
    origin: Origin
    source_id: str
    folder: Path
    done: int
    salt: bytes


class Staging:
    """The parts of all files to import, numbered in the order of reading."""

    def __init__(self, folder: Path, total_bytes: int, salt: bytes) -> None:
        self._folder = folder / "parts"
        self._salt = salt
        self._folder.mkdir(exist_ok=True)
        self._earlier = {part: done for part in self.parts() if (done := finished(part))}
        self._count = 0
        self._processes = min(os.cpu_count() or 1, PROCESSES_MAX)
        # One worker the less: this process works too while it waits.
        self._workers = self._processes - 1 if total_bytes >= PARALLEL_FROM_BYTES else 0
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> "Staging":
        self._collecting, self._memory_before = gc.isenabled(), pa.default_memory_pool()
        _settle_memory()
        if self._workers:
            self._pool = ProcessPoolExecutor(
                self._workers, get_context("spawn"), initializer=_begin
            )
            with _nameless_program():
                for _ in range(self._workers):
                    self._pool.submit(os.getpid)  # starts it, while files are still being hashed
        return self

    def __exit__(self, *_: object) -> None:
        if self._collecting:
            gc.enable()
        pa.set_memory_pool(self._memory_before)
        if self._pool:
            self._pool.shutdown(cancel_futures=True)

    def parts(self) -> list[Path]:
        """The folders of all parts."""
        return sorted(self._folder.iterdir())

    def id_of(self, sha256: str) -> str | None:
        """Under which id an interrupted import has begun to read this content."""
        found = (one.source_id for one in self._earlier.values() if one.origin.sha256 == sha256)
        return next(found, None)

    def take(
        self, source: SourceFile, sha256: str, source_id: str, tell: Callable[[int], None]
    ) -> Account:
        """Read a whole file into parts, telling how many of its bytes are done.

        Raises OSError where the file cannot be read.
        """
        whole, before, told = Account(), self._count, 0
        try:
            for account, done in self._accounts(self._work(source, sha256, source_id)):
                whole.merge(account)
                tell(told := max(told, done))  # parts are not finished in their order
        except OSError:
            self._count = before  # nothing of a file that went away half read
            raise
        return whole

    def finish(self) -> None:
        """Forget parts of an interrupted import that was of other files."""
        for part in self.parts()[self._count :]:
            shutil.rmtree(part)

    def _work(self, source: SourceFile, sha256: str, source_id: str) -> Iterator[Work]:
        for what, first, last, done in self._pieces(source):
            self._count += 1
            origin = Origin(sha256=sha256, first=first, last=last)
            part = self._folder / f"{self._count:08}"
            yield Work(what, origin, source_id, part, done, self._salt)

    def _pieces(self, source: SourceFile) -> Iterator[tuple[Stretch | Loose, int, int, int]]:
        if source.is_lines():
            for stretch in source.stretches(self._part_bytes):
                yield stretch, stretch.start, stretch.end, stretch.end
        else:
            for listed in chunks(source.documents(), LOOSE_BYTES):
                loose = Loose(listed)
                yield loose, listed[0].position, listed[-1].position, source.bytes_read

    def _part_bytes(self, left: int) -> int:
        """Of the next part, where so many are left: no process waits long for the last part."""
        share = left // (PARTS_LEFT * self._processes)
        return max(PART_BYTES_MIN, min(PART_BYTES_MAX, share))

    def _accounts(self, works: Iterable[Work]) -> Iterator[tuple[Account, int]]:
        waiting: deque[tuple[Future[Account], int]] = deque()
        for work in works:
            earlier = self._earlier.get(work.folder)
            if earlier and (earlier.origin, earlier.source_id) == (work.origin, work.source_id):
                yield earlier.account, work.done
            elif self._pool and len(waiting) < 2 * self._workers:
                waiting.append((self._pool.submit(make, work), work.done))
            else:
                yield make(work), work.done
            while waiting and waiting[0][0].done():
                future, done = waiting.popleft()
                yield future.result(), done
        for future, done in waiting:
            yield future.result(), done


@contextmanager
def _nameless_program() -> Iterator[None]:
    """A worker would import the program that started it, however large, and needs none of it."""
    program = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = program


def _begin() -> None:
    """A worker's start; it ends when the main process is killed."""
    _settle_memory()
    # What it has is given back at once; piece by piece takes a tenth of a second, waited for.
    atexit.register(os._exit, 0)
    sys.meta_path.insert(0, _WithoutPandas())
    Thread(target=_end_with_parent, daemon=True).start()


def _settle_memory() -> None:
    gc.disable()
    pa.set_memory_pool(pa.system_memory_pool())


class _WithoutPandas(MetaPathFinder):
    """pyarrow imports pandas to ask whether values are of it: a third of a second, for nothing."""

    @override
    def find_spec(self, fullname: str, *_: object) -> None:
        if fullname == "pandas":
            raise ModuleNotFoundError(fullname)


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def make(work: Work) -> Account:
    """Read one part and write its tables; the last thing written says that it is whole."""
    shutil.rmtree(work.folder, ignore_errors=True)
    work.folder.mkdir()
    documents = work.what.documents()  # one by one: what is read next is near the processor
    batches = [
        ocds.read(chain([first], islice(documents, DOCUMENTS_MAX - 1)), work.source_id, work.salt)
        for first in documents
    ]
    account = Account()
    for batch in batches:
        account.merge(batch.account)
    _write(work.folder, [batch.tables for batch in batches])
    done = Done(origin=work.origin, source_id=work.source_id, account=account)
    new = work.folder / "done.new"
    new.write_bytes(msgspec.json.encode(done))
    new.rename(work.folder / DONE)
    return account


def _write(folder: Path, batches: list[Mapping[str, pa.Table]]) -> None:
    part = int(folder.name) << PART_SHIFT
    before = 0
    numbered: dict[str, list[pa.Table]] = {name: [] for name in ocds.STAGED}
    for batch in batches:
        for name, table in batch.items():
            if len(table):
                numbers = pc.call_function("add", [table[RELEASE.name], part + before])
                numbered[name].append(table.set_column(0, RELEASE, numbers))
        before += len(batch["contracting_process"])
    numbers_of = {name: pa.array([[]], pa.list_(RELEASE.type)) for name in ocds.STAGED}
    for name, some in numbered.items():
        path = folder / f"{name}.parquet"
        if not some:
            path.write_bytes(_empty(name))
            continue
        whole = pa.concat_tables(some)
        numbers_of[name] = pa.array([whole[RELEASE.name].to_numpy()], pa.list_(RELEASE.type))
        write_parquet(whole.drop_columns(RELEASE.name), path)
    table = pa.table(numbers_of)
    with pa.ipc.new_file(folder / NUMBERS, table.schema) as writer:  # type: ignore[no-untyped-call]
        writer.write_table(table)


@cache
def _empty(name: str) -> bytes:
    """The file of a table without rows: most parts have several, and a dozen a part take time."""
    file = pa.BufferOutputStream()
    write_parquet(ocds.SCHEMAS[name].empty_table(), file)
    return bytes(file.getvalue())


def write_parquet(table: pa.Table, path: Path | pa.NativeFile) -> None:
    """A table's file, as all of ours are written."""
    pq.write_table(  # type: ignore[no-untyped-call]
        table, path, compression="zstd", dictionary_pagesize_limit=DICTIONARY_BYTES_MAX
    )


def read_parquet(path: Path) -> pa.Table:
    """A table's file in whole."""
    with pq.ParquetFile(path) as file:  # type: ignore[no-untyped-call]
        return file.read()


def numbers(part: Path) -> dict[str, pa.Array]:
    """The release of each row of each table of a part."""
    with pa.ipc.open_file(part / NUMBERS) as reader:  # type: ignore[no-untyped-call]
        table = reader.read_all()
    return {name: table[name].combine_chunks().flatten() for name in table.column_names}


def finished(part: Path) -> Done | None:
    """What a part says of itself, where it is whole and as this process would write it."""
    try:
        done = msgspec.json.decode((part / DONE).read_bytes(), type=Done)
    except (OSError, msgspec.DecodeError):
        return None
    now = (READER_VERSION, BOOT)
    return done if (done.origin.reader, done.origin.boot) == now else None
