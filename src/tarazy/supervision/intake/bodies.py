# SPDX-License-Identifier: EUPL-1.2
"""Read a request's body: never more than the limit, never for longer than patience lasts.

Bodies come before anybody knows from whom. So all of them together have a limit too: beyond it a
sender hears that it must try again. A single report is small enough to come through always.
"""

import asyncio
import zlib
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tarazy.core.errors import Refused, Temporary
from tarazy.supervision.refusals import Refusal

BODY_BYTES_MAX = 512 * 1024
BODY_S_MAX = 20.0
BODIES_BYTES_MAX = 128 * 1024 * 1024
SMALL_BYTES = 4 * 1024

GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS

Event = dict[str, Any]
Receive = Callable[[], Awaitable[Event]]
Hold = Callable[[int], None]
"""Counts bytes that are held. Raises Temporary where there is no room for them."""


class Disconnected(Exception):
    """The sender went away before its message was whole."""


class Room:
    """How much is held of the bodies of all requests together."""

    def __init__(self) -> None:
        self._held_bytes = 0

    @contextmanager
    def share(self) -> Iterator[Hold]:
        """One request's share, given back at its end."""
        mine_bytes = 0

        def hold(size_bytes: int) -> None:
            nonlocal mine_bytes
            if self._held_bytes + size_bytes > BODIES_BYTES_MAX:
                raise Temporary("too many large bodies at once")
            self._held_bytes += size_bytes
            mine_bytes += size_bytes

        try:
            yield hold
        finally:
            self._held_bytes -= mine_bytes


async def read_body(headers: dict[bytes, bytes], receive: Receive, hold: Hold) -> bytes:
    """The whole body, decompressed. Raises Refused, Temporary, Disconnected."""
    length = headers.get(b"content-length", b"0")
    if not length.isdigit() or len(length) > len(str(BODY_BYTES_MAX)):
        raise too_large()
    if int(length) > BODY_BYTES_MAX:
        raise too_large()
    try:
        async with asyncio.timeout(BODY_S_MAX):
            body = await _gather(receive, hold)
    except TimeoutError as error:
        raise Refused(Refusal.BODY_TOO_SLOW, seconds=BODY_S_MAX) from error
    plain = decompress(body, headers.get(b"content-encoding", b"identity"))
    if plain is not body and len(plain) > SMALL_BYTES:
        hold(len(plain))
    return plain


async def _gather(receive: Receive, hold: Hold) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while True:
        event = await receive()
        if event["type"] == "http.disconnect":
            raise Disconnected
        chunk = event.get("body", b"")
        size += len(chunk)
        if size > BODY_BYTES_MAX:
            raise too_large()
        if size > SMALL_BYTES:
            hold(len(chunk))
        chunks.append(chunk)
        if not event.get("more_body"):
            return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def decompress(body: bytes, encoding: bytes) -> bytes:
    """What was packed, up to the limit: a small body must not become large. Raises Refused."""
    match encoding.strip().lower():
        case b"" | b"identity":
            return body
        case b"gzip" | b"x-gzip" | b"deflate":
            machine = zlib.decompressobj(GZIP_OR_ZLIB)
        case _:
            raise Refused(Refusal.BAD_ENCODING)
    try:
        plain = machine.decompress(body, BODY_BYTES_MAX)
    except zlib.error as error:
        raise Refused(Refusal.BAD_ENCODING) from error
    if machine.unconsumed_tail:
        raise too_large()
    if not machine.eof or machine.unused_data:
        raise Refused(Refusal.BAD_ENCODING)
    return plain


def too_large() -> Refused:
    """The refusal of a body over the limit."""
    return Refused(Refusal.BODY_TOO_LARGE, bytes_max=BODY_BYTES_MAX)
