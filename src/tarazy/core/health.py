# SPDX-License-Identifier: EUPL-1.2
"""Health and metrics of a process that serves no pages: the same three paths as everywhere."""

import threading
from collections.abc import Callable, Iterable
from time import monotonic
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

from prometheus_client import make_wsgi_app
from typing_extensions import override

from tarazy.core.errors import Misconfigured

TURN_S_MAX = 30.0
HERE = "127.0.0.1"

Start = Callable[..., Any]


class _Quiet(WSGIRequestHandler):
    @override
    def log_message(self, format: str, *args: object) -> None:
        """Each probe in the log would drown what matters."""


class Turns:
    """Knows when the process last did a turn of its work; ready means: not long ago."""

    def __init__(self) -> None:
        self._last_s = float("-inf")

    def done(self) -> None:
        """A turn was done just now."""
        self._last_s = monotonic()

    def ready(self) -> bool:
        """Whether work goes on."""
        return monotonic() - self._last_s < TURN_S_MAX

    def serve(self, port: int, setting: str) -> int:
        """Answer on this machine, in a thread; returns the port. Raises Misconfigured."""
        metrics = make_wsgi_app()

        def application(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
            path = environ.get("PATH_INFO")
            if path == "/metrics":
                counted: Iterable[bytes] = metrics(environ, start)
                return counted
            known = path in {"/health/live", "/health/ready"}
            well = known and (path == "/health/live" or self.ready())
            status = "200 OK" if well else "503 Service Unavailable" if known else "404 Not Found"
            start(status, [("Content-Type", "application/json")])
            return [b'{"status": "ready"}' if well else b'{"status": "not ready"}']

        try:
            server = make_server(HERE, port, application, handler_class=_Quiet)
        except OSError as error:
            raise Misconfigured(setting, f"port {port} is taken; give another one") from error
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server.server_port
