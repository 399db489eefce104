# SPDX-License-Identifier: EUPL-1.2
"""What came in, kept as it came: each file once, under the SHA-256 of its bytes.

Packed by zstd unless it came packed. Unpacked again, the bytes are those that were received.
"""

import os
import shutil
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import pyarrow as pa

from tarazy.core.errors import Misconfigured
from tarazy.procurement.sources.framing import is_packed
from tarazy.procurement.store import Folder

COPY_BYTES = 1024 * 1024


class Keeping:
    """Keeps one file, in a thread beside the reading of it."""

    def __init__(self, store: Folder, file: Path, sha256: str) -> None:
        self._packed = is_packed(file)
        self._file = file
        self._target = store.received / (sha256 if self._packed else f"{sha256}.zst")
        self._new = self._target.with_suffix(".new")
        self._threads = ThreadPoolExecutor(1)
        known = self._target.exists()
        self._begun = None if known else self._threads.submit(self._copy)

    def finish(self, *, wanted: bool) -> str:
        """Its name below the folder. Raises Misconfigured where it cannot be kept there."""
        self._threads.shutdown()
        if not wanted:
            self._new.unlink(missing_ok=True)
            return ""
        try:
            if self._begun:
                self._begun.result()
                self._new.replace(self._target)
        except OSError as error:
            raise Misconfigured(str(self._target.parent), "cannot be written to") from error
        return f"{self._target.parent.name}/{self._target.name}"

    def _copy(self) -> None:
        with self._file.open("rb") as source, self._new.open("wb") as kept:
            if self._packed:
                shutil.copyfileobj(source, kept, COPY_BYTES)
            else:
                with pa.CompressedOutputStream(pa.PythonFile(kept, "w"), "zstd") as packing:
                    shutil.copyfileobj(source, packing, COPY_BYTES)
        with self._new.open("rb") as kept:
            os.fsync(kept.fileno())


def forget(store: Folder, kept: str, *, before: Collection[str]) -> None:
    """Keep a file no longer, of which nothing came, unless it was there before by its name."""
    if kept and Path(kept).name not in before:
        (store.path / kept).unlink(missing_ok=True)


def open_kept(store: Folder, kept: str) -> pa.NativeFile:
    """What was received, byte for byte, as a stream."""
    path = store.path / kept
    return pa.CompressedInputStream(path, "zstd") if path.suffix == ".zst" else pa.OSFile(str(path))


def unpacked(store: Folder, kept: str, target: Path) -> Path:
    """What was received as a file again. Raises Misconfigured where it is gone."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with open_kept(store, kept) as source, target.open("wb") as file:
            while piece := source.read(COPY_BYTES):
                file.write(piece)
    except OSError as error:
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
