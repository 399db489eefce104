# SPDX-License-Identifier: EUPL-1.2
"""The desk: what goes out to whom, and what is noted of it."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime

import pytest
from supervision.running import World
from supervision.trackers import queue, state_of, tracker, until
from typing_extensions import override

from tarazy.supervision.actions.commands import CommandStore
from tarazy.supervision.gateway.commands import CommandKind, Confirmed
from tarazy.supervision.intake import commands
from tarazy.supervision.intake.commands import Desk

LOCATE = frozenset({CommandKind.LOCATE})
DONE = Confirmed(kind=CommandKind.LOCATE)


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
        jobs = [asyncio.create_task(job) for job in (desk.run(), desk.write())]
        await until(lambda: bool(desk.waiting(quick.device_id)))
        desk.arrive(slow.device_id, LOCATE, lambda _: True)
        await until(lambda: state_of(world, rows[1])[0] == "confirmed")
        for job in jobs:
            job.cancel()
            with suppress(asyncio.CancelledError):
                await job
        for store in (queued, notes):
            await store.close()

    asyncio.run(scene())
    assert state_of(world, rows[0])[0] == "sent"


def test_answers_to_nothing_do_not_gather(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "ANSWERS_MAX", 3)
    nowhere = CommandStore("postgresql://tarazy_app@/tarazy?host=/nowhere")
    desk = Desk(nowhere, nowhere)
    for _ in range(9):
        desk.confirm(1, DONE)
    assert len(desk._answers) == 3
