# SPDX-License-Identifier: EUPL-1.2
"""Trackers over TCP: one connection each, answered after the commit, dropped when it does harm.

A connection costs little while it is silent: 20,000 of them wait here. What is dropped is counted
by reason; a device that was dropped unjustly calls again and sends again what was not acknowledged.
"""

import asyncio
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cache, partial
from typing import cast

import structlog
from prometheus_client import Counter
from typing_extensions import override

from tarazy.core import clock
from tarazy.core.errors import Temporary
from tarazy.supervision.gateway.commands import Command
from tarazy.supervision.gateway.interface import Fate, Verdict
from tarazy.supervision.gateway.stream import StreamLanguage
from tarazy.supervision.intake import metrics, own_clock
from tarazy.supervision.intake.commands import Desk
from tarazy.supervision.intake.committer import Committer
from tarazy.supervision.intake.conversation import Batch, Conversation
from tarazy.supervision.refusals import Refusal

log = structlog.get_logger()

CONNECTIONS_MAX = 25_000
LOGIN_S_MAX = 60.0
FRAME_S_MAX = 30.0  # between the first byte of a frame and its last
SILENT_S_MAX = 2.5 * 3600  # trackers at rest report once an hour
UNREAD_S_MAX = 30.0  # answers that it does not take
UNREAD_BYTES_MAX = 16 * 1024
GARBAGE_BYTES_MAX = 4 * 1024  # a minute, as for the next two
UNREADABLE_FRAMES_MAX = 20
FRAMES_A_MINUTE_MAX = 12_000
UNCOMMITTED_ENTRIES_MAX = 2_000
BACKLOG = 4096
KEEPALIVE_AFTER_S = 300  # phone networks forget a silent connection without a word
MINUTE_S = 60.0


class Dropped(StrEnum):
    """Why a connection was closed from our side."""

    UNKNOWN_DEVICE = "unknown_device"
    GARBAGE = "garbage"
    UNREADABLE = "unreadable"
    FLOOD = "flood"
    SLOW = "slow"
    SILENT = "silent"
    NOT_READING = "not_reading"
    TOO_MANY = "too_many"
    DATABASE_AWAY = "database_away"
    OUR_CLOCK = "our_clock"
    FAILED = "failed"


@dataclass(slots=True)
class House:
    """What all connections of one language share."""

    language: StreamLanguage
    port: int
    device_key: str
    committer: Committer
    desk: Desk
    connections: "set[Connection]" = field(default_factory=set)
    street: "tuple[House, ...]" = ()
    """All houses of this process, which share its open files."""

    @property
    def full(self) -> bool:
        """Whether there is room for no more connections, here and in the others."""
        houses = self.street or (self,)
        return sum(len(house.connections) for house in houses) >= CONNECTIONS_MAX

    def drop(self, reason: Dropped) -> None:
        """Count one that was closed."""
        metrics.DROPPED.labels(self.language.NAME, reason).inc()

    def count(self, verdicts: list[Verdict]) -> None:
        """Count what became of reports."""
        for verdict in verdicts:
            _reports(self.language.NAME, verdict.fate).inc()

    def sweep(self, now_s: float) -> None:
        """Close those that are too slow, too silent, or do not read."""
        for connection in list(self.connections):
            connection.sweep(now_s)

    def close(self) -> None:
        """Say goodbye to all; what is written still goes out."""
        for connection in list(self.connections):
            connection.close()


@cache
def _reports(language: str, fate: Fate) -> Counter:
    return metrics.REPORTS.labels(language, fate)


