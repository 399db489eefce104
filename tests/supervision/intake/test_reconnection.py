# SPDX-License-Identifier: EUPL-1.2
"""Everybody comes back at once, with what was stored meanwhile: each fix is there once."""

import asyncio
import resource
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from itertools import islice

import httpx
import pytest
import uvloop
from free_ports import free_port
from supervision.running import Process, World, ago
from supervision.storm import Ledger, Line, Phone, Told, Tracker, crowd
from supervision.trackers import imeis

from tarazy.supervision.gateway.credentials import new_token
from tarazy.supervision.intake.server import allow_files

pytestmark = [pytest.mark.system, pytest.mark.timeout(400)]

HOUR_FIXES = 60
TRACKERS, PHONES = 800, 200
MANY, FIXES_OF_EACH = 20_000, 2
FILES_SPARE, FILES_WANTED = 300, 65_536
PIECE_FIXES = 20
GATHERED_S_MAX = 300
CONNECTED = 'tarazy_gateway_connections{language="gt06"}'


@pytest.fixture(scope="module")
def port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def gateway(world: World, port: int) -> Iterator[Process]:
    process = Process(world.server, settings={"TARAZY_TRACKERS": f"gt06={port}"}).start()
    yield process
    assert process.stop() == 0


@pytest.fixture
def files() -> Iterator[int]:
    """As many open files as the system lets us have."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    allow_files(FILES_WANTED)
    yield resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def oldest_first(told: Sequence[Told]) -> list[Told]:
    return list(told)


def newest_first(told: Sequence[Told]) -> list[Told]:
    return list(reversed(told))


def interleaved(told: Sequence[Told]) -> list[Told]:
    """Live ones between stored ones."""
    return [told[n // 2] if n % 2 else told[-1 - n // 2] for n in range(len(told))]


def doubled(told: Sequence[Told]) -> list[Told]:
    """Each twice in a row, and then everything once more."""
    return [one for one in told for _ in range(2)] + list(told)


ORDERS: tuple[Callable[[Sequence[Told]], list[Told]], ...] = (
    oldest_first,
    newest_first,
    interleaved,
    doubled,
)


async def send(line: Line, told: Sequence[Told]) -> None:
    """In pieces, each once the one before is acknowledged; the line stays open."""
    for start in range(0, len(told), PIECE_FIXES):
        await line.deliver(told[start : start + PIECE_FIXES])


def an_hour(line: Line) -> list[Told]:
    """What a device stored while it had no network: a fix a minute."""
    began = ago(minutes=HOUR_FIXES)
    told = islice(line.story, HOUR_FIXES)
    return [
        Told(one.device_id, began + timedelta(minutes=n), one.number) for n, one in enumerate(told)
    ]


def test_an_hour_of_each_in_every_order(gateway: Process, port: int, world: World) -> None:
    ledger = Ledger()
    numbers = [str(one) for one in islice(imeis, TRACKERS)]
    trackers = zip(crowd(world, numbers), numbers, strict=True)
    phones = crowd(world, [new_token() for _ in range(PHONES)], trackers=False)

    async def everybody() -> None:
        limits = httpx.Limits(max_connections=None)
        async with httpx.AsyncClient(base_url=gateway.url, timeout=45, limits=limits) as client:
            lines: list[Line] = [Tracker(*one, port, ledger) for one in trackers]
            lines += [Phone(one, client, ledger) for one in phones]
            async with asyncio.timeout(GATHERED_S_MAX), asyncio.TaskGroup() as group:
                for number, line in enumerate(lines):
                    told = ORDERS[number % len(ORDERS)](an_hour(line))
                    group.create_task(send(line, told))
            for line in lines:
                line.hang_up()

    asyncio.run(everybody())
    assert len(ledger.acknowledged) == (TRACKERS + PHONES) * HOUR_FIXES
    ledger.check(world)


def test_twenty_thousand_at_once(gateway: Process, port: int, world: World, files: int) -> None:
    ledger = Ledger()
    numbers = [str(one) for one in islice(imeis, min(MANY, files - FILES_SPARE))]
    known = zip(crowd(world, numbers), numbers, strict=True)
    lines = [Tracker(*one, port, ledger) for one in known]
    connected: list[str] = []

    async def everybody() -> None:
        async with asyncio.timeout(GATHERED_S_MAX), asyncio.TaskGroup() as group:
            for number, line in enumerate(lines):
                told = list(islice(line.story, FIXES_OF_EACH))
                group.create_task(send(line, ORDERS[number % len(ORDERS)](told)))
        reply = await asyncio.to_thread(httpx.get, f"{gateway.url}/metrics")
        connected.extend(one for one in reply.text.splitlines() if one.startswith(CONNECTED))
        for line in lines:
            line.hang_up()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(everybody())
    assert connected == [f"{CONNECTED} {float(len(lines))}"]
    assert len(ledger.acknowledged) == len(lines) * FIXES_OF_EACH
    ledger.check(world)
