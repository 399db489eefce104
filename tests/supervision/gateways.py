# SPDX-License-Identifier: EUPL-1.2
"""Real gateways for tests of notices: a web server and a mail server on free ports."""

import json
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from typing_extensions import override

SMTP_ANSWERS = {
    **dict.fromkeys((b"EHLO", b"HELO", b"MAIL", b"RCPT", b"RSET", b"NOOP"), "250 fine"),
    b"QUIT": "221 bye",
}


@dataclass
class Gateway:
    """What came, and how the next requests are answered."""

    port: int = 0
    answers: list[int] = field(default_factory=list)
    """Status codes of the next answers; 0 closes the connection; then 200."""
    wait_s: float = 0.0
    came: list[str] = field(default_factory=list)
    """Bodies as text, in the order of their arrival."""
    paths: list[str] = field(default_factory=list)
    arrived: threading.Event = field(default_factory=threading.Event)
    let_go: threading.Event = field(default_factory=threading.Event)
    hold: bool = False
    """Answers only once `let_go` is set."""

    def messages(self) -> list[dict[str, Any]]:
        return [json.loads(body) for body in self.came]

    def until(self, count: int, within_s: float = 20.0, about: str = "") -> list[str]:
        """Wait for so many messages in which a text stands."""
        deadline_s = time.monotonic() + within_s
        while len(found := [one for one in self.came if about in one]) < count:
            assert time.monotonic() < deadline_s, self.came
            time.sleep(0.02)
        return found


@contextmanager
def web_gateway() -> Iterator[Gateway]:
    """A webhook's server."""
    gateway = Gateway()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            gateway.paths.append(self.path)
            gateway.came.append(self.rfile.read(length).decode())
            gateway.arrived.set()
            time.sleep(gateway.wait_s)
            if gateway.hold:
                gateway.let_go.wait(60)
            code = gateway.answers.pop(0) if gateway.answers else 200
            if code:
                self.send_response(code)
                self.end_headers()

        @override
        def log_message(self, format: str, *args: object) -> None:
            """Nothing on the screen of the tests."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    with _serving(server, gateway):
        yield gateway


@contextmanager
def mail_gateway() -> Iterator[Gateway]:
    """A mail server (RFC 5321, as much as a client needs); `came` holds whole messages."""
    gateway = Gateway()

    class Handler(socketserver.StreamRequestHandler):
        @override
        def handle(self) -> None:
            self._say("220 test ESMTP")
            while line := self.rfile.readline():
                word = line[:4].upper()
                if word == b"DATA":
                    self._say("354 go on")
                    gateway.came.append(self._content())
                    code = gateway.answers.pop(0) if gateway.answers else 250
                    self._say(f"{code} so")
                else:
                    self._say(SMTP_ANSWERS.get(word, "502 not known"))
                if word == b"QUIT":
                    return

        def _content(self) -> str:
            lines = []
            while (line := self.rfile.readline()) not in {b".\r\n", b""}:
                lines.append(line)
            return b"".join(lines).decode()

        def _say(self, words: str) -> None:
            self.wfile.write(f"{words}\r\n".encode())

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    with _serving(server, gateway):
        yield gateway


@contextmanager
def _serving(server: socketserver.TCPServer, gateway: Gateway) -> Iterator[None]:
    gateway.port = server.server_address[1]
    thread = threading.Thread(target=_with_short_polls(server), daemon=True)
    thread.start()
    try:
        yield
    finally:
        gateway.let_go.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _with_short_polls(server: socketserver.TCPServer) -> Callable[[], None]:
    return lambda: server.serve_forever(poll_interval=0.02)
