# SPDX-License-Identifier: EUPL-1.2
"""Several trackers over one connection, as a proxy hands them on: nothing goes to the wrong one."""

import asyncio
from collections.abc import Sequence

import pytest
from supervision.running import World
from supervision.trackers import Call, open_house, queue, state_of, tracker, until
from typing_extensions import override

from tarazy.supervision.actions.intake import Entry, FixStore
from tarazy.supervision.gateway.interface import Verdict
from tarazy.supervision.simulate import trackers as gt06


def watch(identity: str, words: str) -> bytes:
    return f"[3G*{identity}*{len(words):04X}*{words}]".encode()


def test_who_confirms_is_who_said_so(world: World) -> None:
    one, other = tracker(world), tracker(world)
    asked = [queue(world, wearer.device_id, "locate") for wearer, _ in (one, other)]

    async def scene() -> None:
        async with open_house(world.server.url("tarazy_app")) as house:
            calls = [await Call.logged_in(house, imei) for _, imei in (one, other)]
            await until(lambda: {state_of(world, row)[0] for row in asked} == {"sent"})
            await calls[0].say(gt06.command_answer(7, "here") + gt06.login(other[1]))
            await until(lambda: state_of(world, asked[0])[0] == "confirmed")
            for call in calls:
                call.hang_up()

    asyncio.run(scene())
    assert state_of(world, asked[1])[0] == "sent"


class Slow(FixStore):
    """A fix store that commits once it is let."""

    let: asyncio.Event

    @override
    async def keep(self, entries: Sequence[Entry]) -> list[Verdict]:
        await self.let.wait()
        return await super().keep(entries)


def test_a_message_to_one_is_not_written_to_the_next(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While it is not committed who speaks now, nobody is written to; then it goes on."""
    one, other = tracker(world, "watch"), tracker(world, "watch")
    monkeypatch.setattr("supervision.trackers.FixStore", Slow)

    async def scene() -> None:
        Slow.let = asyncio.Event()
        Slow.let.set()
        async with open_house(world.server.url("tarazy_app"), "watch") as house:
            call = await Call.to(house)
            await call.say(watch(one[1], "LK,0,0,90"))
            await call.hear(watch(one[1], "LK"))
            Slow.let.clear()
            await call.say(watch(other[1], "LK,0,0,80"))
            (connection,) = house.connections
            await until(lambda: not connection._conversation.settled)
            row = queue(world, one[0].device_id, "message", text="come")
            await until(lambda: bool(house.desk.waiting(one[0].device_id)))
            assert state_of(world, row)[0] == "queued"
            Slow.let.set()
            assert await call.hear(b"]") == watch(other[1], "LK")
            await call.say(watch(one[1], "LK,0,0,90"))
            await call.hear(watch(one[1], "LK"))
            assert (await call.hear(b"]")).startswith(b"[3G*" + one[1].encode())
            await until(lambda: state_of(world, row)[0] == "sent")
            call.hang_up()

    asyncio.run(scene())
