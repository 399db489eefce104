# SPDX-License-Identifier: EUPL-1.2
"""The gateway process: HTTP server, committer and heartbeat in one event loop, and a clean stop.

granian runs embedded, so that there is one process: what is killed is gone, and leaves no worker
behind that holds the port.
"""

import asyncio
import signal

import structlog
from django.conf import settings
from granian.constants import HTTPModes, Interfaces
from granian.server.embed import Server

from tarazy.core.errors import Misconfigured
from tarazy.supervision.actions.intake import FixStore
from tarazy.supervision.intake.application import Gateway
from tarazy.supervision.intake.committer import Committer, Pulse

log = structlog.get_logger()

BACKLOG = 4096
REQUESTS_AT_ONCE_MAX = 25_000
STOP_S_MAX = 15.0


def serve() -> None:
    """Run until SIGTERM or SIGINT; what is under way then is finished and answered."""
    here = settings.TARAZY
    asyncio.run(run(here.bind, here.gateway_port, here.device_key, here.database_url))


async def run(bind: str, port: int, device_key: str, database_url: str) -> None:
    """Serve on this address."""
    stores = FixStore(database_url), FixStore(database_url)
    committer, pulse = Committer(stores[0]), Pulse(stores[1])
    server = Server(
        Gateway(device_key, committer, pulse),
        address=bind,
        port=port,
        interface=Interfaces.ASGINL,
        http=HTTPModes.http1,
        websockets=False,
        backlog=BACKLOG,
        backpressure=REQUESTS_AT_ONCE_MAX,
        log_enabled=False,  # its lines could hold addresses with credentials
    )
    stopping = asyncio.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(one, stopping.set)
    jobs = [asyncio.create_task(job.run()) for job in (committer, pulse)]
    serving = asyncio.create_task(_listen(server, bind, port))
    stop = asyncio.create_task(stopping.wait())
    log.info("gateway_started", bind=bind, port=port)
    try:
        await asyncio.wait([serving, stop, *jobs], return_when=asyncio.FIRST_COMPLETED)
        committer.hurry()
        server.stop()  # type: ignore[no-untyped-call]  # granian has hints for the rest
        await asyncio.wait([serving], timeout=STOP_S_MAX)
    finally:
        for task in (*jobs, stop):
            task.cancel()
        await asyncio.gather(*jobs, stop, return_exceptions=True)
        for store in stores:
            await store.close()
    log.info("gateway_stopped")
    for task in (serving, *jobs):  # a part that failed is a failed process
        if task.done() and not task.cancelled():
            task.result()


async def _listen(server: Server, bind: str, port: int) -> None:
    try:
        await server.serve()
    except RuntimeError as error:  # granian's word for what the system refused
        reason = str(error).partition("\n")[0]
        raise Misconfigured(
            "TARAZY_GATEWAY_PORT", f"cannot listen on {bind}:{port}: {reason}; give another port"
        ) from None
