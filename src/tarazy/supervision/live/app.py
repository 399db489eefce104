# SPDX-License-Identifier: EUPL-1.2
"""The events process's own small web: the stream, health, metrics."""

from collections.abc import AsyncIterator
from urllib.parse import urlsplit

from django.conf import settings
from django.db import DatabaseError, InterfaceError
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from tarazy.supervision.live.hub import STREAMS_MAX, Hub, Stream

TICKET_LENGTH_MAX = 100
RETRY_MS = 2000


async def live(request: Request) -> Response:
    """The stream that a ticket opens."""
    origin = request.headers.get("origin")
    if origin is not None and not _is_ours(request, origin):
        return JSONResponse({"refused": "origin"}, status_code=403)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    if origin is not None:
        headers |= {"Access-Control-Allow-Origin": origin, "Vary": "Origin"}
    hub: Hub = request.app.state.hub
    if len(hub.streams) >= STREAMS_MAX:
        return JSONResponse({"refused": "full"}, status_code=503, headers=headers)
    ticket = request.query_params.get("ticket", "")
    if not 0 < len(ticket) <= TICKET_LENGTH_MAX:
        return JSONResponse({"refused": "stream_closed"}, status_code=403, headers=headers)
    try:
        stream = await hub.enter(ticket)
    except (DatabaseError, InterfaceError):
        return JSONResponse({"refused": "temporary"}, status_code=503, headers=headers)
    if stream is None:
        return JSONResponse({"refused": "stream_closed"}, status_code=403, headers=headers)
    body = _messages(hub, stream)
    return StreamingResponse(body, media_type="text/event-stream", headers=headers)


async def _messages(hub: Hub, stream: Stream) -> AsyncIterator[str]:
    try:
        yield f"retry: {RETRY_MS}\n\n"
        while (text := await stream.queue.get()) is not None:
            yield text
    finally:
        hub.leave(stream)


def _is_ours(request: Request, origin: str) -> bool:
    """Pages come from our own web process: the same host, on its port or behind the same proxy."""
    try:
        page = urlsplit(origin)
        port = page.port
    except ValueError:
        return False
    if page.hostname != request.url.hostname:
        return False
    if settings.TARAZY.behind_proxy:
        return page.scheme == "https"
    return port == settings.TARAZY.web_port


async def alive(_request: Request) -> Response:
    """Whether the process answers."""
    return JSONResponse({"live": True})


async def ready(request: Request) -> Response:
    """Whether the database answers and its news reach us."""
    is_ready = request.app.state.hub.ready()
    return JSONResponse({"ready": is_ready}, status_code=200 if is_ready else 503)


async def metrics(_request: Request) -> Response:
    """Figures for Prometheus."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


def application_of(hub: Hub) -> Starlette:
    """The web of one hub."""
    application = Starlette(
        routes=[
            Route("/live", live),
            Route("/health/live", alive),
            Route("/health/ready", ready),
            Route("/metrics", metrics),
        ]
    )
    application.state.hub = hub
    return application
