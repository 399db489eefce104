# SPDX-License-Identifier: EUPL-1.2
"""One queue, one committer: whatever waits goes into the next commit, then everybody is answered.

While one batch is being committed the next one gathers, so that batches grow with the load and a
lone report waits for nothing. Where the database is away, what waits is held, up to a bound of time
and of size; beyond it the sender hears that it must try again. Nothing is acknowledged that is not
committed. A commit whose answer was lost is done again: the fix store keeps nothing twice.

Who can wait unread, as a TCP connection can, does so before that. So everybody's stored hour is
taken in at the pace of the commits, and nobody is hung up on who would only call again.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog

from tarazy.core import clock
from tarazy.core.errors import Temporary
from tarazy.supervision.actions.intake import Entry, FixStore
from tarazy.supervision.gateway.interface import Verdict
from tarazy.supervision.intake import metrics, own_clock

log = structlog.get_logger()

BATCH_ENTRIES = 1000  # a batch is closed once it has these; the last sender's come along whole
BUSY_ENTRIES = 10_000  # a few commits' worth: more of them would only make answers later
WAITING_ENTRIES_MAX = 50_000
PATIENT_BYTES_MAX = 64 * 1024 * 1024
WAITING_BYTES_MAX = 64 * 1024 * 1024
HELD_S_MAX = 30.0  # phones give up after about so long, and keep the message
HELD_AT_STOP_S_MAX = 3.0
COMMIT_S_MAX = 15.0
RETRY_S = (0.1, 0.2, 0.5, 1.0)
BEAT_S = 10.0
DRAIN_PAUSE_S = 0.02
PROCESS = "gateway"


@dataclass(slots=True, eq=False)
class Waiting:
    """Entries of one sender, and the answer that it waits for."""

    entries: Sequence[Entry]
    answer: asyncio.Future[list[Verdict]]
    since_s: float
    size_bytes: int


class Committer:
    """Takes entries from any number of senders and commits them in batches, in order of arrival."""

    def __init__(self, store: FixStore) -> None:
        self._store = store
        self._queue: deque[Waiting] = deque()
        self._filled = asyncio.Event()
        self._entries = 0
        self._bytes = 0
        self._patient: deque[tuple[int, Callable[[], None]]] = deque()
        self._patient_bytes = 0
        self._held_s_max = HELD_S_MAX
        self._stopping = False
        self.healthy = True
        metrics.WAITING.set_function(lambda: self._entries)

    async def submit(self, entries: Sequence[Entry]) -> list[Verdict]:
        """Wait until these are committed; the verdicts. Raises Temporary: send them again."""
        return await self.enqueue(entries)

    def enqueue(self, entries: Sequence[Entry]) -> asyncio.Future[list[Verdict]]:
        """Have these committed; the future gets the verdicts, or Temporary. Raises Temporary."""
        size_bytes = sum(len(entry.report.content) for entry in entries if entry.report)
        if (
            self._entries + len(entries) > WAITING_ENTRIES_MAX
            or self._bytes + size_bytes > WAITING_BYTES_MAX
        ):
            raise Temporary("too many reports wait for the database")
        answer: asyncio.Future[list[Verdict]] = asyncio.get_running_loop().create_future()
        self._queue.append(Waiting(entries, answer, time.monotonic(), size_bytes))
        self._entries += len(entries)
        self._bytes += size_bytes
        self._filled.set()
        return answer

    @property
    def busy(self) -> bool:
        """Whether who can wait should."""
        return self._entries >= BUSY_ENTRIES

    def when_free(self, size_bytes: int, go_on: Callable[[], None]) -> None:
        """Call this once there is room, in turn; so much is kept unread. Raises Temporary."""
        if self._patient_bytes + size_bytes > PATIENT_BYTES_MAX:
            raise Temporary("too many wait for room")
        self._patient.append((size_bytes, go_on))
        self._patient_bytes += size_bytes

    async def run(self) -> None:
        """Commit what comes, until cancelled."""
        while True:
            await self._filled.wait()
            batch = self._take()
            if batch:
                await self._commit(batch)
            self._admit()
            if not self._queue:
                self._filled.clear()

    def hurry(self) -> None:
        """The process is about to stop: hold nothing for long any more."""
        self._held_s_max = HELD_AT_STOP_S_MAX
        self._stopping = True

    async def drain(self) -> None:
        """Until all that waits has been answered."""
        while self._entries:
            await asyncio.sleep(DRAIN_PAUSE_S)

    def _admit(self) -> None:
        """Those who waited longest, until it is full again."""
        while self._patient and not self.busy and not self._stopping:
            size_bytes, go_on = self._patient.popleft()
            self._patient_bytes -= size_bytes
            go_on()

    def _take(self) -> list[Waiting]:
        batch: list[Waiting] = []
        entries = 0
        while self._queue and entries < BATCH_ENTRIES:
            waiting = self._queue.popleft()
            entries += len(waiting.entries)
            batch.append(waiting)
        return batch

    async def _commit(self, batch: list[Waiting]) -> None:
        """Try until it is committed or nobody waits for it any more."""
        attempt = 0
        while batch:
            try:
                await self._commit_once(batch)
            except (Temporary, TimeoutError):
                self._unwell()
            else:
                self._well()
                return
            await asyncio.sleep(RETRY_S[min(attempt, len(RETRY_S) - 1)])
            attempt += 1
            batch = self._without_expired(batch)
            self._queue = deque(self._without_expired(self._queue))
            self._admit()

    async def _commit_once(self, batch: Sequence[Waiting]) -> None:
        entries = [entry for waiting in batch for entry in waiting.entries]
        began_s = time.perf_counter()
        try:
            async with asyncio.timeout(COMMIT_S_MAX):
                verdicts = await self._store.keep(entries)
        except TimeoutError:
            await self._store.close()
            raise
        metrics.COMMIT_S.observe(time.perf_counter() - began_s)
        metrics.BATCH.observe(len(entries))
        start = 0
        for waiting in batch:
            end = start + len(waiting.entries)
            self._leave(waiting)
            if not waiting.answer.done():
                waiting.answer.set_result(verdicts[start:end])
            start = end

    def _without_expired(self, waiters: Sequence[Waiting] | deque[Waiting]) -> list[Waiting]:
        latest_s = time.monotonic() - self._held_s_max
        staying = []
        for waiting in waiters:
            if waiting.since_s > latest_s:
                staying.append(waiting)
                continue
            self._leave(waiting)
            if not waiting.answer.done():
                waiting.answer.set_exception(Temporary("the database is away"))
        return staying

    def _leave(self, waiting: Waiting) -> None:
        self._entries -= len(waiting.entries)
        self._bytes -= waiting.size_bytes

    def _unwell(self) -> None:
        if self.healthy:
            log.warning("database_away", waiting=self._entries)
        self.healthy = False

    def _well(self) -> None:
        if not self.healthy:
            log.info("database_back", waiting=self._entries)
        self.healthy = True


class Pulse:
    """Says every few seconds that this process lives, on a connection of its own."""

    def __init__(self, store: FixStore) -> None:
        self._store = store
        self._recalled = False
        self.healthy = False

    async def recall(self) -> None:
        """Learn from the last sign of life how late it is already. Raises Temporary."""
        if not self._recalled:
            seen = await self._store.last_beat(PROCESS)
            if seen is not None:
                own_clock.recall(seen)
            self._recalled = True

    async def run(self) -> None:
        """Beat until cancelled; while the database is away, try again sooner."""
        while True:
            try:
                async with asyncio.timeout(COMMIT_S_MAX):
                    await self._beat()
                self.healthy = True
            except (Temporary, TimeoutError):
                await self._store.close()
                self.healthy = False
            await asyncio.sleep(BEAT_S if self.healthy else RETRY_S[-1])

    async def _beat(self) -> None:
        await self.recall()
        now = clock.now()
        own_clock.behind(now)  # with a clock that is far behind no sign of life is true
        await self._store.beat(PROCESS, now)
