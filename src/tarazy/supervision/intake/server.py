# SPDX-License-Identifier: EUPL-1.2
"""The gateway process: every door for devices, committer and heartbeat in one event loop.

granian runs embedded, so that there is one process: what is killed is gone, and leaves no worker
behind that holds the port.
"""

import asyncio
import resource
import signal
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import structlog
import uvloop
from django.conf import settings
from granian.constants import HTTPModes, Interfaces
from granian.server.embed import Server

from tarazy.core.errors import Misconfigured, Temporary
from tarazy.supervision.actions.commands import CommandStore
from tarazy.supervision.actions.intake import FixStore
from tarazy.supervision.gateway.languages import STREAMS
from tarazy.supervision.intake import datagrams, trackers
from tarazy.supervision.intake.application import Gateway
from tarazy.supervision.intake.commands import Desk
from tarazy.supervision.intake.committer import Committer, Pulse
from tarazy.supervision.intake.mqtt import Subscriber
from tarazy.supervision.intake.trackers import House

log = structlog.get_logger()

BACKLOG = 4096
REQUESTS_AT_ONCE_MAX = 25_000
FILES_MAX = 65_536
STOP_S_MAX = 15.0
SWEEP_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """Where devices come in."""

    bind: str
    http_port: int
    trackers: tuple[tuple[str, int], ...] = ()
    mqtt_url: str = field(default="", repr=False)
    device_key: str = field(repr=False)
    database_url: str = field(repr=False)


def serve() -> None:
    """Run until SIGTERM or SIGINT; what is under way then is finished and answered."""
    here = settings.TARAZY
    doors = Doors(
        bind=here.bind,
        http_port=here.gateway_port,
        trackers=here.trackers,
        mqtt_url=here.mqtt_url,
        device_key=here.device_key,
        database_url=here.database_url,
    )
    allow_files(FILES_MAX)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run(doors))


def allow_files(wanted: int) -> None:
    """Each connection is an open file; take as many as the system lets us have."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


async def run(doors: Doors) -> None:
    """Serve these doors."""
    fixes = FixStore(doors.database_url), FixStore(doors.database_url)
    lists = CommandStore(doors.database_url), CommandStore(doors.database_url)
    committer, pulse, desk = Committer(fixes[0]), Pulse(fixes[1]), Desk(*lists)
    houses = _street(doors, committer, desk)
    server = _http_server(doors, Gateway(doors.device_key, committer, pulse, desk))
    with suppress(Temporary):  # else with the first sign of life
        await pulse.recall()
    stopping = asyncio.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(one, stopping.set)
    closing = [close for house in houses for close in await _open(house, doors.bind)]
    broker = Subscriber(doors.mqtt_url, doors.device_key, committer, desk)
    broker.start()
    serving = asyncio.create_task(_listen(server, doors.bind, doors.http_port))
    work = (committer.run(), pulse.run(), desk.run(), desk.write(), sweep(houses))
    jobs = [asyncio.create_task(job) for job in work]
    stop = asyncio.create_task(stopping.wait())
    log.info("gateway_started", bind=doors.bind, port=doors.http_port, trackers=doors.trackers)
    try:
        await asyncio.wait([serving, stop, *jobs], return_when=asyncio.FIRST_COMPLETED)
        committer.hurry()
        broker.pause()
        for close in closing:
            close()
        server.stop()  # type: ignore[no-untyped-call]  # granian has hints for the rest
        await asyncio.wait([serving], timeout=STOP_S_MAX)
        await committer.drain()
        broker.stop()
        for house in houses:
            house.close()
    finally:
        for task in (*jobs, stop):
            task.cancel()
        await asyncio.gather(*jobs, stop, return_exceptions=True)
        for store in (*fixes, *lists):
            await store.close()
    log.info("gateway_stopped")
    for task in (serving, *jobs):  # a part that failed is a failed process
        if task.done() and not task.cancelled():
            task.result()


def _street(doors: Doors, committer: Committer, desk: Desk) -> tuple[House, ...]:
    """A house for each language of trackers."""
    houses = tuple(
        House(STREAMS[name], port, doors.device_key, committer, desk)
        for name, port in doors.trackers
    )
    for house in houses:
        house.street = houses
    return houses


def _http_server(doors: Doors, application: Gateway) -> Server:
    return Server(
        application,
        address=doors.bind,
        port=doors.http_port,
        interface=Interfaces.ASGINL,
        http=HTTPModes.http1,
        websockets=False,
        backlog=BACKLOG,
        backpressure=REQUESTS_AT_ONCE_MAX,
        log_enabled=False,  # its lines could hold addresses with credentials
    )


async def _open(house: House, bind: str) -> tuple[Callable[[], None], Callable[[], None]]:
    """TCP and UDP on one port; what closes them again."""
    try:
        return await trackers.listen(house, bind), await datagrams.listen(house, bind)
    except OSError as error:
        remedy = f"cannot listen on {bind}:{house.port}: {error.strerror}; give another port"
        raise Misconfigured("TARAZY_TRACKERS", remedy) from None


async def sweep(houses: Sequence[House]) -> None:
    """Close connections that are too slow, too silent, or do not read, until cancelled."""
    while True:
        await asyncio.sleep(SWEEP_S)
        for house in houses:
            house.sweep(asyncio.get_running_loop().time())


async def _listen(server: Server, bind: str, port: int) -> None:
    try:
        await server.serve()
    except RuntimeError as error:  # granian's word for what the system refused
        reason = str(error).partition("\n")[0]
        raise Misconfigured(
            "TARAZY_GATEWAY_PORT", f"cannot listen on {bind}:{port}: {reason}; give another port"
        ) from None
