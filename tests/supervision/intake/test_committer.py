# SPDX-License-Identifier: EUPL-1.2
"""What waits for the database is held up to a bound; nothing is acknowledged uncommitted."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest
from supervision.running import World

from tarazy.core import clock
from tarazy.core.errors import Temporary
from tarazy.supervision.actions.intake import Entry, FixStore, entry_of
from tarazy.supervision.gateway.interface import Report
from tarazy.supervision.gateway.times import settle
from tarazy.supervision.intake import committer as module
from tarazy.supervision.intake.committer import BATCH_ENTRIES, Committer, Pulse

NOWHERE = "postgresql://tarazy_app@/tarazy?host=/nowhere"


def entries_of(count: int, content: bytes = b"") -> list[Entry]:
    now = clock.now()
    report = Report(at=now, content=content, digest=bytes(16))
    return [entry_of(report, settle(now, now), bytes(32), now)] * count


@asynccontextmanager
async def running(url: str) -> AsyncIterator[Committer]:
    store = FixStore(url)
    committer = Committer(store)
    task = asyncio.create_task(committer.run())
    try:
        yield committer
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await store.close()


def test_each_sender_hears_of_its_own(world: World) -> None:
    async def scenario() -> list[int]:
        async with running(world.server.url("tarazy_app")) as committer:
            sizes = [1, 2, BATCH_ENTRIES, 3, 1]
            answers = await asyncio.gather(*(committer.submit(entries_of(size)) for size in sizes))
            assert [len(answer) for answer in answers] == sizes
            return [len(set(answer)) for answer in answers]

    assert set(asyncio.run(scenario())) == {1}


def test_what_waits_too_long_is_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "HELD_S_MAX", 0.3)

    async def scenario() -> bool:
        async with running(NOWHERE) as committer:
            waiting = [asyncio.create_task(committer.submit(entries_of(1))) for _ in range(5)]
            await asyncio.sleep(0.05)
            waiting += [asyncio.create_task(committer.submit(entries_of(1))) for _ in range(5)]
            answers = await asyncio.gather(*waiting, return_exceptions=True)
            assert [type(answer) for answer in answers] == [Temporary] * 10
            return committer.healthy

    assert asyncio.run(scenario()) is False


@pytest.mark.parametrize("entries", [entries_of(50_001), entries_of(65, b"x" * 1024 * 1024)])
def test_more_than_the_bound_is_not_taken(entries: list[Entry]) -> None:
    async def scenario() -> None:
        await Committer(FixStore(NOWHERE)).submit(entries)

    with pytest.raises(Temporary):
        asyncio.run(scenario())


def test_a_stop_waits_for_nobody_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "HELD_AT_STOP_S_MAX", 0.1)

    async def scenario() -> None:
        async with running(NOWHERE) as committer:
            committer.hurry()
            async with asyncio.timeout(5):
                await committer.submit(entries_of(1))

    with pytest.raises(Temporary):
        asyncio.run(scenario())


def test_the_pulse(world: World) -> None:
    async def beat(url: str) -> bool:
        store = FixStore(url)
        pulse = Pulse(store)
        with suppress(TimeoutError):
            async with asyncio.timeout(0.7):
                await pulse.run()
        await store.close()
        return pulse.healthy

    assert asyncio.run(beat(NOWHERE)) is False
    assert asyncio.run(beat(world.server.url("tarazy_app"))) is True
    ((fresh,),) = world.rows(
        "SELECT now() - at < interval '5 s' FROM supervision_heartbeat WHERE process = 'gateway'"
    )
    assert fresh