class Connection(asyncio.Protocol):
    """One tracker's."""

    __slots__ = (
        "_began_s",
        "_buffer",
        "_conversation",
        "_frames",
        "_garbage",
        "_heard_s",
        "_house",
        "_minute_s",
        "_partial_since_s",
        "_transport",
        "_uncommitted",
        "_unread_since_s",
        "_unreadable",
        "_waiting",
    )

    def __init__(self, house: House) -> None:
        self._house = house
        self._conversation = Conversation(house.language, house.device_key)
        self._transport: asyncio.Transport | None = None
        self._buffer = b""
        self._began_s = self._heard_s = self._minute_s = 0.0
        self._partial_since_s: float | None = None
        self._unread_since_s: float | None = None
        self._frames = self._garbage = self._unreadable = self._uncommitted = 0
        self._waiting = False

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._transport.set_write_buffer_limits(UNREAD_BYTES_MAX)
        self._began_s = self._heard_s = self._minute_s = _now_s()
        if self._house.full:
            self._drop(Dropped.TOO_MANY)
            return
        self._house.connections.add(self)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._house.connections.discard(self)
        self._house.desk.leave(self._conversation.device_id, self.deliver)
        self._transport = None

    @override
    def pause_writing(self) -> None:
        self._unread_since_s = _now_s()

    @override
    def resume_writing(self) -> None:
        self._unread_since_s = None

    @override
    def data_received(self, data: bytes) -> None:
        try:
            if self._waiting or self._house.committer.busy:
                self._wait(data)
            else:
                self._receive(data)
        except Exception as error:  # noqa: BLE001 - one device must not take the others along
            # Without the traceback: it may hold a place.
            log.error("connection_failed", kind=type(error).__name__)  # noqa: TRY400
            self._drop(Dropped.FAILED)

    def deliver(self, commands: list[Command]) -> bool:
        """Send commands to the device; whether they went out."""
        if self._transport is None or self._transport.is_closing():
            return False
        if not self._conversation.settled:
            return False
        language, session = self._house.language, self._conversation.session
        self._transport.write(b"".join(language.command(one, session) for one in commands))
        return True

    def close(self) -> None:
        """Close this one once what is written has gone out."""
        if self._transport is not None:
            self._transport.close()

    def sweep(self, now_s: float) -> None:
        """Close this one where its time is up."""
        known = self._conversation.device_id
        if self._waiting:
            return  # for us
        if self._unread_since_s is not None and now_s - self._unread_since_s > UNREAD_S_MAX:
            self._drop(Dropped.NOT_READING)
        elif self._partial_since_s is not None and now_s - self._partial_since_s > FRAME_S_MAX:
            self._drop(Dropped.SLOW)
        elif now_s > (self._heard_s + SILENT_S_MAX if known else self._began_s + LOGIN_S_MAX):
            self._drop(Dropped.SILENT)

    def _wait(self, data: bytes) -> None:
        """Read no more until there is room: the network tells the device to wait."""
        if self._transport is None or self._transport.is_closing():
            return
        self._buffer += data
        self._heard_s, self._partial_since_s = _now_s(), None
        if self._waiting:
            return
        try:
            self._house.committer.when_free(len(self._buffer), self._go_on)
        except Temporary:
            self._drop(Dropped.DATABASE_AWAY)
            return
        self._waiting = True
        self._transport.pause_reading()

    def _go_on(self) -> None:
        self._waiting = False
        if self._transport is not None and not self._transport.is_closing():
            self._began_s = self._heard_s = _now_s()
            self._transport.resume_reading()
            self.data_received(b"")

    def _receive(self, data: bytes) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        self._heard_s = now_s = _now_s()
        frames = self._frames_of(data)
        if self._garbage > GARBAGE_BYTES_MAX:
            self._drop(Dropped.GARBAGE)
            return
        if not self._buffer:
            self._partial_since_s = None
        elif frames or self._partial_since_s is None:
            self._partial_since_s = now_s
        if not frames:
            return
        if now_s - self._minute_s > MINUTE_S:
            self._minute_s = now_s
            self._frames = self._unreadable = self._garbage = 0
        self._frames += len(frames)
        if self._frames > FRAMES_A_MINUTE_MAX:
            self._drop(Dropped.FLOOD)
            return
        self._read(frames, clock.now())

    def _read(self, frames: list[bytes], arrived: datetime) -> None:
        try:
            behind = own_clock.behind(arrived)
        except Temporary:
            self._drop(Dropped.OUR_CLOCK)
            return
        self._submit(self._conversation.read(frames, arrived, behind))

    def _frames_of(self, data: bytes) -> list[bytes]:
        """Whole frames; what is left waits in the buffer. Stops early at too much of anything."""
        language = self._house.language
        buffer = self._buffer + data if self._buffer else data
        frames: list[bytes] = []
        start = 0
        frames_max = FRAMES_A_MINUTE_MAX - self._frames
        while start < len(buffer) and self._garbage <= GARBAGE_BYTES_MAX:
            if len(frames) > frames_max:
                break
            used, frame = language.cut(buffer[start : start + language.FRAME_BYTES_MAX])
            if not used:
                break
            start += used
            if frame is None:
                self._garbage += used
            else:
                frames.append(frame)
        self._buffer = buffer[start:]
        return frames

    def _submit(self, batch: Batch) -> None:
        self._unreadable += batch.unreadable
        if batch.strangers:
            self._drop(Dropped.UNKNOWN_DEVICE)
        elif self._unreadable > UNREADABLE_FRAMES_MAX:
            self._drop(Dropped.UNREADABLE)
        if not batch.entries:
            return
        try:
            answer = self._house.committer.enqueue(batch.entries)
        except Temporary:
            self._drop(Dropped.DATABASE_AWAY)
            return
        self._uncommitted += len(batch.entries)
        if self._uncommitted > UNCOMMITTED_ENTRIES_MAX and self._transport is not None:
            self._transport.pause_reading()
        answer.add_done_callback(partial(self._committed, batch))

    def _committed(self, batch: Batch, answer: asyncio.Future[list[Verdict]]) -> None:
        if answer.cancelled() or answer.exception() is not None:
            self._drop(Dropped.DATABASE_AWAY)
            return
        verdicts = answer.result()
        self._house.count(verdicts)
        waited = self._uncommitted > UNCOMMITTED_ENTRIES_MAX
        self._uncommitted -= len(verdicts)
        if any(verdict.fate is Refusal.UNKNOWN_DEVICE for verdict in verdicts):
            self._drop(Dropped.UNKNOWN_DEVICE)
        if self._transport is None or self._transport.is_closing():
            return
        if batch.answer:
            self._transport.write(batch.answer)
        if waited and self._uncommitted <= UNCOMMITTED_ENTRIES_MAX:
            self._transport.resume_reading()
        for entry, confirmed in batch.confirmed:
            self._house.desk.confirm(verdicts[entry].device_id, confirmed)
        self._meet(verdicts[-1].device_id, batch)

    def _meet(self, device_id: int, batch: Batch) -> None:
        """The gate said whose this is: commands may go there from now on."""
        desk, before = self._house.desk, self._conversation.device_id
        self._conversation.judged(batch, device_id)
        if device_id != before:
            desk.leave(before, self.deliver)
            desk.arrive(device_id, self._house.language.COMMANDS, self.deliver)

    def _drop(self, reason: Dropped) -> None:
        """Close at once: what waits to be written is of no use to one that does not behave."""
        if self._transport is not None and not self._transport.is_closing():
            self._house.drop(reason)
            self._transport.abort()


def _now_s() -> float:
    return asyncio.get_running_loop().time()


async def listen(house: House, bind: str) -> Callable[[], None]:
    """Take connections on its port; call the result to take no more. Raises OSError."""
    door = socket.create_server((bind, house.port), family=family_of(bind), backlog=BACKLOG)
    door.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)  # connections take it from here
    door.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, KEEPALIVE_AFTER_S)
    door.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, UNREAD_BYTES_MAX)  # answers are short
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(house), sock=door, backlog=BACKLOG)
    metrics.CONNECTIONS.labels(house.language.NAME).set_function(lambda: len(house.connections))
    return server.close


def family_of(bind: str) -> socket.AddressFamily:
    """IPv6 where the address is one."""
    return socket.AF_INET6 if ":" in bind else socket.AF_INET
