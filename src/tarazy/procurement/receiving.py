# SPDX-License-Identifier: EUPL-1.2
"""What came in, kept as it came: each file once, under the SHA-256 of its bytes.

Packed by zstd unless it came packed. Unpacked again, the bytes are those that were received.
"""

import os
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa

from tarazy.core.errors import Misconfigured
from tarazy.core.files import has_no_room
from tarazy.procurement.sources.framing import is_packed
from tarazy.procurement.store import Folder

COPY_BYTES = 1024 * 1024
NEW = "file.new"  # what is on its way; there is one writer, and it keeps one file at a time


class Keeping:
    """Keeps one file, in a thread beside the hashing and the reading of it.

    Unless `keep` is called, nothing of it stays. Raises OSError where the file cannot be read.
    """

    def __init__(self, store: Folder, file: Path) -> None:
        self._file, self._received = file, store.received
        self._packed = is_packed(file)
        self._new = store.received / NEW
        self._is_wanted = True
        self._threads = ThreadPoolExecutor(1)

    def __enter__(self) -> "Keeping":
        self._copied = self._threads.submit(self._copy)
        return self

    def __exit__(self, *_: object) -> None:
        self._is_wanted = False
        self._threads.shutdown()
        self._new.unlink(missing_ok=True)

    def keep(self, sha256: str) -> str:
        """Its name below the folder. Raises Misconfigured where it cannot be kept there.

        Raises OSError where the disk is full.
        """
        target = self._received / (sha256 if self._packed else f"{sha256}.zst")
        if not target.exists():
            try:
                self._copied.result()
                self._new.replace(target)
            except OSError as error:
                if has_no_room(error):
                    raise
                raise Misconfigured(str(self._received), "cannot be written to") from error
        return f"{self._received.name}/{target.name}"

    def _copy(self) -> None:
        with self._file.open("rb") as source, self._new.open("wb") as kept:
            if self._packed:
                self._copy_into(kept, source)
            else:
                with pa.CompressedOutputStream(pa.PythonFile(kept, "w"), "zstd") as packing:
                    self._copy_into(packing, source)
        with self._new.open("rb") as kept:
            os.fsync(kept.fileno())

    def _copy_into(self, target: BinaryIO | pa.NativeFile, source: BinaryIO) -> None:
        while self._is_wanted and (piece := source.read(COPY_BYTES)):
            target.write(piece)


def forget(store: Folder, kept: str, *, before: Collection[str]) -> None:
    """Keep a file no longer, of which nothing came, unless it was there before by its name."""
    if kept and Path(kept).name not in before:
        (store.path / kept).unlink(missing_ok=True)


def open_kept(store: Folder, kept: str) -> pa.NativeFile:
    """What was received, byte for byte, as a stream."""
    path = store.path / kept
    return pa.CompressedInputStream(path, "zstd") if path.suffix == ".zst" else pa.OSFile(str(path))


def unpacked(store: Folder, kept: str, target: Path) -> Path:
    """What was received as a file again.

    Raises Misconfigured where it is gone, OSError where the disk is full.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with open_kept(store, kept) as source, target.open("wb") as file:
            while piece := source.read(COPY_BYTES):
                file.write(piece)
    except OSError as error:
        if has_no_room(error):
            raise
        raise Misconfigured(str(store.path / kept), "is missing; restore it") from error
    return target


def keep_mapping(store: Folder, mapping: bytes) -> str:
    """Keep the mapping of a flat file under its SHA-256; its name below the folder."""
    target = store.received / f"{sha256(mapping).hexdigest()}.toml"
    if not target.exists():
        new = target.with_suffix(".new")
        new.write_bytes(mapping)
        new.replace(target)
    return f"{target.parent.name}/{target.name}"
