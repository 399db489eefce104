# SPDX-License-Identifier: EUPL-1.2
"""A file, packed or not, cut into JSON documents: one a line, or one in all. Memory is bounded."""

import gzip
import math
import os
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import msgspec

from tarazy.procurement.refusals import Refusal
from tarazy.procurement.sources.interface import Document

DOCUMENT_BYTES_MAX = 64 * 1024 * 1024
DOCUMENTS_MAX = 50_000  # that are held at once, or on their way into columns
BUFFER_BYTES = 1024 * 1024
GZIP_MAGIC = b"\x1f\x8b"
CUT = "Input data was truncated"  # the decoder's words for a beginning of JSON
MARK = b"\xef\xbb\xbf"  # the byte order mark that some programs put before UTF-8


@dataclass(frozen=True, slots=True)
class Stretch:
    """Whole lines of a file that is not packed: its bytes from `start` to `end`."""

    path: Path
    start: int
    end: int
    line: int
    """The number of the first."""

    def documents(self) -> Iterator[Document]:
        """The documents, one a line. Raises OSError."""
        with self.path.open("rb", buffering=BUFFER_BYTES) as file:
            file.seek(self.start)
            yield from _lines(file, self.line, self.end - self.start)


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

    def is_lines(self) -> bool:
        """Whether the file can be read from the start of any of its lines."""
        return not is_packed(self.path) and not _is_one_document(self.path)

    def stretches(self, length: Callable[[int], int]) -> Iterator[Stretch]:
        """A file of lines, cut at the line's end that follows each `length(what is left)` bytes."""
        start = at = 0
        line, lines = 1, 0
        with self.path.open("rb", buffering=0) as file:
            size = os.fstat(file.fileno()).st_size
            least = length(size)
            while block := file.read(BUFFER_BYTES):
                done = 0
                while (cut := block.find(b"\n", max(done, start + least - at))) >= 0:
                    lines += block.count(b"\n", done, cut + 1)
                    done = cut + 1
                    yield Stretch(self.path, start, at + done, line)
                    start, line, lines = at + done, line + lines, 0
                    least = length(size - start)
                lines += block.count(b"\n", done)
                at += len(block)
        if at > start:
            yield Stretch(self.path, start, at, line)


def chunks(documents: Iterable[Document], length: int) -> Iterator[list[Document]]:
    """Documents in lists of about `length` bytes, so that memory is bounded."""
    part: list[Document] = []
    size = 0
    for document in documents:
        part.append(document)
        size += len(document.data)
        if size >= length or len(part) >= DOCUMENTS_MAX:
            yield part
            part, size = [], 0
    if part:
        yield part


def is_packed(path: Path) -> bool:
    """Whether the file is gzip."""
    with path.open("rb") as file:
        return file.read(len(GZIP_MAGIC)) == GZIP_MAGIC


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
            if _is_json(first) or len(first) == DOCUMENT_BYTES_MAX:  # too long, and one of many
                return False
            start = first + stream.read(DOCUMENT_BYTES_MAX)
            return _is_json(start) or (len(start) > DOCUMENT_BYTES_MAX and _goes_on(start))
        except (EOFError, zlib.error, gzip.BadGzipFile):
            return False


def _is_json(data: bytes) -> bool:
    try:
        msgspec.json.decode(data.removeprefix(MARK), type=msgspec.Raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    return True


def _goes_on(data: bytes) -> bool:
    """Whether this is the beginning of a JSON document, and it has no other fault."""
    try:
        msgspec.json.decode(data.removeprefix(MARK), type=msgspec.Raw)
    except msgspec.DecodeError as error:
        return str(error) == CUT
    except (UnicodeDecodeError, RecursionError):
        return False
    return False


def _documents(stream: BinaryIO, *, one_document: bool) -> Iterator[Document]:
    if one_document:
        try:
            yield _within_limit(1, stream.read(DOCUMENT_BYTES_MAX + 1))
        except EOFError:
            yield Document(1, refusal=Refusal.TRUNCATED)
        except (zlib.error, gzip.BadGzipFile):
            yield Document(1, refusal=Refusal.DAMAGED)
    else:
        yield from _lines(stream, 1)


def _lines(stream: BinaryIO, position: int, length: float = math.inf) -> Iterator[Document]:
    done = 0
    try:
        while done < length and (line := stream.readline(DOCUMENT_BYTES_MAX + 1)):
            if not line.isspace():
                yield _within_limit(position, line)
            done += len(line)
            if len(line) > DOCUMENT_BYTES_MAX:
                done += _skip_line(stream, line)
            position += 1
    except EOFError:
        yield Document(position, refusal=Refusal.TRUNCATED)
    except (zlib.error, gzip.BadGzipFile):
        yield Document(position, refusal=Refusal.DAMAGED)


def _skip_line(stream: BinaryIO, line: bytes) -> int:
    """Pass over the rest of a line that is too long; how many bytes that were."""
    skipped = 0
    while line and not line.endswith(b"\n"):
        line = stream.readline(DOCUMENT_BYTES_MAX + 1)
        skipped += len(line)
    return skipped


def _within_limit(position: int, data: bytes) -> Document:
    if len(data) > DOCUMENT_BYTES_MAX:
        return Document(position, refusal=Refusal.TOO_LONG)
    return Document(position, data)
