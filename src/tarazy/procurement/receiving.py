# SPDX-License-Identifier: EUPL-1.2
"""What came in, kept as it came: each file once, under the SHA-256 of its bytes.

Packed by zstd unless it came packed. Unpacked again, the bytes are those that were received.
"""

import os
import shutil
from pathlib import Path

import pyarrow as pa

from tarazy.procurement.sources.framing import is_packed
from tarazy.procurement.store import Folder

COPY_BYTES = 1024 * 1024


def keep(store: Folder, file: Path, sha256: str) -> str:
    """Keep a file; its name below the folder. Raises OSError where it cannot be kept."""
    packed = is_packed(file)
    target = store.received / (sha256 if packed else f"{sha256}.zst")
    if not target.exists():
        new = target.with_suffix(".new")
        with file.open("rb") as source, new.open("wb") as kept:
            if packed:
                shutil.copyfileobj(source, kept, COPY_BYTES)
            else:
                with pa.CompressedOutputStream(kept, "zstd") as packing:
                    shutil.copyfileobj(source, packing, COPY_BYTES)
            if not kept.closed:
                kept.flush()
                os.fsync(kept.fileno())
        new.replace(target)
    return f"{store.received.name}/{target.name}"


def open_kept(store: Folder, kept: str) -> pa.NativeFile:
    """What was received, byte for byte, as a stream."""
    path = store.path / kept
    return pa.CompressedInputStream(path, "zstd") if path.suffix == ".zst" else pa.OSFile(str(path))
