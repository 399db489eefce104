# SPDX-License-Identifier: EUPL-1.2
"""The desk: what goes out to whom, and what is noted of it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime

import pytest
from supervision.running import World
from supervision.trackers import queue, state_of, tracker, until
from typing_extensions import override

from tarazy.supervision.actions.commands import CommandStore, Waiting
from tarazy.supervision.gateway.commands import Command, CommandKind, Confirmed
from tarazy.supervision.intake import commands
from tarazy.supervision.intake.commands import Desk

LOCATE = frozenset({CommandKind.LOCATE})
DONE = Confirmed(kind=CommandKind.LOCATE)


@asynccontextmanager
async def at_work(desk: Desk, *stores: CommandStore) -> AsyncIterator[None]:
    """The desk runs meanwhile; its connections are given back."""
    jobs = [asyncio.create_task(job) for job in (desk.run(), desk.write())]
    try:
        yield
    finally:
        for job in jobs:
            job.cancel()
            with suppress(asyncio.CancelledError):
                await job
        for store in stores:
            await store.close()


class Notes(CommandStore):
    """The table, and what happens while the first note is being written to it."""

    meanwhile: Callable[[], None] | None = None

    @override
    async def sent(self, rows: Sequence[int], now: datetime) -> None:
        await super().sent(rows, now)
        if self.meanwhile is not None:
            happens, self.meanwhile = self.meanwhile, None
            happens()


def test_a_device_that_answers_at_once_is_heard(world: World) -> None:
    """Its answer may come before the command is noted as sent."""
    slow, quick = tracker(world)[0], tracker(world)[0]
    rows = [queue(world, one.device_id, "locate") for one in (slow, quick)]
    url = world.server.url("tarazy_app")

    async def scene() -> None:
        queued, notes = CommandStore(url), Notes(url)
        desk = Desk(queued, notes)

        def meanwhile() -> None:
            desk.arrive(quick.device_id, LOCATE, lambda _: True)
            desk.confirm(quick.device_id, DONE)

        notes.meanwhile = meanwhile
        async with at_work(desk, queued, notes):
            await until(lambda: bool(desk.waiting(quick.device_id)))
            desk.arrive(slow.device_id, LOCATE, lambda _: True)
            await until(lambda: state_of(world, rows[1])[0] == "confirmed")

    asyncio.run(scene())
    assert state_of(world, rows[0])[0] == "sent"


class Slow(CommandStore):
    """Two connections to the table: what the one reads is older than what the other has noted."""

    def __init__(self, database_url: str, read: asyncio.Event, noted: asyncio.Event) -> None:
        super().__init__(database_url)
        self._read, self._noted, self.looks = read, noted, 0

    @override
    async def queued(self, now: datetime) -> list[Waiting]:
        found = await super().queued(now)
        self.looks += 1
        if self.looks == 2:
            self._read.set()
            await self._noted.wait()
            await asyncio.sleep(0.05)
        return found

    @override
    async def sent(self, rows: Sequence[int], now: datetime) -> None:
        await self._read.wait()
        await super().sent(rows, now)
        self._noted.set()


def test_a_command_is_not_sent_again_by_a_look_that_began_before_it_was_noted(world: World) -> None:
    wearer = tracker(world)[0]
    row = queue(world, wearer.device_id, "locate")
    url = world.server.url("tarazy_app")
    delivered: list[int] = []

    def deliver(told: Sequence[Command]) -> bool:
        delivered.extend(command.number for command in told)
        return True

    async def scene() -> None:
        read, noted = asyncio.Event(), asyncio.Event()
        queued, notes = Slow(url, read, noted), Slow(url, read, noted)
        desk = Desk(queued, notes)
        desk.arrive(wearer.device_id, LOCATE, deliver)
        async with at_work(desk, queued, notes):
            await until(lambda: bool(delivered))
            queue(world, wearer.device_id, "message", text="news")  # so that it looks again
            await until(lambda: noted.is_set() and state_of(world, row)[0] == "sent")
            queue(world, wearer.device_id, "message", text="more")
            await until(lambda: queued.looks >= 3)

    asyncio.run(scene())
    assert delivered == [7]


def test_answers_to_nothing_do_not_gather(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "ANSWERS_MAX", 3)
    nowhere = CommandStore("postgresql://tarazy_app@/tarazy?host=/nowhere")
    desk = Desk(nowhere, nowhere)
    for _ in range(9):
        desk.confirm(1, DONE)
    assert len(desk._answers) == 3
