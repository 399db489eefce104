# SPDX-License-Identifier: EUPL-1.2
"""The doors for trackers, open in this process over the real database, and a tracker that calls."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from django.conf import settings
from free_ports import free_port
from supervision.running import Wearer, World

from tarazy.supervision.actions.commands import CommandStore
from tarazy.supervision.actions.intake import FixStore
from tarazy.supervision.gateway.credentials import address_of
from tarazy.supervision.gateway.languages import STREAMS
from tarazy.supervision.intake import datagrams, trackers
from tarazy.supervision.intake.commands import Desk
from tarazy.supervision.intake.committer import Committer
from tarazy.supervision.intake.trackers import House
from tarazy.supervision.simulate import trackers as gt06

KEY = settings.TARAZY.device_key
ANSWER_S_MAX = 15.0
PULSE = 4_000
"""The serial number of a heartbeat whose answer shows that all before it is committed."""
imeis = iter(range(860_000_000_000_001, 869_999_999_999_999))


def tracker(world: World, language: str = "gt06", **order: Any) -> tuple[Wearer, str]:
    """Somebody under an order with a tracker on them, and the tracker's id."""
    wearer = world.wearer(**order)
    imei = str(next(imeis))
    world.address(wearer.device_id, address_of(language, imei, KEY))
    return wearer, imei


@asynccontextmanager
async def open_house(url: str, language: str = "gt06") -> AsyncIterator[House]:
    """TCP and UDP doors for one language, with their committer and desk."""
    store, lists = FixStore(url), (CommandStore(url), CommandStore(url))
    committer, desk = Committer(store), Desk(*lists)
    house = House(STREAMS[language], free_port(), KEY, committer, desk)
    closing = [await door.listen(house, "127.0.0.1") for door in (trackers, datagrams)]
    jobs = [asyncio.create_task(job) for job in (committer.run(), desk.run(), desk.write())]
    try:
        yield house
    finally:
        for close in closing:
            close()
        house.close()
        for job in jobs:
            job.cancel()
            with suppress(asyncio.CancelledError):
                await job
        for one in (store, *lists):
            await one.close()


@dataclass
class Call:
    """One TCP connection of a tracker."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    @classmethod
    async def to(cls, house: House) -> "Call":
        return cls(*await asyncio.open_connection("127.0.0.1", house.port))

    @classmethod
    async def logged_in(cls, house: House, imei: str) -> "Call":
        call = await cls.to(house)
        await call.say(gt06.login(imei))
        await call.hear(gt06.acknowledgement(gt06.LOGIN, 1))
        return call

    async def say(self, *frames: bytes) -> None:
        self.writer.write(b"".join(frames))
        await self.writer.drain()

    async def hear(self, expected: bytes) -> bytes:
        """All that comes up to and with these bytes."""
        async with asyncio.timeout(ANSWER_S_MAX):
            return await self.reader.readuntil(expected)

    async def report(self, *frames: bytes) -> None:
        """Say these, and wait until they are committed."""
        await self.say(*frames, gt06.heartbeat(serial=PULSE))
        await self.hear(gt06.acknowledgement(gt06.STATUS, PULSE))

    async def closed(self) -> bytes:
        """The other side hung up; what it still said."""
        async with asyncio.timeout(ANSWER_S_MAX):
            try:
                return await self.reader.read()
            except ConnectionResetError:
                return b""
            finally:
                self.hang_up()

    def hang_up(self) -> None:
        self.writer.close()


async def until(true: Callable[[], bool]) -> None:
    """Wait for something that happens in the background."""
    async with asyncio.timeout(ANSWER_S_MAX):
        while not true():
            await asyncio.sleep(0.02)


def queue(world: World, device_id: int, kind: str, *, text: str = "", seconds: int = 0) -> int:
    """A command in the table, as the action leaves it; its row."""
    with psycopg.connect(world.server.url("tarazy_app"), autocommit=True) as connection:
        cursor = connection.execute(
            "INSERT INTO supervision_devicecommand (public_id, device_id, kind, seconds, text,"
            " number, state, requested_by, queued_at, expires_at, answer) VALUES ("
            " 'cmd_' || replace(gen_random_uuid()::text, '-', ''), %s, %s, %s, %s, 7, 'queued',"
            " 'usr_x', now(), now() + interval '1 hour', '') RETURNING id",
            [device_id, kind, seconds, text],
        )
        connection.execute("SELECT pg_notify('tarazy_commands', '')")
        (row,) = cursor.fetchone() or (0,)
        return int(row)


def state_of(world: World, row: int) -> Sequence[Any]:
    """How far a command came, and the device's words."""
    return world.rows("SELECT state, answer FROM supervision_devicecommand WHERE id = %s", row)[0]


def times_of(world: World, wearer: Wearer) -> list[datetime]:
    """When the kept fixes with a place happened."""
    found = world.rows(
        "SELECT at FROM supervision_fix WHERE device_id = %s AND lat IS NOT NULL ORDER BY at",
        wearer.device_id,
    )
    return [at for (at,) in found]
