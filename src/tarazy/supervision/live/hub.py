# SPDX-License-Identifier: EUPL-1.2
"""The open streams and the three tasks that feed them: listen, take turns, beat.

Database work runs in one thread with one connection. Each stream has a bounded queue; a reader
that is slower than the news is dropped and comes back by itself.
"""

import asyncio
import contextlib
import json
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic
from typing import TypeVar

import psycopg
import structlog
from django.conf import settings
from django.db import DatabaseError, InterfaceError
from prometheus_client import Counter, Gauge

from tarazy.core.door import LIVE_CHANNEL
from tarazy.supervision.live import reading
from tarazy.supervision.live.reading import Wish, message

QUEUE_MAX = 32
STREAMS_MAX = 1000
SPACING_S = 0.25
"""At most four turns a second: a burst of changes becomes one message."""
RIGHTS_S = 2.0
"""Rights are asked for at least this often, so that a revoked stream closes within 5 s."""
PEOPLE_S = 10.0
"""How often pages are told who is still under an order, whatever was announced."""
BEAT_S = 5.0
RECONNECT_S = 1.0
READY_S = 10.0

log = structlog.get_logger()
T = TypeVar("T")

STREAMS = Gauge("tarazy_live_streams", "Open live streams")
SENT = Counter("tarazy_live_messages", "Messages put before readers")
DROPPED = Counter("tarazy_live_dropped", "Streams dropped because their reader was too slow")


@dataclass(eq=False, slots=True)
class Stream:
    """One open page."""

    pk: int
    queue: asyncio.Queue[str | None] = field(default_factory=lambda: asyncio.Queue(QUEUE_MAX))

    def put(self, text: str) -> bool:
        """Whether the message found room."""
        try:
            self.queue.put_nowait(text)
        except asyncio.QueueFull:
            return False
        SENT.inc()
        return True

    def end(self) -> None:
        """Let the reader take what fits in front of the end, and no more."""
        if self.queue.full():
            self.queue.get_nowait()
        self.queue.put_nowait(None)


class Hub:
    """Everything that the events process knows; nothing of it outlives the process."""

    def __init__(self) -> None:
        self.streams: set[Stream] = set()
        self.wish = Wish.everything()
        self.woken = asyncio.Event()
        self.change = 0
        self.listening = False
        self.turned_s = -READY_S
        self.people_s = 0.0
        self.engine_at: datetime | None = None
        self.tasks: list[asyncio.Task[None]] = []
        self.database = ThreadPoolExecutor(1, thread_name_prefix="database")

    def start(self) -> None:
        """Begin to listen, to take turns and to beat."""
        for work in (self._listen, self._turns, self._beats):
            self.tasks.append(asyncio.create_task(work()))

    async def stop(self) -> None:
        """End every stream; pages connect again to whoever comes after us."""
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        for stream in list(self.streams):
            self.leave(stream)
            stream.end()
        self.database.shutdown(wait=False)

    def ready(self) -> bool:
        """Whether the database answers and its news reach us."""
        return self.listening and monotonic() - self.turned_s < READY_S

    async def enter(self, secret: str) -> Stream | None:
        """The stream that this ticket opens, with its first messages; None if it opens none."""
        found = await self._in_thread(lambda: reading.begin(secret))
        if found is None:
            return None
        stream = Stream(found[0].stream_pk)
        self._put(stream, found[1])
        self.streams.add(stream)
        STREAMS.set(len(self.streams))
        self._wake(Wish(positions=True, alerts=True))
        return stream

    def leave(self, stream: Stream) -> None:
        """The page is gone."""
        self.streams.discard(stream)
        STREAMS.set(len(self.streams))

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self.database, work)

    def _wake(self, wish: Wish) -> None:
        self.wish.positions |= wish.positions
        self.wish.alerts |= wish.alerts
        self.wish.people |= wish.people
        self.woken.set()

    async def _listen(self) -> None:
        while True:
            try:
                url = settings.TARAZY.database_url
                async with await psycopg.AsyncConnection.connect(url, autocommit=True) as news:
                    await news.execute(f"LISTEN {LIVE_CHANNEL}")
                    self.listening = True
                    self._wake(Wish.everything())
                    async for notice in news.notifies():
                        self._wake(wish_of(notice.payload))
            except psycopg.Error as error:
                log.warning("live.not_listening", error=type(error).__name__)
            self.listening = False
            await asyncio.sleep(RECONNECT_S)

    async def _turns(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.woken.wait(), RIGHTS_S)
            self.woken.clear()
            try:
                await self._turn()
            except (DatabaseError, InterfaceError) as error:
                log.warning("live.no_turn", error=type(error).__name__)
                await asyncio.sleep(RECONNECT_S)
            await asyncio.sleep(SPACING_S)

    async def _turn(self) -> None:
        wish, self.wish = self.wish, Wish()
        if monotonic() - self.people_s > PEOPLE_S:
            wish.people, self.people_s = True, monotonic()
        pks = [stream.pk for stream in self.streams]
        try:
            result = await self._in_thread(lambda: reading.turn(pks, wish, self.change))
        except (DatabaseError, InterfaceError):
            self._wake(wish)
            raise
        self.change, self.engine_at, self.turned_s = result.change, result.engine_at, monotonic()
        for stream in list(self.streams):
            if stream.pk in result.closed:
                self._put(stream, [message("closed")])
                self.leave(stream)
                stream.end()
            else:
                self._put(stream, result.messages.get(stream.pk, ()))

    async def _beats(self) -> None:
        while True:
            await asyncio.sleep(BEAT_S)
            if self.ready():
                for stream in list(self.streams):
                    self._put(stream, [reading.beat(self.engine_at)])

    def _put(self, stream: Stream, messages: Iterable[str]) -> None:
        if not all(stream.put(text) for text in messages):
            DROPPED.inc()
            self.leave(stream)
            stream.end()


def wish_of(payload: str) -> Wish:
    """What a notice asks for: it holds ids only, such as {"alert": "alr_…"}."""
    try:
        kinds = set(json.loads(payload))
    except (ValueError, TypeError):
        kinds = set()
    wish = Wish(positions="positions" in kinds, alerts="alert" in kinds, people="gone" in kinds)
    known = wish.positions or wish.alerts or wish.people or "rights" in kinds
    return wish if known else Wish.everything()
