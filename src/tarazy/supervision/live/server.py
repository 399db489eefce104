# SPDX-License-Identifier: EUPL-1.2
"""Runs the events process: granian embedded, so that one process is all there is to stop."""

import asyncio
import signal

import structlog
from django.conf import settings
from granian.constants import HTTPModes, Interfaces
from granian.server.embed import Server

from tarazy.core.errors import Misconfigured
from tarazy.supervision.live import reading
from tarazy.supervision.live.app import application_of
from tarazy.supervision.live.hub import Hub

STOP_S_MAX = 3.0

log = structlog.get_logger()


def serve() -> None:
    """Serve until SIGTERM or SIGINT; open pages are told to come back."""
    reading.make_ready()
    asyncio.run(_run(settings.TARAZY.bind, settings.TARAZY.events_port))


async def _run(bind: str, port: int) -> None:
    hub = Hub()
    server = Server(
        application_of(hub),
        address=bind,
        port=port,
        interface=Interfaces.ASGINL,
        http=HTTPModes.http1,
        websockets=False,
        log_enabled=False,  # its lines could hold addresses with tickets
    )
    stopping = asyncio.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(one, stopping.set)
    hub.start()
    serving = asyncio.create_task(_listen(server, bind, port))
    stop = asyncio.create_task(stopping.wait())
    log.info("live.started", bind=bind, port=port)
    try:
        await asyncio.wait([serving, stop, *hub.tasks], return_when=asyncio.FIRST_COMPLETED)
        failed = [task for task in (serving, *hub.tasks) if task.done()]
        await hub.stop()  # streams never end by themselves
        server.stop()  # type: ignore[no-untyped-call]  # granian has hints for the rest
        await asyncio.wait([serving], timeout=STOP_S_MAX)
    finally:
        stop.cancel()
    log.info("live.stopped")
    for task in failed:  # a part that failed is a failed process
        task.result()


async def _listen(server: Server, bind: str, port: int) -> None:
    try:
        await server.serve()
    except RuntimeError as error:  # granian's word for what the system refused
        reason = str(error).partition("\n")[0]
        raise Misconfigured(
            "TARAZY_EVENTS_PORT", f"cannot listen on {bind}:{port}: {reason}; give another port"
        ) from None
