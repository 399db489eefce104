# SPDX-License-Identifier: EUPL-1.2
"""A file, packed or not, cut into JSON documents: one a line, or one in all. Memory is bounded."""

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec

from tarazy.procurement.refusals import Refusal
from tarazy.procurement.sources.interface import Document

DOCUMENT_BYTES_MAX = 64 * 1024 * 1024
BUFFER_BYTES = 1024 * 1024
GZIP_MAGIC = b"\x1f\x8b"


class SourceFile:
    """One file to read; `bytes_read` of it, as it lies on the disk, are done."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.bytes_read = 0

    def documents(self) -> Iterator[Document]:
        """Every document, good or refused; the file's end, however it came, ends the iteration.

        Raises OSError where the file cannot be read.
        """
        one_document = _is_one_document(self.path)
        with self.path.open("rb", buffering=BUFFER_BYTES) as file:
            for document in _documents(_unpacked(file), one_document=one_document):
                self.bytes_read = file.tell()
                yield document


def _unpacked(file: BinaryIO) -> BinaryIO:
    magic = file.read(len(GZIP_MAGIC))
    file.seek(0)
    if magic != GZIP_MAGIC:
        return file
    return gzip.GzipFile(fileobj=file)  # type: ignore[return-value]


def _is_one_document(path: Path) -> bool:
    """Whether the file is one JSON document over several lines, as pretty-printed packages are."""
    with path.open("rb", buffering=BUFFER_BYTES) as file:
        try:
            stream = _unpacked(file)
            first = stream.readline(DOCUMENT_BYTES_MAX)
            return not _is_json(first) and _is_json(first + stream.read(DOCUMENT_BYTES_MAX))
        except (EOFError, zlib.error, gzip.BadGzipFile):
            return False


def _is_json(data: bytes) -> bool:
    try:
        msgspec.json.decode(data, type=msgspec.Raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    return True


def _documents(stream: BinaryIO, *, one_document: bool) -> Iterator[Document]:
    position = 1
    try:
        if one_document:
            yield _within_limit(position, stream.read(DOCUMENT_BYTES_MAX + 1))
            return
        while line := stream.readline(DOCUMENT_BYTES_MAX + 1):
            if not line.isspace():
                yield _within_limit(position, line)
            while len(line) > DOCUMENT_BYTES_MAX and not line.endswith(b"\n"):
                line = stream.readline(DOCUMENT_BYTES_MAX + 1)
            position += 1
    except EOFError:
        yield Document(position, refusal=Refusal.TRUNCATED)
    except (zlib.error, gzip.BadGzipFile):
        yield Document(position, refusal=Refusal.DAMAGED)


def _within_limit(position: int, data: bytes) -> Document:
    if len(data) > DOCUMENT_BYTES_MAX:
        return Document(position, refusal=Refusal.TOO_LONG)
    return Document(position, data)
